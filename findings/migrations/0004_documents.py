"""A document placed under an audit is seen by everyone who sees that audit; others only by their owner."""

from django.db import migrations

from ledger.rowsecurity import Police

OWN = "organisation_id = app.organisation()"
SEES_AUDIT = """(SELECT true FROM findings_auditaccess a
    WHERE a.organisation_id = app.organisation() AND a.audit_id = documents_document.audit_id)"""


class Migration(migrations.Migration):
    dependencies = [("findings", "0003_invariants"), ("documents", "0002_audit")]

    operations = [
        Police(
            "documents_document",
            select=f"{OWN} OR {SEES_AUDIT}",
            # A file is placed only under an audit that its owner sees.
            insert=f"{OWN} AND (audit_id IS NULL OR {SEES_AUDIT})",
        ),
    ]
