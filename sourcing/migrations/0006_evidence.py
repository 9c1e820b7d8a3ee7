"""Evidence: one object with many uses, seen by its owner's members alone, and guarded against raw SQL.

What a piece is (its file or link, whether it shows workers) never changes, nobody deletes it, and a retired one is
left as it was. Others see it only where it is attached: `findings/migrations/0011_evidence.py`.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ledger.codes
from ledger import migrating
from ledger.rowsecurity import Police, Sql

GUARD = """
CREATE FUNCTION app.fill_evidence() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.document_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM documents_document WHERE id = NEW.document_id AND organisation_id = NEW.organisation_id) THEN
    RAISE EXCEPTION 'the file of a piece of evidence is its owner''s' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.shows_workers AND EXISTS (
       SELECT FROM documents_document WHERE id = NEW.document_id AND audit_id IS NOT NULL) THEN
    RAISE EXCEPTION 'a file that shows workers is shared with nobody' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM sourcing_evidence WHERE id = NEW.replaces_id AND organisation_id = NEW.organisation_id) THEN
    RAISE EXCEPTION 'evidence replaces evidence of the same owner' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON sourcing_evidence FOR EACH ROW EXECUTE FUNCTION app.fill_evidence();

CREATE FUNCTION app.guard_evidence() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'evidence is retired, never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.code, NEW.organisation_id, NEW.document_id, NEW.url, NEW.sha256, NEW.pages, NEW.shows_workers,
      NEW.replaces_id, NEW.added_at)
     IS DISTINCT FROM
     (OLD.code, OLD.organisation_id, OLD.document_id, OLD.url, OLD.sha256, OLD.pages, OLD.shows_workers,
      OLD.replaces_id, OLD.added_at)
     OR (NEW.person_id IS DISTINCT FROM OLD.person_id AND NEW.person_id IS NOT NULL) THEN
    RAISE EXCEPTION 'what a piece of evidence is never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.retired_at IS NOT NULL AND (to_jsonb(NEW) - 'person_id') <> (to_jsonb(OLD) - 'person_id') THEN
    RAISE EXCEPTION 'retired evidence stays as it was' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON sourcing_evidence FOR EACH ROW EXECUTE FUNCTION app.guard_evidence();

CREATE FUNCTION app.fill_evidence_site() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT organisation_id INTO NEW.organisation_id FROM sourcing_evidence WHERE id = NEW.evidence_id;
  IF NOT EXISTS (SELECT FROM sourcing_siteaccess
                  WHERE organisation_id = NEW.organisation_id AND site_id = NEW.site_id) THEN
    RAISE EXCEPTION 'evidence names sites that its owner sees' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON sourcing_evidencesite FOR EACH ROW EXECUTE FUNCTION app.fill_evidence_site();
"""

OWN = "organisation_id = app.organisation()"


class Migration(migrating.Migration):
    dependencies = [
        ("documents", "0002_audit"),
        ("organisations", "0004_columns"),
        ("sourcing", "0005_own_access"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("url", models.URLField(blank=True, max_length=2000, verbose_name="link")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="SHA-256 of the file as sent")),
                ("pages", models.PositiveIntegerField(default=0, editable=False, verbose_name="pages")),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="issued on")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("period_from", models.DateField(blank=True, null=True, verbose_name="covers from")),
                ("period_to", models.DateField(blank=True, null=True, verbose_name="covers until")),
                (
                    "requirements",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name="requirements"
                    ),
                ),
                ("supplied_by", models.CharField(blank=True, max_length=200, verbose_name="who made it")),
                (
                    "confidentiality",
                    models.CharField(
                        choices=[("open", "Anyone may see it"), ("shared", "Only those who see what I attach it to"), ("internal", "Only my own organisation")],
                        default="shared",
                        max_length=10,
                        verbose_name="who may see it",
                    ),
                ),
                ("shows_workers", models.BooleanField(verbose_name="shows names, faces, ID or bank numbers of workers")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("note", models.TextField(blank=True, max_length=2000, verbose_name="note")),
                ("checklist", models.JSONField(blank=True, default=dict, verbose_name="checklist")),
                ("added_at", models.DateTimeField(verbose_name="added")),
                ("retired_at", models.DateTimeField(blank=True, null=True, verbose_name="put away")),
                ("retired_because", models.CharField(blank=True, max_length=500, verbose_name="why it was put away")),
                (
                    "document",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.document", verbose_name="file"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="organisations.organisation", verbose_name="owner"
                    ),
                ),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="sourcing.evidence",
                        verbose_name="replaces",
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence",
                "verbose_name_plural": "evidence",
                "indexes": [
                    models.Index(fields=["organisation", "-added_at", "-id"], name="evidence_newest"),
                    models.Index(fields=["organisation", "expires_on", "id"], name="evidence_by_expiry"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("document__isnull", False), ("url", "")),
                            models.Q(("document", None), models.Q(("url", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="evidence_is_a_file_or_a_link",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("document__isnull", False), ("sha256__regex", "^[0-9a-f]{64}$")),
                            models.Q(("document", None), ("sha256", "")),
                            _connector="OR",
                        ),
                        name="evidence_file_has_its_sha256",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_on", None), ("issued_on", None), ("expires_on__gte", models.F("issued_on")), _connector="OR"),
                        name="evidence_expires_after_it_is_issued",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period_from", None), ("period_to", None), ("period_to__gte", models.F("period_from")), _connector="OR"),
                        name="evidence_period_ends_after_it_begins",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None), models.Q(("sha256", ""), _negated=True)),
                        fields=("organisation", "sha256"),
                        name="evidence_same_file_once",
                    ),
                    models.UniqueConstraint(fields=("document",), name="evidence_one_per_document"),
                ],
            },
        ),
        migrations.CreateModel(
            name="EvidenceSite",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("evidence", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="named_sites", to="sourcing.evidence")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organisations.organisation"),
                ),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sourcing.site")),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("evidence", "site"), name="evidence_names_a_site_once")]},
        ),
        migrations.AddField(
            model_name="evidence",
            name="sites",
            field=models.ManyToManyField(related_name="evidence", through="sourcing.EvidenceSite", to="sourcing.site", verbose_name="sites"),
        ),
        Sql(GUARD),
        Police("sourcing_evidence", select=OWN, insert=f"{OWN} AND person_id = app.person()", update=OWN),
        Police("sourcing_evidencesite", select=OWN, insert=OWN, delete=OWN),
    ]
