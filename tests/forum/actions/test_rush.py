"""Two hundred people register at the same moment for fifteen places, each on a connection of their own."""

import copy
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection
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
PATIENCE = (
    600  # seconds: a machine that stands still for a while is no wrong answer; a deadlock is found at once
)


def _patiently() -> None:
    """Connect this thread, and let it wait for its turn as long as a slow machine takes.

    Servers give up after seconds (`settings.DATABASES`), which here would say something about the machine alone.
    PostgreSQL still ends whoever waits in a circle.
    """
    connection.settings_dict = copy.deepcopy(connection.settings_dict)
    connection.settings_dict["OPTIONS"]["connect_timeout"] = PATIENCE
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection.ensure_connection()
            break
        except OperationalError as error:  # other tests hold the last connections just now
            if "too many clients" not in str(error) and "reserved" not in str(error):
                raise
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = 0")
        for name in ("lock_timeout", "statement_timeout"):
            cursor.execute(f"SET {name} = '{PATIENCE}s'")


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
            _patiently()
            if number < HANDS:
                start.wait(timeout=PATIENCE)
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
