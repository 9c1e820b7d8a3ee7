"""The design system and what pages share."""

from django.apps import AppConfig
from django.forms import ChoiceField, Field, FileField, MultipleChoiceField
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    """Owns no models."""

    name = "web"

    def ready(self) -> None:
        """Let an empty field say what to do, not what it is."""
        Field.default_error_messages["required"] = _("Please fill this in.")
        ChoiceField.default_error_messages["required"] = _("Please choose one.")
        MultipleChoiceField.default_error_messages["required"] = _("Please tick at least one.")
        FileField.default_error_messages["required"] = _("Please choose a file.")
