"""Composition only: settings, routes, Celery, error mapping, the shell of the home page."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
