"""Who must do what about one CAR: per customer what was asked, what was answered and what waits since when."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Prefetch

from findings.lifecycle import CommitmentState
from findings.models import (
    Ask,
    Call,
    CallStep,
    Commitment,
    Finding,
    PlanResponse,
    PlanVersion,
    Position,
)
from findings.queries.glance import may_have
from findings.queries.plan import STANDING, PlanStory, customers_who_see, is_customer
from findings.queries.position import positions_on
from organisations.models import Organisation
from organisations.visibility import Viewer


@dataclass
class Side:
    """One customer's part in a CAR. A customer ever sees its own alone."""

    organisation: Organisation
    is_own: bool
    asked: list[str] = field(default_factory=list)
    answer: PlanResponse | None = None
    position: Position | None = None
    is_answered_by_position: bool = False
    waiting_since: datetime | None = None
    calls: list[Call] = field(default_factory=list)
    commitments: list[Commitment] = field(default_factory=list)


def customers_at(viewer: Viewer, finding: Finding, own: Organisation) -> list[Organisation]:
    """Return the customers at a CAR: all of them for the supplier, itself for a customer, none for anyone else.

    Args:
        own: the viewer's organisation.
    """
    if viewer.organisation_id == finding.supplier_id:
        return customers_who_see(finding.audit) if finding.audit.is_published else []
    return [own] if is_customer(viewer, finding.audit_id) else []


def sides_of(
    viewer: Viewer, finding: Finding, story: PlanStory | None, *, customers: list[Organisation], on: date
) -> list[Side]:
    """Return the part of each of the customers at a CAR.

    The finding carries its requirement with section and version, and its audit.
    """
    positions = positions_on(viewer, finding, on=on, customers=[one.pk for one in customers])
    calls, commitments = calls_of(viewer, finding), commitments_of(viewer, finding)
    sides = []
    for customer in customers:
        side = Side(customer, customer.pk == viewer.organisation_id)
        side.position = next((one for one in positions if one.organisation_id == customer.pk), None)
        side.calls = [one for one in calls if one.customer_id == customer.pk]
        side.commitments = [one for one in commitments if one.customer_id == customer.pk]
        if story is not None:
            _judge(side, story)
        sides.append(side)
    return sides


def positions_for_plan(viewer: Viewer, finding: Finding, *, on: date) -> list[Position]:
    """Return what the supplier's customers have said on the requirement of a CAR, for whoever writes its plan."""
    customers = [one.pk for one in customers_who_see(finding.audit)]
    return positions_on(viewer, finding, on=on, customers=customers)


def _judge(side: Side, story: PlanStory) -> None:
    """Say what a customer was asked last, whether it has answered, and since when the site waits."""
    own = [one for one in story.responses if one.organisation_id == side.organisation.pk]
    asks = story.latest.said.asks
    side.asked = [str(label) for label, is_asked in story.latest.said.ask_labels if is_asked]
    side.answer = own[-1] if own else None
    stands = side.position is not None and side.position.latest.answers_plans
    side.is_answered_by_position = bool(stands and asks <= frozenset(STANDING))
    answered = max((one.version_number for one in own), default=0)
    if answered >= story.latest.number or side.is_answered_by_position or not _waits(story.latest):
        return
    open_ones = [one for one in story.versions if one.number > answered and _waits(one)]
    side.waiting_since = min(one.shared_at for one in open_ones)


def _waits(version: PlanVersion) -> bool:
    """Whether a version asks for more than to be read."""
    return version.said.asks != frozenset({Ask.INFORM.value})


def calls_of(viewer: Viewer, finding: Finding) -> list[Call]:
    """Return the calls about a CAR that the viewer may know of, the newest first."""
    if not may_have(finding, "calls"):
        return []
    rows = Call.objects.visible_to(viewer).filter(finding=finding).prefetch_related("customer", "waits_for")
    steps = CallStep.objects.visible_to(viewer).order_by("at", "pk")
    return list(rows.prefetch_related(Prefetch("steps", steps)).order_by("-opened_at", "-pk"))


def commitments_of(viewer: Viewer, finding: Finding) -> list[Commitment]:
    """Return the commitments to a CAR that the viewer may know of, those in force first, then the oldest."""
    if not may_have(finding, "commitments"):
        return []
    rows = Commitment.objects.visible_to(viewer).filter(finding=finding)
    found = rows.prefetch_related("versions", "customer").order_by("made_at", "pk")
    return sorted(found, key=lambda one: one.state == CommitmentState.WITHDRAWN)
