"""Who reads feedback rounds, and the guards of `0008_feedback`."""

from forum.migrations._groups import inside
from ledger.rowsecurity import Police, Sql, _Statement

# The people of the group; once it is open and has opened, also those of the invited groups.
READERS = """(SELECT true FROM forum_groupaccess a
    WHERE a.person_id = app.person() AND a.organisation_id = app.organisation()
      AND (a.group_id = forum_feedbackround.group_id
           OR forum_feedbackround.state IN ('open', 'finished') AND forum_feedbackround.opens_at <= statement_timestamp()
              AND (forum_feedbackround.for_all OR a.group_id = ANY (forum_feedbackround.invited_ids)))
    LIMIT 1)"""


def of_round(table: str) -> str:
    """Return the condition that the acting person reads the round of a row."""
    return f"(SELECT true FROM forum_feedbackround r WHERE r.id = {table}.round_id)"  # noqa: S608


# Co-leads, and whoever began the project that the comment is about.
ANSWERS = """a.is_co_lead OR NOT a.is_guest AND (
    SELECT pr.person_id = app.person() AND pr.organisation_id = app.organisation()
      FROM forum_feedbackproject fp JOIN forum_project pr ON pr.id = fp.project_id
     WHERE fp.id = forum_feedbackcomment.part_id)"""

ROUND = """
CREATE FUNCTION app.guard_feedback_round() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE free text[] := ARRAY['person_id'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a feedback round is withdrawn, never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF EXISTS (SELECT FROM unnest(NEW.invited_ids) AS one
              WHERE one = NEW.group_id OR NOT EXISTS (SELECT FROM forum_group g WHERE g.id = one)) THEN
    RAISE EXCEPTION 'a feedback round invites other groups' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
      RAISE EXCEPTION 'a feedback round begins as a draft' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state IN ('draft', 'open') THEN
    free := free || ARRAY['state', 'withdrawn_at', 'reason', 'reason_language'];
  END IF;
  IF OLD.state = 'draft' THEN
    free := free || ARRAY['title', 'purpose', 'language', 'for_all', 'invited_ids', 'zone', 'opens_at', 'closes_at',
                          'released_at'];
  ELSIF OLD.state = 'open' THEN
    free := free || ARRAY['summary', 'summary_language', 'finished_at', 'finished_by_name'];
  END IF;
  IF (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free) THEN
    RAISE EXCEPTION 'what a feedback round presents stays as it was opened' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state = OLD.state THEN RETURN NEW; END IF;
  IF (OLD.state, NEW.state) NOT IN (('draft', 'open'), ('draft', 'withdrawn'), ('open', 'finished'),
                                    ('open', 'withdrawn')) THEN
    RAISE EXCEPTION 'a feedback round does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'open' AND NOT EXISTS (SELECT FROM forum_feedbackproject WHERE round_id = NEW.id) THEN
    RAISE EXCEPTION 'a feedback round presents a project' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'finished' THEN
    IF EXISTS (SELECT FROM forum_feedbackcomment WHERE round_id = NEW.id AND answered_at IS NULL) THEN
      RAISE EXCEPTION 'every comment gets an answer' USING ERRCODE = 'check_violation';
    END IF;
    NEW.finished_by_name := coalesce(app.person_called(app.person()), NEW.finished_by_name);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON forum_feedbackround
  FOR EACH ROW EXECUTE FUNCTION app.guard_feedback_round();

-- The window counts by the database's own clock for people; who loads a world of the past goes by its times.
CREATE FUNCTION app.guard_feedback_clock() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE r forum_feedbackround;
BEGIN
  IF current_user::regrole <> '{app}'::regrole THEN RETURN NEW; END IF;
  IF TG_TABLE_NAME = 'forum_feedbackcomment' THEN
    SELECT * INTO r FROM forum_feedbackround WHERE id = NEW.round_id;
    IF NOT FOUND OR clock_timestamp() < r.opens_at OR clock_timestamp() >= r.closes_at THEN
      RAISE EXCEPTION 'one comments while the window is open' USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NEW.state <> OLD.state AND (NEW.state = 'open' AND NEW.closes_at <= clock_timestamp()
                                    OR NEW.state = 'finished' AND NEW.closes_at > clock_timestamp()) THEN
    RAISE EXCEPTION 'a feedback round is opened before its window ends, and finished after it'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_clock BEFORE UPDATE ON forum_feedbackround
  FOR EACH ROW EXECUTE FUNCTION app.guard_feedback_clock();
"""

PART = """
CREATE FUNCTION app.guard_feedback_project() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE r forum_feedbackround; p forum_project;
BEGIN
  SELECT * INTO r FROM forum_feedbackround
   WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.round_id ELSE OLD.round_id END FOR SHARE;
  IF r.state <> 'draft' THEN
    RAISE EXCEPTION 'what a feedback round presents stays as it was opened' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF TG_OP = 'UPDATE' AND (NEW.round_id, NEW.project_id, NEW.code) <> (OLD.round_id, OLD.project_id, OLD.code) THEN
    RAISE EXCEPTION 'a project is presented anew, not exchanged' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT * INTO p FROM forum_project WHERE id = NEW.project_id;
  IF p.group_id <> r.group_id THEN
    RAISE EXCEPTION 'a group presents its own projects' USING ERRCODE = 'check_violation';
  END IF;
  NEW.group_id := r.group_id;
  NEW.title := p.title;
  NEW.title_language := p.language;
  RETURN NEW;
END $$;
CREATE TRIGGER inside_fill BEFORE INSERT OR UPDATE OR DELETE ON forum_feedbackproject
  FOR EACH ROW EXECUTE FUNCTION app.guard_feedback_project();

CREATE FUNCTION app.guard_feedback_excerpt() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE part forum_feedbackproject; m forum_milestone; u forum_projectupdate; found text;
BEGIN
  SELECT * INTO part FROM forum_feedbackproject
   WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.part_id ELSE OLD.part_id END;
  SELECT state INTO found FROM forum_feedbackround WHERE id = part.round_id FOR SHARE;
  IF found <> 'draft' OR TG_OP = 'UPDATE' THEN
    RAISE EXCEPTION 'what a feedback round presents stays as it was opened' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  NEW.round_id := part.round_id;
  NEW.group_id := part.group_id;
  SELECT * INTO m FROM forum_milestone WHERE id = NEW.milestone_id AND project_id = part.project_id;
  SELECT * INTO u FROM forum_projectupdate WHERE id = NEW.update_id AND project_id = part.project_id;
  IF m.id IS NULL AND u.id IS NULL THEN
    RAISE EXCEPTION 'excerpts are of the project itself' USING ERRCODE = 'check_violation';
  END IF;
  NEW.words := coalesce(m.title, u.body);
  NEW.language := coalesce(m.language, u.language);
  NEW.day := coalesce(m.reached_on, m.due_on, (u.at AT TIME ZONE 'UTC')::date);
  NEW.state := coalesce(m.state, '');
  NEW.percent := u.percent;
  RETURN NEW;
END $$;
CREATE TRIGGER inside_fill BEFORE INSERT OR UPDATE OR DELETE ON forum_feedbackexcerpt
  FOR EACH ROW EXECUTE FUNCTION app.guard_feedback_excerpt();
"""

COMMENT = """
CREATE FUNCTION app.enters_group(wanted bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM forum_groupaccess a WHERE a.group_id = wanted AND a.person_id = app.person()
                    AND a.organisation_id = app.organisation())
$$;
REVOKE ALL ON FUNCTION app.enters_group(bigint) FROM PUBLIC;

-- The lock on the round: of a comment or an answer and the end of the round at once, the later one looks again.
CREATE FUNCTION app.guard_feedback_comment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  part forum_feedbackproject; r forum_feedbackround;
  free text[] := ARRAY['answer', 'answer_language', 'outcome', 'answered_by_name', 'answered_for_name', 'answered_at',
    'person_id'];
BEGIN
  SELECT * INTO part FROM forum_feedbackproject WHERE id = NEW.part_id;
  SELECT * INTO r FROM forum_feedbackround WHERE id = part.round_id FOR SHARE;
  IF TG_OP = 'UPDATE' THEN
    IF (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free)
       OR OLD.answered_at IS NOT NULL AND (to_jsonb(NEW) - 'person_id') <> (to_jsonb(OLD) - 'person_id') THEN
      RAISE EXCEPTION 'a comment and its answer stay as they were said' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.answered_at IS NOT NULL AND OLD.answered_at IS NULL THEN
      IF r.state <> 'open' THEN
        RAISE EXCEPTION 'one answers before a feedback round ends' USING ERRCODE = 'check_violation';
      END IF;
      NEW.answered_by_name := coalesce(app.person_called(app.person()), NEW.answered_by_name);
      NEW.answered_for_name := coalesce((SELECT name FROM organisations_organisation WHERE id = app.organisation()),
                                        NEW.answered_for_name);
    END IF;
    RETURN NEW;
  END IF;
  NEW.round_id := part.round_id;
  NEW.group_id := part.group_id;
  IF r.state <> 'open' OR NEW.at < r.opens_at OR NEW.at >= r.closes_at THEN
    RAISE EXCEPTION 'one comments while the window is open' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.question > cardinality(part.questions) THEN
    RAISE EXCEPTION 'a comment is on a question that is asked' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.from_group_id = r.group_id OR NOT (r.for_all OR NEW.from_group_id = ANY (r.invited_ids))
     OR app.person() IS NOT NULL AND (app.enters_group(r.group_id) OR NOT app.enters_group(NEW.from_group_id)) THEN
    RAISE EXCEPTION 'people of the invited groups comment' USING ERRCODE = 'check_violation';
  END IF;
  IF app.person() IS NOT NULL AND NEW.answered_at IS NOT NULL THEN
    RAISE EXCEPTION 'the group answers a comment, nobody else' USING ERRCODE = 'check_violation';
  END IF;
  NEW.from_group_name := (SELECT title FROM forum_group WHERE id = NEW.from_group_id);
  RETURN NEW;
END $$;
CREATE TRIGGER inside_fill BEFORE INSERT OR UPDATE ON forum_feedbackcomment
  FOR EACH ROW EXECUTE FUNCTION app.guard_feedback_comment();
CREATE TRIGGER inside_till BEFORE INSERT ON forum_feedbackcomment
  FOR EACH ROW EXECUTE FUNCTION app.guard_feedback_clock();
"""

_OPEN = """CREATE TRIGGER inside_open BEFORE INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION app.require_open_group()"""
_SIGN = "CREATE TRIGGER inside_sign BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION app.sign_inside()"
_TABLES = ("forum_feedbackround", "forum_feedbackproject", "forum_feedbackexcerpt", "forum_feedbackcomment")

SECURITY: list[_Statement] = [
    *(Sql(_OPEN.replace("{table}", one)) for one in _TABLES),
    *(Sql(_SIGN.replace("{table}", one)) for one in ("forum_feedbackround", "forum_feedbackcomment")),
    Police(
        "forum_feedbackround",
        select=READERS,
        insert=inside("forum_feedbackround", "a.is_co_lead"),
        update=inside("forum_feedbackround", "a.is_co_lead"),
        columns=[
            *("title", "purpose", "language", "for_all", "invited_ids", "zone", "opens_at", "closes_at"),
            *("state", "released_at", "withdrawn_at", "reason", "reason_language"),
            *("summary", "summary_language", "finished_at"),
        ],
    ),
    Police(
        "forum_feedbackproject",
        select=of_round("forum_feedbackproject"),
        insert=inside("forum_feedbackproject", "a.is_co_lead"),
        update=inside("forum_feedbackproject", "a.is_co_lead"),
        delete=inside("forum_feedbackproject", "a.is_co_lead"),
        columns=["description", "language", "questions"],
    ),
    Police(
        "forum_feedbackexcerpt",
        select=of_round("forum_feedbackexcerpt"),
        insert=inside("forum_feedbackexcerpt", "a.is_co_lead"),
        delete=inside("forum_feedbackexcerpt", "a.is_co_lead"),
    ),
    Police(
        "forum_feedbackcomment",
        select=of_round("forum_feedbackcomment"),
        insert=of_round("forum_feedbackcomment"),
        update=inside("forum_feedbackcomment", ANSWERS),
        columns=["answer", "answer_language", "outcome", "answered_at"],
    ),
    Sql(ROUND),
    Sql(PART),
    Sql(COMMENT),
]
