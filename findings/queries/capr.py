"""What a corrective action plan report says of an audit: only what everyone who sees the audit may read."""

import datetime as dt
from dataclasses import dataclass, field

from findings.lifecycle import FindingState, ReplyState
from findings.models import (
    ActionPlan,
    Audit,
    Auditor,
    CorrectiveAction,
    EvidenceUse,
    Extension,
    Finding,
    PlanVersion,
    SiteReply,
    Verification,
)
from findings.queries.audit import findings_of
from findings.queries.evidence import evidence_of_many
from findings.queries.management import Grid, grid_of
from findings.queries.review import SAYS_SOMETHING, replies_on
from findings.visibility import Audience
from organisations.visibility import Viewer

MOST_IN_FULL = 80  # what the press makes in a third of its time


@dataclass
class NcLine:
    """A non-compliance with everything that was done about it."""

    finding: Finding
    is_overdue: bool
    action: CorrectiveAction | None = None
    verification: Verification | None = None
    extensions: list[Extension] = field(default_factory=list)
    replies: list[SiteReply] = field(default_factory=list)
    evidence: list[EvidenceUse] = field(default_factory=list)

    @property
    def status(self) -> str:
        """Its state; overdue is computed, never stored."""
        return "overdue" if self.is_overdue else self.finding.state

    @property
    def is_extended(self) -> bool:
        """Whether another date counts than that in the audit."""
        return self.finding.due_by != self.finding.due_on


@dataclass
class CarLine:
    """A CAR with the state of its plan; it has no date and no grade."""

    finding: Finding
    plan: ActionPlan | None = None
    latest: PlanVersion | None = None
    replies: list[SiteReply] = field(default_factory=list)


@dataclass
class Capr:
    """An audit, and how each of its findings stands. Non-compliances and CARs are apart, always."""

    audit: Audit
    auditors: list[Auditor]
    ncs: list[NcLine]
    cars: list[CarLine]
    good_examples: list[Finding]
    observations: list[Finding]
    management: Grid
    replies: list[SiteReply]
    revisions: int

    @property
    def is_brief(self) -> bool:
        """Whether there are more non-compliances than paper tells in full."""
        return len(self.ncs) > MOST_IN_FULL

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many non-compliances of each severity there are, the gravest first; no CAR among them."""
        found = [one.finding.severity for one in self.ncs]
        return [(one, found.count(one)) for one in Finding.Severity.values if one in found]


def capr_of(viewer: Viewer, audit: Audit, *, on: dt.date) -> Capr:
    """Gather the report in a fixed number of queries, however much was found.

    Nothing that stays between two is in it: no answers of customers, no commitments, no codes of a buyer's own.
    """
    rows = [one for one in findings_of(viewer, audit) if one.state != FindingState.WITHDRAWN]
    gravity = {severity: rank for rank, severity in enumerate(Finding.Severity.values)}
    rows.sort(key=lambda one: gravity.get(one.severity or "", 0))
    replies = [one for one in replies_on(viewer, audit) if _is_said(one)]
    return Capr(
        audit=audit,
        auditors=list(audit.auditors.order_by("-is_lead", "name")),
        ncs=_nc_lines(viewer, [one for one in rows if one.kind == Finding.Kind.NON_COMPLIANCE], replies, on),
        cars=_car_lines(viewer, [one for one in rows if one.is_car], replies),
        good_examples=[one for one in rows if one.kind == Finding.Kind.GOOD_EXAMPLE],
        observations=[one for one in rows if one.kind == Finding.Kind.OBSERVATION],
        management=grid_of(viewer, audit),
        replies=[one for one in replies if one.finding_id is None],
        revisions=audit.revisions.count(),
    )


def _is_said(reply: SiteReply) -> bool:
    """What was taken back, or was about a finding that was taken out, is no part of a report."""
    return reply.kind in SAYS_SOMETHING and reply.state != ReplyState.TAKEN_BACK and not reply.is_retired


def _nc_lines(viewer: Viewer, ncs: list[Finding], replies: list[SiteReply], on: dt.date) -> list[NcLine]:
    keys = [one.pk for one in ncs]
    actions = {
        one.finding_id: one for one in CorrectiveAction.objects.filter(finding__in=keys).order_by("number")
    }
    checked = {
        one.action_id: one for one in Verification.objects.filter(finding__in=keys).select_related("audit")
    }
    evidence = evidence_of_many(viewer, actions.values())
    asked = (
        Extension.objects.visible_to(viewer).filter(finding__in=keys).select_related("answer").order_by("pk")
    )
    lines = {
        one.pk: NcLine(
            one,
            is_overdue=one.state == FindingState.OPEN and one.due_by is not None and one.due_by < on,
            replies=[reply for reply in replies if reply.finding_id == one.pk],
        )
        for one in ncs
    }
    for key, action in actions.items():
        lines[key].action, lines[key].verification = action, checked.get(action.pk)
        lines[key].evidence = [one for one in evidence[action.pk] if one.audience == Audience.AUDIT]
    for extension in asked:
        lines[extension.finding_id].extensions.append(extension)
    return list(lines.values())


def _car_lines(viewer: Viewer, cars: list[Finding], replies: list[SiteReply]) -> list[CarLine]:
    plans = {one.finding_id: one for one in ActionPlan.objects.visible_to(viewer).filter(finding__in=cars)}
    versions = PlanVersion.objects.filter(plan__in=plans.values()).order_by("number")
    latest = {one.plan_id: one for one in versions}
    lines = []
    for one in cars:
        plan = plans.get(one.pk)
        own = [reply for reply in replies if reply.finding_id == one.pk]
        lines.append(CarLine(one, plan, latest.get(plan.pk) if plan else None, own))
    return lines
