"""Threads and posts."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("forum", "0002_events")]

    operations = []
