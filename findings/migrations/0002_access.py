"""Who may see which audit and what hangs on it: the rule, the triggers that keep the table, the policies.

`findings_audit_access_rule` is the rule; it builds on `sourcing_siteaccess`, so a trade link or engagement that
ends closes the audits behind it in the same transaction, under the same lock per supplier.
"""

from django.db import migrations

from ledger.rowsecurity import Grant, Police, Sql

AUDIT_RULE = """
CREATE VIEW findings_audit_access_rule WITH (security_invoker = true) AS
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
    SELECT x.organisation_id, a.id, x.owner_id, basis
      FROM findings_audit a
      JOIN sourcing_siteaccess x ON x.site_id = a.site_id
     CROSS JOIN unnest(x.bases) AS basis
     WHERE a.state IN ('published', 'superseded') AND basis IN ('customer', 'audit_firm')
  ) AS grounds
 GROUP BY organisation_id, audit_id, owner_id
"""

REFRESH = """
CREATE FUNCTION app.refresh_audit_access(audits bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM findings_auditaccess a
   WHERE a.audit_id = ANY(audits)
     AND NOT EXISTS (SELECT FROM findings_audit_access_rule r
                      WHERE r.audit_id = a.audit_id AND r.organisation_id = a.organisation_id);
  INSERT INTO findings_auditaccess (organisation_id, audit_id, owner_id, bases)
  SELECT organisation_id, audit_id, owner_id, bases FROM findings_audit_access_rule WHERE audit_id = ANY(audits)
  ON CONFLICT (organisation_id, audit_id) DO UPDATE
     SET owner_id = excluded.owner_id, bases = excluded.bases
   WHERE (findings_auditaccess.owner_id, findings_auditaccess.bases) IS DISTINCT FROM (excluded.owner_id, excluded.bases);
END $$;
REVOKE ALL ON FUNCTION app.refresh_audit_access(bigint[]) FROM PUBLIC;

-- Runs inside the triggers of `sourcing`, which hold the supplier's lock already.
CREATE FUNCTION app.on_site_access_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE sites bigint[];
BEGIN
  IF TG_OP = 'DELETE' THEN sites := ARRAY(SELECT DISTINCT site_id FROM before_rows);
  ELSE sites := ARRAY(SELECT DISTINCT site_id FROM after_rows); END IF;
  IF sites <> '{}' THEN
    PERFORM app.refresh_audit_access(ARRAY(SELECT id FROM findings_audit WHERE site_id = ANY(sites)));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER audits_on_insert AFTER INSERT ON sourcing_siteaccess REFERENCING NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_site_access_change();
CREATE TRIGGER audits_on_update AFTER UPDATE ON sourcing_siteaccess REFERENCING NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_site_access_change();
CREATE TRIGGER audits_on_delete AFTER DELETE ON sourcing_siteaccess REFERENCING OLD TABLE AS before_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_site_access_change();

CREATE FUNCTION app.on_audit_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.lock_suppliers(ARRAY(
    SELECT s.organisation_id FROM sourcing_site s WHERE s.id IN (SELECT site_id FROM after_rows)));
  PERFORM app.refresh_audit_access(ARRAY(SELECT id FROM after_rows));
  RETURN NULL;
END $$;
CREATE TRIGGER access_on_insert AFTER INSERT ON findings_audit REFERENCING NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_audit_change();
CREATE TRIGGER access_on_update AFTER UPDATE ON findings_audit REFERENCING NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_audit_change();

GRANT SELECT ON findings_audit_access_rule TO {job};
ALTER TABLE findings_auditaccess ALTER organisation_id SET STATISTICS 1000;
"""

OWN = "organisation_id = app.organisation()"
SUPPLIER = "supplier_id = app.organisation()"
FIRM = "audit_firm_id = app.organisation()"


def sees_audit(table: str, column: str = "audit_id") -> str:
    """Return the scalar subquery that asks whether the acting organisation sees the audit of a row of `table`."""
    return f"""(SELECT true FROM findings_auditaccess a
                 WHERE a.organisation_id = app.organisation() AND a.audit_id = {table}.{column})"""


def is_customer(table: str) -> str:
    """Return the condition that the acting organisation sees the audit of a row of `table` as a customer."""
    return f"""(SELECT true FROM findings_auditaccess a WHERE a.organisation_id = app.organisation()
                 AND a.audit_id = {table}.audit_id AND 'customer' = ANY(a.bases))"""


IS_ENGAGED_FOR_AUDIT = """(SELECT true FROM sourcing_siteaccess a WHERE a.organisation_id = app.organisation()
    AND a.site_id = findings_audit.site_id AND 'audit_firm' = ANY(a.bases))"""
IS_ENGAGED_FOR_FINDING = """(SELECT true FROM sourcing_siteaccess a WHERE a.organisation_id = app.organisation()
    AND a.site_id = findings_finding.site_id AND 'audit_firm' = ANY(a.bases))"""


class Migration(migrations.Migration):
    dependencies = [("findings", "0001_initial"), ("sourcing", "0002_access")]

    operations = [
        Sql(AUDIT_RULE),
        Sql(REFRESH),
        # Reference data: the same for everyone; loaded by the owner role.
        Grant("findings_methodologyversion", "SELECT"),
        Grant("findings_section", "SELECT"),
        Grant("findings_workplacerequirement", "SELECT"),
        Grant("findings_closurepolicy", "SELECT"),
        Police("findings_auditaccess", select=f"{OWN} OR owner_id = app.organisation()"),
        Police(
            "findings_audit",
            select=f"{FIRM} OR {sees_audit('findings_audit', 'id')}",
            insert=f"{FIRM} AND {IS_ENGAGED_FOR_AUDIT}",
            # A later audit by another engaged firm supersedes: the guard lets it change the state only.
            update=f"{FIRM} OR {IS_ENGAGED_FOR_AUDIT}",
        ),
        Police(
            "findings_auditor",
            select=f"{FIRM} OR {sees_audit('findings_auditor')}",
            insert=FIRM,
            update=FIRM,
            delete=FIRM,
        ),
        Police(
            "findings_finding",
            select=f"{FIRM} OR {sees_audit('findings_finding')}",
            insert=FIRM,
            # The supplier's plan moves a CAR on, a later periodic audit closes it: the guard says what may change.
            update=f"{FIRM} OR {SUPPLIER} OR {IS_ENGAGED_FOR_FINDING}",
            delete=FIRM,
        ),
        Police(
            "findings_reassessment",
            select=f"{FIRM} OR {sees_audit('findings_reassessment')}",
            insert=FIRM,
            update=FIRM,
            delete=FIRM,
        ),
        Police("findings_understanding", select=SUPPLIER, insert=SUPPLIER, update=SUPPLIER),
        Police("findings_plandraft", select=SUPPLIER, insert=SUPPLIER, update=SUPPLIER, delete=SUPPLIER),
        Police(
            "findings_actionplan",
            select=f"{SUPPLIER} OR {sees_audit('findings_actionplan')}",
            insert=SUPPLIER,
            update=SUPPLIER,
            columns=["rhythm", "anchor_on", "updates_shared", "next_update_on"],
        ),
        Police(
            "findings_planversion",
            select=f"{SUPPLIER} OR {sees_audit('findings_planversion')}",
            insert=SUPPLIER,
        ),
        Police(
            "findings_planupdate",
            select=f"{SUPPLIER} OR {sees_audit('findings_planupdate')}",
            insert=SUPPLIER,
        ),
        Police(
            "findings_planresponse",
            select=f"{OWN} OR {SUPPLIER}",
            insert=f"{OWN} AND {is_customer('findings_planresponse')}",
        ),
    ]
