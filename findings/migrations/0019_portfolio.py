from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("findings", "0018_incidents")]

    operations: list = []
