"""Series, events, places and waiting lists."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("forum", "0001_groups")]

    operations = []
