from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("findings", "0016_responses")]

    operations: list = []
