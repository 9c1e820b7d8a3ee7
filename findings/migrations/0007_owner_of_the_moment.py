"""The owner in the audit rule is the site's, in every branch: a site that changes hands has one owner at a time."""

from django.db import migrations

from ledger.rowsecurity import Sql

AUDIT_RULE = """
CREATE OR REPLACE VIEW findings_audit_access_rule WITH (security_invoker = true) AS
SELECT organisation_id, audit_id, owner_id, array_agg(DISTINCT basis ORDER BY basis) AS bases
  FROM (
    -- An audit firm sees its own audits for ever.
    SELECT a.audit_firm_id AS organisation_id, a.id AS audit_id, s.organisation_id AS owner_id,
           'audit_firm'::varchar AS basis
      FROM findings_audit a JOIN sourcing_site s ON s.id = a.site_id
    UNION ALL
    -- The supplier sees an audit of its site once it is submitted for comment.
    SELECT s.organisation_id, a.id, s.organisation_id, 'owner'
      FROM findings_audit a JOIN sourcing_site s ON s.id = a.site_id
     WHERE a.state IN ('submitted', 'published', 'superseded')
    UNION ALL
    -- Publication opens it to whoever sees the site: customers, and audit firms engaged for it now.
    SELECT x.organisation_id, a.id, s.organisation_id, basis
      FROM findings_audit a
      JOIN sourcing_site s ON s.id = a.site_id
      JOIN sourcing_siteaccess x ON x.site_id = a.site_id
     CROSS JOIN unnest(x.bases) AS basis
     WHERE a.state IN ('published', 'superseded') AND basis IN ('customer', 'audit_firm')
  ) AS grounds
 GROUP BY organisation_id, audit_id, owner_id
"""


class Migration(migrations.Migration):
    dependencies = [("findings", "0006_lock_owners")]

    operations = [Sql(AUDIT_RULE)]
