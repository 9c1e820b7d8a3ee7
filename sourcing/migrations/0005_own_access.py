"""An organisation reads its own rows of who sees which site; the owner asks a function who else does.

With `OR owner_id = …` in the policy the planner could not tell that the scope and the net ask the same thing: it
took the two for independent, expected a sixth of the rows, and gathered a large viewer's whole list in order to
sort it. With the one condition it walks the list's index and reads access rows from their index alone.
"""

from django.db import migrations

from ledger.rowsecurity import Sql

OWN = "ALTER POLICY app_select ON sourcing_siteaccess USING (organisation_id = app.organisation())"

READERS = """
CREATE FUNCTION app.readers_of_site(wanted bigint) RETURNS TABLE (organisation_id bigint, bases varchar[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.organisation_id, a.bases FROM sourcing_siteaccess a
   WHERE a.site_id = wanted AND a.owner_id = app.organisation()
$$;
REVOKE ALL ON FUNCTION app.readers_of_site(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.readers_of_site(bigint) TO {app}, {job};
"""


class Migration(migrations.Migration):
    dependencies = [("sourcing", "0004_import_reading")]

    operations = [Sql(OWN), Sql(READERS)]
