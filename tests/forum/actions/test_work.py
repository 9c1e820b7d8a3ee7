"""Projects, action items, decisions and issues: who does what to them, and what time brings."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from forum.actions import action_item as items
from forum.actions import decision as decisions
from forum.actions import issue as issues
from forum.actions import project as projects
from forum.models import ActionItem, Decision, Issue, Participant, Project
from forum.queries.todos import parts_of
from ledger.acting import acting
from ledger.models import Delivery, Entry
from ledger.occurrences import tick
from ledger.refusals import Forbidden, Refusal
from ledger.relay import relay
from organisations.queries.waiting import waiting_in
from organisations.visibility import Viewer
from tests.conftest import job_role, owner_role
from tests.factories import forum as make
from tests.factories import forum_work as work

WEEK = timedelta(weeks=1)


def _as(who: Viewer) -> Any:
    return acting(person_id=who.person_id, organisation_id=who.organisation_id)


@pytest.fixture
def room(db: Any) -> make.Room:
    return make.group("audit-quality")


def _part(room: make.Room, who: Viewer) -> Participant:
    with owner_role():
        return Participant.objects.active().get(group=room.group, person_id=who.person_id)


def _add(room: make.Room, who: Viewer, **fields: Any) -> ActionItem:
    given: dict[str, Any] = {
        "title": "Ask the auditors",
        "owner": _part(room, who),
        "due_on": timezone.localdate() + 3 * WEEK,
        "at": timezone.now(),
    } | fields
    with _as(room.lead):
        return items.add_action_item(viewer=room.lead, group=room.group, **given)


def _letters(verb: str) -> set[int]:
    with owner_role():
        return set(Delivery.objects.filter(entry__verb=verb).values_list("person_id", flat=True))


def _tick(at: datetime) -> None:
    with job_role():
        relay(at)
        tick(at)
        relay(at)


def test_an_owner_is_told_reminded_twice_and_told_when_it_is_late(room: make.Room) -> None:
    item = _add(room, room.buyer)
    _tick(timezone.now())
    assert _letters(items.ADDED) == {room.buyer.person_id}
    for days, count in ((8, 0), (6, 1), (2, 1), (0, 2)):
        at = timezone.now() + 3 * WEEK - timedelta(days=days)
        _tick(at)
        with owner_role():
            assert Entry.objects.filter(verb=items.DUE_SOON).count() == count
    _tick(timezone.now() + 3 * WEEK + timedelta(days=2))
    _tick(timezone.now() + 3 * WEEK + timedelta(days=3))
    assert _letters(items.OVERDUE) == {room.buyer.person_id, room.lead.person_id, room.staff.person_id}
    with owner_role():
        assert Entry.objects.filter(verb=items.OVERDUE).count() == 1
        assert {tuple(sorted(one.data)) for one in Entry.objects.filter(verb__startswith="forum.action")} == {
            ("code", "key")
        }
    assert item.phase(item.due_on + timedelta(days=1)) == "overdue"


def test_another_day_brings_other_reminders_and_no_old_ones(room: make.Room) -> None:
    item = _add(room, room.buyer)
    _tick(timezone.now())
    with _as(room.lead):
        given: dict[str, Any] = {
            "title": "Ask",
            "owner": _part(room, room.supplier),
            "due_on": item.due_on + 10 * WEEK,
        }
        items.change_action_item(viewer=room.lead, item=item, at=timezone.now(), **given)
    _tick(timezone.now())
    _tick(timezone.now() + 5 * WEEK)
    assert _letters(items.DUE_SOON) == _letters(items.OVERDUE) == set()
    _tick(timezone.now() + 13 * WEEK - timedelta(days=6))
    assert _letters(items.DUE_SOON) == {room.supplier.person_id}


def test_what_is_done_reminds_nobody(room: make.Room) -> None:
    item = _add(room, room.buyer)
    _tick(timezone.now())
    with _as(room.buyer):
        mine = ActionItem.objects.select_related("group").get(pk=item.pk)
        items.finish_action_item(viewer=room.buyer, item=mine, at=timezone.now())
        with pytest.raises(Refusal):
            items.finish_action_item(viewer=room.buyer, item=mine, at=timezone.now())
    _tick(timezone.now() + 5 * WEEK)
    assert _letters(items.DUE_SOON) == _letters(items.OVERDUE) == set()


def test_an_owner_is_inside(room: make.Room) -> None:
    asked = make.participant(room.group, room.stranger, state="asked")
    with pytest.raises(Refusal) as refused:
        _add(room, room.buyer, owner=asked)
    assert refused.value.code == "owner-outside"
    sql = """INSERT INTO forum_actionitem (code, group_id, organisation_id, person_name, organisation_name, title,
      language, owner_id, owner_organisation_id, owner_name, due_on, state, created_at)
      VALUES ('ABCDEFGHJKMN', %s, %s, '', '', 'x', 'en', %s, %s, '', now(), 'open', now())"""
    for owner in (room.outsider, room.stranger):
        ids = [room.group.pk, room.lead.organisation_id, owner.person_id, owner.organisation_id]
        with (
            pytest.raises(DatabaseError, match="inside the group"),
            _as(room.lead),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, ids)


def test_guests_and_outsiders_write_nothing_down(room: make.Room) -> None:
    at = timezone.now()
    for who in (room.guest, room.outsider, room.stranger):
        with _as(who):
            for act in (
                lambda who: issues.raise_issue(viewer=who, group=room.group, title="x", at=at),
                lambda who: decisions.propose(viewer=who, group=room.group, title="x", proposal="x", at=at),
                lambda who: projects.add_project(viewer=who, group=room.group, title="x", purpose="x", at=at),
            ):
                with pytest.raises(Forbidden):
                    act(who)


def test_own_action_items_wait_on_the_home_page(room: make.Room) -> None:
    soon = timezone.localdate() + timedelta(days=3)
    _add(room, room.buyer, due_on=soon)
    _add(room, room.buyer)
    for who, count in ((room.buyer, 1), (room.second, 0), (room.outsider, 0)):
        with _as(who):
            rows = waiting_in(list(parts_of(who, at=timezone.now(), on=timezone.localdate())))
        assert len(rows) == count


def test_a_decision_without_objections_is_agreed_by_consensus(room: make.Room) -> None:
    made = work.decision(room.group, room.buyer)
    with pytest.raises(Forbidden), _as(room.buyer):
        decisions.settle(viewer=room.buyer, decision=made, at=timezone.now())
    with _as(room.lead):
        decisions.settle(viewer=room.lead, decision=made, at=timezone.now())
        assert Decision.objects.get().state == "consensus"
    with pytest.raises(Forbidden), _as(room.supplier):
        decisions.object_to(viewer=room.supplier, decision=made, reason="Late", at=timezone.now())


def test_an_objection_is_answered_before_a_decision_is_settled(room: make.Room) -> None:
    made = work.decision(room.group, room.buyer)
    with _as(room.supplier):
        objection = decisions.object_to(
            viewer=room.supplier, decision=made, reason="Too early", at=timezone.now()
        )
        with pytest.raises(Refusal) as twice:
            decisions.object_to(viewer=room.supplier, decision=made, reason="Again", at=timezone.now())
        assert twice.value.code == "objected-already"
    with _as(room.lead):
        with pytest.raises(Refusal) as waits:
            decisions.settle(viewer=room.lead, decision=made, at=timezone.now())
        assert waits.value.code == "unanswered"
        decisions.answer_objection(
            viewer=room.lead, objection=objection, answer="We wait until May", at=timezone.now()
        )
        with pytest.raises(Refusal):
            decisions.answer_objection(viewer=room.lead, objection=objection, answer="No", at=timezone.now())
        decisions.settle(viewer=room.lead, decision=made, at=timezone.now())
        assert Decision.objects.get().state == "resolved"
    _tick(timezone.now())
    assert _letters(decisions.ANSWERED) == {room.supplier.person_id}
    with owner_role():
        for entry in Entry.objects.filter(verb__startswith="forum.decision"):
            assert set(entry.data) <= {"code", "key", "before", "after", "objection"}
            assert entry.subject_label == room.group.title


def test_objections_come_from_seats(room: make.Room) -> None:
    made = work.decision(room.group, room.buyer)
    for who in (room.lead, room.guest, room.outsider):
        with pytest.raises(Refusal), _as(who):
            decisions.object_to(viewer=who, decision=made, reason="No", at=timezone.now())
    with _as(room.second):
        decisions.object_to(viewer=room.second, decision=made, reason="No", at=timezone.now())


def test_the_database_holds_what_was_said(room: make.Room) -> None:
    made = work.decision(room.group, room.buyer)
    work.objection(made, room.supplier, room.seats["supplier"])
    project, issue = work.project(room.group, room.lead), work.issue(room.group, room.buyer)
    work.update(project, room.buyer)
    for sql, said in (
        ("UPDATE forum_decision SET proposal = 'x'", "permission denied"),
        ("UPDATE forum_decision SET state = 'resolved', settled_at = now()", "does not go from"),
        ("UPDATE forum_objection SET reason = 'x'", "permission denied"),
        ("UPDATE forum_projectupdate SET body = 'x'", "permission denied"),
        ("UPDATE forum_issuenote SET body = 'x'", "permission denied"),
        ("DELETE FROM forum_issue", "permission denied"),
        ("UPDATE forum_project SET title = 'x'", "permission denied"),
    ):
        with pytest.raises(DatabaseError, match=said), _as(room.lead), connection.cursor() as cursor:
            cursor.execute(sql)
    with (
        pytest.raises(DatabaseError, match="a co-lead says"),
        _as(room.second),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE forum_decision SET state = 'withdrawn', settled_at = now()")
    with pytest.raises(DatabaseError, match="stay as they were said"), owner_role(), transaction.atomic():
        made.objections.update(reason="x")
    assert issue.state == "open"


def test_a_project_comes_along(room: make.Room) -> None:
    at = timezone.now()
    with _as(room.lead):
        made = projects.add_project(
            viewer=room.lead, group=room.group, title="Guide", purpose="One guide", sdg_tags=["8.7"], at=at
        )
        projects.move_project(viewer=room.lead, project=made, to="active", at=at)
        with pytest.raises(Refusal):
            projects.move_project(viewer=room.lead, project=made, to="planned", at=at)
    with _as(room.supplier):
        mine = Project.objects.select_related("group").get()
        projects.update_project(viewer=room.supplier, project=mine, body="Half", percent=50, at=at)
        milestone = projects.set_milestone(
            viewer=room.supplier, project=mine, title="Draft", due_on=timezone.localdate(), at=at
        )
        projects.move_milestone(viewer=room.supplier, milestone=milestone, to="reached", at=at)
        assert milestone.reached_on == at.date()
        with pytest.raises(Forbidden):
            projects.move_project(viewer=room.supplier, project=mine, to="done", at=at)
    _tick(timezone.now())
    assert _letters(projects.ADDED) == {
        one.person_id for one in room.inside if one.person_id != room.lead.person_id
    }


def test_an_issue_stands_until_it_is_closed_and_may_come_up_again(room: make.Room) -> None:
    at = timezone.now()
    with _as(room.buyer):
        made = issues.raise_issue(viewer=room.buyer, group=room.group, title="Days", at=at)
        issues.note(viewer=room.buyer, issue=made, body="Again", at=at)
        issues.close_issue(viewer=room.buyer, issue=made, at=at)
        assert not Issue.objects.visible_to(room.buyer).still_open().exists()
        issues.reopen_issue(viewer=room.buyer, issue=made, at=at)
        assert Issue.objects.visible_to(room.buyer).still_open().count() == 1
    with _as(room.outsider):
        assert not Issue.objects.exists()
