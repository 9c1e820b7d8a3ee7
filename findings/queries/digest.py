"""What happened to the suppliers in a view since a person was last told."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from findings.lifecycle import FindingState
from findings.models import ActionPlan, Audit, Finding, Subscription
from findings.queries.portfolio import portfolio, wanted_from
from organisations.visibility import Viewer

MOST = 40  # pieces of news in one digest; the view itself shows the rest


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened.

    Args:
        event: a value of `Subscription.Event`.
        supplier: name of the supplier.
        what: the title of the finding, or the site of the audit.
        code: of the finding or audit.
    """

    event: str
    supplier: str
    what: str
    code: str

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a ledger entry."""
        return asdict(self)


def news_of(viewer: Viewer, subscription: Subscription, *, until: dt.datetime) -> list[News]:
    """Return what happened after `told_until` and not after `until`, the gravest kind first; forty at most."""
    suppliers = portfolio(viewer, wanted_from(subscription.saved_view.asked), on=until.date()).values(
        "supplier_id"
    )
    since = subscription.told_until
    found: list[News] = []
    for event, rows in SOURCES.items():
        if event in subscription.events and len(found) < MOST:
            found += rows(viewer, suppliers, since, until)
    return found[:MOST]


Rows = Callable[[Viewer, "QuerySet[Any, Any]", dt.datetime, dt.datetime], Iterator[News]]
Event = Subscription.Event


def _findings(event: str, wanted: Q) -> Rows:
    def rows(
        viewer: Viewer, suppliers: "QuerySet[Any, Any]", since: dt.datetime, until: dt.datetime
    ) -> Iterator[News]:
        found = Finding.objects.visible_to(viewer).filter(
            wanted,
            supplier_id__in=suppliers,
            audit__published_at__gt=since,
            audit__published_at__lte=until,
        )
        return _told(event, found)

    return rows


def _told(event: str, found: "QuerySet[Finding]") -> Iterator[News]:
    for one in found.select_related("audit").order_by("-raised_on", "-pk")[:MOST]:
        yield News(event, one.audit.supplier_name, one.title, one.code)


def _overdue(
    viewer: Viewer, suppliers: "QuerySet[Any, Any]", since: dt.datetime, until: dt.datetime
) -> Iterator[News]:
    """Give what went past its date between the two days."""
    found = (
        Finding.objects.visible_to(viewer)
        .of_published_audits()
        .non_compliances()
        .annotate(due=Coalesce("due_by", "due_on"))
        .filter(
            supplier_id__in=suppliers,
            state=FindingState.OPEN,
            due__gte=since.date(),
            due__lt=until.date(),
        )
    )
    return _told(Event.OVERDUE, found)


def _plans(
    viewer: Viewer, suppliers: "QuerySet[Any, Any]", since: dt.datetime, until: dt.datetime
) -> Iterator[News]:
    found = ActionPlan.objects.visible_to(viewer).filter(
        supplier_id__in=suppliers, first_shared_at__gt=since, first_shared_at__lte=until
    )
    for one in found.select_related("finding__audit").order_by("-first_shared_at")[:MOST]:
        yield News(Event.PLAN, one.finding.audit.supplier_name, one.finding.title, one.finding.code)


def _audits(
    viewer: Viewer, suppliers: "QuerySet[Any, Any]", since: dt.datetime, until: dt.datetime
) -> Iterator[News]:
    found = Audit.objects.visible_to(viewer).filter(
        supplier_id__in=suppliers, published_at__gt=since, published_at__lte=until
    )
    for one in found.order_by("-published_at")[:MOST]:
        yield News(Event.AUDIT, one.supplier_name, one.site_name, one.code)


_NC = Q(kind=Finding.Kind.NON_COMPLIANCE)
SOURCES: dict[str, Rows] = {
    Event.BUSINESS_CRITICAL: _findings(
        Event.BUSINESS_CRITICAL, _NC & Q(severity=Finding.Severity.BUSINESS_CRITICAL)
    ),
    Event.CRITICAL: _findings(Event.CRITICAL, _NC & Q(severity=Finding.Severity.CRITICAL)),
    Event.OVERDUE: _overdue,
    Event.CAR: _findings(Event.CAR, Q(kind=Finding.Kind.CAR)),
    Event.PLAN: _plans,
    Event.AUDIT: _audits,
}
