"""What the database holds against raw SQL: the five CAR invariants and the immutability of published audits.

1. A CAR has no due date, severity or verification method: CHECK constraints in 0001.
2. A CAR never counts as a non-compliance: its kind follows the requirement, and a kind never changes.
3. Open → in progress only by a plan shared after publication; closed only by a later periodic audit.
4. There is nothing for an auditor to approve: no such column, and an auditor cannot write plans (0002).
5. Plan versions, updates and answers are append-only.
"""

from django.db import migrations

from ledger.rowsecurity import AppendOnly, Sql

FILL = """
-- The denormalised owners follow their parent; whoever inserts cannot choose them.
CREATE FUNCTION app.fill_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT organisation_id INTO NEW.supplier_id FROM sourcing_site WHERE id = NEW.site_id;
  IF NEW.state NOT IN ('scheduled', 'in_progress') AND app.organisation() IS NOT NULL THEN
    RAISE EXCEPTION 'an audit begins unpublished' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_audit FOR EACH ROW EXECUTE FUNCTION app.fill_audit();

-- Whoever writes in an audit keeps it from being published until they are done, and waits for whoever publishes it.
CREATE FUNCTION app.audit_while_written(wanted bigint) RETURNS findings_audit
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE audit findings_audit;
BEGIN
  SELECT * INTO audit FROM findings_audit WHERE id = wanted;
  IF audit.published_at IS NULL THEN
    SELECT * INTO audit FROM findings_audit WHERE id = wanted FOR SHARE;
  END IF;
  RETURN audit;
END $$;
REVOKE ALL ON FUNCTION app.audit_while_written(bigint) FROM PUBLIC;

CREATE FUNCTION app.fill_from_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE audit findings_audit;
BEGIN
  audit := app.audit_while_written(NEW.audit_id);
  NEW.audit_firm_id := audit.audit_firm_id;
  IF audit.published_at IS NOT NULL THEN
    RAISE EXCEPTION 'a published audit never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT OR UPDATE ON findings_auditor FOR EACH ROW EXECUTE FUNCTION app.fill_from_audit();
CREATE TRIGGER fill BEFORE INSERT OR UPDATE ON findings_reassessment FOR EACH ROW EXECUTE FUNCTION app.fill_from_audit();

CREATE FUNCTION app.fill_finding() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE audit findings_audit; requirement findings_workplacerequirement; before findings_finding;
BEGIN
  audit := app.audit_while_written(NEW.audit_id);
  SELECT * INTO requirement FROM findings_workplacerequirement WHERE id = NEW.requirement_id;
  IF audit.published_at IS NOT NULL THEN
    RAISE EXCEPTION 'a published audit never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF requirement.version_id <> audit.version_id THEN
    RAISE EXCEPTION 'the requirement belongs to another methodology version' USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.kind = 'car' AND NOT requirement.is_car) OR (NEW.kind = 'nc' AND requirement.is_car) THEN
    RAISE EXCEPTION 'whether a breach is a CAR is a property of the requirement' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kind = 'car' AND NEW.state <> 'open' THEN
    RAISE EXCEPTION 'a CAR begins open' USING ERRCODE = 'check_violation';
  END IF;
  NEW.site_id := audit.site_id;
  NEW.supplier_id := audit.supplier_id;
  NEW.audit_firm_id := audit.audit_firm_id;
  NEW.first_raised_on := NEW.raised_on;
  NEW.has_plan := false;
  IF NEW.predecessor_id IS NOT NULL THEN
    SELECT * INTO before FROM findings_finding WHERE id = NEW.predecessor_id;
    IF before.kind <> 'car' OR before.site_id <> NEW.site_id THEN
      RAISE EXCEPTION 'a CAR continues an earlier CAR of the same site' USING ERRCODE = 'check_violation';
    END IF;
    NEW.first_raised_on := before.first_raised_on;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_finding FOR EACH ROW EXECUTE FUNCTION app.fill_finding();

CREATE FUNCTION app.fill_from_car() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE car findings_finding; audit findings_audit;
BEGIN
  SELECT * INTO car FROM findings_finding WHERE id = NEW.finding_id;
  SELECT * INTO audit FROM findings_audit WHERE id = car.audit_id;
  IF car.kind IS DISTINCT FROM 'car' OR audit.published_at IS NULL THEN
    RAISE EXCEPTION 'a plan belongs to a CAR of a published audit' USING ERRCODE = 'check_violation';
  END IF;
  NEW.supplier_id := car.supplier_id;
  IF TG_TABLE_NAME = 'findings_actionplan' THEN
    NEW.audit_id := car.audit_id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_understanding FOR EACH ROW EXECUTE FUNCTION app.fill_from_car();
CREATE TRIGGER fill BEFORE INSERT ON findings_plandraft FOR EACH ROW EXECUTE FUNCTION app.fill_from_car();
CREATE TRIGGER fill BEFORE INSERT ON findings_actionplan FOR EACH ROW EXECUTE FUNCTION app.fill_from_car();

CREATE FUNCTION app.fill_from_plan() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT supplier_id, audit_id INTO NEW.supplier_id, NEW.audit_id FROM findings_actionplan WHERE id = NEW.plan_id;
  IF TG_TABLE_NAME = 'findings_planversion' THEN
    UPDATE findings_finding f SET has_plan = true
      FROM findings_actionplan p WHERE p.id = NEW.plan_id AND f.id = p.finding_id AND NOT f.has_plan;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_planversion FOR EACH ROW EXECUTE FUNCTION app.fill_from_plan();
CREATE TRIGGER fill BEFORE INSERT ON findings_planupdate FOR EACH ROW EXECUTE FUNCTION app.fill_from_plan();
CREATE TRIGGER fill BEFORE INSERT ON findings_planresponse FOR EACH ROW EXECUTE FUNCTION app.fill_from_plan();
"""

GUARD_AUDIT = """
CREATE FUNCTION app.guard_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an audit is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.site_id, NEW.audit_firm_id, NEW.supplier_id) IS DISTINCT FROM (OLD.site_id, OLD.audit_firm_id, OLD.supplier_id) THEN
    RAISE EXCEPTION 'an audit keeps its site and its firm' USING ERRCODE = 'restrict_violation';
  END IF;
  IF app.organisation() IS NOT NULL AND app.organisation() <> OLD.audit_firm_id
     AND NOT (OLD.state = 'published' AND NEW.state = 'superseded') THEN
    RAISE EXCEPTION 'only its own firm works on an audit' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.published_at IS NULL THEN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN
       (('scheduled', 'in_progress'), ('in_progress', 'submitted'), ('submitted', 'in_progress'), ('submitted', 'published')) THEN
      RAISE EXCEPTION 'an audit cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NOT (OLD.state = 'published' AND NEW.state = 'superseded') OR
     (to_jsonb(NEW) - 'state') <> (to_jsonb(OLD) - 'state') THEN
    RAISE EXCEPTION 'a published audit never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM findings_audit later
                  WHERE later.site_id = OLD.site_id AND later.kind = 'periodic' AND later.published_at IS NOT NULL
                    AND later.id <> OLD.id AND later.ends_on >= OLD.ends_on) THEN
    RAISE EXCEPTION 'an audit is superseded by a later periodic audit only' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON findings_audit FOR EACH ROW EXECUTE FUNCTION app.guard_audit();
"""

GUARD_FINDING = """
CREATE FUNCTION app.guard_finding() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE audit findings_audit;
  process CONSTANT text[] := ARRAY['state', 'superseded_by_id', 'closed_at', 'has_plan', 'root_cause'];
BEGIN
  audit := app.audit_while_written(OLD.audit_id);
  IF TG_OP = 'DELETE' THEN
    IF audit.published_at IS NOT NULL THEN
      RAISE EXCEPTION 'a finding of a published audit is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF (NEW.audit_id, NEW.site_id, NEW.supplier_id, NEW.audit_firm_id, NEW.kind, NEW.requirement_id, NEW.predecessor_id, NEW.first_raised_on)
     IS DISTINCT FROM
     (OLD.audit_id, OLD.site_id, OLD.supplier_id, OLD.audit_firm_id, OLD.kind, OLD.requirement_id, OLD.predecessor_id, OLD.first_raised_on) THEN
    RAISE EXCEPTION 'a finding keeps its audit, kind and requirement' USING ERRCODE = 'restrict_violation';
  END IF;
  IF audit.published_at IS NULL THEN
    IF app.organisation() IS NOT NULL AND app.organisation() <> OLD.audit_firm_id THEN
      RAISE EXCEPTION 'only its own firm writes a finding' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state THEN
      RAISE EXCEPTION 'a finding moves on only after publication' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (to_jsonb(NEW) - process) <> (to_jsonb(OLD) - process) THEN
    RAISE EXCEPTION 'what a published finding says never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.kind <> 'car' OR NEW.state = OLD.state THEN
    IF OLD.kind = 'car' AND (NEW.closed_at, NEW.superseded_by_id) IS DISTINCT FROM (OLD.closed_at, OLD.superseded_by_id) THEN
      RAISE EXCEPTION 'how a CAR closed never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state = 'open' AND NEW.state = 'in_progress' THEN
    IF NOT EXISTS (SELECT FROM findings_planversion v JOIN findings_actionplan p ON p.id = v.plan_id
                    WHERE p.finding_id = OLD.id AND v.shared_at >= audit.published_at) THEN
      RAISE EXCEPTION 'only a shared action plan takes a CAR from open to in progress' USING ERRCODE = 'check_violation';
    END IF;
  ELSIF OLD.state IN ('open', 'in_progress') AND NEW.state = 'closed' THEN
    IF NOT EXISTS (SELECT FROM findings_audit later
                     JOIN findings_reassessment r ON r.audit_id = later.id AND r.car_id = OLD.id
                    WHERE later.id = NEW.superseded_by_id AND later.site_id = OLD.site_id
                      AND later.kind = 'periodic' AND later.published_at IS NOT NULL
                      AND later.id <> OLD.audit_id AND later.ends_on >= audit.ends_on
                      AND (r.result = 'met' OR r.successor_id IS NOT NULL)) THEN
      RAISE EXCEPTION 'only a later periodic audit closes a CAR' USING ERRCODE = 'check_violation';
    END IF;
  ELSE
    RAISE EXCEPTION 'a CAR cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON findings_finding FOR EACH ROW EXECUTE FUNCTION app.guard_finding();
"""


class Migration(migrations.Migration):
    dependencies = [("findings", "0002_access")]

    operations = [
        Sql(FILL),
        Sql(GUARD_AUDIT),
        Sql(GUARD_FINDING),
        AppendOnly("findings_planversion"),
        AppendOnly("findings_planupdate"),
        AppendOnly("findings_planresponse"),
    ]
