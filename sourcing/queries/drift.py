"""Whether the tables that say who sees what still equal the rules they are made from."""

from dataclasses import dataclass

from django.db import connection

PAIRS = {
    "sourcing_siteaccess": (
        "sourcing_site_access_rule",
        "organisation_id, site_id, owner_id, bases::varchar[]",
    ),
    "organisations_organisationaccess": ("sourcing_organisation_access_rule", "organisation_id, target_id"),
}


@dataclass(frozen=True, slots=True)
class Drift:
    """How far a table is from its rule.

    Args:
        table: the table.
        stale: rows that the rule does not give: somebody sees too much.
        missing: rows of the rule that the table lacks: somebody sees too little.
    """

    table: str
    stale: int
    missing: int

    def __bool__(self) -> bool:
        return bool(self.stale or self.missing)

    def __str__(self) -> str:
        return f"{self.table}: {self.stale} stale, {self.missing} missing"


def drift() -> list[Drift]:
    """Compare each access table with its view, both ways; the asking role must see every row."""
    return [compare(table, view, columns) for table, (view, columns) in PAIRS.items()]


def compare(table: str, view: str, columns: str) -> Drift:
    """Compare one table with one view by `columns`, both ways."""
    return Drift(table, stale=_surplus(table, view, columns), missing=_surplus(view, table, columns))


def _surplus(these: str, those: str, columns: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT {columns} FROM {these} EXCEPT SELECT {columns} FROM {those}) AS surplus"  # noqa: S608 (names from this module)
        )
        return int(cursor.fetchone()[0])
