"""Who acts for nobody but themselves writes about nobody else: such an entry has no owner to be told."""

from django.db import migrations

from ledger.rowsecurity import Sql

OWN_ENTRIES = """
ALTER POLICY app_insert ON ledger_entry WITH CHECK (
  (organisation_id = app.organisation()
     AND coalesce(actor_id, app.person()) IS NOT DISTINCT FROM app.person())
  OR (organisation_id IS NULL AND actor_id = app.person() AND owner_id IS NULL))
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_unread")]

    operations = [Sql(OWN_ENTRIES)]
