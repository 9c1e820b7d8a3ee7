"""Naming the organisations that rows point at, in one query for a whole page."""

from collections.abc import Mapping
from typing import Any

from organisations.models import Organisation


def with_organisations(rows: list[dict[str, Any]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Replace id columns by `{"code", "name"}`.

    Args:
        rows: flat rows.
        names: id column → the key it is sent as, `{"buyer_id": "customer"}`.
    """
    wanted = {row[column] for row in rows for column in names}
    found = Organisation.objects.filter(pk__in=wanted).values_list("pk", "code", "name")
    known = {pk: {"code": code, "name": name} for pk, code, name in found}
    for row in rows:
        for column, key in names.items():
            row[key] = known.get(row.pop(column))
    return rows
