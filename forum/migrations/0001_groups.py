"""Groups, who is in them, and who may enter."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("organisations", "0004_columns"), ("documents", "0003_incidents"), ("ledger", "0006_own_entries")]

    operations = []
