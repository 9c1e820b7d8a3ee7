"""A booking of several places becomes larger while there is room, and smaller for the sake of those who wait."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from forum.actions.booking import change_booking
from forum.actions.registration import register, register_group
from forum.models import Event, EventPlace, Registration
from forum.models.event_facts import Seat
from ledger.models import Entry
from ledger.refusals import Refusal
from organisations.models import Organisation
from organisations.visibility import Capability, Role, Viewer
from tests.conftest import owner_role
from tests.factories import forum_events as make
from tests.factories import organisations as people
from tests.forum.tasks.test_event import state, work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make.event(people.organisation("Fair Works", Capability.STAKEHOLDER), capacity=6)


@pytest.fixture
def buyer() -> Viewer:
    return people.viewer(people.organisation("City", Capability.BUYER), Role.EDITOR)


def booked(viewer: Viewer, event: Event, quantity: int, *names: str) -> Registration:
    with make.as_viewer(viewer):
        return register_group(
            viewer=viewer,
            event=event,
            quantity=quantity,
            seats=[Seat(one) for one in names],
            at=timezone.now(),
        )


def change(viewer: Viewer, row: Registration, quantity: int, **more: Any) -> str:
    """Change a booking; return the code of the refusal, or nothing."""
    try:
        with make.as_viewer(viewer):
            change_booking(
                viewer=viewer, registration=row, quantity=quantity, **({"at": timezone.now()} | more)
            )
    except Refusal as refusal:
        return refusal.code
    return ""


def names(row: Registration) -> list[str]:
    with owner_role():
        return list(
            EventPlace.objects.filter(registration=row).order_by("number").values_list("name", flat=True)
        )


def held(event: Event) -> int:
    with owner_role():
        event.refresh_from_db()
        return event.places_held


def test_more_places_come_at_once_while_they_are_free(event: Event, buyer: Viewer) -> None:
    row = booked(buyer, event, 2, "Ana")
    assert change(buyer, row, 4, seats=[Seat("Bo")]) == ""
    assert (names(row), held(event)) == (["Ana", "", "Bo", ""], 4)
    assert change(buyer, row, 7) == "too-many-places"
    assert change(buyer, row, 5, seats=[Seat("Cy"), Seat("Di")]) == "too-many-names"
    assert change(buyer, row, 4) == ""  # pressed twice
    with owner_role():
        said = [one.data for one in Entry.objects.filter(verb="forum.booking_changed")]
    assert [(one["places_before"], one["places_after"]) for one in said] == [(2, 4)]


def test_more_than_is_free_is_refused_with_what_is_possible(event: Event, buyer: Viewer) -> None:
    row = booked(buyer, event, 3)
    booked(people.viewer(people.organisation()), event, 2)
    with make.as_viewer(buyer), pytest.raises(Refusal, match="Only one more place is free for you"):
        change_booking(viewer=buyer, registration=row, quantity=5, at=timezone.now())
    assert held(event) == 5
    assert change(buyer, row, 4) == ""
    assert change(buyer, row, 5) == "no-room"


def test_nobody_is_overtaken_by_a_booking_that_grows(event: Event, buyer: Viewer) -> None:
    row = booked(buyer, event, 4)
    booked(people.viewer(people.organisation()), event, 3)  # waits: two are free
    assert change(buyer, row, 5) == "no-room"
    with (
        make.as_viewer(buyer),
        pytest.raises(DatabaseError, match="whoever waits comes first"),
        transaction.atomic(),
    ):
        Registration.objects.filter(pk=row.pk).update(quantity=5)


def test_an_organisations_share_counts_what_colleagues_hold(event: Event, buyer: Viewer) -> None:
    with owner_role():
        Event.objects.filter(pk=event.pk).update(per_organisation=3)
    with owner_role():
        house = Organisation.objects.get(pk=buyer.organisation_id)
    other = people.viewer(house, Role.VIEWER)
    with make.as_viewer(other):
        register(viewer=other, event=event, at=timezone.now())
    row = booked(buyer, event, 2)
    assert change(buyer, row, 3) == "no-room"  # the database knows of the colleague, the editor does not
    assert held(event) == 3


def test_fewer_places_go_to_the_next_in_line(event: Event, buyer: Viewer) -> None:
    row = booked(buyer, event, 6, "Ana", "Bo", "Cy", "Di")
    late = people.viewer(people.organisation())
    with make.as_viewer(late):
        waits = register(viewer=late, event=event, at=timezone.now())
    assert change(buyer, row, 3) == "who-goes"  # two have no name; one more has to be chosen
    with owner_role():
        bo = EventPlace.objects.get(registration=row, name="Bo").code
    assert change(buyer, row, 3, goes=[bo]) == ""
    work_off()
    assert (names(row), state(waits)) == (["Ana", "Cy", "Di"], "offered")
    assert held(event) == 4
    assert change(buyer, row, 5, goes=[bo]) == ""  # the line is empty now
    assert len(names(row)) == 5


def test_a_booking_that_waits_changes_and_keeps_its_number(event: Event, buyer: Viewer) -> None:
    booked(people.viewer(people.organisation()), event, 5)
    row = booked(buyer, event, 3)
    assert state(row) == "waiting"
    assert change(buyer, row, 4) == ""
    assert change(buyer, row, 1) == ""
    work_off()
    assert state(row) == "offered"
    with owner_role():
        assert row.arrival == Registration.objects.get(pk=row.pk).arrival == 2


def test_others_and_the_past_change_nothing(event: Event, buyer: Viewer) -> None:
    row = booked(buyer, event, 3)
    later = event.starts_at + dt.timedelta(minutes=1)
    assert change(buyer, row, 2, at=later) == "event-is-past"
    with owner_role():
        host = people.viewer(event.organiser)
    assert change(host, row, 2) == "not-your-registration"
    with (
        make.as_viewer(host),
        pytest.raises(DatabaseError, match="its organisation says"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE forum_registration SET quantity = 1")
    with make.as_viewer(host), connection.cursor() as cursor:
        cursor.execute("DELETE FROM forum_eventplace")
        assert cursor.rowcount == 0
    with (
        make.as_viewer(buyer),
        pytest.raises(DatabaseError, match="a place goes with its registration"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM forum_eventplace")
    assert len(names(row)) == held(event) == 3


def test_growing_after_the_last_day_to_register_is_refused(event: Event, buyer: Viewer) -> None:
    row = booked(buyer, event, 2)
    with owner_role():
        Event.objects.filter(pk=event.pk).update(register_by=timezone.now() - dt.timedelta(minutes=1))
    assert change(buyer, row, 3) == "registration-closed"
    assert change(buyer, row, 1) == ""
