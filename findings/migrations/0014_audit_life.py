from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("findings", "0013_audit_import")]

    operations: list = []
