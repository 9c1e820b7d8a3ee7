"""A person's own settings."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from organisations.models import Person
from web.moments import zone_choices
from web.names import PlainName


class SettingsForm(forms.Form):
    """How a person is called, and in which language and time zone they read."""

    name = PlainName(
        label=_("Your name"),
        max_length=120,
        help_text=_("Your colleagues see it, and the companies you write to."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("Language"))
    timezone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("All times are shown in this zone."), choices=zone_choices
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        initial = {
            "name": person.name,
            "language": person.language or settings.LANGUAGE_CODE,
            "timezone": person.timezone,
        }
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined]
