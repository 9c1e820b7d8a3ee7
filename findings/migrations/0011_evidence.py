"""Where evidence is attached and who sees it there; and one side asking the other for some.

The simplest model that leaks nothing: attaching copies what others may know onto a row of its own, and says for whom:

- `audit`: everyone who sees the audit. Only the supplier and the audit firm of record attach like this.
- `pair`: the owner and one counterpart, while that one sees the audit. Whatever two organisations say to each other.
- `owner`: nobody else.

Nobody but its owner ever reads `sourcing_evidence`. The bytes follow the rows: a file is open to whoever sees a use
that names it (`documents_document` below), so ending a trade link closes the files with the audit. An exceptional share
opens what is attached to plans and reports, as it opens those. A use is append-only once its audit has left the firm's
hands; only `retired_at` follows the evidence. What shows workers is attached to nothing that others see.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ledger.codes
from ledger import migrating
from ledger.rowsecurity import Police, Sql

FILL = """
-- The audit of a subject, whatever its table: by its own column, or by its finding's.
CREATE FUNCTION app.audit_of_subject(kind text, subject bigint) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found bigint; named regclass;
BEGIN
  IF kind !~ '^findings[.][a-z]+$' THEN RETURN NULL; END IF;
  named := to_regclass(replace(kind, '.', '_'));
  IF named IS NULL THEN RETURN NULL; END IF;
  IF kind = 'findings.audit' THEN
    SELECT id INTO found FROM findings_audit WHERE id = subject;
    RETURN found;
  END IF;
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = named AND attname = 'finding_id' AND NOT attisdropped) THEN
    EXECUTE format('SELECT f.audit_id FROM %s s JOIN findings_finding f ON f.id = s.finding_id WHERE s.id = $1', named)
      INTO found USING subject;
  END IF;
  IF found IS NULL
     AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = named AND attname = 'audit_id' AND NOT attisdropped) THEN
    EXECUTE format('SELECT audit_id FROM %s WHERE id = $1', named) INTO found USING subject;
  END IF;
  RETURN found;
END $$;
REVOKE ALL ON FUNCTION app.audit_of_subject(text, bigint) FROM PUBLIC;

CREATE FUNCTION app.fill_evidence_use() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE piece sourcing_evidence; audit findings_audit; site_owner bigint;
BEGIN
  SELECT * INTO piece FROM sourcing_evidence WHERE id = NEW.evidence_id FOR SHARE;
  SELECT * INTO audit FROM findings_audit WHERE id = NEW.audit_id;
  SELECT organisation_id INTO site_owner FROM sourcing_site WHERE id = audit.site_id;
  IF piece.id IS NULL OR (app.organisation() IS NOT NULL AND piece.organisation_id <> app.organisation()) THEN
    RAISE EXCEPTION 'an organisation attaches its own evidence' USING ERRCODE = 'check_violation';
  END IF;
  IF piece.retired_at IS NOT NULL THEN
    RAISE EXCEPTION 'retired evidence is attached to nothing new' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.audience <> 'owner' AND (piece.shows_workers OR piece.confidentiality = 'internal') THEN
    RAISE EXCEPTION 'this evidence does not leave its owner' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.audience = 'audit' AND piece.organisation_id NOT IN (site_owner, audit.audit_firm_id) THEN
    RAISE EXCEPTION 'only the supplier and the audit firm show evidence to all who see an audit'
      USING ERRCODE = 'check_violation';
  END IF;
  IF piece.organisation_id <> audit.audit_firm_id AND NOT EXISTS (
       SELECT FROM findings_auditaccess a
        WHERE a.audit_id = audit.id AND a.organisation_id = piece.organisation_id) THEN
    RAISE EXCEPTION 'evidence is attached under an audit that its owner sees' USING ERRCODE = 'check_violation';
  END IF;
  IF app.audit_of_subject(NEW.subject_kind, NEW.subject_id) IS DISTINCT FROM NEW.audit_id OR
     (NEW.finding_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM findings_finding WHERE id = NEW.finding_id AND audit_id = NEW.audit_id)) THEN
    RAISE EXCEPTION 'what evidence is attached to belongs to the audit' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.subject_kind = 'findings.evidencerequest' AND NOT EXISTS (
       SELECT FROM findings_evidencerequest r
        WHERE r.id = NEW.subject_id AND r.supplier_id = piece.organisation_id AND r.state = 'open'
          AND NEW.audience = 'pair' AND NEW.counterpart_id = r.asker_id) THEN
    RAISE EXCEPTION 'whoever is asked answers, and only to the one who asks' USING ERRCODE = 'check_violation';
  END IF;
  NEW.owner_id := piece.organisation_id;
  NEW.owner_name := (SELECT name FROM organisations_organisation WHERE id = piece.organisation_id);
  NEW.kind := piece.kind;
  NEW.title := piece.title;
  NEW.document_id := piece.document_id;
  NEW.url := piece.url;
  NEW.pages := piece.pages;
  NEW.issued_on := piece.issued_on;
  NEW.expires_on := piece.expires_on;
  NEW.supplied_by := piece.supplied_by;
  NEW.language := piece.language;
  NEW.retired_at := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_evidenceuse FOR EACH ROW EXECUTE FUNCTION app.fill_evidence_use();

CREATE FUNCTION app.guard_evidence_use() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    -- What the firm attached goes with a finding that it strikes out; nobody else has seen it yet.
    IF NOT EXISTS (SELECT FROM findings_audit WHERE id = OLD.audit_id AND audit_firm_id = OLD.owner_id
                     AND published_at IS NULL) THEN
      RAISE EXCEPTION 'what was shown to others stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF pg_trigger_depth() > 1 AND NEW.finding_id IS NULL AND OLD.finding_id IS NOT NULL THEN
    RETURN NEW;
  END IF;
  IF (to_jsonb(NEW) - ARRAY['retired_at', 'person_id']) <> (to_jsonb(OLD) - ARRAY['retired_at', 'person_id'])
     OR (NEW.person_id IS DISTINCT FROM OLD.person_id AND NEW.person_id IS NOT NULL)
     OR (NEW.retired_at IS DISTINCT FROM OLD.retired_at AND pg_trigger_depth() < 2) THEN
    RAISE EXCEPTION 'attached evidence stays as it was' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON findings_evidenceuse
  FOR EACH ROW EXECUTE FUNCTION app.guard_evidence_use();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON findings_evidenceuse
  FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();

-- A firm strikes a finding out before publication: its own attachments go along; what the site said to it stays
-- between the two.
CREATE FUNCTION app.on_finding_struck_out() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM findings_evidenceuse WHERE finding_id = OLD.id AND owner_id = OLD.audit_firm_id;
  UPDATE findings_evidenceuse SET finding_id = NULL, audience = 'pair', counterpart_id = OLD.audit_firm_id
   WHERE finding_id = OLD.id;
  RETURN OLD;
END $$;
CREATE TRIGGER uses_on_delete BEFORE DELETE ON findings_finding
  FOR EACH ROW EXECUTE FUNCTION app.on_finding_struck_out();

CREATE FUNCTION app.on_evidence_retired() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE findings_evidenceuse SET retired_at = NEW.retired_at WHERE evidence_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER uses_on_retired AFTER UPDATE OF retired_at ON sourcing_evidence FOR EACH ROW
  WHEN (OLD.retired_at IS DISTINCT FROM NEW.retired_at) EXECUTE FUNCTION app.on_evidence_retired();
"""

REQUESTS = """
CREATE FUNCTION app.fill_evidence_request() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE finding findings_finding; audit findings_audit;
BEGIN
  SELECT * INTO finding FROM findings_finding WHERE id = NEW.finding_id;
  SELECT * INTO audit FROM findings_audit WHERE id = finding.audit_id;
  NEW.audit_id := audit.id;
  NEW.supplier_id := (SELECT organisation_id FROM sourcing_site WHERE id = audit.site_id);
  NEW.asker_name := (SELECT name FROM organisations_organisation WHERE id = NEW.asker_id);
  IF audit.published_at IS NULL OR NEW.asker_id = NEW.supplier_id OR NEW.state <> 'open' THEN
    RAISE EXCEPTION 'others ask the site about a published finding' USING ERRCODE = 'check_violation';
  END IF;
  -- A customer about anything it sees; the firm of record about what it verifies, which a CAR is not.
  IF NOT (finding.kind = 'nc' AND audit.audit_firm_id = NEW.asker_id) AND NOT EXISTS (
       SELECT FROM findings_auditaccess a
        WHERE a.audit_id = audit.id AND a.organisation_id = NEW.asker_id AND 'customer' = ANY(a.bases)) THEN
    RAISE EXCEPTION 'a customer asks, or the firm that verifies' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_evidencerequest
  FOR EACH ROW EXECUTE FUNCTION app.fill_evidence_request();

CREATE FUNCTION app.guard_evidence_request() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE answering CONSTANT text[] := ARRAY['state', 'answer', 'answer_language', 'answered_at', 'person_id'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a request stays' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - answering) <> (to_jsonb(OLD) - answering)
     OR (NEW.person_id IS DISTINCT FROM OLD.person_id AND NEW.person_id IS NOT NULL) THEN
    RAISE EXCEPTION 'what was asked never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state <> 'open' THEN
    IF (to_jsonb(NEW) - 'person_id') <> (to_jsonb(OLD) - 'person_id') THEN
      RAISE EXCEPTION 'an answered request stays answered' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF app.organisation() IS NOT NULL AND NEW.state <> OLD.state AND
     (NEW.state = 'withdrawn') <> (app.organisation() = OLD.asker_id) THEN
    RAISE EXCEPTION 'the asker takes back, the site answers' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'answered' AND NOT EXISTS (
       SELECT FROM findings_evidenceuse u
        WHERE u.subject_kind = 'findings.evidencerequest' AND u.subject_id = OLD.id) THEN
    RAISE EXCEPTION 'evidence answers a request for evidence' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON findings_evidencerequest
  FOR EACH ROW EXECUTE FUNCTION app.guard_evidence_request();
"""

# As in 0009_shares: a grant in force opens a plan and its reports, and so what is attached to those.
IN_FORCE = """g.user_id = app.person() AND (g.organisation_id IS NULL OR g.organisation_id = app.organisation())
    AND g.ends_at > now()"""
SHARED = f"""audience = 'audit' AND subject_kind IN ('findings.planversion', 'findings.planupdate')
    AND (SELECT true FROM findings_auditgrant g
          WHERE g.content_object_id = findings_evidenceuse.audit_id
            AND (g.finding_id IS NULL OR g.finding_id = findings_evidenceuse.finding_id) AND {IN_FORCE} LIMIT 1)"""  # noqa: S608 our own words
FOR_US = """(audience = 'audit' OR counterpart_id = app.organisation())
    AND (SELECT true FROM findings_auditaccess a
          WHERE a.organisation_id = app.organisation() AND a.audit_id = findings_evidenceuse.audit_id)"""
MINE = "owner_id = app.organisation()"
SIDES = "(asker_id = app.organisation() OR supplier_id = app.organisation())"
# The subquery is itself under the policy of uses: it finds only those that the reader sees.
FILES = """
DO $also$ BEGIN
  EXECUTE format('ALTER POLICY app_select ON documents_document USING ((%s) OR %s)',
    (SELECT qual FROM pg_policies WHERE schemaname = 'public' AND tablename = 'documents_document'
        AND policyname = 'app_select'),
    '(SELECT true FROM findings_evidenceuse u WHERE u.document_id = documents_document.id LIMIT 1)');
END $also$
"""


class Migration(migrating.Migration):
    dependencies = [
        ("documents", "0002_audit"),
        ("organisations", "0004_columns"),
        ("sourcing", "0006_evidence"),
        ("findings", "0010_guard_process"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EvidenceRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("asker_name", models.CharField(editable=False, max_length=200, verbose_name="asked by")),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("message", models.TextField(max_length=2000, verbose_name="what is needed")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("answered", "answered"), ("declined", "declined"), ("withdrawn", "withdrawn")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("answer", models.TextField(blank=True, max_length=2000, verbose_name="answer")),
                ("answer_language", models.CharField(blank=True, default="", max_length=12, verbose_name="language of the answer")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                (
                    "asker",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation", verbose_name="asked by"),
                ),
                ("audit", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.audit")),
                ("finding", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="evidence_requests", to="findings.finding")),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("supplier", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
            ],
            options={
                "verbose_name": "request for evidence",
                "verbose_name_plural": "requests for evidence",
                "indexes": [
                    models.Index(fields=["supplier", "-asked_at", "-id"], name="evidence_asked_of"),
                    models.Index(fields=["asker", "-asked_at", "-id"], name="evidence_asked_by"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")), fields=("finding", "asker", "kind"), name="evidence_asked_for_once_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("state", "declined"), _negated=True), models.Q(("answer", ""), _negated=True), _connector="OR"),
                        name="evidence_declined_with_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at", None), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="evidence_request_answered_has_its_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EvidenceUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("subject_kind", models.CharField(max_length=60)),
                ("subject_id", models.PositiveBigIntegerField()),
                (
                    "audience",
                    models.CharField(choices=[("audit", "audit"), ("pair", "pair"), ("owner", "owner")], max_length=6, verbose_name="who sees it here"),
                ),
                ("owner_name", models.CharField(editable=False, max_length=200, verbose_name="owner")),
                ("kind", models.CharField(editable=False, max_length=40, verbose_name="kind")),
                ("title", models.CharField(editable=False, max_length=200, verbose_name="title")),
                ("url", models.CharField(blank=True, editable=False, max_length=2000, verbose_name="link")),
                ("pages", models.PositiveIntegerField(default=0, editable=False, verbose_name="pages")),
                ("issued_on", models.DateField(editable=False, null=True, verbose_name="issued on")),
                ("expires_on", models.DateField(editable=False, null=True, verbose_name="valid until")),
                ("supplied_by", models.CharField(blank=True, editable=False, max_length=200, verbose_name="who made it")),
                ("language", models.CharField(blank=True, default="", editable=False, max_length=12, verbose_name="language")),
                ("retired_at", models.DateTimeField(editable=False, null=True, verbose_name="put away")),
                ("attached_at", models.DateTimeField(verbose_name="attached")),
                ("audit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="evidence_uses", to="findings.audit")),
                (
                    "counterpart",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                        verbose_name="shown to",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.document"),
                ),
                (
                    "evidence",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="sourcing.evidence", verbose_name="evidence"),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="evidence_uses", to="findings.finding"
                    ),
                ),
                ("owner", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "attached evidence",
                "verbose_name_plural": "attached evidence",
                "indexes": [
                    models.Index(fields=["subject_kind", "subject_id"], name="evidence_by_subject"),
                    models.Index(fields=["audit", "-attached_at"], name="evidence_by_audit"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("evidence", "subject_kind", "subject_id"), name="evidence_attached_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("audience", "pair"), ("counterpart__isnull", False)),
                            models.Q(models.Q(("audience", "pair"), _negated=True), ("counterpart", None)),
                            _connector="OR",
                        ),
                        name="evidence_for_two_names_the_other",
                    ),
                ],
            },
        ),
        Sql(FILL),
        Sql(REQUESTS),
        Police("findings_evidenceuse", select=f"{MINE} OR ({FOR_US}) OR ({SHARED})", insert=f"{MINE} AND person_id = app.person()", delete=MINE),
        Police(
            "findings_evidencerequest",
            select=SIDES,
            insert="asker_id = app.organisation() AND person_id = app.person()",
            update=SIDES,
            columns=["state", "answer", "answer_language", "answered_at"],
        ),
        Sql(FILES),
    ]
