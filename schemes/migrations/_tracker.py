"""What the database holds about the company tracker, against raw SQL.

Nothing shows before it is published or let through, what was recorded stays, and how a company stands is counted here.
"""

from ledger.rowsecurity import AppendOnly, Police, Sql, _Statement

KEEPER = "keeper_id = app.organisation()"

ISSUE = """
CREATE FUNCTION app.guard_issue() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE keeper organisations_organisation;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an issue is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    SELECT * INTO keeper FROM organisations_organisation WHERE id = NEW.keeper_id;
    IF NOT keeper.capabilities::text[] && ARRAY['stakeholder', 'scheme_body', 'operator'] THEN
      RAISE EXCEPTION 'who is followed does not keep the tracker' USING ERRCODE = 'check_violation';
    END IF;
    NEW.keeper_name := keeper.name;
    NEW.published_at := NULL;
    RETURN NEW;
  END IF;
  IF (NEW.keeper_id, NEW.code, NEW.opened_at) IS DISTINCT FROM (OLD.keeper_id, OLD.code, OLD.opened_at) THEN
    RAISE EXCEPTION 'an issue keeps its keeper' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.published_at IS NOT NULL AND (NEW.published_at, NEW.steps, NEW.is_state_imposed)
       IS DISTINCT FROM (OLD.published_at, OLD.steps, OLD.is_state_imposed) THEN
    RAISE EXCEPTION 'a published issue keeps its steps and stays published' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.steps IS DISTINCT FROM OLD.steps
     AND EXISTS (SELECT FROM schemes_steprecord r WHERE r.issue_id = NEW.id AND r.step <> ALL(NEW.steps)) THEN
    RAISE EXCEPTION 'a step that was recorded stays' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON schemes_issue
  FOR EACH ROW EXECUTE FUNCTION app.guard_issue();

CREATE FUNCTION app.publish_trackings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE schemes_tracking SET is_public = true WHERE issue_id = NEW.id;
  UPDATE schemes_trackedcompany SET is_public = true
   WHERE id IN (SELECT company_id FROM schemes_tracking WHERE issue_id = NEW.id) AND NOT is_public;
  RETURN NULL;
END $$;
CREATE TRIGGER publish AFTER UPDATE OF published_at ON schemes_issue
  FOR EACH ROW WHEN (OLD.published_at IS NULL AND NEW.published_at IS NOT NULL)
  EXECUTE FUNCTION app.publish_trackings();
"""

COMPANY = """
CREATE FUNCTION app.guard_tracked_company() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a tracked company is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NOT (SELECT capabilities::text[] && ARRAY['stakeholder', 'scheme_body', 'operator']
              FROM organisations_organisation WHERE id = NEW.keeper_id) THEN
      RAISE EXCEPTION 'who is followed does not keep the tracker' USING ERRCODE = 'check_violation';
    END IF;
    NEW.is_public := false;
    RETURN NEW;
  END IF;
  IF (NEW.keeper_id, NEW.code) IS DISTINCT FROM (OLD.keeper_id, OLD.code) OR OLD.is_public AND NOT NEW.is_public THEN
    RAISE EXCEPTION 'a tracked company keeps its keeper and stays public' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON schemes_trackedcompany
  FOR EACH ROW EXECUTE FUNCTION app.guard_tracked_company();

CREATE FUNCTION app.rename_trackings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE schemes_tracking SET name = NEW.name WHERE company_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER rename AFTER UPDATE OF name ON schemes_trackedcompany
  FOR EACH ROW EXECUTE FUNCTION app.rename_trackings();
"""

RECORDS = """
-- Whoever acts wrote it, whatever the row says.
CREATE FUNCTION app.sign_tracker() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF app.person() IS NOT NULL THEN
    NEW.person_id := app.person();
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION app.fill_step_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE issue schemes_issue; before varchar; keeper bigint;
BEGIN
  SELECT * INTO issue FROM schemes_issue WHERE id = NEW.issue_id;
  -- One company's records come one after the other, so that each looks at the one before.
  SELECT keeper_id INTO keeper FROM schemes_trackedcompany WHERE id = NEW.company_id FOR UPDATE;
  IF keeper IS DISTINCT FROM issue.keeper_id THEN
    RAISE EXCEPTION 'the issue and the company have one keeper' USING ERRCODE = 'check_violation';
  END IF;
  NEW.keeper_id := issue.keeper_id;
  IF NEW.step <> ALL(issue.steps) THEN
    RAISE EXCEPTION 'this step is not looked for on this issue' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.source_on > (NEW.at AT TIME ZONE 'UTC')::date + 1 THEN
    RAISE EXCEPTION 'a source is not of tomorrow' USING ERRCODE = 'check_violation';
  END IF;
  SELECT state INTO before FROM schemes_steprecord
   WHERE issue_id = NEW.issue_id AND company_id = NEW.company_id AND step = NEW.step ORDER BY id DESC LIMIT 1;
  IF NEW.basis = 'membership' AND NEW.state <> coalesce(before, 'no_information') THEN
    RAISE EXCEPTION 'membership in an initiative raises nothing by itself' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'reversed' AND coalesce(before, 'no_information') = 'no_information' THEN
    RAISE EXCEPTION 'only what was seen is reversed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON schemes_steprecord FOR EACH ROW EXECUTE FUNCTION app.fill_step_record();
CREATE TRIGGER sign BEFORE INSERT ON schemes_steprecord FOR EACH ROW EXECUTE FUNCTION app.sign_tracker();

CREATE FUNCTION app.count_steps() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO schemes_tracking (issue_id, company_id, keeper_id, name, states, verified, evidenced, claimed, reversed,
                                has_reply, recorded_at, next_check_on, is_public)
  SELECT NEW.issue_id, NEW.company_id, NEW.keeper_id, c.name,
         coalesce(jsonb_object_agg(last.step, last.state), '{}'),
         count(*) FILTER (WHERE last.state = 'verified'), count(*) FILTER (WHERE last.state = 'evidenced'),
         count(*) FILTER (WHERE last.state = 'claimed'), count(*) FILTER (WHERE last.state = 'reversed'),
         false, NEW.at, min(last.next_check_on), i.published_at IS NOT NULL
    FROM (SELECT DISTINCT ON (step) step, state, next_check_on FROM schemes_steprecord
           WHERE issue_id = NEW.issue_id AND company_id = NEW.company_id ORDER BY step, id DESC) AS last,
         schemes_trackedcompany c, schemes_issue i
   WHERE c.id = NEW.company_id AND i.id = NEW.issue_id
   GROUP BY c.name, i.published_at
  ON CONFLICT (issue_id, company_id) DO UPDATE SET
    states = excluded.states, verified = excluded.verified, evidenced = excluded.evidenced,
    claimed = excluded.claimed, reversed = excluded.reversed, recorded_at = excluded.recorded_at,
    next_check_on = excluded.next_check_on, name = excluded.name, is_public = excluded.is_public;
  UPDATE schemes_trackedcompany SET is_public = true
   WHERE id = NEW.company_id AND NOT is_public
     AND EXISTS (SELECT FROM schemes_issue WHERE id = NEW.issue_id AND published_at IS NOT NULL);
  RETURN NULL;
END $$;
CREATE TRIGGER standing AFTER INSERT ON schemes_steprecord FOR EACH ROW EXECUTE FUNCTION app.count_steps();

CREATE FUNCTION app.fill_company_reply() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT c.keeper_id, o.name INTO NEW.keeper_id, NEW.organisation_name
    FROM schemes_tracking t
    JOIN schemes_trackedcompany c ON c.id = t.company_id
    JOIN organisations_organisation o ON o.id = c.organisation_id
   WHERE t.issue_id = NEW.issue_id AND t.company_id = NEW.company_id AND t.is_public
     AND c.organisation_id = NEW.organisation_id;
  IF NEW.keeper_id IS NULL THEN
    RAISE EXCEPTION 'only the company itself replies, to what is public' USING ERRCODE = 'check_violation';
  END IF;
  UPDATE schemes_tracking SET has_reply = true WHERE issue_id = NEW.issue_id AND company_id = NEW.company_id;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON schemes_companyreply FOR EACH ROW EXECUTE FUNCTION app.fill_company_reply();
CREATE TRIGGER sign BEFORE INSERT ON schemes_companyreply FOR EACH ROW EXECUTE FUNCTION app.sign_tracker();
"""

# Strangers write through this door alone: it takes words, never a state, and counts who sends how many.
CONTRIBUTIONS = """
CREATE FUNCTION app.contribute(wanted_issue text, wanted_company text, named text, about_step text, said text,
                               url text, spoken text, reach text, address text, wanted_code text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE issue schemes_issue; company schemes_trackedcompany; made bigint; mark text;
BEGIN
  SELECT * INTO issue FROM schemes_issue WHERE code = wanted_issue AND published_at IS NOT NULL;
  IF NOT FOUND OR about_step <> '' AND about_step <> ALL(issue.steps) THEN
    RETURN 'unknown';
  END IF;
  IF wanted_company <> '' THEN
    SELECT c.* INTO company FROM schemes_trackedcompany c JOIN schemes_tracking t ON t.company_id = c.id
     WHERE c.code = wanted_company AND t.issue_id = issue.id;
    IF NOT FOUND THEN
      RETURN 'unknown';
    END IF;
  END IF;
  mark := encode(sha256(convert_to(address || current_date::text, 'UTF8')), 'hex');
  PERFORM pg_advisory_xact_lock(hashtextextended('contribute:' || mark, 0));
  IF (SELECT count(*) FROM schemes_contributionsender
       WHERE fingerprint = mark AND sent_at > now() - interval '1 hour') >= 5
     OR (SELECT count(*) FROM schemes_contribution WHERE issue_id = issue.id AND state = 'held') >= 500 THEN
    RETURN 'too-many';
  END IF;
  INSERT INTO schemes_contribution (code, issue_id, company_id, keeper_id, company_name, step, words, source_url,
                                    language, state, sent_at)
  VALUES (wanted_code, issue.id, company.id, issue.keeper_id, coalesce(company.name, left(named, 200)), about_step,
          left(said, 2000), left(url, 500), left(spoken, 12), 'held', now())
  RETURNING id INTO made;
  INSERT INTO schemes_contributionsender (contribution_id, keeper_id, contact, fingerprint, sent_at)
  VALUES (made, issue.keeper_id, left(reach, 200), mark, now());
  INSERT INTO ledger_entry (at, verb, owner_id, subject_kind, subject_id, subject_code, subject_label, data, request_id)
  VALUES (now(), 'schemes.contribution_sent', issue.keeper_id, 'schemes.contribution', made, wanted_code,
          left(regexp_replace(coalesce(company.name, named), '\\s+', ' ', 'g'), 200), '{}', '');
  RETURN 'held';
END $$;
REVOKE ALL ON FUNCTION app.contribute(text, text, text, text, text, text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.contribute(text, text, text, text, text, text, text, text, text, text) TO {app};

CREATE FUNCTION app.guard_contribution() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE free text[] := ARRAY['state', 'decided_at', 'decided_by_id'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'held' THEN
      RAISE EXCEPTION 'what the public sends is held first' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free) THEN
    RAISE EXCEPTION 'the words of a contribution stay as they came' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state <> 'held' AND (NEW.state, NEW.decided_at) IS DISTINCT FROM (OLD.state, OLD.decided_at) THEN
    RAISE EXCEPTION 'a contribution is decided once' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state <> OLD.state THEN
    NEW.decided_by_id := coalesce(app.person(), NEW.decided_by_id);
    DELETE FROM schemes_contributionsender WHERE contribution_id = NEW.id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON schemes_contribution
  FOR EACH ROW EXECUTE FUNCTION app.guard_contribution();
"""


def _of_issue(table: str) -> str:
    """Return the condition that a row's issue is published, or that the acting organisation keeps it."""
    return f"""{KEEPER} OR (SELECT true FROM schemes_issue i
                 WHERE i.id = {table}.issue_id AND i.published_at IS NOT NULL)"""  # noqa: S608 - our own tables


SECURITY: list[_Statement] = [
    Sql(ISSUE),
    Sql(COMPANY),
    Sql(RECORDS),
    Sql(CONTRIBUTIONS),
    AppendOnly("schemes_steprecord"),
    AppendOnly("schemes_companyreply"),
    Police(
        "schemes_issue",
        select=f"published_at IS NOT NULL OR {KEEPER}",
        insert=KEEPER,
        update=KEEPER,
        columns=["title", "summary", "language", "is_state_imposed", "steps", "published_at"],
    ),
    Police(
        "schemes_trackedcompany",
        select=f"is_public OR {KEEPER}",
        insert=KEEPER,
        update=KEEPER,
        columns=["name", "country", "outside_ids", "organisation_id"],
    ),
    Police("schemes_tracking", select=f"is_public OR {KEEPER}"),
    Police("schemes_steprecord", select=_of_issue("schemes_steprecord"), insert=KEEPER),
    Police(
        "schemes_companyreply",
        select=_of_issue("schemes_companyreply"),
        insert="organisation_id = app.organisation()",
    ),
    Police(
        "schemes_contribution",
        select=f"state = 'shown' OR {KEEPER}",
        update=KEEPER,
        columns=["state", "decided_at", "decided_by_id"],
    ),
    Police("schemes_contributionsender", select=KEEPER),
]
