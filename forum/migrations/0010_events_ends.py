"""Bookings that change their size, and letters about outside bodies that end by a link.

An organisation changes how many its booking is for; `_events.py` says when. A follower's link shows and ends the one row that
it is for.
"""

from django.db import migrations, models

from ledger.rowsecurity import Sql

HOUSE = """organisation_id = app.organisation() AND (registrant_id = app.person() OR (SELECT true FROM organisations_membership m
  WHERE m.organisation_id = app.organisation() AND m.person_id = app.person() AND m.is_active AND m.role = 'admin'))"""
FOLLOWS = "person_id = app.person() AND organisation_id = app.organisation() OR stop_hash = app.secret()"


class Migration(migrations.Migration):
    dependencies = [("forum", "0009_groupwork_links")]

    operations = [
        migrations.AddField(
            model_name="bodyfollower",
            name="stop_hash",
            field=models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True),
        ),
        Sql(f"""
            ALTER POLICY app_select ON forum_bodyfollower USING ({FOLLOWS});
            ALTER POLICY app_delete ON forum_bodyfollower USING ({FOLLOWS});
            GRANT UPDATE (quantity) ON forum_registration TO {{app}};
            ALTER POLICY app_insert ON forum_eventplace WITH CHECK ({HOUSE});
            CREATE POLICY app_delete ON forum_eventplace FOR DELETE TO {{app}} USING ({HOUSE});
            GRANT DELETE ON forum_eventplace TO {{app}};
        """),
    ]
