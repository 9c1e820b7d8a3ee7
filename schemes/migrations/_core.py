"""The functions and triggers of `0002_core`: whose rows are whose, what is copied, what is carried over."""

WHO = """
-- The values that an edition lets a criterion have: its levels, or those of its scale.
CREATE FUNCTION app.scheme_values(edition bigint) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(key), '{}') FROM (
    SELECT l.key FROM schemes_level l WHERE l.edition_id = edition
    UNION ALL
    SELECT v->>'key' FROM schemes_edition e, jsonb_array_elements(e.data->'scale'->'values') v
     WHERE e.id = edition AND jsonb_typeof(e.data->'scale'->'values') = 'array') AS known(key)
$$;
REVOKE ALL ON FUNCTION app.scheme_values(bigint) FROM PUBLIC;

-- Why somebody may neither score nor decide in an assessment; nothing when they may. Programs ask it through
-- `schemes.queries.independence`, triggers ask it for themselves.
CREATE FUNCTION app.scheme_hindrance(who bigint, wanted bigint) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a schemes_assessment; said schemes_declaration;
BEGIN
  SELECT * INTO a FROM schemes_assessment WHERE id = wanted;
  IF a.id IS NULL OR who IS NULL OR a.body_id <> coalesce(app.organisation(), a.body_id) THEN
    RETURN 'not-your-assessment';
  END IF;
  IF NOT EXISTS (SELECT FROM organisations_membership m JOIN organisations_person p ON p.id = m.person_id
                  WHERE m.organisation_id = a.body_id AND m.person_id = who AND m.is_active AND p.is_active
                    AND m.role IN ('admin', 'editor')) THEN
    RETURN 'not-in-body';
  END IF;
  IF EXISTS (SELECT FROM organisations_membership m
              WHERE m.organisation_id = a.member_id AND m.person_id = who AND m.is_active) THEN
    RETURN 'own-organisation';
  END IF;
  IF EXISTS (SELECT FROM schemes_answer x WHERE x.person_id = who AND x.member_id = a.member_id)
     OR EXISTS (SELECT FROM schemes_evidenceuse x WHERE x.person_id = who AND x.member_id = a.member_id)
     OR EXISTS (SELECT FROM schemes_clarification x WHERE x.answered_by_id = who AND x.member_id = a.member_id) THEN
    RETURN 'wrote-for-member';
  END IF;
  SELECT * INTO said FROM schemes_declaration d
   WHERE d.person_id = who AND (d.assessment_id = a.id OR d.member_id = a.member_id) ORDER BY d.id DESC LIMIT 1;
  IF said.is_supporter THEN
    RETURN 'declared-supporter';
  END IF;
  IF said.has_conflict THEN
    RETURN 'declared-conflict';
  END IF;
  IF NOT EXISTS (SELECT FROM schemes_declaration d WHERE d.person_id = who AND d.assessment_id = a.id) THEN
    RETURN 'not-declared';
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION app.scheme_hindrance(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.scheme_hindrance(bigint, bigint) TO {app}, {job};
"""

FILL = """
CREATE FUNCTION app.fill_scheme_membership() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT body_id INTO NEW.body_id FROM schemes_scheme WHERE id = NEW.scheme_id;
  IF NEW.body_id IS NULL OR NOT EXISTS (
       SELECT FROM schemes_edition e JOIN schemes_scheme s ON s.id = e.scheme_id
        WHERE s.id = NEW.scheme_id AND e.state = 'published' AND s.subject = 'organisation') THEN
    RAISE EXCEPTION 'one applies to a scheme that is run here and assesses organisations'
      USING ERRCODE = 'check_violation';
  END IF;
  SELECT name, country INTO NEW.member_name, NEW.member_country
    FROM organisations_organisation WHERE id = NEW.member_id;
  NEW.body_name := (SELECT name FROM organisations_organisation WHERE id = NEW.body_id);
  IF app.organisation() IS NOT NULL THEN
    NEW.person_id := app.person();
    IF NEW.state <> 'applied' OR NEW.level <> '' THEN
      RAISE EXCEPTION 'a membership begins with an application' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON schemes_schememembership
  FOR EACH ROW EXECUTE FUNCTION app.fill_scheme_membership();

CREATE FUNCTION app.fill_assessment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE edition schemes_edition; its schemes_schememembership; before schemes_assessment;
BEGIN
  SELECT * INTO edition FROM schemes_edition WHERE id = NEW.edition_id;
  SELECT * INTO its FROM schemes_schememembership WHERE id = NEW.membership_id FOR SHARE;
  SELECT * INTO before FROM schemes_assessment WHERE id = NEW.previous_id;
  NEW.member_id := its.member_id;
  NEW.body_id := (SELECT body_id FROM schemes_scheme WHERE id = edition.scheme_id);
  IF its.id IS NOT NULL THEN
    NEW.subject_label := its.member_name;
    IF its.scheme_id <> edition.scheme_id THEN
      RAISE EXCEPTION 'an assessment is by an edition of its scheme' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF before.id IS NOT NULL AND (before.membership_id, before.body_id)
     IS DISTINCT FROM (NEW.membership_id, NEW.body_id) THEN
    RAISE EXCEPTION 'the previous assessment is of the same subject' USING ERRCODE = 'check_violation';
  END IF;
  IF app.organisation() IS NULL THEN
    RETURN NEW;
  END IF;
  NEW.result := NULL;
  NEW.level := '';
  NEW.is_improvement_shown := NULL;
  NEW.improvement_words := '';
  IF edition.state <> 'published' THEN
    RAISE EXCEPTION 'an assessment begins by the edition in force' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state NOT IN ('answering', 'submitted') OR NEW.proposed_at IS NOT NULL
     OR NEW.state = 'submitted' AND (app.organisation() <> NEW.body_id OR before.submitted_at IS NULL) THEN
    RAISE EXCEPTION 'an assessment begins with the member' USING ERRCODE = 'check_violation';
  END IF;
  IF its.id IS NOT NULL AND (
       NEW.kind = 'initial' AND its.state NOT IN ('applied', 'improving')
       OR NEW.kind = 'interim' AND its.state NOT IN ('member', 'on_notice')
       OR app.organisation() = NEW.member_id AND (
         its.state <> 'applied' OR EXISTS (SELECT FROM schemes_assessment WHERE membership_id = its.id))) THEN
    RAISE EXCEPTION 'this membership waits for no such assessment' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON schemes_assessment
  FOR EACH ROW EXECUTE FUNCTION app.fill_assessment();

-- What hangs on an assessment is its member's and its body's; the named column says who wrote it. The lock keeps the
-- assessment in its state until what was allowed in that state is written.
CREATE FUNCTION app.fill_of_assessment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a schemes_assessment;
BEGIN
  SELECT * INTO a FROM schemes_assessment WHERE id = NEW.assessment_id FOR SHARE;
  NEW.member_id := a.member_id;
  NEW.body_id := a.body_id;
  IF TG_NARGS > 0 AND app.organisation() IS NOT NULL AND pg_trigger_depth() < 2 THEN
    NEW := jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], app.person()));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON schemes_proposal
  FOR EACH ROW EXECUTE FUNCTION app.fill_of_assessment('person_id');
CREATE TRIGGER fill BEFORE INSERT ON schemes_assignment
  FOR EACH ROW EXECUTE FUNCTION app.fill_of_assessment('assigned_by_id');
CREATE TRIGGER fill BEFORE INSERT ON schemes_declaration
  FOR EACH ROW EXECUTE FUNCTION app.fill_of_assessment('person_id');
CREATE TRIGGER fill BEFORE INSERT ON schemes_answer
  FOR EACH ROW EXECUTE FUNCTION app.fill_of_assessment('person_id');
CREATE TRIGGER fill BEFORE INSERT ON schemes_score
  FOR EACH ROW EXECUTE FUNCTION app.fill_of_assessment('person_id');
CREATE TRIGGER fill BEFORE INSERT ON schemes_clarification
  FOR EACH ROW EXECUTE FUNCTION app.fill_of_assessment('asked_by_id');

-- What hangs on a decision.
CREATE FUNCTION app.fill_of_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE d schemes_decision;
BEGIN
  SELECT * INTO d FROM schemes_decision WHERE id = NEW.decision_id;
  NEW.member_id := d.member_id;
  NEW.body_id := d.body_id;
  IF TG_TABLE_NAME IN ('schemes_improvementitem', 'schemes_appeal') THEN
    NEW.assessment_id := d.assessment_id;
  END IF;
  IF TG_TABLE_NAME IN ('schemes_improvementnotice', 'schemes_appeal') THEN
    NEW.membership_id := d.membership_id;
  END IF;
  IF TG_NARGS > 0 AND app.organisation() IS NOT NULL THEN
    NEW := jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], app.person()));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON schemes_improvementitem
  FOR EACH ROW EXECUTE FUNCTION app.fill_of_decision();
CREATE TRIGGER fill BEFORE INSERT ON schemes_improvementnotice
  FOR EACH ROW EXECUTE FUNCTION app.fill_of_decision();
CREATE TRIGGER fill BEFORE INSERT ON schemes_appeal
  FOR EACH ROW EXECUTE FUNCTION app.fill_of_decision('person_id');
"""

EVIDENCE = """
CREATE FUNCTION app.fill_scheme_use() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE piece sourcing_evidence; a schemes_assessment;
BEGIN
  SELECT * INTO piece FROM sourcing_evidence WHERE id = NEW.evidence_id FOR SHARE;
  SELECT * INTO a FROM schemes_assessment WHERE id = NEW.assessment_id FOR SHARE;
  IF piece.id IS NULL OR piece.organisation_id IS DISTINCT FROM a.member_id THEN
    RAISE EXCEPTION 'a member shows its own evidence' USING ERRCODE = 'check_violation';
  END IF;
  IF piece.retired_at IS NOT NULL THEN
    RAISE EXCEPTION 'retired evidence is attached to nothing new' USING ERRCODE = 'check_violation';
  END IF;
  IF piece.shows_workers OR piece.confidentiality = 'internal' THEN
    RAISE EXCEPTION 'this evidence does not leave its owner' USING ERRCODE = 'check_violation';
  END IF;
  NEW.member_id := a.member_id;
  NEW.body_id := a.body_id;
  NEW.kind := piece.kind;
  NEW.title := piece.title;
  NEW.document_id := piece.document_id;
  NEW.url := piece.url;
  NEW.pages := piece.pages;
  NEW.issued_on := piece.issued_on;
  NEW.expires_on := piece.expires_on;
  NEW.supplied_by := piece.supplied_by;
  NEW.language := piece.language;
  NEW.retired_at := NULL;
  IF app.organisation() IS NOT NULL AND pg_trigger_depth() < 2 THEN
    NEW.person_id := app.person();
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON schemes_evidenceuse FOR EACH ROW EXECUTE FUNCTION app.fill_scheme_use();

CREATE FUNCTION app.on_scheme_evidence_retired() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE schemes_evidenceuse SET retired_at = NEW.retired_at WHERE evidence_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER scheme_uses_on_retired AFTER UPDATE OF retired_at ON sourcing_evidence FOR EACH ROW
  WHEN (OLD.retired_at IS DISTINCT FROM NEW.retired_at) EXECUTE FUNCTION app.on_scheme_evidence_retired();

-- A new assessment begins with what the member said and showed in the one before, as far as its edition still asks
-- for it and the piece may still be shown.
CREATE FUNCTION app.carry_over() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE known varchar[] := ARRAY(SELECT key FROM schemes_criterion WHERE edition_id = NEW.edition_id);
BEGIN
  INSERT INTO schemes_answer (assessment_id, criterion_id, text, language, claimed, is_relevant, reason, version,
                              person_id, saved_at)
  SELECT NEW.id, now.id, o.text, o.language,
         CASE WHEN o.claimed = ANY (app.scheme_values(NEW.edition_id)) THEN o.claimed ELSE '' END,
         o.is_relevant, o.reason, 1, o.person_id, o.saved_at
    FROM schemes_answer o JOIN schemes_criterion was ON was.id = o.criterion_id
    JOIN schemes_criterion now ON now.edition_id = NEW.edition_id AND now.key = was.key
   WHERE o.assessment_id = NEW.previous_id;
  INSERT INTO schemes_evidenceuse (code, evidence_id, assessment_id, criteria, kind, title, url, pages, supplied_by,
                                   language, person_id, attached_at)
  SELECT upper(substr(md5(random()::text || clock_timestamp()::text || u.id), 1, 12)), u.evidence_id, NEW.id,
         ARRAY(SELECT c FROM unnest(u.criteria) c WHERE c = ANY (known)), u.kind, u.title, u.url, u.pages,
         u.supplied_by, u.language, u.person_id, u.attached_at
    FROM schemes_evidenceuse u JOIN sourcing_evidence e ON e.id = u.evidence_id
   WHERE u.assessment_id = NEW.previous_id AND u.criteria && known AND e.retired_at IS NULL
     AND NOT e.shows_workers AND e.confidentiality <> 'internal';
  RETURN NULL;
END $$;
CREATE TRIGGER carry_over AFTER INSERT ON schemes_assessment FOR EACH ROW
  WHEN (NEW.previous_id IS NOT NULL AND NEW.membership_id IS NOT NULL) EXECUTE FUNCTION app.carry_over();
"""

VERSIONS = """
CREATE FUNCTION app.keep_score_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO schemes_scoreversion (score_id, assessment_id, member_id, body_id, criterion_id, value, is_relevant,
    reason, rationale, language, relied_on, is_working_towards, towards_plan, likely_on, version, person_id, saved_at)
  VALUES (NEW.id, NEW.assessment_id, NEW.member_id, NEW.body_id, NEW.criterion_id, NEW.value, NEW.is_relevant,
    NEW.reason, NEW.rationale, NEW.language, NEW.relied_on, NEW.is_working_towards, NEW.towards_plan, NEW.likely_on,
    NEW.version, NEW.person_id, NEW.saved_at);
  RETURN NULL;
END $$;
CREATE TRIGGER keep_version AFTER INSERT OR UPDATE ON schemes_score
  FOR EACH ROW EXECUTE FUNCTION app.keep_score_version();
"""

DECISIONS = """
-- The database says what was before, and when it heard of the decision; `guard` (0003) says which decisions there are.
CREATE FUNCTION app.fill_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a schemes_assessment; m schemes_schememembership; back schemes_decision; own schemes_level;
BEGIN
  SELECT * INTO a FROM schemes_assessment WHERE id = NEW.assessment_id FOR UPDATE;
  SELECT * INTO m FROM schemes_schememembership WHERE id = a.membership_id FOR UPDATE;
  IF m.id IS NULL THEN
    RAISE EXCEPTION 'a decision is about a membership' USING ERRCODE = 'check_violation';
  END IF;
  NEW.membership_id := m.id;
  NEW.member_id := m.member_id;
  NEW.body_id := m.body_id;
  NEW.state_before := m.state;
  NEW.edition_before_id := m.edition_id;
  NEW.level_before := m.level;
  NEW.title_before := m.level_title;
  NEW.rank_before := m.level_rank;
  NEW.recorded_at := clock_timestamp();
  IF NEW.effective_on IS NULL THEN
    NEW.effective_on := (NEW.decided_at AT TIME ZONE 'UTC')::date;
  END IF;
  IF app.organisation() IS NOT NULL THEN
    NEW.decided_by_id := app.person();
  END IF;
  NEW.state_after := CASE NEW.outcome
    WHEN 'award' THEN 'member' WHEN 'improve' THEN 'improving' WHEN 'continue' THEN 'member'
    WHEN 'move_up' THEN 'member' WHEN 'notice' THEN 'on_notice' WHEN 'down' THEN 'member'
    WHEN 'remove' THEN 'removed' ELSE m.state END;
  IF NEW.outcome IN ('improve', 'remove') THEN
    NEW.level_after := '';
  ELSIF NEW.outcome IN ('continue', 'notice') THEN
    NEW.level_after := m.level;
  END IF;
  SELECT * INTO back FROM schemes_decision WHERE id = NEW.takes_back_id;
  IF NEW.outcome = 'uphold_appeal' AND back.outcome IN ('improve', 'notice', 'down', 'remove') THEN
    NEW.state_after := back.state_before;
    NEW.level_after := back.level_before;
    NEW.title_after := back.title_before;
    NEW.rank_after := back.rank_before;
    NEW.edition_after_id := back.edition_before_id;
    RETURN NEW;
  END IF;
  IF NEW.outcome = 'uphold_appeal' THEN
    NEW.level_after := m.level;
  END IF;
  SELECT * INTO own FROM schemes_level WHERE edition_id = a.edition_id AND key = NEW.level_after;
  IF NEW.level_after = '' THEN
    NEW.title_after := '';
    NEW.rank_after := NULL;
    NEW.edition_after_id := NULL;
  ELSIF own.id IS NOT NULL THEN
    NEW.title_after := own.title;
    NEW.rank_after := own.rank;
    NEW.edition_after_id := a.edition_id;
  ELSIF NEW.level_after = m.level THEN
    NEW.title_after := m.level_title;
    NEW.rank_after := m.level_rank;
    NEW.edition_after_id := m.edition_id;
  ELSE
    RAISE EXCEPTION 'the edition has no such level' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON schemes_decision FOR EACH ROW EXECUTE FUNCTION app.fill_decision();
ALTER TABLE schemes_decision ADD CONSTRAINT decision_is_not_backdated
  CHECK (effective_on = (decided_at AT TIME ZONE 'UTC')::date);
"""

PUBLIC = """
CREATE FUNCTION app.fill_certificate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE d schemes_decision; m schemes_schememembership; months integer;
BEGIN
  SELECT * INTO d FROM schemes_decision WHERE id = NEW.decision_id;
  SELECT * INTO m FROM schemes_schememembership WHERE id = d.membership_id FOR UPDATE;
  IF d.level_after = '' OR d.outcome IN ('improve', 'notice', 'remove')
     OR d.id <> (SELECT max(id) FROM schemes_decision WHERE membership_id = m.id) THEN
    RAISE EXCEPTION 'a certificate follows from the newest decision, and that gives a level'
      USING ERRCODE = 'check_violation';
  END IF;
  NEW.membership_id := m.id;
  NEW.member_id := m.member_id;
  NEW.member_name := m.member_name;
  NEW.body_id := m.body_id;
  NEW.body_name := m.body_name;
  NEW.scheme_id := m.scheme_id;
  NEW.scheme_title := (SELECT title FROM schemes_scheme WHERE id = m.scheme_id);
  NEW.level := d.level_after;
  NEW.level_title := d.title_after;
  NEW.issued_on := d.effective_on;
  IF NEW.expires_on IS NULL OR app.organisation() IS NOT NULL THEN
    SELECT coalesce((e.data->'rhythm'->>'certificate_months')::integer, (e.data->'rhythm'->>'every_months')::integer)
      INTO months FROM schemes_assessment a JOIN schemes_edition e ON e.id = a.edition_id
     WHERE a.id = d.assessment_id;
    NEW.expires_on := (d.effective_on + make_interval(months => months))::date;
  END IF;
  NEW.superseded_by_id := NULL;
  NEW.withdrawn_at := NULL;
  UPDATE schemes_certificate SET superseded_by_id = NEW.id
   WHERE membership_id = m.id AND superseded_by_id IS NULL AND withdrawn_at IS NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON schemes_certificate FOR EACH ROW EXECUTE FUNCTION app.fill_certificate();

-- What the public may know of a certificate, by its code alone.
CREATE FUNCTION app.certificate(wanted text) RETURNS TABLE (
  code varchar, scheme_key varchar, scheme_title varchar, member_name varchar, body_name varchar, level varchar,
  level_title varchar, issued_on date, expires_on date, is_superseded boolean, superseded_code varchar,
  withdrawn_on date, consents boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.code, s.key, c.scheme_title, c.member_name, c.body_name, c.level, c.level_title, c.issued_on, c.expires_on,
         c.superseded_by_id IS NOT NULL, next.code, (c.withdrawn_at AT TIME ZONE 'UTC')::date, m.consents_to_register
    FROM schemes_certificate c JOIN schemes_scheme s ON s.id = c.scheme_id
    JOIN schemes_schememembership m ON m.id = c.membership_id
    LEFT JOIN schemes_certificate next ON next.id = c.superseded_by_id
   WHERE c.code = upper(wanted)
$$;
REVOKE ALL ON FUNCTION app.certificate(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.certificate(text) TO {app}, {job};

CREATE FUNCTION app.keep_register() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE told jsonb; since date;
BEGIN
  IF NOT NEW.consents_to_register OR NEW.state NOT IN ('member', 'on_notice') THEN
    DELETE FROM schemes_registerentry WHERE membership_id = NEW.id;
    RETURN NULL;
  END IF;
  SELECT jsonb_agg(jsonb_build_object('level', level_after, 'title', title_after, 'on', effective_on) ORDER BY id),
         max(effective_on)
    INTO told, since FROM schemes_decision
   WHERE membership_id = NEW.id AND level_after <> '' AND level_after <> level_before;
  INSERT INTO schemes_registerentry (membership_id, scheme_id, name, country, level, level_title, level_rank, since_on,
                                     joined_on, history)
  VALUES (NEW.id, NEW.scheme_id, (SELECT name FROM organisations_organisation WHERE id = NEW.member_id),
          NEW.member_country, NEW.level, NEW.level_title, NEW.level_rank, coalesce(since, NEW.joined_on), NEW.joined_on,
          coalesce(told, '[]'))
  ON CONFLICT (membership_id) DO UPDATE SET
    (name, country, level, level_title, level_rank, since_on, joined_on, history)
    = (excluded.name, excluded.country, excluded.level, excluded.level_title, excluded.level_rank, excluded.since_on,
       excluded.joined_on, excluded.history);
  RETURN NULL;
END $$;
CREATE TRIGGER keep_register AFTER INSERT OR UPDATE ON schemes_schememembership
  FOR EACH ROW EXECUTE FUNCTION app.keep_register();

CREATE FUNCTION app.on_member_renamed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE schemes_registerentry SET name = NEW.name
   WHERE membership_id IN (SELECT id FROM schemes_schememembership WHERE member_id = NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER register_on_renamed AFTER UPDATE OF name ON organisations_organisation FOR EACH ROW
  WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION app.on_member_renamed();

-- The end of a membership withdraws its certificate and closes its notice; an appeal that brings it back opens the
-- notice again (a new certificate is given by the decision).
CREATE FUNCTION app.on_membership_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE newest schemes_decision; moment timestamptz;
BEGIN
  SELECT * INTO newest FROM schemes_decision WHERE membership_id = NEW.id ORDER BY id DESC LIMIT 1;
  moment := CASE WHEN NEW.state = 'withdrawn' OR newest.id IS NULL THEN now() ELSE newest.decided_at END;
  IF NEW.state IN ('removed', 'withdrawn') THEN
    UPDATE schemes_certificate SET withdrawn_at = moment
     WHERE membership_id = NEW.id AND superseded_by_id IS NULL AND withdrawn_at IS NULL;
  END IF;
  IF OLD.state = 'on_notice' THEN
    UPDATE schemes_improvementnotice SET closed_at = moment WHERE membership_id = NEW.id AND closed_at IS NULL;
  ELSIF NEW.state = 'on_notice' AND newest.outcome = 'uphold_appeal' THEN
    UPDATE schemes_improvementnotice SET closed_at = NULL
     WHERE id = (SELECT max(id) FROM schemes_improvementnotice WHERE membership_id = NEW.id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER on_moved AFTER UPDATE OF state ON schemes_schememembership FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION app.on_membership_moved();
"""

# The subquery is itself under the policy of uses: it finds only those that the reader sees. What is kept in a case
# stays there whatever names it.
FILES = """
DO $also$ BEGIN
  EXECUTE format('ALTER POLICY app_select ON documents_document USING ((%s) OR (incident_id IS NULL AND %s))',
    (SELECT qual FROM pg_policies WHERE schemaname = 'public' AND tablename = 'documents_document'
        AND policyname = 'app_select'),
    '(SELECT true FROM schemes_evidenceuse u WHERE u.document_id = documents_document.id LIMIT 1)');
END $also$
"""
