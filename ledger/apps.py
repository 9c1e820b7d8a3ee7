"""The ledger app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """What happened, who is told, and what is due."""

    name = "ledger"
    verbose_name = _("ledger")

    def ready(self) -> None:
        """Let every app register its notices, reactions and occurrence handlers."""
        autodiscover_modules("notices", "tasks")
