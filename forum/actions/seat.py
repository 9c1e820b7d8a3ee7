"""Seats are given to organisations, and people sit on them."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from forum.actions.inside import tell
from forum.models import Group, Participant, Place, Seat, SeatHolding
from forum.permissions.group import can_lead, can_seat
from forum.queries.organisation import organisation_called
from forum.queries.participant import may_sit
from ledger.entries import record
from ledger.refusals import Refusal
from organisations.visibility import Viewer

GIVEN, ENDED, TAKEN = "forum.seat_given", "forum.seat_ended", "forum.seat_taken"


def give_seat(
    *, viewer: Viewer, group: Group, constituency: str, organisation_code: str, at: datetime
) -> Seat:
    """Give an organisation a seat for a constituency; everybody here reads that.

    Raises: Forbidden; Refusal "no-such-organisation", "seat-already".
    """
    can_seat(viewer, group).require()
    found = organisation_called(organisation_code)
    if found is None:
        sentence = _("There is no organisation with this code.")
        raise Refusal("no-such-organisation", sentence, fields={"organisation_code": [sentence]}, status=422)
    try:
        with transaction.atomic():
            seat = Seat.objects.create(
                group=group, constituency=constituency, organisation_id=found.id, given_at=at
            )
            seat.refresh_from_db()
            _record(GIVEN, viewer, seat, at)
    except IntegrityError as error:
        if "seat_once_per_organisation" not in str(error):
            raise
        raise Refusal("seat-already", _("This organisation holds a seat in this group already.")) from error
    return seat


def end_seat(*, viewer: Viewer, seat: Seat, at: datetime) -> None:
    """Take a seat back; nobody sits on it any more.

    Raises: Forbidden; Refusal "seat-ended".
    """
    with transaction.atomic():
        can_seat(viewer, seat.group).require()
        locked = Seat.objects.select_for_update(of=("self",)).current().filter(pk=seat.pk).first()
        if locked is None:
            raise Refusal("seat-ended", _("This seat has ended already."))
        locked.ended_at = at
        locked.save(update_fields=["ended_at"])
        _record(ENDED, viewer, locked, at)


def sit(
    *, viewer: Viewer, seat: Seat, holder: Participant | None, alternate: Participant | None, at: datetime
) -> None:
    """Say who sits on a seat: participants of its organisation; both places may stay empty.

    Raises: Forbidden; Refusal "seat-ended", "one-person-twice", "not-of-this-seat".
    """
    with transaction.atomic():
        can_lead(viewer, seat.group).require()
        if seat.ended_at is not None:
            raise Refusal("seat-ended", _("This seat has ended already."))
        if holder is not None and alternate is not None and holder.person_id == alternate.person_id:
            raise Refusal("one-person-twice", _("An alternate is somebody other than the holder."))
        able = set(may_sit(seat.group, viewer, seat.organisation_id).values_list("person_id", flat=True))
        wanted = {Place.HOLDER: holder, Place.ALTERNATE: alternate}
        if any(one is not None and one.person_id not in able for one in wanted.values()):
            raise Refusal(
                "not-of-this-seat", _("On a seat sit participants of its organisation; guests do not.")
            )
        held = SeatHolding.objects.select_for_update().current().filter(seat=seat)
        now = {one.place: one for one in held}
        changed = [
            place
            for place, one in wanted.items()
            if (now[place].person_id if place in now else None) != (one.person_id if one else None)
        ]
        for place in changed:
            if place in now:
                now[place].ended_at = at
                now[place].save(update_fields=["ended_at"])
        for place in changed:
            one = wanted[place]
            if one is not None and one.person is not None:
                SeatHolding.objects.create(seat=seat, place=place, person=one.person, since_at=at)
        if changed:
            tell(verb=TAKEN, by=viewer, group=seat.group, at=at, data={"seat": seat.code})


def _record(verb: str, viewer: Viewer, seat: Seat, at: datetime) -> None:
    data = {"seat": seat.code, "constituency": seat.constituency, "key": seat.group.key}
    record(verb=verb, by=viewer, subject=seat.group, owner_id=seat.group.operator_id, at=at, data=data)
