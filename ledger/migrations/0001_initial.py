"""The functions that row policies ask; every app's policies may depend on this migration, since it needs nothing."""

from django.db import migrations

from ledger.rowsecurity import ActingFunctions


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [ActingFunctions()]
