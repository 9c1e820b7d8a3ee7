"""Passing places on: the next in line are offered what is free, and offers end. The role job does it."""

import datetime as dt

from django.db import transaction

from forum.actions.registration import about
from forum.lifecycle import REGISTRATION, TAKES_PLACE, RegistrationState
from forum.models import Event, Registration
from forum.queries.event import explained, hold_event
from forum.queries.waiting import Because
from ledger.occurrences import schedule
from ledger.transitions import move

OFFERED = "forum.place_offered"
EXPIRED = "forum.offer_expired"
OFFER_ENDS = "forum.offer_ends"


def promote(*, event_id: int, at: dt.datetime) -> list[Registration]:
    """Offer free places to the next who fit, in the order of arrival.

    Promises: an offer holds its places until it is answered or over, and ends by the start of the event; whoever is
    offered one is told, and the end of the offer is due. Safe to say at any time and twice.

    Returns:
        Those who were offered places just now.
    """
    with transaction.atomic():
        hold_event(event_id)
        event = Event.objects.get(pk=event_id)
        if event.state not in TAKES_PLACE or event.starts_at <= at or event.waiting == 0:
            return []
        next_ones = [one for one, because in explained(event) if because is Because.NEXT]
        for registration in next_ones:
            _offer(event, registration, at=at)
    return next_ones


def end_offer(*, registration_id: int, at: dt.datetime) -> bool:
    """End an offer whose time is over, and pass its places on; return whether it was still open.

    Promises: nothing happens to an offer that was answered, or that lasts longer.
    """
    with transaction.atomic():
        found = Registration.objects.select_related("event").get(pk=registration_id)
        hold_event(found.event_id)
        found.refresh_from_db(fields=["state", "offer_ends_at"])
        is_open = found.state == RegistrationState.OFFERED
        if not is_open or found.offer_ends_at is None or found.offer_ends_at > at:
            return False
        found.ended_at = at
        move(
            found,
            to=RegistrationState.EXPIRED,
            lifecycle=REGISTRATION,
            verb=EXPIRED,
            by=None,
            owner_id=found.organiser_id,
            at=at,
            data=about(found),
            also=["ended_at"],
        )
        promote(event_id=found.event_id, at=at)
    return True


def _offer(event: Event, registration: Registration, *, at: dt.datetime) -> None:
    registration.event = event
    registration.offered_at = at
    registration.offer_ends_at = min(at + dt.timedelta(hours=event.offer_hours), event.starts_at)
    ends_at = registration.offer_ends_at
    move(
        registration,
        to=RegistrationState.OFFERED,
        lifecycle=REGISTRATION,
        verb=OFFERED,
        by=None,
        owner_id=event.organiser_id,
        at=at,
        data=about(registration, ends_at=ends_at.isoformat(), quantity=registration.quantity),
        also=["offered_at", "offer_ends_at"],
    )
    schedule(OFFER_ENDS, registration, ends_at, event.organiser_id)
