"""Two hundred people register at the same moment for fifteen places, each on a connection of their own."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from forum.actions.registration import register
from forum.lifecycle import RegistrationState
from forum.models import Event, EventPlace, Registration
from organisations.models import Membership, Organisation
from organisations.queries import viewer_from
from organisations.visibility import Capability, Role, Viewer
from tests.conftest import owner_role
from tests.factories import forum_events as make
from tests.factories import organisations as people
from tests.ledger.roles import working_as

pytestmark = pytest.mark.django_db(transaction=True)
CROWD, PLACES, HANDS = 200, 15, 60  # HANDS: connections at once, within what a small server lets in


def _crowd(of: Organisation, n: int) -> list[Viewer]:
    """Make many members at once: passwords would take minutes."""
    from organisations.models import Person

    with owner_role():
        everybody = Person.objects.bulk_create(
            Person(email=f"crowd{number}@example.org", name=f"Crowd {number}", password="!")
            for number in range(n)
        )
        rows = Membership.objects.bulk_create(
            Membership(organisation=of, person=one, role=Role.VIEWER) for one in everybody
        )
        return [viewer_from(one) for one in rows]


def test_two_hundred_at_once_get_fifteen_places_in_the_order_of_arrival() -> None:
    event = make.event(people.organisation("Host", Capability.STAKEHOLDER), capacity=PLACES)
    crowd = _crowd(people.organisation("Guests"), CROWD)
    start = threading.Barrier(HANDS)

    def one(viewer: Viewer, number: int) -> list[int]:
        """Register, and press again; the first of each hand wait for each other."""
        try:
            if number < HANDS:
                start.wait(timeout=60)
            with working_as("app"):
                made = []
                for _press in range(2):
                    with make.as_viewer(viewer):
                        made.append(register(viewer=viewer, event=event, at=timezone.now()).pk)
                return made
        finally:
            connection.close()

    with ThreadPoolExecutor(HANDS) as pool:
        made = list(pool.map(one, crowd, range(CROWD)))
    assert all(first == second for first, second in made)
    with owner_role():
        rows = list(Registration.objects.filter(event=event).order_by("arrival"))
        states = [one.state for one in rows]
        assert [one.arrival for one in rows] == list(range(1, CROWD + 1))
        assert states == [RegistrationState.PLACED] * PLACES + [RegistrationState.WAITING] * (CROWD - PLACES)
        assert set(Counter(one.person_id for one in rows).values()) == {1}
        assert EventPlace.objects.filter(event=event, is_held=True).count() == PLACES
        event = Event.objects.get(pk=event.pk)
        assert (event.places_held, event.waiting, event.arrivals) == (PLACES, CROWD - PLACES, CROWD)
