"""Keeping a customer's answer to a plan; used by every verb that answers one."""

from collections.abc import Sequence
from datetime import datetime

from findings.models import ActionPlan, Finding, PlanResponse
from ledger.entries import record
from organisations.models import Organisation
from organisations.visibility import Viewer


def keep_answer(
    viewer: Viewer,
    plan: ActionPlan,
    kind: str,
    message: str,
    times: Sequence[datetime],
    at: datetime,
    *,
    language: str = "",
) -> PlanResponse:
    """Keep one append-only answer to the version in force, and record it; the caller has asked who may."""
    response = PlanResponse.objects.create(
        plan=plan,
        organisation_id=viewer.organisation_id,
        version_number=plan.versions.latest("number").number,
        kind=kind,
        message=message,
        language=language if message else "",
        proposed_times=[time.isoformat() for time in times],
        person_id=viewer.person_id,
        answered_at=at,
    )
    name = Organisation.objects.get(pk=viewer.organisation_id).name
    record(
        verb="findings.plan_answered",
        by=viewer,
        subject=plan.finding,
        owner_id=plan.supplier_id,
        at=at,
        data={"kind": kind, "plan": plan.code, "customer_name": name},
    )
    return response


def answer_by_call(
    viewer: Viewer, finding: Finding, message: str, times: Sequence[datetime], at: datetime
) -> None:
    """Count a call that a customer asks for or agrees to as its answer to the plan, once per version."""
    plan = ActionPlan.objects.visible_to(viewer).filter(finding=finding).first()
    if plan is None:
        return
    plan.finding = finding
    own = PlanResponse.objects.filter(plan=plan, organisation_id=viewer.organisation_id)
    number = plan.versions.latest("number").number
    if not own.filter(version_number=number, kind=PlanResponse.Kind.CALL).exists():
        keep_answer(viewer, plan, PlanResponse.Kind.CALL, message, times, at)
