"""What becomes of places at events when somebody belongs to an organisation or a group no more. Acts for nobody."""

import datetime as dt
from typing import Any

from django.db import transaction

from forum.actions.registration import about
from forum.lifecycle import REGISTRATION, TAKES_PLACE, RegistrationState
from forum.models import EventPlace, Participant, Registration
from forum.queries.event import OPEN, hold_event
from ledger.entries import record
from ledger.transitions import move
from organisations.models import Membership

FREED = "forum.place_freed"


def leave_events(*, person_id: int, organisation_id: int, at: dt.datetime) -> int:
    """Free what a person holds at events to come for an organisation that they are no member of; return how many.

    Promises: their own registrations end, and their places go to the next in line; a place that bears their name in a
    booking stays with the booking, without the name. Whoever is a member again keeps everything.
    """
    members = Membership.objects.active().filter(person_id=person_id, organisation_id=organisation_id)
    return 0 if members.exists() else _free(at, person_id=person_id, organisation_id=organisation_id)


def leave_group_events(*, participant_id: int, at: dt.datetime) -> int:
    """Free what a person holds at events of a group that they take part in no more; return how many."""
    part = Participant.objects.filter(pk=participant_id).exclude(person=None).first()
    if part is None:
        return 0
    who = {"person_id": int(part.person_id or 0), "organisation_id": part.organisation_id}
    if Participant.objects.active().filter(group_id=part.group_id, **who).exists():
        return 0
    return _free(at, event__opens_to="group", event__group_id=part.group_id, **who)


def _free(at: dt.datetime, **whose: Any) -> int:
    ahead = {"event__state__in": [one.value for one in TAKES_PLACE], "event__starts_at__gt": at}
    own = Registration.objects.filter(kind=Registration.Kind.SELF, state__in=OPEN, **ahead, **whose)
    seats = EventPlace.objects.filter(registration__kind="group", is_open=True, **ahead, **whose)
    keys = [*own.values_list("event_id", "pk"), *seats.values_list("event_id", "registration_id")]
    with transaction.atomic():
        for event_id, key in sorted(set(keys)):
            hold_event(event_id)
            row = Registration.objects.select_related("event").get(pk=key)
            if row.is_open:
                _give_back(row, whose["person_id"], at=at)
    return len(set(keys))


def _give_back(row: Registration, person_id: int, *, at: dt.datetime) -> None:
    data = about(row, is_group=row.is_group)
    if row.is_group:
        places = EventPlace.objects.filter(registration=row, person_id=person_id)
        if places.update(person=None, name=""):
            record(verb=FREED, by=None, subject=row, owner_id=row.organiser_id, at=at, data=data)
        return
    row.ended_at = at
    move(
        row,
        to=RegistrationState.CANCELLED,
        lifecycle=REGISTRATION,
        verb=FREED,
        by=None,
        owner_id=row.organiser_id,
        at=at,
        data=data,
        also=["ended_at"],
    )
