"""What the database holds about events and places, against whoever writes."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from forum.models import Event, EventPlace, Registration
from organisations.visibility import Capability, Role
from tests.conftest import owner_role
from tests.factories import forum_events as make
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def host() -> Any:
    return people.organisation("Host", Capability.STAKEHOLDER)


def _refused(words: str, change: Any) -> None:
    with pytest.raises((DatabaseError, IntegrityError), match=words), transaction.atomic():
        change()


def test_a_place_too_many_is_refused_to_everybody(host: Any) -> None:
    event = make.event(host, capacity=1)
    guest = people.organisation("Guest")
    make.registration(event, guest, people.person())
    with owner_role():
        _refused("event_places_within_capacity", lambda: make.registration(event, guest, people.person()))
        assert Event.objects.get(pk=event.pk).places_held == 1


def test_an_offer_counts_as_a_place(host: Any) -> None:
    event = make.event(host, capacity=1)
    guest = people.organisation("Guest")
    make.registration(event, guest, people.person(), "offered")
    with owner_role():
        _refused("event_places_within_capacity", lambda: make.registration(event, guest, people.person()))


def test_capacity_never_falls_below_the_places_that_are_held(host: Any) -> None:
    event = make.event(host, capacity=3)
    make.registration(event, people.organisation("A"), people.person())
    make.registration(event, people.organisation("B"), people.person())
    with owner_role():
        _refused("event_places_within_capacity", lambda: Event.objects.filter(pk=event.pk).update(capacity=1))
        assert Event.objects.filter(pk=event.pk).update(capacity=2) == 1


def test_an_organisations_share_is_held(host: Any) -> None:
    event = make.event(host, per_organisation=1)
    guest = people.organisation("Guest")
    make.registration(event, guest, people.person())
    with owner_role():
        _refused("this organisation has its places", lambda: make.registration(event, guest, people.person()))
        make.registration(event, people.organisation("Other"), people.person())


def test_nobody_stands_twice_at_one_event(host: Any) -> None:
    event = make.event(host)
    guest, who = people.organisation("Guest"), people.person()
    make.registration(event, guest, who)
    with owner_role():
        _refused("event_registers_a_person_once", lambda: make.registration(event, guest, who))
        Registration.objects.update(state="cancelled", ended_at=timezone.now())
        make.registration(event, guest, who)


def test_counters_are_counted_and_not_written(host: Any) -> None:
    event = make.event(host)
    with owner_role():
        _refused("places are counted", lambda: Event.objects.filter(pk=event.pk).update(places_held=3))
        make.registration(event, people.organisation("A"), people.person(), "waiting")
        row = Event.objects.get(pk=event.pk)
        assert (row.places_held, row.waiting, row.arrivals) == (0, 1, 1)
        Registration.objects.update(state="cancelled", ended_at=timezone.now())
        row.refresh_from_db()
        assert (row.places_held, row.waiting, row.arrivals) == (0, 0, 1)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("event_ends_after_its_start", {"ends_at": timezone.now()}),
        ("event_registration_ends_by_its_start", {"register_by": timezone.now() + dt.timedelta(days=40)}),
        ("event_has_places", {"capacity": 0}),
        ("event_lets_each_organisation_in", {"per_organisation": 0}),
        ("event_offers_last_a_while", {"offer_hours": 0}),
        ("event_names_kinds_where_it_asks_for_them", {"opens_to": "capabilities"}),
        ("event_tags_are_known", {"tags": ["ships"]}),
        ("event_state_is_known", {"state": "lost"}),
    ],
)
def test_an_event_fits_together(host: Any, name: str, said: dict[str, Any]) -> None:
    with owner_role():
        _refused(name, lambda: make.event(host, **said))


def test_states_move_along_their_life_alone(host: Any) -> None:
    event = make.event(host)
    with owner_role():
        _refused("cannot go from", lambda: Event.objects.filter(pk=event.pk).update(state="draft"))
        assert Event.objects.filter(pk=event.pk).update(state="cancelled") == 1
        _refused("cannot go from", lambda: Event.objects.filter(pk=event.pk).update(state="published"))
        _refused("stays as it was", lambda: Event.objects.filter(pk=event.pk).update(capacity=99))
        _refused("never deleted", lambda: Event.objects.filter(pk=event.pk).delete())


def test_a_person_gives_themselves_neither_a_place_nor_an_offer(host: Any) -> None:
    event = make.event(host, capacity=1)
    guest = people.organisation("Guest")
    make.registration(event, guest, people.person())
    viewer = people.viewer(guest, Role.EDITOR)
    with make.as_viewer(viewer):
        row = Registration.objects.create(
            event=event,
            organisation_id=guest.pk,
            person_id=viewer.person_id,
            state="placed",
            placed_at=timezone.now(),
            registered_at=timezone.now(),
        )
        row.refresh_from_db()
        assert row.state == "waiting"  # whatever was asked for
        for state in ("offered", "placed", "expired"):
            _refused(
                "cannot go|not for this",
                lambda s=state: Registration.objects.filter(pk=row.pk).update(state=s),
            )
        assert Registration.objects.filter(pk=row.pk).update(state="cancelled", ended_at=timezone.now()) == 1


def test_a_late_yes_is_refused(host: Any) -> None:
    event = make.event(host)
    guest = people.organisation("Guest")
    viewer = people.viewer(guest, Role.EDITOR)
    with owner_role():
        who = viewer.person_id
        row = Registration.objects.create(
            event=event,
            organisation=guest,
            person_id=who,
            state="offered",
            registered_at=timezone.now(),
            offered_at=timezone.now(),
            offer_ends_at=timezone.now() + dt.timedelta(hours=1),
        )
    late = timezone.now() + dt.timedelta(hours=2)
    with make.as_viewer(viewer):
        _refused(
            "not for this organisation",
            lambda: Registration.objects.filter(pk=row.pk).update(state="placed", placed_at=late),
        )
        early = timezone.now()
        assert Registration.objects.filter(pk=row.pk).update(state="placed", placed_at=early) == 1


def test_the_organiser_alone_says_who_was_there(host: Any) -> None:
    event = make.event(host)
    guest = people.organisation("Guest")
    viewer, runs = people.viewer(guest, Role.ADMIN), people.viewer(host, Role.EDITOR)
    with owner_role():
        from organisations.models import Person

        make.registration(event, guest, Person.objects.get(pk=viewer.person_id))
    place = {"attendance": "attended", "marked_at": timezone.now()}
    with make.as_viewer(viewer):
        assert EventPlace.objects.update(**place) == 0
    with make.as_viewer(runs):
        assert EventPlace.objects.update(**place) == 1


def test_every_count_is_what_it_counts(host: Any) -> None:
    event = make.event(host, capacity=9)
    for state in ("placed", "offered", "waiting", "cancelled", "declined", "expired"):
        make.registration(event, people.organisation(state), people.person(), state, kind="group", quantity=2)
    with owner_role(), connection.cursor() as cursor:
        cursor.execute("SELECT places_held, waiting, arrivals FROM forum_event WHERE id = %s", [event.pk])
        assert cursor.fetchone() == (4, 1, 6)
