"""COPY into the tables of models: columns that a row does not name get what the model would give them."""

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from django.core.management.color import no_style
from django.db import connection, models
from django.utils import timezone
from psycopg import sql


def code_of(letter: str, number: int) -> str:
    """Return a public code; real ones are random."""
    return f"{letter}{number:09X}"


def copy(
    into: psycopg.Cursor[Any], model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write `rows`, tuples in the order of `names`; names are those of attributes, `supplier_id` for example."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    others = [field for name, field in fields.items() if name not in names and not field.primary_key]
    constant = tuple(_default(field) for field in others)
    columns = [str(field.column) for field in [*(fields[name] for name in names), *others]]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with into.copy(statement) as target:
        for row in rows:
            target.write_row((*row, *constant))


def go_on_counting(cursor: psycopg.Cursor[Any], written: Sequence[type[models.Model]]) -> None:
    """Let the tables' own numbers begin after those that were written."""
    for statement in connection.ops.sequence_reset_sql(no_style(), list(written)):
        cursor.execute(statement.encode())


def _default(field: "models.Field[Any, Any]") -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now()
    return field.get_db_prep_save(field.get_default(), connection)
