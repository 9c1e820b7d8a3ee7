from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("findings", "0011_evidence")]

    operations: list = []
