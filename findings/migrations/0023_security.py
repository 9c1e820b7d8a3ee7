"""What raw SQL could still do: write in a colleague's or a stranger's name, place a row over foreign bytes.

And what the program could not: remove a kept view that a colleague follows, whose row it does not see.
"""

from django.db import migrations

from ledger.rowsecurity import Sql

# Words and figures that others rely on: whoever acts wrote them, whatever the row says.
SIGNED = (
    "callstep",
    "commitmentstep",
    "commitmentversion",
    "introduction",
    "introductionanswer",
    "planresponse",
    "planupdate",
    "planversion",
    "positionversion",
    "refundgroup",
    "refundpayment",
    "rhythmanswer",
    "rhythmrequest",
    "variance",
    "wagereview",
)
SIGN = """
CREATE FUNCTION app.sign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF app.person() IS NOT NULL THEN
    NEW.person_id := app.person();
  END IF;
  RETURN NEW;
END $$;
"""
FOLLOWED = """
CREATE FUNCTION app.drop_subscriptions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM findings_subscription WHERE saved_view_id = OLD.id;
  RETURN OLD;
END $$;
CREATE TRIGGER subscriptions BEFORE DELETE ON findings_savedview
  FOR EACH ROW EXECUTE FUNCTION app.drop_subscriptions();
"""
# The bytes of a row lie under its owner: nobody reads foreign ones by a row of their own.
OWN_BYTES = """
CREATE FUNCTION app.guard_storage_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF app.organisation() IS NOT NULL
     AND NOT starts_with(NEW.storage_key, 'organisations/' || NEW.organisation_id || '/') THEN
    RAISE EXCEPTION 'a file lies under its owner' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_storage_key BEFORE INSERT OR UPDATE OF storage_key, organisation_id ON documents_document
  FOR EACH ROW EXECUTE FUNCTION app.guard_storage_key();
"""


def signed(table: str) -> str:
    """Return the statement that has rows of `table` signed by whoever adds them."""
    return f"CREATE TRIGGER sign BEFORE INSERT ON findings_{table} FOR EACH ROW EXECUTE FUNCTION app.sign();"


class Migration(migrations.Migration):
    dependencies = [("findings", "0022_search"), ("documents", "0003_incidents")]

    operations = [
        Sql(SIGN + "\n".join(signed(table) for table in SIGNED)),
        Sql(FOLLOWED),
        Sql(OWN_BYTES),
    ]
