"""The schemes app."""

from django.apps import AppConfig


class SchemesConfig(AppConfig):
    """Schemes, editions and assessments."""

    name = "schemes"
