"""Who may read and write which rows; entries and reads are append-only; each entry drops itself into the outbox."""

from django.db import migrations

from ledger.rowsecurity import AppendOnly, Police, Sql

OURS = "organisation_id = app.organisation()"
OURS_OR_OWNED = f"{OURS} OR owner_id = app.organisation()"
MY_OWN = "organisation_id IS NULL AND actor_id = app.person()"
NOBODY_ELSE = "coalesce({column}, app.person()) IS NOT DISTINCT FROM app.person()"

# Runs as the owner: the role that serves people has no right to the outbox. Per statement, so that an import of
# thousands of entries costs one INSERT more.
OUTBOX = """
CREATE FUNCTION app.drop_into_outbox() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO ledger_outbox (entry_id, attempts, next_try_at, error)
  SELECT id, 0, at, '' FROM fresh ORDER BY id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION app.drop_into_outbox() FROM PUBLIC;
CREATE TRIGGER drop_into_outbox AFTER INSERT ON ledger_entry
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION app.drop_into_outbox();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_models")]

    operations = [
        Police(
            "ledger_entry",
            select=f"{OURS_OR_OWNED} OR ({MY_OWN})",
            insert=f"({OURS} AND {NOBODY_ELSE.format(column='actor_id')}) OR ({MY_OWN})",
        ),
        AppendOnly("ledger_entry"),
        Police("ledger_outbox", select="false"),
        Sql("REVOKE ALL ON ledger_outbox FROM {app}"),
        Sql(OUTBOX),
        Police(
            "ledger_delivery",
            select="person_id = app.person()",
            update="person_id = app.person()",
            columns=["read_at"],
        ),
        Police(
            "ledger_readlog",
            select=OURS_OR_OWNED,
            insert=f"{OURS} AND {NOBODY_ELSE.format(column='person_id')}",
        ),
        AppendOnly("ledger_readlog"),
        # What is done is said by the tick alone: the column done_at is missing here on purpose.
        Police(
            "ledger_occurrence",
            select=OURS,
            insert=OURS,
            update=OURS,
            columns=[
                "due_at",
                "due_on",
                "data",
                "cancelled_at",
                "parked_at",
                "attempts",
                "next_try_at",
                "error",
            ],
        ),
        Police("ledger_heartbeat", select="true"),
    ]
