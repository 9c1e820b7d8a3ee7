"""The functions and triggers of `0002_events`: who gets a place, who moves what, and what never changes.

Whoever has no organisation (the owner of the tables, the job role) is not asked who they are; what is written still
has to fit together. Places are given while the event's row is locked: whoever changes registrations of several
rows locks the event first (`app.hold_event`), so that nobody waits for each other in a circle.
"""

FILL = """
CREATE FUNCTION app.fill_organised() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF app.organisation() IS NOT NULL THEN
    NEW.organiser_id := coalesce(NEW.organiser_id, app.organisation());
    IF NOT EXISTS (SELECT FROM organisations_organisation WHERE id = NEW.organiser_id
                    AND capabilities && ARRAY['operator', 'stakeholder', 'scheme_body', 'audit_firm']::varchar[]) THEN
      RAISE EXCEPTION 'this organisation runs no events' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> 'draft' THEN
      RAISE EXCEPTION 'it begins as a draft' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  NEW.organiser_name := (SELECT name FROM organisations_organisation WHERE id = NEW.organiser_id);
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON forum_series FOR EACH ROW EXECUTE FUNCTION app.fill_organised();
CREATE TRIGGER fill BEFORE INSERT ON forum_event FOR EACH ROW EXECUTE FUNCTION app.fill_organised();

CREATE FUNCTION app.fill_of_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  NEW.organiser_id := (SELECT organiser_id FROM forum_event WHERE id = NEW.event_id);
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT OR UPDATE ON forum_joining FOR EACH ROW EXECUTE FUNCTION app.fill_of_event();
CREATE TRIGGER fill BEFORE INSERT ON forum_material FOR EACH ROW EXECUTE FUNCTION app.fill_of_event();
CREATE TRIGGER fill BEFORE INSERT ON forum_eventmessage FOR EACH ROW EXECUTE FUNCTION app.fill_of_event();

CREATE FUNCTION app.fill_event_guest() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  NEW.organiser_id := (SELECT organiser_id FROM forum_event WHERE id = NEW.event_id);
  NEW.organisation_name := (SELECT name FROM organisations_organisation WHERE id = NEW.organisation_id);
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON forum_eventguest FOR EACH ROW EXECUTE FUNCTION app.fill_event_guest();
"""

EVENTS = """
CREATE FUNCTION app.guard_series() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a series is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.organiser_id <> OLD.organiser_id OR NEW.code <> OLD.code
     OR NEW.state <> OLD.state AND (OLD.state, NEW.state) <> ('draft', 'published') THEN
    RAISE EXCEPTION 'a published series stays published, and its organiser''s' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON forum_series FOR EACH ROW EXECUTE FUNCTION app.guard_series();

CREATE FUNCTION app.guard_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an event is cancelled, never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.series_id IS NOT NULL AND NEW.organiser_id IS DISTINCT FROM
     (SELECT organiser_id FROM forum_series WHERE id = NEW.series_id) THEN
    RAISE EXCEPTION 'an event stands in a series of its organiser' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF (NEW.places_held, NEW.waiting, NEW.arrivals) <> (0, 0, 0) THEN
      RAISE EXCEPTION 'places are counted, not written' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.organiser_id <> OLD.organiser_id OR NEW.code <> OLD.code THEN
    RAISE EXCEPTION 'an event stays its organiser''s' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.places_held, NEW.waiting, NEW.arrivals) <> (OLD.places_held, OLD.waiting, OLD.arrivals)
     AND pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'places are counted, not written' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state IN ('held', 'cancelled')
     AND (NEW.starts_at, NEW.ends_at, NEW.capacity, NEW.title) IS DISTINCT FROM
         (OLD.starts_at, OLD.ends_at, OLD.capacity, OLD.title) THEN
    RAISE EXCEPTION 'an event that is over stays as it was' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
       ('draft', 'published'), ('draft', 'cancelled'), ('published', 'closed'), ('published', 'held'),
       ('published', 'cancelled'), ('closed', 'published'), ('closed', 'held'), ('closed', 'cancelled')) THEN
    RAISE EXCEPTION 'an event cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON forum_event
  FOR EACH ROW EXECUTE FUNCTION app.guard_event();

CREATE FUNCTION app.hold_event(wanted bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM forum_event WHERE id = wanted FOR NO KEY UPDATE;
END $$;
REVOKE ALL ON FUNCTION app.hold_event(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.hold_event(bigint) TO {app}, {job};

-- Whether an organisation is one of those for whom an event is.
CREATE FUNCTION app.event_is_for(wanted bigint, who bigint, person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE e.opens_to
    WHEN 'everyone' THEN true
    WHEN 'capabilities' THEN (SELECT o.capabilities && e.capabilities FROM organisations_organisation o WHERE o.id = who)
    WHEN 'group' THEN EXISTS (SELECT FROM forum_groupaccess a
      WHERE a.group_id = e.group_id AND a.organisation_id = who AND a.person_id = person)
    ELSE EXISTS (SELECT FROM forum_eventguest g WHERE g.event_id = e.id AND g.organisation_id = who)
  END FROM forum_event e WHERE e.id = wanted
$$;
REVOKE ALL ON FUNCTION app.event_is_for(bigint, bigint, bigint) FROM PUBLIC;

-- How many an organisation holds at an event, beside one registration.
CREATE FUNCTION app.event_places_of(wanted bigint, who bigint, beside bigint) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(sum(quantity), 0)::integer FROM forum_registration
   WHERE event_id = wanted AND organisation_id = who AND id <> beside AND state IN ('offered', 'placed')
$$;
REVOKE ALL ON FUNCTION app.event_places_of(bigint, bigint, bigint) FROM PUBLIC;

-- How many wait before a registration, for those whose it is and for the organiser.
CREATE FUNCTION app.waiting_before(wanted bigint) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT count(o.id)::integer FROM forum_registration r
    LEFT JOIN forum_registration o ON o.event_id = r.event_id AND o.state = 'waiting' AND o.arrival < r.arrival
   WHERE r.id = wanted AND app.organisation() IN (r.organisation_id, r.organiser_id)
$$;
REVOKE ALL ON FUNCTION app.waiting_before(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.waiting_before(bigint) TO {app};
"""

REGISTRATIONS = """
CREATE FUNCTION app.fill_event_registration() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE e forum_event;
BEGIN
  SELECT * INTO e FROM forum_event WHERE id = NEW.event_id FOR NO KEY UPDATE;
  NEW.organiser_id := e.organiser_id;
  NEW.arrival := e.arrivals + 1;
  NEW.organisation_name := (SELECT name FROM organisations_organisation WHERE id = NEW.organisation_id);
  IF app.organisation() IS NOT NULL THEN
    NEW.person_id := app.person();
    IF e.state IS DISTINCT FROM 'published' OR NEW.registered_at >= e.starts_at
       OR NEW.registered_at > coalesce(e.register_by, NEW.registered_at) THEN
      RAISE EXCEPTION 'this event takes no registrations' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT coalesce(app.event_is_for(e.id, NEW.organisation_id, app.person()), false) THEN
      RAISE EXCEPTION 'this event is not for this organisation' USING ERRCODE = 'check_violation';
    END IF;
    -- A place for whoever comes while nobody waits and it fits; else the end of the list.
    IF e.waiting = 0 AND (e.capacity IS NULL OR e.places_held + NEW.quantity <= e.capacity)
       AND (e.per_organisation IS NULL
            OR app.event_places_of(e.id, NEW.organisation_id, 0) + NEW.quantity <= e.per_organisation) THEN
      NEW.state := 'placed';
      NEW.placed_at := NEW.registered_at;
    ELSE
      NEW.state := 'waiting';
      NEW.placed_at := NULL;
    END IF;
    NEW.offered_at := NULL;
    NEW.offer_ends_at := NULL;
    NEW.ended_at := NULL;
  END IF;
  NEW.person_name := coalesce(app.person_called(NEW.person_id), '');
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON forum_registration
  FOR EACH ROW EXECUTE FUNCTION app.fill_event_registration();

CREATE FUNCTION app.guard_event_registration() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  e forum_event;
  mine text[] := ARRAY['state', 'offered_at', 'offer_ends_at', 'placed_at', 'ended_at', 'person_id', 'quantity'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a registration is cancelled, never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT * INTO e FROM forum_event WHERE id = NEW.event_id FOR NO KEY UPDATE;
  IF TG_OP = 'UPDATE' THEN
    IF (to_jsonb(NEW) - mine) <> (to_jsonb(OLD) - mine)
       OR NEW.person_id IS DISTINCT FROM OLD.person_id AND NEW.person_id IS NOT NULL THEN
      RAISE EXCEPTION 'a registration stays what it was for' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.quantity <> OLD.quantity THEN
      IF OLD.kind <> 'group' OR NEW.state <> OLD.state OR OLD.state NOT IN ('waiting', 'offered', 'placed')
         OR coalesce(app.organisation(), OLD.organisation_id) <> OLD.organisation_id THEN
        RAISE EXCEPTION 'its organisation says how many an open booking is for' USING ERRCODE = 'restrict_violation';
      END IF;
      IF NEW.quantity > OLD.quantity AND NEW.state IN ('offered', 'placed') AND e.waiting > 0 THEN
        RAISE EXCEPTION 'whoever waits comes first' USING ERRCODE = 'check_violation';
      END IF;
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
         ('waiting', 'offered'), ('waiting', 'cancelled'), ('offered', 'placed'), ('offered', 'declined'),
         ('offered', 'expired'), ('offered', 'cancelled'), ('placed', 'cancelled')) THEN
      RAISE EXCEPTION 'a registration cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND app.organisation() IS NOT NULL THEN
      -- Time and the line decide who is offered a place and when an offer is over; the person says yes or no.
      IF NEW.state IN ('offered', 'expired')
         OR NEW.state IN ('placed', 'declined') AND app.organisation() <> OLD.organisation_id
         OR NEW.state = 'placed' AND NEW.placed_at > OLD.offer_ends_at THEN
        RAISE EXCEPTION 'this is not for this organisation to say' USING ERRCODE = 'check_violation';
      END IF;
    END IF;
  END IF;
  IF NEW.state IN ('offered', 'placed') AND (TG_OP = 'INSERT' OR OLD.state NOT IN ('offered', 'placed')
       OR NEW.quantity > OLD.quantity)
     AND app.event_places_of(e.id, NEW.organisation_id, coalesce(NEW.id, 0)) + NEW.quantity > e.per_organisation THEN
    RAISE EXCEPTION 'this organisation has its places' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'event_places_within_the_organisations_share';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON forum_registration
  FOR EACH ROW EXECUTE FUNCTION app.guard_event_registration();

-- The counters of the event and the places follow; the check on the event refuses one place too many.
CREATE FUNCTION app.count_event_registration() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE held integer; waits integer;
BEGIN
  held := CASE WHEN NEW.state IN ('offered', 'placed') THEN NEW.quantity ELSE 0 END;
  waits := CASE WHEN NEW.state = 'waiting' THEN 1 ELSE 0 END;
  IF TG_OP = 'UPDATE' THEN
    held := held - CASE WHEN OLD.state IN ('offered', 'placed') THEN OLD.quantity ELSE 0 END;
    waits := waits - CASE WHEN OLD.state = 'waiting' THEN 1 ELSE 0 END;
    UPDATE forum_eventplace SET is_held = (NEW.state = 'placed'), is_open = (NEW.state IN ('waiting', 'offered', 'placed')),
           attendance = CASE WHEN NEW.state = 'placed' THEN attendance ELSE '' END
     WHERE registration_id = NEW.id
       AND (is_held, is_open) IS DISTINCT FROM (NEW.state = 'placed', NEW.state IN ('waiting', 'offered', 'placed'));
  END IF;
  UPDATE forum_event SET places_held = places_held + held, waiting = waiting + waits,
         arrivals = greatest(arrivals, NEW.arrival)
   WHERE id = NEW.event_id AND (held <> 0 OR waits <> 0 OR arrivals < NEW.arrival);
  RETURN NULL;
END $$;
CREATE TRIGGER count AFTER INSERT OR UPDATE OF state, quantity ON forum_registration
  FOR EACH ROW EXECUTE FUNCTION app.count_event_registration();

CREATE FUNCTION app.guard_event_place() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE r forum_registration; is_left boolean;
BEGIN
  IF TG_OP = 'DELETE' THEN
    -- Only what a booking has become too small for.
    SELECT * INTO r FROM forum_registration WHERE id = OLD.registration_id;
    IF r.state NOT IN ('waiting', 'offered', 'placed') OR OLD.attendance <> ''
       OR (SELECT count(*) FROM forum_eventplace WHERE registration_id = r.id) <= r.quantity THEN
      RAISE EXCEPTION 'a place goes with its registration' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF TG_OP = 'INSERT' THEN
    SELECT * INTO r FROM forum_registration WHERE id = NEW.registration_id;
    NEW.event_id := r.event_id;
    NEW.organiser_id := r.organiser_id;
    NEW.organisation_id := r.organisation_id;
    NEW.organisation_name := r.organisation_name;
    NEW.registrant_id := r.person_id;
    NEW.is_held := r.state = 'placed';
    NEW.is_open := r.state IN ('waiting', 'offered', 'placed');
    IF r.kind = 'self' THEN
      NEW.person_id := r.person_id;
    END IF;
    IF NEW.number NOT BETWEEN 1 AND r.quantity THEN
      RAISE EXCEPTION 'a registration has as many places as it is for' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.person_id IS NOT NULL THEN
      IF app.organisation() IS NOT NULL AND NOT EXISTS (
           SELECT FROM organisations_membership m
            WHERE m.organisation_id = r.organisation_id AND m.person_id = NEW.person_id AND m.is_active) THEN
        RAISE EXCEPTION 'a place is for a colleague' USING ERRCODE = 'check_violation';
      END IF;
      NEW.name := coalesce(app.person_called(NEW.person_id), NEW.name);
    END IF;
    RETURN NEW;
  END IF;
  IF pg_trigger_depth() > 1 THEN
    RETURN NEW;
  END IF;
  -- Whoever leaves their organisation leaves the place to it: time says so, and nobody else.
  is_left := app.organisation() IS NULL AND OLD.person_id IS NOT NULL AND NEW.person_id IS NULL AND NEW.name = '';
  IF (to_jsonb(NEW) - ARRAY['attendance', 'marked_at', 'person_id', 'registrant_id', 'name'])
     <> (to_jsonb(OLD) - ARRAY['attendance', 'marked_at', 'person_id', 'registrant_id', 'name'])
     OR NEW.name <> OLD.name AND NOT is_left
     OR NEW.person_id IS DISTINCT FROM OLD.person_id AND NEW.person_id IS NOT NULL
     OR NEW.registrant_id IS DISTINCT FROM OLD.registrant_id AND NEW.registrant_id IS NOT NULL THEN
    RAISE EXCEPTION 'a place stays what it was' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.attendance <> OLD.attendance AND coalesce(app.organisation(), NEW.organiser_id) <> NEW.organiser_id THEN
    RAISE EXCEPTION 'the organiser says who was there' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON forum_eventplace
  FOR EACH ROW EXECUTE FUNCTION app.guard_event_place();
"""

# The subquery is itself under the policy of materials: it finds only those that the reader sees. What is kept in a case
# stays there whatever names it.
FILES = """
DO $also$ BEGIN
  EXECUTE format('ALTER POLICY app_select ON documents_document USING ((%s) OR (incident_id IS NULL AND %s))',
    (SELECT qual FROM pg_policies WHERE schemaname = 'public' AND tablename = 'documents_document'
        AND policyname = 'app_select'),
    '(SELECT true FROM forum_material m WHERE m.document_id = documents_document.id LIMIT 1)');
END $also$
"""
