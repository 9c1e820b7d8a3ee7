"""A file kept in a group is read by the people inside it, as these persons for these organisations, and by nobody else."""

import django.db.models.deletion
from django.db import migrations, models

from ledger import migrating
from ledger.rowsecurity import Sql

INSIDE = """(SELECT true FROM forum_groupaccess a WHERE a.group_id = {table}.group_id
    AND a.person_id = app.person() AND a.organisation_id = app.organisation())"""
READ = INSIDE.format(table="documents_document")
PUT = f"(organisation_id = app.organisation() AND uploaded_by_id = app.person() AND {READ})"
WORK = f"(organisation_id = app.organisation() AND {INSIDE.format(table='documents_rendering')})"


def narrowed(table: str, command: str, clause: str, kept: str) -> Sql:
    """Let the policy of `command` stand for rows outside of groups, and put `kept` in force for those within."""
    column = "qual" if clause == "USING" else "with_check"
    return Sql(f"""
    DO $narrowed$ BEGIN
      EXECUTE format('ALTER POLICY app_{command} ON {table} {clause} ((group_id IS NULL AND (%s)) OR (group_id IS NOT NULL AND %s))',
        (SELECT {column} FROM pg_policies
          WHERE schemaname = 'public' AND tablename = '{table}' AND policyname = 'app_{command}'),
        $kept${kept}$kept$);
    END $narrowed$""")


NO_TRACE = """
-- A file's name is somebody's words: the entry about a file in a group belongs to the person alone.
CREATE OR REPLACE FUNCTION app.refuse_trace_of_kept_file() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM documents_document
              WHERE id = NEW.subject_id AND (incident_id IS NOT NULL OR group_id IS NOT NULL)) THEN
    RAISE EXCEPTION 'nothing about such a file stands where an organisation reads' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""


def kept_in(of: str) -> models.Field:
    """Return the column that says in which group a row is kept."""
    return models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="forum.group",
        verbose_name=of,
    )


class Migration(migrating.Migration):
    dependencies = [
        ("documents", "0003_incidents"),
        ("findings", "0018_incidents"),
        ("schemes", "0002_core"),
        ("forum", "0001_groups"),
    ]

    operations = [
        migrations.AddField("document", "group", kept_in("kept in the group")),
        migrations.AddField("rendering", "group", kept_in("to be kept in the group")),
        migrations.AddConstraint(
            "document",
            models.CheckConstraint(
                condition=models.Q(group=None) | models.Q(audit=None, incident=None),
                name="documents_document_in_a_group_alone",
            ),
        ),
        narrowed("documents_document", "select", "USING", READ),
        narrowed("documents_document", "insert", "WITH CHECK", PUT),
        narrowed("documents_rendering", "select", "USING", WORK),
        narrowed("documents_rendering", "insert", "WITH CHECK", WORK),
        narrowed("documents_rendering", "update", "USING", WORK),
        narrowed("documents_rendering", "update", "WITH CHECK", WORK),
        Sql(NO_TRACE),
    ]
