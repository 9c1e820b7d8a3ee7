"""What needs a member today, and the figures of the home page. CARs and non-compliances are counted apart."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from findings.lifecycle import AuditState, FindingState
from findings.models import ActionPlan, Audit, Finding, PlanResponse
from findings.models.finding import FindingQuerySet
from findings.models.plan import PlanQuerySet
from findings.queries.finding import GOING_ON, NOT_CLOSED, overdue
from findings.queries.plan import answers_waiting
from organisations.models import Organisation
from organisations.visibility import Viewer

SOON = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Figures:
    """The two figures of a home page, never added up."""

    open_ncs: int
    overdue_ncs: int
    open_cars: int
    cars_with_plan: int


@dataclass(frozen=True, slots=True)
class SupplierStatus:
    """One supplier's row: non-compliances and work together side by side."""

    supplier_id: int
    name: str
    country: str
    critical: int
    major: int
    minor: int
    overdue: int
    cars: int
    cars_without_plan: int
    last_audit_on: dt.date | None


def figures_for(viewer: Viewer, *, on: dt.date, is_own: bool | None = None) -> Figures:
    """Count what is open for the viewer on a day.

    Args:
        is_own: True for the viewer's own sites, False for those of others, None for both.
    """
    nc, car = (
        Q(kind=Finding.Kind.NON_COMPLIANCE, state__in=NOT_CLOSED),
        Q(kind=Finding.Kind.CAR, state__in=GOING_ON),
    )
    # Narrowed first: what is open is a small part of all findings, and an index finds it.
    rows = Finding.objects.visible_to(viewer).of_published_audits().filter(nc | car)
    if is_own is not None:
        own = Q(supplier_id=viewer.organisation_id)
        rows = rows.filter(own if is_own else ~own)
    counted = rows.aggregate(
        open_ncs=Count("pk", filter=nc),
        overdue_ncs=Count("pk", filter=overdue(on)),
        open_cars=Count("pk", filter=car),
        cars_with_plan=Count("pk", filter=car & Q(has_plan=True)),
    )
    return Figures(**counted)


def suppliers_to_watch(viewer: Viewer, *, on: dt.date, limit: int = 10) -> list[SupplierStatus]:
    """Return the linked suppliers with most to watch: overdue first, then the gravest, then work without a plan."""
    nc = Q(kind=Finding.Kind.NON_COMPLIANCE, state__in=NOT_CLOSED)
    car = Q(kind=Finding.Kind.CAR, state__in=GOING_ON)
    others = (
        Finding.objects.visible_to(viewer).of_published_audits().exclude(supplier_id=viewer.organisation_id)
    )
    # Narrowed first: whoever has enough to watch need not have every closed finding counted as well.
    found = _most_to_watch(others.filter(nc | car), nc, car, on=on, limit=limit)
    if len(found) < limit:
        found = _most_to_watch(others, nc, car, on=on, limit=limit)
    ids = [row["supplier_id"] for row in found]
    audits, countries = _last_audits(viewer, ids), _countries(viewer, ids)
    return [
        SupplierStatus(
            name=audits[row["supplier_id"]].supplier_name,
            country=countries.get(row["supplier_id"], ""),
            last_audit_on=audits[row["supplier_id"]].ends_on,
            **row,
        )
        for row in found
    ]


def _most_to_watch(
    findings: FindingQuerySet, nc: Q, car: Q, *, on: dt.date, limit: int
) -> "list[dict[str, Any]]":
    grave = [Finding.Severity.BUSINESS_CRITICAL, Finding.Severity.CRITICAL]
    rows = (
        findings.values("supplier_id")
        .annotate(
            critical=Count("pk", filter=nc & Q(severity__in=grave)),
            major=Count("pk", filter=nc & Q(severity=Finding.Severity.MAJOR)),
            minor=Count("pk", filter=nc & Q(severity=Finding.Severity.MINOR)),
            overdue=Count("pk", filter=overdue(on)),
            cars=Count("pk", filter=car),
            cars_without_plan=Count("pk", filter=car & Q(has_plan=False)),
        )
        .order_by("-overdue", "-critical", "-major", "-cars_without_plan", "supplier_id")[:limit]
    )
    return [dict(row) for row in rows]


def cars_without_plan(viewer: Viewer) -> "list[Finding]":
    """Return the viewer's own published CARs that have no plan yet, the oldest issue first."""
    rows = Finding.objects.visible_to(viewer).of_published_audits().cars()
    return list(
        rows.filter(supplier_id=viewer.organisation_id, has_plan=False, state=FindingState.OPEN)
        .select_related("audit")
        .order_by("first_raised_on", "pk")
    )


def updates_expected(viewer: Viewer, *, on: dt.date) -> "list[ActionPlan]":
    """Return the viewer's own plans whose next report is due within two weeks, or late; the most urgent first."""
    rows = ActionPlan.objects.visible_to(viewer).filter(
        supplier_id=viewer.organisation_id,
        finding__state=FindingState.IN_PROGRESS,
        next_update_on__lte=on + SOON,
    )
    return list(rows.select_related("finding").order_by("next_update_on", "pk"))


def recent_answers(viewer: Viewer, *, since: dt.datetime) -> "list[PlanResponse]":
    """Return what customers answered to the viewer's own plans since a moment, newest first."""
    rows = PlanResponse.objects.visible_to(viewer).filter(
        supplier_id=viewer.organisation_id, answered_at__gte=since
    )
    return list(
        rows.select_related("plan__finding").prefetch_related("organisation").order_by("-answered_at", "-pk")
    )


def plans_to_answer(viewer: Viewer) -> PlanQuerySet:
    """Return the plans that wait for the viewer's answer, with their findings and audits."""
    return answers_waiting(viewer).select_related("finding", "audit")


def audits_at_work(viewer: Viewer) -> "list[Audit]":
    """Return the audits that the viewer's firm still works on, the oldest first."""
    rows = Audit.objects.visible_to(viewer).filter(
        audit_firm_id=viewer.organisation_id,
        state__in=[AuditState.SCHEDULED, AuditState.IN_PROGRESS, AuditState.SUBMITTED],
    )
    return list(rows.order_by("ends_on", "pk"))


def audits_to_comment(viewer: Viewer) -> "list[Audit]":
    """Return the audits of the viewer's own sites that wait for comments before publication."""
    rows = Audit.objects.visible_to(viewer).filter(
        supplier_id=viewer.organisation_id, state=AuditState.SUBMITTED
    )
    return list(rows.order_by("submitted_at", "pk"))


def _countries(viewer: Viewer, supplier_ids: list[int]) -> dict[int, str]:
    rows = Organisation.objects.visible_to(viewer).filter(pk__in=supplier_ids)
    return dict(rows.values_list("pk", "country"))


def _last_audits(viewer: Viewer, supplier_ids: list[int]) -> dict[int, Audit]:
    rows = Audit.objects.visible_to(viewer).published().filter(supplier_id__in=supplier_ids)
    newest = rows.order_by("supplier_id", "-ends_on", "-pk").distinct("supplier_id")
    return {audit.supplier_id: audit for audit in newest}
