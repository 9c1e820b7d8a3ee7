"""The public register as CSV and JSON: what the page shows, row by row and in its order."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from documents.tables import csv_lines
from schemes.models import RegisterEntry, Scheme
from schemes.queries.register import REGISTER_COLUMNS, public_row

COLUMNS = ("name", "country", "level", "level_title", "since", "member_since", "history")


def register_csv(entries: QuerySet[RegisterEntry]) -> Iterator[bytes]:
    """Write entries as CSV; a history stands in one cell, oldest first."""

    def lines() -> Iterator[list[object]]:
        yield list(COLUMNS)
        for entry in entries.values(*REGISTER_COLUMNS):
            row = public_row(entry)
            row["history"] = "; ".join(f"{one['on']} {one['title']}" for one in row["history"])
            yield [row[name] for name in COLUMNS]

    return csv_lines(lines())


def register_json(
    scheme: Scheme, entries: QuerySet[RegisterEntry], filters: dict[str, str]
) -> dict[str, Any]:
    """Return entries with what they are about and which filters were set."""
    return {
        "scheme": {"key": scheme.key, "title": scheme.title},
        "filters": filters,
        "members": [public_row(entry) for entry in entries.values(*REGISTER_COLUMNS)],
    }
