"""Exceptional shares: the owner's decision, the grants that follow from it, and one more branch in the policies.

`findings_audit_grant_rule` says which person a share reaches; triggers keep `findings_auditgrant` in step with it
when a share is given or ended, a membership changes, or a person shows to read mail at an address. Nobody but
these triggers writes grants, so whoever shares never learns whether an address has an account. A grant counts
until `ends_at` by the database's own clock, whatever else is late.
"""

import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ledger.codes
from ledger import migrating
from ledger.rowsecurity import Police, Sql

FILL = """
CREATE FUNCTION app.fill_share() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE audit findings_audit; site sourcing_site;
BEGIN
  SELECT * INTO audit FROM findings_audit WHERE id = NEW.audit_id;
  PERFORM app.lock_suppliers_of_sites(ARRAY[audit.site_id]);
  SELECT * INTO site FROM sourcing_site WHERE id = audit.site_id;
  IF audit.published_at IS NULL
     OR (app.organisation() IS NOT NULL AND site.organisation_id IS DISTINCT FROM app.organisation()) THEN
    RAISE EXCEPTION 'only the owner shares an audit, and only a published one' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.finding_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM findings_finding WHERE id = NEW.finding_id AND audit_id = NEW.audit_id AND kind = 'car') THEN
    RAISE EXCEPTION 'a narrower share names a CAR of its audit' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.organisation_id = site.organisation_id THEN
    RAISE EXCEPTION 'an owner shares with others' USING ERRCODE = 'check_violation';
  END IF;
  IF app.organisation() IS NOT NULL AND (NEW.ends_at <= now() OR NEW.ends_at > now() + interval '366 days') THEN
    RAISE EXCEPTION 'a share ends within a year' USING ERRCODE = 'check_violation';
  END IF;
  NEW.owner_id := site.organisation_id;
  NEW.email := lower(btrim(NEW.email));
  NEW.owner_name := (SELECT name FROM organisations_organisation WHERE id = site.organisation_id);
  NEW.organisation_name := coalesce((SELECT name FROM organisations_organisation WHERE id = NEW.organisation_id), '');
  NEW.audit_firm_name := audit.audit_firm_name;
  NEW.site_name := audit.site_name;
  NEW.site_country := audit.site_country;
  NEW.audited_on := audit.ends_on;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_share FOR EACH ROW EXECUTE FUNCTION app.fill_share();

CREATE FUNCTION app.guard_share() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a share is ended, never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - ARRAY['revoked_at', 'revoked_by_id', 'granted_by_id'])
     <> (to_jsonb(OLD) - ARRAY['revoked_at', 'revoked_by_id', 'granted_by_id']) OR OLD.revoked_at IS NOT NULL
     AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
    RAISE EXCEPTION 'a share changes by ending it, once' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON findings_share FOR EACH ROW EXECUTE FUNCTION app.guard_share();
"""

RULE = """
CREATE VIEW findings_audit_grant_rule WITH (security_invoker = true) AS
-- A person by address: the account that signs in with it, or has shown to read mail there.
SELECT s.id AS share_id, p.id AS user_id, NULL::bigint AS organisation_id
  FROM findings_share s
  JOIN organisations_person p ON p.is_active
   AND (p.email = s.email OR EXISTS (SELECT FROM account_emailaddress e
                                      WHERE e.user_id = p.id AND e.verified AND lower(e.email) = s.email))
 WHERE s.email <> '' AND s.revoked_at IS NULL
UNION ALL
-- An organisation: its editors and admins, while they act for it.
SELECT s.id, m.person_id, s.organisation_id
  FROM findings_share s
  JOIN organisations_membership m ON m.organisation_id = s.organisation_id AND m.is_active
   AND m.role IN ('admin', 'editor')
  JOIN organisations_person p ON p.id = m.person_id AND p.is_active
 WHERE s.revoked_at IS NULL;
GRANT SELECT ON findings_audit_grant_rule TO {job};
"""

REFRESH = """
CREATE FUNCTION app.refresh_audit_grants(shares bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE share bigint;
BEGIN
  IF shares = '{}' THEN RETURN; END IF;
  -- In one order; 4712 is this lock's own name space.
  FOR share IN SELECT DISTINCT one FROM unnest(shares) AS one ORDER BY one LOOP
    PERFORM pg_advisory_xact_lock(4712, (share % 2147483647)::int);
  END LOOP;
  DELETE FROM findings_auditgrant g
   WHERE g.share_id = ANY(shares)
     AND NOT EXISTS (SELECT FROM findings_audit_grant_rule r WHERE r.share_id = g.share_id AND r.user_id = g.user_id);
  INSERT INTO findings_auditgrant (permission_id, user_id, content_object_id, share_id, finding_id, organisation_id, ends_at)
  SELECT p.id, r.user_id, s.audit_id, s.id, s.finding_id, r.organisation_id, s.ends_at
    FROM findings_audit_grant_rule r
    JOIN findings_share s ON s.id = r.share_id
    JOIN auth_permission p ON p.codename = CASE WHEN s.finding_id IS NULL THEN 'view_audit' ELSE 'view_shared_car' END
    JOIN django_content_type t ON t.id = p.content_type_id AND t.app_label = 'findings' AND t.model = 'audit'
   WHERE r.share_id = ANY(shares)
  ON CONFLICT (share_id, user_id) DO NOTHING;
END $$;
REVOKE ALL ON FUNCTION app.refresh_audit_grants(bigint[]) FROM PUBLIC;

-- Whoever changes a recipient, or shares with one, waits here for the other: 4713 organisations, 4714 addresses.
CREATE FUNCTION app.on_share_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.organisation_id IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(4713, (NEW.organisation_id % 2147483647)::int);
  ELSE
    PERFORM pg_advisory_xact_lock(4714, hashtext(NEW.email));
  END IF;
  PERFORM app.refresh_audit_grants(ARRAY[NEW.id]);
  RETURN NULL;
END $$;
CREATE TRIGGER grants AFTER INSERT OR UPDATE ON findings_share FOR EACH ROW EXECUTE FUNCTION app.on_share_change();

CREATE FUNCTION app.on_recipient_member() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE organisation bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.organisation_id ELSE NEW.organisation_id END;
BEGIN
  PERFORM pg_advisory_xact_lock(4713, (organisation % 2147483647)::int);
  PERFORM app.refresh_audit_grants(ARRAY(
    SELECT id FROM findings_share WHERE organisation_id = organisation AND revoked_at IS NULL));
  RETURN NULL;
END $$;
CREATE TRIGGER share_grants AFTER INSERT OR UPDATE OR DELETE ON organisations_membership
  FOR EACH ROW EXECUTE FUNCTION app.on_recipient_member();

CREATE FUNCTION app.refresh_grants_of_addresses(addresses text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE address text;
BEGIN
  FOR address IN SELECT DISTINCT lower(one) FROM unnest(addresses) AS one WHERE one <> '' ORDER BY 1 LOOP
    PERFORM pg_advisory_xact_lock(4714, hashtext(address));
    PERFORM app.refresh_audit_grants(ARRAY(
      SELECT id FROM findings_share WHERE email = address AND revoked_at IS NULL));
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION app.refresh_grants_of_addresses(text[]) FROM PUBLIC;

CREATE FUNCTION app.on_recipient_address() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.refresh_grants_of_addresses(ARRAY[
    CASE WHEN TG_OP <> 'INSERT' THEN OLD.email END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.email END]);
  RETURN NULL;
END $$;
CREATE TRIGGER share_grants AFTER INSERT OR UPDATE OR DELETE ON account_emailaddress
  FOR EACH ROW EXECUTE FUNCTION app.on_recipient_address();
CREATE TRIGGER share_grants_of_new AFTER INSERT ON organisations_person
  FOR EACH ROW EXECUTE FUNCTION app.on_recipient_address();

CREATE FUNCTION app.on_recipient_person() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.refresh_grants_of_addresses(ARRAY[OLD.email, NEW.email]
    || ARRAY(SELECT email::text FROM account_emailaddress WHERE user_id = NEW.id));
  PERFORM app.refresh_audit_grants(ARRAY(
    SELECT s.id FROM findings_share s JOIN organisations_membership m ON m.organisation_id = s.organisation_id
     WHERE m.person_id = NEW.id AND s.revoked_at IS NULL));
  RETURN NULL;
END $$;
CREATE TRIGGER share_grants_of_changed AFTER UPDATE OF email, is_active ON organisations_person FOR EACH ROW
  WHEN (OLD.email IS DISTINCT FROM NEW.email OR OLD.is_active IS DISTINCT FROM NEW.is_active)
  EXECUTE FUNCTION app.on_recipient_person();

-- A site that changes hands takes its audits along: what the former owner had shared ends. Runs after
-- `access_on_update`, which holds both owners' locks by then.
CREATE FUNCTION app.on_site_of_shares() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE findings_share s SET revoked_at = now()
    FROM findings_audit a
    JOIN after_rows n ON n.id = a.site_id
    JOIN before_rows o ON o.id = n.id AND o.organisation_id <> n.organisation_id
   WHERE s.audit_id = a.id AND s.owner_id <> n.organisation_id AND s.revoked_at IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER shares_on_update AFTER UPDATE ON sourcing_site
  REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.on_site_of_shares();
"""


def in_force(grant: str = "") -> str:
    """Return the condition that a grant is the acting person's own, and has not ended.

    A grant to a person counts whatever organisation they act for; one that came through an organisation, only
    while they act for that one.
    """
    return f"""{grant}user_id = app.person()
        AND ({grant}organisation_id IS NULL OR {grant}organisation_id = app.organisation())
        AND {grant}ends_at > now()"""


def granted(where: str, join: str = "") -> str:
    """Return the scalar subquery that asks for a grant in force."""
    return f"""(SELECT true FROM findings_auditgrant g {join} WHERE {where} AND {in_force("g.")} LIMIT 1)"""


def also(table: str, branch: str) -> Sql:
    """Add a branch to what the role app may SELECT from `table`; what was there stays."""
    return Sql(f"""
    DO $also$ BEGIN
      EXECUTE format('ALTER POLICY app_select ON {table} USING ((%s) OR %s)',
        (SELECT qual FROM pg_policies WHERE schemaname = 'public' AND tablename = '{table}' AND policyname = 'app_select'),
        $branch${branch}$branch$);
    END $also$""")


def whole_audit(table: str, column: str = "audit_id") -> str:
    """Return the branch that a share of the whole audit opens."""
    return granted(f"g.content_object_id = {table}.{column} AND g.finding_id IS NULL")


def audit_or_car(table: str, car: str) -> str:
    """Return the branch that a share of the whole audit, or of just this CAR, opens."""
    return granted(
        f"g.content_object_id = {table}.audit_id AND (g.finding_id IS NULL OR g.finding_id = {table}.{car})"
    )


def of_plan(table: str) -> str:
    """Return the branch for what hangs on a plan: through the audit, or through the plan of the shared CAR."""
    of_car = granted(
        f"g.content_object_id = {table}.audit_id AND p.id = {table}.plan_id",
        "JOIN findings_actionplan p ON p.finding_id = g.finding_id",
    )
    return f"{whole_audit(table)} OR {of_car}"


def attached_to(table: str) -> str:
    """Return the branch for a file that a version or update of a shared CAR's plan names; no other file."""
    return granted(
        "g.content_object_id = documents_document.audit_id AND t.document_id = documents_document.id",
        f"""JOIN findings_actionplan p ON p.finding_id = g.finding_id
            JOIN {table} t ON t.plan_id = p.id""",
    )


OWN = "owner_id = app.organisation()"


class Migration(migrating.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("organisations", "0003_codes_and_doors"),
        ("sourcing", "0003_answers"),
        ("documents", "0002_audit"),
        ("findings", "0008_former_owners"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            "audit",
            {
                "permissions": [("view_shared_car", "Can view one CAR of an audit")],
                "verbose_name": "audit",
                "verbose_name_plural": "audits",
            },
        ),
        migrations.CreateModel(
            "Share",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        default=ledger.codes.new_code,
                        editable=False,
                        max_length=12,
                        unique=True,
                        verbose_name="code",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail address")),
                (
                    "organisation_name",
                    models.CharField(blank=True, editable=False, max_length=200, verbose_name="its name"),
                ),
                ("owner_name", models.CharField(editable=False, max_length=200, verbose_name="supplier")),
                (
                    "audit_firm_name",
                    models.CharField(editable=False, max_length=200, verbose_name="audit firm"),
                ),
                ("site_name", models.CharField(editable=False, max_length=250, verbose_name="site")),
                (
                    "site_country",
                    models.CharField(
                        blank=True, editable=False, max_length=2, verbose_name="country of the site"
                    ),
                ),
                ("audited_on", models.DateField(editable=False, verbose_name="last day of the audit")),
                ("reason", models.TextField(max_length=1000, verbose_name="reason")),
                ("granted_at", models.DateTimeField(verbose_name="shared")),
                ("ends_at", models.DateTimeField(verbose_name="ends")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="ended early")),
                (
                    "audit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="findings.audit",
                        verbose_name="audit",
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="findings.finding",
                        verbose_name="only this CAR",
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            {
                "verbose_name": "share",
                "verbose_name_plural": "shares",
                "indexes": [
                    models.Index(fields=["owner", "-granted_at", "-id"], name="share_by_owner"),
                    models.Index(fields=["email"], name="share_by_email"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(email="", organisation__isnull=False)
                        | ~models.Q(email="") & models.Q(organisation=None),
                        name="share_has_one_recipient",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(ends_at__gt=models.F("granted_at"))
                        & models.Q(ends_at__lte=models.F("granted_at") + datetime.timedelta(days=366)),
                        name="share_ends_within_a_year",
                    ),
                    models.CheckConstraint(condition=~models.Q(reason=""), name="share_has_a_reason"),
                ],
            },
        ),
        migrations.CreateModel(
            "AuditGrant",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ends_at", models.DateTimeField()),
                (
                    "content_object",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grants",
                        to="findings.audit",
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="findings.finding",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "permission",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "share",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grants",
                        to="findings.share",
                    ),
                ),
            ],
            {
                "indexes": [
                    models.Index(fields=["content_object", "user"], name="audit_grant_by_audit"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["share", "user"], name="audit_grant_once_per_share"),
                ],
            },
        ),
        Sql(FILL),
        Sql(RULE),
        Sql(REFRESH),
        # A grant is seen by the one it names, while it counts; nobody else asks this table, and nobody writes it.
        Police("findings_auditgrant", select=in_force()),
        Police(
            "findings_share",
            select=f"{OWN} OR {granted('g.share_id = findings_share.id')}",
            insert=f"{OWN} AND granted_by_id = app.person()",
            update=OWN,
            columns=["revoked_at", "revoked_by_id"],
        ),
        also("findings_audit", whole_audit("findings_audit", "id")),
        also("findings_auditor", whole_audit("findings_auditor")),
        also("findings_reassessment", whole_audit("findings_reassessment")),
        also("findings_finding", audit_or_car("findings_finding", "id")),
        also("findings_actionplan", audit_or_car("findings_actionplan", "finding_id")),
        also("findings_planversion", of_plan("findings_planversion")),
        also("findings_planupdate", of_plan("findings_planupdate")),
        also(
            "documents_document",
            " OR ".join(
                [
                    whole_audit("documents_document"),
                    attached_to("findings_planversion"),
                    attached_to("findings_planupdate"),
                ]
            ),
        ),
    ]
