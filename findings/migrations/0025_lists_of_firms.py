"""An audit firm's lists: which audits it sees though another firm made them.

Most of what a firm sees it made itself, and the rows say so. What it sees as the firm engaged now, for a site that
another one audited, has a ground of its own in the rule, `engaged`, and a column that names the reader of an audit only
where somebody else made it. So its lists ask for the two apart (`findings/models/apart.py`).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

from ledger import migrating
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
    SELECT x.organisation_id, a.id, s.organisation_id,
           CASE WHEN basis = 'audit_firm' AND x.organisation_id <> a.audit_firm_id THEN 'engaged' ELSE basis END
      FROM findings_audit a
      JOIN sourcing_site s ON s.id = a.site_id
      JOIN sourcing_siteaccess x ON x.site_id = a.site_id
     CROSS JOIN unnest(x.bases) AS basis
     WHERE a.state IN ('published', 'superseded') AND basis IN ('customer', 'audit_firm')
  ) AS grounds
 GROUP BY organisation_id, audit_id, owner_id
"""

# What was kept so far under the ground of those who made an audit.
KEPT = """
UPDATE findings_auditaccess x
   SET bases = ARRAY(SELECT DISTINCT one FROM unnest(array_replace(x.bases, 'audit_firm', 'engaged')) AS one ORDER BY one)
  FROM findings_audit a
 WHERE a.id = x.audit_id AND a.audit_firm_id <> x.organisation_id AND 'audit_firm' = ANY(x.bases)
"""

# As many organisations with numbers of their own as for `organisation_id`; one column says the other.
STATISTICS = """
ALTER TABLE findings_auditaccess ALTER opened_to SET STATISTICS 1000;
CREATE STATISTICS audit_opened_to_its_reader (dependencies) ON organisation_id, opened_to FROM findings_auditaccess
"""


IN_FORCE = """g.user_id = app.person()
        AND (g.organisation_id IS NULL OR g.organisation_id = app.organisation()) AND g.ends_at > now()"""
# What was shared with a person from outside of trade: few have anything, so it is asked once whether this one has.
GRANTS = """
CREATE FUNCTION app.holds_grants() RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM findings_auditgrant g WHERE {in_force});
END $$;
CREATE FUNCTION app.is_granted(audit bigint, finding bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM findings_auditgrant g WHERE {in_force}
    AND g.content_object_id = audit AND (g.finding_id IS NULL OR g.finding_id = finding));
END $$;
REVOKE ALL ON FUNCTION app.holds_grants(), app.is_granted(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.holds_grants(), app.is_granted(bigint, bigint) TO {app};
""".replace("{in_force}", IN_FORCE)

# Two subqueries in each policy of a list's tables were planned for every list, and found nothing for most. Of a CASE the
# planner expects that half of the rows pass, as of a subquery; of a function alone it expects fewer, and plans badly.
POLICY = """
ALTER POLICY app_select ON {table} USING (
  audit_firm_id = app.organisation()
  OR (SELECT true FROM findings_auditaccess a WHERE a.organisation_id = app.organisation() AND a.audit_id = {table}.{audit})
  OR CASE WHEN (SELECT app.holds_grants()) THEN app.is_granted({table}.{audit}, {finding}) ELSE false END)
"""


def _policy(table: str, *, audit: str, finding: str) -> str:
    return POLICY.replace("{table}", table).replace("{audit}", audit).replace("{finding}", finding)


class Migration(migrating.Migration):
    dependencies = [("findings", "0024_long_lists")]

    operations = [
        migrations.AlterField(
            "auditaccess",
            "bases",
            ArrayField(
                models.CharField(
                    choices=[
                        ("owner", "owner"),
                        ("customer", "customer"),
                        ("audit_firm", "audit_firm"),
                        ("engaged", "engaged"),
                    ],
                    max_length=12,
                )
            ),
        ),
        Sql(AUDIT_RULE),
        Sql(KEPT),
        migrations.AddField(
            "auditaccess",
            "opened_to",
            models.GeneratedField(
                expression=models.Case(
                    models.When(~models.Q(bases__contains=["audit_firm"]), then="organisation_id")
                ),
                output_field=models.BigIntegerField(null=True),
                db_persist=True,
            ),
        ),
        migrations.AddIndex(
            "auditaccess",
            models.Index(
                fields=["opened_to", "audit"],
                condition=models.Q(opened_to__isnull=False),
                name="audit_opened_to",
            ),
        ),
        Sql(STATISTICS),
        # As it was, but for the condition of `GRANTS`; an index in the order of a firm's list.
        Sql(GRANTS),
        Sql(_policy("findings_audit", audit="id", finding="NULL")),
        Sql(_policy("findings_finding", audit="audit_id", finding="findings_finding.id")),
        migrations.AddIndex(
            "finding",
            models.Index(
                fields=["audit_firm", "kind", "-raised_on", "-id", "severity", "state"],
                name="finding_by_firm",
            ),
        ),
    ]
