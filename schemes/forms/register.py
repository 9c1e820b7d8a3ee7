"""Filters of the public register."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations.queries import country_name
from schemes.models import Scheme
from schemes.queries.register import countries_in, levels_in
from web.fields import SearchField


class RegisterFilters(forms.Form):
    """Which members of a scheme are looked for."""

    words = SearchField(label=gettext_lazy("Name"))
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    level = forms.ChoiceField(label=gettext_lazy("Level"), required=False)

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted((country_name(code), code) for code in countries_in(scheme))
        cast("forms.ChoiceField", self.fields["country"]).choices = [
            ("", _("All")),
            *((code, name) for name, code in named),
        ]
        cast("forms.ChoiceField", self.fields["level"]).choices = [("", _("All")), *levels_in(scheme)]

    def wanted(self) -> dict[str, str]:
        """Return the filters that are set and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
