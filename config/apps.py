"""Start-up: logging and the checks that keep a careless production from starting."""

from django.apps import AppConfig
from django.conf import settings

PSEUDO_LANGUAGES = ("en-xa", "ar-xb")  # for developers: see config/pseudo.py


class ConfigConfig(AppConfig):
    """The composition of the installation; it owns no models."""

    name = "config"
    label = "config"

    def ready(self) -> None:
        """Configure logging, register the system checks and listen to changes of factors."""
        from config import accounts, checks, logs, pseudo

        logs.configure()
        checks.register()
        accounts.connect()
        if settings.MODE == "development":
            pseudo.install(*PSEUDO_LANGUAGES)
