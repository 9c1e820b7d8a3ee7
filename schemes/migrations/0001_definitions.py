"""Schemes and editions: read by everybody once published, frozen then; drafts are the scheme body's alone."""

import django.db.models.deletion
from django.db import migrations, models

import ledger.codes
import schemes.lifecycle
from ledger import migrating
from ledger.rowsecurity import Police, Sql

GUARD = """
-- A scheme keeps its key; the one who runs it is a scheme body.
CREATE FUNCTION app.guard_scheme() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.is_public THEN
      RAISE EXCEPTION 'a published scheme stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF NEW.body_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM organisations_organisation WHERE id = NEW.body_id AND 'scheme_body' = ANY (capabilities)) THEN
    RAISE EXCEPTION 'a scheme is run by a scheme body' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    NEW.is_public := false;
    RETURN NEW;
  END IF;
  IF (NEW.code, NEW.key, NEW.subject) IS DISTINCT FROM (OLD.code, OLD.key, OLD.subject) THEN
    RAISE EXCEPTION 'a scheme keeps its key and its subject' USING ERRCODE = 'restrict_violation';
  END IF;
  NEW.is_public := EXISTS (SELECT FROM schemes_edition WHERE scheme_id = NEW.id AND state <> 'draft');
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON schemes_scheme
FOR EACH ROW EXECUTE FUNCTION app.guard_scheme();

-- What is published was a draft, is what its checksum says, and stays as it is but for being followed by another.
CREATE FUNCTION app.guard_edition() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine text[] := ARRAY['state', 'retired_at'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.state <> 'draft' THEN
      RAISE EXCEPTION 'a published edition stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF NEW.sha256 <> encode(sha256(convert_to(NEW.source, 'UTF8')), 'hex') THEN
    RAISE EXCEPTION 'the checksum of an edition is that of its text' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
      RAISE EXCEPTION 'an edition begins as a draft' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.code, NEW.scheme_id) IS DISTINCT FROM (OLD.code, OLD.scheme_id) THEN
    RAISE EXCEPTION 'an edition keeps its scheme' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state <> 'draft' THEN
    IF NOT (OLD.state = 'published' AND NEW.state = 'retired')
       OR (to_jsonb(NEW) - mine) <> (to_jsonb(OLD) - mine) THEN
      RAISE EXCEPTION 'a published edition never changes' USING ERRCODE = 'restrict_violation';
    END IF;
  ELSIF NEW.state NOT IN ('draft', 'published') THEN
    RAISE EXCEPTION 'a draft is published first' USING ERRCODE = 'restrict_violation';
  ELSIF NEW.state = 'published' AND NOT EXISTS (SELECT FROM schemes_criterion WHERE edition_id = NEW.id) THEN
    RAISE EXCEPTION 'an edition asks something' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON schemes_edition
FOR EACH ROW EXECUTE FUNCTION app.guard_edition();

CREATE FUNCTION app.open_scheme() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE schemes_scheme SET is_public = true WHERE id = NEW.scheme_id AND NOT is_public;
  RETURN NULL;
END $$;
CREATE TRIGGER open_scheme AFTER UPDATE OF state ON schemes_edition
FOR EACH ROW WHEN (NEW.state <> 'draft') EXECUTE FUNCTION app.open_scheme();

-- Criteria and levels stand and fall with their edition.
CREATE FUNCTION app.guard_edition_part() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE before text; after text;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    SELECT state INTO before FROM schemes_edition WHERE id = OLD.edition_id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    SELECT state INTO after FROM schemes_edition WHERE id = NEW.edition_id FOR SHARE;
  END IF;
  IF coalesce(before, 'draft') <> 'draft' OR coalesce(after, 'draft') <> 'draft' THEN
    RAISE EXCEPTION 'a published edition never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON schemes_criterion
FOR EACH ROW EXECUTE FUNCTION app.guard_edition_part();
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON schemes_level
FOR EACH ROW EXECUTE FUNCTION app.guard_edition_part();
"""

BODY = "body_id = app.organisation()"
OF_MINE = "(SELECT true FROM schemes_scheme s WHERE s.id = scheme_id AND s.body_id = app.organisation())"
SEEN = "(SELECT true FROM schemes_edition e WHERE e.id = edition_id)"
IN_MY_DRAFT = """(SELECT true FROM schemes_edition e JOIN schemes_scheme s ON s.id = e.scheme_id
                 WHERE e.id = edition_id AND e.state = 'draft' AND s.body_id = app.organisation())"""


class Migration(migrating.Migration):
    initial = True

    dependencies = [("organisations", "0004_columns")]

    operations = [
        migrations.CreateModel(
            name="Scheme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("key", models.SlugField(max_length=40, unique=True, verbose_name="key")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                (
                    "subject",
                    models.CharField(
                        choices=[("organisation", "Organisations"), ("initiative", "Initiatives"), ("contract", "Contracts")],
                        max_length=12,
                        verbose_name="what it assesses",
                    ),
                ),
                ("is_public", models.BooleanField(default=False, editable=False, verbose_name="public")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="schemes",
                        to="organisations.organisation",
                        verbose_name="scheme body",
                    ),
                ),
            ],
            options={
                "verbose_name": "scheme",
                "verbose_name_plural": "schemes",
                "ordering": ("title",),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("key__regex", "^[a-z][a-z0-9-]*$")), name="scheme_key_is_a_slug"),
                    models.CheckConstraint(condition=models.Q(("subject__in", ["organisation", "initiative", "contract"])), name="scheme_subject_is_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("version", models.CharField(max_length=20, verbose_name="version")),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                (
                    "shape",
                    models.CharField(
                        choices=[
                            ("ladder", "Levels, one above the other"),
                            ("rubric", "Points for each indicator"),
                            ("checklist", "An answer for each outcome"),
                        ],
                        max_length=10,
                        verbose_name="shape",
                    ),
                ),
                ("language", models.CharField(max_length=12, verbose_name="language")),
                ("source", models.TextField(verbose_name="text")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("data", models.JSONField(verbose_name="content")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            (schemes.lifecycle.EditionState["DRAFT"], "Draft"),
                            (schemes.lifecycle.EditionState["PUBLISHED"], "In force"),
                            (schemes.lifecycle.EditionState["RETIRED"], "Followed by a later one"),
                        ],
                        default=schemes.lifecycle.EditionState["DRAFT"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="written")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                ("retired_at", models.DateTimeField(blank=True, null=True, verbose_name="followed by a later one")),
                ("scheme", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="editions", to="schemes.scheme", verbose_name="scheme")),
            ],
            options={
                "verbose_name": "edition",
                "verbose_name_plural": "editions",
                "constraints": [
                    models.UniqueConstraint(fields=("scheme", "version"), name="edition_once_per_version"),
                    models.UniqueConstraint(condition=models.Q(("state", "published")), fields=("scheme",), name="edition_one_in_force"),
                    models.CheckConstraint(condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="edition_has_its_sha256"),
                    models.CheckConstraint(condition=models.Q(("shape__in", ["ladder", "rubric", "checklist"])), name="edition_shape_is_known"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("published_at", None), ("retired_at", None), ("state", "draft")),
                            models.Q(("published_at__isnull", False), ("retired_at", None), ("state", "published")),
                            models.Q(("published_at__isnull", False), ("retired_at__isnull", False), ("state", "retired")),
                            _connector="OR",
                        ),
                        name="edition_dates_follow_its_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Criterion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60, verbose_name="key")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("group", models.CharField(blank=True, default="", max_length=60, verbose_name="group")),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                ("edition", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="criteria", to="schemes.edition")),
            ],
            options={
                "verbose_name": "criterion",
                "verbose_name_plural": "criteria",
                "ordering": ("edition", "position"),
                "constraints": [
                    models.UniqueConstraint(fields=("edition", "key"), name="criterion_once_per_edition"),
                    models.UniqueConstraint(fields=("edition", "position"), name="criterion_has_its_own_place"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Level",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40, verbose_name="key")),
                ("title", models.CharField(max_length=80, verbose_name="title")),
                ("rank", models.PositiveSmallIntegerField(verbose_name="rank")),
                ("edition", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="levels", to="schemes.edition")),
            ],
            options={
                "verbose_name": "level",
                "verbose_name_plural": "levels",
                "ordering": ("edition", "rank"),
                "constraints": [
                    models.UniqueConstraint(fields=("edition", "key"), name="level_once_per_edition"),
                    models.UniqueConstraint(fields=("edition", "rank"), name="level_has_its_own_rank"),
                    models.CheckConstraint(condition=models.Q(("rank__gte", 1)), name="level_rank_begins_at_one"),
                ],
            },
        ),
        Sql(GUARD),
        Police(
            "schemes_scheme",
            select=f"is_public OR {BODY}",
            insert=f"{BODY} AND NOT is_public",
            update=BODY,
            delete=f"{BODY} AND NOT is_public",
            columns=["title"],
        ),
        Police(
            "schemes_edition",
            select=f"state <> 'draft' OR {OF_MINE}",
            insert=f"state = 'draft' AND {OF_MINE}",
            update=OF_MINE,
            delete=f"state = 'draft' AND {OF_MINE}",
            columns=["version", "title", "shape", "language", "source", "sha256", "data", "state", "published_at", "retired_at"],
        ),
        Police("schemes_criterion", select=SEEN, insert=IN_MY_DRAFT, update=IN_MY_DRAFT, delete=IN_MY_DRAFT),
        Police("schemes_level", select=SEEN, insert=IN_MY_DRAFT, update=IN_MY_DRAFT, delete=IN_MY_DRAFT),
    ]
