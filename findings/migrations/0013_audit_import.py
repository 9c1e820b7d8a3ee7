"""How a site is managed, audits brought in from files, and methodologies that an operator looks after.

- A catalogue that audits rest on stays as it is, hints apart; how management is graded stays once an audit is graded.
- Ratings are written while the audit is in progress, by its firm, with the words of the audit's own version.
- An import that was applied or put away never changes.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ledger.codes
from ledger import migrating
from ledger.rowsecurity import AppendOnly, Police, Sql

FIRM = "audit_firm_id = app.organisation()"
OWN = "organisation_id = app.organisation()"
SEES = """(SELECT true FROM findings_auditaccess a
            WHERE a.organisation_id = app.organisation() AND a.audit_id = findings_managementrating.audit_id)"""
OPERATOR = "(SELECT app.is_operator())"
REFERENCE = (
    "findings_methodologyversion",
    "findings_section",
    "findings_workplacerequirement",
    "findings_closurepolicy",
    "findings_managementelement",
    "findings_managementgrade",
)

ASKING = """
CREATE FUNCTION app.is_operator() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM organisations_organisation
                  WHERE id = app.organisation() AND 'operator' = ANY(capabilities))
$$;
-- An operator sees no audits, and still must learn that some rest on a catalogue.
CREATE FUNCTION app.methodology_is_used(wanted bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM findings_audit WHERE version_id = wanted)
$$;
CREATE FUNCTION app.management_is_rated(wanted bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM findings_managementelement e JOIN findings_managementrating r ON r.element_id = e.id
                  WHERE e.version_id = wanted)
$$;
"""

GUARD_METHODOLOGY = """
CREATE FUNCTION app.guard_methodology() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  is_version boolean := TG_TABLE_NAME = 'findings_methodologyversion';
  is_management boolean := TG_TABLE_NAME IN ('findings_managementelement', 'findings_managementgrade');
  management text[] := ARRAY['management_systems', 'pillars'];
  hints text[] := ARRAY['source_note', 'live_from', 'is_illustrative',
                        'car_source', 'indicators', 'sdg_targets', 'ledger'];
  new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
  old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
  version bigint := (COALESCE(old_row, new_row) ->> CASE WHEN is_version THEN 'id' ELSE 'version_id' END)::bigint;
BEGIN
  -- Whoever loads from the command line is told by the loader itself.
  IF app.organisation() IS NULL OR (is_version AND TG_OP = 'INSERT') THEN
    RETURN COALESCE(NEW, OLD);
  END IF;
  IF TG_OP = 'UPDATE' AND (new_row -> 'version_id') IS DISTINCT FROM (old_row -> 'version_id') THEN
    RAISE EXCEPTION 'a catalogue keeps its version' USING ERRCODE = 'restrict_violation';
  END IF;
  IF is_management OR TG_OP = 'UPDATE' AND (new_row - management) = (old_row - management) THEN
    IF app.management_is_rated(version) THEN
      RAISE EXCEPTION 'audits are graded by this' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
  END IF;
  IF app.methodology_is_used(version) AND NOT (
       TG_OP = 'UPDATE' AND (new_row - hints - management) = (old_row - hints - management)) THEN
    RAISE EXCEPTION 'audits rest on this catalogue' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND app.management_is_rated(version)
     AND (new_row -> 'pillars', new_row -> 'management_systems')
         IS DISTINCT FROM (old_row -> 'pillars', old_row -> 'management_systems') THEN
    RAISE EXCEPTION 'audits are graded by this' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
""" + "".join(
    f"CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION app.guard_methodology();\n"
    for table in REFERENCE
    if table != "findings_closurepolicy"
)

KEEP_HISTORY = """
CREATE FUNCTION app.keep_closure_policy() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' OR (NEW.days, NEW.is_placeholder, NEW.source)
       IS DISTINCT FROM (OLD.days, OLD.is_placeholder, OLD.source) THEN
    INSERT INTO findings_closurepolicychange
           (version_id, severity, days_before, days, is_placeholder, source, changed_at)
    VALUES (NEW.version_id, NEW.severity, CASE WHEN TG_OP = 'UPDATE' THEN OLD.days END, NEW.days,
            NEW.is_placeholder, NEW.source, statement_timestamp());
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER history AFTER INSERT OR UPDATE ON findings_closurepolicy
  FOR EACH ROW EXECUTE FUNCTION app.keep_closure_policy();
"""

GUARD_RATING = """
CREATE FUNCTION app.guard_management_rating() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE audit findings_audit; version bigint;
BEGIN
  audit := app.audit_while_written(CASE WHEN TG_OP = 'INSERT' THEN NEW.audit_id ELSE OLD.audit_id END);
  IF audit.published_at IS NOT NULL THEN
    RAISE EXCEPTION 'a published audit never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF app.organisation() IS NOT NULL AND audit.state <> 'in_progress' THEN
    RAISE EXCEPTION 'management is rated while the audit is in progress' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' AND (NEW.audit_id, NEW.section_id, NEW.element_id)
       IS DISTINCT FROM (OLD.audit_id, OLD.section_id, OLD.element_id) THEN
    RAISE EXCEPTION 'a rating keeps its place' USING ERRCODE = 'restrict_violation';
  END IF;
  version := audit.version_id;
  IF NOT EXISTS (SELECT FROM findings_section WHERE id = NEW.section_id AND version_id = version)
     OR NOT EXISTS (SELECT FROM findings_managementelement WHERE id = NEW.element_id AND version_id = version)
     OR NOT EXISTS (SELECT FROM findings_managementgrade WHERE id = NEW.grade_id AND version_id = version) THEN
    RAISE EXCEPTION 'this belongs to another methodology version' USING ERRCODE = 'check_violation';
  END IF;
  NEW.audit_firm_id := audit.audit_firm_id;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON findings_managementrating
  FOR EACH ROW EXECUTE FUNCTION app.guard_management_rating();
"""

GUARD_IMPORT = """
CREATE FUNCTION app.guard_audit_import() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.audit_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM findings_audit WHERE id = NEW.audit_id AND audit_firm_id = NEW.organisation_id) THEN
    RAISE EXCEPTION 'only the firm of an audit brings something into it' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF app.organisation() IS NOT NULL AND NEW.state <> 'previewed' THEN
      RAISE EXCEPTION 'an import begins with a preview' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state <> 'previewed' THEN
    RAISE EXCEPTION 'an import is over once' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.code, NEW.organisation_id, NEW.document_id, NEW.content, NEW.makes_audit)
       IS DISTINCT FROM (OLD.code, OLD.organisation_id, OLD.document_id, OLD.content, OLD.makes_audit)
     OR OLD.audit_id IS NOT NULL AND NEW.audit_id IS DISTINCT FROM OLD.audit_id THEN
    RAISE EXCEPTION 'what was brought stays as it was' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON findings_auditimport
  FOR EACH ROW EXECUTE FUNCTION app.guard_audit_import();
"""


def _id() -> tuple[str, models.Field]:
    return (
        "id",
        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
    )


def _of_version(name: str) -> tuple[str, models.Field]:
    return (
        "version",
        models.ForeignKey(
            on_delete=django.db.models.deletion.CASCADE, related_name=name, to="findings.methodologyversion"
        ),
    )


class Migration(migrating.Migration):
    dependencies = [
        ("findings", "0012_audit_entry"),
        ("documents", "0002_audit"),
        ("organisations", "0004_columns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="methodologyversion",
            name="management_systems",
            field=models.CharField(
                choices=[
                    ("none", "Not part of it"),
                    ("optional", "Can be done"),
                    ("required", "Complete before an audit goes to the site"),
                ],
                default="none",
                max_length=10,
                verbose_name="management systems assessment",
            ),
        ),
        migrations.AddField(
            model_name="section",
            name="pillars",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="only with pillars"),
        ),
        migrations.AddField(
            model_name="closurepolicy",
            name="source",
            field=models.CharField(
                blank=True, default="", max_length=250, verbose_name="where it comes from"
            ),
        ),
        migrations.AddField(
            model_name="closurepolicy",
            name="is_own",
            field=models.BooleanField(default=False, verbose_name="set here"),
        ),
        migrations.CreateModel(
            name="ClosurePolicyChange",
            fields=[
                _id(),
                ("severity", models.CharField(max_length=20, verbose_name="severity")),
                (
                    "days_before",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="days before"),
                ),
                ("days", models.PositiveSmallIntegerField(verbose_name="days")),
                ("is_placeholder", models.BooleanField(verbose_name="placeholder")),
                (
                    "source",
                    models.CharField(
                        blank=True, default="", max_length=250, verbose_name="where it comes from"
                    ),
                ),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                _of_version("closure_policy_changes"),
            ],
            options={"ordering": ("-changed_at", "-id")},
        ),
        migrations.CreateModel(
            name="ManagementElement",
            fields=[
                _id(),
                ("key", models.SlugField(max_length=40, verbose_name="key")),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                _of_version("management_elements"),
            ],
            options={
                "ordering": ("version", "position"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "key"), name="management_element_once_per_version"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ManagementGrade",
            fields=[
                _id(),
                ("key", models.SlugField(max_length=40, verbose_name="key")),
                ("title", models.CharField(max_length=80, verbose_name="title")),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                _of_version("management_grades"),
            ],
            options={
                "ordering": ("version", "position"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "key"), name="management_grade_once_per_version"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ManagementRating",
            fields=[
                _id(),
                ("note", models.TextField(blank=True, default="", max_length=2000, verbose_name="note")),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="language"),
                ),
                ("rated_at", models.DateTimeField(verbose_name="rated")),
                (
                    "audit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="management_ratings",
                        to="findings.audit",
                    ),
                ),
                (
                    "audit_firm",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "element",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="findings.managementelement",
                    ),
                ),
                (
                    "grade",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="findings.managementgrade",
                        verbose_name="grade",
                    ),
                ),
                (
                    "rated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="findings.section",
                        verbose_name="section",
                    ),
                ),
            ],
            options={
                "verbose_name": "rating of a management system",
                "verbose_name_plural": "ratings of management systems",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("audit", "section", "element"), name="management_rated_once_per_audit"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditImport",
            fields=[
                _id(),
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
                ("makes_audit", models.BooleanField(verbose_name="makes a new audit")),
                (
                    "source",
                    models.CharField(
                        choices=[("xlsx", "Excel file"), ("json", "JSON file"), ("paste", "Pasted rows")],
                        max_length=8,
                        verbose_name="source",
                    ),
                ),
                ("file_name", models.CharField(max_length=150, verbose_name="file name")),
                ("content", models.JSONField(verbose_name="as in the file")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("previewed", "Ready to check"),
                            ("applied", "Applied"),
                            ("discarded", "Put away"),
                        ],
                        default="previewed",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "summary",
                    models.JSONField(blank=True, default=dict, verbose_name="what came of it"),
                ),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded")),
                ("applied_at", models.DateTimeField(blank=True, null=True, verbose_name="applied")),
                (
                    "audit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="findings.audit",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                        verbose_name="file",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="audit_imports",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "import of an audit",
                "verbose_name_plural": "imports of audits",
                "indexes": [
                    models.Index(fields=["organisation", "-uploaded_at", "-id"], name="audit_import_newest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(state="applied", applied_at__isnull=False, audit__isnull=False)
                        | ~models.Q(state="applied") & models.Q(applied_at=None),
                        name="audit_import_applied_has_its_audit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(makes_audit=True) | models.Q(audit__isnull=False),
                        name="audit_import_goes_somewhere",
                    ),
                ],
            },
        ),
        Sql(ASKING),
        # The same for everyone; an operator's editors look after it, within the guards.
        *(
            Police(table, select="true", insert=OPERATOR, update=OPERATOR, delete=OPERATOR)
            for table in REFERENCE
        ),
        Police("findings_closurepolicychange", select="true"),
        AppendOnly("findings_closurepolicychange"),
        Police(
            "findings_managementrating", select=f"{FIRM} OR {SEES}", insert=FIRM, update=FIRM, delete=FIRM
        ),
        Police("findings_auditimport", select=OWN, insert=OWN, update=OWN),
        Sql(GUARD_METHODOLOGY),
        Sql(KEEP_HISTORY),
        Sql(GUARD_RATING),
        Sql(GUARD_IMPORT),
    ]
