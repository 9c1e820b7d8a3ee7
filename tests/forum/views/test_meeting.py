"""Meetings and minutes as co-leads, participants, guests and people outside see them."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.settings import documents_storage
from documents.models import Rendering
from documents.renderings import work
from forum.models import Attendance, Meeting, Minutes, MinutesSection
from organisations.models import Person
from organisations.visibility import Viewer
from tests.conftest import owner_role
from tests.factories import forum as make
from tests.factories import forum_meetings as held
from tests.forum.views.conftest import As

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _storage(tmp_path: Path, settings: LazySettings) -> None:
    settings.STORAGES = settings.STORAGES | {"documents": documents_storage(f"file://{tmp_path}/files")}


@pytest.fixture
def room() -> make.Room:
    return make.group("audit-quality")


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def _url(name: str, *args: Any) -> str:
    return reverse(f"forum:{name}", args=["audit-quality", *args])


def _zone(who: Viewer, zone: str) -> None:
    with owner_role():
        Person.objects.filter(pk=who.person_id).update(timezone=zone)


SAID = {
    "title": "Spring",
    "zone": "Europe/London",
    "minutes": "60",
    "livestream": "https://meet.example.org/x",
}


def test_a_co_lead_plans_a_meeting_and_others_read_it_in_their_own_zone(room: make.Room, as_: As) -> None:
    _zone(room.lead, "Europe/London")
    _zone(room.buyer, "Asia/Dhaka")
    year = timezone.localdate().year + 1
    sent = as_(room.lead).post(_url("meeting_new"), SAID | {"starts_at": f"{year}-06-01T14:00"})
    assert sent.status_code == 302
    with owner_role():
        meeting = Meeting.objects.get()
    assert meeting.starts_at == dt.datetime(year, 6, 1, 13, tzinfo=dt.UTC)
    page = _text(as_(room.buyer).get(_url("meeting", meeting.code)))
    assert f"1 Jun {year}, 19:00" in page
    assert "time of Dhaka" in page
    assert f"London: 1 Jun {year}, 14:00 (UTC+1)" in page
    assert "https://meet.example.org/x" in page


def test_a_time_that_exists_twice_is_asked_about_and_nothing_is_lost(room: make.Room, as_: As) -> None:
    client, said = as_(room.lead), SAID | {"starts_at": "2038-10-31T01:30", "title": "Kept title"}
    asked = client.post(_url("meeting_new"), said)
    page = _text(asked)
    assert asked.status_code == 422
    assert "show this time twice" in page
    assert "31 Oct 2038, 01:30 (UTC+1)" in page
    assert "Kept title" in page
    assert 'value="2038-10-31T01:30"' in page
    assert client.post(_url("meeting_new"), said | {"starts_at_meant": "later"}).status_code == 302
    with owner_role():
        assert Meeting.objects.get().starts_at == dt.datetime(2038, 10, 31, 1, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"starts_at": "2020-06-01T14:00"}, "This time is over"),
        ({"starts_at": "2038-03-28T01:30"}, "never show this time"),
        ({"starts_at": "tomorrow"}, "Write a day and a time"),
        ({"starts_at": "2038-06-01T14:00", "minutes": "-5"}, "greater than or equal to 5"),
        ({"starts_at": "2038-06-01T14:00", "livestream": "javascript:alert(1)"}, "valid URL"),
        ({"starts_at": "2038-06-01T14:00", "livestream": "http://x.example.org"}, "https://"),
    ],
)
def test_bad_input_is_said_and_kept(room: make.Room, as_: As, typed: dict[str, str], words: str) -> None:
    asked = as_(room.lead).post(_url("meeting_new"), SAID | {"title": "Kept title"} | typed)
    assert asked.status_code == 422
    assert words in _text(asked)
    assert "Kept title" in _text(asked)
    with owner_role():
        assert not Meeting.objects.exists()


def test_the_page_asks_the_database_little_however_full_it_is(room: make.Room, as_: As) -> None:
    meeting = held.meeting(room.group, room.lead)
    client = as_(room.buyer)

    def count(name: str, *args: str) -> int:
        client.get(_url(name, *args))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(_url(name, *args)).status_code == 200
        return len(asked)

    before = count("meeting", meeting.code), count("group_meetings")
    for _n in range(8):
        held.point(meeting, room.lead)
        held.meeting(room.group, room.lead)
    for who in room.inside:
        held.attendance(meeting, who, answer="coming", answered_at=timezone.now())
    after = count("meeting", meeting.code), count("group_meetings")
    assert after[0] <= before[0] + 2
    assert after[1] <= before[1] + 1


def test_a_participant_says_whether_they_come(room: make.Room, as_: As) -> None:
    meeting = held.meeting(room.group, room.lead)
    assert as_(room.guest).post(_url("meeting_answer", meeting.code), {"answer": "coming"}).status_code == 302
    assert (
        as_(room.outsider).post(_url("meeting_answer", meeting.code), {"answer": "coming"}).status_code == 403
    )
    assert as_(room.guest).post(_url("meeting_answer", meeting.code), {"answer": "x"}).status_code == 409
    with owner_role():
        assert Attendance.objects.get().answer == "coming"


def _rows(*points: dict[str, str], **more: str) -> dict[str, str]:
    data = {"points-TOTAL_FORMS": str(len(points)), "points-INITIAL_FORMS": "0"}
    for n, point in enumerate(points):
        data |= {f"points-{n}-{name}": value for name, value in point.items()}
    return data | more


def test_the_agenda_is_set_by_rows_with_and_without_scripts(room: make.Room, as_: As) -> None:
    meeting, client = held.meeting(room.group, room.lead), as_(room.lead)
    url = _url("agenda_edit", meeting.code)
    more = client.post(url, _rows({"title": "Fees"}, add_row="points"))
    assert more.status_code == 200
    assert "points-1-title" in _text(more)
    assert client.post(url, _rows({"title": "Fees"}, {"title": "Wages", "before": "1"})).status_code == 302
    with owner_role():
        assert [one.title for one in meeting.agenda.all()] == ["Wages", "Fees"]
    assert "Wages" in _text(as_(room.guest).get(_url("agenda_print", meeting.code)))
    bad = client.post(url, _rows({"title": "", "presenter": "Amina"}))
    assert bad.status_code == 422
    assert "Amina" in _text(bad)


def test_a_paper_opens_inside_and_nowhere_else(room: make.Room, as_: As) -> None:
    meeting = held.meeting(room.group, room.lead)
    point = held.point(meeting, room.lead)
    file = SimpleUploadedFile("fees.txt", b"One line.\n", "text/plain")
    added = as_(room.buyer).post(_url("paper_add", meeting.code, point.code), {"file": file})
    assert added.status_code == 302
    with owner_role():
        paper = point.papers.get()
    url = _url("paper_file", meeting.code, paper.code)
    assert b"".join(as_(room.guest).get(url)) == b"One line.\n"
    assert as_(room.outsider).get(url).status_code == 403
    bomb = SimpleUploadedFile("x.svg", b"<svg onload=alert(1)>", "image/svg+xml")
    refused = as_(room.buyer).post(_url("paper_add", meeting.code, point.code), {"file": bomb})
    assert refused.status_code == 422


def _written(room: make.Room) -> tuple[Minutes, MinutesSection]:
    minutes = held.minutes(held.meeting(room.group, room.lead, state="held"), room.lead)
    with owner_role():
        return minutes, MinutesSection.objects.get(minutes=minutes)


def test_two_who_write_at_once_both_keep_their_words(room: make.Room, as_: As) -> None:
    minutes, section = _written(room)
    url = _url("minutes_section", minutes.meeting.code, 1, section.position)
    opened = {"version": str(section.version), "base": '{"text": "We agreed."}'}
    assert as_(room.buyer).post(url, opened | {"text": "We agreed in Leeds."}).status_code == 302
    second = as_(room.supplier)
    met = second.post(url, opened | {"text": "We agreed in York."})
    page = _text(met)
    assert met.status_code == 409
    assert "We agreed in Leeds." in page
    assert "We agreed in York." in page
    both = {"version": "1", "base": '{"text": "We agreed in Leeds."}', "text": "We agreed in York."}
    assert second.post(url, both | {"keep-text": "theirs"}).status_code == 302
    with owner_role():
        section.refresh_from_db()
    assert section.text == "We agreed in Leeds."


def test_what_is_typed_is_kept_while_it_is_typed(room: make.Room, as_: As) -> None:
    minutes, section = _written(room)
    url = _url("minutes_section_keep", minutes.meeting.code, 1, section.position)
    kept = as_(room.buyer).post(url, {"text": "Half a sen", "version": "0"})
    assert (kept.status_code, kept.json()["fields"]["version"]) == (200, "1")
    late = as_(room.supplier).post(url, {"text": "Another", "version": "0"})
    assert late.status_code == 409
    assert "saved this too" in late.json()["note"]
    assert as_(room.guest).post(url, {"text": "x", "version": "1"}).status_code == 404


def test_minutes_go_to_the_group_are_approved_and_become_a_pdf(room: make.Room, as_: As) -> None:
    minutes, _section = _written(room)
    lead, code = as_(room.lead), minutes.meeting.code
    day = (timezone.localdate() + dt.timedelta(days=7)).isoformat()
    assert lead.post(_url("minutes_propose", code, 1), {"open_until": day}).status_code == 302
    early = lead.post(_url("minutes_approve", code, 1))
    assert early.status_code == 403
    for who in (room.buyer, room.supplier):
        assert as_(who).post(_url("minutes_reply", code, 1), {"kind": "approves"}).status_code == 302
    assert "2 of 2 seats have approved" in _text(lead.get(_url("minutes", code, 1)))
    assert as_(room.guest).get(_url("minutes", code, 1)).status_code == 404
    assert lead.post(_url("minutes_approve", code, 1)).status_code == 302
    assert as_(room.buyer).post(_url("minutes_pdf", code, 1)).status_code == 302
    with owner_role():
        wanted = Rendering.objects.get(kind="forum.minutes_pdf")
    assert work(organisation_id=wanted.organisation_id, person_id=wanted.person_id, rendering_id=wanted.pk)
    assert b"".join(as_(room.second).get(_url("minutes_pdf_file", code, 1)))[:5] == b"%PDF-"
    assert as_(room.supplier).get(_url("minutes_pdf_file", code, 1)).status_code == 404
    assert as_(room.outsider).get(_url("minutes_pdf_file", code, 1)).status_code == 403
    assert lead.post(_url("minutes_publish", code, 1)).status_code == 302
    assert "We agreed." in _text(as_(room.guest).get(_url("minutes", code, 1)))


def test_a_correction_shows_what_it_changes(room: make.Room, as_: As) -> None:
    meeting = held.meeting(room.group, room.lead, state="held")
    held.minutes(meeting, room.lead, state="published", text="We met in Leeds.")
    lead = as_(room.lead)
    assert lead.post(_url("minutes_correct", meeting.code, 1), {"why": "It was York."}).status_code == 302
    url = _url("minutes_section", meeting.code, 2, 1)
    assert lead.post(url, {"text": "We met in York.", "version": "0", "base": "{}"}).status_code == 302
    page = _text(lead.get(_url("minutes_compare", meeting.code, 2)))
    assert "<del>" in page
    assert "York" in page


def test_scripts_in_words_stay_words(room: make.Room, as_: As) -> None:
    bad = "<script>alert(1)</script>"
    meeting = held.meeting(room.group, room.lead, state="held", title=bad, place=bad)
    held.minutes(meeting, room.lead, text=bad)
    for name, args in (("group_meetings", ()), ("meeting", (meeting.code,)), ("minutes", (meeting.code, 1))):
        assert bad not in _text(as_(room.buyer).get(_url(name, *args)))


def test_a_meeting_of_another_group_is_as_good_as_missing(room: make.Room, as_: As) -> None:
    other = make.group("wages")
    foreign = held.meeting(other.group, other.lead)
    one = as_(room.buyer).get(_url("meeting", foreign.code))
    two = as_(room.buyer).get(_url("meeting", "NOSUCHCODE22"))
    assert (one.status_code, two.status_code) == (404, 404)
