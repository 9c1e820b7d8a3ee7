from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("findings", "0015_corrective_actions")]

    operations: list = []
