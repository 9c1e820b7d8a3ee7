"""Whether the table that says who enters which group still equals its rule."""

from dataclasses import dataclass

from django.db import connection

COLUMNS = "group_id, person_id, organisation_id, is_co_lead, is_guest"
TABLE, VIEW = "forum_groupaccess", "forum_group_access_rule"


@dataclass(frozen=True, slots=True)
class Drift:
    """How far the table is from its rule.

    Args:
        stale: rows that the rule does not give: somebody enters who may not.
        missing: rows of the rule that the table lacks: somebody stands before a closed door.
    """

    stale: int
    missing: int

    def __bool__(self) -> bool:
        return bool(self.stale or self.missing)

    def __str__(self) -> str:
        return f"{TABLE}: {self.stale} stale, {self.missing} missing"


def drift() -> Drift:
    """Compare the table with its view, both ways; the asking role must see every row."""
    return Drift(stale=_surplus(TABLE, VIEW), missing=_surplus(VIEW, TABLE))


def _surplus(these: str, those: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT {COLUMNS} FROM {these} EXCEPT SELECT {COLUMNS} FROM {those}) AS surplus"  # noqa: S608 (names of this module)
        )
        return int(cursor.fetchone()[0])
