"""Events, registrations and places, made as the owner of the tables or by the actions themselves."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from forum.lifecycle import EventState, RegistrationState
from forum.models import Event, EventGuest, EventPlace, Registration, Series
from ledger.acting import acting
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from tests.conftest import owner_role

NEVER = dt.timedelta(0)


@contextmanager
def as_viewer(viewer: Viewer) -> Iterator[None]:
    """Act as somebody."""
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        yield


def series(organiser: Organisation, **said: Any) -> Series:
    """Make a published series."""
    given = {"title": "Knowing what you buy", "state": "published", "created_at": timezone.now()}
    with owner_role():
        return Series.objects.create(organiser=organiser, **(given | said))


def event(
    organiser: Organisation,
    *guests: Organisation,
    starts_in: dt.timedelta = dt.timedelta(days=14),
    at: dt.datetime | None = None,
    **said: Any,
) -> Event:
    """Make a published webinar of an hour with 15 places; `guests` are the organisations that it names."""
    now = at or timezone.now()
    starts_at = now + starts_in
    given = {
        "title": "Who sews our workwear?",
        "zone": "Europe/London",
        "starts_at": starts_at,
        "ends_at": starts_at + dt.timedelta(hours=1),
        "capacity": 15,
        "state": EventState.PUBLISHED,
        "opens_to": Event.OpensTo.ORGANISATIONS if guests else Event.OpensTo.EVERYONE,
        "created_at": now,
        "changed_at": now,
    }
    with owner_role():
        made = Event.objects.create(organiser=organiser, **(given | said))
        for one in guests:
            EventGuest.objects.create(event=made, organisation=one)
    return made


def registration(
    of: Event,
    organisation: Organisation,
    person: Person,
    state: str = RegistrationState.PLACED,
    *,
    names: tuple[str, ...] = (),
    **said: Any,
) -> Registration:
    """Make a registration with its places, in any state, past the line."""
    now = timezone.now()
    given: dict[str, Any] = {"registered_at": now, "state": state}
    if state == RegistrationState.PLACED:
        given["placed_at"] = now
    if state == RegistrationState.OFFERED:
        given |= {"offered_at": now, "offer_ends_at": now + dt.timedelta(hours=48)}
    if state in {RegistrationState.DECLINED, RegistrationState.EXPIRED, RegistrationState.CANCELLED}:
        given["ended_at"] = now
    with owner_role():
        made = Registration.objects.create(
            event=of, organisation=organisation, person=person, **(given | said)
        )
        for number in range(made.quantity):
            EventPlace.objects.create(
                registration=made, number=number + 1, name=names[number] if number < len(names) else ""
            )
        of.refresh_from_db()
        made.refresh_from_db()
    return made
