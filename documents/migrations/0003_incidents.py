"""A file kept in a case is seen by people named there, never by a whole organisation nor through an audit."""

import django.db.models.deletion
from django.db import migrations, models

from ledger import migrating
from ledger.rowsecurity import Sql

NAMED = """(SELECT true FROM findings_incidentaccess n
    WHERE n.incident_id = {table}.incident_id AND n.person_id = app.person()
      AND n.organisation_id = app.organisation() AND (n.expires_at IS NULL OR n.expires_at > now()))"""
# One's own, the papers made for one's organisation, and what a line of the log that one may read brings along.
KEPT = f"""({NAMED.format(table="documents_document")}
   AND (organisation_id = app.organisation() AND (uploaded_by_id = app.person() OR kind = 'report')
        OR (SELECT true FROM findings_incidentstep s WHERE s.document_id = documents_document.id)))"""
PUT = f"""(audit_id IS NULL AND organisation_id = app.organisation() AND uploaded_by_id = app.person()
   AND {NAMED.format(table="documents_document")})"""
IN_CASE = NAMED.format(table="documents_rendering")


def narrowed(table: str, command: str, clause: str, kept: str) -> Sql:
    """Let the policy of `command` stand for rows outside of cases, and put `kept` in force for those within."""
    column = "qual" if clause == "USING" else "with_check"
    return Sql(f"""
    DO $narrowed$ BEGIN
      EXECUTE format('ALTER POLICY app_{command} ON {table} {clause} ((incident_id IS NULL AND (%s)) OR (incident_id IS NOT NULL AND %s))',
        (SELECT {column} FROM pg_policies
          WHERE schemaname = 'public' AND tablename = '{table}' AND policyname = 'app_{command}'),
        $kept${kept}$kept$);
    END $narrowed$""")


NO_TRACE = """
-- The entry about a file kept in a case belongs to the person alone, as all entries about cases do.
CREATE FUNCTION app.refuse_trace_of_kept_file() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM documents_document WHERE id = NEW.subject_id AND incident_id IS NOT NULL) THEN
    RAISE EXCEPTION 'nothing about a case stands where an organisation reads' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER no_trace_of_kept_files BEFORE INSERT ON ledger_entry FOR EACH ROW
  WHEN (NEW.subject_kind = 'documents.document' AND (NEW.organisation_id IS NOT NULL OR NEW.owner_id IS NOT NULL))
  EXECUTE FUNCTION app.refuse_trace_of_kept_file();
CREATE TRIGGER no_trace_of_kept_files BEFORE INSERT ON ledger_readlog FOR EACH ROW
  WHEN (NEW.subject_kind = 'documents.document') EXECUTE FUNCTION app.refuse_trace_of_kept_file();
"""


class Migration(migrating.Migration):
    dependencies = [("documents", "0002_audit"), ("findings", "0018_incidents")]

    operations = [
        migrations.AddField(
            "document",
            "incident",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="findings.incident",
                verbose_name="kept in the case",
            ),
        ),
        migrations.AddField(
            "rendering",
            "incident",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="findings.incident",
                verbose_name="to be kept in the case",
            ),
        ),
        migrations.AddConstraint(
            "rendering",
            models.CheckConstraint(
                condition=~models.Q(subject_kind__startswith="findings.incident")
                | models.Q(incident__isnull=False),
                name="documents_rendering_of_a_case_names_it",
            ),
        ),
        narrowed("documents_document", "select", "USING", KEPT),
        narrowed("documents_document", "insert", "WITH CHECK", PUT),
        narrowed(
            "documents_rendering", "select", "USING", f"(organisation_id = app.organisation() AND {IN_CASE})"
        ),
        narrowed(
            "documents_rendering",
            "insert",
            "WITH CHECK",
            f"(organisation_id = app.organisation() AND {IN_CASE})",
        ),
        narrowed(
            "documents_rendering", "update", "USING", f"(organisation_id = app.organisation() AND {IN_CASE})"
        ),
        narrowed(
            "documents_rendering",
            "update",
            "WITH CHECK",
            f"(organisation_id = app.organisation() AND {IN_CASE})",
        ),
        Sql(NO_TRACE),
    ]
