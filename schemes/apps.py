"""The schemes app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SchemesConfig(AppConfig):
    """Schemes, editions and assessments."""

    name = "schemes"
    verbose_name = _("schemes")
