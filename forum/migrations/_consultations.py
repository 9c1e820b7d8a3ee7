"""The functions, triggers and policies of `0006_consultations`.

A comment comes in while its round is open, by the clock of the database as well; from the public through
`app.comment_publicly` alone. What a round asked never changes once it was opened, and a round is not answered while
a comment has no response.
"""

from forum.migrations._groups import inside
from ledger.rowsecurity import AppendOnly, Police, Sql, _Statement

CONSULTATION = """
CREATE FUNCTION app.guard_consultation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a consultation is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.opened_at IS NOT NULL AND app.person() IS NOT NULL THEN
      RAISE EXCEPTION 'a consultation begins as a draft' USING ERRCODE = 'check_violation';
    END IF;
    SELECT title INTO NEW.group_title FROM forum_group WHERE id = NEW.group_id;
    RETURN NEW;
  END IF;
  IF (NEW.code, NEW.begun_at, NEW.organisation_id) IS DISTINCT FROM (OLD.code, OLD.begun_at, OLD.organisation_id) THEN
    RAISE EXCEPTION 'a consultation keeps its code and who began it' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.opened_at IS NOT NULL
     AND (NEW.title, NEW.summary, NEW.language, NEW.is_public, NEW.opened_at)
         IS DISTINCT FROM (OLD.title, OLD.summary, OLD.language, OLD.is_public, OLD.opened_at) THEN
    RAISE EXCEPTION 'what was opened keeps its words and its readers' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.is_public <> OLD.is_public THEN
    UPDATE forum_consultationround SET is_public = NEW.is_public WHERE consultation_id = NEW.id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keeps BEFORE INSERT OR UPDATE OR DELETE ON forum_consultation
  FOR EACH ROW EXECUTE FUNCTION app.guard_consultation();

CREATE FUNCTION app.guard_consultation_round() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  of_it forum_consultation;
  free text[] := CASE WHEN TG_OP <> 'UPDATE' THEN ARRAY[]::text[]
    WHEN OLD.state IN ('draft', 'planned')
      THEN ARRAY['state', 'note', 'note_language', 'zone', 'opens_at', 'closes_at', 'is_public']
    WHEN OLD.state = 'open' THEN ARRAY['state', 'closes_at', 'closed_at']
    WHEN OLD.state = 'closed' THEN ARRAY['state', 'answered_at', 'outcome', 'outcome_language']
    ELSE ARRAY[]::text[] END;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a round is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    SELECT * INTO of_it FROM forum_consultation WHERE id = NEW.consultation_id FOR UPDATE;
    NEW.group_id := of_it.group_id;
    NEW.is_public := of_it.is_public;
    NEW.number := 1 + coalesce((SELECT max(number) FROM forum_consultationround
                                 WHERE consultation_id = NEW.consultation_id), 0);
    IF NEW.state <> 'draft' THEN
      RAISE EXCEPTION 'a round begins as a draft' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM forum_consultationround
                WHERE consultation_id = NEW.consultation_id AND state <> 'answered') THEN
      RAISE EXCEPTION 'the next round begins once the last one is answered' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free) THEN
    RAISE EXCEPTION 'a round keeps what it was opened with' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN
     (('draft', 'planned'), ('draft', 'open'), ('planned', 'draft'), ('planned', 'open'),
      ('open', 'closed'), ('closed', 'answered')) THEN
    RAISE EXCEPTION 'a round does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state = 'open' AND NEW.closes_at < OLD.closes_at THEN
    RAISE EXCEPTION 'an open round is only made longer' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state <> OLD.state AND NEW.state IN ('planned', 'open') THEN
    IF NOT EXISTS (SELECT FROM forum_consultationclause WHERE round_id = NEW.id) THEN
      RAISE EXCEPTION 'a round needs a clause' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF OLD.state IN ('draft', 'planned') AND NEW.state = 'open' THEN
    UPDATE forum_consultation SET opened_at = NEW.opens_at WHERE id = NEW.consultation_id AND opened_at IS NULL;
  END IF;
  IF OLD.state = 'open' AND NEW.state = 'closed' AND app.person() IS NULL AND NEW.closed_at < OLD.closes_at THEN
    RAISE EXCEPTION 'time closes a round at its hour' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state = 'closed' AND NEW.state = 'answered' AND EXISTS (
       SELECT FROM forum_consultationcomment c WHERE c.round_id = NEW.id AND c.state = 'shown'
          AND NOT EXISTS (SELECT FROM forum_consultationresponse a WHERE a.comment_id = c.id)) THEN
    RAISE EXCEPTION 'each comment gets a response first' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keeps BEFORE INSERT OR UPDATE OR DELETE ON forum_consultationround
  FOR EACH ROW EXECUTE FUNCTION app.guard_consultation_round();

CREATE FUNCTION app.guard_consultation_clause() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE r forum_consultationround;
BEGIN
  SELECT * INTO r FROM forum_consultationround
   WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.round_id ELSE NEW.round_id END FOR SHARE;
  IF r.state <> 'draft' THEN
    RAISE EXCEPTION 'once a round is opened its clauses stay as they are' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND (NEW.round_id, NEW.identity, NEW.code) IS DISTINCT FROM
                          (OLD.round_id, OLD.identity, OLD.code) THEN
    RAISE EXCEPTION 'a clause keeps its round and its identity' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keeps BEFORE INSERT OR UPDATE OR DELETE ON forum_consultationclause
  FOR EACH ROW EXECUTE FUNCTION app.guard_consultation_clause();
"""

COMMENT = """
CREATE FUNCTION app.guard_consultation_comment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  r forum_consultationround;
  words text[] := ARRAY['state', 'text', 'name', 'organisation_name', 'person_id'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.state <> 'waiting' THEN
      RAISE EXCEPTION 'a comment that counts is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF (to_jsonb(NEW) - words) <> (to_jsonb(OLD) - words)
       OR OLD.person_id IS NULL AND NEW.person_id IS NOT NULL
       OR NEW.state = OLD.state AND (NEW.text, NEW.name, NEW.organisation_name)
                                    IS DISTINCT FROM (OLD.text, OLD.name, OLD.organisation_name) THEN
      RAISE EXCEPTION 'a comment stays as it was made' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN
       (('waiting', 'shown'), ('shown', 'hidden'), ('hidden', 'shown')) THEN
      RAISE EXCEPTION 'a comment does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  SELECT * INTO r FROM forum_consultationround WHERE id = NEW.round_id FOR SHARE;
  NEW.group_id := r.group_id;
  NEW.consultation_id := r.consultation_id;
  IF r.state <> 'open' OR NEW.made_at < r.opens_at OR NEW.made_at >= r.closes_at THEN
    RAISE EXCEPTION 'one comments while the round is open' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.clause_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM forum_consultationclause WHERE id = NEW.clause_id AND round_id = NEW.round_id) THEN
    RAISE EXCEPTION 'one comments on a clause of this round' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT NEW.from_public AND app.person() IS NOT NULL THEN
    NEW.person_id := app.person();
    NEW.organisation_id := app.organisation();
    NEW.state := 'shown';
  END IF;
  IF NOT NEW.from_public THEN
    NEW.name := coalesce(app.person_called(NEW.person_id), '');
    NEW.organisation_name := coalesce(
      (SELECT name FROM organisations_organisation WHERE id = NEW.organisation_id), '');
  ELSIF NEW.state <> 'waiting' THEN
    RAISE EXCEPTION 'a comment from the public waits for its address' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keeps BEFORE INSERT OR UPDATE OR DELETE ON forum_consultationcomment
  FOR EACH ROW EXECUTE FUNCTION app.guard_consultation_comment();

-- The address is confirmed by whoever presents the secret of the letter, within three days and before the answers.
CREATE FUNCTION app.guard_consultation_contact() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE c forum_consultationcomment; r forum_consultationround;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT * INTO c FROM forum_consultationcomment WHERE id = NEW.comment_id;
    IF c.state <> 'waiting' OR NEW.confirmed_at IS NOT NULL THEN
      RAISE EXCEPTION 'an address begins unconfirmed' USING ERRCODE = 'check_violation';
    END IF;
    NEW.group_id := c.group_id;
    RETURN NEW;
  END IF;
  IF (NEW.comment_id, NEW.group_id, NEW.token_hash, NEW.asked_at)
     IS DISTINCT FROM (OLD.comment_id, OLD.group_id, OLD.token_hash, OLD.asked_at)
     OR NEW.email <> OLD.email AND NEW.email <> ''
     OR OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at THEN
    RAISE EXCEPTION 'an address stays, or goes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL THEN
    SELECT * INTO c FROM forum_consultationcomment WHERE id = NEW.comment_id;
    SELECT * INTO r FROM forum_consultationround WHERE id = c.round_id FOR SHARE;
    IF r.state NOT IN ('open', 'closed') OR NEW.confirmed_at > OLD.asked_at + interval '72 hours'
       OR OLD.email = '' THEN
      RAISE EXCEPTION 'the link has run out' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE forum_consultationcomment SET state = 'shown' WHERE id = NEW.comment_id AND state = 'waiting';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keeps BEFORE INSERT OR UPDATE ON forum_consultationcontact
  FOR EACH ROW EXECUTE FUNCTION app.guard_consultation_contact();

CREATE FUNCTION app.guard_consultation_response() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE c forum_consultationcomment; r forum_consultationround;
BEGIN
  SELECT * INTO c FROM forum_consultationcomment
   WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.comment_id ELSE NEW.comment_id END;
  SELECT * INTO r FROM forum_consultationround WHERE id = c.round_id FOR SHARE;
  IF TG_OP = 'DELETE' OR r.state NOT IN ('open', 'closed') THEN
    RAISE EXCEPTION 'a response stays once the round is answered' USING ERRCODE = 'restrict_violation';
  END IF;
  IF c.state <> 'shown' THEN
    RAISE EXCEPTION 'one answers a comment that is shown' USING ERRCODE = 'check_violation';
  END IF;
  IF app.person() IS NOT NULL AND NOT app.leads_group(c.group_id) THEN
    RAISE EXCEPTION 'co-leads answer' USING ERRCODE = 'check_violation';
  END IF;
  NEW.group_id := c.group_id;
  NEW.round_id := c.round_id;
  IF TG_OP = 'UPDATE' THEN
    IF NEW.comment_id <> OLD.comment_id THEN
      RAISE EXCEPTION 'a response stays with its comment' USING ERRCODE = 'restrict_violation';
    END IF;
    IF app.person() IS NOT NULL THEN
      NEW.person_id := app.person();
      NEW.organisation_id := app.organisation();
      NEW.person_name := coalesce(app.person_called(NEW.person_id), '');
      NEW.organisation_name := coalesce(
        (SELECT name FROM organisations_organisation WHERE id = NEW.organisation_id), '');
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keeps BEFORE INSERT OR UPDATE OR DELETE ON forum_consultationresponse
  FOR EACH ROW EXECUTE FUNCTION app.guard_consultation_response();

-- Hiding is writing in the log: the words of the comment move there, and back.
CREATE FUNCTION app.hide_consultation_comment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE c forum_consultationcomment; before forum_consultationhiding;
BEGIN
  SELECT * INTO c FROM forum_consultationcomment WHERE id = NEW.comment_id FOR UPDATE;
  NEW.group_id := c.group_id;
  IF app.person() IS NOT NULL AND NOT app.leads_group(c.group_id) THEN
    RAISE EXCEPTION 'co-leads hide' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT c.from_public OR c.state <> (CASE WHEN NEW.is_shown_again THEN 'hidden' ELSE 'shown' END)
     OR EXISTS (SELECT FROM forum_consultationround WHERE id = c.round_id AND state = 'answered') THEN
    RAISE EXCEPTION 'a co-lead hides a comment from the public before the round is answered'
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.is_shown_again THEN
    SELECT * INTO before FROM forum_consultationhiding
     WHERE comment_id = c.id AND NOT is_shown_again ORDER BY id DESC LIMIT 1;
    NEW.text := ''; NEW.name := ''; NEW.of_organisation := '';
    UPDATE forum_consultationcomment SET state = 'shown', text = before.text, name = before.name,
           organisation_name = before.of_organisation WHERE id = c.id;
  ELSE
    NEW.text := c.text; NEW.name := c.name; NEW.of_organisation := c.organisation_name;
    UPDATE forum_consultationcomment SET state = 'hidden', text = '', name = '', organisation_name = ''
     WHERE id = c.id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keeps BEFORE INSERT ON forum_consultationhiding
  FOR EACH ROW EXECUTE FUNCTION app.hide_consultation_comment();
"""

PUBLIC = """
-- What somebody without an account says: it waits, a letter is on its way, and nobody learns whose address it is.
CREATE FUNCTION app.comment_publicly(wanted_code text, in_round text, on_clause text, said text, spoken text,
                                     called text, house text, address text, digest text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE r forum_consultationround; g forum_group; clause bigint; made bigint; mail text := lower(btrim(address));
BEGIN
  SELECT * INTO r FROM forum_consultationround WHERE code = in_round FOR SHARE;
  SELECT * INTO g FROM forum_group WHERE id = r.group_id;
  IF r.id IS NULL OR NOT r.is_public OR r.state <> 'open' OR g.state = 'closed'
     OR clock_timestamp() < r.opens_at OR clock_timestamp() >= r.closes_at THEN
    RETURN 'not-open';
  END IF;
  IF on_clause <> '' THEN
    SELECT id INTO clause FROM forum_consultationclause WHERE round_id = r.id AND code = on_clause;
    IF clause IS NULL THEN RETURN 'not-open'; END IF;
  END IF;
  IF btrim(said) = '' OR btrim(called) = '' OR mail !~ '^[^@[:space:]]+@[^@[:space:]]+$'
     OR digest !~ '^[0-9a-f]{64}$' THEN
    RETURN 'words-missing';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('forum.comment:' || mail, 0));
  IF EXISTS (SELECT FROM forum_consultationcomment c JOIN forum_consultationcontact k ON k.comment_id = c.id
              WHERE c.round_id = r.id AND c.clause_id IS NOT DISTINCT FROM clause AND c.text = said
                AND k.email = mail AND k.asked_at > now() - interval '72 hours') THEN
    RETURN 'asked';
  END IF;
  IF (SELECT count(*) FROM forum_consultationcontact
       WHERE email = mail AND asked_at > now() - interval '1 day') >= 20
     OR (SELECT count(*) FROM forum_consultationcontact
          WHERE email = mail AND confirmed_at IS NULL AND asked_at > now() - interval '1 day') >= 5
     OR (SELECT count(*) FROM forum_consultationcomment WHERE round_id = r.id AND state = 'waiting') >= 2000 THEN
    RETURN 'too-many';
  END IF;
  INSERT INTO forum_consultationcomment (code, group_id, consultation_id, round_id, clause_id, from_public, name,
                                         organisation_name, text, language, made_at, state)
  VALUES (wanted_code, r.group_id, r.consultation_id, r.id, clause, true, left(called, 254), left(house, 200),
          left(said, 8000), left(spoken, 12), now(), 'waiting')
  RETURNING id INTO made;
  INSERT INTO forum_consultationcontact (group_id, comment_id, email, token_hash, asked_at)
  VALUES (r.group_id, made, left(mail, 254), digest, now());
  INSERT INTO ledger_entry (at, verb, subject_kind, subject_id, subject_code, subject_label, data, request_id)
  VALUES (now(), 'forum.consultation_comment_asked', 'forum.group', g.id, g.code, g.title,
          jsonb_build_object('comment', wanted_code, 'key', g.key), '');
  RETURN 'asked';
END $$;
REVOKE ALL ON FUNCTION app.comment_publicly(text, text, text, text, text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.comment_publicly(text, text, text, text, text, text, text, text, text) TO {app};
"""

# For the role that serves people the database's own clock counts; these run as whoever asks, so that they know it.
CLOCK = """
CREATE FUNCTION app.keep_consultation_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user::regrole = '{app}'::regrole AND (
       NEW.state IN ('planned', 'open') AND NEW.closes_at <= clock_timestamp()
       OR NEW.state = 'open' AND NEW.opens_at > clock_timestamp()
       OR OLD.state = 'open' AND NEW.state = 'open' AND OLD.closes_at <= clock_timestamp()) THEN
    RAISE EXCEPTION 'a round is opened and made longer within its hours' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER hours BEFORE UPDATE ON forum_consultationround
  FOR EACH ROW EXECUTE FUNCTION app.keep_consultation_hours();

CREATE FUNCTION app.keep_comment_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user::regrole = '{app}'::regrole AND NOT EXISTS (
       SELECT FROM forum_consultationround r WHERE r.id = NEW.round_id AND r.state = 'open'
          AND r.opens_at <= clock_timestamp() AND r.closes_at > clock_timestamp()) THEN
    RAISE EXCEPTION 'one comments while the round is open' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER hours BEFORE INSERT ON forum_consultationcomment
  FOR EACH ROW EXECUTE FUNCTION app.keep_comment_hours();

CREATE FUNCTION app.keep_confirmation_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user::regrole = '{app}'::regrole AND OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL
     AND OLD.asked_at < clock_timestamp() - interval '72 hours' THEN
    RAISE EXCEPTION 'the link has run out' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER hours BEFORE UPDATE ON forum_consultationcontact
  FOR EACH ROW EXECUTE FUNCTION app.keep_confirmation_hours();
"""

TABLES = [
    f"forum_consultation{one}" for one in ("", "round", "clause", "comment", "contact", "response", "hiding")
]
OPEN = [
    Sql(
        f"""CREATE TRIGGER inside_open BEFORE INSERT OR UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION app.require_open_group()"""
    )
    for table in TABLES
]
SIGNED = [
    Sql(
        f"""CREATE TRIGGER inside_sign BEFORE INSERT ON {table}
            FOR EACH ROW EXECUTE FUNCTION app.sign_inside()"""
    )
    for table in (TABLES[0], TABLES[5], TABLES[6])
]


def _filled(table: str, parent: str, column: str) -> Sql:
    return Sql(
        f"""CREATE TRIGGER inside_fill BEFORE INSERT ON {table}
            FOR EACH ROW EXECUTE FUNCTION app.fill_group('{parent}', '{column}')"""
    )


_READS = "(is_public OR app.organisation() IS NOT NULL)"
_LEADS = "a.is_co_lead"


def _round_of(table: str, more: str = "") -> str:
    """Return the condition that the reader sees the round of a row."""
    return f"(SELECT true FROM forum_consultationround r WHERE r.id = {table}.round_id{more})"  # noqa: S608


SECURITY: list[_Statement] = [
    Sql(CONSULTATION),
    Sql(COMMENT),
    Sql(PUBLIC),
    Sql(CLOCK),
    *OPEN,
    *SIGNED,
    _filled(TABLES[1], TABLES[0], "consultation_id"),
    _filled(TABLES[2], TABLES[1], "round_id"),
    _filled(TABLES[3], TABLES[1], "round_id"),
    _filled(TABLES[4], TABLES[3], "comment_id"),
    _filled(TABLES[5], TABLES[3], "comment_id"),
    _filled(TABLES[6], TABLES[3], "comment_id"),
    AppendOnly("forum_consultationhiding"),
    Police(
        "forum_consultation",
        select=f"{inside('forum_consultation')} OR (opened_at IS NOT NULL AND {_READS})",
        insert=inside("forum_consultation", _LEADS),
        update=inside("forum_consultation", _LEADS),
        columns=["title", "summary", "language", "is_public"],
    ),
    Police(
        "forum_consultationround",
        select=f"{inside('forum_consultationround')} OR (state IN ('open', 'closed', 'answered') AND {_READS})",
        insert=inside("forum_consultationround", _LEADS),
        update=inside("forum_consultationround", _LEADS),
        columns=[
            *("note", "note_language", "state", "zone", "opens_at", "closes_at"),
            *("closed_at", "answered_at", "outcome", "outcome_language"),
        ],
    ),
    Police(
        "forum_consultationclause",
        select=f"{inside('forum_consultationclause')} OR {_round_of('forum_consultationclause')}",
        insert=inside("forum_consultationclause", _LEADS),
        update=inside("forum_consultationclause", _LEADS),
        delete=inside("forum_consultationclause", _LEADS),
        columns=["position", "label", "title", "text"],
    ),
    Police(
        "forum_consultationcomment",
        select=f"""state <> 'waiting' AND ({inside("forum_consultationcomment")}
                   OR {_round_of("forum_consultationcomment")})
                   OR (SELECT true FROM forum_consultationcontact k
                        WHERE k.comment_id = forum_consultationcomment.id AND k.token_hash = app.secret())""",  # noqa: S608
        insert=f"""person_id = app.person() AND organisation_id = app.organisation()
                   AND {_round_of("forum_consultationcomment")}""",
    ),
    Police(
        "forum_consultationcontact",
        select=f"""token_hash = app.secret()
                   OR confirmed_at IS NOT NULL AND {inside("forum_consultationcontact", _LEADS)}""",
        update="token_hash = app.secret()",
        columns=["email", "confirmed_at"],
    ),
    Police(
        "forum_consultationresponse",
        select=f"""{inside("forum_consultationresponse")}
                   OR {_round_of("forum_consultationresponse", " AND r.state = 'answered'")}""",
        insert=inside("forum_consultationresponse", _LEADS),
        update=inside("forum_consultationresponse", _LEADS),
        columns=["verdict", "reason", "language", "made_at"],
    ),
    Police(
        "forum_consultationhiding",
        select=inside("forum_consultationhiding", _LEADS),
        insert=inside("forum_consultationhiding", _LEADS),
    ),
]
