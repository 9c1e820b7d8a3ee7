"""What waits for a member, as each app's part of one statement: rows of one shape, the few most urgent of each kind."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import CharField, DateField, F, QuerySet, Value
from django.db.models.functions import Cast

MOST = 8  # rows of one kind
NOTHING = Value("")


class Waiting(NamedTuple):
    """One thing that waits.

    Args:
        kind: which; `config.todos` has words for each. code: of the thing, for its address.
        who, note: names and titles. state: of the thing. on: the day it is about.
    """

    kind: str
    code: str
    who: str
    note: str
    state: str
    on: dt.date | None


def part(
    rows: "QuerySet[Any, Any]",
    kind: str,
    *,
    code: Any = "code",
    who: Any = NOTHING,
    note: Any = NOTHING,
    state: Any = NOTHING,
    on: Any = None,
    order: Sequence[str],
) -> "QuerySet[Any, Any]":
    """Return the most urgent rows of one kind, as columns of `Waiting`."""
    said = [Cast(_of(one), CharField()) for one in (Value(kind), code, who, note, state)]
    day = Cast(_of(on) if on is not None else Value(None), DateField())
    return rows.order_by(*order).values_list(*said, day)[:MOST]


def waiting_in(parts: "Iterable[QuerySet[Any, Any]]") -> list[Waiting]:
    """Return the rows of all parts, in one statement, unordered."""
    first, *more = parts
    return [Waiting(*row) for row in first.union(*more, all=True)]


def _of(one: Any) -> Any:
    return F(one) if isinstance(one, str) else one
