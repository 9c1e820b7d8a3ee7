"""What time does to events, and who is told: offers pass on, reminders follow the start, letters arrive."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from forum.actions.attendance import give_certificates, mark_attendance, send_message
from forum.actions.event import cancel_event, change_event, prepare_event, publish_event
from forum.actions.participant import leave
from forum.actions.registration import (
    accept_offer,
    cancel_registration,
    decline_offer,
    register,
    register_group,
)
from forum.models import Event, EventPlace, Participant, Registration
from forum.models.event_facts import Seat
from forum.tasks.event import PlacesMiscounted, check_places
from ledger import delivery, occurrences, relay
from ledger.models import Entry
from organisations.actions.membership import end_membership
from organisations.models import Membership, Organisation, Person
from organisations.queries import viewer_from
from organisations.visibility import Capability, Role, Viewer
from tests.conftest import job_role, owner_role
from tests.factories import forum as groups
from tests.factories import forum_events as make
from tests.factories import organisations as people
from tests.forum.actions.test_places import said_of

pytestmark = pytest.mark.django_db
LINK = "https://meet.example.org/secret-door"


def work_off(at: dt.datetime | None = None) -> None:
    """Do what the system worker does, and again what that gave rise to."""
    with job_role():
        for _round in range(2):
            occurrences.tick(at or timezone.now())
            while relay.relay(at or timezone.now()):
                pass
        delivery.send(at or timezone.now(), pause_seconds=0)


class House:
    """An organiser with an event of one place, and people who want it."""

    def __init__(self, capacity: int = 1) -> None:
        self.host = people.viewer(people.organisation("Fair Works", Capability.STAKEHOLDER))
        starts = timezone.now() + dt.timedelta(days=10)
        with make.as_viewer(self.host):
            blank = Event(
                title="Who sews?",
                kind="webinar",
                zone="UTC",
                starts_at=starts,
                ends_at=starts + dt.timedelta(hours=1),
            )
            said = said_of(blank, capacity=capacity, joining_link=LINK)
            event = prepare_event(viewer=self.host, said=said, at=timezone.now())
            self.event = publish_event(viewer=self.host, event=event, at=timezone.now())
        self.people: dict[str, Membership] = {}

    def member(self, name: str) -> Viewer:
        made = people.membership(
            people.organisation(), people.person(name, f"{name}@example.org"), Role.VIEWER
        )
        self.people[name] = made
        return viewer_from(made)

    def registers(self, name: str) -> tuple[Viewer, Registration]:
        viewer = self.member(name)
        with make.as_viewer(viewer):
            return viewer, register(viewer=viewer, event=self.event, at=timezone.now())


def subjects(name: str) -> list[str]:
    """Return the subjects of the letters to somebody, oldest first."""
    return [str(letter.subject) for letter in mail.outbox if letter.to == [f"{name}@example.org"]]


def state(row: Registration) -> str:
    with owner_role():
        row.refresh_from_db()
        return row.state


def test_a_place_given_back_is_offered_kept_and_passed_on() -> None:
    house = House()
    first, place = house.registers("ana")
    _second, bo = house.registers("bo")
    third, cy = house.registers("cy")
    work_off()
    with make.as_viewer(first):
        cancel_registration(viewer=first, registration=place, at=timezone.now())
    work_off()
    assert (state(bo), state(cy)) == ("offered", "waiting")
    assert subjects("bo")[-1] == "A place is free for you: Who sews?"
    work_off(timezone.now() + dt.timedelta(hours=49))
    assert (state(bo), state(cy)) == ("expired", "offered")
    assert subjects("bo")[-1] == "The offer is over: Who sews?"
    with make.as_viewer(third):
        accept_offer(viewer=third, registration=cy, at=timezone.now())
        accept_offer(viewer=third, registration=cy, at=timezone.now())
    work_off()
    assert state(cy) == "placed"
    assert subjects("cy") == [
        "You are on the waiting list: Who sews?",
        "A place is free for you: Who sews?",
        "The place is yours: Who sews?",
    ]
    work_off(timezone.now() + dt.timedelta(hours=200))  # what was answered does not run out
    assert state(cy) == "placed"


def test_a_no_asks_the_next_at_once() -> None:
    house = House()
    first, place = house.registers("ana")
    second, bo = house.registers("bo")
    _third, cy = house.registers("cy")
    with make.as_viewer(first):
        cancel_registration(viewer=first, registration=place, at=timezone.now())
    work_off()
    with make.as_viewer(second):
        decline_offer(viewer=second, registration=bo, at=timezone.now())
    work_off()
    assert (state(bo), state(cy)) == ("declined", "offered")


def test_more_places_go_to_those_who_wait() -> None:
    house = House()
    rows = [house.registers(name)[1] for name in ("ana", "bo", "cy", "di")]
    with make.as_viewer(house.host):
        change_event(
            viewer=house.host, event=house.event, said=said_of(house.event, capacity=3), at=timezone.now()
        )
    work_off()
    assert [state(one) for one in rows] == ["placed", "offered", "offered", "waiting"]


def test_reminders_follow_the_start_and_end_with_the_event() -> None:
    house = House()
    house.registers("ana")
    house.registers("bo")  # waits: not reminded
    later = house.event.starts_at + dt.timedelta(days=2)
    said = said_of(house.event, starts_at=later, ends_at=later + dt.timedelta(hours=1))
    with make.as_viewer(house.host):
        change_event(viewer=house.host, event=house.event, said=said, at=timezone.now())
    work_off()
    assert [one.partition(":")[0] for one in subjects("bo")] == ["You are on the waiting list", "New time"]
    work_off(house.event.starts_at - dt.timedelta(hours=23))
    assert not [one for one in subjects("ana") if one.startswith("Tomorrow")]
    work_off(later - dt.timedelta(hours=23))
    work_off(later - dt.timedelta(minutes=50))
    assert subjects("ana")[-2:] == ["Tomorrow: Who sews?", "In an hour: Who sews?"]
    assert not [one for one in subjects("bo") if one.startswith(("Tomorrow", "In an hour"))]
    work_off(later + dt.timedelta(hours=2))
    with owner_role():
        assert Event.objects.get().state == "held"


def test_a_cancelled_event_is_told_and_reminds_nobody() -> None:
    house = House()
    house.registers("ana")
    house.registers("bo")
    with make.as_viewer(house.host):
        cancel_event(viewer=house.host, event=house.event, reason="The speaker is ill.", at=timezone.now())
    work_off()
    work_off(house.event.starts_at - dt.timedelta(hours=23))
    for name in ("ana", "bo"):
        assert subjects(name)[-1] == "Called off: Who sews?"
    assert "The speaker is ill." in str(mail.outbox[-1].body)
    with owner_role():
        assert Event.objects.get().state == "cancelled"


def test_no_letter_and_no_entry_holds_the_link_or_a_name_of_others() -> None:
    house = House()
    house.registers("ana")
    house.registers("bo")
    with make.as_viewer(house.host):
        send_message(
            viewer=house.host, event=house.event, reaches="all", text="Bring questions.", at=timezone.now()
        )
    work_off()
    for letter in mail.outbox:
        text = str(letter.message())
        assert LINK not in letter.body
        others = {"ana", "bo"} - {letter.to[0].partition("@")[0]}
        assert not [name for name in others if f"{name}@" in text]
    with owner_role():
        for entry in Entry.objects.all():
            said = f"{entry.subject_label} {entry.data}"
            assert not [word for word in ("ana", "bo", LINK) if word in said.split()]


def test_certificates_are_told_to_those_who_were_there() -> None:
    house = House(capacity=2)
    house.registers("ana")
    house.registers("bo")
    with owner_role():
        codes = {one.name: one.code for one in EventPlace.objects.all()}
    after = house.event.ends_at + dt.timedelta(hours=1)
    marks = {codes["ana"]: "attended", codes["bo"]: "absent"}
    with make.as_viewer(house.host):
        mark_attendance(viewer=house.host, event=house.event, marks=marks, at=after)
        give_certificates(viewer=house.host, event=house.event, at=after)
        give_certificates(viewer=house.host, event=house.event, at=after)
    work_off(after + dt.timedelta(minutes=5))
    assert subjects("ana")[-1] == "Your certificate: Who sews?"
    assert len([one for one in subjects("ana") if one.startswith("Your certificate")]) == 1
    assert not [one for one in subjects("bo") if one.startswith("Your certificate")]


def test_whoever_left_their_organisation_gets_no_offer_by_mail() -> None:
    house = House()
    first, place = house.registers("ana")
    house.registers("bo")
    work_off()
    with owner_role():
        Membership.objects.filter(pk=house.people["bo"].pk).update(is_active=False, ended_at=timezone.now())
    with make.as_viewer(first):
        cancel_registration(viewer=first, registration=place, at=timezone.now())
    work_off()
    assert subjects("bo") == ["You are on the waiting list: Who sews?"]


def leaves(house: House, name: str) -> None:
    """Let somebody's membership end as their admin ends it."""
    of = house.people[name]
    admin = people.viewer(of.organisation)
    with make.as_viewer(admin):
        end_membership(viewer=admin, membership=Membership.objects.get(pk=of.pk), at=timezone.now())


def test_whoever_leaves_their_organisation_leaves_their_place_to_the_next() -> None:
    house = House()
    _first, ana = house.registers("ana")
    _second, bo = house.registers("bo")
    _third, cy = house.registers("cy")
    work_off()
    leaves(house, "bo")
    work_off()
    assert (state(ana), state(bo), state(cy)) == ("placed", "cancelled", "waiting")
    leaves(house, "ana")
    work_off()
    assert (state(ana), state(cy)) == ("cancelled", "offered")
    host = [one for one in mail.outbox if one.subject == "Somebody left who had registered: Who sews?"]
    assert len(host) == 2
    assert not [one for one in host if "ana" in str(one.body)]
    assert subjects("ana")[-1] != "Somebody left who had registered: Who sews?"


def test_a_place_in_a_booking_loses_the_name_of_whoever_left() -> None:
    house = House(capacity=3)
    admin = people.viewer(people.organisation("City", Capability.BUYER))
    with owner_role():
        city = Organisation.objects.get(pk=admin.organisation_id)
    house.people["ana"] = ana = people.membership(city, people.person("ana", "ana@example.org"), Role.VIEWER)
    with make.as_viewer(admin):
        row = register_group(
            viewer=admin,
            event=house.event,
            quantity=2,
            seats=[Seat(person_id=ana.person_id)],
            at=timezone.now(),
        )
    work_off()
    leaves(house, "ana")
    work_off()
    with owner_role():
        kept = [(one.person_id, one.name, one.is_held) for one in row.places.all()]
        assert kept == [(None, "", True)] * 2
        assert Event.objects.get().places_held == 2
    with owner_role():
        letter_to = Person.objects.get(pk=admin.person_id).email
    assert "Somebody left who had registered: Who sews?" in [
        one.subject for one in mail.outbox if one.to == [letter_to]
    ]


def test_a_booking_whose_registrant_left_is_told_to_the_admins() -> None:
    house = House(capacity=2)
    blocker, place = house.registers("bo")
    city = people.organisation("City", Capability.BUYER)
    admin = people.membership(city)
    house.people["ana"] = ana = people.membership(city, people.person("ana", "ana@example.org"), Role.EDITOR)
    viewer = viewer_from(ana)
    with make.as_viewer(viewer):
        row = register_group(viewer=viewer, event=house.event, quantity=2, at=timezone.now())
    leaves(house, "ana")
    with make.as_viewer(blocker):
        cancel_registration(viewer=blocker, registration=place, at=timezone.now())
    work_off()
    assert state(row) == "offered"
    told = [one.to for one in mail.outbox if one.subject.startswith("A place is free for you")]
    assert [admin.person.email] in told
    assert ["ana@example.org"] not in told


def test_whoever_leaves_a_group_leaves_its_events() -> None:
    room = groups.group()
    with owner_role():
        event = make.event(room.operator, opens_to="group", group=room.group, capacity=1)
    with make.as_viewer(room.buyer):
        row = register(viewer=room.buyer, event=event, at=timezone.now())
        part = Participant.objects.get(
            group=room.group, person_id=room.buyer.person_id, organisation_id=room.buyer.organisation_id
        )
        leave(viewer=room.buyer, participant=part, at=timezone.now())
    assert state(row) == "placed"
    work_off()
    assert state(row) == "cancelled"


def test_whoever_came_back_before_anything_was_done_keeps_their_place() -> None:
    house = House()
    _ana, row = house.registers("ana")
    leaves(house, "ana")
    with owner_role():
        Membership.objects.filter(pk=house.people["ana"].pk).update(is_active=True, ended_at=None)
    work_off()
    assert state(row) == "placed"


def test_the_nightly_check_raises_on_a_wrong_count(as_job: Any) -> None:
    house = House()
    house.registers("ana")
    with job_role():
        check_places(timezone.now())
    from tests.conftest import _assume

    _assume(None)
    from django.conf import settings
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE forum_event SET places_held = 0")
        cursor.execute("SET LOCAL session_replication_role = origin")
    _assume(settings.DB_ROLES["app"])
    with job_role(), pytest.raises(PlacesMiscounted):
        check_places(timezone.now())
