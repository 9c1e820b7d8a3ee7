"""The functions, triggers and policies of `0004_work`.

A vote comes in through `app.vote` alone: nobody may write papers, votes or running counts, so no statement that the
role app can send gets round one vote per seat, the times of a ballot, or its secrecy.
"""

from forum.migrations._groups import inside, police_inside
from ledger.rowsecurity import AppendOnly, Police, Sql, _Statement

BALLOT = """
CREATE FUNCTION app.guard_ballot() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE free text[] := ARRAY['state', 'withdrawn_at', 'reason', 'reason_language', 'closed_at', 'outcome', 'winner',
  'counts', 'turnout_of', 'turnout_seats', 'turnout_voted', 'turnout_needed', 'person_id'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a ballot is withdrawn, never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'called' THEN
      RAISE EXCEPTION 'a ballot begins with being called' USING ERRCODE = 'check_violation';
    END IF;
    IF app.person() IS NOT NULL AND NEW.closes_at <= clock_timestamp() THEN
      RAISE EXCEPTION 'a ballot closes in the future' USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT count(DISTINCT lower(btrim(one))) FROM unnest(NEW.choices) AS one WHERE btrim(one) <> '')
       <> cardinality(NEW.choices) THEN
      RAISE EXCEPTION 'the choices of a ballot differ' USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT count(DISTINCT one) FROM unnest(NEW.quorum_of) AS one) <> cardinality(NEW.quorum_of)
       OR EXISTS (SELECT FROM unnest(NEW.quorum_least) AS least
                   WHERE least < 1 OR least > 100 AND NEW.quorum_unit = 'percent') THEN
      RAISE EXCEPTION 'a quorum is one number for each constituency' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.person_id IS NOT NULL AND NEW.person_id IS NOT NULL AND NEW.person_id <> OLD.person_id
     OR (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free) THEN
    RAISE EXCEPTION 'what a ballot asks, and how, stays as it was called' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - 'person_id') = (to_jsonb(OLD) - 'person_id') THEN
    RETURN NEW;
  END IF;
  IF OLD.state <> 'called' OR NEW.state = 'called' THEN
    RAISE EXCEPTION 'a result is frozen' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state = 'withdrawn' AND (app.person() IS NULL OR clock_timestamp() >= OLD.closes_at) THEN
    RAISE EXCEPTION 'a co-lead withdraws a ballot before it closes' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'closed' THEN
    IF app.person() IS NOT NULL OR NEW.closed_at < OLD.closes_at THEN
      RAISE EXCEPTION 'time closes a ballot, and nobody else' USING ERRCODE = 'check_violation';
    END IF;
    IF cardinality(NEW.counts) <> cardinality(OLD.choices) + 1 OR (SELECT sum(one) FROM unnest(NEW.counts) AS one)
       <> (SELECT count(*) FROM forum_ballotpaper WHERE ballot_id = OLD.id) THEN
      RAISE EXCEPTION 'every paper is counted, once' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON forum_ballot
  FOR EACH ROW EXECUTE FUNCTION app.guard_ballot();

-- A secret ballot counts in rows that are there before the first vote.
CREATE FUNCTION app.begin_tally() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO forum_ballottally (ballot_id, choice, votes)
  SELECT NEW.id, one, 0 FROM generate_series(0, cardinality(NEW.choices)) AS one;
  RETURN NULL;
END $$;
CREATE TRIGGER begin_tally AFTER INSERT ON forum_ballot FOR EACH ROW WHEN (NEW.is_secret)
  EXECUTE FUNCTION app.begin_tally();

CREATE FUNCTION app.guard_ballot_part() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found text;
BEGIN
  IF TG_OP = 'DELETE' THEN
    SELECT state INTO found FROM forum_ballot WHERE id = OLD.ballot_id;
    IF TG_TABLE_NAME = 'forum_ballottally' AND found <> 'called' THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'what was cast stays cast' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT state INTO found FROM forum_ballot WHERE id = NEW.ballot_id;
  IF found <> 'called' OR pg_trigger_depth() < 2 AND TG_OP = 'INSERT' AND TG_TABLE_NAME = 'forum_ballottally' THEN
    RAISE EXCEPTION 'votes are cast while a ballot is open' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF TG_TABLE_NAME = 'forum_ballottally' THEN
      IF (to_jsonb(NEW) - 'votes') <> (to_jsonb(OLD) - 'votes') OR NEW.votes <> OLD.votes + 1 THEN
        RAISE EXCEPTION 'votes are counted one by one' USING ERRCODE = 'restrict_violation';
      END IF;
    ELSIF (to_jsonb(NEW) - 'by_alternate') <> (to_jsonb(OLD) - 'by_alternate') THEN
      RAISE EXCEPTION 'what was cast stays cast' USING ERRCODE = 'restrict_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON forum_ballotpaper
  FOR EACH ROW EXECUTE FUNCTION app.guard_ballot_part();
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON forum_ballottally
  FOR EACH ROW EXECUTE FUNCTION app.guard_ballot_part();

-- Why the acting person may not vote for this seat in this ballot at that moment; empty when they may.
CREATE FUNCTION app.vote_hindrance(b forum_ballot, s forum_seat, said_at timestamptz) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE sits text;
BEGIN
  IF b.state <> 'called' OR said_at < b.opens_at OR said_at >= b.closes_at
     OR clock_timestamp() < b.opens_at OR clock_timestamp() >= b.closes_at THEN
    RETURN 'votes are cast while a ballot is open';
  END IF;
  SELECT place INTO sits FROM forum_seatholding
   WHERE seat_id = s.id AND person_id = app.person() AND ended_at IS NULL;
  IF sits IS NULL OR s.group_id <> b.group_id OR s.ended_at IS NOT NULL OR s.organisation_id <> app.organisation() THEN
    RETURN 'whoever sits on a seat votes for it';
  END IF;
  IF sits = 'alternate'
     AND EXISTS (SELECT FROM forum_seatholding WHERE seat_id = s.id AND place = 'holder' AND ended_at IS NULL)
     AND NOT EXISTS (SELECT FROM forum_ballothandover
                      WHERE ballot_id = b.id AND seat_id = s.id AND taken_back_at IS NULL) THEN
    RETURN 'an alternate votes in the holder''s place only';
  END IF;
  IF EXISTS (SELECT FROM forum_ballotpaper p JOIN forum_seat other ON other.id = p.seat_id
              WHERE p.ballot_id = b.id AND other.organisation_id = s.organisation_id
                AND (other.id <> s.id OR b.is_secret)) THEN
    RETURN 'this seat has voted';
  END IF;
  RETURN '';
END $$;
REVOKE ALL ON FUNCTION app.vote_hindrance(forum_ballot, forum_seat, timestamptz) FROM PUBLIC;

-- Cast a vote. The ballot is shared with other voters and locked against its closing; the seat is for one at a time.
CREATE FUNCTION app.vote(wanted_ballot bigint, wanted_seat bigint, wanted_choice integer, said_at timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE b forum_ballot; s forum_seat; hindrance text; alternately boolean;
BEGIN
  SELECT * INTO b FROM forum_ballot WHERE id = wanted_ballot AND EXISTS (
    SELECT FROM forum_groupaccess a WHERE a.group_id = forum_ballot.group_id AND a.person_id = app.person()
       AND a.organisation_id = app.organisation() AND NOT a.is_guest) FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the people inside a group vote in it' USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT * INTO s FROM forum_seat WHERE id = wanted_seat FOR NO KEY UPDATE;
  hindrance := app.vote_hindrance(b, s, said_at);
  IF hindrance <> '' THEN
    RAISE EXCEPTION '%', hindrance USING ERRCODE = 'check_violation';
  END IF;
  IF wanted_choice IS NULL OR wanted_choice < 0 OR wanted_choice > cardinality(b.choices) THEN
    RAISE EXCEPTION 'a vote is for one of the choices' USING ERRCODE = 'check_violation';
  END IF;
  alternately := EXISTS (SELECT FROM forum_seatholding WHERE seat_id = s.id AND person_id = app.person()
                            AND place = 'alternate' AND ended_at IS NULL);
  INSERT INTO forum_ballotpaper (ballot_id, group_id, seat_id, constituency, organisation_name, by_alternate)
  VALUES (b.id, b.group_id, s.id, s.constituency, s.organisation_name, alternately)
  ON CONFLICT (ballot_id, seat_id) DO UPDATE SET by_alternate = excluded.by_alternate;
  IF b.is_secret THEN
    UPDATE forum_ballottally SET votes = votes + 1 WHERE ballot_id = b.id AND choice = wanted_choice;
  ELSE
    INSERT INTO forum_ballotvote (ballot_id, seat_id, number, choice, by_alternate, at)
    VALUES (b.id, s.id, 1 + coalesce((SELECT max(number) FROM forum_ballotvote
                                       WHERE ballot_id = b.id AND seat_id = s.id), 0),
            wanted_choice, alternately, said_at);
  END IF;
  IF NOT alternately THEN
    UPDATE forum_ballothandover SET taken_back_at = said_at
     WHERE ballot_id = b.id AND seat_id = s.id AND taken_back_at IS NULL;
  END IF;
END $$;

CREATE FUNCTION app.guard_handover() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE b forum_ballot; s forum_seat; holds boolean; free text[] := ARRAY['taken_back_at', 'person_id'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a vote handed over is taken back, never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND (OLD.taken_back_at IS NOT NULL OR
     (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free)) THEN
    RAISE EXCEPTION 'a vote handed over is taken back, once' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT * INTO b FROM forum_ballot WHERE id = NEW.ballot_id FOR SHARE;
  SELECT * INTO s FROM forum_seat WHERE id = NEW.seat_id FOR NO KEY UPDATE;
  IF app.person() IS NULL OR TG_OP = 'UPDATE' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;
  holds := s.organisation_id = app.organisation() AND EXISTS (
    SELECT FROM forum_seatholding WHERE seat_id = s.id AND person_id = app.person() AND place = 'holder'
       AND ended_at IS NULL);
  IF NOT (holds OR app.leads_group(b.group_id)) THEN
    RAISE EXCEPTION 'the holder hands a vote over, or a co-lead for them' USING ERRCODE = 'check_violation';
  END IF;
  IF b.state <> 'called' OR clock_timestamp() >= b.closes_at THEN
    RAISE EXCEPTION 'votes are handed over before a ballot closes' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    NEW.by_co_lead := NOT holds;
    IF s.group_id <> b.group_id OR s.ended_at IS NOT NULL OR NOT EXISTS (
         SELECT FROM forum_seatholding WHERE seat_id = s.id AND place = 'alternate' AND ended_at IS NULL)
       OR EXISTS (SELECT FROM forum_ballotpaper WHERE ballot_id = b.id AND seat_id = s.id) THEN
      RAISE EXCEPTION 'a vote not yet cast is handed to an alternate' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON forum_ballothandover
  FOR EACH ROW EXECUTE FUNCTION app.guard_handover();
"""

_OWN_OR_CLOSED = """forum_ballotvote.organisation_id = app.organisation()
    OR (SELECT b.state = 'closed' FROM forum_ballot b WHERE b.id = forum_ballotvote.ballot_id)"""
_OF_BALLOT = ("forum_ballot", "ballot_id")

WORK = """
CREATE FUNCTION app.sits_in_group(wanted_seat bigint, wanted_group bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM forum_seatholding h JOIN forum_seat s ON s.id = h.seat_id
                  WHERE s.id = wanted_seat AND s.group_id = wanted_group AND s.ended_at IS NULL
                    AND s.organisation_id = app.organisation() AND h.person_id = app.person() AND h.ended_at IS NULL)
$$;
REVOKE ALL ON FUNCTION app.sits_in_group(bigint, bigint) FROM PUBLIC;

-- An owner may enter the group at the moment they are named; the name is a copy.
CREATE FUNCTION app.guard_group_action_item() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE free text[] := ARRAY['title', 'language', 'owner_id', 'owner_organisation_id', 'owner_name', 'due_on', 'state',
  'ended_at', 'person_id'];
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free)
       OR OLD.state <> 'open' AND (to_jsonb(NEW) - 'person_id') <> (to_jsonb(OLD) - 'person_id') THEN
      RAISE EXCEPTION 'an action item that has ended stays as it is' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.owner_id, NEW.owner_organisation_id) = (OLD.owner_id, OLD.owner_organisation_id) THEN RETURN NEW; END IF;
  END IF;
  IF NOT EXISTS (SELECT FROM forum_groupaccess a WHERE a.group_id = NEW.group_id AND a.person_id = NEW.owner_id
                    AND a.organisation_id = NEW.owner_organisation_id) THEN
    RAISE EXCEPTION 'the owner of an action item is inside the group' USING ERRCODE = 'check_violation';
  END IF;
  NEW.owner_name := coalesce(app.person_called(NEW.owner_id), '');
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON forum_actionitem
  FOR EACH ROW EXECUTE FUNCTION app.guard_group_action_item();

CREATE FUNCTION app.guard_group_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE free text[] := ARRAY['state', 'settled_at', 'person_id']; unanswered bigint; all_of_them bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'proposed' OR NEW.ballot_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM forum_ballot b WHERE b.id = NEW.ballot_id AND b.group_id = NEW.group_id) THEN
      RAISE EXCEPTION 'a decision begins as a proposal of its group' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free) THEN
    RAISE EXCEPTION 'what was proposed stays as it was' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.state, NEW.settled_at) IS NOT DISTINCT FROM (OLD.state, OLD.settled_at) THEN RETURN NEW; END IF;
  SELECT count(*), count(*) FILTER (WHERE answer = '') INTO all_of_them, unanswered
    FROM forum_objection WHERE decision_id = OLD.id;
  IF NOT ((OLD.state, NEW.state) = ('proposed', 'objected') AND all_of_them > 0
          OR (OLD.state, NEW.state) = ('proposed', 'consensus') AND all_of_them = 0
          OR (OLD.state, NEW.state) = ('objected', 'resolved') AND unanswered = 0
          OR OLD.state IN ('proposed', 'objected') AND NEW.state = 'withdrawn') THEN
    RAISE EXCEPTION 'a decision does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF app.person() IS NOT NULL AND NEW.state IN ('consensus', 'resolved') AND NOT app.leads_group(OLD.group_id)
     OR NEW.state = 'withdrawn' AND NOT (app.leads_group(OLD.group_id)
       OR coalesce(OLD.person_id = app.person(), false) AND OLD.organisation_id = app.organisation()) THEN
    RAISE EXCEPTION 'a co-lead says what is decided' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON forum_decision
  FOR EACH ROW EXECUTE FUNCTION app.guard_group_decision();

CREATE FUNCTION app.guard_group_objection() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE free text[] := ARRAY['answer', 'answer_language', 'answered_by_name', 'answered_at', 'person_id']; found text;
BEGIN
  SELECT state INTO found FROM forum_decision WHERE id = NEW.decision_id FOR UPDATE;
  IF found NOT IN ('proposed', 'objected') AND TG_OP = 'INSERT' THEN
    RAISE EXCEPTION 'one objects before a decision is settled' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF app.person() IS NOT NULL AND (NEW.answer <> '' OR NOT app.sits_in_group(NEW.seat_id, NEW.group_id)) THEN
      RAISE EXCEPTION 'whoever sits on a seat objects for it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free)
     OR OLD.answer <> '' AND (to_jsonb(NEW) - 'person_id') <> (to_jsonb(OLD) - 'person_id') THEN
    RAISE EXCEPTION 'an objection and its answer stay as they were said' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.answer <> OLD.answer AND app.person() IS NOT NULL THEN
    NEW.answered_by_name := coalesce(app.person_called(app.person()), '');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER inside_guard BEFORE INSERT OR UPDATE ON forum_objection
  FOR EACH ROW EXECUTE FUNCTION app.guard_group_objection();
"""

SECURITY: list[_Statement] = [
    *police_inside(
        "forum_ballot",
        insert="a.is_co_lead",
        update="a.is_co_lead",
        columns=["state", "withdrawn_at", "reason", "reason_language"],
    ),
    *police_inside("forum_ballotpaper", insert=None, parent=_OF_BALLOT, is_signed=False),
    *police_inside("forum_ballotvote", insert=None, parent=_OF_BALLOT),
    Police("forum_ballotvote", select=inside("forum_ballotvote", _OWN_OR_CLOSED)),
    AppendOnly("forum_ballotvote"),
    Police("forum_ballottally", select="false"),
    *police_inside("forum_ballothandover", update="", columns=["taken_back_at"], parent=_OF_BALLOT),
    Sql(BALLOT),
    *police_inside("forum_project", insert="a.is_co_lead", update="a.is_co_lead", columns=["state"]),
    *police_inside(
        "forum_milestone",
        insert="NOT a.is_guest",
        update="NOT a.is_guest",
        columns=["state", "reached_on"],
        parent=("forum_project", "project_id"),
    ),
    *police_inside("forum_projectupdate", insert="NOT a.is_guest", parent=("forum_project", "project_id")),
    *police_inside(
        "forum_actionitem",
        insert="NOT a.is_guest",
        update="""a.is_co_lead OR forum_actionitem.person_id = app.person()
            OR forum_actionitem.owner_id = app.person()""",
        columns=["title", "language", "owner_id", "owner_organisation_id", "due_on", "state", "ended_at"],
    ),
    *police_inside(
        "forum_decision", insert="NOT a.is_guest", update="NOT a.is_guest", columns=["state", "settled_at"]
    ),
    *police_inside(
        "forum_objection",
        insert="NOT a.is_guest",
        update="a.is_co_lead",
        columns=["answer", "answer_language", "answered_at"],
        parent=("forum_decision", "decision_id"),
    ),
    *police_inside(
        "forum_issue", insert="NOT a.is_guest", update="NOT a.is_guest", columns=["state", "closed_at"]
    ),
    *police_inside("forum_issuenote", insert="NOT a.is_guest", parent=("forum_issue", "issue_id")),
    Sql(WORK),
]
