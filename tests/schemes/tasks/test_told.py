"""Who is told of what in schemes, and in which words."""

import datetime as dt
import re
from pathlib import Path

import pytest

from ledger import words
from ledger.models import Delivery, Entry
from ledger.phrases import phrases
from ledger.registry import is_told_together, notice_for, notices
from ledger.relay import relay
from organisations.models import Person
from schemes.actions.appeal import appeal, decide_appeal, withdraw_appeal
from schemes.actions.assessment import reschedule, send_back, take_up
from schemes.actions.clarification import answer_clarification, ask_clarification
from schemes.actions.membership import withdraw
from schemes.actions.people import assign, declare, end_assignment
from schemes.lifecycle import Outcome
from schemes.models import Appeal, Assignment, Clarification
from tests.conftest import job_role, owner_role
from tests.factories.assessments import Play, as_viewer, play
from tests.schemes.tasks.clock import member_since, moment, run, set_clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Play:
    """Give an organisation that could apply, on a day in January."""
    one = play(criteria=1)
    set_clock(one, "2026-01-15")
    return one


def told(story: Play, verb: str) -> set[tuple[str, int | None]]:
    """Return side and person of everybody who was told of the newest such thing."""
    with job_role():
        relay(story.now())
        entry = Entry.objects.filter(verb=f"schemes.{verb}").latest("pk")
        rows = Delivery.objects.filter(entry=entry, channel="inbox")
        sides = {story.body.pk: "body", story.organisation.pk: "member", None: "nobody"}
        return {(sides[row.organisation_id], row.person_id) for row in rows}


def sides(story: Play, verb: str) -> set[str]:
    """Return the sides that were told."""
    return {side for side, _person in told(story, verb)}


def test_the_scheme_body_is_told_of_applications_answers_and_departures(story: Play) -> None:
    story.apply()
    assert sides(story, "applied") == {"body"}
    story.submit()
    assert sides(story, "submitted") == {"body"}
    with as_viewer(story.member) as viewer:
        withdraw(viewer=viewer, membership=story.membership(), at=story.now())
    assert sides(story, "membership_withdrawn") == {"body"}


def test_whoever_has_a_part_is_told_of_it(story: Play) -> None:
    story.apply()
    story.submit()
    story.staff()
    assert told(story, "assigned") == {("body", story.decider.person_id)}
    story.propose()
    assert told(story, "proposed") == {("body", story.decider.person_id)}
    with as_viewer(story.decider) as viewer:
        send_back(viewer=viewer, assessment=story.assessment(), reason="Look at c1 again.", at=story.now())
    assert told(story, "sent_back") == {("body", story.assessor.person_id)}


def test_an_interest_that_ends_a_part_is_told_to_those_who_can_fill_it(story: Play) -> None:
    story.apply()
    story.submit()
    story.staff()
    story.declare(story.assessor, has_conflict=True, words="My sister works there.")
    assert told(story, "assignment_ended") == {("body", story.boss.person_id)}
    with job_role():
        letter = Delivery.objects.select_related("entry", "person").get(
            verb="schemes.assignment_ended", channel="email"
        )
        notice = notice_for(letter.verb)
        assert notice is not None
        assert letter.title == f"Somebody else has to assess {story.organisation.name}"
        assert "My sister" not in words.letter_of(notice, letter).text
    with as_viewer(story.boss) as viewer:
        other = Person.objects.get(pk=story.reviewer.person_id)
        assign(viewer=viewer, assessment=story.assessment(), person=other, role="assessor", at=story.now())
    with job_role():
        assert list(notice.recipients(letter.entry)) == []


def test_whoever_loses_a_part_is_told_by_whom_it_was_not(story: Play) -> None:
    story.apply()
    story.submit()
    story.staff()
    with as_viewer(story.boss) as viewer:
        part = Assignment.objects.get(person_id=story.decider.person_id)
        end_assignment(viewer=viewer, assignment=part, at=story.now())
    assert told(story, "assignment_ended") == {("body", story.decider.person_id)}


def test_a_question_goes_to_the_member_and_its_answer_to_the_assessor(story: Play) -> None:
    story.apply()
    story.start()
    with as_viewer(story.assessor) as viewer:
        ask_clarification(
            viewer=viewer, assessment=story.assessment(), question="Since when?", at=story.now()
        )
    assert sides(story, "clarification_asked") == {"member"}
    with as_viewer(story.member) as viewer:
        asked = Clarification.objects.select_related("assessment").get()
        answer_clarification(viewer=viewer, clarification=asked, answer="Since May.", at=story.now())
    assert told(story, "clarification_answered") == {("body", story.assessor.person_id)}


@pytest.mark.parametrize(
    ("outcome", "verb"),
    [(Outcome.AWARD, "level_awarded"), (Outcome.IMPROVE, "improvement_asked")],
)
def test_the_member_is_told_of_a_decision_once(story: Play, outcome: Outcome, verb: str) -> None:
    story.apply()
    story.decide(outcome)
    assert sides(story, verb) == {"member"}
    with job_role():
        assert not Delivery.objects.filter(verb="schemes.assessment_opened").exists()
        letter = Delivery.objects.select_related("entry", "person").get(
            verb=f"schemes.{verb}", channel="email"
        )
        notice = notice_for(letter.verb)
        assert notice is not None
        text = words.letter_of(notice, letter).text
    assert letter.path == f"/scheme-memberships/{story.membership().code}/"
    assert re.search(r"15 Jul\w* 2026", text)


def test_an_appeal_goes_to_the_body_and_its_answer_to_the_member(story: Play) -> None:
    story.apply()
    decision = story.decide(Outcome.IMPROVE)
    with as_viewer(story.member) as viewer:
        appeal(viewer=viewer, decision=decision, reasons="It is there.", at=story.now())
    assert sides(story, "appealed") == {"body"}
    with as_viewer(story.reviewer) as viewer:
        made = Appeal.objects.select_related("assessment").get()
        declare(
            viewer=viewer,
            assessment=made.assessment,
            has_conflict=False,
            is_supporter=False,
            at=story.now(),
        )
        decide_appeal(viewer=viewer, appeal=made, is_upheld=True, words="It is.", at=story.now())
    assert sides(story, "appeal_upheld") == {"member"}
    assert sides(story, "decision_taken_back") == {"member"}


def test_the_body_is_told_of_an_appeal_taken_back(story: Play) -> None:
    story.apply()
    decision = story.decide(Outcome.IMPROVE)
    with as_viewer(story.member) as viewer:
        made = appeal(viewer=viewer, decision=decision, reasons="It is there.", at=story.now())
        withdraw_appeal(viewer=viewer, appeal=made, at=story.now())
    assert sides(story, "appeal_withdrawn") == {"body"}
    with job_role():
        assert not Delivery.objects.filter(verb="schemes.appealed").exists()


def test_dates_are_told_to_whoever_they_wait_for() -> None:
    story = member_since("2026-01-15")
    run(moment("2026-05-16"))
    assert sides(story, "assessment_opened") == {"member"}
    set_clock(story, "2026-05-20")
    with as_viewer(story.boss) as viewer:
        day = dt.date(2026, 7, 20)
        reschedule(viewer=viewer, assessment=story.assessment(), due_on=day, at=story.now())
    assert sides(story, "rescheduled") == {"member"}
    run(moment("2026-06-20"))
    assert sides(story, "reminded") == {"member"}
    run(moment("2026-07-21"))
    set_clock(story, "2026-07-21", hour=9)
    assert sides(story, "overdue") == {"member"}
    run(moment("2026-07-21", hour=10))
    assert sides(story, "overdue_told") == {"body"}
    with as_viewer(story.boss) as viewer:
        take_up(viewer=viewer, assessment=story.assessment(), at=story.now())
    assert sides(story, "taken_up") == {"member"}


def test_a_reminder_is_written_in_its_readers_language_and_not_sent_when_answers_have_come() -> None:
    story = member_since("2026-01-15")
    run(moment("2026-05-16"))
    with owner_role():
        Person.objects.filter(pk=story.member.person_id).update(language="en-us")
    run(moment("2026-06-15"))
    with job_role():
        letter = Delivery.objects.select_related("entry").get(verb="schemes.reminded", channel="email")
        notice = notice_for(letter.verb)
        assert notice is not None
        assert [one.person_id for one in notice.recipients(letter.entry)] == [story.member.person_id]
    set_clock(story, "2026-06-15", hour=10)
    story.submit()
    with job_role():
        assert list(notice.recipients(letter.entry)) == []


OURS = sorted(verb for verb in notices() if verb.startswith("schemes."))


def test_every_verb_that_is_told_has_its_phrase_and_dates_are_told_together() -> None:
    assert set(OURS) <= set(phrases())
    for verb in ("assessment_opened", "reminded", "overdue", "improve_over", "notice_over"):
        assert is_told_together(f"schemes.{verb}")


@pytest.mark.parametrize(
    "path", sorted(Path("templates/schemes/mail").glob("*.txt")), ids=lambda path: path.name
)
def test_no_letter_says_that_anyone_is_free_of_slavery(path: Path) -> None:
    text = path.read_text(encoding="utf-8").lower()
    assert not re.search(r"slavery|free of|free from|guarantee|certif(y|ies) that|compliant", text)
