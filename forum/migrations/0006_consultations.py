"""Feedback rounds and consultations."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("forum", "0005_meetings")]

    operations = []
