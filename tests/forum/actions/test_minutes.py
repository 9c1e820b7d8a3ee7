"""Minutes: written together, agreed by the group, corrected by the next version."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import DatabaseError, IntegrityError, OperationalError
from django.utils import timezone

from forum.actions import minutes as act
from forum.models import Minutes, MinutesLine, MinutesReply, MinutesSection
from forum.models.meeting_facts import LineSaid
from forum.queries.minutes import sections_of, standing_of
from ledger.acting import acting
from ledger.models import Delivery, Entry
from ledger.occurrences import tick
from ledger.refusals import Forbidden, Refusal
from ledger.relay import relay
from organisations.visibility import Viewer
from tests.conftest import job_role, owner_role
from tests.factories import forum as make
from tests.factories import forum_meetings as held

pytestmark = pytest.mark.django_db
WEEK = dt.timedelta(days=7)


@pytest.fixture
def room() -> make.Room:
    return make.group("audit-quality")


def _as(who: Viewer) -> Any:
    return acting(person_id=who.person_id, organisation_id=who.organisation_id)


def _told(verb: str, at: dt.datetime | None = None) -> set[int]:
    with job_role():
        relay(at or timezone.now())
        return set(Delivery.objects.filter(entry__verb=verb).values_list("person_id", flat=True))


def _begun(room: make.Room, by: Viewer | None = None) -> Minutes:
    meeting = held.meeting(room.group, room.lead, state="held")
    held.point(meeting, room.lead)
    who = by or room.buyer
    with _as(who):
        return act.begin_minutes(viewer=who, meeting=meeting, at=timezone.now())


def _write(who: Viewer, section: MinutesSection, text: str, version: int) -> MinutesSection:
    with _as(who):
        return act.save_section(
            viewer=who, section=section, text=text, language="en", version=version, at=timezone.now()
        )


def _first(room: make.Room, minutes: Minutes) -> MinutesSection:
    with _as(room.lead):
        return sections_of(room.lead, minutes)[0]


def _propose(room: make.Room, minutes: Minutes) -> Minutes:
    now = timezone.now()
    with _as(room.lead):
        return act.propose_minutes(viewer=room.lead, minutes=minutes, open_until=now + WEEK, at=now)


def test_a_participant_begins_them_with_a_section_for_each_point(room: make.Room) -> None:
    minutes = _begun(room)
    with _as(room.lead):
        again = act.begin_minutes(viewer=room.lead, meeting=minutes.meeting, at=timezone.now())
        assert again.pk == minutes.pk
        titles = [one.title for one in sections_of(room.lead, minutes)]
    assert titles == ["Fees that workers pay", "Other business"]


def test_guests_neither_begin_nor_read_them_before_they_are_published(room: make.Room) -> None:
    minutes = _begun(room)
    with _as(room.guest):
        assert not Minutes.objects.visible_to(room.guest).exists()
        assert not Minutes.objects.exists()
        assert not MinutesSection.objects.exists()
        with pytest.raises(Forbidden):
            act.begin_minutes(viewer=room.guest, meeting=minutes.meeting, at=timezone.now())
    published = held.minutes(held.meeting(room.group, room.lead, state="held"), room.lead, state="published")
    with _as(room.guest):
        assert list(Minutes.objects.visible_to(room.guest)) == [published]
        assert [one.minutes_id for one in MinutesSection.objects.visible_to(room.guest)] == [published.pk]


def test_nobody_overwrites_somebody_else(room: make.Room) -> None:
    section = _first(room, _begun(room))
    first = _write(room.buyer, section, "Leeds", 0)
    assert (first.version, first.saved_by_id) == (1, room.buyer.person_id)
    with pytest.raises(act.Overtaken) as overtaken:
        _write(room.supplier, section, "York", 0)
    assert (overtaken.value.theirs, overtaken.value.version) == ({"text": "Leeds"}, 1)
    assert _write(room.supplier, section, "Leeds and York", 1).version == 2
    with _as(room.supplier), pytest.raises(OperationalError, match="somebody else"):
        MinutesSection.objects.filter(pk=section.pk).update(text="York", version=4)


@pytest.mark.parametrize("name", ["guest", "outsider"])
def test_nobody_else_writes(room: make.Room, name: str) -> None:
    section, who = _first(room, _begun(room)), getattr(room, name)
    with pytest.raises(Refusal):
        _write(who, section, "x", 0)
    with _as(who):
        assert MinutesSection.objects.filter(pk=section.pk).update(text="x", version=1) == 0


def test_lines_are_put_in_and_taken_out_of_a_draft_alone(room: make.Room) -> None:
    minutes = _begun(room)
    section = _first(room, minutes)
    said = LineSaid("action", "Ask the bank", owner="Amina", due_on=dt.date(2027, 1, 5))
    with _as(room.buyer):
        line = act.add_line(viewer=room.buyer, section=section, said=said, at=timezone.now())
        kept = act.add_line(viewer=room.buyer, section=section, said=said, at=timezone.now())
    with _as(room.supplier):
        act.take_line_out(viewer=room.supplier, line=line)
    _propose(room, minutes)
    with owner_role():
        kept = MinutesLine.objects.select_related("minutes__group").get(pk=kept.pk)
    with _as(room.supplier), pytest.raises(Forbidden):
        act.take_line_out(viewer=room.supplier, line=kept)
    with _as(room.supplier), pytest.raises(IntegrityError, match="draft"), transaction.atomic():
        MinutesLine.objects.filter(pk=kept.pk).delete()


def test_what_says_nothing_is_not_put_to_the_group(room: make.Room) -> None:
    minutes = _begun(room)
    with pytest.raises(Refusal, match="Nothing is written"):
        _propose(room, minutes)
    _write(room.buyer, _first(room, minutes), "We agreed.", 0)
    soon = timezone.now() + dt.timedelta(hours=1)
    with _as(room.lead), pytest.raises(Refusal) as refused:
        act.propose_minutes(viewer=room.lead, minutes=minutes, open_until=soon, at=timezone.now())
    assert set(refused.value.fields) == {"open_until"}
    with _as(room.buyer), pytest.raises(Forbidden):
        act.propose_minutes(
            viewer=room.buyer, minutes=minutes, open_until=timezone.now() + WEEK, at=timezone.now()
        )
    assert _propose(room, minutes).round == 1
    told = {one.person_id for one in room.inside} - {room.lead.person_id, room.guest.person_id}
    assert _told(act.PROPOSED) == told


def _reply(who: Viewer, minutes: Minutes, kind: str = "approves", text: str = "") -> MinutesReply:
    with _as(who):
        return act.reply_to_minutes(viewer=who, minutes=minutes, kind=kind, text=text, at=timezone.now())


def _proposed(room: make.Room) -> Minutes:
    meeting = held.meeting(room.group, room.lead, state="held")
    return held.minutes(meeting, room.lead, state="proposed")


def _approve(room: make.Room, minutes: Minutes, at: dt.datetime | None = None) -> Minutes:
    with _as(room.lead):
        return act.approve_minutes(viewer=room.lead, minutes=minutes, at=at or timezone.now())


def test_the_approval_is_recorded_when_every_seat_approves(room: make.Room) -> None:
    minutes = _proposed(room)
    with pytest.raises(Forbidden, match="still ask for corrections"):
        _approve(room, minutes)
    _reply(room.second, minutes)  # the alternate counts for the buyer's seat
    _reply(room.buyer, minutes)
    _reply(room.buyer, minutes)
    with _as(room.lead):
        assert (standing_of(room.lead, minutes).seats, standing_of(room.lead, minutes).approving) == (2, 1)
    with pytest.raises(Forbidden):
        _approve(room, minutes)
    _reply(room.supplier, minutes)
    approved = _approve(room, minutes)
    assert approved.state == "approved"
    with owner_role():
        assert Minutes.objects.get(pk=minutes.pk).approved_by != ""
    assert room.guest.person_id not in _told(act.APPROVED)


def test_the_approval_is_recorded_when_the_day_is_over(room: make.Room) -> None:
    minutes = _proposed(room)
    assert _approve(room, minutes, at=minutes.open_until).state == "approved"


def test_each_correction_gets_an_answer_first(room: make.Room) -> None:
    minutes = _proposed(room)
    reply = _reply(room.buyer, minutes, "correction", "It was York.")
    assert _told(act.REPLIED) == {room.lead.person_id, room.staff.person_id}
    with pytest.raises(Forbidden, match="Answer each correction"):
        _approve(room, minutes, at=minutes.open_until)
    with (
        owner_role(),
        pytest.raises(IntegrityError, match="gets an answer first"),
        transaction.atomic(),
    ):
        Minutes.objects.filter(pk=minutes.pk).update(state="approved", approved_at=timezone.now())
    with owner_role():
        reply = MinutesReply.objects.select_related("minutes__meeting__group").get(pk=reply.pk)
    with _as(room.supplier), pytest.raises(Forbidden):
        act.answer_reply(viewer=room.supplier, reply=reply, answer="No.", at=timezone.now())
    with _as(room.lead):
        act.answer_reply(viewer=room.lead, reply=reply, answer="Written in.", at=timezone.now())
        with pytest.raises(Refusal, match="answered already"):
            act.answer_reply(viewer=room.lead, reply=reply, answer="No.", at=timezone.now())
    assert _told(act.ANSWERED) == {room.buyer.person_id}
    assert _approve(room, minutes, at=minutes.open_until).state == "approved"


def test_guests_do_not_reply_and_nobody_does_when_the_day_is_over(room: make.Room) -> None:
    minutes = _proposed(room)
    with pytest.raises(Forbidden):
        _reply(room.guest, minutes)
    with _as(room.buyer), pytest.raises(Forbidden, match="over"):
        act.reply_to_minutes(
            viewer=room.buyer, minutes=minutes, kind="approves", at=minutes.open_until or timezone.now()
        )


def test_taken_back_they_go_to_the_group_anew(room: make.Room) -> None:
    minutes = _proposed(room)
    _reply(room.supplier, minutes)
    with _as(room.lead):
        act.take_minutes_back(viewer=room.lead, minutes=minutes, at=timezone.now())
    section = _first(room, minutes)
    assert _write(room.buyer, section, "York", section.version).text == "York"
    again = _propose(room, minutes)
    assert again.round == 2
    with _as(room.lead):
        assert standing_of(room.lead, again).approving == 0


@pytest.mark.parametrize("state", ["approved", "published"])
def test_what_is_approved_never_changes(room: make.Room, state: str) -> None:
    minutes = held.minutes(held.meeting(room.group, room.lead, state="held"), room.lead, state=state)
    section = _first(room, minutes)
    with pytest.raises(Forbidden):
        _write(room.buyer, section, "x", section.version)
    for change in (
        lambda: MinutesSection.objects.filter(pk=section.pk).update(text="x", version=section.version + 1),
        lambda: Minutes.objects.filter(pk=minutes.pk).update(open_until=timezone.now()),
        lambda: Minutes.objects.filter(pk=minutes.pk).update(state="draft", approved_at=None),
        lambda: Minutes.objects.filter(pk=minutes.pk).delete(),
        lambda: MinutesSection.objects.filter(pk=section.pk).delete(),
    ):
        with owner_role(), pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_correction_is_the_next_version_and_the_last_one_stays(room: make.Room) -> None:
    minutes = held.minutes(
        held.meeting(room.group, room.lead, state="held"), room.lead, state="published", text="Leeds"
    )
    with _as(room.buyer), pytest.raises(Forbidden):
        act.correct_minutes(viewer=room.buyer, minutes=minutes, why="It was York.", at=timezone.now())
    with _as(room.lead):
        made = act.correct_minutes(viewer=room.lead, minutes=minutes, why="It was York.", at=timezone.now())
        with pytest.raises(Refusal, match="being written"):
            act.correct_minutes(viewer=room.lead, minutes=minutes, why="Again", at=timezone.now())
        assert (made.number, [one.text for one in sections_of(room.lead, made)]) == (2, ["Leeds"])
    _write(room.buyer, _first(room, made), "York", 0)
    with _as(room.lead):
        assert [one.text for one in sections_of(room.lead, minutes)] == ["Leeds"]
    with _as(room.guest):
        assert [one.number for one in Minutes.objects.visible_to(room.guest)] == [1]


def test_published_minutes_reach_the_inbox_of_everybody_inside(room: make.Room) -> None:
    minutes = held.minutes(held.meeting(room.group, room.lead, state="held"), room.lead, state="approved")
    with _as(room.buyer), pytest.raises(Forbidden):
        act.publish_minutes(viewer=room.buyer, minutes=minutes, at=timezone.now())
    with _as(room.lead):
        act.publish_minutes(viewer=room.lead, minutes=minutes, at=timezone.now())
    assert _told(act.PUBLISHED) == {one.person_id for one in room.inside} - {room.lead.person_id}
    with owner_role():
        entry = Entry.objects.get(verb=act.PUBLISHED)
        assert set(entry.data) == {"code", "minutes", "number", "key", "before", "after"}
        assert set(Delivery.objects.filter(entry=entry).values_list("channel", flat=True)) == {"inbox"}


def test_co_leads_learn_that_the_day_is_over(room: make.Room) -> None:
    minutes = _begun(room)
    _write(room.buyer, _first(room, minutes), "We agreed.", 0)
    proposed = _propose(room, minutes)
    assert proposed.open_until is not None
    with job_role():
        relay(timezone.now())
        tick(proposed.open_until - dt.timedelta(minutes=1))
        assert not Entry.objects.filter(verb=act.WINDOW_OVER).exists()
        tick(proposed.open_until)
    assert _told(act.WINDOW_OVER, proposed.open_until) == {room.lead.person_id, room.staff.person_id}
