"""News and figures from outside bodies."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("forum", "0006_consultations")]

    operations = []
