"""The functions and triggers of `0015_corrective_actions`."""

WHO = """
-- The audit firm of record, or one engaged for the site now; never the supplier itself.
CREATE FUNCTION app.is_verifier(firm bigint, nc findings_finding) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT firm <> nc.supplier_id AND (firm = nc.audit_firm_id OR EXISTS (
    SELECT FROM sourcing_siteaccess a
     WHERE a.organisation_id = firm AND a.site_id = nc.site_id AND 'audit_firm' = ANY(a.bases)))
$$;
REVOKE ALL ON FUNCTION app.is_verifier(bigint, findings_finding) FROM PUBLIC;

-- Whoever wrote for the site, or belongs to it, is no judge of what it did.
CREATE FUNCTION app.is_of_the_site(who bigint, nc findings_finding) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM findings_correctiveaction c
                  WHERE c.finding_id = nc.id AND c.person_id = who AND NOT c.recorded_by_firm)
      OR EXISTS (SELECT FROM organisations_membership m
                  WHERE m.organisation_id = nc.supplier_id AND m.person_id = who AND m.is_active)
$$;
REVOKE ALL ON FUNCTION app.is_of_the_site(bigint, findings_finding) FROM PUBLIC;

-- The non-compliance of a published audit, locked, so that of two who write at once one waits.
CREATE FUNCTION app.published_nc(wanted bigint) RETURNS findings_finding
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE nc findings_finding;
BEGIN
  SELECT * INTO nc FROM findings_finding WHERE id = wanted FOR UPDATE;
  IF nc.kind IS DISTINCT FROM 'nc' THEN
    RAISE EXCEPTION 'only a non-compliance has a corrective action and a date' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM findings_audit WHERE id = nc.audit_id AND published_at IS NOT NULL) THEN
    RAISE EXCEPTION 'work on a non-compliance begins with publication' USING ERRCODE = 'check_violation';
  END IF;
  RETURN nc;
END $$;
REVOKE ALL ON FUNCTION app.published_nc(bigint) FROM PUBLIC;
"""

FILL_ACTION = """
CREATE FUNCTION app.fill_corrective_action() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE nc findings_finding := app.published_nc(NEW.finding_id);
BEGIN
  NEW.audit_id := nc.audit_id;
  NEW.supplier_id := nc.supplier_id;
  NEW.number := 1 + coalesce((SELECT max(number) FROM findings_correctiveaction WHERE finding_id = nc.id), 0);
  IF app.organisation() IS NOT NULL THEN
    NEW.organisation_id := app.organisation();
    NEW.person_id := app.person();
  ELSE
    NEW.organisation_id := CASE WHEN NEW.recorded_by_firm THEN nc.audit_firm_id ELSE nc.supplier_id END;
  END IF;
  IF nc.state <> 'open' AND (nc.state <> 'action_submitted' OR NEW.recorded_by_firm) THEN
    RAISE EXCEPTION 'this non-compliance waits for no corrective action' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.recorded_by_firm AND NOT app.is_verifier(NEW.organisation_id, nc)
     OR NOT NEW.recorded_by_firm AND NEW.organisation_id <> nc.supplier_id THEN
    RAISE EXCEPTION 'the site says what it did, an audit firm only what it saw' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_correctiveaction
  FOR EACH ROW EXECUTE FUNCTION app.fill_corrective_action();

CREATE FUNCTION app.fill_corrective_draft() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE nc findings_finding := app.published_nc(NEW.finding_id);
BEGIN
  NEW.supplier_id := nc.supplier_id;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_correctiveactiondraft
  FOR EACH ROW EXECUTE FUNCTION app.fill_corrective_draft();
"""

FILL_VERIFICATION = """
CREATE FUNCTION app.fill_verification() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE action findings_correctiveaction; nc findings_finding;
BEGIN
  SELECT * INTO action FROM findings_correctiveaction WHERE id = NEW.action_id;
  nc := app.published_nc(action.finding_id);
  NEW.finding_id := nc.id;
  NEW.of_audit_id := nc.audit_id;
  NEW.supplier_id := nc.supplier_id;
  IF app.organisation() IS NOT NULL THEN
    NEW.organisation_id := app.organisation();
    NEW.person_id := app.person();
  ELSE
    NEW.organisation_id := coalesce(NEW.organisation_id, nc.audit_firm_id);
  END IF;
  NEW.organisation_name := (SELECT name FROM organisations_organisation WHERE id = NEW.organisation_id);
  IF nc.state <> 'action_submitted'
     OR action.number <> (SELECT max(number) FROM findings_correctiveaction WHERE finding_id = nc.id) THEN
    RAISE EXCEPTION 'only the newest corrective action that was sent is verified' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT app.is_verifier(NEW.organisation_id, nc) THEN
    RAISE EXCEPTION 'only an audit firm of this site verifies' USING ERRCODE = 'check_violation';
  END IF;
  IF app.is_of_the_site(NEW.person_id, nc) THEN
    RAISE EXCEPTION 'nobody verifies their own corrective action' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.method = 'desktop' AND (nc.verification IS DISTINCT FROM 'desktop' OR action.recorded_by_firm) THEN
    RAISE EXCEPTION 'what needs a visit is not verified from a desk' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.method = 'follow_up' AND NOT EXISTS (
       SELECT FROM findings_audit visit JOIN findings_audit own ON own.id = nc.audit_id
        WHERE visit.id = NEW.audit_id AND visit.id <> own.id AND visit.site_id = nc.site_id
          AND visit.kind IN ('follow_up_full', 'follow_up_partial') AND visit.published_at IS NOT NULL
          AND visit.audit_firm_id = NEW.organisation_id AND visit.ends_on >= own.ends_on) THEN
    RAISE EXCEPTION 'a visit is verified by its published follow-up audit' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_verification FOR EACH ROW EXECUTE FUNCTION app.fill_verification();
"""

GUARD_ACTION = """
CREATE FUNCTION app.guard_action() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE newest findings_correctiveaction; said findings_verification;
BEGIN
  SELECT * INTO newest FROM findings_correctiveaction WHERE finding_id = OLD.id ORDER BY number DESC LIMIT 1;
  SELECT * INTO said FROM findings_verification WHERE action_id = newest.id;
  IF NEW.state = 'action_submitted' THEN
    IF OLD.state <> 'open' OR newest.id IS NULL OR said.id IS NOT NULL
       OR newest.organisation_id <> coalesce(app.organisation(), newest.organisation_id) THEN
      RAISE EXCEPTION 'only a new corrective action, by its writer, takes a finding from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NEW.state = 'verified_closed' AND (OLD.state <> 'action_submitted' OR said.result IS DISTINCT FROM 'closed')
     OR NEW.state = 'open' AND (OLD.state <> 'action_submitted' OR said.result IS DISTINCT FROM 'more_needed') THEN
    RAISE EXCEPTION 'only a verification takes a finding from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_action BEFORE UPDATE ON findings_finding FOR EACH ROW
  WHEN (OLD.kind = 'nc' AND NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION app.guard_action();

CREATE FUNCTION app.begin_open() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF app.organisation() IS NOT NULL THEN
    RAISE EXCEPTION 'a non-compliance begins open' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER begin_open BEFORE INSERT ON findings_finding FOR EACH ROW
  WHEN (NEW.kind = 'nc' AND NEW.state <> 'open') EXECUTE FUNCTION app.begin_open();
"""

DUE_BY = """
CREATE FUNCTION app.keep_due_by() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE counts date := CASE WHEN NEW.kind = 'nc' THEN greatest(NEW.due_on, (
  SELECT max(ends_on) FROM findings_extensionanswer WHERE finding_id = NEW.id AND is_granted)) END;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.due_by IS DISTINCT FROM OLD.due_by AND NEW.due_by IS DISTINCT FROM counts THEN
    RAISE EXCEPTION 'only an extension that is granted moves a date' USING ERRCODE = 'restrict_violation';
  END IF;
  NEW.due_by := counts;
  RETURN NEW;
END $$;
CREATE TRIGGER due_by BEFORE INSERT OR UPDATE OF due_on, due_by ON findings_finding
  FOR EACH ROW EXECUTE FUNCTION app.keep_due_by();
"""

EXTENSIONS = """
CREATE FUNCTION app.fill_extension() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE nc findings_finding := app.published_nc(NEW.finding_id);
BEGIN
  NEW.audit_id := nc.audit_id;
  NEW.supplier_id := nc.supplier_id;
  NEW.due_by := nc.due_by;
  IF app.organisation() IS NOT NULL THEN
    NEW.person_id := app.person();
  END IF;
  IF nc.state <> 'open' THEN
    RAISE EXCEPTION 'this non-compliance needs no more time' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT FROM findings_extension e WHERE e.finding_id = nc.id
              AND NOT EXISTS (SELECT FROM findings_extensionanswer a WHERE a.extension_id = e.id)) THEN
    RAISE EXCEPTION 'one request for more time at a time' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_extension FOR EACH ROW EXECUTE FUNCTION app.fill_extension();

CREATE FUNCTION app.fill_extension_answer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE nc findings_finding;
BEGIN
  nc := app.published_nc((SELECT finding_id FROM findings_extension WHERE id = NEW.extension_id));
  NEW.finding_id := nc.id;
  NEW.audit_id := nc.audit_id;
  NEW.supplier_id := nc.supplier_id;
  IF app.organisation() IS NOT NULL THEN
    NEW.organisation_id := app.organisation();
    NEW.person_id := app.person();
  ELSE
    NEW.organisation_id := coalesce(NEW.organisation_id, nc.audit_firm_id);
  END IF;
  NEW.organisation_name := (SELECT name FROM organisations_organisation WHERE id = NEW.organisation_id);
  IF nc.state <> 'open' THEN
    RAISE EXCEPTION 'this non-compliance needs no more time' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT app.is_verifier(NEW.organisation_id, nc) OR app.is_of_the_site(NEW.person_id, nc) THEN
    RAISE EXCEPTION 'only an audit firm of this site gives more time' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.is_granted AND NEW.ends_on <= nc.due_by THEN
    RAISE EXCEPTION 'more time ends later than the date that counts' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_extensionanswer
  FOR EACH ROW EXECUTE FUNCTION app.fill_extension_answer();

CREATE FUNCTION app.on_extension_granted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE findings_finding SET due_by = NEW.ends_on WHERE id = NEW.finding_id;
  RETURN NULL;
END $$;
CREATE TRIGGER due_by AFTER INSERT ON findings_extensionanswer FOR EACH ROW
  WHEN (NEW.is_granted) EXECUTE FUNCTION app.on_extension_granted();
"""

VARIANCES = """
CREATE FUNCTION app.fill_variance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT organisation_id, name INTO NEW.supplier_id, NEW.site_name FROM sourcing_site WHERE id = NEW.site_id;
  NEW.buyer_name := (SELECT name FROM organisations_organisation WHERE id = NEW.buyer_id);
  IF NEW.state <> 'open' OR NOT EXISTS (
       SELECT FROM sourcing_siteaccess a
        WHERE a.organisation_id = NEW.buyer_id AND a.site_id = NEW.site_id AND 'customer' = ANY(a.bases)) THEN
    RAISE EXCEPTION 'a customer of the site raises a variance, and it begins open' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.finding_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM findings_finding f JOIN findings_audit u ON u.id = f.audit_id AND u.published_at IS NOT NULL
         JOIN findings_auditaccess x ON x.audit_id = u.id AND x.organisation_id = NEW.buyer_id
        WHERE f.id = NEW.finding_id AND f.site_id = NEW.site_id) THEN
    RAISE EXCEPTION 'a variance names a finding that its customer sees' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_variance FOR EACH ROW EXECUTE FUNCTION app.fill_variance();

CREATE FUNCTION app.guard_variance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE last findings_variancereply;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a variance is closed, never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - ARRAY['state', 'person_id']) <> (to_jsonb(OLD) - ARRAY['state', 'person_id']) THEN
    RAISE EXCEPTION 'what a variance says never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT * INTO last FROM findings_variancereply WHERE variance_id = OLD.id ORDER BY id DESC LIMIT 1;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state, coalesce(last.kind, '')) NOT IN
     (('open', 'answered', 'answer'), ('answered', 'open', 'question'), ('open', 'closed', 'closing'),
      ('answered', 'closed', 'closing')) THEN
    RAISE EXCEPTION 'a variance cannot go from % to % like this', OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON findings_variance FOR EACH ROW EXECUTE FUNCTION app.guard_variance();

CREATE FUNCTION app.fill_variance_reply() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE variance findings_variance;
BEGIN
  SELECT * INTO variance FROM findings_variance WHERE id = NEW.variance_id FOR UPDATE;
  NEW.buyer_id := variance.buyer_id;
  NEW.supplier_id := variance.supplier_id;
  IF app.organisation() IS NOT NULL THEN
    NEW.organisation_id := app.organisation();
    NEW.person_id := app.person();
  ELSE
    NEW.organisation_id := CASE WHEN NEW.kind = 'answer' THEN variance.supplier_id ELSE variance.buyer_id END;
  END IF;
  IF variance.state = 'closed' THEN
    RAISE EXCEPTION 'a closed variance is at its end' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.organisation_id <> (CASE WHEN NEW.kind = 'answer' THEN variance.supplier_id ELSE variance.buyer_id END) THEN
    RAISE EXCEPTION 'the supplier answers, its customer asks and closes' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_variancereply FOR EACH ROW EXECUTE FUNCTION app.fill_variance_reply();
"""

BACKFILL = """
ALTER TABLE findings_finding DISABLE TRIGGER USER;
UPDATE findings_finding SET due_by = due_on WHERE kind = 'nc';
ALTER TABLE findings_finding ENABLE TRIGGER USER;
"""
