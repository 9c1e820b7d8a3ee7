"""What ties meetings, the work of a group and people's own calendars together: triggers and functions of `0009`."""

from ledger.rowsecurity import Sql, _Statement

LINKS = """
-- A decision or an action item comes from a meeting of its own group, and a point of an agenda is about an issue of it.
CREATE FUNCTION app.guard_group_link() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found boolean;
BEGIN
  IF TG_TABLE_NAME = 'forum_agendaitem' THEN
    found := NEW.issue_id IS NULL
      OR EXISTS (SELECT FROM forum_issue i WHERE i.id = NEW.issue_id AND i.group_id = NEW.group_id);
  ELSE
    found := NEW.meeting_id IS NULL
      OR EXISTS (SELECT FROM forum_meeting m WHERE m.id = NEW.meeting_id AND m.group_id = NEW.group_id);
  END IF;
  IF NOT found THEN
    RAISE EXCEPTION 'what is linked stands in the same group' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER links BEFORE INSERT OR UPDATE ON forum_agendaitem
  FOR EACH ROW EXECUTE FUNCTION app.guard_group_link();
CREATE TRIGGER links BEFORE INSERT OR UPDATE ON forum_actionitem
  FOR EACH ROW EXECUTE FUNCTION app.guard_group_link();
CREATE TRIGGER links BEFORE INSERT OR UPDATE ON forum_decision
  FOR EACH ROW EXECUTE FUNCTION app.guard_group_link();
GRANT UPDATE (issue_id) ON forum_agendaitem TO {app};
"""

CALENDAR = """
-- Whoever knows the secret reads this, signed in or not: where the person has a place NOW; neither place nor link.
CREATE FUNCTION app.events_of_calendar(secret text, since timestamptz)
RETURNS TABLE (code varchar, title varchar, starts_at timestamptz, ends_at timestamptz, state varchar, sequence integer,
               changed_at timestamptz, organiser_name varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.code, e.title, e.starts_at, e.ends_at, e.state, e.sequence, e.changed_at, e.organiser_name
    FROM forum_calendarlink c
    JOIN forum_event e ON e.starts_at >= since AND e.state <> 'draft'
     AND EXISTS (
       SELECT FROM organisations_membership m
        WHERE m.person_id = c.person_id AND m.is_active
          AND (EXISTS (SELECT FROM forum_registration r
                        WHERE r.event_id = e.id AND r.person_id = m.person_id
                          AND r.organisation_id = m.organisation_id AND r.kind = 'self' AND r.state = 'placed')
               OR EXISTS (SELECT FROM forum_eventplace p
                           WHERE p.event_id = e.id AND p.person_id = m.person_id
                             AND p.organisation_id = m.organisation_id AND p.is_held)))
   WHERE c.secret_hash = secret AND c.ended_at IS NULL
   ORDER BY e.starts_at, e.id LIMIT 1000
$$;
REVOKE ALL ON FUNCTION app.events_of_calendar(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.events_of_calendar(text, timestamptz) TO {app};
"""

SECURITY: list[_Statement] = [Sql(LINKS), Sql(CALENDAR)]
