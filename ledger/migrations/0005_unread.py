"""Every page counts what its reader has not opened: from an index of these alone, however long the inbox grows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_addresses")]

    operations = [
        migrations.AddIndex(
            "delivery",
            models.Index(
                fields=["person"],
                include=["organisation"],
                condition=models.Q(channel="inbox", read_at=None),
                name="delivery_unread",
            ),
        ),
    ]
