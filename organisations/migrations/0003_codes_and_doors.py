"""Public codes for memberships; a former member no longer sees the organisation; nobody founds what is not free."""

from django.db import migrations, models

import ledger.codes
from ledger.rowsecurity import Police, Sql

# Ten characters of Crockford's alphabet for rows made before; later ones come from the application.
FILL = """
UPDATE organisations_membership SET code = (
  SELECT string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + floor(random() * 32)::int, 1), '')
    FROM generate_series(1, 10) WHERE organisations_membership.id IS NOT NULL)
"""
FREE = "ARRAY['buyer', 'supplier', 'stakeholder']::varchar[]"


class Migration(migrations.Migration):
    dependencies = [("organisations", "0002_row_security")]

    operations = [
        migrations.AddField(
            "membership",
            "code",
            models.CharField(default="", editable=False, max_length=12, verbose_name="code"),
            preserve_default=False,
        ),
        Sql(FILL),
        migrations.AlterField(
            "membership",
            "code",
            models.CharField(
                default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code"
            ),
        ),
        Police(
            "organisations_organisation",
            select="""id = app.organisation() OR is_listed
              OR (SELECT true FROM organisations_organisationaccess a
                   WHERE a.organisation_id = app.organisation() AND a.target_id = organisations_organisation.id)
              OR (SELECT true FROM organisations_membership m
                   WHERE m.organisation_id = organisations_organisation.id AND m.person_id = app.person()
                     AND m.is_active)
              OR (SELECT true FROM organisations_invitation i
                   WHERE i.organisation_id = organisations_organisation.id AND i.token_hash = app.secret())""",
            insert=f"id = app.organisation() AND NOT is_listed AND capabilities <@ {FREE}",
            update="id = app.organisation()",
            columns=["name", "country"],
        ),
    ]
