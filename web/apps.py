"""The design system and what pages share."""

from django.apps import AppConfig
from django.core.validators import MaxLengthValidator
from django.forms import ChoiceField, Field, FileField, MultipleChoiceField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


class WebConfig(AppConfig):
    """Owns no models."""

    name = "web"

    def ready(self) -> None:
        """Let a field that is empty or too full say what to do, not what it is."""
        Field.default_error_messages["required"] = _("Please fill this in.")
        ChoiceField.default_error_messages["required"] = _("Please choose one.")
        MultipleChoiceField.default_error_messages["required"] = _("Please tick at least one.")
        FileField.default_error_messages["required"] = _("Please choose a file.")
        MaxLengthValidator.message = ngettext_lazy(
            "This is too long: %(show_value)d characters. Please use at most %(limit_value)d.",
            "This is too long: %(show_value)d characters. Please use at most %(limit_value)d.",
            "limit_value",
        )
