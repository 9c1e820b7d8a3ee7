"""An organisation reads its own rows of who sees which audit; the owner asks a function who else does.

The reason is the planner's, as in sourcing's `0005_own_access`. And two lists get the index that they are ordered by.
"""

from django.db import migrations, models

from ledger import migrating
from ledger.rowsecurity import Sql

OWN = "ALTER POLICY app_select ON findings_auditaccess USING (organisation_id = app.organisation())"

READERS = """
CREATE FUNCTION app.readers_of_audit(wanted bigint) RETURNS TABLE (organisation_id bigint, bases varchar[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.organisation_id, a.bases FROM findings_auditaccess a
   WHERE a.audit_id = wanted AND a.owner_id = app.organisation()
$$;
REVOKE ALL ON FUNCTION app.readers_of_audit(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.readers_of_audit(bigint) TO {app}, {job};
"""


class Migration(migrating.Migration):
    dependencies = [("findings", "0007_owner_of_the_moment"), ("sourcing", "0005_own_access")]

    operations = [
        Sql(OWN),
        Sql(READERS),
        migrations.AddIndex(
            "finding", models.Index(fields=["kind", "first_raised_on", "id"], name="finding_oldest_issue")
        ),
        migrations.AddIndex("actionplan", models.Index(fields=["-first_shared_at", "-id"], name="plan_newest")),
    ]
