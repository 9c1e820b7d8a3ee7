"""Which parts a finding's or an audit's page has: one cheap question instead of one per part.

A page would else ask a dozen tables that hold nothing for it, each with the access rules to plan. Each function
answers only for what the acting organisation sees, and only of rows that it may read: the policies of the tables,
said once more. They give words, never rows; the rows are asked for under row security.
"""

from django.db import migrations

from ledger.rowsecurity import Sql

FUNCTIONS = """
CREATE FUNCTION app.parts_of_finding(asked bigint) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  own bigint := app.organisation();
  f record;
  seen varchar[];
  words text[];
BEGIN
  SELECT n.id, n.audit_id, n.supplier_id, n.kind, n.requirement_id INTO f FROM findings_finding n WHERE n.id = asked;
  SELECT bases INTO seen FROM findings_auditaccess WHERE organisation_id = own AND audit_id = f.audit_id;
  IF seen IS NULL THEN RETURN NULL; END IF;
  words := ARRAY(SELECT 'basis:' || basis FROM unnest(seen) AS basis) || ARRAY(
    SELECT DISTINCT 'evidence:' || u.subject_kind FROM findings_evidenceuse u
     WHERE u.finding_id = f.id
       AND (u.owner_id = own OR u.audience = 'audit' OR u.audience = 'pair' AND u.counterpart_id = own));
  words := words || ARRAY[
    CASE WHEN EXISTS (SELECT FROM findings_photo WHERE finding_id = f.id) THEN 'photos' END,
    CASE WHEN EXISTS (SELECT FROM findings_sitereply r WHERE r.finding_id = f.id) THEN 'replies' END,
    CASE WHEN EXISTS (SELECT FROM findings_auditrevision r WHERE r.audit_id = f.audit_id) THEN 'revisions' END,
    CASE WHEN EXISTS (SELECT FROM findings_evidencerequest r
                       WHERE r.finding_id = f.id AND own IN (r.asker_id, r.supplier_id))
         THEN 'requests' END,
    CASE WHEN EXISTS (SELECT FROM findings_share s WHERE s.audit_id = f.audit_id AND s.owner_id = own)
         THEN 'shares' END,
    CASE WHEN EXISTS (SELECT FROM findings_finding n JOIN findings_auditaccess x USING (audit_id)
                       WHERE n.repeats_id = f.id AND x.organisation_id = own) THEN 'repeated' END];
  IF f.kind = 'nc' THEN
    words := words || ARRAY[
      CASE WHEN EXISTS (SELECT FROM findings_correctiveaction WHERE finding_id = f.id) THEN 'actions' END,
      CASE WHEN EXISTS (SELECT FROM findings_extension WHERE finding_id = f.id) THEN 'extensions' END];
  ELSIF f.kind = 'car' THEN
    words := words || app.parts_of_car(f.id, f.supplier_id, f.requirement_id, own);
  END IF;
  RETURN array_remove(words, NULL);
END $$;

CREATE FUNCTION app.parts_of_car(asked bigint, site bigint, requirement bigint, own bigint) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE plan bigint := (SELECT id FROM findings_actionplan WHERE finding_id = asked);
BEGIN
  RETURN ARRAY[
    CASE WHEN plan IS NOT NULL THEN 'plan' END,
    CASE WHEN EXISTS (SELECT FROM documents_rendering d JOIN findings_planversion v ON v.id = d.subject_id
                       WHERE v.plan_id = plan AND d.subject_kind = 'findings.planversion' AND d.organisation_id = own)
         THEN 'pdf' END,
    CASE WHEN EXISTS (SELECT FROM findings_planresponse r
                       WHERE r.plan_id = plan AND own IN (r.organisation_id, r.supplier_id))
         THEN 'responses' END,
    CASE WHEN EXISTS (SELECT FROM findings_rhythmrequest r
                       WHERE r.plan_id = plan AND own IN (r.organisation_id, r.supplier_id))
         THEN 'rhythm' END,
    CASE WHEN EXISTS (SELECT FROM findings_refundgroup g WHERE g.plan_id = plan) THEN 'refunds' END,
    CASE WHEN EXISTS (SELECT FROM findings_finding n JOIN findings_auditaccess x USING (audit_id)
                       WHERE n.predecessor_id = asked AND x.organisation_id = own) THEN 'successor' END,
    CASE WHEN EXISTS (SELECT FROM findings_understanding u WHERE u.finding_id = asked AND site = own)
         THEN 'understanding' END,
    CASE WHEN EXISTS (SELECT FROM findings_plandraft d WHERE d.finding_id = asked AND site = own)
         THEN 'draft' END,
    CASE WHEN EXISTS (SELECT FROM findings_workplacerequirement w
                        JOIN findings_workplacerequirement same USING (item)
                        JOIN findings_position p ON p.requirement_id = same.id AND p.state = 'stated'
                       WHERE w.id = requirement AND (p.organisation_id = own OR site = own AND EXISTS (
                             SELECT FROM sourcing_tradelink l
                              WHERE l.buyer_id = p.organisation_id AND l.supplier_id = own AND l.state = 'accepted')))
         THEN 'positions' END,
    CASE WHEN EXISTS (SELECT FROM findings_call c
                       WHERE c.finding_id = asked AND own IN (c.customer_id, c.supplier_id))
         THEN 'calls' END,
    CASE WHEN EXISTS (SELECT FROM findings_commitment c
                       WHERE c.finding_id = asked AND own IN (c.customer_id, c.supplier_id))
         THEN 'commitments' END,
    CASE WHEN EXISTS (SELECT FROM findings_introduction i WHERE i.finding_id = asked AND site = own)
         THEN 'introductions' END,
    CASE WHEN EXISTS (SELECT FROM findings_introductionask a WHERE a.finding_id = asked AND a.customer_id = own)
         THEN 'asks' END,
    CASE WHEN EXISTS (SELECT FROM findings_introduced i WHERE i.finding_id = asked AND i.customer_id = own)
         THEN 'introduced' END];
END $$;

CREATE FUNCTION app.parts_of_audit(asked bigint) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  own bigint := app.organisation();
  seen varchar[] := (SELECT bases FROM findings_auditaccess WHERE organisation_id = own AND audit_id = asked);
BEGIN
  IF seen IS NULL THEN RETURN NULL; END IF;
  RETURN array_remove(ARRAY(SELECT 'basis:' || basis FROM unnest(seen) AS basis) || ARRAY[
    CASE WHEN EXISTS (SELECT FROM findings_sitereply WHERE audit_id = asked) THEN 'replies' END,
    CASE WHEN EXISTS (SELECT FROM findings_auditrevision WHERE audit_id = asked) THEN 'revisions' END,
    CASE WHEN EXISTS (SELECT FROM findings_share s WHERE s.audit_id = asked AND s.owner_id = own)
         THEN 'shares' END], NULL);
END $$;

REVOKE ALL ON FUNCTION app.parts_of_car(bigint, bigint, bigint, bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION app.parts_of_finding(bigint), app.parts_of_audit(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.parts_of_finding(bigint), app.parts_of_audit(bigint) TO {app};
"""


class Migration(migrations.Migration):
    dependencies = [("findings", "0019_portfolio")]

    operations = [Sql(FUNCTIONS)]
