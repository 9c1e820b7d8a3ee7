"""What needs a member today, and the figures of the home page. CARs and non-compliances are counted apart."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from findings.lifecycle import AuditState, FindingState
from findings.models import ActionPlan, Audit, Finding, SiteStanding, Standing
from findings.models.plan import PlanQuerySet
from findings.models.standing import overdue_count
from findings.queries.plan import answers_waiting
from findings.queries.portfolio import SEVERITIES
from organisations.visibility import Viewer

SOON = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Figures:
    """The two figures of a home page, never added up."""

    open_ncs: int
    overdue_ncs: int
    open_cars: int
    cars_with_plan: int


def figures_of_suppliers(viewer: Viewer, *, on: dt.date) -> Figures:
    """Count what is open at the viewer's suppliers on a day, from their standings."""
    return _summed(Standing.objects.of_suppliers(viewer), on)


def figures_of_own_sites(viewer: Viewer, *, on: dt.date) -> Figures:
    """Count what is open at the viewer's own sites on a day, as far as the member looks after them."""
    own = SiteStanding.objects.visible_to(viewer).filter(site__organisation_id=viewer.organisation_id)
    return _summed(own, on)


def _summed(rows: "QuerySet[Any]", on: dt.date) -> Figures:
    open_ncs = sum((F(f"nc_{one}") for one in SEVERITIES[1:]), F(f"nc_{SEVERITIES[0]}"))
    counted = rows.aggregate(
        open_ncs=Coalesce(Sum(open_ncs), 0),
        overdue_ncs=Coalesce(Sum(overdue_count(on)), 0),
        open_cars=Coalesce(Sum(F("car_open") + F("car_in_progress")), 0),
        cars_with_plan=Coalesce(Sum("car_in_progress"), 0),
    )
    return Figures(**counted)


def suppliers_to_watch(viewer: Viewer, *, on: dt.date, limit: int = 10) -> "list[Standing]":
    """Return the suppliers with most to watch: overdue first, then the gravest, then work without a plan."""
    rows = Standing.objects.of_suppliers(viewer).filter(last_audit_on__isnull=False)
    return list(
        rows.annotate(overdue=overdue_count(on)).order_by(
            "-overdue",
            "-nc_business_critical",
            "-nc_critical",
            "-nc_major",
            "-car_open",
            "supplier_name",
            "pk",
        )[:limit]
    )


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
