"""The findings app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FindingsConfig(AppConfig):
    """Audits, findings and action plans."""

    name = "findings"
    verbose_name = _("findings")
