"""The functions, triggers and policies of `0007_updates`."""

from ledger.rowsecurity import AppendOnly, Police, Sql, _Statement

SIGNED_IN = "app.organisation() IS NOT NULL"
OWN = "organisation_id = app.organisation()"
OPERATOR = "(SELECT 'operator' = ANY(o.capabilities) FROM organisations_organisation o WHERE o.id = app.organisation())"

BODY = """
CREATE FUNCTION app.guard_body() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE can varchar[]; is_operator boolean;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an outside body is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT capabilities INTO can FROM organisations_organisation WHERE id = app.organisation();
  is_operator := app.organisation() IS NULL OR 'operator' = ANY(can);
  IF TG_OP = 'INSERT' THEN
    IF NOT is_operator AND (NEW.organisation_id <> app.organisation()
                            OR NOT can && ARRAY['stakeholder', 'scheme_body']::varchar[]) THEN
      RAISE EXCEPTION 'a body opens its own place, or the operator names it' USING ERRCODE = 'check_violation';
    END IF;
    SELECT name INTO NEW.name FROM organisations_organisation WHERE id = NEW.organisation_id;
  ELSIF (NEW.organisation_id, NEW.code, NEW.opened_at) IS DISTINCT FROM (OLD.organisation_id, OLD.code, OLD.opened_at) THEN
    RAISE EXCEPTION 'a body stays the organisation that it is' USING ERRCODE = 'restrict_violation';
  ELSIF app.organisation() <> OLD.organisation_id
        AND (NEW.summary, NEW.language, NEW.name) IS DISTINCT FROM (OLD.summary, OLD.language, OLD.name) THEN
    RAISE EXCEPTION 'a body says itself what it is' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.answers_for_audits AND NOT is_operator AND (TG_OP = 'INSERT' OR NOT OLD.answers_for_audits) THEN
    RAISE EXCEPTION 'the operator says whose list is asked' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON forum_body
  FOR EACH ROW EXECUTE FUNCTION app.guard_body();
"""

UPDATES = """
CREATE FUNCTION app.guard_body_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE free text[] := ARRAY['state', 'published_at', 'withdrawn_at', 'reason', 'reason_language',
                             'title', 'language', 'number'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an update of a body is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
      RAISE EXCEPTION 'an update of a body begins as a draft' USING ERRCODE = 'check_violation';
    END IF;
    SELECT organisation_id, name INTO NEW.organisation_id, NEW.body_name FROM forum_body WHERE id = NEW.body_id;
    RETURN NEW;
  END IF;
  IF (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free)
     OR OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at
     OR OLD.state = 'withdrawn' THEN
    RAISE EXCEPTION 'what is published or withdrawn stays as it is' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN
     (('draft', 'published'), ('draft', 'withdrawn'), ('published', 'withdrawn')) THEN
    RAISE EXCEPTION 'an update of a body does not go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'published' AND NOT EXISTS (SELECT FROM forum_bodyupdateversion
                                              WHERE update_id = NEW.id AND published_at IS NOT NULL) THEN
    RAISE EXCEPTION 'an update of a body is published with a version' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON forum_bodyupdate
  FOR EACH ROW EXECUTE FUNCTION app.guard_body_update();

CREATE FUNCTION app.guard_body_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE told forum_bodyupdate;
BEGIN
  IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND OLD.published_at IS NOT NULL THEN
    RAISE EXCEPTION 'a version of an update stays as it is' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT * INTO told FROM forum_bodyupdate WHERE id = NEW.update_id FOR UPDATE;
  IF told.state = 'withdrawn' THEN
    RAISE EXCEPTION 'a withdrawn update gets no version' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    NEW.organisation_id := told.organisation_id;
    IF NEW.published_at IS NOT NULL OR NEW.number <> 1 + coalesce(
         (SELECT max(number) FROM forum_bodyupdateversion WHERE update_id = NEW.update_id), 0) THEN
      RAISE EXCEPTION 'a version begins as the next draft' USING ERRCODE = 'check_violation';
    END IF;
  ELSIF (NEW.update_id, NEW.number, NEW.organisation_id)
        IS DISTINCT FROM (OLD.update_id, OLD.number, OLD.organisation_id) THEN
    RAISE EXCEPTION 'a version stays where it is' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON forum_bodyupdateversion
  FOR EACH ROW EXECUTE FUNCTION app.guard_body_version();

CREATE FUNCTION app.name_body_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE forum_bodyupdate
     SET title = NEW.title, language = NEW.language,
         number = CASE WHEN NEW.published_at IS NULL THEN number ELSE NEW.number END
   WHERE id = NEW.update_id AND (NEW.published_at IS NOT NULL OR state = 'draft');
  RETURN NULL;
END $$;
CREATE TRIGGER named AFTER INSERT OR UPDATE ON forum_bodyupdateversion
  FOR EACH ROW EXECUTE FUNCTION app.name_body_update();

CREATE FUNCTION app.guard_body_figure() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE said forum_bodyupdateversion;
BEGIN
  SELECT * INTO said FROM forum_bodyupdateversion
   WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END;
  IF said.published_at IS NOT NULL OR TG_OP = 'UPDATE' THEN
    RAISE EXCEPTION 'a figure of an update stays as it is' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  NEW.organisation_id := said.organisation_id;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON forum_bodyfigure
  FOR EACH ROW EXECUTE FUNCTION app.guard_body_figure();
"""

AUDITORS = """
CREATE FUNCTION app.fill_auditor_list() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('forum.auditorlist', NEW.body_id));
  SELECT organisation_id INTO NEW.organisation_id FROM forum_body WHERE id = NEW.body_id;
  NEW.person_id := coalesce(app.person(), NEW.person_id);
  IF NEW.number <> 1 + coalesce((SELECT max(number) FROM forum_auditorlist WHERE body_id = NEW.body_id), 0) THEN
    RAISE EXCEPTION 'a list is the next of its body' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON forum_auditorlist FOR EACH ROW EXECUTE FUNCTION app.fill_auditor_list();

CREATE FUNCTION app.count_auditor_list() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF (SELECT max(number) FROM forum_auditorlist WHERE body_id = NEW.body_id) = NEW.number
     AND (SELECT count(*) FROM forum_auditorentry WHERE list_id = NEW.id) <> NEW.total THEN
    RAISE EXCEPTION 'a list of auditors is loaded whole' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER whole AFTER INSERT ON forum_auditorlist DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION app.count_auditor_list();

CREATE FUNCTION app.guard_auditor() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE of_list forum_auditorlist; is_newest boolean;
BEGIN
  SELECT * INTO of_list FROM forum_auditorlist
   WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.list_id ELSE OLD.list_id END;
  SELECT of_list.number = max(number) INTO is_newest FROM forum_auditorlist WHERE body_id = of_list.body_id;
  IF TG_OP = 'UPDATE' OR TG_OP = 'DELETE' AND is_newest OR TG_OP = 'INSERT' AND NOT is_newest THEN
    RAISE EXCEPTION 'the newest list stays as it was loaded, and older ones are gone' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  NEW.organisation_id := of_list.organisation_id;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON forum_auditorentry
  FOR EACH ROW EXECUTE FUNCTION app.guard_auditor();

-- Whoever has a number asks here, and learns of that number alone.
CREATE FUNCTION app.auditors(asked_body bigint, numbers text[], names text[])
RETURNS TABLE (number_mark varchar, is_named boolean, grade varchar, status varchar, valid_until date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.number_mark, e.name_mark = ANY(names), e.grade, e.status, e.valid_until
    FROM forum_auditorentry e
   WHERE app.organisation() IS NOT NULL AND e.number_mark = ANY(numbers)
     AND e.list_id = (SELECT l.id FROM forum_auditorlist l WHERE l.body_id = asked_body ORDER BY l.number DESC LIMIT 1)
$$;
REVOKE ALL ON FUNCTION app.auditors(bigint, text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.auditors(bigint, text[], text[]) TO {app};
"""

_TOLD = f"({SIGNED_IN} AND published_at IS NOT NULL) OR {OWN}"
_SELF = "person_id = app.person() AND organisation_id = app.organisation()"

SECURITY: list[_Statement] = [
    Sql(BODY),
    Sql(UPDATES),
    Sql(AUDITORS),
    AppendOnly("forum_auditorlist"),
    Police(
        "forum_body",
        select=SIGNED_IN,
        insert=f"{OWN} OR {OPERATOR}",
        update=f"{OWN} OR {OPERATOR}",
        columns=["summary", "language", "answers_for_audits"],
    ),
    Police(
        "forum_bodyupdate",
        select=_TOLD,
        insert=OWN,
        update=OWN,
        columns=["state", "published_at", "withdrawn_at", "reason", "reason_language"],
    ),
    Police(
        "forum_bodyupdateversion",
        select=_TOLD,
        insert=OWN,
        update=OWN,
        columns=["title", "text", "language", "dated_on", "correction", "saved_at", "published_at"],
    ),
    Police(
        "forum_bodyfigure",
        select=f"""{OWN} OR (SELECT true FROM forum_bodyupdateversion v WHERE v.id = version_id
                             AND v.published_at IS NOT NULL AND {SIGNED_IN})""",
        insert=OWN,
        delete=OWN,
    ),
    Police("forum_bodyfollower", select=_SELF, insert=_SELF, delete=_SELF),
    Police("forum_auditorlist", select=SIGNED_IN, insert=OWN),
    Police("forum_auditorentry", select=OWN, insert=OWN, delete=OWN),
]
