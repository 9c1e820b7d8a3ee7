"""Serious incidents: the case, who is named in it, and row security by person.

`findings_incident_access_rule` says which person, acting for which organisation, may read a case; triggers keep
`findings_incidentaccess` equal to it, and every policy asks that table. Nothing about a case may stand in a row that a
whole organisation reads: the last triggers here refuse entries, reads, occurrences and renderings that would.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ledger.codes
from ledger import migrating
from ledger.rowsecurity import AppendOnly, Police, Sql

RULE = """
CREATE VIEW findings_incident_access_rule WITH (security_invoker = true) AS
SELECT DISTINCT ON (m.incident_id, p.id, m.organisation_id)
       m.incident_id, p.id AS person_id, m.organisation_id, m.id AS member_id, m.side, m.role,
       (m.agreed_at IS NOT NULL AND m.introduced_at IS NOT NULL) AS is_introduced, m.expires_at
  FROM findings_incidentmember m
  JOIN findings_incident i ON i.id = m.incident_id
  -- Whoever was chosen; or whoever signs in with, or has shown to read mail at, the address that was typed.
  JOIN organisations_person p ON p.is_active
   AND (p.id = m.person_id
        OR m.person_id IS NULL
           AND (p.email = m.email OR EXISTS (SELECT FROM account_emailaddress e
                                              WHERE e.user_id = p.id AND e.verified AND lower(e.email) = m.email)))
  -- ... and is a member of that organisation now.
  JOIN organisations_membership o ON o.person_id = p.id AND o.organisation_id = m.organisation_id AND o.is_active
 WHERE m.ended_at IS NULL
   -- A customer only while its trade link covers the site.
   AND (m.side <> 'customer' OR EXISTS (SELECT FROM sourcing_siteaccess a
                                         WHERE a.organisation_id = m.organisation_id AND a.site_id = i.site_id))
 ORDER BY m.incident_id, p.id, m.organisation_id, (m.person_id IS NULL), m.id;
GRANT SELECT ON findings_incident_access_rule TO {job};
"""

REFRESH = """
CREATE FUNCTION app.refresh_incident_access(incidents bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE incident bigint;
BEGIN
  -- In one order; 4715 is this lock's own name space.
  FOR incident IN SELECT DISTINCT one FROM unnest(incidents) AS one ORDER BY one LOOP
    PERFORM pg_advisory_xact_lock(4715, (incident % 2147483647)::int);
    DELETE FROM findings_incidentaccess a
     WHERE a.incident_id = incident
       AND NOT EXISTS (SELECT FROM findings_incident_access_rule r
                        WHERE r.incident_id = incident AND r.person_id = a.person_id
                          AND r.organisation_id = a.organisation_id);
    INSERT INTO findings_incidentaccess
           (incident_id, person_id, organisation_id, member_id, side, role, is_introduced, expires_at)
    SELECT incident_id, person_id, organisation_id, member_id, side, role, is_introduced, expires_at
      FROM findings_incident_access_rule WHERE incident_id = incident
    ON CONFLICT (incident_id, person_id, organisation_id) DO UPDATE
       SET member_id = excluded.member_id, side = excluded.side, role = excluded.role,
           is_introduced = excluded.is_introduced, expires_at = excluded.expires_at;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION app.refresh_incident_access(bigint[]) FROM PUBLIC;

CREATE FUNCTION app.on_incident_member() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.refresh_incident_access(ARRAY[NEW.incident_id]);
  RETURN NULL;
END $$;
CREATE TRIGGER access AFTER INSERT OR UPDATE ON findings_incidentmember
  FOR EACH ROW EXECUTE FUNCTION app.on_incident_member();

-- Somebody joins or leaves an organisation.
CREATE FUNCTION app.on_member_of_incident() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE organisation bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.organisation_id ELSE NEW.organisation_id END;
BEGIN
  PERFORM app.refresh_incident_access(ARRAY(
    SELECT incident_id FROM findings_incidentmember WHERE organisation_id = organisation AND ended_at IS NULL));
  RETURN NULL;
END $$;
CREATE TRIGGER incident_access AFTER INSERT OR UPDATE OR DELETE ON organisations_membership
  FOR EACH ROW EXECUTE FUNCTION app.on_member_of_incident();

-- Somebody shows to read mail at an address, or is shut out.
CREATE FUNCTION app.on_address_of_incident() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE person bigint;
BEGIN
  IF TG_TABLE_NAME = 'organisations_person' THEN
    person := NEW.id;
  ELSE
    person := CASE WHEN TG_OP = 'DELETE' THEN OLD.user_id ELSE NEW.user_id END;
  END IF;
  PERFORM app.refresh_incident_access(ARRAY(
    SELECT m.incident_id FROM findings_incidentmember m
      JOIN organisations_membership o ON o.organisation_id = m.organisation_id AND o.person_id = person
     WHERE m.ended_at IS NULL));
  RETURN NULL;
END $$;
CREATE TRIGGER incident_access AFTER INSERT OR UPDATE OR DELETE ON account_emailaddress
  FOR EACH ROW EXECUTE FUNCTION app.on_address_of_incident();
CREATE TRIGGER incident_access AFTER UPDATE OF email, is_active ON organisations_person FOR EACH ROW
  WHEN (OLD.email IS DISTINCT FROM NEW.email OR OLD.is_active IS DISTINCT FROM NEW.is_active)
  EXECUTE FUNCTION app.on_address_of_incident();

-- A trade link begins or ends.
CREATE FUNCTION app.on_site_of_incident() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.refresh_incident_access(ARRAY(
    SELECT i.id FROM findings_incident i JOIN changed c ON c.site_id = i.site_id));
  RETURN NULL;
END $$;
CREATE TRIGGER incidents_on_insert AFTER INSERT ON sourcing_siteaccess REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_site_of_incident();
CREATE TRIGGER incidents_on_delete AFTER DELETE ON sourcing_siteaccess REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_site_of_incident();
"""

# Who acts in a case, as the guards need it; nobody for the system, which acts for no person.
ACTING = """
CREATE FUNCTION app.acting_in_incident(wanted bigint) RETURNS findings_incidentaccess
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT * FROM findings_incidentaccess a
   WHERE a.incident_id = wanted AND a.person_id = app.person() AND a.organisation_id = app.organisation()
     AND (a.expires_at IS NULL OR a.expires_at > now())
$$;
REVOKE ALL ON FUNCTION app.acting_in_incident(bigint) FROM PUBLIC;
"""

GUARD_INCIDENT = """
CREATE FUNCTION app.audits_site(firm bigint, site bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM findings_audit a WHERE a.audit_firm_id = firm AND a.site_id = site)
      OR EXISTS (SELECT FROM sourcing_siteaccess a WHERE a.organisation_id = firm AND a.site_id = site
                    AND 'audit_firm' = ANY(a.bases))
$$;
REVOKE ALL ON FUNCTION app.audits_site(bigint, bigint) FROM PUBLIC;

CREATE FUNCTION app.fill_incident() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE site sourcing_site;
BEGIN
  SELECT * INTO site FROM sourcing_site WHERE id = NEW.site_id;
  IF NEW.opened_for_id <> site.organisation_id AND NOT app.audits_site(NEW.opened_for_id, site.id) THEN
    RAISE EXCEPTION 'the supplier or an auditor of the site opens a case' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.finding_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM findings_finding f JOIN findings_audit a ON a.id = f.audit_id
        WHERE f.id = NEW.finding_id AND a.site_id = site.id
          AND NEW.opened_for_id IN (site.organisation_id, a.audit_firm_id)) THEN
    RAISE EXCEPTION 'a case comes from a finding at its site' USING ERRCODE = 'check_violation';
  END IF;
  NEW.supplier_id := site.organisation_id;
  NEW.supplier_name := (SELECT name FROM organisations_organisation WHERE id = site.organisation_id);
  NEW.site_name := site.name;
  NEW.site_country := site.country;
  NEW.state := 'reported'; NEW.closed_at := NULL; NEW.reopened_at := NULL;
  NEW.opener_named_at := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_incident FOR EACH ROW EXECUTE FUNCTION app.fill_incident();

CREATE FUNCTION app.name_opener() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO findings_incidentmember
         (code, incident_id, organisation_id, side, role, person_id, email, person_name, organisation_name,
          named_by_id, named_at, joined_at)
  VALUES (upper(substr(md5(gen_random_uuid()::text), 1, 10)), NEW.id, NEW.opened_for_id, 'site', 'lead',
          NEW.opened_by_id, '', '', '', NEW.opened_by_id, NEW.opened_at, NEW.opened_at);
  -- Until here the policy knows the opener by this being empty; from here on by being named, like everyone.
  UPDATE findings_incident SET opener_named_at = NEW.opened_at WHERE id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER name_opener AFTER INSERT ON findings_incident FOR EACH ROW EXECUTE FUNCTION app.name_opener();

CREATE FUNCTION app.guard_incident() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE actor findings_incidentaccess := app.acting_in_incident(OLD.id);
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a case is closed, never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.opener_named_at IS NULL AND pg_trigger_depth() > 1 THEN
    RETURN NEW;
  END IF;
  IF (to_jsonb(NEW) - ARRAY['state', 'closed_at', 'reopened_at'])
     <> (to_jsonb(OLD) - ARRAY['state', 'closed_at', 'reopened_at']) THEN
    RAISE EXCEPTION 'what a case says stays as it was written' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (OLD.state, NEW.state) NOT IN
     (('reported', 'acting'), ('reported', 'closed'), ('acting', 'closed'), ('closed', 'acting')) THEN
    RAISE EXCEPTION 'a case does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF 'closed' IN (OLD.state, NEW.state) AND app.person() IS NOT NULL AND actor.role IS DISTINCT FROM 'lead' THEN
    RAISE EXCEPTION 'whoever leads a case closes it and opens it again' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'closed' AND NOT EXISTS (
       SELECT FROM findings_incidentreport r
        WHERE r.incident_id = NEW.id AND r.written_at >= coalesce(OLD.reopened_at, OLD.opened_at)) THEN
    RAISE EXCEPTION 'a case closes with a report' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON findings_incident
  FOR EACH ROW EXECUTE FUNCTION app.guard_incident();
"""

GUARD_MEMBER = """
CREATE FUNCTION app.fill_incident_member() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  incident findings_incident;
  actor findings_incidentaccess := app.acting_in_incident(NEW.incident_id);
  is_opener boolean;
BEGIN
  SELECT * INTO incident FROM findings_incident WHERE id = NEW.incident_id;
  is_opener := NEW.person_id = incident.opened_by_id AND NEW.organisation_id = incident.opened_for_id
               AND NOT EXISTS (SELECT FROM findings_incidentmember WHERE incident_id = incident.id);
  NEW.side := CASE
    WHEN NEW.organisation_id = incident.supplier_id THEN 'site'
    WHEN EXISTS (SELECT FROM sourcing_siteaccess a WHERE a.organisation_id = NEW.organisation_id
                    AND a.site_id = incident.site_id AND 'customer' = ANY(a.bases)) THEN 'customer'
    WHEN app.audits_site(NEW.organisation_id, incident.site_id) THEN 'firm'
    ELSE 'outside' END;
  IF NEW.role = 'lead' AND NEW.side <> 'site' AND NOT coalesce(is_opener, false) THEN
    RAISE EXCEPTION 'the supplier leads a case' USING ERRCODE = 'check_violation';
  END IF;
  IF app.person() IS NOT NULL AND NOT coalesce(is_opener, false) THEN
    -- Which customers are told is the supplier's choice alone.
    IF actor.role IS DISTINCT FROM 'lead'
       OR actor.side <> 'site' AND NEW.side <> 'site' AND NEW.organisation_id <> app.organisation() THEN
      RAISE EXCEPTION 'whoever leads a case for the supplier names people' USING ERRCODE = 'check_violation';
    END IF;
    NEW.joined_at := NULL; NEW.agreed_at := NULL; NEW.introduced_at := NULL; NEW.ended_at := NULL;
    NEW.named_by_id := app.person();
    NEW.expires_at := CASE WHEN NEW.person_id IS NULL THEN now() + interval '7 days' END;
    IF NEW.person_id IS NOT NULL AND NEW.organisation_id <> app.organisation() THEN
      RAISE EXCEPTION 'people elsewhere are named by address' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF NEW.person_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM organisations_membership WHERE person_id = NEW.person_id
          AND organisation_id = NEW.organisation_id AND is_active) THEN
    RAISE EXCEPTION 'a named person is a member of their organisation' USING ERRCODE = 'check_violation';
  END IF;
  NEW.email := lower(btrim(NEW.email));
  NEW.person_name := coalesce((SELECT coalesce(nullif(name, ''), email) FROM organisations_person
                                WHERE id = NEW.person_id), '');
  NEW.organisation_name := coalesce((SELECT name FROM organisations_organisation WHERE id = NEW.organisation_id), '');
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_incidentmember
  FOR EACH ROW EXECUTE FUNCTION app.fill_incident_member();

CREATE FUNCTION app.guard_incident_member() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  actor findings_incidentaccess := app.acting_in_incident(OLD.incident_id);
  is_own boolean := actor.member_id = OLD.id;
  leads boolean := actor.role = 'lead' AND (actor.side = 'site' OR OLD.organisation_id = app.organisation());
  fixed text[] := ARRAY['role', 'person_id', 'person_name', 'expires_at', 'joined_at', 'agreed_at',
                        'introduced_at', 'ended_at'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'naming is ended, never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - fixed) <> (to_jsonb(OLD) - fixed) OR OLD.ended_at IS NOT NULL THEN
    RAISE EXCEPTION 'naming changes by ending it, once' USING ERRCODE = 'restrict_violation';
  END IF;
  IF app.person() IS NOT NULL THEN
    IF (NEW.person_id, NEW.joined_at, NEW.agreed_at) IS DISTINCT FROM (OLD.person_id, OLD.joined_at, OLD.agreed_at)
       AND NOT coalesce(is_own, false)
       OR NEW.person_id IS DISTINCT FROM OLD.person_id AND NEW.person_id <> app.person() THEN
      RAISE EXCEPTION 'only a named person opens and agrees' USING ERRCODE = 'check_violation';
    END IF;
    -- When whoever led it has left the organisation, somebody of the supplier who works on it takes the lead.
    leads := coalesce(leads, false) OR coalesce(is_own AND actor.side = 'site' AND actor.role = 'member', false)
      AND NEW.role = 'lead' AND NOT EXISTS (
        SELECT FROM findings_incidentaccess WHERE incident_id = OLD.incident_id AND role = 'lead');
    IF NEW.role <> OLD.role AND NOT coalesce(leads, false)
       OR NEW.introduced_at IS DISTINCT FROM OLD.introduced_at
          AND NOT coalesce(actor.role = 'lead' AND actor.side = 'site', false)
       OR NEW.ended_at IS NOT NULL AND NOT coalesce(leads OR is_own, false) THEN
      RAISE EXCEPTION 'only whoever leads a case changes who is named' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF NEW.role = 'lead' AND OLD.role <> 'lead' AND NEW.side <> 'site' THEN
    RAISE EXCEPTION 'the supplier leads a case' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.role = 'lead' AND (NEW.role <> 'lead' OR NEW.ended_at IS NOT NULL) AND NOT EXISTS (
       SELECT FROM findings_incidentmember
        WHERE incident_id = OLD.incident_id AND id <> OLD.id AND role = 'lead' AND ended_at IS NULL
          AND joined_at IS NOT NULL) THEN
    RAISE EXCEPTION 'somebody leads a case' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.person_id IS DISTINCT FROM OLD.person_id THEN
    NEW.expires_at := NULL;
    NEW.person_name := (SELECT coalesce(nullif(name, ''), email) FROM organisations_person WHERE id = NEW.person_id);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON findings_incidentmember
  FOR EACH ROW EXECUTE FUNCTION app.guard_incident_member();
"""

GUARD_WORK = """
CREATE FUNCTION app.require_open_incident(wanted bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM findings_incident WHERE id = wanted AND state = 'closed') THEN
    RAISE EXCEPTION 'a closed case is opened again first' USING ERRCODE = 'check_violation';
  END IF;
END $$;
REVOKE ALL ON FUNCTION app.require_open_incident(bigint) FROM PUBLIC;

CREATE FUNCTION app.fill_incident_step() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  actor findings_incidentaccess := app.acting_in_incident(NEW.incident_id);
  author findings_incidentmember;
BEGIN
  IF app.person() IS NOT NULL THEN
    NEW.member_id := actor.member_id;
  END IF;
  SELECT * INTO author FROM findings_incidentmember WHERE id = NEW.member_id AND incident_id = NEW.incident_id;
  IF author.id IS NULL THEN
    RAISE EXCEPTION 'a step is written by a named person' USING ERRCODE = 'check_violation';
  END IF;
  IF author.side <> 'site' AND (NEW.audience <> 'one' OR NEW.organisation_id <> author.organisation_id) THEN
    RAISE EXCEPTION 'only the supplier writes to everyone' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.organisation_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM findings_incidentmember
        WHERE incident_id = NEW.incident_id AND organisation_id = NEW.organisation_id AND side <> 'site') THEN
    RAISE EXCEPTION 'an organisation of this case' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kind NOT IN ('state', 'people') THEN
    PERFORM app.require_open_incident(NEW.incident_id);
  END IF;
  IF NEW.document_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM documents_document
        WHERE id = NEW.document_id AND incident_id = NEW.incident_id AND uploaded_by_id = author.person_id) THEN
    RAISE EXCEPTION 'a file of this case' USING ERRCODE = 'check_violation';
  END IF;
  NEW.author_name := author.person_name;
  NEW.author_organisation := author.organisation_name;
  NEW.organisation_name := coalesce((SELECT name FROM organisations_organisation WHERE id = NEW.organisation_id), '');
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_incidentstep FOR EACH ROW EXECUTE FUNCTION app.fill_incident_step();

CREATE FUNCTION app.fill_incident_task() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  actor findings_incidentaccess := app.acting_in_incident(NEW.incident_id);
  owner findings_incidentmember;
BEGIN
  SELECT * INTO owner FROM findings_incidentmember
   WHERE id = NEW.owner_id AND incident_id = NEW.incident_id AND ended_at IS NULL;
  IF owner.id IS NULL OR app.person() IS NOT NULL
     AND NOT coalesce(actor.side = 'site' OR owner.organisation_id = app.organisation(), false) THEN
    RAISE EXCEPTION 'a task is given by the supplier or a colleague' USING ERRCODE = 'check_violation';
  END IF;
  PERFORM app.require_open_incident(NEW.incident_id);
  NEW.organisation_id := CASE WHEN owner.side <> 'site' THEN owner.organisation_id END;
  NEW.owner_name := coalesce(nullif(owner.person_name, ''), owner.email);
  NEW.set_by_id := coalesce(app.person(), NEW.set_by_id);
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_incidenttask FOR EACH ROW EXECUTE FUNCTION app.fill_incident_task();

CREATE FUNCTION app.guard_incident_task() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE actor findings_incidentaccess := app.acting_in_incident(OLD.incident_id);
BEGIN
  IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - ARRAY['done_at', 'outcome']) <> (to_jsonb(OLD) - ARRAY['done_at', 'outcome'])
     OR OLD.done_at IS NOT NULL THEN
    RAISE EXCEPTION 'a task changes by being done, once' USING ERRCODE = 'restrict_violation';
  END IF;
  IF app.person() IS NOT NULL AND NOT coalesce(actor.member_id = OLD.owner_id OR actor.side = 'site', false) THEN
    RAISE EXCEPTION 'its owner or the supplier says that a task is done' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON findings_incidenttask
  FOR EACH ROW EXECUTE FUNCTION app.guard_incident_task();

CREATE FUNCTION app.fill_incident_demand() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  actor findings_incidentaccess := app.acting_in_incident(NEW.incident_id);
  asker findings_incidentmember;
BEGIN
  IF app.person() IS NOT NULL THEN
    NEW.member_id := actor.member_id;
    NEW.task_id := NULL; NEW.answer := ''; NEW.answered_at := NULL;
  END IF;
  SELECT * INTO asker FROM findings_incidentmember WHERE id = NEW.member_id AND incident_id = NEW.incident_id;
  IF asker.id IS NULL OR asker.side = 'site' THEN
    RAISE EXCEPTION 'others ask the supplier' USING ERRCODE = 'check_violation';
  END IF;
  PERFORM app.require_open_incident(NEW.incident_id);
  NEW.organisation_id := asker.organisation_id;
  NEW.organisation_name := asker.organisation_name;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_incidentdemand
  FOR EACH ROW EXECUTE FUNCTION app.fill_incident_demand();

CREATE FUNCTION app.guard_incident_demand() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE free text[] := ARRAY['task_id', 'answer', 'answer_language', 'answered_at'];
BEGIN
  IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free) OR OLD.answered_at IS NOT NULL THEN
    RAISE EXCEPTION 'a request is answered, once' USING ERRCODE = 'restrict_violation';
  END IF;
  -- The asker reads the task, so it is a shared one or the asker's own.
  IF NEW.task_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM findings_incidenttask t WHERE t.id = NEW.task_id AND t.incident_id = OLD.incident_id
          AND (t.organisation_id IS NULL OR t.organisation_id = OLD.organisation_id)) THEN
    RAISE EXCEPTION 'a task that the asker can read' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON findings_incidentdemand
  FOR EACH ROW EXECUTE FUNCTION app.guard_incident_demand();

CREATE FUNCTION app.fill_incident_report() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE actor findings_incidentaccess := app.acting_in_incident(NEW.incident_id);
BEGIN
  IF app.person() IS NOT NULL THEN
    NEW.member_id := actor.member_id;
  END IF;
  PERFORM app.require_open_incident(NEW.incident_id);
  NEW.author_name := (SELECT person_name FROM findings_incidentmember
                       WHERE id = NEW.member_id AND incident_id = NEW.incident_id AND role = 'lead');
  NEW.number := 1 + (SELECT count(*) FROM findings_incidentreport WHERE incident_id = NEW.incident_id);
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_incidentreport
  FOR EACH ROW EXECUTE FUNCTION app.fill_incident_report();
"""

# Activity, read log, what is due and files in the making are read by whole organisations.
NO_TRACE = """
CREATE FUNCTION app.refuse_trace_of_incident() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'nothing about a case stands where an organisation reads' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER no_trace_of_incidents BEFORE INSERT OR UPDATE ON ledger_entry FOR EACH ROW
  WHEN (NEW.subject_kind LIKE 'findings.incident%' AND (NEW.organisation_id IS NOT NULL OR NEW.owner_id IS NOT NULL))
  EXECUTE FUNCTION app.refuse_trace_of_incident();
CREATE TRIGGER no_trace_of_incidents BEFORE INSERT OR UPDATE ON ledger_readlog FOR EACH ROW
  WHEN (NEW.subject_kind LIKE 'findings.incident%') EXECUTE FUNCTION app.refuse_trace_of_incident();
CREATE TRIGGER no_trace_of_incidents BEFORE INSERT OR UPDATE ON ledger_occurrence FOR EACH ROW
  WHEN (NEW.subject_kind LIKE 'findings.incident%' AND NEW.organisation_id IS NOT NULL)
  EXECUTE FUNCTION app.refuse_trace_of_incident();
"""


def named(incident: str, more: str = "") -> str:
    """Return the scalar subquery that asks whether the acting person is named in a case.

    They are named for the organisation that they act for; `more` narrows it by their own row `n`.
    """
    return f"""(SELECT true FROM findings_incidentaccess n
        WHERE n.incident_id = {incident} AND n.person_id = app.person() AND n.organisation_id = app.organisation()
          AND (n.expires_at IS NULL OR n.expires_at > now()){" AND " + more if more else ""})"""  # noqa: S608


LEADS, WRITES = "n.role = 'lead'", "n.role <> 'reader'"


class Migration(migrating.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("documents", "0002_audit"),
        ("ledger", "0006_own_entries"),
        ("sourcing", "0005_own_access"),
        ("findings", "0017_plan_work"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("fees", "Workers paid fees for their job, and nobody plans to pay them back"),
                            ("child", "A child works here"),
                            ("abuse", "Other grave harm to people"),
                        ],
                        max_length=10,
                        verbose_name="what kind",
                    ),
                ),
                ("supplier_name", models.CharField(editable=False, max_length=200, verbose_name="supplier")),
                ("site_name", models.CharField(editable=False, max_length=250, verbose_name="site")),
                ("site_country", models.CharField(blank=True, editable=False, max_length=2, verbose_name="country of the site")),
                ("what_happened", models.TextField(max_length=5000, verbose_name="what happened")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                (
                    "state",
                    models.CharField(
                        choices=[("reported", "Reported"), ("acting", "Being acted on"), ("closed", "Closed")],
                        default="reported",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                ("reopened_at", models.DateTimeField(blank=True, null=True, verbose_name="opened again")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("opener_named_at", models.DateTimeField(editable=False, null=True)),
                (
                    "finding",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.finding", verbose_name="finding"
                    ),
                ),
                ("opened_by", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "opened_for",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sourcing.site", verbose_name="site")),
                ("supplier", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
                "indexes": [models.Index(fields=["site"], name="incident_by_site")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", False), ("state", "closed")),
                            models.Q(models.Q(("state", "closed"), _negated=True), ("closed_at", None)),
                            _connector="OR",
                        ),
                        name="incident_closed_has_a_time",
                    ),
                    models.CheckConstraint(condition=models.Q(("what_happened", ""), _negated=True), name="incident_says_what_happened"),
                ],
            },
        ),
        migrations.CreateModel(
            name="IncidentMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                (
                    "side",
                    models.CharField(
                        choices=[("site", "Supplier"), ("customer", "Customer"), ("firm", "Audit firm"), ("outside", "Helper from outside")],
                        editable=False,
                        max_length=10,
                        verbose_name="side",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("lead", "Leads the case"), ("member", "Works on it"), ("reader", "Reads only")], max_length=10, verbose_name="role"
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail address")),
                ("person_name", models.CharField(blank=True, editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(editable=False, max_length=200, verbose_name="organisation")),
                ("named_at", models.DateTimeField(verbose_name="named")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="can be opened until")),
                ("joined_at", models.DateTimeField(blank=True, null=True, verbose_name="opened it")),
                ("agreed_at", models.DateTimeField(blank=True, null=True, verbose_name="agreed to be introduced")),
                ("introduced_at", models.DateTimeField(blank=True, null=True, verbose_name="introduced")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("incident", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="members", to="findings.incident")),
                ("named_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "person",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "verbose_name": "named person",
                "verbose_name_plural": "named people",
                "indexes": [models.Index(fields=["organisation"], name="incident_member_of"), models.Index(fields=["email"], name="incident_member_by_email")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("person__isnull", False)),
                        fields=("incident", "organisation", "person"),
                        name="incident_names_a_person_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), models.Q(("email", ""), _negated=True)),
                        fields=("incident", "organisation", "email"),
                        name="incident_names_an_address_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("person__isnull", False), models.Q(("email", ""), _negated=True), _connector="OR"),
                        name="incident_member_is_a_person_or_an_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("expires_at__isnull", False), ("joined_at", None), ("person", None)),
                            models.Q(("expires_at", None), ("person__isnull", False)),
                            _connector="OR",
                        ),
                        name="incident_address_waits_for_a_while",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IncidentAccess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "side",
                    models.CharField(
                        choices=[("site", "Supplier"), ("customer", "Customer"), ("firm", "Audit firm"), ("outside", "Helper from outside")], max_length=10
                    ),
                ),
                ("role", models.CharField(choices=[("lead", "Leads the case"), ("member", "Works on it"), ("reader", "Reads only")], max_length=10)),
                ("is_introduced", models.BooleanField(default=False)),
                ("expires_at", models.DateTimeField(null=True)),
                ("incident", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="access", to="findings.incident")),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organisations.organisation")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("member", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="access", to="findings.incidentmember")),
            ],
            options={
                "indexes": [models.Index(fields=["person", "organisation"], name="incident_access_of_person")],
                "constraints": [models.UniqueConstraint(fields=("incident", "person", "organisation"), name="incident_access_once_per_person")],
            },
        ),
        migrations.CreateModel(
            name="IncidentTask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("what", models.TextField(max_length=1000, verbose_name="what is to be done")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("owner_name", models.CharField(editable=False, max_length=254)),
                ("due_on", models.DateField(verbose_name="by when")),
                ("set_at", models.DateTimeField(verbose_name="set")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done")),
                ("outcome", models.TextField(blank=True, max_length=1000, verbose_name="what came of it")),
                ("incident", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="tasks", to="findings.incident")),
                (
                    "organisation",
                    models.ForeignKey(
                        editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="findings.incidentmember", verbose_name="who"),
                ),
                ("set_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "task",
                "verbose_name_plural": "tasks",
                "constraints": [models.CheckConstraint(condition=models.Q(("what", ""), _negated=True), name="incident_task_says_what")],
            },
        ),
        migrations.CreateModel(
            name="IncidentDemand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("organisation_name", models.CharField(editable=False, max_length=200)),
                ("text", models.TextField(max_length=2000, verbose_name="what you ask for")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("answer", models.TextField(blank=True, max_length=2000, verbose_name="answer")),
                ("answer_language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                ("incident", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="demands", to="findings.incident")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "member",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="demands", to="findings.incidentmember"),
                ),
                (
                    "task",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="demands",
                        to="findings.incidenttask",
                        verbose_name="task",
                    ),
                ),
            ],
            options={
                "verbose_name": "request",
                "verbose_name_plural": "requests",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="incident_demand_says_what"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None), ("task", None)),
                            models.Q(
                                ("answered_at__isnull", False), models.Q(("task__isnull", False), models.Q(("answer", ""), _negated=True), _connector="OR")
                            ),
                            _connector="OR",
                        ),
                        name="incident_demand_answered_by_words_or_task",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IncidentRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="day")),
                ("incident", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="reads", to="findings.incident")),
                ("member", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="reads", to="findings.incidentmember")),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organisations.organisation")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("incident", "member", "on"), name="incident_read_once_a_day")]},
        ),
        migrations.CreateModel(
            name="IncidentReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(editable=False)),
                ("what_was_done", models.TextField(max_length=10000, verbose_name="what was done for the people harmed")),
                ("what_changes", models.TextField(max_length=10000, verbose_name="what changes, so that it does not happen again")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("author_name", models.CharField(editable=False, max_length=254)),
                ("written_at", models.DateTimeField(verbose_name="written")),
                ("incident", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="reports", to="findings.incident")),
                (
                    "member",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="findings.incidentmember"),
                ),
            ],
            options={
                "verbose_name": "closing report",
                "verbose_name_plural": "closing reports",
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "number"), name="incident_report_number"),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("what_was_done", ""), _negated=True), models.Q(("what_changes", ""), _negated=True)),
                        name="incident_report_says_both",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IncidentStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opened", "Case opened"),
                            ("safety", "Safety of people"),
                            ("done", "Done"),
                            ("word", "Message"),
                            ("people", "People"),
                            ("state", "Case"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("first_step", models.CharField(blank=True, max_length=30, verbose_name="first step")),
                ("text", models.TextField(max_length=5000, verbose_name="what was done")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("all", "Everyone named in this case"),
                            ("site", "Named people of the supplier"),
                            ("one", "The supplier and one organisation"),
                        ],
                        max_length=5,
                        verbose_name="who reads it",
                    ),
                ),
                ("organisation_name", models.CharField(blank=True, editable=False, max_length=200)),
                ("author_name", models.CharField(editable=False, max_length=254)),
                ("author_organisation", models.CharField(editable=False, max_length=200)),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "document",
                    models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.document"),
                ),
                ("incident", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="findings.incident")),
                ("member", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="findings.incidentmember")),
                (
                    "organisation",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
            ],
            options={
                "verbose_name": "step",
                "verbose_name_plural": "steps",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("first_step", ""), _negated=True), fields=("incident", "first_step"), name="incident_first_step_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("audience", "one"), ("organisation__isnull", False)),
                            models.Q(models.Q(("audience", "one"), _negated=True), ("organisation", None)),
                            _connector="OR",
                        ),
                        name="incident_step_with_one_names_it",
                    ),
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="incident_step_says_something"),
                ],
            },
        ),
        Police("findings_incidentaccess", select="person_id = app.person() AND organisation_id = app.organisation()"),
        Police(
            "findings_incident",
            select=f"""{named("findings_incident.id")}
                OR (opener_named_at IS NULL AND opened_by_id = app.person()
                    AND opened_for_id = app.organisation())""",
            insert="opened_by_id = app.person() AND opened_for_id = app.organisation()",
            update=named("findings_incident.id", WRITES),
            columns=["state", "closed_at", "reopened_at"],
        ),
        Police(
            "findings_incidentmember",
            # The supplier's people see everyone; everyone sees them; customers never see each other unless
            # each agreed and was introduced.
            select=named(
                "findings_incidentmember.incident_id",
                """(n.side = 'site' OR findings_incidentmember.side = 'site'
                    OR findings_incidentmember.organisation_id = n.organisation_id
                    OR n.is_introduced AND findings_incidentmember.agreed_at IS NOT NULL
                       AND findings_incidentmember.introduced_at IS NOT NULL)""",
            ),
            insert=named("findings_incidentmember.incident_id", LEADS),
            update=named("findings_incidentmember.incident_id", f"({LEADS} OR n.member_id = findings_incidentmember.id)"),
            columns=["role", "person_id", "joined_at", "agreed_at", "introduced_at", "ended_at"],
        ),
        Police(
            "findings_incidentstep",
            select=named(
                "findings_incidentstep.incident_id",
                """(n.side = 'site' OR findings_incidentstep.audience = 'all'
                    OR findings_incidentstep.organisation_id = n.organisation_id)""",
            ),
            insert=named("findings_incidentstep.incident_id", WRITES),
        ),
        Police(
            "findings_incidenttask",
            select=named(
                "findings_incidenttask.incident_id",
                """(n.side = 'site' OR findings_incidenttask.organisation_id IS NULL
                    OR findings_incidenttask.organisation_id = n.organisation_id)""",
            ),
            insert=named("findings_incidenttask.incident_id", WRITES),
            update=named("findings_incidenttask.incident_id", WRITES),
            columns=["done_at", "outcome"],
        ),
        Police(
            "findings_incidentdemand",
            select=named("findings_incidentdemand.incident_id", "(n.side = 'site' OR findings_incidentdemand.organisation_id = n.organisation_id)"),
            insert=named("findings_incidentdemand.incident_id", f"{WRITES} AND n.side <> 'site'"),
            update=named("findings_incidentdemand.incident_id", f"{WRITES} AND n.side = 'site'"),
            columns=["task_id", "answer", "answer_language", "answered_at"],
        ),
        Police("findings_incidentreport", select=named("findings_incidentreport.incident_id"), insert=named("findings_incidentreport.incident_id", LEADS)),
        Police(
            "findings_incidentread",
            select=named("findings_incidentread.incident_id", "(n.side = 'site' OR findings_incidentread.person_id = n.person_id)"),
            insert=named(
                "findings_incidentread.incident_id", "findings_incidentread.person_id = n.person_id AND findings_incidentread.member_id = n.member_id"
            ),
        ),
        AppendOnly("findings_incidentstep"),
        AppendOnly("findings_incidentreport"),
        AppendOnly("findings_incidentread"),
        Sql(RULE),
        Sql(REFRESH),
        Sql(ACTING),
        Sql(GUARD_INCIDENT),
        Sql(GUARD_MEMBER),
        Sql(GUARD_WORK),
        Sql(NO_TRACE),
    ]
