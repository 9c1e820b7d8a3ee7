"""Questions about findings across audits. A question about non-compliances never answers with a CAR."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from findings.lifecycle import FindingState
from findings.models import Audit, Finding, Standing
from findings.models.finding import FindingQuerySet
from findings.models.standing import overdue_count
from findings.queries.named import of_site
from organisations.visibility import Capability, Viewer

NOT_CLOSED = (FindingState.OPEN, FindingState.ACTION_SUBMITTED)
GOING_ON = (FindingState.OPEN, FindingState.IN_PROGRESS)


def overdue(on: dt.date) -> Q:
    """Return what "overdue" means on a day: an open non-compliance past the date that counts. Never stored."""
    return Q(kind=Finding.Kind.NON_COMPLIANCE, state=FindingState.OPEN, due_by__lt=on)


def non_compliances(
    viewer: Viewer,
    *,
    on: dt.date,
    severity: str = "",
    states: Sequence[str] = (),
    is_overdue: bool = False,
    site: str = "",
) -> FindingQuerySet:
    """Return the non-compliances of published audits that the viewer sees; never a CAR.

    Args:
        on: today, for what is overdue. site: the code of a site, or words of its name.
    """
    rows = Finding.objects.visible_to(viewer).of_published_audits().non_compliances()
    if severity:
        rows = rows.filter(severity=severity)
    if states:
        rows = rows.filter(state__in=states)
    if is_overdue:
        rows = rows.filter(overdue(on))
    return of_site(rows, viewer, site)


def cars(viewer: Viewer, *, states: Sequence[str] = (), site: str = "") -> FindingQuerySet:
    """Return the CARs of published audits that the viewer sees; never a non-compliance.

    Args:
        states: of the CAR (open: no plan yet; in progress: plan shared; closed); none for all.
    """
    rows = Finding.objects.visible_to(viewer).of_published_audits().cars()
    if states:
        rows = rows.filter(state__in=states)
    return of_site(rows, viewer, site)


def listed_findings(
    viewer: Viewer, *, kind: str, audit: str = "", site: str = "", severity: str = "", state: str = ""
) -> FindingQuerySet:
    """Return the findings of one kind that the viewer sees, those of unpublished audits included.

    Args:
        kind: a value of `Finding.Kind`; one list never holds two kinds. audit: the code of an audit.
    """
    rows = Finding.objects.visible_to(viewer).filter(kind=kind)
    if audit:
        rows = rows.filter(
            audit_id__in=Audit.objects.visible_to(viewer).filter(code=audit.upper()).values("pk")
        )
    if severity:
        rows = rows.filter(severity=severity)
    if state:
        rows = rows.filter(state=state)
    return of_site(rows, viewer, site)


def counts_of_non_compliances(viewer: Viewer, *, on: dt.date) -> dict[str, int]:
    """Return how many non-compliances are open, by severity, and how many are `overdue`; no CAR among them."""
    if _has_standings(viewer):
        sums = {f"of_{one}": Coalesce(Sum(f"nc_{one}"), 0) for one in Finding.Severity.values}
        rows: QuerySet[Any, Any] = Standing.objects.visible_to(viewer)
        found = rows.aggregate(overdue=Coalesce(Sum(overdue_count(on)), 0), **sums)
    else:
        rows = non_compliances(viewer, on=on).filter(state__in=NOT_CLOSED).order_by()
        totals = {f"of_{one}": Count("pk", filter=Q(severity=one)) for one in Finding.Severity.values}
        found = rows.aggregate(overdue=Count("pk", filter=overdue(on)), **totals)
    return {name.removeprefix("of_"): count for name, count in found.items()}


def counts_of_cars(viewer: Viewer) -> dict[str, int]:
    """Return how many CARs go on, without a plan and with one; no non-compliance among them."""
    if _has_standings(viewer):
        sums = {"open": Coalesce(Sum("car_open"), 0), "in_progress": Coalesce(Sum("car_in_progress"), 0)}
        return dict(Standing.objects.visible_to(viewer).aggregate(**sums))
    rows = cars(viewer, states=GOING_ON).order_by().values_list("state").annotate(count=Count("pk"))
    found = dict(rows)
    return {stage.value: found.get(stage.value, 0) for stage in GOING_ON}


def _has_standings(viewer: Viewer) -> bool:
    """Tell whether standings say all that the viewer sees: of a buyer, which follows most, they do.

    An audit firm sees audits at anybody's sites, and a former owner its own audits of a site that it gave away.
    """
    others = {Capability.SUPPLIER, Capability.AUDIT_FIRM} & viewer.capabilities
    return viewer.has(Capability.BUYER) and not others


def with_audits(viewer: Viewer, findings: Iterable[Finding]) -> list[Finding]:
    """Give each finding of a page its audit, with the names it was made under; one query for all."""
    rows = list(findings)
    audits = Audit.objects.visible_to(viewer).in_bulk({row.audit_id for row in rows})
    for row in rows:
        row.audit = audits[row.audit_id]
    return rows
