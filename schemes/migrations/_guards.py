"""The functions and triggers of `0003_guards`: who moves what, and what never changes, against raw SQL as well.

Whoever has no organisation (the owner of the tables, the job role) is not asked who they are; what is written still
has to fit together.
"""

RULE = """
-- The highest level that the scores give on a day, as `schemes.definitions.ladder.result` says; tests compare the two.
CREATE FUNCTION app.scheme_level(wanted bigint, day date) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  of_edition bigint := (SELECT edition_id FROM schemes_assessment WHERE id = wanted);
  rungs jsonb := (SELECT data->'levels' FROM schemes_edition WHERE id = of_edition);
  ranks integer[]; months integer[]; relevant integer; best text := ''; rung jsonb; at_rank integer; short integer;
BEGIN
  -- Of each relevant criterion the rank that it reaches (0 for none), and in how many months it is likely to reach the
  -- next (a million when nobody works towards it).
  SELECT array_agg(coalesce(l.rank, 0) ORDER BY c.id),
         array_agg(CASE WHEN s.is_working_towards AND s.likely_on IS NOT NULL
                   THEN greatest(0, (extract(year FROM s.likely_on) - extract(year FROM day)) * 12
                                    + extract(month FROM s.likely_on) - extract(month FROM day))::integer
                   ELSE 1000000 END ORDER BY c.id)
    INTO ranks, months
    FROM schemes_criterion c
    LEFT JOIN schemes_score s ON s.criterion_id = c.id AND s.assessment_id = wanted
    LEFT JOIN schemes_level l ON l.edition_id = of_edition AND l.key = s.value
   WHERE c.edition_id = of_edition AND coalesce(s.is_relevant, true);
  relevant := coalesce(array_length(ranks, 1), 0);
  IF relevant = 0 OR jsonb_typeof(rungs) IS DISTINCT FROM 'array' THEN
    RETURN '';
  END IF;
  FOR rung IN SELECT value FROM jsonb_array_elements(rungs) LOOP
    IF rung->>'all_at' IS NOT NULL THEN
      at_rank := (SELECT rank FROM schemes_level WHERE edition_id = of_edition AND key = rung->>'all_at');
      IF (SELECT count(*) FROM unnest(ranks) r WHERE r < at_rank) > 0 THEN
        RETURN best;
      END IF;
    END IF;
    IF jsonb_typeof(rung->'share') = 'object' THEN
      at_rank := (SELECT rank FROM schemes_level WHERE edition_id = of_edition AND key = rung->'share'->>'at');
      short := (SELECT count(*) FROM unnest(ranks) r WHERE r < at_rank);
      IF relevant - short < ceil(relevant * (rung->'share'->>'percent')::numeric / 100) THEN
        RETURN best;
      END IF;
      IF jsonb_typeof(rung->'rest') = 'object' AND EXISTS (
           SELECT FROM unnest(ranks, months) AS x(r, m)
            WHERE r < at_rank AND m > (rung->'rest'->'months'->>-1)::integer) THEN
        RETURN best;
      END IF;
    END IF;
    best := rung->>'key';
  END LOOP;
  RETURN best;
END $$;
REVOKE ALL ON FUNCTION app.scheme_level(bigint, date) FROM PUBLIC;

-- Whether somebody has this part in an assessment now.
CREATE FUNCTION app.has_scheme_role(who bigint, wanted bigint, roles text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM schemes_assignment
                  WHERE assessment_id = wanted AND person_id = who AND role = ANY (roles) AND ended_at IS NULL)
$$;
REVOKE ALL ON FUNCTION app.has_scheme_role(bigint, bigint, text[]) FROM PUBLIC;

-- Whether somebody ever scored, proposed or was to assess: then they do not decide.
CREATE FUNCTION app.worked_on_assessment(who bigint, wanted bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM schemes_scoreversion WHERE assessment_id = wanted AND person_id = who)
      OR EXISTS (SELECT FROM schemes_proposal WHERE assessment_id = wanted AND person_id = who)
      OR EXISTS (SELECT FROM schemes_assignment
                  WHERE assessment_id = wanted AND person_id = who AND role <> 'decider')
$$;
REVOKE ALL ON FUNCTION app.worked_on_assessment(bigint, bigint) FROM PUBLIC;

-- Refuse unless the acting person may judge in this assessment in one of these roles.
CREATE FUNCTION app.require_judge(wanted bigint, roles text[]) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE hindrance text;
BEGIN
  IF app.organisation() IS NULL THEN
    RETURN;
  END IF;
  hindrance := app.scheme_hindrance(app.person(), wanted);
  IF hindrance IS NOT NULL THEN
    RAISE EXCEPTION 'this person may not judge here: %', hindrance USING ERRCODE = 'check_violation';
  END IF;
  IF NOT app.has_scheme_role(app.person(), wanted, roles) THEN
    RAISE EXCEPTION 'this person has no such part in the assessment' USING ERRCODE = 'check_violation';
  END IF;
END $$;
REVOKE ALL ON FUNCTION app.require_judge(bigint, text[]) FROM PUBLIC;
"""

ASSESSMENT = """
CREATE FUNCTION app.guard_assessment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  mine text[] := ARRAY['state', 'due_on', 'submitted_at', 'proposed_at', 'decided_at', 'withdrawn_at', 'result',
                       'level', 'is_improvement_shown', 'improvement_words', 'improvement_language'];
  is_member boolean := app.organisation() = OLD.member_id;
  is_body boolean := app.organisation() = OLD.body_id;
  newest schemes_proposal;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an assessment is withdrawn, never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - mine) <> (to_jsonb(OLD) - mine) THEN
    RAISE EXCEPTION 'what an assessment is about never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state IN ('decided', 'withdrawn') THEN
    RAISE EXCEPTION 'a closed assessment stays as it was' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT * INTO newest FROM schemes_proposal WHERE assessment_id = OLD.id ORDER BY id DESC LIMIT 1;
  IF NEW.state = 'decided' THEN
    NEW.result := newest.result;
    NEW.level := coalesce(newest.level, '');
    NEW.is_improvement_shown := newest.is_improvement_shown;
    NEW.improvement_words := coalesce(newest.words, '');
    NEW.improvement_language := coalesce(newest.language, '');
  ELSIF (NEW.result, NEW.level, NEW.is_improvement_shown, NEW.improvement_words)
        IS DISTINCT FROM (OLD.result, OLD.level, OLD.is_improvement_shown, OLD.improvement_words) THEN
    RAISE EXCEPTION 'a result comes with the decision' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.due_on IS DISTINCT FROM OLD.due_on AND is_member AND NOT is_body THEN
    RAISE EXCEPTION 'the scheme body says when it is due' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.submitted_at IS DISTINCT FROM OLD.submitted_at AND (OLD.state, NEW.state) <> ('answering', 'submitted')
     OR NEW.proposed_at IS DISTINCT FROM OLD.proposed_at
        AND (OLD.state, NEW.state) NOT IN (('in_assessment', 'proposed'), ('proposed', 'in_assessment'))
     OR NEW.decided_at IS DISTINCT FROM OLD.decided_at AND NEW.state <> 'decided'
     OR NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at AND NEW.state <> 'withdrawn'
     OR NEW.submitted_at < NEW.opened_at OR NEW.proposed_at < NEW.submitted_at OR NEW.decided_at < NEW.proposed_at THEN
    RAISE EXCEPTION 'the times of an assessment are those of its moves' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state = OLD.state THEN
    RETURN NEW;
  END IF;
  IF (OLD.state, NEW.state) NOT IN (
       ('answering', 'submitted'), ('submitted', 'in_assessment'), ('in_assessment', 'clarification'),
       ('clarification', 'in_assessment'), ('in_assessment', 'proposed'), ('proposed', 'in_assessment'),
       ('proposed', 'decided')) AND NEW.state <> 'withdrawn' THEN
    RAISE EXCEPTION 'an assessment cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'submitted' THEN
    -- The member sends it; what is overdue the body takes up as it stands.
    IF is_body AND NOT is_member AND OLD.membership_id IS NOT NULL
       AND coalesce(OLD.due_on >= (NEW.submitted_at AT TIME ZONE 'UTC')::date, true) THEN
      RAISE EXCEPTION 'the member sends its answers' USING ERRCODE = 'check_violation';
    END IF;
    IF is_member AND EXISTS (
         SELECT FROM schemes_criterion c LEFT JOIN schemes_answer x ON x.criterion_id = c.id AND x.assessment_id = OLD.id
          WHERE c.edition_id = OLD.edition_id
            AND coalesce(btrim(CASE WHEN x.is_relevant THEN x.text ELSE x.reason END), '') = '') THEN
      RAISE EXCEPTION 'every criterion is answered before the answers are sent' USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NEW.state = 'withdrawn' THEN
    IF OLD.membership_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM schemes_schememembership WHERE id = OLD.membership_id AND state = 'withdrawn') THEN
      RAISE EXCEPTION 'an assessment is withdrawn with its membership' USING ERRCODE = 'check_violation';
    END IF;
  ELSIF is_member AND NOT is_body THEN
    IF (OLD.state, NEW.state) <> ('clarification', 'in_assessment') OR EXISTS (
         SELECT FROM schemes_clarification WHERE assessment_id = OLD.id AND answered_at IS NULL) THEN
      RAISE EXCEPTION 'the scheme body assesses' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF is_body AND OLD.membership_id IS NOT NULL THEN
    IF NEW.state = 'in_assessment' AND OLD.state = 'submitted' OR NEW.state = 'proposed' THEN
      PERFORM app.require_judge(OLD.id, ARRAY['assessor', 'second_rater']);
    ELSIF OLD.state = 'proposed' AND NEW.state IN ('in_assessment', 'decided') THEN
      PERFORM app.require_judge(OLD.id, ARRAY['decider']);
    END IF;
  END IF;
  IF NEW.state = 'clarification' AND NOT EXISTS (
       SELECT FROM schemes_clarification WHERE assessment_id = OLD.id AND answered_at IS NULL) THEN
    RAISE EXCEPTION 'a clarification is asked for by a question' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'proposed' AND newest.proposed_at IS DISTINCT FROM NEW.proposed_at THEN
    RAISE EXCEPTION 'what is proposed stands in a proposal' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'decided' AND OLD.membership_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM schemes_decision
        WHERE assessment_id = OLD.id AND outcome <> 'uphold_appeal' AND decided_at = NEW.decided_at) THEN
    RAISE EXCEPTION 'only a decision closes an assessment' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON schemes_assessment
  FOR EACH ROW EXECUTE FUNCTION app.guard_assessment();

CREATE FUNCTION app.guard_proposal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a schemes_assessment; given integer;
BEGIN
  SELECT * INTO a FROM schemes_assessment WHERE id = NEW.assessment_id FOR UPDATE;
  IF a.state <> 'in_assessment' THEN
    RAISE EXCEPTION 'only what is in assessment is proposed' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.proposed_at < a.submitted_at THEN
    RAISE EXCEPTION 'a proposal is not dated before what it rests on' USING ERRCODE = 'check_violation';
  END IF;
  IF a.membership_id IS NULL THEN
    RETURN NEW;
  END IF;
  PERFORM app.require_judge(a.id, ARRAY['assessor', 'second_rater']);
  IF EXISTS (SELECT FROM schemes_criterion c WHERE c.edition_id = a.edition_id AND NOT EXISTS (
               SELECT FROM schemes_score s WHERE s.assessment_id = a.id AND s.criterion_id = c.id)) THEN
    RAISE EXCEPTION 'every criterion is scored before anything is proposed' USING ERRCODE = 'check_violation';
  END IF;
  IF a.kind = 'interim' AND NEW.is_improvement_shown IS NULL THEN
    RAISE EXCEPTION 'an interim assessment says whether improvement was shown' USING ERRCODE = 'check_violation';
  END IF;
  SELECT rank INTO given FROM schemes_level
   WHERE edition_id = a.edition_id AND key = app.scheme_level(a.id, (NEW.proposed_at AT TIME ZONE 'UTC')::date);
  IF NEW.level <> '' AND coalesce(given, 0) < coalesce(
       (SELECT rank FROM schemes_level WHERE edition_id = a.edition_id AND key = NEW.level), 1000000) THEN
    RAISE EXCEPTION 'a proposal is not above what the rule gives' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT ON schemes_proposal FOR EACH ROW EXECUTE FUNCTION app.guard_proposal();
"""

PEOPLE = """
CREATE FUNCTION app.guard_assignment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a schemes_assessment; hindrance text;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an assignment ends, it is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF (to_jsonb(NEW) - ARRAY['ended_at', 'assigned_by_id']) <> (to_jsonb(OLD) - ARRAY['ended_at', 'assigned_by_id'])
       OR NEW.assigned_by_id IS DISTINCT FROM OLD.assigned_by_id AND NEW.assigned_by_id IS NOT NULL
       OR OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at THEN
      RAISE EXCEPTION 'an assignment only ends' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END IF;
  SELECT * INTO a FROM schemes_assessment WHERE id = NEW.assessment_id;
  IF a.state IN ('decided', 'withdrawn') THEN
    RAISE EXCEPTION 'nobody is assigned to a closed assessment' USING ERRCODE = 'check_violation';
  END IF;
  hindrance := app.scheme_hindrance(NEW.person_id, a.id);
  IF hindrance <> 'not-declared' THEN
    RAISE EXCEPTION 'this person may not judge here: %', hindrance USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.role = 'decider' AND app.worked_on_assessment(NEW.person_id, a.id) THEN
    RAISE EXCEPTION 'a second person decides' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.role <> 'decider' AND EXISTS (
       SELECT FROM schemes_assignment WHERE assessment_id = a.id AND person_id = NEW.person_id AND role = 'decider') THEN
    RAISE EXCEPTION 'whoever was to decide does not assess' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON schemes_assignment
  FOR EACH ROW EXECUTE FUNCTION app.guard_assignment();

-- Triggers run in the order of their names: after `fill`, which puts in the acting person.
CREATE FUNCTION app.guard_declaration() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM organisations_membership
                  WHERE organisation_id = NEW.body_id AND person_id = NEW.person_id AND is_active) THEN
    RAISE EXCEPTION 'people of the scheme body declare their interests' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT ON schemes_declaration FOR EACH ROW EXECUTE FUNCTION app.guard_declaration();
"""

WORDS = """
CREATE FUNCTION app.guard_answer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a schemes_assessment;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an answer stays' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.person_id IS NULL AND OLD.person_id IS NOT NULL
     AND (to_jsonb(NEW) - 'person_id') = (to_jsonb(OLD) - 'person_id') THEN
    RETURN NEW;  -- an account that was deleted
  END IF;
  SELECT * INTO a FROM schemes_assessment WHERE id = NEW.assessment_id FOR SHARE;
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.assessment_id, NEW.member_id, NEW.body_id, NEW.criterion_id)
       IS DISTINCT FROM (OLD.assessment_id, OLD.member_id, OLD.body_id, OLD.criterion_id) THEN
      RAISE EXCEPTION 'an answer stays with its criterion' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
      RAISE EXCEPTION 'somebody else saved this meanwhile' USING ERRCODE = 'check_violation';
    END IF;
    IF app.organisation() IS NOT NULL THEN
      NEW.person_id := app.person();
    END IF;
  ELSIF NEW.version <> 1 THEN
    RAISE EXCEPTION 'versions begin at one' USING ERRCODE = 'check_violation';
  END IF;
  IF a.state <> 'answering' AND pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'what was sent stays as it was sent' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM schemes_criterion WHERE id = NEW.criterion_id AND edition_id = a.edition_id)
     OR NEW.claimed <> '' AND NEW.claimed <> ALL (app.scheme_values(a.edition_id)) THEN
    RAISE EXCEPTION 'the edition of this assessment asks for no such thing' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON schemes_answer
  FOR EACH ROW EXECUTE FUNCTION app.guard_answer();

CREATE FUNCTION app.guard_score() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a schemes_assessment;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a score stays' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT * INTO a FROM schemes_assessment WHERE id = NEW.assessment_id FOR SHARE;
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.assessment_id, NEW.member_id, NEW.body_id, NEW.criterion_id)
       IS DISTINCT FROM (OLD.assessment_id, OLD.member_id, OLD.body_id, OLD.criterion_id) THEN
      RAISE EXCEPTION 'a score stays with its criterion' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
      RAISE EXCEPTION 'somebody else saved this meanwhile' USING ERRCODE = 'check_violation';
    END IF;
    IF app.organisation() IS NOT NULL THEN
      NEW.person_id := app.person();
    END IF;
  ELSIF NEW.version <> 1 THEN
    RAISE EXCEPTION 'versions begin at one' USING ERRCODE = 'check_violation';
  END IF;
  IF a.state NOT IN ('in_assessment', 'clarification') THEN
    RAISE EXCEPTION 'scores are given while an assessment is in work' USING ERRCODE = 'restrict_violation';
  END IF;
  PERFORM app.require_judge(a.id, ARRAY['assessor', 'second_rater']);
  IF NOT EXISTS (SELECT FROM schemes_criterion WHERE id = NEW.criterion_id AND edition_id = a.edition_id)
     OR NEW.value <> '' AND NEW.value <> ALL (app.scheme_values(a.edition_id)) THEN
    RAISE EXCEPTION 'the edition of this assessment knows no such thing' USING ERRCODE = 'check_violation';
  END IF;
  IF a.membership_id IS NOT NULL AND EXISTS (
       SELECT FROM unnest(NEW.relied_on) AS one(code)
        WHERE NOT EXISTS (SELECT FROM schemes_evidenceuse u WHERE u.assessment_id = a.id AND u.code = one.code)) THEN
    RAISE EXCEPTION 'a score relies on evidence of its assessment' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON schemes_score
  FOR EACH ROW EXECUTE FUNCTION app.guard_score();

CREATE FUNCTION app.guard_scheme_use() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a schemes_assessment; is_open boolean; mine text[] := ARRAY['criteria', 'retired_at', 'person_id'];
BEGIN
  SELECT * INTO a FROM schemes_assessment WHERE id = coalesce(NEW.assessment_id, OLD.assessment_id) FOR SHARE;
  is_open := a.state IN ('answering', 'clarification');
  IF TG_OP = 'DELETE' THEN
    IF a.state <> 'answering' THEN
      RAISE EXCEPTION 'what was shown stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF (to_jsonb(NEW) - mine) <> (to_jsonb(OLD) - mine)
       OR NEW.person_id IS DISTINCT FROM OLD.person_id AND NEW.person_id IS NOT NULL
       OR NEW.retired_at IS DISTINCT FROM OLD.retired_at AND pg_trigger_depth() < 2 THEN
      RAISE EXCEPTION 'attached evidence stays as it was' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.criteria = OLD.criteria THEN
      RETURN NEW;
    END IF;
    IF a.state <> 'answering' AND NOT NEW.criteria @> OLD.criteria THEN
      RAISE EXCEPTION 'what was shown stays' USING ERRCODE = 'restrict_violation';
    END IF;
  END IF;
  IF NOT is_open AND pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'evidence is shown while the member answers' USING ERRCODE = 'restrict_violation';
  END IF;
  IF EXISTS (SELECT FROM unnest(NEW.criteria) AS one(key)
              WHERE NOT EXISTS (SELECT FROM schemes_criterion c WHERE c.edition_id = a.edition_id AND c.key = one.key))
  THEN
    RAISE EXCEPTION 'the edition of this assessment asks for no such thing' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON schemes_evidenceuse
  FOR EACH ROW EXECUTE FUNCTION app.guard_scheme_use();

CREATE FUNCTION app.guard_clarification() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a schemes_assessment; mine text[] := ARRAY['answer', 'answer_language', 'answered_by_id', 'answered_at'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a question stays' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT * INTO a FROM schemes_assessment WHERE id = NEW.assessment_id FOR SHARE;
  IF TG_OP = 'INSERT' THEN
    IF a.state NOT IN ('in_assessment', 'clarification') OR NEW.answered_at IS NOT NULL THEN
      RAISE EXCEPTION 'questions are asked while an assessment is in work' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.criterion_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM schemes_criterion WHERE id = NEW.criterion_id AND edition_id = a.edition_id) THEN
      RAISE EXCEPTION 'the edition of this assessment knows no such thing' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM app.require_judge(a.id, ARRAY['assessor', 'second_rater']);
    RETURN NEW;
  END IF;
  IF (to_jsonb(NEW) - mine - 'asked_by_id') <> (to_jsonb(OLD) - mine - 'asked_by_id')
     OR NEW.asked_by_id IS DISTINCT FROM OLD.asked_by_id AND NEW.asked_by_id IS NOT NULL THEN
    RAISE EXCEPTION 'what was asked never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.answered_at IS NOT NULL THEN
    IF (to_jsonb(NEW) - ARRAY['asked_by_id', 'answered_by_id']) <> (to_jsonb(OLD) - ARRAY['asked_by_id', 'answered_by_id'])
       OR NEW.answered_by_id IS DISTINCT FROM OLD.answered_by_id AND NEW.answered_by_id IS NOT NULL THEN
      RAISE EXCEPTION 'an answer stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.answered_at IS NOT NULL THEN
    IF a.state <> 'clarification' THEN
      RAISE EXCEPTION 'this assessment waits for no answer' USING ERRCODE = 'check_violation';
    END IF;
    IF app.organisation() IS NOT NULL THEN
      NEW.answered_by_id := app.person();
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON schemes_clarification
  FOR EACH ROW EXECUTE FUNCTION app.guard_clarification();
"""

DECISION = """
CREATE FUNCTION app.guard_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  a schemes_assessment; newest schemes_proposal; back schemes_decision; asked schemes_appeal;
  given integer;    -- the rank that the rule gives, 0 for none
  present integer;  -- the rank that the membership has, in this edition if it knows the level
  lowest integer; below text;
BEGIN
  SELECT * INTO a FROM schemes_assessment WHERE id = NEW.assessment_id;
  IF NEW.decided_at < (SELECT max(decided_at) FROM schemes_decision WHERE membership_id = NEW.membership_id) THEN
    RAISE EXCEPTION 'a decision is not dated before the one before it' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.outcome = 'uphold_appeal' THEN
    SELECT * INTO back FROM schemes_decision WHERE id = NEW.takes_back_id;
    SELECT * INTO asked FROM schemes_appeal WHERE decision_id = back.id;
    IF back.assessment_id IS DISTINCT FROM NEW.assessment_id OR asked.state IS DISTINCT FROM 'open'
       OR NEW.decided_at < asked.appealed_at
       OR back.id <> (SELECT max(id) FROM schemes_decision WHERE membership_id = NEW.membership_id)
       OR NEW.state_before <> back.state_after THEN
      RAISE EXCEPTION 'an open appeal takes back the newest decision' USING ERRCODE = 'check_violation';
    END IF;
    IF app.organisation() IS NOT NULL AND (app.scheme_hindrance(app.person(), a.id) IS NOT NULL
       OR app.had_part_in(app.person(), a.id)) THEN
      RAISE EXCEPTION 'an appeal is decided by somebody who had no part in it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF a.state <> 'proposed' THEN
    RAISE EXCEPTION 'only what is proposed is decided' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.decided_at < a.proposed_at THEN
    RAISE EXCEPTION 'a decision is not dated before what it decides' USING ERRCODE = 'check_violation';
  END IF;
  PERFORM app.require_judge(a.id, ARRAY['decider']);
  IF app.worked_on_assessment(NEW.decided_by_id, a.id) THEN
    RAISE EXCEPTION 'a second person decides' USING ERRCODE = 'check_violation';
  END IF;
  SELECT * INTO newest FROM schemes_proposal WHERE assessment_id = a.id ORDER BY id DESC LIMIT 1;
  given := coalesce((SELECT rank FROM schemes_level WHERE edition_id = a.edition_id AND key = newest.level), 0);
  SELECT min(rank) INTO lowest FROM schemes_level WHERE edition_id = a.edition_id;
  present := coalesce((SELECT rank FROM schemes_level WHERE edition_id = a.edition_id AND key = NEW.level_before),
                      NEW.rank_before, 0);
  below := (SELECT key FROM schemes_level WHERE edition_id = a.edition_id AND rank < present ORDER BY rank DESC LIMIT 1);
  IF (a.kind, NEW.state_before, NEW.outcome) NOT IN (
       ('initial', 'applied', 'award'), ('initial', 'applied', 'improve'),
       ('initial', 'improving', 'award'), ('initial', 'improving', 'remove'),
       ('interim', 'member', 'continue'), ('interim', 'member', 'move_up'), ('interim', 'member', 'notice'),
       ('interim', 'on_notice', 'continue'), ('interim', 'on_notice', 'move_up'), ('interim', 'on_notice', 'down'),
       ('interim', 'on_notice', 'remove')) THEN
    RAISE EXCEPTION 'no such decision follows here' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.outcome IN ('award', 'move_up') AND (NEW.edition_after_id IS DISTINCT FROM a.edition_id
                                              OR coalesce(NEW.rank_after, 0) > given) THEN
    RAISE EXCEPTION 'never a level above what the rule gives' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.outcome = 'move_up' AND NEW.rank_after <= present
     OR NEW.outcome = 'continue' AND (given < present OR newest.is_improvement_shown IS NOT TRUE)
     OR NEW.outcome = 'down' AND NEW.level_after IS DISTINCT FROM below
     OR NEW.outcome = 'remove' AND a.kind = 'interim' AND present > lowest THEN
    RAISE EXCEPTION 'this level does not follow from this decision' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT ON schemes_decision FOR EACH ROW EXECUTE FUNCTION app.guard_decision();

-- Whether somebody had any part in an assessment or its decision.
CREATE FUNCTION app.had_part_in(who bigint, wanted bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT app.worked_on_assessment(who, wanted)
      OR EXISTS (SELECT FROM schemes_assignment WHERE assessment_id = wanted AND person_id = who)
      OR EXISTS (SELECT FROM schemes_decision WHERE assessment_id = wanted AND decided_by_id = who)
$$;
REVOKE ALL ON FUNCTION app.had_part_in(bigint, bigint) FROM PUBLIC;

CREATE FUNCTION app.guard_scheme_membership() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  mine text[] := ARRAY['state', 'edition_id', 'level', 'level_rank', 'level_title', 'consents_to_register',
                       'anchor_on', 'next_due_on', 'improve_by', 'joined_on', 'ended_on', 'person_id'];
  is_member boolean := app.organisation() = OLD.member_id;
  newest schemes_decision;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a membership ends, it is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - mine) <> (to_jsonb(OLD) - mine)
     OR NEW.person_id IS DISTINCT FROM OLD.person_id AND NEW.person_id IS NOT NULL THEN
    RAISE EXCEPTION 'whose membership this is never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.consents_to_register IS DISTINCT FROM OLD.consents_to_register AND NOT coalesce(is_member, true) THEN
    RAISE EXCEPTION 'the member says whether it stands in the register' USING ERRCODE = 'check_violation';
  END IF;
  IF is_member AND (NEW.anchor_on, NEW.next_due_on, NEW.joined_on)
     IS DISTINCT FROM (OLD.anchor_on, OLD.next_due_on, OLD.joined_on) THEN
    RAISE EXCEPTION 'the dates of a membership are the scheme body''s' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.anchor_on IS NOT NULL AND NEW.anchor_on IS DISTINCT FROM OLD.anchor_on
     OR OLD.joined_on IS NOT NULL AND NEW.joined_on IS DISTINCT FROM OLD.joined_on THEN
    RAISE EXCEPTION 'the anchor of a membership stays' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state = 'withdrawn' AND NEW.state <> OLD.state THEN
    RAISE EXCEPTION 'who has left applies again' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT * INTO newest FROM schemes_decision WHERE membership_id = OLD.id ORDER BY id DESC LIMIT 1;
  IF NEW.state = OLD.state AND NEW.level = OLD.level THEN
    IF (NEW.edition_id, NEW.level_rank, NEW.level_title) IS DISTINCT FROM (OLD.edition_id, OLD.level_rank, OLD.level_title)
       AND (NEW.edition_id, NEW.level_rank, NEW.level_title)
           IS DISTINCT FROM (newest.edition_after_id, newest.rank_after, newest.title_after) THEN
      RAISE EXCEPTION 'a level comes with a decision' USING ERRCODE = 'restrict_violation';
    END IF;
    IF is_member AND (NEW.improve_by, NEW.ended_on) IS DISTINCT FROM (OLD.improve_by, OLD.ended_on) THEN
      RAISE EXCEPTION 'the dates of a membership are the scheme body''s' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.state = 'withdrawn' THEN
    IF NOT coalesce(is_member, true) OR NEW.level <> OLD.level OR OLD.state = 'removed' THEN
      RAISE EXCEPTION 'the member leaves, nobody makes it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF is_member OR (OLD.state, OLD.level, NEW.state, NEW.level)
     IS DISTINCT FROM (newest.state_before::varchar, newest.level_before, newest.state_after::varchar, newest.level_after) THEN
    RAISE EXCEPTION 'only the newest decision moves a membership' USING ERRCODE = 'check_violation';
  END IF;
  NEW.edition_id := newest.edition_after_id;
  NEW.level_rank := newest.rank_after;
  NEW.level_title := newest.title_after;
  IF OLD.joined_on IS NULL AND NEW.joined_on IS DISTINCT FROM newest.effective_on AND NEW.state = 'member'
     OR NEW.state = 'removed' AND NEW.ended_on IS DISTINCT FROM newest.effective_on THEN
    RAISE EXCEPTION 'the dates of a membership are those of its decisions' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON schemes_schememembership
  FOR EACH ROW EXECUTE FUNCTION app.guard_scheme_membership();

-- A decision and what it does commit together.
CREATE FUNCTION app.decision_is_followed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM schemes_decision WHERE membership_id = NEW.membership_id AND id > NEW.id) THEN
    RETURN NULL;
  END IF;
  IF NEW.outcome <> 'uphold_appeal'
     AND NOT EXISTS (SELECT FROM schemes_assessment WHERE id = NEW.assessment_id AND state = 'decided')
     OR NOT EXISTS (SELECT FROM schemes_schememembership
                     WHERE id = NEW.membership_id AND (state = NEW.state_after OR state = 'withdrawn')
                       AND level = NEW.level_after)
     OR NEW.outcome = 'notice' AND NOT EXISTS (SELECT FROM schemes_improvementnotice WHERE decision_id = NEW.id)
     OR NEW.outcome = 'uphold_appeal' AND NOT EXISTS (
          SELECT FROM schemes_appeal WHERE decision_id = NEW.takes_back_id AND state = 'upheld') THEN
    RAISE EXCEPTION 'a decision commits together with what it does' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER is_followed AFTER INSERT ON schemes_decision DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION app.decision_is_followed();

CREATE FUNCTION app.guard_improvement_item() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE d schemes_decision; mine text[] := ARRAY['done_at', 'done_by_id'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an improvement schedule stays' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF (to_jsonb(NEW) - mine) <> (to_jsonb(OLD) - mine) THEN
      RAISE EXCEPTION 'what is to be done never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.done_at IS NOT NULL AND app.organisation() IS NOT NULL THEN
      NEW.done_by_id := app.person();
    END IF;
    RETURN NEW;
  END IF;
  SELECT * INTO d FROM schemes_decision WHERE id = NEW.decision_id;
  IF NEW.done_at IS NOT NULL OR NEW.by_on < d.effective_on
     OR app.organisation() IS NOT NULL AND d.decided_by_id IS DISTINCT FROM app.person()
     OR d.id <> (SELECT max(id) FROM schemes_decision WHERE membership_id = d.membership_id)
     OR NEW.criterion_id IS NOT NULL AND NOT EXISTS (
          SELECT FROM schemes_criterion c JOIN schemes_assessment a ON a.edition_id = c.edition_id
           WHERE c.id = NEW.criterion_id AND a.id = d.assessment_id) THEN
    RAISE EXCEPTION 'whoever decides says what is to be done, and by when' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON schemes_improvementitem
  FOR EACH ROW EXECUTE FUNCTION app.guard_improvement_item();

CREATE FUNCTION app.guard_improvement_notice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE d schemes_decision;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an improvement notice stays' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF (to_jsonb(NEW) - 'closed_at') <> (to_jsonb(OLD) - 'closed_at') OR pg_trigger_depth() < 2 THEN
      RAISE EXCEPTION 'only a decision closes an improvement notice' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END IF;
  SELECT * INTO d FROM schemes_decision WHERE id = NEW.decision_id;
  IF d.outcome <> 'notice' OR NEW.answer_by <= d.effective_on OR NEW.closed_at IS NOT NULL
     OR NEW.opened_at <> d.decided_at
     OR app.organisation() IS NOT NULL AND d.decided_by_id IS DISTINCT FROM app.person() THEN
    RAISE EXCEPTION 'an improvement notice follows from a decision to give one' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON schemes_improvementnotice
  FOR EACH ROW EXECUTE FUNCTION app.guard_improvement_notice();
"""

APPEAL = """
CREATE FUNCTION app.guard_appeal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  d schemes_decision; mine text[] := ARRAY['state', 'words', 'words_language', 'decided_by_id', 'decided_at'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an appeal stays' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT * INTO d FROM schemes_decision WHERE id = NEW.decision_id;
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' OR d.outcome = 'uphold_appeal' OR NEW.appealed_at < d.decided_at
       OR d.id <> (SELECT max(id) FROM schemes_decision WHERE membership_id = d.membership_id)
       OR EXISTS (SELECT FROM schemes_schememembership WHERE id = d.membership_id AND state = 'withdrawn') THEN
      RAISE EXCEPTION 'a member appeals from the newest decision' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (to_jsonb(NEW) - mine - 'person_id') <> (to_jsonb(OLD) - mine - 'person_id')
     OR NEW.person_id IS DISTINCT FROM OLD.person_id AND NEW.person_id IS NOT NULL THEN
    RAISE EXCEPTION 'what an appeal says never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state <> 'open' THEN
    IF (to_jsonb(NEW) - 'person_id') <> (to_jsonb(OLD) - 'person_id') THEN
      RAISE EXCEPTION 'an appeal that was answered stays answered' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.state = 'open' THEN
    RETURN NEW;
  END IF;
  IF NEW.decided_at < NEW.appealed_at THEN
    RAISE EXCEPTION 'an answer is not dated before what it answers' USING ERRCODE = 'check_violation';
  END IF;
  IF app.organisation() IS NOT NULL THEN
    IF (NEW.state = 'withdrawn') <> (app.organisation() = OLD.member_id) THEN
      RAISE EXCEPTION 'the member takes an appeal back, the scheme body answers it' USING ERRCODE = 'check_violation';
    END IF;
    NEW.decided_by_id := app.person();
    IF NEW.state <> 'withdrawn' AND (app.scheme_hindrance(app.person(), OLD.assessment_id) IS NOT NULL
       OR app.had_part_in_before(app.person(), OLD.assessment_id, d.id)) THEN
      RAISE EXCEPTION 'an appeal is decided by somebody who had no part in it' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF NEW.state = 'upheld' AND NOT EXISTS (
       SELECT FROM schemes_decision WHERE takes_back_id = d.id AND decided_at = NEW.decided_at
          AND decided_by_id IS NOT DISTINCT FROM NEW.decided_by_id) THEN
    RAISE EXCEPTION 'an appeal is upheld by a decision' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON schemes_appeal
  FOR EACH ROW EXECUTE FUNCTION app.guard_appeal();

-- The decision that upholds the appeal is no part in what it takes back.
CREATE FUNCTION app.had_part_in_before(who bigint, wanted bigint, decision bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT app.worked_on_assessment(who, wanted)
      OR EXISTS (SELECT FROM schemes_assignment WHERE assessment_id = wanted AND person_id = who)
      OR EXISTS (SELECT FROM schemes_decision
                  WHERE assessment_id = wanted AND decided_by_id = who AND id <= decision)
$$;
REVOKE ALL ON FUNCTION app.had_part_in_before(bigint, bigint, bigint) FROM PUBLIC;

CREATE FUNCTION app.guard_certificate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine text[] := ARRAY['superseded_by_id', 'withdrawn_at'];
BEGIN
  IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - mine) <> (to_jsonb(OLD) - mine) THEN
    RAISE EXCEPTION 'a certificate stays' USING ERRCODE = 'restrict_violation';
  END IF;
  IF pg_trigger_depth() < 2 OR OLD.superseded_by_id IS NOT NULL OR OLD.withdrawn_at IS NOT NULL THEN
    RAISE EXCEPTION 'only a decision ends a certificate' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON schemes_certificate
  FOR EACH ROW EXECUTE FUNCTION app.guard_certificate();
"""
