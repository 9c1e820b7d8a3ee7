"""After publication each side moves a finding as far as its part goes, against raw SQL as well.

`app.guard_finding` says what of a published finding may change at all. This says who changes it: the supplier says
that it has acted, an audit firm says whether that is enough, a later periodic audit puts it aside; and whether a
CAR has a plan is said by its plan alone.
"""

from django.db import migrations

from ledger.rowsecurity import Sql

GUARD = """
CREATE FUNCTION app.guard_process() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE is_supplier boolean := app.organisation() = OLD.supplier_id;
BEGIN
  IF app.organisation() IS NULL
     OR NOT EXISTS (SELECT FROM findings_audit WHERE id = OLD.audit_id AND published_at IS NOT NULL) THEN
    RETURN NEW;
  END IF;
  -- Inside the trigger of a plan's version the depth is two.
  IF NEW.has_plan IS DISTINCT FROM OLD.has_plan AND (pg_trigger_depth() < 2 OR NOT NEW.has_plan) THEN
    RAISE EXCEPTION 'a shared plan says itself that it is there' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.root_cause IS DISTINCT FROM OLD.root_cause AND (NOT is_supplier OR OLD.kind <> 'nc') THEN
    RAISE EXCEPTION 'the supplier says why a non-compliance came about' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.kind = 'car' THEN
    RETURN NEW;
  END IF;
  IF NEW.closed_at IS DISTINCT FROM OLD.closed_at AND NOT (NEW.state = 'verified_closed' AND OLD.closed_at IS NULL)
     OR NEW.superseded_by_id IS DISTINCT FROM OLD.superseded_by_id
        AND NOT (NEW.state = 'superseded' AND OLD.state <> NEW.state)
  THEN
    RAISE EXCEPTION 'how a finding ended never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state = OLD.state THEN
    RETURN NEW;
  END IF;
  IF NEW.state = 'superseded' AND OLD.state IN ('open', 'action_submitted') THEN
    IF NOT EXISTS (SELECT FROM findings_audit later JOIN findings_audit own ON own.id = OLD.audit_id
                    WHERE later.id = NEW.superseded_by_id AND later.id <> own.id AND later.site_id = own.site_id
                      AND later.kind = 'periodic' AND later.published_at IS NOT NULL
                      AND later.ends_on >= own.ends_on) THEN
      RAISE EXCEPTION 'only a later periodic audit puts a finding aside' USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NOT (is_supplier AND (OLD.state, NEW.state) = ('open', 'action_submitted')
             OR NOT is_supplier AND OLD.state = 'action_submitted' AND NEW.state IN ('verified_closed', 'open')) THEN
    RAISE EXCEPTION 'this side cannot take a finding from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_process BEFORE UPDATE ON findings_finding FOR EACH ROW EXECUTE FUNCTION app.guard_process();
"""


class Migration(migrations.Migration):
    dependencies = [("findings", "0009_shares")]

    operations = [Sql(GUARD)]
