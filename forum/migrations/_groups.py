"""The functions, triggers and policies of `0001_groups`, and the pieces with which later migrations police what lies
inside groups: `inside(...)`, `police_inside(...)`.

Who may enter is read in RULE; everything under ACCESS keeps `forum_groupaccess` equal to it inside the transaction that
changes a source. Whoever changes who takes part or who belongs to an organisation holds the lock of that person first,
and shares the lock of the notices, so that of two changes at once the later one looks again.
"""

from ledger.rowsecurity import AppendOnly, Police, Sql, _Statement


def inside(table: str, extra: str = "", *, group: str = "group_id") -> str:
    """Return the condition that the acting person may enter the group of a row, for the acting organisation.

    Args:
        extra: a further condition on the access row `a`, for example `a.is_co_lead` or `NOT a.is_guest`.
    """
    more = f" AND ({extra})" if extra else ""
    return f"""(SELECT true FROM forum_groupaccess a WHERE a.group_id = {table}.{group}
                AND a.person_id = app.person() AND a.organisation_id = app.organisation(){more})"""  # noqa: S608


def police_inside(
    table: str,
    *,
    insert: str | None = "",
    update: str | None = None,
    delete: str | None = None,
    columns: list[str] | None = None,
    parent: tuple[str, str] | None = None,
    is_signed: bool = True,
) -> list[_Statement]:
    """Return the operations that keep a table to the people inside its group.

    Args:
        insert, update, delete: "" for everybody inside, a further SQL condition, or None for nobody. It may name the
            access row as `a` (`a.is_co_lead`) and the table's own columns with the table's name before them.
        columns: what UPDATE may change.
        parent: the table and the column that points to it, of which the group is copied: `("forum_thread",
            "thread_id")`; None where the row itself names its group.
        is_signed: whether the row has the columns of `SignedInside`.
    """

    def says(more: str | None) -> str | None:
        return None if more is None else inside(table, more)

    triggers = [
        f"""CREATE TRIGGER inside_open BEFORE INSERT OR UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION app.require_open_group()"""
    ]
    if parent:
        triggers.append(
            f"""CREATE TRIGGER inside_fill BEFORE INSERT ON {table}
                FOR EACH ROW EXECUTE FUNCTION app.fill_group('{parent[0]}', '{parent[1]}')"""
        )
    if is_signed:
        triggers.append(
            f"""CREATE TRIGGER inside_sign BEFORE INSERT ON {table}
                FOR EACH ROW EXECUTE FUNCTION app.sign_inside()"""
        )
    return [
        *map(Sql, triggers),
        Police(
            table,
            select=inside(table),
            insert=says(insert),
            update=says(update),
            delete=says(delete),
            columns=columns,
        ),
    ]


RULE = """
CREATE VIEW forum_group_access_rule WITH (security_invoker = true) AS
SELECT p.group_id, p.person_id, p.organisation_id, p.role = 'co_lead' AS is_co_lead, p.role = 'guest' AS is_guest
  FROM forum_participant p
  JOIN forum_group g ON g.id = p.group_id
  -- ... who is a member of that organisation now and can sign in,
  JOIN organisations_membership m
    ON m.person_id = p.person_id AND m.organisation_id = p.organisation_id AND m.is_active
  JOIN organisations_person w ON w.id = p.person_id AND w.is_active
  -- ... and has accepted the newest notice of the group's operator.
  JOIN forum_noticeacceptance t ON t.person_id = p.person_id
  JOIN forum_competitionnotice n ON n.id = t.notice_id AND n.operator_id = g.operator_id
 WHERE p.state = 'active'
   AND NOT EXISTS (SELECT FROM forum_competitionnotice later
                    WHERE later.operator_id = n.operator_id AND later.number > n.number);
GRANT SELECT ON forum_group_access_rule TO {job};
"""

ACCESS = """
-- 4716: notices, 4717: people; persons in one order.
CREATE FUNCTION app.lock_group_people(persons bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE person bigint;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(4716, 0);
  FOR person IN SELECT DISTINCT one FROM unnest(persons) AS one WHERE one IS NOT NULL ORDER BY one LOOP
    PERFORM pg_advisory_xact_lock(4717, (person % 2147483647)::int);
  END LOOP;
END $$;

CREATE FUNCTION app.refresh_group_access(persons bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM forum_groupaccess a
   WHERE a.person_id = ANY(persons)
     AND NOT EXISTS (SELECT FROM forum_group_access_rule r
                      WHERE r.group_id = a.group_id AND r.person_id = a.person_id
                        AND r.organisation_id = a.organisation_id);
  INSERT INTO forum_groupaccess (group_id, person_id, organisation_id, is_co_lead, is_guest)
  SELECT group_id, person_id, organisation_id, is_co_lead, is_guest
    FROM forum_group_access_rule WHERE person_id = ANY(persons)
  ON CONFLICT (group_id, person_id, organisation_id) DO UPDATE
     SET is_co_lead = excluded.is_co_lead, is_guest = excluded.is_guest
   WHERE (forum_groupaccess.is_co_lead, forum_groupaccess.is_guest)
         IS DISTINCT FROM (excluded.is_co_lead, excluded.is_guest);
END $$;
REVOKE ALL ON FUNCTION app.refresh_group_access(bigint[]) FROM PUBLIC;

CREATE FUNCTION app.on_participant_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE persons bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN persons := ARRAY(SELECT person_id FROM after_rows);
  ELSIF TG_OP = 'DELETE' THEN persons := ARRAY(SELECT person_id FROM before_rows);
  ELSE persons := ARRAY(SELECT person_id FROM before_rows UNION SELECT person_id FROM after_rows); END IF;
  PERFORM app.lock_group_people(persons);
  PERFORM app.refresh_group_access(persons);
  RETURN NULL;
END $$;
CREATE TRIGGER access_on_insert AFTER INSERT ON forum_participant REFERENCING NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_participant_change();
CREATE TRIGGER access_on_update AFTER UPDATE ON forum_participant
  REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_participant_change();
CREATE TRIGGER access_on_delete AFTER DELETE ON forum_participant REFERENCING OLD TABLE AS before_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_participant_change();

CREATE FUNCTION app.on_notice_acceptance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.lock_group_people(ARRAY[NEW.person_id]);
  PERFORM app.refresh_group_access(ARRAY[NEW.person_id]);
  RETURN NULL;
END $$;
CREATE TRIGGER access AFTER INSERT ON forum_noticeacceptance
  FOR EACH ROW EXECUTE FUNCTION app.on_notice_acceptance();

-- A new version: nobody has accepted it yet, so every door of that operator is shut at once.
CREATE FUNCTION app.fill_competition_notice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(4716, 0);
  NEW.number := 1 + coalesce((SELECT max(number) FROM forum_competitionnotice
                               WHERE operator_id = NEW.operator_id), 0);
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON forum_competitionnotice
  FOR EACH ROW EXECUTE FUNCTION app.fill_competition_notice();
CREATE FUNCTION app.on_competition_notice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.refresh_group_access(ARRAY(
    SELECT DISTINCT a.person_id FROM forum_groupaccess a JOIN forum_group g ON g.id = a.group_id
     WHERE g.operator_id = NEW.operator_id));
  RETURN NULL;
END $$;
CREATE TRIGGER access AFTER INSERT ON forum_competitionnotice
  FOR EACH ROW EXECUTE FUNCTION app.on_competition_notice();

-- Somebody joins or leaves an organisation. Leaving ends what they were in its name; coming back begins anew.
CREATE FUNCTION app.on_member_of_groups() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE person bigint; organisation bigint;
BEGIN
  IF TG_OP = 'DELETE' THEN person := OLD.person_id; organisation := OLD.organisation_id;
  ELSE person := NEW.person_id; organisation := NEW.organisation_id; END IF;
  IF TG_OP = 'UPDATE' AND (OLD.is_active, OLD.person_id, OLD.organisation_id)
     IS NOT DISTINCT FROM (NEW.is_active, NEW.person_id, NEW.organisation_id) THEN
    RETURN NULL;
  END IF;
  PERFORM app.lock_group_people(ARRAY[person, CASE WHEN TG_OP = 'UPDATE' THEN OLD.person_id END]);
  UPDATE forum_participant p SET state = 'ended', ended_at = now()
   WHERE p.state IN ('asked', 'active')
     AND p.person_id IN (person, CASE WHEN TG_OP = 'UPDATE' THEN OLD.person_id END)
     AND NOT EXISTS (SELECT FROM organisations_membership m WHERE m.person_id = p.person_id
                        AND m.organisation_id = p.organisation_id AND m.is_active);
  PERFORM app.refresh_group_access(ARRAY[person, CASE WHEN TG_OP = 'UPDATE' THEN OLD.person_id END]);
  RETURN NULL;
END $$;
CREATE TRIGGER group_access AFTER INSERT OR UPDATE OR DELETE ON organisations_membership
  FOR EACH ROW EXECUTE FUNCTION app.on_member_of_groups();

-- Somebody is shut out of the house, or let in again.
CREATE FUNCTION app.on_person_of_groups() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.lock_group_people(ARRAY[NEW.id]);
  PERFORM app.refresh_group_access(ARRAY[NEW.id]);
  RETURN NULL;
END $$;
CREATE TRIGGER group_access AFTER UPDATE OF is_active ON organisations_person FOR EACH ROW
  WHEN (OLD.is_active IS DISTINCT FROM NEW.is_active) EXECUTE FUNCTION app.on_person_of_groups();
"""

# What tables inside groups hang on themselves.
INSIDE = """
CREATE FUNCTION app.person_called(wanted bigint) RETURNS varchar
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  -- Never the address: what a person without a name is called, the models say (`NamesPeople`).
  SELECT name FROM organisations_person WHERE id = wanted
$$;
REVOKE ALL ON FUNCTION app.person_called(bigint) FROM PUBLIC;

-- `app.fill_group('forum_thread', 'thread_id')`: the group is the parent's.
CREATE FUNCTION app.fill_group() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE parent bigint := (to_jsonb(NEW) ->> TG_ARGV[1])::bigint; found bigint;
BEGIN
  EXECUTE format('SELECT group_id FROM %I WHERE id = $1', TG_ARGV[0]) INTO found USING parent;
  NEW.group_id := found;
  RETURN NEW;
END $$;

-- Who acts signs, with the names of that moment; a row that the system writes says itself who it is by.
CREATE FUNCTION app.sign_inside() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF app.person() IS NOT NULL THEN
    NEW.person_id := app.person();
    NEW.organisation_id := app.organisation();
  END IF;
  NEW.person_name := coalesce(app.person_called(NEW.person_id), '');
  NEW.organisation_name := coalesce(
    (SELECT name FROM organisations_organisation WHERE id = NEW.organisation_id), '');
  RETURN NEW;
END $$;

-- A closed group is read only for people.
CREATE FUNCTION app.require_open_group() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE wanted bigint;
BEGIN
  IF TG_OP = 'DELETE' THEN wanted := OLD.group_id; ELSE wanted := NEW.group_id; END IF;
  IF TG_OP = 'UPDATE' AND NEW.group_id IS DISTINCT FROM OLD.group_id THEN
    RAISE EXCEPTION 'what is inside a group stays there' USING ERRCODE = 'restrict_violation';
  END IF;
  IF app.person() IS NOT NULL AND EXISTS (SELECT FROM forum_group WHERE id = wanted AND state = 'closed') THEN
    RAISE EXCEPTION 'a closed group is read only' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION app.leads_group(wanted bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM forum_groupaccess a WHERE a.group_id = wanted AND a.person_id = app.person()
                    AND a.organisation_id = app.organisation() AND a.is_co_lead)
$$;
REVOKE ALL ON FUNCTION app.leads_group(bigint) FROM PUBLIC;
"""

GROUP = """
CREATE FUNCTION app.guard_group() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a group is closed, never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.code, NEW.key, NEW.kind, NEW.operator_id) IS DISTINCT FROM (OLD.code, OLD.key, OLD.kind, OLD.operator_id) THEN
    RAISE EXCEPTION 'a group keeps its address, its kind and its operator' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON forum_group FOR EACH ROW EXECUTE FUNCTION app.guard_group();

CREATE FUNCTION app.guard_charter() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM 1 FROM forum_group WHERE id = NEW.group_id FOR UPDATE;
    NEW.number := 1 + coalesce((SELECT max(number) FROM forum_charter WHERE group_id = NEW.group_id), 0);
    IF app.person() IS NOT NULL THEN
      NEW.person_id := app.person();
      IF NOT (app.leads_group(NEW.group_id) AND NEW.state = 'draft' OR NEW.number = 1) THEN
        RAISE EXCEPTION 'a co-lead drafts the next charter' USING ERRCODE = 'check_violation';
      END IF;
    END IF;
    NEW.person_name := coalesce(app.person_called(NEW.person_id), '');
  ELSIF TG_OP = 'DELETE' OR OLD.state = 'adopted' THEN
    RAISE EXCEPTION 'an adopted charter stays as it is' USING ERRCODE = 'restrict_violation';
  ELSIF (NEW.code, NEW.group_id, NEW.number) IS DISTINCT FROM (OLD.code, OLD.group_id, OLD.number) THEN
    RAISE EXCEPTION 'a charter keeps its group and its number' USING ERRCODE = 'restrict_violation';
  END IF;
  IF app.person() IS NOT NULL AND EXISTS (SELECT FROM forum_group WHERE id = NEW.group_id AND state = 'closed') THEN
    RAISE EXCEPTION 'a closed group is read only' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON forum_charter
  FOR EACH ROW EXECUTE FUNCTION app.guard_charter();

CREATE FUNCTION app.guard_acceptance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.lock_group_people(ARRAY[NEW.person_id]);
  IF EXISTS (SELECT FROM forum_competitionnotice n JOIN forum_competitionnotice later
                  ON later.operator_id = n.operator_id AND later.number > n.number WHERE n.id = NEW.notice_id) THEN
    RAISE EXCEPTION 'one accepts the notice in force' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT ON forum_noticeacceptance
  FOR EACH ROW EXECUTE FUNCTION app.guard_acceptance();
"""

PARTICIPANT = """
CREATE FUNCTION app.fill_participant() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE g forum_group; leads boolean; runs boolean; is_own boolean;
BEGIN
  SELECT * INTO g FROM forum_group WHERE id = NEW.group_id;
  NEW.email := lower(btrim(NEW.email));
  NEW.side := CASE WHEN NEW.role <> 'co_lead' THEN ''
                   WHEN NEW.organisation_id = g.operator_id THEN 'operator' ELSE 'member' END;
  NEW.organisation_name := coalesce(
    (SELECT name FROM organisations_organisation WHERE id = NEW.organisation_id), '');
  NEW.person_name := coalesce(app.person_called(NEW.person_id), '');
  IF app.person() IS NOT NULL THEN
    leads := app.leads_group(g.id);
    runs := app.organisation() = g.operator_id;
    is_own := coalesce(NEW.person_id = app.person(), false) AND NEW.organisation_id = app.organisation();
    NEW.named_by_id := app.person();
    IF g.state = 'closed' THEN
      RAISE EXCEPTION 'a closed group is read only' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT (NEW.state = 'asked' AND is_own AND NEW.role = 'member' AND g.entry = 'request'
            OR NEW.state = 'active' AND is_own AND NEW.role = 'member' AND g.entry = 'open'
            OR NEW.state = 'invited' AND leads AND NEW.role IN ('member', 'guest')
            OR NEW.state = 'invited' AND runs AND NEW.role = 'co_lead'
            OR NEW.state = 'active' AND runs AND NEW.role = 'co_lead' AND NEW.side = 'operator') THEN
      RAISE EXCEPTION 'one comes into this group another way' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  NEW.named_by_name := coalesce(app.person_called(NEW.named_by_id), '');
  PERFORM app.require_membership(NEW);
  RETURN NEW;
END $$;

-- Whoever asks or takes part is a member of that organisation; the lock keeps it so until the access is written.
CREATE FUNCTION app.require_membership(p forum_participant) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF p.state IN ('asked', 'active') THEN
    PERFORM app.lock_group_people(ARRAY[p.person_id]);
    IF NOT EXISTS (SELECT FROM organisations_membership m WHERE m.person_id = p.person_id
                      AND m.organisation_id = p.organisation_id AND m.is_active) THEN
      RAISE EXCEPTION 'a participant is a member of their organisation' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
END $$;
REVOKE ALL ON FUNCTION app.require_membership(forum_participant) FROM PUBLIC;
CREATE TRIGGER fill BEFORE INSERT ON forum_participant FOR EACH ROW EXECUTE FUNCTION app.fill_participant();

CREATE FUNCTION app.guard_participant() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  g forum_group; leads boolean; runs boolean; is_own boolean; is_asked boolean;
  free text[] := ARRAY['state', 'reason', 'reason_language', 'person_id', 'person_name', 'email', 'joined_at', 'ended_at'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'taking part ends, it is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free) OR OLD.state IN ('declined', 'ended') THEN
    RAISE EXCEPTION 'taking part changes by ending it, once' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (OLD.state, NEW.state) NOT IN (('asked', 'active'), ('asked', 'declined'), ('asked', 'ended'),
       ('invited', 'active'), ('invited', 'declined'), ('invited', 'ended'), ('active', 'ended')) THEN
    RAISE EXCEPTION 'a participant does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  is_asked := OLD.state = 'invited' AND OLD.organisation_id = app.organisation() AND EXISTS (
    SELECT FROM organisations_person WHERE id = app.person() AND lower(email) = OLD.email);
  IF app.person() IS NOT NULL AND pg_trigger_depth() < 2 THEN
    SELECT * INTO g FROM forum_group WHERE id = OLD.group_id;
    leads := app.leads_group(g.id);
    runs := app.organisation() = g.operator_id AND OLD.role = 'co_lead';
    is_own := coalesce(OLD.person_id = app.person(), false) AND OLD.organisation_id = app.organisation();
    IF NOT (OLD.state = 'asked' AND NEW.state IN ('active', 'declined') AND leads
            OR OLD.state = 'asked' AND NEW.state = 'ended' AND is_own
            OR OLD.state = 'invited' AND NEW.state IN ('active', 'declined') AND is_asked
            OR OLD.state = 'invited' AND NEW.state = 'ended' AND (leads AND OLD.role <> 'co_lead' OR runs)
            OR OLD.state = 'active' AND (is_own OR leads AND OLD.role <> 'co_lead' OR runs)) THEN
      RAISE EXCEPTION 'somebody else says who takes part' USING ERRCODE = 'check_violation';
    END IF;
    IF g.state = 'closed' AND NEW.state = 'active' THEN
      RAISE EXCEPTION 'a closed group is read only' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  NEW.person_id := CASE WHEN OLD.state <> 'invited' THEN OLD.person_id
                        WHEN is_asked THEN app.person()
                        WHEN app.person() IS NULL THEN NEW.person_id END;
  NEW.person_name := coalesce(nullif(OLD.person_name, ''), app.person_called(NEW.person_id), '');
  NEW.email := '';
  PERFORM app.require_membership(NEW);
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON forum_participant
  FOR EACH ROW EXECUTE FUNCTION app.guard_participant();
"""

SEAT = """
CREATE FUNCTION app.guard_seat() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.organisation_name := coalesce(
      (SELECT name FROM organisations_organisation WHERE id = NEW.organisation_id), '');
  ELSIF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'ended_at') <> (to_jsonb(OLD) - 'ended_at') OR OLD.ended_at IS NOT NULL THEN
    RAISE EXCEPTION 'a seat ends, once, and is given anew' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON forum_seat
  FOR EACH ROW EXECUTE FUNCTION app.guard_seat();

CREATE FUNCTION app.guard_seat_holding() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE s forum_seat;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT * INTO s FROM forum_seat WHERE id = NEW.seat_id FOR SHARE;
    NEW.group_id := s.group_id;
    NEW.person_name := coalesce(app.person_called(NEW.person_id), '');
    PERFORM 1 FROM forum_participant p
      WHERE p.group_id = s.group_id AND p.organisation_id = s.organisation_id AND p.person_id = NEW.person_id
        AND p.state = 'active' AND p.role <> 'guest' FOR SHARE;
    IF NOT FOUND OR s.ended_at IS NOT NULL THEN
      RAISE EXCEPTION 'on a seat sits a participant of its organisation' USING ERRCODE = 'check_violation';
    END IF;
  ELSIF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'ended_at') <> (to_jsonb(OLD) - 'ended_at') OR OLD.ended_at IS NOT NULL THEN
    RAISE EXCEPTION 'sitting on a seat ends, once' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON forum_seatholding
  FOR EACH ROW EXECUTE FUNCTION app.guard_seat_holding();

-- A seat that ends, or a person who takes part no more, leaves no one sitting.
CREATE FUNCTION app.leave_seats() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'forum_seat' THEN
    UPDATE forum_seatholding SET ended_at = NEW.ended_at WHERE seat_id = NEW.id AND ended_at IS NULL;
  ELSE
    UPDATE forum_seatholding h SET ended_at = NEW.ended_at FROM forum_seat s
     WHERE s.id = h.seat_id AND s.group_id = NEW.group_id AND s.organisation_id = NEW.organisation_id
       AND h.person_id = NEW.person_id AND h.ended_at IS NULL;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER leave_seats AFTER UPDATE ON forum_seat FOR EACH ROW
  WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION app.leave_seats();
CREATE TRIGGER leave_seats AFTER UPDATE ON forum_participant FOR EACH ROW
  WHEN (OLD.state = 'active' AND NEW.state = 'ended') EXECUTE FUNCTION app.leave_seats();
"""

SIGNED_IN = "app.organisation() IS NOT NULL"
IS_OPERATOR = """(SELECT 'operator' = ANY(o.capabilities) FROM organisations_organisation o
                   WHERE o.id = app.organisation())"""
RUN_BY_US = f"(operator_id = app.organisation() AND {IS_OPERATOR})"


def _runs(table: str) -> str:
    return f"(SELECT true FROM forum_group g WHERE g.id = {table}.group_id AND g.operator_id = app.organisation())"  # noqa: S608


_SELF = "(person_id = app.person() AND organisation_id = app.organisation())"
_TO_ME = """(state = 'invited' AND organisation_id = app.organisation()
             AND email = (SELECT lower(w.email) FROM organisations_person w WHERE w.id = app.person()))"""
_LEADS = inside("forum_participant", "a.is_co_lead")
_NAMED_BY_US = f"(role = 'co_lead' AND {_runs('forum_participant')})"

SECURITY: list[_Statement] = [
    Sql(RULE),
    Sql(ACCESS),
    Sql(INSIDE),
    Sql(GROUP),
    Sql(PARTICIPANT),
    Sql(SEAT),
    Police("forum_stage", select=SIGNED_IN),
    Police(
        "forum_group",
        select=SIGNED_IN,
        insert=RUN_BY_US,
        update=RUN_BY_US,
        columns=[
            "title",
            "summary",
            "language",
            "stage_id",
            "country",
            "entry",
            "state",
            "sdg_tags",
            "closed_at",
        ],
    ),
    Police("forum_groupaccess", select=_SELF),
    Police(
        "forum_participant",
        select=f"""{_SELF} OR {_TO_ME} OR (role = 'co_lead' AND state = 'active' AND {SIGNED_IN})
            OR {inside("forum_participant", "a.is_co_lead OR forum_participant.state = 'active'")}
            OR {_NAMED_BY_US}""",
        insert=f"{_SELF} OR {_LEADS} OR {_NAMED_BY_US}",
        update=f"{_SELF} OR {_TO_ME} OR {_LEADS} OR {_NAMED_BY_US}",
        columns=["state", "reason", "reason_language", "person_id", "email", "joined_at", "ended_at"],
    ),
    Police(
        "forum_charter",
        select=f"(state = 'adopted' AND {SIGNED_IN}) OR {inside('forum_charter')}",
        insert=f"{inside('forum_charter', 'a.is_co_lead')} OR {_runs('forum_charter')}",
        update=inside("forum_charter", "a.is_co_lead"),
        columns=["purpose", "deliverables", "ends_on", "language", "state", "adopted_at"],
    ),
    Police(
        "forum_seat",
        select=SIGNED_IN,
        insert=f"{inside('forum_seat', 'a.is_co_lead')} OR {_runs('forum_seat')}",
        update=f"{inside('forum_seat', 'a.is_co_lead')} OR {_runs('forum_seat')}",
        columns=["ended_at"],
    ),
    Police(
        "forum_seatholding",
        select=inside("forum_seatholding"),
        insert=inside("forum_seatholding", "a.is_co_lead"),
        update=inside("forum_seatholding", "a.is_co_lead"),
        columns=["ended_at"],
    ),
    AppendOnly("forum_competitionnotice"),
    AppendOnly("forum_noticeacceptance"),
    Police("forum_competitionnotice", select=SIGNED_IN, insert=RUN_BY_US),
    Police("forum_noticeacceptance", select="person_id = app.person()", insert=_SELF),
]
