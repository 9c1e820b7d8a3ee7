"""The forum app."""

from django.apps import AppConfig


class ForumConfig(AppConfig):
    """Working groups and events."""

    name = "forum"
