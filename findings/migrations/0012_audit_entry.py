"""Entering findings: more of what an auditor says, drafts, photos.

What a finding says is guarded by `app.guard_finding` whatever columns it has: the new ones never change after
publication either. A photo follows its finding: it is hung up and taken down while the audit is not published, and
its files go with it, since a face on a picture must be able to go.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ledger.codes
from ledger import migrating
from ledger.rowsecurity import Police, Sql

FILL = """
CREATE FUNCTION app.fill_photo() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE audit findings_audit;
BEGIN
  SELECT a.* INTO audit FROM findings_audit a JOIN findings_finding f ON f.audit_id = a.id WHERE f.id = NEW.finding_id;
  IF audit.published_at IS NOT NULL THEN
    RAISE EXCEPTION 'a published audit never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND (NEW.finding_id, NEW.document_id, NEW.thumbnail_id, NEW.code)
                          IS DISTINCT FROM (OLD.finding_id, OLD.document_id, OLD.thumbnail_id, OLD.code) THEN
    RAISE EXCEPTION 'a photo keeps its finding and its picture' USING ERRCODE = 'restrict_violation';
  END IF;
  NEW.audit_id := audit.id;
  NEW.audit_firm_id := audit.audit_firm_id;
  IF 2 <> (SELECT count(*) FROM documents_document d
            WHERE d.id IN (NEW.document_id, NEW.thumbnail_id) AND d.audit_id = audit.id AND d.kind = 'photo'
              AND d.organisation_id = audit.audit_firm_id AND d.media_type LIKE 'image/%') THEN
    RAISE EXCEPTION 'a photo is a picture of its own firm, placed under its audit' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT OR UPDATE ON findings_photo FOR EACH ROW EXECUTE FUNCTION app.fill_photo();

CREATE FUNCTION app.guard_photo() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM findings_audit WHERE id = OLD.audit_id AND published_at IS NOT NULL) THEN
    RAISE EXCEPTION 'a published audit never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER guard BEFORE DELETE ON findings_photo FOR EACH ROW EXECUTE FUNCTION app.guard_photo();

-- Its rows go with it; the bytes behind them are swept by the nightly check of the storage.
CREATE FUNCTION app.drop_files_of_photo() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM documents_document WHERE id IN (OLD.document_id, OLD.thumbnail_id);
  RETURN NULL;
END $$;
CREATE TRIGGER files AFTER DELETE ON findings_photo FOR EACH ROW EXECUTE FUNCTION app.drop_files_of_photo();

CREATE FUNCTION app.fill_findingdraft() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE audit findings_audit;
BEGIN
  SELECT * INTO audit FROM findings_audit WHERE id = NEW.audit_id;
  IF NEW.finding_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM findings_finding WHERE id = NEW.finding_id AND audit_id = NEW.audit_id) THEN
    RAISE EXCEPTION 'a draft belongs to a finding of its audit' USING ERRCODE = 'check_violation';
  END IF;
  NEW.audit_firm_id := audit.audit_firm_id;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT OR UPDATE ON findings_findingdraft
  FOR EACH ROW EXECUTE FUNCTION app.fill_findingdraft();

-- What hangs on a finding goes with it: the drafts of others, too, whom row security hides from whoever deletes.
CREATE FUNCTION app.drop_what_hangs_on_finding() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM findings_findingdraft WHERE finding_id = OLD.id;
  DELETE FROM findings_photo WHERE finding_id = OLD.id;
  RETURN OLD;
END $$;
CREATE TRIGGER hangs BEFORE DELETE ON findings_finding FOR EACH ROW EXECUTE FUNCTION app.drop_what_hangs_on_finding();

-- Nobody goes on writing what is published: the drafts have served.
CREATE FUNCTION app.drop_finding_drafts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM findings_findingdraft WHERE audit_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER drafts AFTER UPDATE OF state ON findings_audit FOR EACH ROW
  WHEN (OLD.state <> 'published' AND NEW.state = 'published') EXECUTE FUNCTION app.drop_finding_drafts();
"""

FIRM = "audit_firm_id = app.organisation()"
SEES = """(SELECT true FROM findings_auditaccess a
            WHERE a.organisation_id = app.organisation() AND a.audit_id = findings_photo.audit_id)"""
OWN = f"person_id = app.person() AND {FIRM}"


class Migration(migrating.Migration):
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), ("documents", "0002_audit"), ("findings", "0011_evidence")]

    operations = [
        migrations.AddField("finding", "objective_evidence", models.TextField(blank=True, default="", max_length=8000, verbose_name="evidence seen")),
        migrations.AddField("finding", "law_reference", models.CharField(blank=True, default="", max_length=250, verbose_name="local law")),
        migrations.AddField("finding", "language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
        migrations.AddField("finding", "revision", models.PositiveIntegerField(default=0, editable=False)),
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("caption", models.CharField(blank=True, max_length=300, verbose_name="what it shows")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("position", models.PositiveSmallIntegerField(verbose_name="place")),
                ("created_at", models.DateTimeField(verbose_name="added")),
                ("audit", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.audit")),
                (
                    "audit_firm",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                ("document", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.document", verbose_name="picture")),
                ("finding", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="photos", to="findings.finding")),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "thumbnail",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.document", verbose_name="small picture"),
                ),
            ],
            options={"verbose_name": "photo", "verbose_name_plural": "photos", "ordering": ("position", "pk")},
        ),
        migrations.CreateModel(
            name="FindingDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.JSONField(default=dict, verbose_name="content")),
                ("saved_at", models.DateTimeField(verbose_name="saved")),
                ("audit", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="findings.audit")),
                (
                    "audit_firm",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                ("finding", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="findings.finding")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("person", "audit", "finding"), name="finding_draft_once", nulls_distinct=False)]},
        ),
        Police("findings_photo", select=f"{FIRM} OR {SEES}", insert=FIRM, update=FIRM, columns=["caption", "language", "position"], delete=FIRM),
        Police("findings_findingdraft", select=OWN, insert=OWN, update=OWN, delete=OWN),
        Sql(FILL),
    ]
