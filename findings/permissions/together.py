"""Who may do what in the work together on a CAR: calls, commitments, standing positions, introductions."""

from datetime import datetime

from django.utils.translation import gettext as _

from findings.lifecycle import CallState, CommitmentState, FindingState, IntroductionState, PositionState
from findings.models import Call, Commitment, Finding, Introduction, IntroductionAsk, Position
from findings.queries.plan import is_customer
from ledger.refusals import ALLOWED, Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Capability, Viewer


def can_work_together(viewer: Viewer, finding: Finding) -> Decision:
    """The supplier and its customers work together on a CAR of a published audit until a later one closes it."""
    if not finding.is_car:
        return denied(
            "not-a-car", _("Only a finding that asks for collaborative action is worked on together.")
        )
    if finding.audit.published_at is None:
        return denied("audit-not-published", _("The audit is not published yet. You can do this after that."))
    if finding.state == FindingState.CLOSED:
        return denied("car-closed", _("A later audit has closed this. Nothing more can be agreed about it."))
    if viewer.organisation_id != finding.supplier_id and not is_customer(viewer, finding.audit_id):
        return denied("not-a-customer", _("Only the supplier and its customers work on this together."))
    return can_edit(viewer)


def can_propose_call(viewer: Viewer, finding: Finding) -> Decision:
    """Either side proposes a call."""
    return can_work_together(viewer, finding)


def _side_of(viewer: Viewer, thing: Call | Commitment) -> Decision:
    """Tell whether the viewer works for one of the two sides; a customer as long as it sees the audit."""
    own = viewer.organisation_id
    if own != thing.supplier_id and not (own == thing.customer_id and is_customer(viewer, thing.audit_id)):
        return denied("not-your-side", _("Only the two sides can do this."))
    return can_edit(viewer)


def can_answer_call(viewer: Viewer, call: Call) -> Decision:
    """The side that was asked accepts a time or says no."""
    if call.state != CallState.PROPOSED:
        return denied("no-answer-awaited", _("Nobody waits for an answer about this call."))
    if call.waits_for_id != viewer.organisation_id:
        return denied("other-side-answers", _("You proposed this. The other side has to answer."))
    return _side_of(viewer, call)


def can_propose_times(viewer: Viewer, call: Call) -> Decision:
    """Whoever is asked proposes other times; of an agreed call either side does."""
    if call.state == CallState.PROPOSED and call.waits_for_id != viewer.organisation_id:
        return denied("other-side-answers", _("You proposed this. The other side has to answer."))
    if call.state not in {CallState.PROPOSED, CallState.AGREED}:
        return denied("call-over", _("This call will not take place. Propose a new one."))
    return _side_of(viewer, call)


def can_cancel_call(viewer: Viewer, call: Call) -> Decision:
    """Either side calls off what was agreed; who proposed takes the proposal back."""
    if call.state == CallState.PROPOSED and call.waits_for_id == viewer.organisation_id:
        return denied("answer-instead", _("You were asked. Choose a time, propose others, or say no."))
    if call.state not in {CallState.PROPOSED, CallState.AGREED}:
        return denied("call-over", _("This call will not take place."))
    return _side_of(viewer, call)


def can_say_how_to_join(viewer: Viewer, call: Call) -> Decision:
    """Either side says how to join, until the call is off."""
    if call.state not in {CallState.PROPOSED, CallState.AGREED}:
        return denied("call-over", _("This call will not take place."))
    return _side_of(viewer, call)


def can_write_note(viewer: Viewer, call: Call, *, at: datetime) -> Decision:
    """Either side writes down what was agreed once the call has begun."""
    if call.state != CallState.AGREED or call.starts_at is None or call.starts_at > at:
        return denied("call-not-yet", _("Write down what was agreed after the call has begun."))
    return _side_of(viewer, call)


def can_commit(viewer: Viewer, finding: Finding) -> Decision:
    """A customer commits support; the supplier's own actions stand in its plan."""
    if viewer.organisation_id == finding.supplier_id:
        return denied("own-actions-in-plan", _("What you do yourself stands in your plan."))
    return can_work_together(viewer, finding)


def can_change_commitment(viewer: Viewer, commitment: Commitment) -> Decision:
    """The customer that made it changes it, says how it goes, answers and takes it back."""
    if viewer.organisation_id != commitment.customer_id:
        return denied("not-your-commitment", _("Only the customer that made this commitment can do this."))
    return _standing(commitment) and _side_of(viewer, commitment)


def can_answer_commitment(viewer: Viewer, commitment: Commitment) -> Decision:
    """The supplier confirms that it received it, or asks."""
    if viewer.organisation_id != commitment.supplier_id:
        return denied("not-your-site", _("Only the supplier can do this."))
    return _standing(commitment) and _side_of(viewer, commitment)


def _standing(commitment: Commitment) -> Decision:
    if commitment.state == CommitmentState.WITHDRAWN:
        return denied("commitment-taken-back", _("This commitment was taken back."))
    return ALLOWED


def can_state_positions(viewer: Viewer) -> Decision:
    """An organisation that buys states what it thinks of a requirement."""
    if not viewer.has(Capability.BUYER):
        return denied("not-a-buyer", _("Only an organisation that buys states a position for its suppliers."))
    return can_edit(viewer)


def can_change_position(viewer: Viewer, position: Position) -> Decision:
    """Its buyer changes or withdraws it."""
    if viewer.organisation_id != position.organisation_id:
        return denied("not-your-position", _("Only the customer that stated this can change it."))
    if position.state == PositionState.WITHDRAWN:
        return denied("position-withdrawn", _("This position was withdrawn."))
    return can_edit(viewer)


def can_introduce(viewer: Viewer, finding: Finding) -> Decision:
    """The supplier alone proposes to introduce customers, once there is a plan."""
    if viewer.organisation_id != finding.supplier_id:
        return denied("not-your-site", _("Only the supplier introduces its customers to each other."))
    if not finding.has_plan:
        return denied("no-plan-yet", _("Share an action plan first. Customers are introduced for a plan."))
    return can_work_together(viewer, finding)


def can_close_introduction(viewer: Viewer, introduction: Introduction) -> Decision:
    """The supplier completes its round, or ends it, while it is open."""
    if introduction.state != IntroductionState.ASKING:
        return denied("introduction-over", _("This introduction is over."))
    return can_edit(viewer)


def can_answer_introduction(viewer: Viewer, ask: IntroductionAsk) -> Decision:
    """The customer asked answers for itself, while the question is open."""
    if viewer.organisation_id != ask.customer_id or not is_customer(viewer, ask.audit_id):
        return denied("not-asked", _("Only the customer that was asked can answer."))
    if ask.closed_at is not None:
        return denied("introduction-over", _("This introduction is over."))
    return can_edit(viewer)
