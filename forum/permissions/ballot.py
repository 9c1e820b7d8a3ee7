"""Who calls a ballot, votes in it, hands a vote over and withdraws it."""

import datetime as dt

from django.utils.translation import gettext as _

from forum.lifecycle import BallotState
from forum.models import Ballot, BallotHandover, BallotPaper, Group, Place, Seat, SeatHolding
from forum.permissions.group import can_lead, can_write
from ledger.refusals import ALLOWED, Decision, denied
from organisations.visibility import Viewer


def can_call(viewer: Viewer, group: Group) -> Decision:
    """A co-lead of an open group."""
    return can_lead(viewer, group)


def can_withdraw(viewer: Viewer, ballot: Ballot, *, at: dt.datetime) -> Decision:
    """A co-lead, before it closes."""
    decision = can_lead(viewer, ballot.group)
    return decision and _not_over(ballot, at)


def can_vote(viewer: Viewer, ballot: Ballot, holding: SeatHolding | None, *, at: dt.datetime) -> Decision:
    """Whoever holds a seat, while the ballot is open; its alternate when the holder has handed the vote over, or when
    nobody holds the seat. In a secret ballot a vote once cast stays."""
    decision = can_write(viewer, ballot.group)
    if not decision:
        return decision
    if holding is None:
        return denied("no-seat", _("One vote per seat: you do not sit on one in this group."))
    return _runs(ballot, at) and _for_this_seat(viewer, ballot, holding)


def _runs(ballot: Ballot, at: dt.datetime) -> Decision:
    if ballot.state == BallotState.CALLED and at < ballot.opens_at:
        return denied("ballot-not-open", _("This ballot has not opened yet."))
    if not ballot.is_open_at(at):
        return denied("ballot-over", _("This ballot is over: nobody votes any more."))
    return ALLOWED


def _for_this_seat(viewer: Viewer, ballot: Ballot, holding: SeatHolding) -> Decision:
    if ballot.is_secret and _has_voted(viewer, ballot, holding.seat):
        return denied(
            "has-voted",
            _("Your seat has voted. In a secret ballot nobody can find a vote again to change it."),
        )
    if holding.place == Place.ALTERNATE and not _in_its_place(viewer, ballot, holding.seat):
        return denied(
            "holder-votes", _("The holder of your seat votes. They can hand this vote over to you.")
        )
    return ALLOWED


def can_hand_over(viewer: Viewer, ballot: Ballot, seat: Seat, *, at: dt.datetime) -> Decision:
    """The holder of the seat, or a co-lead when the holder cannot; before the ballot closes and the seat has voted."""
    decision = _may_speak_for(viewer, ballot, seat)
    if not decision:
        return decision
    if _has_voted(viewer, ballot, seat):
        return denied("has-voted", _("This seat has voted already."))
    return _not_over(ballot, at)


def can_take_back(viewer: Viewer, ballot: Ballot, seat: Seat, *, at: dt.datetime) -> Decision:
    """Whoever could hand over, before the ballot closes."""
    decision = _may_speak_for(viewer, ballot, seat)
    return decision and _not_over(ballot, at)


def _may_speak_for(viewer: Viewer, ballot: Ballot, seat: Seat) -> Decision:
    decision = can_write(viewer, ballot.group)
    if not decision:
        return decision
    rows = SeatHolding.objects.visible_to(viewer).current().filter(seat=seat, place=Place.HOLDER)
    is_own = (
        seat.organisation_id == viewer.organisation_id and rows.filter(person_id=viewer.person_id).exists()
    )
    return ALLOWED if is_own else can_lead(viewer, ballot.group)


def _in_its_place(viewer: Viewer, ballot: Ballot, seat: Seat) -> bool:
    handed = BallotHandover.objects.visible_to(viewer).in_force().filter(ballot=ballot, seat=seat)
    holders = SeatHolding.objects.visible_to(viewer).current().filter(seat=seat, place=Place.HOLDER)
    return handed.exists() or not holders.exists()


def _has_voted(viewer: Viewer, ballot: Ballot, seat: Seat) -> bool:
    return BallotPaper.objects.visible_to(viewer).filter(ballot=ballot, seat=seat).exists()


def _not_over(ballot: Ballot, at: dt.datetime) -> Decision:
    if ballot.state != BallotState.CALLED or at >= ballot.closes_at:
        return denied("ballot-over", _("This ballot is over."))
    return ALLOWED
