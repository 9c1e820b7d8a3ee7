"""News of groups by mail: in the reader's morning, of what they may read then, and ended by one click."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from forum.actions.discussion import listen_to_group, listen_to_thread, mark_read, write_post
from forum.actions.news import choose_news, void_links
from forum.models import NewsChoice, Participant, Thread
from ledger import delivery, occurrences
from ledger.acting import acting
from ledger.models import Delivery, Entry, Occurrence
from ledger.relay import relay
from organisations.models import Person
from organisations.visibility import Viewer
from tests.conftest import job_role, owner_role
from tests.factories import forum as make
from tests.factories import forum_discussion as talk

DAY = dt.timedelta(days=1)


def _as(who: Viewer) -> Any:
    return acting(person_id=who.person_id, organisation_id=who.organisation_id)


@pytest.fixture
def room(db: Any) -> make.Room:
    return make.group("audit-quality", title="Audit quality")


@pytest.fixture
def thread(room: make.Room) -> Thread:
    made = talk.thread(room.group, room.buyer, title="Secret title")
    made.group = room.group
    return made


def _write(who: Viewer, thread: Thread, body: str = "Secret words") -> None:
    with _as(who):
        write_post(viewer=who, thread=thread, body=body, at=timezone.now())


def _relay(at: dt.datetime) -> None:
    with job_role():
        while relay(at):
            pass


def _morning(at: dt.datetime) -> list[Any]:
    """Let it become `at`; return the letters."""
    mail.outbox.clear()
    _relay(timezone.now())
    with job_role():
        occurrences.tick(at)
    _relay(at)
    with job_role():
        delivery.send(at, pause_seconds=0)
    return list(mail.outbox)


def _email(who: Viewer) -> str:
    with owner_role():
        return Person.objects.get(pk=who.person_id).email


def test_a_letter_a_day_names_groups_and_numbers_and_nothing_that_was_said(
    room: make.Room, thread: Thread
) -> None:
    _write(room.supplier, thread)
    _write(room.supplier, thread)
    letters = {one.to[0]: one for one in _morning(timezone.now() + 2 * DAY)}
    assert set(letters) == {_email(who) for who in room.inside if who != room.supplier}  # who wrote it all
    letter = letters[_email(room.guest)]
    assert "Audit quality" in letter.body
    assert "2 posts, 1 thread" in letter.body
    everything = letter.subject + letter.body + str(letter.alternatives)
    assert "Secret" not in everything
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.extra_headers["List-Unsubscribe"].startswith("<http")
    assert _morning(timezone.now() + 4 * DAY) == []  # told once


def test_it_comes_at_seven_where_the_reader_is(room: make.Room, thread: Thread) -> None:
    with owner_role():
        Person.objects.filter(pk=room.guest.person_id).update(timezone="Asia/Dhaka")
    _write(room.buyer, thread)
    _relay(timezone.now())
    with owner_role():
        due = Occurrence.objects.get(
            kind="forum.digest", organisation_id=room.guest.organisation_id, done_at=None
        ).due_at
    there = due.astimezone(ZoneInfo("Asia/Dhaka"))
    assert (there.hour, there.minute) == (7, 0)
    assert timezone.now() < due <= timezone.now() + DAY


def test_whoever_chose_a_week_gets_it_on_monday_and_whoever_chose_none_gets_none(
    room: make.Room, thread: Thread
) -> None:
    for who, rhythm in ((room.supplier, "weekly"), (room.guest, "none"), (room.lead, "at_once")):
        with _as(who):
            choose_news(viewer=who, rhythm=rhythm, mails_mentions=True, at=timezone.now())
    _write(room.buyer, thread)
    _relay(timezone.now())
    with owner_role():
        planned = {
            one.organisation_id: one.due_at
            for one in Occurrence.objects.filter(kind="forum.digest", cancelled_at=None)
        }
    assert planned[room.supplier.organisation_id].weekday() == 0
    assert room.guest.organisation_id not in planned
    assert room.lead.organisation_id not in planned
    told = {one.to[0] for one in _morning(timezone.now() + 8 * DAY)}
    assert _email(room.supplier) in told
    assert _email(room.guest) not in told


def test_what_was_seen_muted_or_hidden_is_no_news(room: make.Room, thread: Thread) -> None:
    _write(room.buyer, thread)
    with _as(room.guest):
        mark_read(viewer=room.guest, thread=thread, up_to=2)
    with _as(room.supplier):
        listen_to_thread(viewer=room.supplier, thread=thread, attention="mute")
    with _as(room.lead):
        listen_to_group(viewer=room.lead, group=room.group, attention="mute")
    told = {one.to[0] for one in _morning(timezone.now() + 2 * DAY)}
    assert told == {_email(room.staff), _email(room.second)}


def test_whoever_left_meanwhile_gets_no_letter(room: make.Room, thread: Thread) -> None:
    _write(room.buyer, thread)
    at = timezone.now() + 2 * DAY
    _relay(timezone.now())
    with job_role():
        occurrences.tick(at)
    _relay(at)
    with owner_role():
        assert Delivery.objects.filter(verb="forum.digest_told", person_id=room.guest.person_id).exists()
        Participant.objects.filter(person_id=room.guest.person_id).update(state="ended", ended_at=at)
    mail.outbox.clear()
    with job_role():
        delivery.send(at, pause_seconds=0)
    assert _email(room.guest) not in {one.to[0] for one in mail.outbox}
    assert _email(room.supplier) in {one.to[0] for one in mail.outbox}
    for outside in (room.outsider, room.stranger):
        with _as(outside):
            assert not Entry.objects.filter(verb="forum.digest_told").exists()


def test_one_click_ends_letters_without_signing_in(room: make.Room, thread: Thread) -> None:
    _write(room.buyer, thread)
    letters = {one.to[0]: one for one in _morning(timezone.now() + 2 * DAY)}
    link = letters[_email(room.guest)].extra_headers["List-Unsubscribe"].strip("<>")
    path = "/" + link.split("/", 3)[3]
    program = Client(enforce_csrf_checks=True)
    assert program.get(path).status_code == 200
    with owner_role():
        assert (
            NewsChoice.objects.get(person_id=room.guest.person_id).rhythm == "daily"
        )  # looking ends nothing
    assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    with owner_role():
        assert NewsChoice.objects.get(person_id=room.guest.person_id).rhythm == "none"
        assert set(
            NewsChoice.objects.exclude(person_id=room.guest.person_id).values_list("rhythm", flat=True)
        ) == {"daily"}
    _write(room.buyer, thread)
    assert _email(room.guest) not in {one.to[0] for one in _morning(timezone.now() + 4 * DAY)}


def test_a_link_can_be_made_void_and_a_wrong_one_finds_nothing(room: make.Room, thread: Thread) -> None:
    _write(room.buyer, thread)
    letters = {one.to[0]: one for one in _morning(timezone.now() + 2 * DAY)}
    path = "/" + letters[_email(room.guest)].extra_headers["List-Unsubscribe"].strip("<>").split("/", 3)[3]
    with _as(room.guest):
        void_links(viewer=room.guest, at=timezone.now())
    for wrong in (path, reverse("forum:news_stop", args=["nothing"])):
        assert Client().post(wrong).status_code == 404
    with owner_role():
        assert NewsChoice.objects.get(person_id=room.guest.person_id).rhythm == "daily"
