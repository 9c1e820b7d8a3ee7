"""The sourcing app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SourcingConfig(AppConfig):
    """Suppliers, sites, trade links and engagements."""

    name = "sourcing"
    verbose_name = _("sourcing")
