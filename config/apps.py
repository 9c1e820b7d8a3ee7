"""Start-up: logging and the checks that keep a careless production from starting."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The composition of the installation; it owns no models."""

    name = "config"
    label = "config"

    def ready(self) -> None:
        """Configure logging and register the system checks."""
        from config import checks, logs

        logs.configure()
        checks.register()
