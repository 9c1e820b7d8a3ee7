"""The verbs of a registration: register, say yes or no to an offer, cancel."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from forum.lifecycle import REGISTRATION, RegistrationState
from forum.models import Event, EventPlace, Registration
from forum.models.event_facts import Seat
from forum.permissions.event import (
    can_answer_offer,
    can_cancel_registration,
    can_register,
    can_register_group,
)
from forum.queries.event import group_registration, hold_event, own_place, own_registration, waiting_before
from ledger.entries import record
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.visibility import Viewer

REGISTERED = "forum.registered"
WAITS = "forum.registration_waits"
ACCEPTED = "forum.offer_accepted"
DECLINED = "forum.offer_declined"
CANCELLED = "forum.registration_cancelled"


def register(*, viewer: Viewer, event: Event, at: dt.datetime) -> Registration:
    """Register for an event: a place while there is one, else the end of the waiting list.

    Promises: a place that is there, or a number in the list, given in the order of arrival while the event is locked;
    asking again changes nothing and gives the same registration.

    Raises:
        Forbidden: see `can_register`. Refusal: `registered-elsewhere`.
    """
    with transaction.atomic():
        event = _held(viewer, event)
        found = own_registration(viewer, event)
        if found is not None:
            return found
        can_register(viewer, event, at=at).require()
        if own_place(viewer, event) is not None:
            raise _twice()
        return _arrive(viewer, event, Registration.Kind.SELF, [Seat()], at=at)


def register_group(
    *, viewer: Viewer, event: Event, quantity: int, seats: Sequence[Seat] = (), at: dt.datetime
) -> Registration:
    """Book several places for one's organisation, with names as far as they are known.

    Promises: all of them, or the waiting list for all of them; asking again gives the same registration.

    Raises:
        Forbidden: see `can_register_group`. Refusal: `too-many-places`, `registered-elsewhere`.
    """
    with transaction.atomic():
        event = _held(viewer, event)
        found = group_registration(viewer, event)
        if found is not None:
            return found
        can_register_group(viewer, event, at=at).require()
        can_be(event, quantity, len(seats))
        every = [*seats, *[Seat()] * (quantity - len(seats))]
        return _arrive(viewer, event, Registration.Kind.GROUP, every, at=at)


def accept_offer(*, viewer: Viewer, registration: Registration, at: dt.datetime) -> Registration:
    """Say yes to a place that was offered; saying it twice changes nothing.

    Raises:
        Forbidden: see `can_answer_offer`.
    """
    with transaction.atomic():
        registration = mine_now(viewer, registration)
        if registration.state == RegistrationState.PLACED:
            return registration
        can_answer_offer(viewer, registration, at=at).require()
        registration.placed_at = at
        _move(viewer, registration, RegistrationState.PLACED, ACCEPTED, at=at, also=["placed_at"])
    return registration


def decline_offer(*, viewer: Viewer, registration: Registration, at: dt.datetime) -> Registration:
    """Say no to a place that was offered: it goes to the next in line.

    Raises:
        Forbidden: see `can_answer_offer`.
    """
    with transaction.atomic():
        registration = mine_now(viewer, registration)
        if registration.state == RegistrationState.DECLINED:
            return registration
        can_answer_offer(viewer, registration, at=at).require()
        registration.ended_at = at
        _move(viewer, registration, RegistrationState.DECLINED, DECLINED, at=at, also=["ended_at"])
    return registration


def cancel_registration(*, viewer: Viewer, registration: Registration, at: dt.datetime) -> Registration:
    """Give a place or a number in the list back; the place goes to the next in line.

    Promises: the person is told. Saying it twice changes nothing.

    Raises:
        Forbidden: see `can_cancel_registration`.
    """
    with transaction.atomic():
        registration = mine_now(viewer, registration)
        if registration.state == RegistrationState.CANCELLED:
            return registration
        can_cancel_registration(viewer, registration, at=at).require()
        registration.ended_at = at
        runs = viewer.organisation_id == registration.organiser_id
        is_own = viewer.person_id == registration.person_id
        data = {"by_organiser": runs and not is_own, "is_own": is_own}
        _move(
            viewer, registration, RegistrationState.CANCELLED, CANCELLED, at=at, also=["ended_at"], data=data
        )
    return registration


def about(registration: Registration, **more: Any) -> dict[str, Any]:
    """Return what an entry about a registration says: the event, never a name."""
    event = registration.event
    return {"event": event.code, "title": str(event), "starts_at": event.starts_at.isoformat(), **more}


def _held(viewer: Viewer, event: Event) -> Event:
    """Return the event as it is now, locked until the end of this transaction."""
    hold_event(event.pk)
    return Event.objects.visible_to(viewer).get(pk=event.pk)


def mine_now(viewer: Viewer, registration: Registration) -> Registration:
    """Return a registration as it is now, its event locked until the end of this transaction."""
    hold_event(registration.event_id)
    return Registration.objects.visible_to(viewer).select_related("event").get(pk=registration.pk)


def _arrive(
    viewer: Viewer, event: Event, kind: str, seats: Sequence[Seat], *, at: dt.datetime
) -> Registration:
    try:
        with transaction.atomic():
            made = Registration.objects.create(
                event=event,
                organisation_id=viewer.organisation_id,
                person_id=viewer.person_id,
                kind=kind,
                quantity=len(seats),
                registered_at=at,
            )
            place_colleagues(viewer, made, list(enumerate(seats, start=1)))
    except IntegrityError as error:
        if "registers" in str(error):
            raise _twice() from error
        raise
    made = Registration.objects.visible_to(viewer).select_related("event").get(pk=made.pk)
    is_placed = made.state == RegistrationState.PLACED
    more = {"quantity": made.quantity, "hours": event.offer_hours}
    if not is_placed:
        more["before"] = waiting_before(made)
    record(
        verb=REGISTERED if is_placed else WAITS,
        by=viewer,
        subject=made,
        owner_id=made.organiser_id,
        at=at,
        data=about(made, **more),
    )
    return made


def place_colleagues(viewer: Viewer, registration: Registration, seats: "Sequence[tuple[int, Seat]]") -> None:
    """Make the places of a registration, each with its number.

    Raises:
        Refusal: `registered-elsewhere`.
    """
    is_own = registration.kind == Registration.Kind.SELF
    try:
        with transaction.atomic():
            for number, seat in seats:
                EventPlace.objects.create(
                    registration=registration,
                    number=number,
                    name=seat.name,
                    person_id=viewer.person_id if is_own else seat.person_id,
                    event_id=registration.event_id,
                    organiser_id=registration.event.organiser_id,
                    organisation_id=viewer.organisation_id,
                    registrant_id=registration.person_id,
                )
    except IntegrityError as error:
        if "one_place_for_a_person" in str(error):
            raise _twice() from error
        raise


def can_be(event: Event, quantity: int, named: int) -> None:
    most = min((one for one in (event.capacity, event.per_organisation) if one is not None), default=quantity)
    if quantity < 1 or quantity > most:
        words = _("Choose between 1 and %(most)s places.") % {"most": most}
        raise Refusal("too-many-places", words, fields={"quantity": [words]})
    if named > quantity:
        words = _("You wrote %(named)s names for %(quantity)s places.") % {
            "named": named,
            "quantity": quantity,
        }
        raise Refusal("too-many-names", words, fields={"names": [words]})


def _twice() -> Refusal:
    return Refusal(
        "registered-elsewhere",
        _(
            "Somebody here is registered for this event already, perhaps by a colleague or for another organisation."
        ),
    )


def _move(
    viewer: Viewer,
    registration: Registration,
    to: RegistrationState,
    verb: str,
    *,
    at: dt.datetime,
    also: Sequence[str],
    data: dict[str, Any] | None = None,
) -> None:
    move(
        registration,
        to=to,
        lifecycle=REGISTRATION,
        verb=verb,
        by=viewer,
        owner_id=registration.organiser_id,
        at=at,
        data=about(registration, **(data or {})),
        also=also,
    )
