"""Indexes for what a firm has at work among all its audits, and for the gravest open non-compliances."""

from django.db import migrations, models

from ledger import migrating

AT_WORK = models.Q(state__in=["scheduled", "in_progress", "submitted"])


class Migration(migrating.Migration):
    dependencies = [("findings", "0023_security")]

    operations = [
        migrations.AddIndex(
            model_name="audit",
            index=models.Index(fields=["audit_firm"], condition=AT_WORK, name="audit_at_work"),
        ),
        migrations.AddIndex(
            model_name="audit",
            index=models.Index(fields=["supplier"], condition=AT_WORK, name="audit_to_read"),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(
                fields=["severity", "state", "-raised_on", "-id"],
                condition=models.Q(kind="nc"),
                name="finding_by_severity",
            ),
        ),
    ]
