"""Feedback rounds: who prepares, reads, comments and answers, and what time brings."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from forum.actions import feedback as act
from forum.models import FeedbackComment, FeedbackExcerpt, FeedbackProject, FeedbackRound, Project
from forum.models.feedback_facts import PartSaid, RoundSaid
from forum.queries.feedback import parts_of_feedback
from ledger.acting import acting
from ledger.models import Delivery, Entry
from ledger.occurrences import tick
from ledger.refusals import Forbidden, NotVisible, Refusal
from ledger.relay import relay
from organisations.queries.waiting import waiting_in
from organisations.visibility import Viewer
from tests.conftest import job_role, owner_role
from tests.factories import forum as people
from tests.factories import forum_feedback as make
from tests.factories import forum_work as work

WEEK = timedelta(weeks=1)
HOUR = timedelta(hours=1)


def _as(who: Viewer) -> Any:
    return acting(person_id=who.person_id, organisation_id=who.organisation_id)


@pytest.fixture
def asking(db: Any) -> make.Asking:
    return make.asking()


def _said(asking: make.Asking, **fields: Any) -> RoundSaid:
    given: dict[str, Any] = {
        "title": "Guide",
        "purpose": "What is missing?",
        "closes_at": timezone.now() + WEEK,
        "invited": [asking.asked],
    } | fields
    return RoundSaid(**given)


def _letters(verb: str) -> set[int]:
    with owner_role():
        return set(Delivery.objects.filter(entry__verb=verb).values_list("person_id", flat=True))


def _tick(at: datetime) -> None:
    with job_role():
        relay(at)
        tick(at)
        relay(at)


def _who_reads(model: Any, *everyone: Viewer) -> set[int]:
    found = set()
    for who in everyone:
        with _as(who):
            by_hand = set(model.objects.values_list("pk", flat=True))
            asked = set(model.objects.visible_to(who).values_list("pk", flat=True))
        assert by_hand == asked
        if asked:
            found.add(who.person_id)
    return found


def test_a_round_is_prepared_released_answered_and_finished(asking: make.Asking) -> None:
    room, at = asking.room, timezone.now()
    milestone = work.milestone(asking.project, room.lead, title="A first draft")
    update = work.update(asking.project, room.buyer, body="Half of it is written.")
    with _as(room.lead):
        found = act.prepare_round(viewer=room.lead, group=room.group, said=_said(asking), at=at)
        with pytest.raises(Refusal) as bare:
            act.release_round(viewer=room.lead, found=found, at=at)
        said = PartSaid("A guide", "en", ["What is missing?", ""], [milestone], [update])
        part = act.present_project(viewer=room.lead, found=found, project=asking.project, said=said, at=at)
        again = act.present_project(viewer=room.lead, found=found, project=asking.project, said=said, at=at)
        act.release_round(viewer=room.lead, found=found, at=at)
    assert (bare.value.code, again.pk) == ("nothing-presented", part.pk)
    with owner_role():
        shown = FeedbackExcerpt.objects.order_by("pk")
        assert [one.words for one in shown] == ["A first draft", "Half of it is written."]
    _tick(timezone.now())
    assert _letters(act.OPENED) == {asking.guest.person_id, asking.other.person_id}
    with _as(asking.guest):
        mine = FeedbackProject.objects.select_related("round__group").get()
        assert (mine.title, mine.questions) == (asking.project.title, ["What is missing?"])
        said_by_guest = act.comment(
            viewer=asking.guest, part=mine, question=1, body="Agencies", at=timezone.now()
        )
    _tick(timezone.now())
    assert _letters(act.COMMENTED) == {room.lead.person_id, room.staff.person_id}
    with _as(room.staff):
        comment = FeedbackComment.objects.select_related("round__group", "part__project").get()
        assert (comment.person_name, comment.from_group_name) == (
            said_by_guest_name(asking),
            asking.asked.title,
        )
        act.answer_comment(
            viewer=room.staff, comment=comment, answer="Yes", outcome="taken", at=timezone.now()
        )
    _tick(timezone.now())
    assert _letters(act.ANSWERED) == {asking.guest.person_id}
    with pytest.raises(Forbidden), _as(room.lead):
        act.finish_round(viewer=room.lead, found=found, summary="So", at=timezone.now())
    assert said_by_guest.pk == comment.pk


def said_by_guest_name(asking: make.Asking) -> str:
    return people.membership_of(asking.guest).person.name


def test_a_round_ends_when_every_comment_has_its_answer(asking: make.Asking) -> None:
    found, _part, said = make.over(asking)
    room = asking.room
    with _as(room.lead):
        with pytest.raises(Refusal) as waits:
            act.finish_round(viewer=room.lead, found=found, summary="So", at=timezone.now())
        assert waits.value.code == "unanswered"
        comment = FeedbackComment.objects.select_related("round__group", "part__project").get(pk=said.pk)
        act.answer_comment(
            viewer=room.lead, comment=comment, answer="Yes", outcome="later", at=timezone.now()
        )
        with pytest.raises(Refusal) as twice:
            act.answer_comment(
                viewer=room.lead, comment=comment, answer="No", outcome="taken", at=timezone.now()
            )
        assert twice.value.code == "answered-already"
        act.finish_round(viewer=room.lead, found=found, summary="Agencies come in", at=timezone.now())
    _tick(timezone.now())
    everyone = {one.person_id for one in room.inside} | {asking.guest.person_id, asking.other.person_id}
    assert _letters(act.FINISHED) == everyone - {room.lead.person_id}
    with _as(asking.other):
        assert FeedbackRound.objects.get().finished_by_name


def test_only_the_group_and_the_invited_read_a_round(asking: make.Asking) -> None:
    room = asking.room
    colleague = people.someone(asking.elsewhere)
    everyone = [*room.inside, room.outsider, room.stranger, asking.guest, asking.other, asking.stranger]
    inside, invited = {one.person_id for one in room.inside}, {asking.guest.person_id, asking.other.person_id}
    found = make.draft(room.group, room.lead, asking.asked)
    part = make.part(found, asking.project)
    make.excerpt(part, update=work.update(asking.project, room.lead))
    presented: list[Any] = [FeedbackRound, FeedbackProject, FeedbackExcerpt]
    for model in presented:
        assert _who_reads(model, *everyone, colleague) == inside
    make.released(found)
    make.comment(part, asking.guest, asking.asked)
    for model in (*presented, FeedbackComment):
        assert _who_reads(model, *everyone, colleague) == inside | invited
    assert _who_reads(Project, *everyone) == inside


def test_every_group_may_be_invited(asking: make.Asking) -> None:
    make.opened(asking, for_all=True)
    everyone = [asking.room.outsider, asking.room.stranger, asking.guest, asking.stranger]
    assert _who_reads(FeedbackRound, *everyone) == {asking.guest.person_id, asking.stranger.person_id}


def test_a_round_that_opens_later_is_read_later(asking: make.Asking) -> None:
    room, at = asking.room, timezone.now()
    found = make.draft(room.group, room.lead, asking.asked, opens_at=at + HOUR)
    make.part(found, asking.project)
    with _as(room.lead):
        act.release_round(viewer=room.lead, found=found, at=at)
        assert FeedbackRound.objects.get().phase(at) == "coming"
    _tick(at)
    assert (_letters(act.OPENED), _who_reads(FeedbackRound, asking.guest)) == (set(), set())
    _tick(at + 2 * HOUR)
    assert _letters(act.OPENED) == {asking.guest.person_id, asking.other.person_id}


def test_the_last_days_and_the_end_are_told(asking: make.Asking) -> None:
    room, at = asking.room, timezone.now()
    found = make.draft(room.group, room.lead, asking.asked)
    part = make.part(found, asking.project)
    with _as(room.lead):
        act.release_round(viewer=room.lead, found=found, at=at)
    _tick(timezone.now())
    with _as(asking.guest):
        act.comment(viewer=asking.guest, part=_mine(part), question=0, body="Good", at=timezone.now())
    _tick(at + timedelta(days=5))
    assert _letters(act.CLOSES_SOON) == {asking.other.person_id}
    _tick(at + timedelta(days=8))
    assert _letters(act.OVER) == {room.lead.person_id, room.staff.person_id}
    with owner_role():
        for entry in Entry.objects.filter(verb__startswith="forum.feedback"):
            assert set(entry.data) <= {"code", "key", "before", "after", "comment"}
            assert entry.subject_label == room.group.title


def _mine(part: FeedbackProject) -> FeedbackProject:
    return FeedbackProject.objects.select_related("round__group").get(pk=part.pk)


def test_whoever_leaves_the_invited_group_gets_no_letter(asking: make.Asking) -> None:
    _found, part, said = make.over(asking)
    with owner_role():
        asking.asked.participants.filter(person_id=asking.guest.person_id).update(
            state="ended", ended_at=timezone.now()
        )
    with _as(asking.room.lead):
        comment = FeedbackComment.objects.select_related("round__group", "part__project").get(pk=said.pk)
        act.answer_comment(
            viewer=asking.room.lead, comment=comment, answer="Yes", outcome="partly", at=timezone.now()
        )
    _tick(timezone.now())
    assert (_letters(act.ANSWERED), _who_reads(FeedbackComment, asking.guest)) == (set(), set())
    assert part.title


def test_others_comment_while_the_window_is_open_and_nobody_else(asking: make.Asking) -> None:
    found, part = make.opened(asking)
    at = timezone.now()

    def say(who: Viewer, when: datetime = at) -> None:
        with _as(who):
            with owner_role():
                mine = _mine(part)
            act.comment(viewer=who, part=mine, question=0, body=f"Good {who.person_id}", at=when)

    for who in (*asking.room.inside, asking.room.outsider, asking.stranger):
        with pytest.raises(Forbidden):
            say(who)
    say(asking.guest)
    with pytest.raises(Refusal) as twice:
        say(asking.guest)
    assert twice.value.code == "said-already"
    with pytest.raises(Forbidden):
        say(asking.other, found.closes_at)
    with owner_role():
        room = asking.room.group
        room.state, room.closed_at = "closed", at
        room.save()
    with pytest.raises(Forbidden):
        say(asking.other)


def test_somebody_of_two_groups_says_for_which_they_speak(asking: make.Asking) -> None:
    _found, part = make.opened(asking, for_all=True)
    people.participant(asking.elsewhere, asking.guest)
    with _as(asking.guest):
        given: dict[str, Any] = {
            "viewer": asking.guest,
            "part": _mine(part),
            "question": 2,
            "body": "Short enough",
            "at": timezone.now(),
        }
        with pytest.raises(Refusal) as which:
            act.comment(**given)
        assert which.value.code == "group-missing"
        assert act.comment(**given, from_group=asking.elsewhere).pk
        with pytest.raises(Refusal) as beyond:
            act.comment(**given | {"question": 3}, from_group=asking.elsewhere)
        assert beyond.value.code == "no-such-question"
        assert FeedbackComment.objects.get().from_group_name == asking.elsewhere.title


def test_whoever_began_the_project_answers_beside_the_co_leads(asking: make.Asking) -> None:
    own = work.project(asking.room.group, asking.room.supplier, title="Wages")
    other = make.draft(asking.room.group, asking.room.lead, asking.asked)
    said = make.comment(_released_part(other, own), asking.guest, asking.asked)
    for who, may in ((asking.room.buyer, False), (asking.guest, False), (asking.room.supplier, True)):
        with _as(who):
            with owner_role():
                comment = FeedbackComment.objects.select_related("round__group", "part__project").get(
                    pk=said.pk
                )
            given: dict[str, Any] = {"answer": "Yes", "outcome": "taken", "at": timezone.now()}
            if may:
                assert len(_todos(who)) == 1
                act.answer_comment(viewer=who, comment=comment, **given)
                assert _todos(who) == []
            else:
                with pytest.raises(Forbidden):
                    act.answer_comment(viewer=who, comment=comment, **given)


def _released_part(of: FeedbackRound, project: Project) -> FeedbackProject:
    part = make.part(of, project)
    make.released(of)
    return part


def _todos(who: Viewer) -> list[str]:
    with _as(who):
        rows = waiting_in(list(parts_of_feedback(who, at=timezone.now(), on=timezone.localdate())))
    return [row.kind for row in rows]


def test_comments_without_an_answer_wait_on_the_home_page_of_co_leads(asking: make.Asking) -> None:
    _found, _part, said = make.over(asking)
    assert _todos(asking.room.lead) == _todos(asking.room.staff) == ["forum_feedback"]
    assert _todos(asking.room.buyer) == _todos(asking.guest) == _todos(asking.room.outsider) == []
    make.answered(said)
    assert _todos(asking.room.lead) == ["forum_feedback_over"]


def test_the_window_and_the_guests_make_sense(asking: make.Asking) -> None:
    room, at = asking.room, timezone.now()
    for fields, code in (
        ({"closes_at": at - HOUR}, "closes-before-it-opens"),
        ({"closes_at": at - HOUR, "opens_at": at - 2 * HOUR}, "closes-in-the-past"),
        ({"opens_at": at + 2 * WEEK}, "closes-before-it-opens"),
        ({"invited": []}, "nobody-invited"),
        ({"invited": [room.group]}, "nobody-invited"),
    ):
        with pytest.raises(Refusal) as refused, _as(room.lead):
            act.prepare_round(viewer=room.lead, group=room.group, said=_said(asking, **fields), at=at)
        assert refused.value.code == code
    for who in (room.buyer, room.guest, asking.guest, room.outsider):
        with pytest.raises(Forbidden), _as(who):
            act.prepare_round(viewer=who, group=room.group, said=_said(asking), at=at)


def test_a_withdrawn_round_is_read_by_nobody_else(asking: make.Asking) -> None:
    found, part = make.opened(asking)
    make.comment(part, asking.guest, asking.asked)
    with _as(asking.room.lead):
        with pytest.raises(Refusal) as why:
            act.withdraw_round(viewer=asking.room.lead, found=found, at=timezone.now())
        assert why.value.code == "reason-missing"
        act.withdraw_round(
            viewer=asking.room.lead, found=found, reason="A name stood in it", at=timezone.now()
        )
    assert _who_reads(FeedbackRound, asking.guest, asking.room.buyer) == {asking.room.buyer.person_id}
    assert _who_reads(FeedbackComment, asking.guest) == set()
    _tick(timezone.now())
    assert _letters(act.WITHDRAWN) == {asking.guest.person_id, asking.other.person_id}


def test_outsiders_change_nothing_of_a_draft(asking: make.Asking) -> None:
    found = make.draft(asking.room.group, asking.room.lead, asking.asked)
    part = make.part(found, asking.project)
    for who in (asking.room.buyer, asking.guest):
        for verb in (_release, _change, _take_out):
            with pytest.raises((Forbidden, NotVisible)), _as(who):
                verb(who, found, part, asking)


def _release(who: Viewer, found: FeedbackRound, _part: FeedbackProject, _asking: make.Asking) -> None:
    act.release_round(viewer=who, found=found, at=timezone.now())


def _change(who: Viewer, found: FeedbackRound, _part: FeedbackProject, asking: make.Asking) -> None:
    act.change_round(viewer=who, found=found, said=_said(asking), at=timezone.now())


def _take_out(who: Viewer, _found: FeedbackRound, part: FeedbackProject, _asking: make.Asking) -> None:
    act.take_out_project(viewer=who, part=part, at=timezone.now())


# ---------------------------------------------------------------- what the database holds by itself
def _refused(who: Viewer, sql: str, *params: Any, match: str) -> None:
    with pytest.raises(DatabaseError, match=match), _as(who), connection.cursor() as cursor:
        cursor.execute(sql, list(params))


COMMENT = """INSERT INTO forum_feedbackcomment (code, group_id, round_id, part_id, question, from_group_id,
  from_group_name, person_name, organisation_id, organisation_name, body, language, at, outcome, answer,
  answer_language, answered_by_name, answered_for_name)
  VALUES (%s, %s, %s, %s, %s, %s, '', '', %s, '', 'x', 'en', now(), '', '', '', '', '')"""


def _say(asking: make.Asking, part: FeedbackProject, who: Viewer, **fields: Any) -> Callable[[], list[Any]]:
    given = {"question": 0, "from_group": asking.asked.pk} | fields
    return lambda: [
        "ABCDEFGHJKMN",
        part.group_id,
        part.round_id,
        part.pk,
        given["question"],
        given["from_group"],
        who.organisation_id,
    ]


def test_the_database_takes_no_comment_outside_the_window_or_from_outside(asking: make.Asking) -> None:
    room = asking.room
    _found, part = make.opened(asking)
    _over, over_part, _said = make.over(asking)
    coming = make.draft(room.group, room.lead, asking.asked)
    coming_part = make.part(coming, asking.project)
    make.released(coming, opens_at=timezone.now() + HOUR)
    inside = "people of the invited groups"
    for who, where, fields, match in (
        (asking.guest, over_part, {}, "while the window is open"),
        (asking.guest, coming_part, {}, "while the window is open"),
        (asking.guest, part, {"question": 3}, "a question that is asked"),
        (asking.guest, part, {"from_group": asking.elsewhere.pk}, inside),
        (room.buyer, part, {}, inside),
        (room.buyer, part, {"from_group": room.group.pk}, inside),
        (asking.stranger, part, {"from_group": asking.elsewhere.pk}, inside),
        (asking.stranger, part, {}, inside),
    ):
        _refused(who, COMMENT, *_say(asking, where, who, **fields)(), match=match)
    with _as(asking.guest), connection.cursor() as cursor:
        cursor.execute(COMMENT, _say(asking, part, asking.guest)())


def test_the_database_takes_no_answer_from_others_and_keeps_what_was_said(asking: make.Asking) -> None:
    found, part = make.opened(asking)
    said = make.comment(part, asking.guest, asking.asked)
    answer = """UPDATE forum_feedbackcomment SET answer = 'x', outcome = 'taken', answered_at = now()"""
    for who in (asking.guest, asking.other, asking.stranger, asking.room.buyer, asking.room.guest):
        with _as(who), connection.cursor() as cursor:
            cursor.execute(answer)
            assert cursor.rowcount == 0
    lead = asking.room.lead
    _refused(lead, "UPDATE forum_feedbackcomment SET body = 'x'", match="permission denied")
    with _as(lead), connection.cursor() as cursor:
        cursor.execute(answer)
    _refused(lead, "UPDATE forum_feedbackcomment SET answer = 'y'", match="as they were said")
    _refused(
        lead,
        "UPDATE forum_feedbackround SET state = 'finished', summary = 'x', finished_at = now()",
        match="finished after it",
    )
    with owner_role():
        said.refresh_from_db()
        assert said.answered_by_name == people.membership_of(lead).person.name
    for sql in (
        "UPDATE forum_feedbackround SET title = 'x'",
        "UPDATE forum_feedbackround SET closes_at = closes_at + interval '1 day'",
        "UPDATE forum_feedbackround SET for_all = true, invited_ids = '{}'",
        "UPDATE forum_feedbackproject SET description = 'x'",
    ):
        _refused(lead, sql, match="stays as it was opened")
    _refused(lead, "DELETE FROM forum_feedbackproject", match="stays as it was opened")
    _refused(lead, "DELETE FROM forum_feedbackround", match="permission denied")
    assert found.pk


def test_the_database_ends_no_round_with_a_comment_that_waits(asking: make.Asking) -> None:
    make.over(asking)
    end = "UPDATE forum_feedbackround SET state = 'finished', summary = 'x', finished_at = now()"
    _refused(asking.room.lead, end, match="every comment gets an answer")


def test_the_database_lets_a_round_present_and_invite_what_it_may(asking: make.Asking) -> None:
    lead = asking.room.lead
    found = make.draft(asking.room.group, lead, asking.asked)
    own = f"{{{asking.room.group.pk}}}"
    _refused(lead, "UPDATE forum_feedbackround SET invited_ids = %s", own, match="invites other groups")
    _refused(lead, "UPDATE forum_feedbackround SET invited_ids = '{999999}'", match="invites other groups")
    _refused(lead, "UPDATE forum_feedbackround SET invited_ids = '{}'", match="feedback_invites_somebody")
    release = "UPDATE forum_feedbackround SET state = 'open', opens_at = now(), released_at = now()"
    _refused(lead, release, match="presents a project")
    foreign = work.project(asking.elsewhere, asking.stranger)
    sql = """INSERT INTO forum_feedbackproject (code, group_id, round_id, project_id, title, title_language,
      description, language, questions) VALUES ('ABCDEFGHJKMN', %s, %s, %s, '', '', 'x', '', '{}')"""
    _refused(lead, sql, found.group_id, found.pk, foreign.pk, match="presents its own projects")
    part = make.part(found, asking.project)
    sql = """INSERT INTO forum_feedbackexcerpt (group_id, round_id, part_id, update_id, words, language, state)
      VALUES (%s, %s, %s, %s, 'x', '', '')"""
    news = work.update(foreign, asking.stranger)
    _refused(lead, sql, found.group_id, found.pk, part.pk, news.pk, match="of the project itself")
