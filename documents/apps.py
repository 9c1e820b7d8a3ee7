from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """Documents; finds what the other apps can have rendered in their `reports` modules."""

    name = "documents"
    verbose_name = _("Documents")

    def ready(self) -> None:
        """Load every app's `reports`, so that each `@rendering` is known to web and worker alike."""
        autodiscover_modules("reports")
