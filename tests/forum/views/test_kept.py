"""What comes of a meeting is kept in the work of the group, and its minutes, its agenda and its PDF lead there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documents.models import Rendering
from documents.renderings import ViewerIds
from forum.models import ActionItem, AgendaItem, Decision, Participant
from forum.reports.minutes import minutes_pdf
from ledger.acting import acting
from organisations.visibility import Viewer
from tests.conftest import owner_role
from tests.factories import forum as make
from tests.factories import forum_meetings as held
from tests.factories import forum_work as work

KEY = "audit-quality"


@pytest.fixture
def room(db: Any) -> make.Room:
    return make.group(KEY)


@pytest.fixture
def browser(client_for: Any) -> Callable[[Viewer], Client]:
    return lambda who: client_for(make.membership_of(who).person, who.organisation_id)


def _url(route: str, *more: Any) -> str:
    return reverse(f"forum:{route}", args=[KEY, *more])


def _text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def _refused(sql: str, *params: Any) -> str:
    with owner_role():
        with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
        return str(refused.value)


def test_a_line_of_the_minutes_becomes_an_action_item_that_the_minutes_show(
    room: make.Room, browser: Callable[[Viewer], Client]
) -> None:
    meeting = held.meeting(room.group, room.lead, state="held")
    minutes = held.minutes(meeting, room.lead)
    line = held.line(held.section(minutes, room.lead), room.lead, text="Ask three recruiters", kind="action")
    page, lead = _url("minutes", meeting.code, minutes.number), browser(room.lead)
    assert "Keep it as an action item" in _text(lead, page)
    add = f"{_url('action_item_new')}?meeting={meeting.code}&line={line.code}"
    assert 'value="Ask three recruiters"' in _text(lead, add)
    day = timezone.localdate() + timedelta(days=9)
    with owner_role():
        owner = Participant.objects.get(group=room.group, person_id=room.buyer.person_id)
    answer = lead.post(add, {"title": "Ask three recruiters", "owner": owner.code, "due_on": day.isoformat()})
    assert answer.status_code == 302
    with owner_role():
        item = ActionItem.objects.get()
    assert item.meeting_id == meeting.pk
    shown = _text(lead, page)
    assert _url("action_item", item.code) in shown
    assert "Keep it as an action item" not in shown
    assert meeting.code in _text(browser(room.guest), _url("action_item", item.code))


def test_a_decision_of_a_meeting_is_put_to_the_seats_and_stands_in_the_pdf(
    room: make.Room, browser: Callable[[Viewer], Client]
) -> None:
    meeting = held.meeting(room.group, room.lead, state="held")
    minutes = held.minutes(meeting, room.lead, state="approved")
    add = f"{_url('decision_new')}?meeting={meeting.code}"
    answer = browser(room.lead).post(add, {"title": "We publish both lists", "proposal": "In spring."})
    assert answer.status_code == 302
    with owner_role():
        assert Decision.objects.get().meeting_id == meeting.pk
    wanted = Rendering(subject_id=minutes.pk)
    with acting(person_id=room.buyer.person_id, organisation_id=room.buyer.organisation_id):
        ids = ViewerIds(organisation_id=room.buyer.organisation_id, person_id=room.buyer.person_id)
        made = minutes_pdf(wanted, ids)
    assert isinstance(made, tuple)
    assert "We publish both lists" in made[1]
    assert "no part of what was approved" in made[1]


def test_what_is_named_in_the_address_has_to_be_of_this_group(
    room: make.Room, browser: Callable[[Viewer], Client]
) -> None:
    other = make.group("wages")
    elsewhere = held.meeting(other.group, other.lead)
    client = browser(room.lead)
    for route in ("action_item_new", "decision_new"):
        assert client.get(f"{_url(route)}?meeting={elsewhere.code}").status_code == 404
        assert client.get(f"{_url(route)}?meeting=no").status_code == 404


def test_a_point_of_the_agenda_is_about_a_standing_issue(
    room: make.Room, browser: Callable[[Viewer], Client]
) -> None:
    meeting = held.meeting(room.group, room.lead)
    issue = work.issue(room.group, room.buyer, title="Who pays for translations")
    form = {
        "points-TOTAL_FORMS": "1",
        "points-INITIAL_FORMS": "0",
        "points-0-title": "Translations",
        "points-0-issue": issue.code,
    }
    assert browser(room.lead).post(_url("agenda_edit", meeting.code), form).status_code == 302
    with owner_role():
        assert AgendaItem.objects.get().issue_id == issue.pk
    assert _url("issue", issue.code) in _text(browser(room.guest), _url("meeting", meeting.code))
    assert _url("meeting", meeting.code) in _text(browser(room.guest), _url("issue", issue.code))
    form["points-0-issue"] = "NOTHERE1"
    assert browser(room.lead).post(_url("agenda_edit", meeting.code), form).status_code == 422


def test_nothing_is_linked_across_groups(room: make.Room) -> None:
    other = make.group("wages")
    elsewhere, issue = held.meeting(other.group, other.lead), work.issue(other.group, other.lead)
    point = held.point(held.meeting(room.group, room.lead), room.lead)
    sql = "UPDATE forum_agendaitem SET issue_id = %s WHERE id = %s"
    assert "same group" in _refused(sql, issue.pk, point.pk)
    for make_one in (
        lambda: work.action_item(room.group, room.lead, room.buyer, meeting=elsewhere),
        lambda: work.decision(room.group, room.buyer, meeting=elsewhere),
    ):
        with pytest.raises(DatabaseError, match="same group"), transaction.atomic():
            make_one()


def test_where_an_action_item_came_from_never_changes(room: make.Room) -> None:
    meeting = held.meeting(room.group, room.lead)
    item = work.action_item(room.group, room.lead, room.buyer)
    sql = "UPDATE forum_actionitem SET meeting_id = %s WHERE id = %s"
    assert "stays as it is" in _refused(sql, meeting.pk, item.pk)
