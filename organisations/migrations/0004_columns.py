"""What may change in a membership, an invitation and an API token once it is there; never whose it is, or its secret."""

from django.db import migrations

from ledger.rowsecurity import Sql

MAY_CHANGE = {
    "organisations_membership": ("role", "site_ids", "is_active", "joined_at", "ended_at"),
    "organisations_invitation": ("accepted_at", "withdrawn_at"),
    "organisations_apitoken": ("revoked_at", "last_used_at"),
}


def only(table: str, columns: tuple[str, ...]) -> Sql:
    """Return the statements that narrow the role app's UPDATE on `table` to `columns`."""
    return Sql(f"REVOKE UPDATE ON {table} FROM {{app}}; GRANT UPDATE ({', '.join(columns)}) ON {table} TO {{app}}")


class Migration(migrations.Migration):
    dependencies = [("organisations", "0003_codes_and_doors")]

    operations = [only(table, columns) for table, columns in MAY_CHANGE.items()]
