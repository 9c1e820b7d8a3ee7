from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("findings", "0014_audit_life")]

    operations: list = []
