"""Keyset paging: a page begins after a row, not after a number of rows.

No row is skipped or shown twice while others are added, and page 500 costs what page 1 costs. The cursor
carries the order's values of the edge row, signed; one that is junk, stale or of another order shows
the first page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, OrderBy, Q, QuerySet
from django.http import HttpRequest

PARAMETER = "cursor"
SORT = "sort"
LARGEST = 200
_SALT = "web.paging"
_LONGEST = 4000

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows with the cursors and addresses of its neighbours ("" where there is none)."""

    rows: list[Row]
    size: int
    next_cursor: str = ""
    previous_cursor: str = ""
    next_url: str = ""
    previous_url: str = ""

    @property
    def has_next(self) -> bool:
        """Tell whether rows follow."""
        return bool(self.next_cursor)

    @property
    def has_previous(self) -> bool:
        """Tell whether rows come before."""
        return bool(self.previous_cursor)


@dataclass(frozen=True)
class _Cursor:
    """The edge to go on from: forward after it, or back before it."""

    forward: bool
    values: list[Any]


@dataclass(frozen=True)
class _Key:
    """One column of the order."""

    name: str
    descending: bool
    nullable: bool

    def term(self, *, reverse: bool) -> OrderBy:
        """Return the ORDER BY term; a missing value counts as the largest, as PostgreSQL has it."""
        descending = self.descending != reverse
        return F(self.name).desc() if descending else F(self.name).asc()

    def equal(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def beyond(self, value: Any, *, reverse: bool) -> Q | None:
        """Return the condition for rows past `value` in this direction; None when there can be none."""
        if self.descending != reverse:
            return Q(**{f"{self.name}__isnull": False}) if value is None else Q(**{f"{self.name}__lt": value})
        if value is None:
            return None
        larger = Q(**{f"{self.name}__gt": value})
        return larger | Q(**{f"{self.name}__isnull": True}) if self.nullable else larger


def keyset_page(
    queryset: QuerySet[Any, Row],
    *,
    request: HttpRequest,
    order: Sequence[str] = ("-raised_at", "-id"),
    size: int = 50,
) -> Page[Row]:
    """Return the page that the address asks for.

    `order` names columns (or annotations) as `order_by` does; the primary key is added when it is missing, so
    that the order is total. `size` is at most 200. The neighbours' addresses keep the filters of this one.
    """
    keys = _keys(queryset, order)
    size = max(1, min(size, LARGEST))
    cursor = _read(request.GET.get(PARAMETER, ""), keys)
    rows, more = _fetch(queryset, keys, cursor, size)
    if cursor and not cursor.forward and len(rows) < size:
        cursor = None  # fewer rows before the edge than a page holds: that is the first page
        rows, more = _fetch(queryset, keys, cursor, size)
    if cursor and not cursor.forward:
        rows.reverse()
        has_next, has_previous = True, more
    else:
        has_next, has_previous = more, cursor is not None
    next_cursor = _write(rows[-1], keys, forward=True) if rows and has_next else ""
    previous_cursor = _write(rows[0], keys, forward=False) if rows and has_previous else ""
    return Page(
        rows=rows,
        size=size,
        next_cursor=next_cursor,
        previous_cursor=previous_cursor,
        next_url=_address(request, next_cursor),
        previous_url=_address(request, previous_cursor),
    )


def is_cursor_of(queryset: QuerySet[Any, Any], cursor: str, *, order: Sequence[str]) -> bool:
    """Tell whether we wrote `cursor` for this order; a page ignores any other, the API refuses it."""
    return _read(cursor, _keys(queryset, order)) is not None


def chosen_order(
    request: HttpRequest, offered: Mapping[str, Sequence[str]], *, default: str
) -> tuple[str, ...]:
    """Return the order that `?sort=name` or `?sort=-name` asks for; anything not offered is `default`.

    `offered` maps a name to its ascending columns: `{"name": ("name",), "audited": ("last_audited_on",)}`.
    """
    asked = request.GET.get(SORT, "") or default
    if asked.removeprefix("-") not in offered:
        asked = default
    columns = offered[asked.removeprefix("-")]
    return tuple(_turn(column) for column in columns) if asked.startswith("-") else tuple(columns)


def _turn(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"


def _keys(queryset: QuerySet[Any, Any], order: Sequence[str]) -> list[_Key]:
    names = {column.removeprefix("-") for column in order}
    pk = queryset.model._meta.pk.name
    columns = list(order)
    if not names & {"pk", "id", pk}:
        columns.append(f"-{pk}" if columns and columns[-1].startswith("-") else pk)
    return [
        _Key(
            column.removeprefix("-"),
            column.startswith("-"),
            _is_nullable(queryset.model, column.removeprefix("-")),
        )
        for column in columns
    ]


def _is_nullable(model: type[Model], name: str) -> bool:
    """Tell whether the column can be empty; of an annotation we cannot know."""
    if name == "pk":
        return False
    here: Any = model
    nullable = False
    for part in name.split("__"):
        try:
            column = here._meta.get_field(part)
        except FieldDoesNotExist:
            return True
        nullable = nullable or bool(getattr(column, "null", True))
        here = column.related_model
    return nullable


def _fetch(
    queryset: QuerySet[Any, Row], keys: list[_Key], cursor: _Cursor | None, size: int
) -> tuple[list[Row], bool]:
    """Return at most `size` rows in reading direction, and whether more follow."""
    reverse = cursor is not None and not cursor.forward
    if cursor:
        queryset = queryset.filter(_after(keys, cursor.values, reverse=reverse))
    rows = list(in_order(queryset, [key.term(reverse=reverse) for key in keys], size + 1))
    return rows[:size], len(rows) > size


def in_order(queryset: QuerySet[Any, Row], terms: Sequence[str | OrderBy], most: int) -> QuerySet[Any, Row]:
    """Return the first rows in an order, which is total.

    A query set with a method `in_parts` gives query sets that share no row and are quicker to ask apart: the first rows
    of each, merged, are the first of all.
    """
    parts = queryset.in_parts() if hasattr(queryset, "in_parts") else [queryset]
    first, *others = (part.order_by(*terms)[:most] for part in parts)
    return first.union(*others, all=True).order_by(*terms)[:most] if others else first


def _after(keys: list[_Key], values: list[Any], *, reverse: bool) -> Q:
    """Return "comes after these values" as a chain of ORs, led by the first column's bound for the index."""
    condition = Q(pk__in=[])
    for place, key in enumerate(keys):
        beyond = key.beyond(values[place], reverse=reverse)
        if beyond is None:
            continue
        for earlier in range(place):
            beyond = keys[earlier].equal(values[earlier]) & beyond
        condition |= beyond
    first = keys[0].beyond(values[0], reverse=reverse)
    bound = keys[0].equal(values[0]) if first is None else first | keys[0].equal(values[0])
    return bound & condition


def _value(row: Any, name: str) -> Any:
    if isinstance(row, Mapping):
        return row[name]
    for part in name.split("__"):
        row = getattr(row, part, None)
    return row


def _order_name(keys: list[_Key]) -> str:
    return ",".join(f"-{key.name}" if key.descending else key.name for key in keys)


def _write(row: Any, keys: list[_Key], *, forward: bool) -> str:
    packed = [_pack(_value(row, key.name)) for key in keys]
    return signing.dumps([_order_name(keys), forward, packed], salt=_SALT, compress=True)


def _read(text: str, keys: list[_Key]) -> _Cursor | None:
    """Return the cursor, or None for anything that we did not write for this very order."""
    if not text or len(text) > _LONGEST:
        return None
    try:
        order, forward, packed = signing.loads(text, salt=_SALT)
        if order != _order_name(keys) or len(packed) != len(keys):
            return None
        return _Cursor(forward=bool(forward), values=[_unpack(item) for item in packed])
    except (signing.BadSignature, ValueError, TypeError, ArithmeticError, KeyError):
        return None


def _pack(value: Any) -> list[Any]:
    match value:
        case None | bool() | int() | float() | str():
            return ["=", value]
        case datetime():
            return ["t", value.isoformat()]
        case date():
            return ["d", value.isoformat()]
        case Decimal():
            return ["m", str(value)]
    raise TypeError(f"Rows cannot be paged by a {type(value).__name__}.")


def _unpack(item: list[Any]) -> Any:
    kind, value = item
    readers: dict[str, Any] = {
        "=": lambda it: it,
        "t": datetime.fromisoformat,
        "d": date.fromisoformat,
        "m": Decimal,
    }
    return readers[kind](value)


def _address(request: HttpRequest, cursor: str) -> str:
    """Return the same page's address with another cursor, so that filters stay."""
    if not cursor:
        return ""
    query = request.GET.copy()
    query[PARAMETER] = cursor
    return f"?{query.urlencode()}"
