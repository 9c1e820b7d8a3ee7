"""Celery is the bell, never the mailbox: what must happen is a row in PostgreSQL; a task only looks for it."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("common_thread")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
