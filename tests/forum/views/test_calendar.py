"""Meetings in people's own calendars."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from forum.actions.calendar import fingerprint
from forum.models import CalendarLink, Meeting
from ledger.models import Entry
from tests.conftest import owner_role
from tests.factories import forum as make
from tests.factories import forum_events as events
from tests.factories import forum_meetings as held
from tests.forum.views.conftest import As

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> make.Room:
    return make.group("audit-quality")


def _address(client: Client) -> str:
    page = client.post(reverse("forum:calendar")).content.decode()
    return str(page.split('value="http')[1].split('"')[0].partition("/calendar/")[2])


def _feed(address: str) -> Any:
    return Client().get(f"/calendar/{address}")


def _events(answer: Any) -> list[Any]:
    assert answer.status_code == 200
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_the_file_of_a_meeting_says_when_and_where_and_no_link(room: make.Room, as_: As) -> None:
    meeting = held.meeting(room.group, room.lead)
    url = reverse("forum:meeting_file", args=["audit-quality", meeting.code])
    answer = as_(room.guest).get(url)
    (event,) = _events(answer)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert event["uid"].startswith(f"meeting-{meeting.code}@")
    assert (event.decoded("dtstart"), event["sequence"], event["status"]) == (
        meeting.starts_at,
        0,
        "CONFIRMED",
    )
    assert event.decoded("dtend") - event.decoded("dtstart") == dt.timedelta(minutes=90)
    assert event["location"] == "Room 3, Leeds"
    assert b"meet.example.org" not in answer.content
    assert as_(room.outsider).get(url).status_code == 403


def test_a_subscribed_calendar_follows_what_its_person_may_enter_now(room: make.Room, as_: As) -> None:
    meeting = held.meeting(room.group, room.lead)
    other = make.group("wages")
    held.meeting(other.group, other.lead)
    held.meeting(room.group, room.lead, starts_at=meeting.starts_at - dt.timedelta(days=500))
    address = _address(as_(room.buyer))
    answer = _feed(address)
    (event,) = _events(answer)
    assert event["summary"] == "Spring meeting (Audit quality)"
    assert b"meet.example.org" not in answer.content
    assert b"Leeds" not in answer.content
    with owner_role():
        Meeting.objects.filter(pk=meeting.pk).update(starts_at=meeting.starts_at + dt.timedelta(days=1))
        Meeting.objects.filter(pk=meeting.pk).update(state="cancelled")
    (later,) = _events(_feed(address))
    assert (later["uid"], later["sequence"], later["status"]) == (event["uid"], 2, "CANCELLED")
    member = make.membership_of(room.buyer)
    with owner_role():
        member.is_active = False
        member.save(update_fields=["is_active"])
    assert _events(_feed(address)) == []


def test_the_secret_is_shown_once_and_kept_as_a_fingerprint(room: make.Room, as_: As) -> None:
    client = as_(room.buyer)
    address = _address(client)
    secret = address.removesuffix(".ics")
    assert len(secret) >= 32
    with owner_role():
        assert CalendarLink.objects.get().secret_hash == fingerprint(secret)
        entry = Entry.objects.get(verb="forum.calendar_made")
        assert (entry.organisation_id, entry.owner_id) == (None, None)
        assert secret not in str(entry.data)
    assert secret not in client.get(reverse("forum:calendar")).content.decode()


def test_a_new_address_ends_the_old_one_and_an_ended_one_opens_nothing(room: make.Room, as_: As) -> None:
    client = as_(room.buyer)
    first = _address(client)
    second = _address(client)
    assert (_feed(first).status_code, _feed(second).status_code) == (404, 200)
    assert client.post(reverse("forum:calendar_end")).status_code == 302
    assert _feed(second).status_code == 404
    assert _feed("nobody-has-this.ics").status_code == 404
    assert _feed("x" * 500 + ".ics").status_code == 404


def test_nobody_reads_or_ends_somebody_elses_address(room: make.Room, as_: As) -> None:
    address = _address(as_(room.buyer))
    as_(room.supplier).post(reverse("forum:calendar_end"))
    assert _feed(address).status_code == 200
    assert "You have had an address" not in as_(room.supplier).get(reverse("forum:calendar")).content.decode()


def test_a_subscribed_calendar_shows_the_events_at_which_its_person_has_a_place(
    room: make.Room, as_: As
) -> None:
    member, other = make.membership_of(room.buyer), make.membership_of(room.second)
    organiser = make.membership_of(room.staff).organisation
    said: dict[str, Any] = {"place": "Hall 7"}
    mine = events.event(organiser, title="Who sews our workwear?", **said)
    for title, state in (("Waits", "waiting"), ("Given up", "cancelled")):
        events.registration(
            events.event(organiser, title=title, **said), member.organisation, member.person, state
        )
    events.registration(events.event(organiser, title="Theirs", **said), other.organisation, other.person)
    events.registration(mine, member.organisation, member.person)
    address = _address(as_(room.buyer))
    answer = _feed(address)
    (found,) = _events(answer)
    assert found["summary"].startswith("Who sews our workwear?")
    assert found["uid"].startswith(f"event-{mine.code}@")
    assert found.decoded("dtend") == mine.ends_at.replace(microsecond=0)
    assert b"Hall 7" not in answer.content
    with owner_role():
        member.is_active = False
        member.save(update_fields=["is_active"])
    assert _events(_feed(address)) == []
