"""What is measured: who opens what, which goal holds for it, and the rows behind it for the bare comparison."""

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse

from bench.copying import code_of
from bench.talking import KEY
from bench.viewers import Seen
from findings.forms.finding import EVERY, NonComplianceFilters
from findings.models import Finding, Standing, WorkplaceRequirement
from findings.queries.audit import listed_audits
from findings.queries.finding import cars, non_compliances
from findings.queries.portfolio import Wanted, portfolio, sums_by_country, watched
from organisations.visibility import Capability, Role, Viewer
from sourcing.models import Site
from sourcing.queries.engagement import listed_engagements
from sourcing.queries.link import links_to_suppliers
from sourcing.queries.register import register_of
from web.paging import in_order, keyset_page

SIZE = 100
ALL = f"state={EVERY}"  # the page alone shows what is not closed yet
NEWEST = ("-raised_on", "-id")
Rows = Callable[[Viewer], "QuerySet[Any, Any]"]


@dataclass(frozen=True)
class Case:
    """One request, or several that take turns.

    Args:
        kind: which goal holds: list, detail, create, group, or home, which has none.
        urls: addresses that take turns.
        rows: the row query behind a page, as the app asks it, for the comparison with bare SQL.
    """

    name: str
    viewer: Seen
    kind: str
    urls: list[str]
    data: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    rows: Rows | None = None

    @property
    def title(self) -> str:
        """Name the request and who makes it."""
        return f"{self.name} · {self.viewer.name}"

    @property
    def is_page(self) -> bool:
        """Whether it answers in HTML."""
        return not any("/api/" in url for url in self.urls)


def viewer_of(seen: Seen) -> Viewer:
    """Return the Viewer whom the middleware would build."""
    return Viewer(seen.person, seen.organisation, Role.ADMIN, frozenset(map(Capability, seen.capabilities)))


def all_cases(viewers: list[Seen], *, at_work: list[str], cursors: dict[int, str], on: dt.date) -> list[Case]:
    """Return every case that has something to open.

    Args:
        at_work: codes of audits in progress of the firm.
        cursors: of the big buyer's list of non-compliances, by page number.
    """
    big, mid, small, firm = viewers
    made = [
        *_lists(viewers, on),
        *_pages(big, cursors, on),
        *_trade(big, mid, small, firm, on),
        *_details(viewers),
        *_creations(big, mid, firm, at_work),
        *_talk(big, firm),
        *(Case("home", one, "home", ["/"]) for one in viewers),
    ]
    return [case for case in made if case.urls]


def cursor_after(page: int, rows: "QuerySet[Finding]") -> str:
    """Return the cursor that leads to this page of `rows`, or "" when there are not so many."""
    edge = rows.order_by(*NEWEST)[(page - 1) * SIZE - 1 : (page - 1) * SIZE + 1].values_list("pk", flat=True)
    two = Finding.objects.filter(pk__in=list(edge))
    found = keyset_page(two, request=RequestFactory().get("/"), order=NEWEST, size=1)
    return found.next_cursor


def _lists(viewers: list[Seen], on: dt.date) -> Iterator[Case]:
    big, mid, _small, _firm = viewers
    every, narrowed = f"/findings/?{ALL}", "severity=critical&state=open"
    for one in viewers:
        yield Case("non-compliances", one, "list", [every], rows=_ncs(on))
    for one in viewers:
        rows = _ncs(on, **NonComplianceFilters(QueryDict(narrowed)).wanted())
        yield Case("non-compliances, filtered", one, "list", [f"/findings/?{narrowed}"], rows=rows)
        yield from _searches(one, on)
    for one in (big, mid):
        yield Case("non-compliances, rows only", one, "list", [every], headers={"HX-Request": "true"})
    for one in viewers:
        together = [f"/working-together/?stage={EVERY}"]
        yield Case("working together", one, "list", together, rows=_cars)
    for one in viewers:
        yield Case("audits", one, "list", ["/audits/"], rows=_audits)
    for route, name in (
        ("api-findings", "API findings"),
        ("api-audits", "API audits"),
        ("api-plans", "API plans"),
    ):
        for one in viewers:
            yield Case(name, one, "list", _known(route))


def _searches(one: Seen, on: dt.date) -> Iterator[Case]:
    """Look for one place among all that a viewer sees, and for words that many names have."""
    for name, words in (("search", one.places[0] if one.places else ""), ("search for many", "unit 1")):
        query = urlencode({"site": words, "state": EVERY})
        rows = _ncs(on, **NonComplianceFilters(QueryDict(query)).wanted())
        urls = [f"/findings/?{query}"] if words else []
        yield Case(f"non-compliances, {name}", one, "list", urls, rows=rows)


def _pages(big: Seen, cursors: dict[int, str], on: dt.date) -> Iterator[Case]:
    for number, cursor in cursors.items():
        yield Case(
            f"non-compliances, page {number}",
            big,
            "list",
            [f"/findings/?{ALL}&cursor={cursor}"] if cursor else [],
        )


def _trade(big: Seen, mid: Seen, small: Seen, firm: Seen, on: dt.date) -> Iterator[Case]:
    for one in (big, mid):
        yield Case("suppliers", one, "list", ["/suppliers/"], rows=_suppliers)
        yield Case("register", one, "list", ["/register/"], rows=_register)
        yield Case("API sites", one, "list", _known("api-sites"), rows=_sites)
    for one in (big, mid):
        yield Case("portfolio", one, "list", ["/portfolio/"], rows=_portfolio(on))
        grave = "/portfolio/?severity=critical&overdue=on"
        wanted = Wanted(severity="critical", is_overdue=True)
        yield Case("portfolio, filtered", one, "list", [grave], rows=_portfolio(on, wanted))
        for name, words in (("search", one.places[0] if one.places else ""), ("search for many", "9")):
            found = _portfolio(on, Wanted(q=words))
            urls = [f"/portfolio/?{urlencode({'q': words})}"]
            yield Case(f"portfolio, {name}", one, "list", urls, rows=found)
        yield Case("portfolio counts", one, "list", ["/portfolio/"], rows=_counts(on))
        urls = [f"/portfolio/suppliers/{code}/" for code in one.suppliers]
        yield Case("supplier status", one, "detail", urls, rows=_status(one.suppliers.values()))
    yield Case("own sites", small, "list", ["/sites/"])
    yield Case("customers", small, "list", ["/customers/"])
    yield Case("engagements", firm, "list", ["/engagements/"], rows=_engagements)


def _details(viewers: list[Seen]) -> Iterator[Case]:
    for one in viewers:
        yield Case(
            "non-compliance", one, "detail", [f"/findings/{code}/" for code in one.ncs], rows=_detail(one.ncs)
        )
        yield Case("CAR with its plan", one, "detail", [f"/findings/{code}/" for code in one.cars])
        yield Case("audit", one, "detail", [f"/audits/{code}/" for code in one.audits])


def _creations(big: Seen, mid: Seen, firm: Seen, at_work: list[str]) -> Iterator[Case]:
    plain = WorkplaceRequirement.objects.filter(is_car=False).order_by("-version_id", "pk").first()
    said = {
        "requirement": plain.pk if plain else 0,
        "nature": "breach",
        "title": "No guard on the press",
        "description": "Two of three presses have none.",
        "severity": "major",
    }
    yield Case("write a finding", firm, "create", [f"/audits/{code}/enter/" for code in at_work], data=said)
    answer = {"kind": "acknowledged", "message": "Thank you."}
    for one in (big, mid):
        urls = [f"/findings/{code}/plan/respond/" for code in one.cars]
        yield Case("answer a plan", one, "create", urls, data=answer)


def _talk(*viewers: Seen) -> Iterator[Case]:
    """Open the newest posts of the busiest thread, and the threads, of a group with tens of thousands of posts."""
    newest = reverse("forum:thread", args=[KEY, code_of("T", 1)])
    for one in viewers:
        yield Case("busy group, newest posts", one, "group", [newest])
        yield Case("busy group, threads", one, "group", [reverse("forum:group_discussion", args=[KEY])])


def _known(route: str) -> list[str]:
    """Return the address of an API list of a hundred, if the API has it."""
    try:
        return [f"{reverse(route)}?limit={SIZE}"]
    except NoReverseMatch:
        return []


def _ncs(on: dt.date, **wanted: Any) -> Rows:
    def rows(viewer: Viewer) -> "QuerySet[Any, Any]":
        found = non_compliances(viewer, on=on, **wanted).select_related("requirement")
        return in_order(found, NEWEST, SIZE + 1)

    return rows


def _portfolio(on: dt.date, wanted: Wanted | None = None) -> Rows:
    def rows(viewer: Viewer) -> "QuerySet[Any, Any]":
        return portfolio(viewer, wanted or Wanted(), on=on).order_by("next_due_on", "id")[: SIZE + 1]

    return rows


def _counts(on: dt.date) -> Rows:
    def rows(viewer: Viewer) -> "QuerySet[Any, Any]":
        return sums_by_country(portfolio(viewer, Wanted(), on=on), on=on)

    return rows


def _status(keys: Iterable[int]) -> Rows:
    """Return what is open at one supplier, the longest of its page's statements."""
    turn = itertools.cycle(keys)

    def rows(viewer: Viewer) -> "QuerySet[Any, Any]":
        return watched(viewer, Standing(supplier_id=next(turn)))

    return rows


def _cars(viewer: Viewer) -> "QuerySet[Any, Any]":
    return in_order(cars(viewer).select_related("requirement"), ("first_raised_on", "id"), SIZE + 1)


def _audits(viewer: Viewer) -> "QuerySet[Any, Any]":
    return in_order(listed_audits(viewer).select_related("version"), ("-ends_on", "-id"), SIZE + 1)


def _suppliers(viewer: Viewer) -> "QuerySet[Any, Any]":
    return links_to_suppliers(viewer).order_by("-proposed_at", "-id")[: SIZE + 1]


def _register(viewer: Viewer) -> "QuerySet[Any, Any]":
    return register_of(viewer).order_by("name", "id")[: SIZE + 1]


def _sites(viewer: Viewer) -> "QuerySet[Any, Any]":
    return Site.objects.visible_to(viewer).order_by("name", "id")[: SIZE + 1]


def _engagements(viewer: Viewer) -> "QuerySet[Any, Any]":
    return listed_engagements(viewer).order_by("-proposed_at", "-id")[: SIZE + 1]


def _detail(codes: list[str]) -> Rows:
    def rows(viewer: Viewer) -> "QuerySet[Any, Any]":
        related = Finding.objects.select_related("audit", "requirement__section", "requirement__version")
        return related.visible_to(viewer).filter(code=codes[0])

    return rows
