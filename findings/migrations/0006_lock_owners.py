"""An audit that waits for a site's change of owner locks the new owner too, before it looks who sees the site."""

from django.db import migrations

from ledger.rowsecurity import Sql

ON_AUDIT_CHANGE = """
CREATE OR REPLACE FUNCTION app.on_audit_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.lock_suppliers_of_sites(ARRAY(SELECT site_id FROM after_rows));
  PERFORM app.refresh_audit_access(ARRAY(SELECT id FROM after_rows));
  RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("findings", "0005_names"), ("sourcing", "0003_answers")]

    operations = [Sql(ON_AUDIT_CHANGE)]
