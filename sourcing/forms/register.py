"""Filters of the register, and one entry of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisations.queries import country_names
from sourcing.models import RegisterEntry
from sourcing.queries.normalising import tidy
from sourcing.queries.register import RegisterCounts
from web.fields import SearchField


class RegisterFilters(forms.Form):
    """Narrow the register by words, country and sector; junk in the address is ignored."""

    text = SearchField(label=_("Name or address"))
    country = forms.ChoiceField(label=_("Country"), required=False)
    sector = forms.ChoiceField(label=_("Sector"), required=False)

    def __init__(self, *args: Any, counts: RegisterCounts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sectors = [(one, one) for one in counts.sectors]
        self.fields["country"].choices = [("", _("All")), *counts.named_countries]  # type: ignore[attr-defined]
        self.fields["sector"].choices = [("", _("All")), *sectors]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """Return the filters that are set and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class EntryForm(forms.ModelForm[RegisterEntry]):
    """One place as the organisation lists it."""

    country = forms.ChoiceField(label=_("Country"), choices=lambda: list(country_names().items()))

    class Meta:
        model = RegisterEntry
        fields = ("name", "country", "address", "sector", "latitude", "longitude")
        widgets = {"address": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "latitude": _("In degrees, for example 23.8103. South is negative."),
            "longitude": _("In degrees, for example 90.4125. West is negative."),
        }

    def clean_name(self) -> str:
        """Keep the name on one line; only stray characters is no name."""
        name = tidy(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Write the name of the place."), code="required")
        return name

    def clean_address(self) -> str:
        """Keep the address on one line."""
        return tidy(self.cleaned_data["address"])

    def clean_sector(self) -> str:
        """Keep the sector on one line."""
        return tidy(self.cleaned_data["sector"])

    def clean(self) -> dict[str, Any]:
        """Half a point is no point."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None):
            missing = "latitude" if cleaned.get("latitude") is None else "longitude"
            self.add_error(missing, _("Give both latitude and longitude, or neither."))
        return cleaned
