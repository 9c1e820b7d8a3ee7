"""The functions, triggers and policies of `0005_meetings`."""

from forum.migrations._groups import inside, police_inside
from ledger.rowsecurity import Police, Sql, _Statement

MEETING = """
-- What calendars have to follow is counted; a meeting that was held or called off stays as it is.
CREATE FUNCTION app.guard_meeting() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a meeting is called off, never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    NEW.sequence := 0;
    IF app.person() IS NOT NULL AND NEW.state <> 'planned' THEN
      RAISE EXCEPTION 'a meeting begins as planned' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.code, NEW.person_name, NEW.organisation_id, NEW.created_at)
     IS DISTINCT FROM (OLD.code, OLD.person_name, OLD.organisation_id, OLD.created_at) THEN
    RAISE EXCEPTION 'a meeting keeps its code and who planned it' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state <> 'planned' AND to_jsonb(NEW) IS DISTINCT FROM to_jsonb(OLD) THEN
    RAISE EXCEPTION 'a meeting that is over stays as it is' USING ERRCODE = 'restrict_violation';
  END IF;
  NEW.sequence := OLD.sequence + CASE WHEN
    (NEW.title, NEW.starts_at, NEW.minutes, NEW.place, NEW.state = 'cancelled')
    IS DISTINCT FROM (OLD.title, OLD.starts_at, OLD.minutes, OLD.place, OLD.state = 'cancelled') THEN 1 ELSE 0 END;
  RETURN NEW;
END $$;
CREATE TRIGGER keeps BEFORE INSERT OR UPDATE OR DELETE ON forum_meeting
  FOR EACH ROW EXECUTE FUNCTION app.guard_meeting();

-- The agenda is set before the meeting.
CREATE FUNCTION app.guard_agenda() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE wanted bigint;
BEGIN
  IF TG_OP = 'DELETE' THEN wanted := OLD.meeting_id; ELSE wanted := NEW.meeting_id; END IF;
  IF TG_OP = 'UPDATE' AND (NEW.meeting_id, NEW.code) IS DISTINCT FROM (OLD.meeting_id, OLD.code) THEN
    RAISE EXCEPTION 'a point stays on its agenda' USING ERRCODE = 'restrict_violation';
  END IF;
  IF app.person() IS NOT NULL AND EXISTS (SELECT FROM forum_meeting WHERE id = wanted AND state <> 'planned') THEN
    RAISE EXCEPTION 'the agenda of a meeting that is over stays as it is' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keeps BEFORE INSERT OR UPDATE OR DELETE ON forum_agendaitem
  FOR EACH ROW EXECUTE FUNCTION app.guard_agenda();

-- A paper is a file that is kept in this very group.
CREATE FUNCTION app.guard_paper() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM documents_document WHERE id = NEW.document_id AND group_id = NEW.group_id) THEN
    RAISE EXCEPTION 'a paper is kept in its group' USING ERRCODE = 'check_violation';
  END IF;
  IF app.person() IS NOT NULL AND EXISTS (
    SELECT FROM forum_agendaitem i JOIN forum_meeting m ON m.id = i.meeting_id
     WHERE i.id = NEW.item_id AND m.state = 'cancelled') THEN
    RAISE EXCEPTION 'a meeting that is called off gets no papers' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER needs_file BEFORE INSERT ON forum_paper FOR EACH ROW EXECUTE FUNCTION app.guard_paper();

-- Everybody answers for themselves; a co-lead notes who was there. Names and seats are those of that day.
CREATE FUNCTION app.guard_attendance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE p forum_participant; m forum_meeting; is_own boolean; leads boolean;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'attendance is not taken away' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT * INTO p FROM forum_participant WHERE id = NEW.participant_id;
  SELECT * INTO m FROM forum_meeting WHERE id = NEW.meeting_id;
  IF p.group_id <> m.group_id THEN
    RAISE EXCEPTION 'one attends the meetings of one''s own group' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    NEW.person_name := p.person_name;
    NEW.organisation_name := p.organisation_name;
    NEW.role := p.role;
  ELSIF (NEW.meeting_id, NEW.participant_id, NEW.person_name, NEW.organisation_name)
        IS DISTINCT FROM (OLD.meeting_id, OLD.participant_id, OLD.person_name, OLD.organisation_name) THEN
    RAISE EXCEPTION 'attendance stays with its meeting' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.presence <> 'there' THEN NEW.seat_id := NULL; NEW.seat_place := ''; END IF;
  IF NEW.seat_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM forum_seat s WHERE s.id = NEW.seat_id AND s.group_id = m.group_id
       AND s.organisation_id = p.organisation_id) THEN
    RAISE EXCEPTION 'one sits on the seat of one''s own organisation' USING ERRCODE = 'check_violation';
  END IF;
  IF app.person() IS NULL THEN RETURN NEW; END IF;
  is_own := (p.person_id, p.organisation_id) IS NOT DISTINCT FROM (app.person(), app.organisation());
  leads := app.leads_group(m.group_id);
  IF m.state = 'cancelled' THEN
    RAISE EXCEPTION 'a meeting that is called off is attended by nobody' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' AND NEW.answer <> '' OR TG_OP = 'UPDATE' AND NEW.answer IS DISTINCT FROM OLD.answer THEN
    IF NOT is_own OR m.state <> 'planned' THEN
      RAISE EXCEPTION 'everybody answers for themselves, beforehand' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF TG_OP = 'INSERT' AND NEW.presence <> ''
     OR TG_OP = 'UPDATE' AND (NEW.presence, NEW.seat_id, NEW.seat_place)
                             IS DISTINCT FROM (OLD.presence, OLD.seat_id, OLD.seat_place) THEN
    IF NOT leads THEN
      RAISE EXCEPTION 'a co-lead notes who was there' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM forum_minutes v WHERE v.meeting_id = m.id AND v.state IN ('approved', 'published'))
       AND NOT EXISTS (SELECT FROM forum_minutes v WHERE v.meeting_id = m.id AND v.state = 'draft') THEN
      RAISE EXCEPTION 'who was there is agreed with the minutes' USING ERRCODE = 'restrict_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keeps BEFORE INSERT OR UPDATE OR DELETE ON forum_attendance
  FOR EACH ROW EXECUTE FUNCTION app.guard_attendance();
"""

MINUTES = """
CREATE FUNCTION app.guard_minutes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'minutes are not taken away' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    PERFORM 1 FROM forum_meeting WHERE id = NEW.meeting_id FOR UPDATE;
    NEW.number := 1 + coalesce((SELECT max(number) FROM forum_minutes WHERE meeting_id = NEW.meeting_id), 0);
    IF app.person() IS NOT NULL THEN
      IF NEW.state <> 'draft' THEN
        RAISE EXCEPTION 'minutes begin as a draft' USING ERRCODE = 'check_violation';
      END IF;
      IF NOT EXISTS (SELECT FROM forum_meeting WHERE id = NEW.meeting_id AND state = 'held') THEN
        RAISE EXCEPTION 'a meeting has minutes once it was held' USING ERRCODE = 'check_violation';
      END IF;
      IF NEW.number > 1 AND (NEW.why = '' OR NOT app.leads_group(NEW.group_id)) THEN
        RAISE EXCEPTION 'a co-lead corrects minutes and says why' USING ERRCODE = 'check_violation';
      END IF;
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state = 'published'
     OR OLD.state = 'approved' AND (to_jsonb(NEW) - 'state' - 'published_at')
                                   IS DISTINCT FROM (to_jsonb(OLD) - 'state' - 'published_at') THEN
    RAISE EXCEPTION 'minutes that are approved stay as they are' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.code, NEW.meeting_id, NEW.number, NEW.person_name, NEW.begun_at)
     IS DISTINCT FROM (OLD.code, OLD.meeting_id, OLD.number, OLD.person_name, OLD.begun_at) THEN
    RAISE EXCEPTION 'minutes keep their meeting and their number' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (OLD.state, NEW.state) NOT IN (('draft', 'draft'), ('draft', 'proposed'), ('proposed', 'draft'),
      ('proposed', 'proposed'), ('proposed', 'approved'), ('approved', 'approved'), ('approved', 'published')) THEN
    RAISE EXCEPTION 'minutes go from draft to proposed, approved and published' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state = 'draft' AND NEW.state = 'proposed' THEN NEW.round := OLD.round + 1; ELSE NEW.round := OLD.round; END IF;
  IF OLD.state = 'proposed' AND NEW.state = 'approved' THEN
    IF EXISTS (SELECT FROM forum_minutesreply r
                WHERE r.minutes_id = NEW.id AND r.kind = 'correction' AND r.answered_at IS NULL) THEN
      RAISE EXCEPTION 'each correction that was asked for gets an answer first' USING ERRCODE = 'check_violation';
    END IF;
    NEW.approved_by := coalesce(app.person_called(app.person()), '');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keeps BEFORE INSERT OR UPDATE OR DELETE ON forum_minutes
  FOR EACH ROW EXECUTE FUNCTION app.guard_minutes();

-- Sections change while minutes are a draft, one version after the other.
CREATE FUNCTION app.guard_minutes_section() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE now_is varchar;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'sections of minutes are not taken away' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT state INTO now_is FROM forum_minutes WHERE id = NEW.minutes_id FOR SHARE;
  IF TG_OP = 'UPDATE' AND (NEW.minutes_id, NEW.item_id, NEW.position, NEW.title)
     IS DISTINCT FROM (OLD.minutes_id, OLD.item_id, OLD.position, OLD.title) THEN
    RAISE EXCEPTION 'a section keeps its place' USING ERRCODE = 'restrict_violation';
  END IF;
  IF now_is <> 'draft' THEN
    RAISE EXCEPTION 'only a draft of minutes changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.version <> OLD.version + 1 THEN
    RAISE EXCEPTION 'somebody else has saved this section' USING ERRCODE = 'serialization_failure';
  END IF;
  IF app.person() IS NOT NULL THEN
    NEW.saved_by_id := app.person();
  END IF;
  NEW.saved_by_name := coalesce(app.person_called(NEW.saved_by_id), '');
  RETURN NEW;
END $$;
CREATE TRIGGER keeps BEFORE INSERT OR UPDATE OR DELETE ON forum_minutessection
  FOR EACH ROW EXECUTE FUNCTION app.guard_minutes_section();

CREATE FUNCTION app.guard_minutes_line() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE wanted bigint; now_is varchar;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    RAISE EXCEPTION 'a line is put in or taken out whole' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN wanted := OLD.minutes_id; ELSE wanted := NEW.minutes_id; END IF;
  SELECT state INTO now_is FROM forum_minutes WHERE id = wanted FOR SHARE;
  IF now_is <> 'draft' THEN
    RAISE EXCEPTION 'only a draft of minutes changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF NOT EXISTS (SELECT FROM forum_minutessection s WHERE s.id = NEW.section_id AND s.minutes_id = NEW.minutes_id) THEN
    RAISE EXCEPTION 'a line stands in a section of its minutes' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keeps BEFORE INSERT OR UPDATE OR DELETE ON forum_minutesline
  FOR EACH ROW EXECUTE FUNCTION app.guard_minutes_line();

CREATE FUNCTION app.guard_minutes_reply() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v forum_minutes;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a reply stays' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT * INTO v FROM forum_minutes WHERE id = NEW.minutes_id FOR SHARE;
  IF TG_OP = 'INSERT' THEN
    NEW.round := v.round;
    IF v.state <> 'proposed' THEN
      RAISE EXCEPTION 'one replies to minutes while they are proposed' USING ERRCODE = 'check_violation';
    END IF;
    IF app.person() IS NOT NULL AND (NEW.answer <> '' OR NEW.answered_at IS NOT NULL) THEN
      RAISE EXCEPTION 'a reply is answered later' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (to_jsonb(NEW) - 'answer' - 'answer_language' - 'answered_at' - 'answered_by')
     IS DISTINCT FROM (to_jsonb(OLD) - 'answer' - 'answer_language' - 'answered_at' - 'answered_by')
     OR OLD.answered_at IS NOT NULL THEN
    RAISE EXCEPTION 'a reply stays as it was made, and is answered once' USING ERRCODE = 'restrict_violation';
  END IF;
  NEW.answered_by := coalesce(app.person_called(app.person()), '');
  RETURN NEW;
END $$;
CREATE TRIGGER keeps BEFORE INSERT OR UPDATE OR DELETE ON forum_minutesreply
  FOR EACH ROW EXECUTE FUNCTION app.guard_minutes_reply();
"""

CALENDAR = """
CREATE FUNCTION app.guard_calendar_link() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (OLD.ended_at IS NOT NULL OR
      (to_jsonb(NEW) - 'ended_at') IS DISTINCT FROM (to_jsonb(OLD) - 'ended_at')) THEN
    RAISE EXCEPTION 'the address of a calendar is ended, never changed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON forum_calendarlink
  FOR EACH ROW EXECUTE FUNCTION app.guard_calendar_link();

-- Whoever knows the secret reads this, signed in or not: what the person may enter NOW, and never a link to take part.
CREATE FUNCTION app.calendar_of(secret text, since timestamptz)
RETURNS TABLE (code varchar, title varchar, starts_at timestamptz, minutes smallint, state varchar, sequence integer,
               changed_at timestamptz, group_key varchar, group_title varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT m.code, m.title, m.starts_at, m.minutes, m.state, m.sequence, m.changed_at, g.key, g.title
    FROM forum_calendarlink c
    JOIN forum_meeting m ON m.starts_at >= since
     AND EXISTS (SELECT FROM forum_groupaccess a WHERE a.group_id = m.group_id AND a.person_id = c.person_id)
    JOIN forum_group g ON g.id = m.group_id
   WHERE c.secret_hash = secret AND c.ended_at IS NULL
   ORDER BY m.starts_at, m.id LIMIT 1000
$$;
REVOKE ALL ON FUNCTION app.calendar_of(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.calendar_of(text, timestamptz) TO {app};
CREATE FUNCTION app.is_calendar(secret text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM forum_calendarlink WHERE secret_hash = secret AND ended_at IS NULL)
$$;
REVOKE ALL ON FUNCTION app.is_calendar(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.is_calendar(text) TO {app};
"""

_MEMBERS = "NOT a.is_guest"
_OWN = "person_id = app.person()"


def _once_published(table: str) -> str:
    """Return who reads a part of minutes: participants, and guests once they are published."""
    return inside(
        table,
        f"NOT a.is_guest OR (SELECT v.state = 'published' FROM forum_minutes v WHERE v.id = {table}.minutes_id)",  # noqa: S608
    )


def _part(
    table: str,
    *,
    insert: str | None,
    update: str | None = None,
    delete: str | None = None,
    columns: list[str] | None = None,
    select: str,
    parent: str = "forum_minutes",
    column: str = "minutes_id",
    is_signed: bool = True,
) -> list[_Statement]:
    """Return what `police_inside` gives, with another condition for reading."""
    *triggers, _police = police_inside(table, parent=(parent, column), is_signed=is_signed)
    police = Police(
        table,
        select=select,
        insert=None if insert is None else inside(table, insert),
        update=None if update is None else inside(table, update),
        delete=None if delete is None else inside(table, delete),
        columns=columns,
    )
    return [*triggers, police]


SECURITY: list[_Statement] = [
    *police_inside(
        "forum_meeting",
        insert="a.is_co_lead",
        update="a.is_co_lead",
        columns=[
            "title",
            "language",
            "zone",
            "starts_at",
            "minutes",
            "place",
            "livestream",
            "state",
            "reason",
            "reason_language",
            "changed_at",
        ],
    ),
    *police_inside(
        "forum_agendaitem",
        insert="a.is_co_lead",
        update="a.is_co_lead",
        delete="a.is_co_lead",
        columns=["position", "title", "language", "minutes", "presenter"],
        parent=("forum_meeting", "meeting_id"),
    ),
    *police_inside(
        "forum_paper",
        insert=_MEMBERS,
        delete="a.is_co_lead OR forum_paper.person_id = app.person()",
        parent=("forum_agendaitem", "item_id"),
    ),
    *police_inside(
        "forum_attendance",
        insert="",
        update="",
        columns=["answer", "answered_at", "presence", "noted_at", "seat_id", "seat_place"],
        parent=("forum_meeting", "meeting_id"),
        is_signed=False,
    ),
    *_part(
        "forum_minutes",
        select=inside("forum_minutes", "NOT a.is_guest OR forum_minutes.state = 'published'"),
        insert=_MEMBERS,
        update="a.is_co_lead",
        columns=["state", "round", "proposed_at", "open_until", "approved_at", "approved_by", "published_at"],
        parent="forum_meeting",
        column="meeting_id",
    ),
    *_part(
        "forum_minutessection",
        select=_once_published("forum_minutessection"),
        insert=_MEMBERS,
        update=_MEMBERS,
        columns=["text", "language", "version", "saved_by_id", "saved_by_name", "saved_at"],
        is_signed=False,
    ),
    *_part(
        "forum_minutesline",
        select=_once_published("forum_minutesline"),
        insert=_MEMBERS,
        delete=_MEMBERS,
    ),
    *_part(
        "forum_minutesreply",
        select=inside("forum_minutesreply", _MEMBERS),
        insert=_MEMBERS,
        update="a.is_co_lead",
        columns=["answer", "answer_language", "answered_at", "answered_by"],
    ),
    Police("forum_calendarlink", select=_OWN, insert=_OWN, update=_OWN, columns=["ended_at"]),
    # Triggers run in the order of their names: `inside_…` fills the group before `keeps` looks at it.
    Sql(MEETING),
    Sql(MINUTES),
    Sql(CALENDAR),
]
