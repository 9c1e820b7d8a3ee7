"""What reading and applying a list needs to keep: its encoding and columns, who works on it, and the outcome."""

from django.db import migrations, models

from ledger import migrating


class Migration(migrating.Migration):
    dependencies = [("sourcing", "0003_answers")]

    operations = [
        migrations.AddField("siteimport", "encoding", models.CharField("encoding", max_length=40, blank=True, default=""), preserve_default=False),
        migrations.AddField(
            "siteimport",
            "columns",
            models.JSONField("columns", default=dict, blank=True, help_text="The header and what it means."),
        ),
        migrations.AddField("siteimport", "summary", models.JSONField("what came of it", default=dict, blank=True)),
        migrations.AddField("siteimport", "claim", models.UUIDField(null=True, blank=True, editable=False)),
        migrations.AddField("siteimport", "leased_until", models.DateTimeField(null=True, blank=True, editable=False)),
        migrations.AddField("siteimport", "attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
        migrations.AddField("siteimport", "read_at", models.DateTimeField("read", null=True, blank=True)),
        migrations.AddIndex(
            "siteimport", models.Index(fields=["organisation", "-uploaded_at", "-id"], name="import_newest")
        ),
        migrations.AddIndex(
            "siteimport",
            models.Index(
                fields=["leased_until"],
                condition=models.Q(("state__in", ["uploaded", "applying"])),
                name="import_at_work",
            ),
        ),
    ]
