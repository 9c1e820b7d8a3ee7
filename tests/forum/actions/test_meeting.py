"""Meetings: planned, moved, called off, held; answered and attended."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from config.settings import documents_storage
from documents.models import Document
from forum.actions import meeting as act
from forum.models import AgendaItem, Attendance, Meeting, Participant
from forum.models.meeting_facts import MeetingSaid, PointSaid
from forum.queries.meeting import agenda_of, expected_at
from ledger.acting import acting
from ledger.models import Delivery, Entry, Occurrence
from ledger.occurrences import tick
from ledger.refusals import Forbidden, Refusal
from ledger.relay import relay
from organisations.visibility import Viewer
from tests.conftest import job_role, owner_role
from tests.factories import forum as make
from tests.factories import forum_meetings as held

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _storage(tmp_path: Path, settings: LazySettings) -> None:
    settings.STORAGES = settings.STORAGES | {"documents": documents_storage(f"file://{tmp_path}/files")}


@pytest.fixture
def room() -> make.Room:
    return make.group("audit-quality")


def _as(who: Viewer) -> Any:
    return acting(person_id=who.person_id, organisation_id=who.organisation_id)


def _said(**fields: Any) -> MeetingSaid:
    given: dict[str, Any] = {
        "title": "Secret spring",
        "language": "en",
        "zone": "Europe/London",
        "starts_at": timezone.now().replace(microsecond=0) + dt.timedelta(days=7),
        "minutes": 90,
        "place": "Hidden hall",
        "livestream": "https://meet.example.org/x",
    } | fields
    return MeetingSaid(**given)


def _plan(room: make.Room, **fields: Any) -> Meeting:
    with _as(room.lead):
        return act.plan_meeting(viewer=room.lead, group=room.group, said=_said(**fields), at=timezone.now())


def _told(verb: str, at: dt.datetime | None = None) -> set[int]:
    with job_role():
        relay(at or timezone.now())
        return set(Delivery.objects.filter(entry__verb=verb).values_list("person_id", flat=True))


def test_a_co_lead_plans_and_everybody_inside_is_told(room: make.Room) -> None:
    meeting = _plan(room)
    assert meeting.sequence == 0
    assert _told(act.PLANNED) == {one.person_id for one in room.inside} - {room.lead.person_id}
    with owner_role():
        entry = Entry.objects.get(verb=act.PLANNED)
        assert (entry.subject_label, set(entry.data)) == (room.group.title, {"code", "starts_at", "key"})
        letters = Delivery.objects.filter(entry=entry)
        assert not [one for one in letters if "ecret" in one.title + one.path + str(entry.data)]


@pytest.mark.parametrize("name", ["buyer", "guest", "outsider", "stranger"])
def test_nobody_else_plans(room: make.Room, name: str) -> None:
    who = getattr(room, name)
    with _as(who), pytest.raises(Forbidden):
        act.plan_meeting(viewer=who, group=room.group, said=_said(), at=timezone.now())


def test_a_time_that_is_over_is_refused_beside_its_field(room: make.Room) -> None:
    with pytest.raises(Refusal) as refused:
        _plan(room, starts_at=timezone.now() - dt.timedelta(minutes=1))
    assert (refused.value.code, set(refused.value.fields)) == ("past", {"starts_at"})


def test_a_change_of_time_counts_for_calendars_and_is_told(room: make.Room) -> None:
    meeting = _plan(room)
    later = meeting.starts_at + dt.timedelta(days=1)
    with _as(room.staff):
        moved = act.change_meeting(
            viewer=room.staff, meeting=meeting, said=_said(starts_at=later), at=timezone.now()
        )
        moved.refresh_from_db()
        assert (moved.starts_at, moved.sequence) == (later, 1)
        same = act.change_meeting(
            viewer=room.staff, meeting=meeting, said=_said(starts_at=later), at=timezone.now()
        )
        same.refresh_from_db()
        assert same.sequence == 1
    assert _told(act.MOVED) == {one.person_id for one in room.inside} - {room.staff.person_id}


def test_a_new_link_is_saved_and_told_to_nobody(room: make.Room) -> None:
    meeting = _plan(room)
    said = _said(starts_at=meeting.starts_at, livestream="https://meet.example.org/new")
    with _as(room.lead):
        act.change_meeting(viewer=room.lead, meeting=meeting, said=said, at=timezone.now())
    assert _told(act.EDITED) == set()
    with owner_role():
        assert Meeting.objects.get().sequence == 0


def test_a_meeting_that_is_called_off_stays_so(room: make.Room) -> None:
    meeting = _plan(room)
    with _as(room.lead):
        act.cancel_meeting(viewer=room.lead, meeting=meeting, reason="Strike", at=timezone.now())
        with pytest.raises(Forbidden):
            act.cancel_meeting(viewer=room.lead, meeting=meeting, reason="Strike", at=timezone.now())
        with pytest.raises(Forbidden):
            act.change_meeting(viewer=room.lead, meeting=meeting, said=_said(), at=timezone.now())
    with owner_role():
        assert Meeting.objects.values_list("state", "sequence", "reason").get() == ("cancelled", 1, "Strike")
    assert room.guest.person_id in _told(act.CANCELLED)


def test_the_reminder_comes_a_day_before_to_those_who_did_not_decline(room: make.Room) -> None:
    meeting = _plan(room)
    with _as(room.guest):
        act.answer_meeting(viewer=room.guest, meeting=meeting, answer="not", at=timezone.now())
    with _as(room.buyer):
        act.answer_meeting(viewer=room.buyer, meeting=meeting, answer="coming", at=timezone.now())
    near = meeting.starts_at - dt.timedelta(hours=23)
    with job_role():
        relay(timezone.now())
        tick(near - dt.timedelta(hours=2))
        assert not Entry.objects.filter(verb=act.NEAR).exists()
        tick(near)
        tick(near)
        assert Entry.objects.filter(verb=act.NEAR).count() == 1
    assert _told(act.NEAR, near) == {one.person_id for one in room.inside} - {room.guest.person_id}


def test_a_meeting_that_moves_takes_its_reminder_along(room: make.Room) -> None:
    meeting = _plan(room)
    with job_role():
        relay(timezone.now())
    later = meeting.starts_at + dt.timedelta(days=3)
    with _as(room.staff):
        act.change_meeting(viewer=room.staff, meeting=meeting, said=_said(starts_at=later), at=timezone.now())
    with job_role():
        relay(timezone.now())
        rows = Occurrence.objects.filter(kind="forum.meeting_near", cancelled_at=None)
        assert [row.due_at for row in rows] == [later - dt.timedelta(days=1)]
        tick(meeting.starts_at)
        assert not Entry.objects.filter(verb=act.NEAR).exists()
    with _as(room.lead):
        act.cancel_meeting(viewer=room.lead, meeting=meeting, reason="x", at=timezone.now())
    with job_role():
        relay(timezone.now())
        tick(later)
        assert not Entry.objects.filter(verb=act.NEAR).exists()


def test_everybody_answers_for_themselves_and_may_think_again(room: make.Room) -> None:
    meeting = _plan(room)
    for answer in ("coming", "coming", "maybe"):
        with _as(room.guest):
            act.answer_meeting(viewer=room.guest, meeting=meeting, answer=answer, at=timezone.now())
    with _as(room.guest), pytest.raises(Refusal):
        act.answer_meeting(viewer=room.guest, meeting=meeting, answer="perhaps", at=timezone.now())
    with _as(room.outsider), pytest.raises(Forbidden):
        act.answer_meeting(viewer=room.outsider, meeting=meeting, answer="coming", at=timezone.now())
    with owner_role():
        row = Attendance.objects.get()
        assert (row.answer, row.organisation_name != "", row.role) == ("maybe", True, "guest")


def test_the_agenda_keeps_its_order_and_the_papers_of_points_that_stay(room: make.Room) -> None:
    meeting = _plan(room)
    point = PointSaid

    def set_(*points: PointSaid) -> list[AgendaItem]:
        with _as(room.lead):
            return act.set_agenda(viewer=room.lead, meeting=meeting, points=points, at=timezone.now())

    first, second = set_(point("Fees", minutes=20), point("Wages", presenter="Amina"))
    file = SimpleUploadedFile("fees.txt", b"One line.\n", "text/plain")
    with _as(room.buyer):
        paper = act.add_paper(viewer=room.buyer, item=first, file=file, at=timezone.now())
    third = set_(point("News"), point("Wages", second.code), point("Fees", first.code))
    assert [(one.position, one.title) for one in third] == [(1, "News"), (2, "Wages"), (3, "Fees")]
    assert [one.code for one in third[2].papers.all()] == [paper.code]
    with pytest.raises(Refusal, match="papers"):
        set_(point("Wages", second.code))
    with _as(room.guest), pytest.raises(Forbidden):
        act.add_paper(viewer=room.guest, item=first, file=file, at=timezone.now())
    with _as(room.supplier), pytest.raises(Forbidden):
        act.take_paper_out(viewer=room.supplier, paper=paper, at=timezone.now())
    for who, sees in ((room.guest, True), (room.supplier, True), (room.outsider, False)):
        with _as(who):
            assert Document.objects.filter(pk=paper.document_id).exists() is sees
    with _as(room.buyer):
        act.take_paper_out(viewer=room.buyer, paper=paper, at=timezone.now())
        assert not agenda_of(room.buyer, meeting)[2].papers.all()


def test_a_meeting_is_held_once_it_has_begun_and_its_agenda_stays(room: make.Room) -> None:
    meeting = _plan(room)
    with _as(room.lead):
        with pytest.raises(Forbidden):
            act.hold_meeting(viewer=room.lead, meeting=meeting, at=timezone.now())
        act.hold_meeting(viewer=room.lead, meeting=meeting, at=meeting.starts_at)
        with pytest.raises(Forbidden):
            act.set_agenda(viewer=room.lead, meeting=meeting, points=[], at=timezone.now())


def test_who_was_there_counts_for_the_seat_that_they_hold(room: make.Room) -> None:
    meeting = held.meeting(room.group, room.lead, state="held")
    with _as(room.lead):
        expected = dict(expected_at(room.lead, meeting))
        assert len(expected) == 6
        words = dict.fromkeys(expected, "absent")
        for part in expected:
            if part.person_id in {room.second.person_id, room.guest.person_id}:
                words[part] = "there"
        rows = act.note_attendance(viewer=room.lead, meeting=meeting, presence=words, at=timezone.now())
    there = {(row.role, row.seat_id, row.seat_place) for row in rows if row.presence == "there"}
    assert there == {("member", room.seats["buyer"].pk, "alternate"), ("guest", None, "")}
    with _as(room.buyer), pytest.raises(Forbidden):
        act.note_attendance(viewer=room.buyer, meeting=meeting, presence={}, at=timezone.now())
    with owner_role():
        assert Participant.objects.filter(group=room.group).count() == 6
