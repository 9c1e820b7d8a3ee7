"""Start-up: logging and the checks that keep a careless production from starting."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The composition of the installation; it owns no models."""

    name = "config"
    label = "config"

    def ready(self) -> None:
        """Configure logging, register the system checks and listen to changes of factors."""
        from config import accounts, checks, logs

        logs.configure()
        checks.register()
        accounts.connect()
