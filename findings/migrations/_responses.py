"""What the database holds about calls, commitments, standing positions and introductions, against raw SQL.

Each stays between one customer and the supplier. A customer reads it while it sees the audit as a customer; what it
wrote itself stays visible to it. Who says what, and from where to where a thing moves, is held by the guards.
"""

from ledger.rowsecurity import AppendOnly, Police, Sql, _Statement

OWN = "organisation_id = app.organisation()"
SUPPLIER = "supplier_id = app.organisation()"
CUSTOMER = "customer_id = app.organisation()"


def sees_as_customer(table: str) -> str:
    """Return the condition that the acting organisation is the row's customer and still sees its audit as one."""
    return f"""({CUSTOMER} AND (SELECT true FROM findings_auditaccess a
                 WHERE a.organisation_id = app.organisation() AND a.audit_id = {table}.audit_id
                   AND 'customer' = ANY(a.bases)))"""  # noqa: S608 - names of our own tables


FILL = """
CREATE FUNCTION app.is_customer_of_audit(buyer bigint, audit bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM findings_auditaccess
                  WHERE organisation_id = buyer AND audit_id = audit AND 'customer' = ANY(bases))
$$;
REVOKE ALL ON FUNCTION app.is_customer_of_audit(bigint, bigint) FROM PUBLIC;

-- Owners follow the CAR; nobody chooses them. What is new is about a CAR of a published audit that goes on.
CREATE FUNCTION app.fill_from_live_car() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE car findings_finding; is_published boolean;
BEGIN
  SELECT * INTO car FROM findings_finding WHERE id = NEW.finding_id;
  SELECT published_at IS NOT NULL INTO is_published FROM findings_audit WHERE id = car.audit_id;
  IF car.kind IS DISTINCT FROM 'car' OR NOT is_published OR car.state = 'closed' THEN
    RAISE EXCEPTION 'this belongs to a CAR of a published audit that goes on' USING ERRCODE = 'check_violation';
  END IF;
  NEW.supplier_id := car.supplier_id;
  NEW.audit_id := car.audit_id;
  IF TG_TABLE_NAME = 'findings_introduction' THEN
    IF NEW.state <> 'asking' THEN
      RAISE EXCEPTION 'an introduction begins by asking' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NOT app.is_customer_of_audit(NEW.customer_id, NEW.audit_id) THEN
    RAISE EXCEPTION 'only a customer that sees the audit' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_TABLE_NAME = 'findings_call' THEN
    IF NEW.state <> 'proposed' OR NEW.opened_by_id NOT IN (NEW.supplier_id, NEW.customer_id) THEN
      RAISE EXCEPTION 'a call begins as the proposal of one of its two sides' USING ERRCODE = 'check_violation';
    END IF;
    NEW.waits_for_id := CASE WHEN NEW.opened_by_id = NEW.supplier_id THEN NEW.customer_id ELSE NEW.supplier_id END;
    SELECT timezone INTO NEW.supplier_zone FROM sourcing_site WHERE id = car.site_id;
  ELSIF NEW.state <> 'offered' OR NEW.progress <> 'not_started' THEN
    RAISE EXCEPTION 'a commitment begins as an offer' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_call FOR EACH ROW EXECUTE FUNCTION app.fill_from_live_car();
CREATE TRIGGER fill BEFORE INSERT ON findings_commitment FOR EACH ROW EXECUTE FUNCTION app.fill_from_live_car();
CREATE TRIGGER fill BEFORE INSERT ON findings_introduction FOR EACH ROW EXECUTE FUNCTION app.fill_from_live_car();

CREATE FUNCTION app.fill_from_call() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT supplier_id, customer_id, audit_id INTO NEW.supplier_id, NEW.customer_id, NEW.audit_id
    FROM findings_call WHERE id = NEW.call_id;
  IF NEW.organisation_id NOT IN (NEW.supplier_id, NEW.customer_id) THEN
    RAISE EXCEPTION 'only the two sides of a call speak about it' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_callstep FOR EACH ROW EXECUTE FUNCTION app.fill_from_call();

CREATE FUNCTION app.fill_from_commitment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT supplier_id, customer_id, audit_id INTO NEW.supplier_id, NEW.customer_id, NEW.audit_id
    FROM findings_commitment WHERE id = NEW.commitment_id AND state <> 'withdrawn';
  IF NEW.supplier_id IS NULL THEN
    RAISE EXCEPTION 'a commitment that was taken back stays as it was' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_TABLE_NAME = 'findings_commitmentstep' THEN
    IF NEW.kind IN ('confirmed', 'asked') AND NEW.organisation_id <> NEW.supplier_id
       OR NEW.kind IN ('answered', 'progress', 'withdrawn') AND NEW.organisation_id <> NEW.customer_id THEN
      RAISE EXCEPTION 'the customer speaks of what it does, the supplier of what it received'
        USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_commitmentversion
  FOR EACH ROW EXECUTE FUNCTION app.fill_from_commitment();
CREATE TRIGGER fill BEFORE INSERT ON findings_commitmentstep
  FOR EACH ROW EXECUTE FUNCTION app.fill_from_commitment();

CREATE FUNCTION app.fill_position_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT organisation_id INTO NEW.organisation_id FROM findings_position
   WHERE id = NEW.position_id AND state = 'stated';
  IF NEW.organisation_id IS NULL THEN
    RAISE EXCEPTION 'a position that was withdrawn stays as it was' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_positionversion
  FOR EACH ROW EXECUTE FUNCTION app.fill_position_version();
"""

GUARD = """
CREATE FUNCTION app.guard_call() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE free text[] := ARRAY['state', 'waits_for_id', 'starts_at', 'minutes', 'sequence', 'customer_zone',
                             'changed_at'];
        mine bigint := app.organisation(); proposal findings_callstep;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a call is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free) THEN
    RAISE EXCEPTION 'a call keeps its two sides and its CAR' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.state, NEW.waits_for_id, NEW.starts_at, NEW.minutes) IS NOT DISTINCT FROM
     (OLD.state, OLD.waits_for_id, OLD.starts_at, OLD.minutes) THEN
    RETURN NEW;
  END IF;
  IF NEW.sequence <= OLD.sequence THEN
    RAISE EXCEPTION 'each change of a call is counted' USING ERRCODE = 'check_violation';
  END IF;
  IF mine IS NULL THEN
    RETURN NEW;
  END IF;
  IF NEW.state = 'proposed' THEN
    IF OLD.state NOT IN ('proposed', 'agreed') OR NEW.waits_for_id = mine
       OR NEW.waits_for_id NOT IN (NEW.supplier_id, NEW.customer_id) THEN
      RAISE EXCEPTION 'whoever proposes waits for the other side' USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NEW.state IN ('agreed', 'declined') THEN
    IF OLD.state <> 'proposed' OR OLD.waits_for_id <> mine THEN
      RAISE EXCEPTION 'only the side that was asked answers' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'agreed' THEN
      SELECT * INTO proposal FROM findings_callstep
       WHERE call_id = NEW.id AND kind = 'proposed' ORDER BY id DESC LIMIT 1;
      IF proposal.organisation_id = mine OR NOT EXISTS (
           SELECT FROM jsonb_array_elements_text(proposal.times) t WHERE t::timestamptz = NEW.starts_at) THEN
        RAISE EXCEPTION 'only a time that the other side proposed' USING ERRCODE = 'check_violation';
      END IF;
    END IF;
  ELSIF NEW.state = 'cancelled' AND OLD.state = 'proposed' AND OLD.waits_for_id = mine
        OR OLD.state NOT IN ('proposed', 'agreed') THEN
    RAISE EXCEPTION 'a call cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON findings_call FOR EACH ROW EXECUTE FUNCTION app.guard_call();

CREATE FUNCTION app.guard_commitment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine bigint := app.organisation();
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a commitment is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - ARRAY['state', 'progress']) <> (to_jsonb(OLD) - ARRAY['state', 'progress']) THEN
    RAISE EXCEPTION 'a commitment keeps its two sides and its CAR' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state = 'withdrawn' THEN
    RAISE EXCEPTION 'a commitment that was taken back stays as it was' USING ERRCODE = 'restrict_violation';
  END IF;
  IF mine IS NULL THEN
    RETURN NEW;
  END IF;
  IF NEW.progress <> OLD.progress AND mine <> OLD.customer_id
     OR NEW.state <> OLD.state AND NOT (
       (OLD.state, NEW.state) = ('offered', 'confirmed') AND mine = OLD.supplier_id
       OR NEW.state IN ('offered', 'withdrawn') AND mine = OLD.customer_id) THEN
    RAISE EXCEPTION 'this side cannot take a commitment from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON findings_commitment
  FOR EACH ROW EXECUTE FUNCTION app.guard_commitment();

CREATE FUNCTION app.guard_position() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state = 'withdrawn'
     OR (to_jsonb(NEW) - ARRAY['state', 'withdrawn_at']) <> (to_jsonb(OLD) - ARRAY['state', 'withdrawn_at']) THEN
    RAISE EXCEPTION 'a position is only withdrawn, and that once' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON findings_position FOR EACH ROW EXECUTE FUNCTION app.guard_position();
"""

INTRODUCE = """
CREATE FUNCTION app.fill_introduction_ask() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT finding_id, audit_id, supplier_id INTO NEW.finding_id, NEW.audit_id, NEW.supplier_id
    FROM findings_introduction WHERE id = NEW.introduction_id AND state = 'asking';
  IF NEW.supplier_id IS NULL OR NOT app.is_customer_of_audit(NEW.customer_id, NEW.audit_id) THEN
    RAISE EXCEPTION 'only a customer that sees the audit is asked, while the round is open'
      USING ERRCODE = 'check_violation';
  END IF;
  NEW.closed_at := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_introductionask
  FOR EACH ROW EXECUTE FUNCTION app.fill_introduction_ask();

CREATE FUNCTION app.fill_introduction_answer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE before varchar; round bigint;
BEGIN
  SELECT audit_id, supplier_id, customer_id, introduction_id
    INTO NEW.audit_id, NEW.supplier_id, NEW.customer_id, round
    FROM findings_introductionask WHERE id = NEW.ask_id AND closed_at IS NULL;
  -- The round is locked, so that no answer slips in while it is being completed.
  PERFORM FROM findings_introduction WHERE id = round AND state = 'asking' FOR UPDATE;
  IF NOT FOUND OR NEW.supplier_id IS NULL THEN
    RAISE EXCEPTION 'this introduction is over' USING ERRCODE = 'check_violation';
  END IF;
  SELECT kind INTO before FROM findings_introductionanswer WHERE ask_id = NEW.ask_id ORDER BY id DESC LIMIT 1;
  IF NEW.kind = 'taken_back' AND before IS DISTINCT FROM 'agreed' THEN
    RAISE EXCEPTION 'only a yes is taken back' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_introductionanswer
  FOR EACH ROW EXECUTE FUNCTION app.fill_introduction_answer();

CREATE FUNCTION app.guard_introduction() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE agreed bigint[];
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state <> 'asking'
     OR (to_jsonb(NEW) - ARRAY['state', 'closed_at']) <> (to_jsonb(OLD) - ARRAY['state', 'closed_at']) THEN
    RAISE EXCEPTION 'an introduction is only completed or ended, and that once' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state = 'made' THEN
    SELECT array_agg(last.id) INTO agreed
      FROM (SELECT DISTINCT ON (n.ask_id) n.id, n.kind, n.customer_id, n.audit_id
              FROM findings_introductionanswer n JOIN findings_introductionask k ON k.id = n.ask_id
             WHERE k.introduction_id = NEW.id ORDER BY n.ask_id, n.id DESC) AS last
     WHERE last.kind = 'agreed' AND app.is_customer_of_audit(last.customer_id, last.audit_id);
    IF coalesce(array_length(agreed, 1), 0) < 2 THEN
      RAISE EXCEPTION 'nobody is introduced to nobody: two have to agree' USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO findings_introduced (introduction_id, finding_id, audit_id, supplier_id, customer_id,
                                     other_name, contact_name, contact_email, at)
    SELECT NEW.id, NEW.finding_id, NEW.audit_id, NEW.supplier_id, reader.customer_id,
           o.name, other.contact_name, other.contact_email, NEW.closed_at
      FROM findings_introductionanswer reader
      JOIN findings_introductionanswer other ON other.id = ANY(agreed) AND other.customer_id <> reader.customer_id
      JOIN organisations_organisation o ON o.id = other.customer_id
     WHERE reader.id = ANY(agreed)
     ORDER BY reader.customer_id, o.name;
  END IF;
  IF NEW.state <> 'asking' THEN
    UPDATE findings_introductionask SET closed_at = NEW.closed_at WHERE introduction_id = NEW.id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON findings_introduction
  FOR EACH ROW EXECUTE FUNCTION app.guard_introduction();
"""


def _pair(table: str, *, insert: str, columns: list[str] | None = None) -> Police:
    readers = f"{SUPPLIER} OR {sees_as_customer(table)}"
    return Police(table, select=readers, insert=insert, update=readers if columns else None, columns=columns)


def _words(table: str, *, by_supplier: bool = True) -> Police:
    """Words between the two: their author reads them for ever."""
    speakers = f"({SUPPLIER} OR {sees_as_customer(table)})" if by_supplier else sees_as_customer(table)
    return Police(
        table,
        select=f"{OWN} OR {SUPPLIER} OR {sees_as_customer(table)}",
        insert=f"{OWN} AND {speakers}",
    )


CALL, COMMITMENT = "findings_call", "findings_commitment"
VERSION, ANSWER = "findings_commitmentversion", "findings_introductionanswer"
IS_SUPPLIER_OF_BUYER = """(SELECT true FROM sourcing_tradelink l WHERE l.supplier_id = app.organisation()
    AND l.buyer_id = {table}.organisation_id AND l.state = 'accepted' LIMIT 1)"""


def _position(table: str, columns: list[str] | None = None) -> Police:
    readers = f"{OWN} OR {IS_SUPPLIER_OF_BUYER.replace('{table}', table)}"
    return Police(table, select=readers, insert=OWN, update=OWN if columns else None, columns=columns)


SECURITY: list[_Statement] = [
    Sql(FILL),
    Sql(GUARD),
    Sql(INTRODUCE),
    AppendOnly("findings_callstep"),
    AppendOnly("findings_commitmentversion"),
    AppendOnly("findings_commitmentstep"),
    AppendOnly("findings_positionversion"),
    AppendOnly("findings_introductionanswer"),
    AppendOnly("findings_introduced"),
    _pair(
        CALL,
        insert=f"opened_by_id = app.organisation() AND ({SUPPLIER} OR {sees_as_customer(CALL)})",
        columns=["state", "waits_for_id", "starts_at", "minutes", "sequence", "customer_zone", "changed_at"],
    ),
    _words("findings_callstep"),
    _pair(COMMITMENT, insert=sees_as_customer(COMMITMENT), columns=["state", "progress"]),
    Police(VERSION, select=f"{CUSTOMER} OR {SUPPLIER}", insert=sees_as_customer(VERSION)),
    _words("findings_commitmentstep"),
    _position("findings_position", ["state", "withdrawn_at"]),
    _position("findings_positionversion"),
    Police(
        "findings_introduction",
        select=SUPPLIER,
        insert=SUPPLIER,
        update=SUPPLIER,
        columns=["state", "closed_at"],
    ),
    _pair("findings_introductionask", insert=SUPPLIER),
    Police(ANSWER, select=f"{CUSTOMER} OR {SUPPLIER}", insert=sees_as_customer(ANSWER)),
    Police(
        "findings_introduced",
        select=f"{SUPPLIER} OR {sees_as_customer('findings_introduced')}",
    ),
]
