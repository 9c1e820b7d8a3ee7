"""The language of words that had none so far, and people's own translations beside the original.

A translation is shared with whoever sees the audit, or read by its own organisation only, and by that only while
it sees the audit. The triggers say what it may be attached to and who may share one; nobody else writes it.
"""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ledger.codes
from ledger import migrating
from ledger.rowsecurity import Police, Sql

FILL = """
CREATE FUNCTION app.fill_translation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE audit findings_audit; site_owner bigint;
BEGIN
  IF NEW.subject_kind NOT IN ('findings.finding', 'findings.planversion', 'findings.correctiveaction') THEN
    RAISE EXCEPTION 'only findings, plans and corrective actions are translated' USING ERRCODE = 'check_violation';
  END IF;
  SELECT a.* INTO audit FROM findings_audit a JOIN findings_finding f ON f.audit_id = a.id WHERE f.id = NEW.finding_id;
  IF NOT (CASE NEW.subject_kind
       WHEN 'findings.finding' THEN NEW.subject_id = NEW.finding_id
       WHEN 'findings.planversion' THEN EXISTS (
         SELECT FROM findings_planversion v JOIN findings_actionplan p ON p.id = v.plan_id
          WHERE v.id = NEW.subject_id AND p.finding_id = NEW.finding_id)
       ELSE EXISTS (SELECT FROM findings_correctiveaction c
                     WHERE c.id = NEW.subject_id AND c.finding_id = NEW.finding_id) END) THEN
    RAISE EXCEPTION 'a translation is of something that its finding has' USING ERRCODE = 'check_violation';
  END IF;
  NEW.audit_id := audit.id;
  IF app.organisation() IS NOT NULL THEN
    NEW.organisation_id := app.organisation();
    NEW.person_id := app.person();
  END IF;
  IF NEW.organisation_id <> audit.audit_firm_id AND NOT EXISTS (
       SELECT FROM findings_auditaccess a
        WHERE a.audit_id = audit.id AND a.organisation_id = NEW.organisation_id) THEN
    RAISE EXCEPTION 'whoever translates sees the original' USING ERRCODE = 'check_violation';
  END IF;
  SELECT organisation_id INTO site_owner FROM sourcing_site WHERE id = audit.site_id;
  IF NEW.is_shared AND NEW.organisation_id NOT IN (site_owner, audit.audit_firm_id) THEN
    RAISE EXCEPTION 'only the supplier and the audit firm share a translation' USING ERRCODE = 'check_violation';
  END IF;
  IF jsonb_typeof(NEW.words) <> 'object' OR EXISTS (
       SELECT FROM jsonb_each(NEW.words) AS one WHERE jsonb_typeof(one.value) <> 'string') THEN
    RAISE EXCEPTION 'a translation is words by field' USING ERRCODE = 'check_violation';
  END IF;
  NEW.organisation_name := (SELECT name FROM organisations_organisation WHERE id = NEW.organisation_id);
  -- Of two who write at once, one waits.
  PERFORM pg_advisory_xact_lock(hashtextextended(
    concat_ws(':', 'translation', NEW.subject_kind, NEW.subject_id, NEW.organisation_id, NEW.language), 0));
  NEW.number := 1 + coalesce((
    SELECT max(number) FROM findings_translation t
     WHERE t.subject_kind = NEW.subject_kind AND t.subject_id = NEW.subject_id
       AND t.organisation_id = NEW.organisation_id AND t.language = NEW.language
       AND t.is_shared = NEW.is_shared), 0);
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON findings_translation
  FOR EACH ROW EXECUTE FUNCTION app.fill_translation();

CREATE FUNCTION app.guard_translation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF EXISTS (SELECT FROM findings_audit WHERE id = OLD.audit_id AND published_at IS NOT NULL) THEN
      RAISE EXCEPTION 'what was translated stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF (to_jsonb(NEW) - 'person_id') <> (to_jsonb(OLD) - 'person_id')
     OR (NEW.person_id IS DISTINCT FROM OLD.person_id AND NEW.person_id IS NOT NULL) THEN
    RAISE EXCEPTION 'a translation changes by a new version' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON findings_translation
  FOR EACH ROW EXECUTE FUNCTION app.guard_translation();

-- A finding that its firm strikes out before publication takes along what others wrote beside it, unseen by the firm.
CREATE FUNCTION app.drop_translations() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM findings_translation WHERE finding_id = OLD.id;
  RETURN OLD;
END $$;
CREATE TRIGGER translations BEFORE DELETE ON findings_finding
  FOR EACH ROW EXECUTE FUNCTION app.drop_translations();
"""

SEES = """(SELECT true FROM findings_auditaccess a
    WHERE a.organisation_id = app.organisation() AND a.audit_id = findings_translation.audit_id)"""

# The glance at a finding (0020), with one word more.
PHOTOS = "    CASE WHEN EXISTS (SELECT FROM findings_photo "
PARTS: str = (
    import_module("findings.migrations.0020_parts")
    .FUNCTIONS.split("CREATE FUNCTION app.parts_of_car")[0]
    .replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    .replace(
        PHOTOS,
        "    CASE WHEN EXISTS (SELECT FROM findings_translation t WHERE t.finding_id = f.id\n"
        "                       AND (t.is_shared OR t.organisation_id = own)) THEN 'translations' END,\n"
        + PHOTOS,
    )
)


def language(label: str = "language") -> models.Field:
    """Return the column for the language that words are written in."""
    return models.CharField(blank=True, default="", max_length=12, verbose_name=label)


class Migration(migrating.Migration):
    dependencies = [("organisations", "0004_columns"), ("findings", "0020_parts"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField("audit", "language", language("language of the summary")),
        migrations.AddField("reassessment", "language", language()),
        migrations.AddField("planresponse", "language", language()),
        migrations.AddField("share", "language", language()),
        migrations.CreateModel(
            name="Translation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("subject_kind", models.CharField(max_length=60)),
                ("subject_id", models.PositiveBigIntegerField()),
                ("language", models.CharField(max_length=12, verbose_name="language")),
                ("words", models.JSONField(help_text="By the name of the field that they translate.", verbose_name="words")),
                ("original", models.CharField(editable=False, max_length=64)),
                ("is_shared", models.BooleanField(default=False, verbose_name="shared with all who see the original")),
                ("number", models.PositiveIntegerField(editable=False, verbose_name="version")),
                ("organisation_name", models.CharField(editable=False, max_length=200, verbose_name="translated by")),
                ("made_at", models.DateTimeField(verbose_name="written")),
                ("audit", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.audit")),
                ("finding", models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name="translations", to="findings.finding")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "verbose_name": "translation",
                "verbose_name_plural": "translations",
                "indexes": [models.Index(fields=["finding", "subject_kind"], name="translation_by_finding")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject_kind", "subject_id", "organisation", "language", "is_shared", "number"), name="translation_numbered_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("language", ""), _negated=True), name="translation_names_its_language"),
                    models.CheckConstraint(condition=models.Q(("words", {}), _negated=True), name="translation_says_something"),
                ],
            },
        ),
        Sql(FILL),
        Police(
            "findings_translation",
            select=f"(is_shared OR organisation_id = app.organisation()) AND {SEES}",
            insert="organisation_id = app.organisation() AND person_id = app.person()",
        ),
        Sql(PARTS),
    ]
