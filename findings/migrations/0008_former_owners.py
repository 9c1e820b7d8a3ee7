"""Who once owned a site does not go on reading its plans: seeing a plan always goes through the audit."""

from django.db import migrations

from ledger.rowsecurity import Sql


def through_the_audit(table: str) -> str:
    """Return the statement that opens `table` to those who see the audit now, and to nobody else."""
    return f"""ALTER POLICY app_select ON {table} USING (
        (SELECT true FROM findings_auditaccess a
          WHERE a.organisation_id = app.organisation() AND a.audit_id = {table}.audit_id))"""


class Migration(migrations.Migration):
    dependencies = [("findings", "0008_own_access")]

    operations = [
        Sql(through_the_audit("findings_actionplan")),
        Sql(through_the_audit("findings_planversion")),
        Sql(through_the_audit("findings_planupdate")),
        Sql(
            """ALTER POLICY app_select ON findings_planresponse USING (
            organisation_id = app.organisation()
            OR (SELECT true FROM findings_auditaccess a WHERE a.organisation_id = app.organisation()
                 AND a.audit_id = findings_planresponse.audit_id AND a.owner_id = app.organisation()))"""
        ),
    ]
