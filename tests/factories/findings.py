"""Methodologies, audits, findings and plans."""

import datetime as dt
import itertools
from typing import Any

from django.utils import timezone

from findings.lifecycle import AuditState, FindingState
from findings.models import (
    ActionPlan,
    Audit,
    Finding,
    MethodologyVersion,
    PlanVersion,
    Reassessment,
    Section,
    WorkplaceRequirement,
)
from organisations.models import Organisation
from sourcing.models import Site
from tests.conftest import owner_role

_numbers = itertools.count(1)


def version(key: str = "invented-1.0") -> MethodologyVersion:
    """Return the small invented methodology, made once per test: 1A.C is a CAR, 3.B is not."""
    with owner_role():
        made, is_new = MethodologyVersion.objects.get_or_create(
            key=key, defaults={"name": "Invented", "version": "1.0"}
        )
        if is_new:
            for position, (code, item, is_car, ledger) in enumerate(
                (("1A", "C", True, "refunds"), ("3", "B", False, ""), ("5A", "A", True, "wage_gap"))
            ):
                section = Section.objects.create(
                    version=made, code=code, title=f"Section {code}", position=position
                )
                WorkplaceRequirement.objects.create(
                    version=made,
                    section=section,
                    item=item,
                    printed_code=f"{code}.{item}",
                    title=f"Requirement {code}.{item}",
                    is_car=is_car,
                    ledger=ledger,
                )
        return made


def requirement(printed_code: str) -> WorkplaceRequirement:
    """Return a requirement of the invented methodology."""
    with owner_role():
        return WorkplaceRequirement.objects.get(version=version(), printed_code=printed_code)


def audit(site: Site, firm: Organisation, **fields: Any) -> Audit:
    """Make an audit in progress; two days in March 2026 unless `ends_on` says otherwise."""
    ends_on = fields.pop("ends_on", dt.date(2026, 3, 4))
    with owner_role():
        made = Audit.objects.create(
            site=site,
            audit_firm=firm,
            version=version(),
            state=AuditState.IN_PROGRESS,
            starts_on=ends_on - dt.timedelta(days=1),
            ends_on=ends_on,
            **fields,
        )
        made.refresh_from_db()
        return made


def finding(of: Audit, kind: str = Finding.Kind.NON_COMPLIANCE, **fields: Any) -> Finding:
    """Make a finding of an unpublished audit, complete for its kind."""
    defaults: dict[str, Any] = {
        "title": f"Finding {next(_numbers)}",
        "description": "Seen on site.",
        "raised_on": of.ends_on,
        "requirement": requirement("1A.C" if kind == Finding.Kind.CAR else "3.B"),
        "state": FindingState.RECORDED
        if kind in {Finding.Kind.OBSERVATION, Finding.Kind.GOOD_EXAMPLE}
        else FindingState.OPEN,
    }
    if kind == Finding.Kind.NON_COMPLIANCE:
        defaults |= {"severity": Finding.Severity.MAJOR, "due_on": of.ends_on + dt.timedelta(days=60)}
    with owner_role():
        made = Finding.objects.create(audit=of, kind=kind, **(defaults | fields))
        made.refresh_from_db()
        made.audit = of
        return made


def car(of: Audit, **fields: Any) -> Finding:
    """Make a collaborative action required finding of an unpublished audit."""
    return finding(of, Finding.Kind.CAR, **fields)


def publish(of: Audit) -> Audit:
    """Submit an audit a week after its last day and publish it a week later; closes nothing by itself."""
    ended_at = dt.datetime.combine(of.ends_on, dt.time(9), tzinfo=dt.UTC)
    with owner_role():
        of.state, of.submitted_at = AuditState.SUBMITTED, ended_at + dt.timedelta(days=7)
        of.save(update_fields=["state", "submitted_at"])
        of.state, of.published_at = AuditState.PUBLISHED, ended_at + dt.timedelta(days=14)
        of.save(update_fields=["state", "published_at"])
        return of


def plan(of: Finding, share: bool = True) -> ActionPlan:
    """Make an action plan of a published CAR with its first version, and take the CAR to in progress."""
    now = timezone.now()
    with owner_role():
        made = ActionPlan.objects.create(finding=of, anchor_on=now.date(), first_shared_at=now)
        PlanVersion.objects.create(
            plan=made,
            number=1,
            content={"root_causes": ["Agents charge fees"]},
            completed_by="HR",
            shared_at=now,
        )
        if share:
            of.refresh_from_db()
            of.state = FindingState.IN_PROGRESS
            of.save(update_fields=["state"])
        made.refresh_from_db()
        return made


def reassessment(
    of: Finding, by: Audit, result: str = Reassessment.Result.MET, **fields: Any
) -> Reassessment:
    """Make a later audit's fresh look at a CAR."""
    with owner_role():
        return Reassessment.objects.create(audit=by, car=of, result=result, **fields)
