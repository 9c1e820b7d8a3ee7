"""Questions about lists on their way into a register."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Q, QuerySet

from organisations.visibility import Viewer
from sourcing.models import ImportRow, MatchDecision, RegisterEntry, SiteImport
from sourcing.queries.classifying import Decided
from sourcing.queries.lines import Line
from sourcing.queries.matching import Listed, listed
from sourcing.queries.remarks import Remark

if TYPE_CHECKING:
    from sourcing.models.imports import SiteImportQuerySet

MAX_ROWS = 50_000
LONG_FROM = 1_000  # lines: a list whose reading and applying nobody waits for in front of the page
COMPARED = ("pk", "country", "name", "address", "latitude", "longitude")


@dataclass(frozen=True, slots=True)
class Kind:
    """Possible matches that have the same in common: how many wait, and how many are decided."""

    code: str
    waiting: int
    decided: int


def imports_of(viewer: Viewer) -> "SiteImportQuerySet":
    """Return the lists that the viewer's organisation has uploaded."""
    return SiteImport.objects.visible_to(viewer)


def verdict_counts(site_import: SiteImport) -> dict[str, int]:
    """Return how many lines have each verdict; every verdict is there."""
    found = site_import.rows.order_by().values_list("verdict").annotate(lines=Count("pk"))
    return {verdict.value: 0 for verdict in ImportRow.Verdict} | dict(found)


def rows_of(site_import: SiteImport, *, verdict: str = "") -> QuerySet[ImportRow]:
    """Return the lines of a list, those with one verdict if it is given."""
    rows = site_import.rows.select_related("candidate", "entry")
    return rows.filter(verdict=verdict) if verdict else rows


def undecided(site_import: SiteImport) -> QuerySet[ImportRow]:
    """Return the possible matches that wait for a person."""
    waiting = {"verdict": ImportRow.Verdict.POSSIBLE, "decision": ImportRow.Decision.NONE}
    return site_import.rows.filter(**waiting)


def kinds_of(site_import: SiteImport) -> list[Kind]:
    """Return the kinds of possible matches in a list, the largest first."""
    rows = site_import.rows.filter(verdict=ImportRow.Verdict.POSSIBLE).order_by().values("reason")
    waits = Q(decision=ImportRow.Decision.NONE)
    found = rows.annotate(waiting=Count("pk", filter=waits), decided=Count("pk", filter=~waits))
    kinds = [Kind(one["reason"], one["waiting"], one["decided"]) for one in found]
    return sorted(kinds, key=lambda one: (-one.waiting, one.code))


def register_to_compare(viewer: Viewer, countries: Iterable[str]) -> list[Listed]:
    """Return the viewer's register in these countries in the form in which it is compared."""
    rows = RegisterEntry.objects.visible_to(viewer).filter(country__in=sorted(set(countries)))
    return [
        listed(key, country=country, name=name, address=address, latitude=latitude, longitude=longitude)
        for key, country, name, address, latitude, longitude in rows.order_by("pk").values_list(*COMPARED)
    ]


def register_state(viewer: Viewer) -> list[Any]:
    """Return a mark that changes whenever the viewer's register does."""
    found = RegisterEntry.objects.visible_to(viewer).aggregate(
        places=Count("pk"), newest=Max("pk"), changed=Max("updated_at")
    )
    return [found["places"], found["newest"], found["changed"].isoformat() if found["changed"] else None]


def decisions_of(viewer: Viewer) -> Mapping[str, Decided]:
    """Return what the viewer's organisation has decided, by the fingerprint of the line."""
    same: dict[str, int] = {}
    different: dict[str, set[int]] = defaultdict(set)
    rows = MatchDecision.objects.filter(organisation_id=viewer.organisation_id).order_by("decided_at", "pk")
    for fingerprint, entry_id, is_same in rows.values_list("fingerprint", "entry_id", "is_same"):
        if is_same:
            same[fingerprint] = entry_id
        else:
            different[fingerprint].add(entry_id)
    return {
        each: Decided(same.get(each), frozenset(different.get(each, ())))
        for each in same.keys() | different.keys()
    }


def line_of(row: ImportRow) -> Line:
    """Return the line that a row keeps."""
    fields = ("name", "country", "address", "sector", "latitude", "longitude")
    return Line(
        number=row.line,
        raw=row.raw,
        values={name: row.values[name] for name in fields},
        errors=[Remark(*one) for one in row.values.get("errors", ())],
        notes=[Remark(*one) for one in row.values.get("notes", ())],
    )
