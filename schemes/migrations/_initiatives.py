"""What the database holds about initiatives and their ratings, against raw SQL.

Two people score apart, agree, and the initiative has its say: nothing is published before, nothing changes after.
"""

from ledger.rowsecurity import AppendOnly, Police, Sql, _Statement

BODY = "body_id = app.organisation()"
ITSELF = "organisation_id = app.organisation()"

INITIATIVE = """
CREATE FUNCTION app.guard_initiative() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE body organisations_organisation;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an initiative is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    SELECT * INTO body FROM organisations_organisation WHERE id = NEW.body_id;
    IF NOT body.capabilities::text[] && ARRAY['stakeholder', 'scheme_body', 'operator'] THEN
      RAISE EXCEPTION 'who takes part in initiatives does not rate them' USING ERRCODE = 'check_violation';
    END IF;
    NEW.body_name := body.name;
    NEW.published_at := NULL;
    RETURN NEW;
  END IF;
  IF (NEW.body_id, NEW.code) IS DISTINCT FROM (OLD.body_id, OLD.code)
     OR OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at THEN
    RAISE EXCEPTION 'an initiative keeps who describes it and stays published' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON schemes_initiative
  FOR EACH ROW EXECUTE FUNCTION app.guard_initiative();
"""

RATING = """
-- Who serves people has no say about what time it is.
CREATE FUNCTION app.clock_rating() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user::regrole = '{app}'::regrole THEN
    IF NEW.state = 'with_initiative' AND OLD.state <> 'with_initiative' THEN
      NEW.sent_at := clock_timestamp();
    END IF;
    IF NEW.state = 'published' AND OLD.state <> 'published' THEN
      NEW.published_at := clock_timestamp();
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER clock BEFORE UPDATE ON schemes_rating FOR EACH ROW EXECUTE FUNCTION app.clock_rating();

CREATE FUNCTION app.fill_rating() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE edition schemes_edition; initiative schemes_initiative;
BEGIN
  SELECT * INTO edition FROM schemes_edition WHERE id = NEW.edition_id;
  SELECT * INTO initiative FROM schemes_initiative WHERE id = NEW.initiative_id;
  IF edition.shape <> 'rubric' OR edition.state <> 'published'
     OR edition.data #>> '{scheme,subject}' <> 'initiative' THEN
    RAISE EXCEPTION 'a rating begins with a rubric for initiatives that is in force' USING ERRCODE = 'check_violation';
  END IF;
  NEW.body_id := initiative.body_id;
  NEW.state := 'scoring';
  NEW.indicators := ARRAY(SELECT c ->> 'key' FROM jsonb_array_elements(edition.data -> 'criteria') c);
  NEW.values := ARRAY(SELECT v ->> 'key' FROM jsonb_array_elements(edition.data #> '{scale,values}') v);
  NEW.proof_from := coalesce(array_position(NEW.values::text[], edition.data #>> '{scale,proof_from}') - 1, 32767);
  NEW.reply_days := coalesce((edition.data #>> '{rating,reply_days}')::int, 0);
  NEW.first_done_at := NULL;
  NEW.second_done_at := NULL;
  NEW.sent_at := NULL;
  NEW.reply_until := NULL;
  IF (SELECT count(*) FROM organisations_membership
       WHERE organisation_id = NEW.body_id AND person_id IN (NEW.rater_id, NEW.second_rater_id) AND is_active) < 2 THEN
    RAISE EXCEPTION 'both raters belong to the organisation that rates' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT FROM organisations_membership WHERE organisation_id = initiative.organisation_id AND is_active
              AND person_id IN (NEW.rater_id, NEW.second_rater_id)) THEN
    RAISE EXCEPTION 'nobody rates an initiative they belong to' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON schemes_rating FOR EACH ROW EXECUTE FUNCTION app.fill_rating();

CREATE FUNCTION app.guard_rating() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine bigint := app.person();
        free text[] := ARRAY['state', 'first_done_at', 'first_note', 'second_done_at', 'second_note', 'told_how',
                             'sent_at', 'reply_until', 'published_at', 'withdrawn_at'];
        short text;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a rating is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state IN ('published', 'withdrawn') THEN
    RAISE EXCEPTION 'a rating that is published or withdrawn stays as it is' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free) THEN
    RAISE EXCEPTION 'a rating keeps its initiative, its rubric and its raters' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.first_done_at, NEW.first_note) IS DISTINCT FROM (OLD.first_done_at, OLD.first_note)
       AND (OLD.state <> 'scoring' OR OLD.first_done_at IS NOT NULL OR coalesce(mine, NEW.rater_id) <> NEW.rater_id)
     OR (NEW.second_done_at, NEW.second_note) IS DISTINCT FROM (OLD.second_done_at, OLD.second_note)
       AND (OLD.state <> 'scoring' OR OLD.second_done_at IS NOT NULL
            OR coalesce(mine, NEW.second_rater_id) <> NEW.second_rater_id) THEN
    RAISE EXCEPTION 'each rater hands in alone, and once' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state = OLD.state THEN
    IF (NEW.told_how, NEW.sent_at, NEW.reply_until) IS DISTINCT FROM (OLD.told_how, OLD.sent_at, OLD.reply_until) THEN
      RAISE EXCEPTION 'the right of reply keeps its clock' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NOT ((OLD.state, NEW.state) IN (('scoring', 'comparing'), ('scoring', 'withdrawn'), ('comparing', 'withdrawn'),
          ('comparing', 'with_initiative'), ('with_initiative', 'comparing'), ('with_initiative', 'published'),
          ('with_initiative', 'withdrawn'))) THEN
    RAISE EXCEPTION 'a rating cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'comparing' THEN
    NEW.sent_at := NULL;
    NEW.reply_until := NULL;
    NEW.told_how := '';
  ELSIF NEW.state = 'with_initiative' THEN
    NEW.reply_until := NEW.sent_at + make_interval(days => NEW.reply_days);
    SELECT i INTO short FROM unnest(NEW.indicators) i
     WHERE NOT EXISTS (SELECT FROM schemes_indicatorscore s
                        WHERE s.rating_id = NEW.id AND s.indicator = i AND s.part = 'agreed') LIMIT 1;
    IF short IS NOT NULL THEN
      RAISE EXCEPTION 'nothing is agreed about % yet', short USING ERRCODE = 'check_violation';
    END IF;
    SELECT s.indicator INTO short FROM schemes_indicatorscore s
     WHERE s.rating_id = NEW.id AND s.part = 'agreed' AND s.value IS NOT NULL
       AND NOT EXISTS (SELECT FROM schemes_citation c WHERE c.rating_id = NEW.id AND c.indicator = s.indicator
                        AND (c.grade <> 'self_claim'
                             OR array_position(NEW.values::text[], s.value::text) - 1 < NEW.proof_from)) LIMIT 1;
    IF short IS NOT NULL THEN
      RAISE EXCEPTION 'the score of % lacks its evidence', short USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NEW.state = 'published' THEN
    IF (NEW.sent_at, NEW.reply_until, NEW.told_how) IS DISTINCT FROM (OLD.sent_at, OLD.reply_until, OLD.told_how)
       OR NEW.published_at IS NULL OR NEW.published_at < NEW.reply_until THEN
      RAISE EXCEPTION 'the initiative has its say first' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM schemes_initiative WHERE id = NEW.initiative_id AND published_at IS NOT NULL) THEN
      RAISE EXCEPTION 'the page of the initiative is published first' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON schemes_rating FOR EACH ROW EXECUTE FUNCTION app.guard_rating();
"""

PARTS = """
CREATE FUNCTION app.guard_indicator_score() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE rating schemes_rating; mine bigint := app.person();
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a score is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT * INTO rating FROM schemes_rating WHERE id = NEW.rating_id FOR SHARE;
  IF TG_OP = 'UPDATE' AND (NEW.rating_id, NEW.indicator, NEW.part) <> (OLD.rating_id, OLD.indicator, OLD.part) THEN
    RAISE EXCEPTION 'a score keeps its place' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.indicator <> ALL(rating.indicators) OR NEW.value IS NOT NULL AND NEW.value <> ALL(rating.values) THEN
    RAISE EXCEPTION 'the rubric has no such indicator or value' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.part = 'agreed' AND rating.state <> 'comparing'
     OR NEW.part = 'first' AND (rating.state <> 'scoring' OR rating.first_done_at IS NOT NULL)
     OR NEW.part = 'second' AND (rating.state <> 'scoring' OR rating.second_done_at IS NOT NULL) THEN
    RAISE EXCEPTION 'this is not scored now' USING ERRCODE = 'restrict_violation';
  END IF;
  IF mine IS NOT NULL THEN
    IF NEW.part = 'first' AND mine <> rating.rater_id OR NEW.part = 'second' AND mine <> rating.second_rater_id
       OR mine NOT IN (rating.rater_id, rating.second_rater_id) THEN
      RAISE EXCEPTION 'only the two raters score, each their own part' USING ERRCODE = 'check_violation';
    END IF;
    NEW.person_id := mine;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON schemes_indicatorscore
  FOR EACH ROW EXECUTE FUNCTION app.guard_indicator_score();

CREATE FUNCTION app.guard_citation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE rating schemes_rating;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    RAISE EXCEPTION 'a citation is taken away and made anew, not changed' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT * INTO rating FROM schemes_rating
   WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.rating_id ELSE NEW.rating_id END FOR SHARE;
  IF rating.state NOT IN ('scoring', 'comparing') THEN
    RAISE EXCEPTION 'the evidence of a rating stays once the initiative has it' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  IF NEW.indicator <> ALL(rating.indicators) THEN
    RAISE EXCEPTION 'the rubric has no such indicator' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.dated_on > (NEW.at AT TIME ZONE 'UTC')::date + 1 THEN
    RAISE EXCEPTION 'evidence is not of tomorrow' USING ERRCODE = 'check_violation';
  END IF;
  NEW.person_id := coalesce(app.person(), NEW.person_id);
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON schemes_citation
  FOR EACH ROW EXECUTE FUNCTION app.guard_citation();

CREATE FUNCTION app.fill_rating_reply() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE itself bigint; rated_by bigint;
BEGIN
  SELECT i.organisation_id, r.body_id INTO itself, rated_by FROM schemes_rating r
    JOIN schemes_initiative i ON i.id = r.initiative_id
   WHERE r.id = NEW.rating_id AND r.state IN ('with_initiative', 'published');
  IF NEW.organisation_id IS DISTINCT FROM (CASE WHEN NEW.is_passed_on THEN rated_by ELSE itself END)
     OR NEW.is_passed_on AND itself IS NOT NULL THEN
    RAISE EXCEPTION 'only the initiative replies; without an account, by those who rate it'
      USING ERRCODE = 'check_violation';
  END IF;
  NEW.person_id := coalesce(app.person(), NEW.person_id);
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON schemes_ratingreply FOR EACH ROW EXECUTE FUNCTION app.fill_rating_reply();
"""


def _of_rating(table: str, more: str = "") -> str:
    """Return the condition that the acting reader sees the row's rating, whose own policy says who that is."""
    return f"(SELECT true FROM schemes_rating r WHERE r.id = {table}.rating_id{more})"  # noqa: S608 - our own tables


def _of_body(table: str) -> str:
    return _of_rating(table, " AND r.body_id = app.organisation()")


RATING_READERS = f"""state = 'published' OR {BODY} OR (state = 'with_initiative' AND (
    SELECT true FROM schemes_initiative i WHERE i.id = schemes_rating.initiative_id
       AND i.organisation_id = app.organisation()))"""  # noqa: S608 - our own tables
APART_NO_MORE = " AND r.state <> 'scoring'"
SCORE, CITATION, REPLY = "schemes_indicatorscore", "schemes_citation", "schemes_ratingreply"

SECURITY: list[_Statement] = [
    Sql(INITIATIVE),
    Sql(RATING),
    Sql(PARTS),
    AppendOnly(REPLY),
    Police(
        "schemes_initiative",
        select=f"published_at IS NOT NULL OR {BODY} OR {ITSELF}",
        insert=BODY,
        update=BODY,
        columns=[
            "name",
            "summary",
            "covers",
            "how_to_join",
            "website",
            "improving",
            "language",
            "organisation_id",
            "published_at",
        ],
    ),
    Police(
        "schemes_rating",
        select=RATING_READERS,
        insert=BODY,
        update=BODY,
        columns=[
            "state",
            "first_done_at",
            "first_note",
            "second_done_at",
            "second_note",
            "told_how",
            "sent_at",
            "reply_until",
            "published_at",
            "withdrawn_at",
        ],
    ),
    Police(
        SCORE,
        select=f"(person_id = app.person() AND {_of_rating(SCORE)}) OR {_of_rating(SCORE, APART_NO_MORE)}",
        insert=_of_body(SCORE),
        update=_of_body(SCORE),
        columns=["value", "rationale", "language", "person_id", "saved_at"],
    ),
    Police(CITATION, select=_of_rating(CITATION), insert=_of_body(CITATION), delete=_of_body(CITATION)),
    Police(
        REPLY,
        select=_of_rating(REPLY),
        insert=f"{ITSELF} AND {_of_rating(REPLY)}",
    ),
]
