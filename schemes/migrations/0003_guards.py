"""Who moves what in a scheme, and what never changes: held by the database, against raw SQL by any role.

A second person decides, nobody judges an organisation they belong to or support, nothing is scored before a clean
declaration, no level is above what the rule gives (`app.scheme_level` says the rule once more), and nothing is dated
before what it rests on.
"""

from django.db import migrations

from ledger.rowsecurity import Sql
from schemes.migrations._guards import APPEAL, ASSESSMENT, DECISION, PEOPLE, RULE, WORDS


class Migration(migrations.Migration):
    dependencies = [("schemes", "0002_core")]

    operations = [Sql(RULE), Sql(ASSESSMENT), Sql(PEOPLE), Sql(WORDS), Sql(DECISION), Sql(APPEAL)]
