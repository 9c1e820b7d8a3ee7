"""Changing how many places an organisation's booking is for."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forum.actions.registration import about, can_be, mine_now, place_colleagues
from forum.models import Event, EventPlace, Registration
from forum.models.event_facts import Seat
from forum.permissions.event import can_change_booking, is_taking_registrations
from forum.queries.event import held_by_house
from ledger.entries import record
from ledger.refusals import Refusal
from organisations.visibility import Viewer

CHANGED = "forum.booking_changed"


def change_booking(
    *,
    viewer: Viewer,
    registration: Registration,
    quantity: int,
    goes: Sequence[str] = (),
    seats: Sequence[Seat] = (),
    at: dt.datetime,
) -> Registration:
    """Have a booking be for more places or for fewer.

    Promises: more only while they are free and nobody waits for them, at once; fewer gives them to the next in line:
    first those in `goes`, then those without a name. A booking that waits keeps its number.

    Args:
        goes: the codes of places that are given back. seats: who comes on the places that are new.

    Raises:
        Forbidden: see `can_change_booking`. Refusal: `too-many-places`, `too-many-names`, `no-room`, `who-goes`,
        `registered-elsewhere`.
    """
    with transaction.atomic():
        registration = mine_now(viewer, registration)
        can_change_booking(viewer, registration, at=at).require()
        before, event = registration.quantity, registration.event
        can_be(event, quantity, 0)
        if quantity == before:
            return registration
        if quantity > before:
            _grow(viewer, registration, quantity, seats, at=at)
        else:
            _shrink(viewer, registration, quantity, goes)
        data = about(registration, places_before=before, places_after=quantity)
        record(
            verb=CHANGED,
            by=viewer,
            subject=registration,
            owner_id=registration.organiser_id,
            at=at,
            data=data,
        )
    return registration


def _grow(
    viewer: Viewer, registration: Registration, quantity: int, seats: Sequence[Seat], *, at: dt.datetime
) -> None:
    event, more = registration.event, quantity - registration.quantity
    is_taking_registrations(event, at=at).require()
    if len(seats) > more:
        words = _("You wrote %(named)s names for %(quantity)s places.") % {
            "named": len(seats),
            "quantity": more,
        }
        raise Refusal("too-many-names", words, fields={"names": [words]})
    if registration.holds:
        _has_room(viewer, event, more)
    registration.quantity = quantity
    try:
        with transaction.atomic():
            registration.save(update_fields=["quantity"])
    except IntegrityError as error:  # a colleague holds places that this person does not see
        if "has its places" not in str(error) and "within_capacity" not in str(error):
            raise
        raise _no_room() from error
    used = set(registration.places.values_list("number", flat=True))
    numbers = [one for one in range(1, quantity + 1) if one not in used][:more]
    every = [*seats, *[Seat()] * (more - len(seats))]
    place_colleagues(viewer, registration, list(zip(numbers, every, strict=True)))


def _has_room(viewer: Viewer, event: Event, more: int) -> None:
    """Refuse more places than are free for this organisation now, with what it can do instead."""
    free = [] if event.free is None else [0 if event.waiting else event.free]
    if event.per_organisation is not None:
        free.append(max(0, event.per_organisation - held_by_house(viewer, event)))
    room = min(free, default=more)
    if more <= room:
        return
    if event.waiting:
        words = _(
            "Others wait for a place, so none can be added to this booking. A colleague who wants to come can register "
            "and wait for themselves."
        )
    elif room == 0:
        raise _no_room()
    else:
        words = ngettext(
            "Only one more place is free for you. Nobody can wait for the rest: take it, or leave it as it is.",
            "Only %(n)s more places are free for you. Nobody can wait for the rest: take those, or leave it as it is.",
            room,
        ) % {"n": room}
    raise Refusal("no-room", words, fields={"quantity": [words]})


def _no_room() -> Refusal:
    words = _(
        "No more places are free for you. A colleague who wants to come can register and wait for themselves."
    )
    return Refusal("no-room", words, fields={"quantity": [words]})


def _shrink(viewer: Viewer, registration: Registration, quantity: int, goes: Sequence[str]) -> None:
    fewer = registration.quantity - quantity
    places = list(EventPlace.objects.visible_to(viewer).filter(registration=registration).order_by("-number"))
    chosen = [one for one in places if one.code in goes]
    nameless = [one for one in places if one not in chosen and not one.name]
    if len(chosen) > fewer or len(chosen) + len(nameless) < fewer:
        words = ngettext(
            "Mark one person who does not come.", "Mark %(n)s people who do not come.", fewer
        ) % {"n": fewer}
        raise Refusal("who-goes", words, fields={"goes": [words]})
    registration.quantity = quantity
    registration.save(update_fields=["quantity"])
    back = [*chosen, *nameless][:fewer]
    EventPlace.objects.filter(pk__in=[one.pk for one in back]).delete()
