"""What `0014_audit_life` says in SQL."""

FIRM = "audit_firm_id = app.organisation()"
SUPPLIER = "supplier_id = app.organisation()"


def sees(table: str) -> str:
    """Return the scalar subquery that asks whether the acting organisation sees the audit of a row."""
    return f"""(
        SELECT true FROM findings_auditaccess a
         WHERE a.organisation_id = app.organisation() AND a.audit_id = {table}.audit_id)"""  # noqa: S608 - our names


def shared(table: str, and_finding: str) -> str:
    """Return the branch that a share in force opens; what of the audit it opens is said by `and_finding`."""
    return f"""(
        SELECT true FROM findings_auditgrant g
         WHERE g.content_object_id = {table}.audit_id AND {and_finding} AND g.user_id = app.person()
           AND (g.organisation_id IS NULL OR g.organisation_id = app.organisation()) AND g.ends_at > now()
         LIMIT 1)"""  # noqa: S608 - our names


def whole_audit(table: str) -> str:
    """Return the branch that a share of the whole audit opens."""
    return shared(table, "g.finding_id IS NULL")


_REPLY = "findings_sitereply"
READS_REPLY = f"""(NOT is_retired OR {FIRM} OR {SUPPLIER}) AND {sees(_REPLY)}
    OR NOT is_retired AND {shared(_REPLY, f"(g.finding_id IS NULL OR g.finding_id = {_REPLY}.finding_id)")}"""

REPLIES = """
CREATE FUNCTION app.fill_reply() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE audit findings_audit; finding findings_finding;
BEGIN
  SELECT * INTO audit FROM findings_audit WHERE id = NEW.audit_id FOR SHARE;
  IF audit.state NOT IN ('submitted', 'published', 'superseded') THEN
    RAISE EXCEPTION 'a site replies to an audit that it has been sent' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kind IN ('fine', 'finished') AND audit.state <> 'submitted'
     OR NEW.kind = 'finished' AND NEW.finding_id IS NOT NULL THEN
    RAISE EXCEPTION 'a review is finished before publication, for the whole audit' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.finding_id IS NOT NULL THEN
    SELECT * INTO finding FROM findings_finding WHERE id = NEW.finding_id;
    IF finding.audit_id IS DISTINCT FROM NEW.audit_id THEN
      RAISE EXCEPTION 'a reply is about a finding of its audit' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'dispute' AND finding.state NOT IN ('open', 'action_submitted', 'in_progress', 'recorded') THEN
      RAISE EXCEPTION 'what is closed is disputed no more' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  NEW.finding_title := coalesce(finding.title, '');
  NEW.supplier_id := audit.supplier_id;
  NEW.audit_firm_id := audit.audit_firm_id;
  NEW.state := CASE NEW.kind WHEN 'dispute' THEN 'open' ELSE 'said' END;
  NEW.is_retired := false;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_sitereply FOR EACH ROW EXECUTE FUNCTION app.fill_reply();

CREATE FUNCTION app.guard_reply() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE answer CONSTANT text[] := ARRAY['state', 'answer', 'answer_language', 'answered_by_id', 'answered_at'];
  loose CONSTANT text[] := ARRAY['finding_id', 'is_retired'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'what a site said stays' USING ERRCODE = 'restrict_violation';
  END IF;
  -- The trigger of a finding that goes lets its replies go from it: the depth is two there.
  IF pg_trigger_depth() > 1 AND (to_jsonb(NEW) - loose) = (to_jsonb(OLD) - loose) THEN
    RETURN NEW;
  END IF;
  -- A person who is forgotten leaves the words.
  IF (to_jsonb(NEW) - ARRAY['said_by_id', 'answered_by_id']) = (to_jsonb(OLD) - ARRAY['said_by_id', 'answered_by_id'])
     AND coalesce(NEW.said_by_id, OLD.said_by_id) IS NOT DISTINCT FROM OLD.said_by_id
     AND coalesce(NEW.answered_by_id, OLD.answered_by_id) IS NOT DISTINCT FROM OLD.answered_by_id THEN
    RETURN NEW;
  END IF;
  IF (to_jsonb(NEW) - answer) <> (to_jsonb(OLD) - answer) OR OLD.state <> 'open' THEN
    RAISE EXCEPTION 'what a site said never changes, and it is answered once' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state = 'taken_back' THEN
    IF app.organisation() IS NOT NULL AND app.organisation() <> OLD.supplier_id THEN
      RAISE EXCEPTION 'a site takes back its own dispute' USING ERRCODE = 'restrict_violation';
    END IF;
  ELSIF NEW.state IN ('accepted', 'kept') THEN
    IF app.organisation() IS NOT NULL AND app.organisation() <> OLD.audit_firm_id THEN
      RAISE EXCEPTION 'the audit firm answers a dispute' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'accepted'
       AND EXISTS (SELECT FROM findings_audit WHERE id = OLD.audit_id AND published_at IS NOT NULL)
       AND NOT EXISTS (SELECT FROM findings_auditrevision WHERE settles_id = OLD.id) THEN
      RAISE EXCEPTION 'after publication a dispute is accepted by a revision' USING ERRCODE = 'check_violation';
    END IF;
  ELSE
    RAISE EXCEPTION 'a dispute is answered or taken back' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON findings_sitereply FOR EACH ROW EXECUTE FUNCTION app.guard_reply();

-- A finding that the firm takes out before publication leaves what was said of it between site and firm.
CREATE FUNCTION app.retire_replies() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM findings_sitereply WHERE finding_id = OLD.id AND state = 'open') THEN
    RAISE EXCEPTION 'a dispute is answered before its finding goes' USING ERRCODE = 'check_violation';
  END IF;
  UPDATE findings_sitereply SET finding_id = NULL, is_retired = true WHERE finding_id = OLD.id;
  RETURN OLD;
END $$;
CREATE TRIGGER replies BEFORE DELETE ON findings_finding FOR EACH ROW EXECUTE FUNCTION app.retire_replies();
"""

REVIEW = """
CREATE FUNCTION app.guard_review() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE least_days int;
BEGIN
  IF app.organisation() IS NULL THEN
    RETURN NEW;
  END IF;
  IF OLD.state = 'in_progress' AND NEW.state = 'submitted' THEN
    least_days := coalesce((SELECT least FROM findings_reviewpolicy WHERE version_id = OLD.version_id), 1);
    IF NEW.submitted_at IS NULL OR NEW.review_ends_at IS NULL
       OR NEW.review_ends_at < NEW.submitted_at + make_interval(hours => least_days * 24 - 2) THEN
      RAISE EXCEPTION 'the site has at least % days to comment', least_days USING ERRCODE = 'check_violation';
    END IF;
  ELSIF OLD.state = 'submitted' AND NEW.state IN ('submitted', 'published')
        AND (NEW.submitted_at, NEW.review_ends_at) IS DISTINCT FROM (OLD.submitted_at, OLD.review_ends_at) THEN
    RAISE EXCEPTION 'the time to comment stays as the site was told' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state = 'submitted' AND NEW.state = 'published' THEN
    IF NEW.published_at < OLD.review_ends_at AND NOT EXISTS (
         SELECT FROM findings_sitereply
          WHERE audit_id = OLD.id AND kind = 'finished' AND said_at >= OLD.submitted_at) THEN
      RAISE EXCEPTION 'the site can still comment' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM findings_sitereply WHERE audit_id = OLD.id AND state = 'open') THEN
      RAISE EXCEPTION 'a dispute is answered before publication' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_review BEFORE UPDATE ON findings_audit FOR EACH ROW EXECUTE FUNCTION app.guard_review();
"""

REVISING = """
-- Only inside the trigger of a revision of this very audit; a WHEN is asked one level below the trigger itself.
CREATE FUNCTION app.is_revising(audit bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT pg_trigger_depth() >= 1 AND current_setting('app.revising', true) = audit::text
$$;

DROP TRIGGER guard ON findings_audit;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON findings_audit FOR EACH ROW
  WHEN (NOT coalesce(app.is_revising(OLD.id), false)) EXECUTE FUNCTION app.guard_audit();
DROP TRIGGER guard ON findings_finding;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON findings_finding FOR EACH ROW
  WHEN (NOT coalesce(app.is_revising(OLD.audit_id), false)) EXECUTE FUNCTION app.guard_finding();
DROP TRIGGER guard_process ON findings_finding;
CREATE TRIGGER guard_process BEFORE UPDATE ON findings_finding FOR EACH ROW
  WHEN (NOT coalesce(app.is_revising(OLD.audit_id), false)) EXECUTE FUNCTION app.guard_process();
DROP TRIGGER fill ON findings_auditor;
CREATE TRIGGER fill BEFORE INSERT OR UPDATE ON findings_auditor FOR EACH ROW
  WHEN (NOT coalesce(app.is_revising(NEW.audit_id), false)) EXECUTE FUNCTION app.fill_from_audit();

-- What stood in a published audit was not taken out either.
CREATE FUNCTION app.guard_published_part() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM findings_audit WHERE id = OLD.audit_id AND published_at IS NOT NULL) THEN
    RAISE EXCEPTION 'a published audit never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER guard BEFORE DELETE ON findings_auditor FOR EACH ROW
  WHEN (NOT coalesce(app.is_revising(OLD.audit_id), false)) EXECUTE FUNCTION app.guard_published_part();
CREATE TRIGGER guard BEFORE DELETE ON findings_reassessment FOR EACH ROW EXECUTE FUNCTION app.guard_published_part();

CREATE FUNCTION app.guard_revised_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE words CONSTANT text[] := ARRAY['summary'];
BEGIN
  IF (to_jsonb(NEW) - words) <> (to_jsonb(OLD) - words) THEN
    RAISE EXCEPTION 'a revision corrects words only' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_revised BEFORE UPDATE ON findings_audit FOR EACH ROW
  WHEN (coalesce(app.is_revising(OLD.id), false)) EXECUTE FUNCTION app.guard_revised_audit();

CREATE FUNCTION app.guard_revised_finding() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE words CONSTANT text[] := ARRAY['title', 'description', 'objective_evidence', 'law_reference', 'language',
    'workers_affected', 'extent', 'severity', 'due_on', 'due_by', 'state'];
BEGIN
  IF (to_jsonb(NEW) - words) <> (to_jsonb(OLD) - words) THEN
    RAISE EXCEPTION 'a revision corrects words, and no process' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.kind <> 'nc'
     AND (NEW.severity, NEW.due_on, NEW.state) IS DISTINCT FROM (OLD.severity, OLD.due_on, OLD.state) THEN
    RAISE EXCEPTION 'only a non-compliance has a severity or a date, or is withdrawn' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state <> OLD.state AND NOT (NEW.state = 'withdrawn' AND OLD.state IN ('open', 'action_submitted')) THEN
    RAISE EXCEPTION 'a revision withdraws what is open, and moves nothing else' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_revised BEFORE UPDATE ON findings_finding FOR EACH ROW
  WHEN (coalesce(app.is_revising(OLD.audit_id), false)) EXECUTE FUNCTION app.guard_revised_finding();
"""

REVISE = """
CREATE FUNCTION app.snapshot_of_audit(wanted bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object(
    'audit', to_jsonb(a) - ARRAY['id', 'site_id', 'supplier_id', 'audit_firm_id', 'version_id', 'parent_id',
                                 'created_by_id'],
    'auditors', coalesce((SELECT jsonb_agg(to_jsonb(r) - ARRAY['id', 'audit_id', 'audit_firm_id']
                                           ORDER BY r.is_lead DESC, r.name, r.id)
                            FROM findings_auditor r WHERE r.audit_id = a.id), '[]'),
    'findings', coalesce((SELECT jsonb_agg(
        (to_jsonb(f) - ARRAY['id', 'audit_id', 'site_id', 'supplier_id', 'audit_firm_id', 'requirement_id',
                             'predecessor_id', 'repeats_id', 'superseded_by_id', 'created_by_id', 'created_at', 'revision', 'has_plan'])
        || jsonb_build_object('requirement', w.printed_code, 'requirement_title', w.title)
        ORDER BY s.position, w.item, f.id)
      FROM findings_finding f JOIN findings_workplacerequirement w ON w.id = f.requirement_id
      JOIN findings_section s ON s.id = w.section_id WHERE f.audit_id = a.id), '[]'))
    FROM findings_audit a WHERE a.id = wanted
$$;
REVOKE ALL ON FUNCTION app.snapshot_of_audit(bigint) FROM PUBLIC;

CREATE FUNCTION app.fill_revision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE audit findings_audit;
BEGIN
  SELECT * INTO audit FROM findings_audit WHERE id = NEW.audit_id FOR UPDATE;
  IF audit.published_at IS NULL THEN
    RAISE EXCEPTION 'only a published audit has revisions' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.settles_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM findings_sitereply WHERE id = NEW.settles_id AND audit_id = NEW.audit_id AND state = 'open') THEN
    RAISE EXCEPTION 'a revision settles an open dispute of its audit' USING ERRCODE = 'check_violation';
  END IF;
  IF jsonb_typeof(NEW.changes) <> 'object' OR EXISTS (
       SELECT FROM jsonb_object_keys(NEW.changes) AS part
        WHERE part NOT IN ('audit', 'auditors', 'findings', 'withdrawn')) THEN
    RAISE EXCEPTION 'a revision changes the audit, its auditors and its findings' USING ERRCODE = 'check_violation';
  END IF;
  NEW.number := 1 + coalesce((SELECT max(number) FROM findings_auditrevision WHERE audit_id = NEW.audit_id), 0);
  NEW.audit_firm_id := audit.audit_firm_id;
  NEW.snapshot := app.snapshot_of_audit(NEW.audit_id);
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_auditrevision FOR EACH ROW EXECUTE FUNCTION app.fill_revision();

CREATE FUNCTION app.apply_revision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE one record; before findings_finding; after findings_finding;
BEGIN
  PERFORM set_config('app.revising', NEW.audit_id::text, true);
  IF NEW.changes ? 'audit' THEN
    IF EXISTS (SELECT FROM jsonb_object_keys(NEW.changes -> 'audit') AS k WHERE k <> 'summary') THEN
      RAISE EXCEPTION 'a revision corrects the summary and the auditors of an audit' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE findings_audit SET summary = coalesce(NEW.changes #>> '{audit,summary}', '') WHERE id = NEW.audit_id;
  END IF;
  IF NEW.changes ? 'auditors' THEN
    DELETE FROM findings_auditor WHERE audit_id = NEW.audit_id;
    INSERT INTO findings_auditor (audit_id, audit_firm_id, name, grade, apsca_number, validated_on, is_lead)
    SELECT NEW.audit_id, NEW.audit_firm_id, r.name, r.grade, r.apsca_number, r.validated_on, coalesce(r.is_lead, false)
      FROM jsonb_populate_recordset(NULL::findings_auditor, NEW.changes -> 'auditors') AS r;
    IF 1 <> (SELECT count(*) FROM findings_auditor WHERE audit_id = NEW.audit_id AND is_lead) THEN
      RAISE EXCEPTION 'one auditor leads' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  FOR one IN SELECT key AS code, value AS said FROM jsonb_each(coalesce(NEW.changes -> 'findings', '{}')) LOOP
    SELECT * INTO before FROM findings_finding WHERE audit_id = NEW.audit_id AND code = one.code FOR UPDATE;
    IF before.id IS NULL OR EXISTS (SELECT FROM jsonb_object_keys(one.said) AS k WHERE k NOT IN (
         'title', 'description', 'objective_evidence', 'law_reference', 'language', 'workers_affected', 'extent',
         'severity', 'due_on')) THEN
      RAISE EXCEPTION 'a revision corrects the words of a finding of its audit' USING ERRCODE = 'check_violation';
    END IF;
    after := jsonb_populate_record(before, one.said);
    UPDATE findings_finding f
       SET title = after.title, description = after.description, objective_evidence = after.objective_evidence,
           law_reference = after.law_reference, language = after.language, workers_affected = after.workers_affected,
           extent = after.extent, severity = after.severity, due_on = after.due_on
     WHERE f.id = before.id;
  END LOOP;
  FOR one IN SELECT value AS code FROM jsonb_array_elements_text(coalesce(NEW.changes -> 'withdrawn', '[]')) LOOP
    UPDATE findings_finding SET state = 'withdrawn' WHERE audit_id = NEW.audit_id AND code = one.code;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'a revision withdraws a finding of its audit' USING ERRCODE = 'check_violation';
    END IF;
  END LOOP;
  PERFORM set_config('app.revising', '', true);
  RETURN NULL;
END $$;
CREATE TRIGGER apply AFTER INSERT ON findings_auditrevision FOR EACH ROW EXECUTE FUNCTION app.apply_revision();
"""

FOLLOW_UP = """
CREATE FUNCTION app.fill_follow_up() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE audit findings_audit; finding findings_finding;
BEGIN
  IF TG_OP = 'DELETE' THEN
    audit := app.audit_while_written(OLD.audit_id);
  ELSE
    audit := app.audit_while_written(NEW.audit_id);
    SELECT * INTO finding FROM findings_finding WHERE id = NEW.finding_id;
  END IF;
  IF audit.published_at IS NOT NULL THEN
    RAISE EXCEPTION 'a published audit never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  IF audit.kind NOT IN ('follow_up_full', 'follow_up_partial') OR finding.kind <> 'nc'
     OR finding.audit_id IS DISTINCT FROM audit.parent_id THEN
    RAISE EXCEPTION 'a follow-up follows up non-compliances of the audit it follows' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' AND finding.state NOT IN ('open', 'action_submitted') THEN
    RAISE EXCEPTION 'what is closed is not followed up' USING ERRCODE = 'check_violation';
  END IF;
  NEW.audit_firm_id := audit.audit_firm_id;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT OR UPDATE OR DELETE ON findings_followupitem
  FOR EACH ROW EXECUTE FUNCTION app.fill_follow_up();
"""

FOUND_AGAIN = """
CREATE FUNCTION app.check_found_again() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM findings_finding f JOIN findings_audit a ON a.id = f.audit_id
                  WHERE f.id = NEW.repeats_id AND f.site_id = NEW.site_id AND f.kind = NEW.kind AND f.kind <> 'car'
                    AND f.audit_id <> NEW.audit_id AND a.published_at IS NOT NULL) THEN
    RAISE EXCEPTION 'what is found again was found before, at the same site' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER found_again BEFORE INSERT OR UPDATE OF repeats_id ON findings_finding FOR EACH ROW
  WHEN (NEW.repeats_id IS NOT NULL) EXECUTE FUNCTION app.check_found_again();
"""
