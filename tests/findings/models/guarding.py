"""Asking the guards of the database alone: as the owner of the tables, whom no row policy stops.

`said` runs one statement and returns the words of the refusal, or nothing when it went through. With `by` it is run
for an organisation, as a request of its members would; without, as a loader on the command line.
"""

import json
from itertools import count
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, connection, transaction

from ledger.acting import acting
from organisations.models import Membership, Organisation
from tests.conftest import owner_role

By = Organisation | Membership | None
FRESH = count(10**6)


def said(sql: str, *values: Any, by: By = None, keep: bool = False) -> str:
    """Run a statement; return why the database refuses it, or "" when it lets it through, and take it back then.

    Args:
        by: for whom it is run.
        keep: let what went through stay.
    """
    person = by.person_id if isinstance(by, Membership) else None
    own = by.organisation_id if isinstance(by, Membership) else by.pk if by else None
    try:
        with owner_role(), transaction.atomic():
            if own is None:
                return _run(sql, values, keep)
            with acting(person_id=person, organisation_id=own):
                return _run(sql, values, keep)
    except DatabaseError as error:
        return str(error).splitlines()[0]


def copied(table: str, key: int, *, by: By = None, keep: bool = False, **changes: Any) -> str:
    """Add a copy of a row with a key and a code of its own and these columns changed; return as `said` does."""
    fresh = next(FRESH)
    values = json.dumps({"id": fresh, "code": f"X{fresh}", **changes}, cls=DjangoJSONEncoder)
    sql = f"INSERT INTO {table} SELECT (jsonb_populate_record(t, %s)).* FROM {table} t WHERE id = %s"  # noqa: S608
    return said(sql, values, key, by=by, keep=keep)


def _run(sql: str, values: tuple[Any, ...], keep: bool) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        touched = cursor.rowcount
    if not keep:
        transaction.set_rollback(True)
    return "" if touched else "touched nothing"


def row(sql: str, *values: Any) -> tuple[Any, ...]:
    """Return the one row that a question finds, whoever may see it."""
    with owner_role(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchone()
        assert found is not None
        return tuple(found)
