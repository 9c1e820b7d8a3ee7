"""Projects, action items, decisions, ballots and issues."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("forum", "0003_discussion")]

    operations = []
