"""What time does to events, and who is told: offers pass on, reminders follow the start, letters arrive."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from forum.actions.attendance import give_certificates, mark_attendance, send_message
from forum.actions.event import cancel_event, change_event, prepare_event, publish_event
from forum.actions.registration import accept_offer, cancel_registration, decline_offer, register
from forum.models import Event, EventPlace, Registration
from forum.tasks.event import PlacesMiscounted, check_places
from ledger import delivery, occurrences, relay
from ledger.models import Entry
from organisations.models import Membership
from organisations.queries import viewer_from
from organisations.visibility import Capability, Role, Viewer
from tests.conftest import job_role, owner_role
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
