"""Indexes for the lists of a buyer with tens of thousands of suppliers, and of a firm with as many engagements."""

from django.db import migrations, models

from ledger import migrating


class Migration(migrating.Migration):
    dependencies = [("sourcing", "0006_evidence")]

    operations = [
        migrations.AddIndex(
            model_name="tradelink",
            index=models.Index(fields=["buyer", "-proposed_at", "-id"], name="link_newest_of_buyer"),
        ),
        migrations.AddIndex(
            model_name="tradelink",
            index=models.Index(
                fields=["buyer", "state"], include=["supplier", "proposed_by"], name="link_by_buyer"
            ),
        ),
        migrations.AddIndex(
            model_name="engagement",
            index=models.Index(
                fields=["audit_firm", "-proposed_at", "-id"], name="engagement_newest_of_firm"
            ),
        ),
        migrations.AddIndex(
            model_name="engagement",
            index=models.Index(
                fields=["audit_firm", "state"], include=["supplier"], name="engagement_by_firm"
            ),
        ),
    ]
