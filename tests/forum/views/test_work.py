"""The pages of a group's work, as its people open and fill them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from forum.models import ActionItem, Ballot, Decision, Issue, Project
from ledger.acting import acting
from organisations.visibility import Viewer
from tests.conftest import owner_role
from tests.factories import forum as make
from tests.factories import forum_work as work

Browser = Callable[[Viewer], Client]


@pytest.fixture
def room(db: Any) -> make.Room:
    return make.group("audit-quality")


@pytest.fixture
def browser(client_for: Any) -> Browser:
    return lambda who: client_for(make.membership_of(who).person, who.organisation_id)


def _url(route: str, room: make.Room, *more: str) -> str:
    return reverse(f"forum:{route}", args=[room.group.key, *more])


def _day() -> str:
    return (timezone.localdate() + timedelta(days=9)).isoformat()


def _one(model: Any) -> Any:
    with owner_role():
        return model.objects.get()


def test_every_page_opens_for_everybody_inside(room: make.Room, browser: Browser) -> None:
    project = work.project(room.group, room.lead)
    for days, state in ((-30, "open"), (-29, "reached"), (20, "dropped"), (40, "open")):
        day = timezone.localdate() + timedelta(days=days)
        reached = {"reached_on": day} if state == "reached" else {}
        work.milestone(project, room.lead, due_on=day, state=state, **reached)
    work.update(project, room.buyer)
    item = work.action_item(room.group, room.lead, room.buyer)
    decision = work.decision(room.group, room.buyer)
    work.objection(decision, room.supplier, room.seats["supplier"])
    issue = work.issue(room.group, room.buyer)
    ballot = work.ballot(room.group, room.lead)
    over = work.counted(room.group, room.lead, {room.seats["buyer"]: (room.buyer, 1)})
    pages = [
        _url("group_work", room),
        *(
            _url("group_work_list", room, kind)
            for kind in ("projects", "actions", "decisions", "ballots", "issues")
        ),
        _url("project", room, project.code),
        _url("action_item", room, item.code),
        _url("decision", room, decision.code),
        _url("issue", room, issue.code),
        _url("ballot", room, ballot.code),
        _url("ballot", room, over.code),
    ]
    for who in (room.lead, room.buyer, room.second, room.guest):
        client = browser(who)
        for page in pages:
            assert client.get(page).status_code == 200, page
    outside = browser(room.outsider)
    assert {outside.get(page).status_code for page in pages} == {403}
    mine = browser(room.buyer).get(reverse("forum:my_action_items"))
    assert item.title in mine.content.decode()
    assert item.title in browser(room.buyer).get("/").content.decode() or item.due_on > timezone.localdate()


def test_a_co_lead_calls_a_ballot_and_a_seat_votes(room: make.Room, browser: Browser) -> None:
    closes_at = timezone.localtime(timezone.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    said = {
        "question": "Publish?",
        "choices": "Yes\nNo\n",
        "is_secret": "1",
        "rule": "half",
        "quorum_unit": "percent",
        "quorum_buyer": "50",
        "closes_at": closes_at,
    }
    lead, new = browser(room.lead), _url("ballot_new", room)
    assert lead.get(new).status_code == 200
    assert lead.post(new, said | {"choices": "Yes"}).status_code == 422
    assert lead.post(new, said | {"quorum_buyer": "101"}).status_code == 422
    assert lead.post(new, said | {"closes_at": ""}).status_code == 422
    answer = lead.post(new, said)
    ballot = _one(Ballot)
    page = _url("ballot", room, ballot.code)
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert (ballot.is_secret, ballot.quorum_of, ballot.quorum_least) == (True, ["buyer"], [50])
    seat = browser(room.buyer)
    assert seat.post(page, {}).status_code == 422
    assert seat.post(page, {"choice": "1"}).status_code == 302
    assert seat.post(page, {"choice": "2"}).status_code == 403
    assert "Your seat has voted" in seat.get(page).content.decode()
    assert browser(room.guest).post(page, {"choice": "1"}).status_code == 403
    work.closed(ballot)
    for who in room.inside:
        assert browser(who).get(page).status_code == 200


def test_the_forms_of_work_lead_on(room: make.Room, browser: Browser) -> None:
    lead, buyer, supplier = browser(room.lead), browser(room.buyer), browser(room.supplier)
    with acting(person_id=room.lead.person_id, organisation_id=room.lead.organisation_id):
        owner = room.group.participants.active().get(person_id=room.buyer.person_id).code
    assert (
        lead.post(_url("project_new", room), {"title": "x", "purpose": "y", "sdg_tags": ["8.7"]}).status_code
        == 302
    )
    project = _one(Project)
    assert lead.post(_url("project_move", room, project.code), {"to": "active"}).status_code == 302
    assert (
        buyer.post(_url("project_update", room, project.code), {"body": "z", "percent": "101"}).status_code
        == 422
    )
    assert buyer.post(_url("project_update", room, project.code), {"body": "z"}).status_code == 302
    assert (
        buyer.post(_url("milestone_new", room, project.code), {"title": "m", "due_on": _day()}).status_code
        == 302
    )
    said = {"title": "do", "owner": owner, "due_on": _day()}
    assert lead.post(_url("action_item_new", room), said | {"due_on": "2020-01-01"}).status_code == 422
    assert lead.post(_url("action_item_new", room), said).status_code == 302
    item = _one(ActionItem)
    assert lead.get(_url("action_item_edit", room, item.code)).status_code == 200
    assert buyer.post(_url("action_item_finish", room, item.code)).status_code == 302
    assert buyer.post(_url("decision_new", room), {"title": "d", "proposal": "p"}).status_code == 302
    decision = _one(Decision)
    assert supplier.post(_url("decision_object", room, decision.code), {"reason": "no"}).status_code == 302
    assert lead.post(_url("decision_settle", room, decision.code)).status_code == 409
    with owner_role():
        objection = decision.objections.get()
    assert lead.post(_url("objection_answer", room, objection.code), {"answer": "so"}).status_code == 302
    assert lead.post(_url("decision_settle", room, decision.code)).status_code == 302
    assert buyer.post(_url("issue_new", room), {"title": "i"}).status_code == 302
    issue = _one(Issue)
    assert buyer.post(_url("issue_note", room, issue.code), {"body": "n"}).status_code == 302
    assert buyer.post(_url("issue_close", room, issue.code)).status_code == 302
    assert buyer.post(_url("issue_reopen", room, issue.code)).status_code == 302
