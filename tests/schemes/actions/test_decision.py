"""Decisions: what follows from what, and what follows from them."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from ledger.dates import nth_date
from ledger.models import Entry
from ledger.refusals import Forbidden, Refusal
from schemes.actions.assessment import open_assessment, send_back
from schemes.actions.decision import VERBS, decide, mark_done, next_due
from schemes.lifecycle import AssessmentState, MembershipState, Outcome
from schemes.models import (
    Answer,
    Assessment,
    Certificate,
    CertificateStatus,
    Decision,
    ImprovementNotice,
    RegisterEntry,
    Score,
    ScoreVersion,
)
from schemes.models.facts import ItemSaid, NoticeSaid
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories.assessments import Play, as_viewer, play, verdict
from tests.factories.schemes import edition_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Play:
    """An organisation that has applied."""
    found = play()
    found.apply(consents_to_register=True)
    return found


@pytest.fixture
def member(story: Play) -> Play:
    """A member at the second of three levels, on the day of its interim assessment."""
    story.decide(Outcome.AWARD, "silver")
    story.interim()
    return story


def settled() -> None:
    """Ask the checks that wait for the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused(story: Play, outcome: str, **more: Any) -> str:
    """Let the decider try, and return the code of the refusal."""
    at = story.now()
    with as_viewer(story.decider) as viewer, pytest.raises(Refusal) as refusal:
        decide(viewer=viewer, assessment=story.assessment(), verdict=verdict(outcome, at, **more), at=at)
    assert refusal.value.sentence
    return refusal.value.code


def certificates() -> list[Certificate]:
    """Return all certificates, oldest first."""
    with owner_role():
        return list(Certificate.objects.order_by("pk"))


def test_an_award_makes_a_member_with_dates_a_certificate_and_a_place_in_the_register(story: Play) -> None:
    decision = story.decide(Outcome.AWARD)
    settled()
    membership, on = story.membership(), story.clock.date()
    assert (membership.state, membership.level, membership.level_title) == ("member", "bronze", "Bronze")
    assert (membership.joined_on, membership.anchor_on) == (on, on)
    assert membership.next_due_on == nth_date(on, 1, 6)
    assert (decision.effective_on, decision.decided_by_id) == (on, story.decider.person_id)
    assessment = story.assessment()
    assert (assessment.state, assessment.level) == (AssessmentState.DECIDED, "bronze")
    assert assessment.result is not None
    assert assessment.result["next_level"] == "silver"
    (certificate,) = certificates()
    assert certificate.status_on(on) == CertificateStatus.VALID
    assert certificate.expires_on == nth_date(on, 1, 12)
    assert len(certificate.code) >= 16
    entry = RegisterEntry.objects.get()
    assert (entry.level, entry.since_on, entry.joined_on) == ("bronze", on, on)
    assert entry.history == [{"level": "bronze", "title": "Bronze", "on": on.isoformat()}]


def test_an_award_below_what_the_rule_gives_is_possible(story: Play) -> None:
    decision = story.decide(Outcome.AWARD, "gold", level="silver")
    assert (decision.level_after, decision.rank_after) == ("silver", 2)


def test_the_highest_level_that_the_rule_gives_is_meant_unless_one_is_named(story: Play) -> None:
    assert story.decide(Outcome.AWARD, "gold").level_after == "gold"


@pytest.mark.parametrize("level", ["silver", "gold", "platinum"])
def test_no_level_above_the_rule_is_awarded(story: Play, level: str) -> None:
    story.propose("bronze")
    assert refused(story, Outcome.AWARD, level=level) == "above-the-rule"
    assert story.membership().state == MembershipState.APPLIED


def test_nothing_is_awarded_where_the_rule_gives_nothing(story: Play) -> None:
    story.propose("")
    assert refused(story, Outcome.AWARD) == "above-the-rule"


def test_improving_has_a_schedule_a_date_and_the_next_assessment_with_what_was_said(story: Play) -> None:
    decision = story.decide(Outcome.IMPROVE, "")
    settled()
    membership, on = story.membership(), story.clock.date()
    assert membership.state == MembershipState.IMPROVING
    assert membership.improve_by == nth_date(on, 1, 6)
    with owner_role():
        (item,) = decision.items.all()
        assert item.criterion is not None
        assert (item.criterion.key, item.member_id) == ("c1", story.organisation.pk)
    following = story.assessment()
    assert following.previous_id == decision.assessment_id
    assert (following.kind, following.state, following.due_on) == (
        "initial",
        "answering",
        membership.improve_by,
    )
    with owner_role():
        assert following.answers.count() == 3
    assert certificates() == []
    assert not RegisterEntry.objects.exists()


def test_improving_without_a_schedule_is_refused(story: Play) -> None:
    story.propose("")
    assert refused(story, Outcome.IMPROVE, items=()) == "schedule-missing"
    empty = (ItemSaid(what=" ", by_on=story.clock.date()),)
    assert refused(story, Outcome.IMPROVE, items=empty) == "schedule-missing"
    gone = (ItemSaid(what="x", by_on=story.clock.date() - dt.timedelta(days=1)),)
    assert refused(story, Outcome.IMPROVE, items=gone) == "day-over"
    strange = (ItemSaid(what="x", by_on=story.clock.date(), criterion="other"),)
    assert refused(story, Outcome.IMPROVE, items=strange) == "not-asked"


@pytest.mark.parametrize(
    ("outcome", "values", "state"),
    [(Outcome.AWARD, "bronze", MembershipState.MEMBER), (Outcome.REMOVE, "", MembershipState.REMOVED)],
)
def test_who_improved_is_awarded_a_level_or_removed(
    story: Play, outcome: Outcome, values: str, state: str
) -> None:
    story.decide(Outcome.IMPROVE, "")
    story.decide(outcome, values)
    settled()
    membership = story.membership()
    assert (membership.state, membership.improve_by) == (state, None)
    assert (membership.ended_on is not None) == (state == MembershipState.REMOVED)


def test_nobody_has_time_to_improve_twice(story: Play) -> None:
    story.decide(Outcome.IMPROVE, "")
    story.propose("")
    assert refused(story, Outcome.IMPROVE) == "no-such-decision"


def test_who_showed_improvement_continues_with_a_new_certificate(member: Play) -> None:
    due = member.membership().next_due_on
    member.decide(Outcome.CONTINUE, "silver")
    settled()
    membership = member.membership()
    assert (membership.state, membership.level) == ("member", "silver")
    assert membership.anchor_on is not None
    assert membership.next_due_on == nth_date(membership.anchor_on, 2, 6) != due
    old, new = certificates()
    assert old.superseded_by_id == new.pk
    assert old.status_on(member.clock.date()) == CertificateStatus.SUPERSEDED
    assert RegisterEntry.objects.get().since_on == membership.joined_on


@pytest.mark.parametrize(("values", "is_improved"), [("silver", False), ("bronze", True)])
def test_nobody_continues_without_improvement_or_below_their_level(
    member: Play, values: str, is_improved: bool
) -> None:
    member.propose(values, is_improved=is_improved)
    assert refused(member, Outcome.CONTINUE) == "above-the-rule"


def test_who_reaches_more_moves_up(member: Play) -> None:
    decision = member.decide(Outcome.MOVE_UP, "gold")
    settled()
    assert (decision.level_before, decision.level_after) == ("silver", "gold")
    assert member.membership().level == "gold"
    entry = RegisterEntry.objects.get()
    assert (entry.level, entry.since_on) == ("gold", decision.effective_on)
    assert [one["level"] for one in entry.history] == ["silver", "gold"]
    assert [one.level for one in certificates()] == ["silver", "gold"]


def test_nobody_moves_up_to_where_they_are(member: Play) -> None:
    member.propose("silver")
    assert refused(member, Outcome.MOVE_UP) == "above-the-rule"


def test_a_notice_keeps_the_level_and_says_what_must_be_done(member: Play) -> None:
    decision = member.decide(Outcome.NOTICE, "bronze", is_improved=False)
    settled()
    membership = member.membership()
    assert (membership.state, membership.level) == ("on_notice", "silver")
    with owner_role():
        notice = ImprovementNotice.objects.get()
    assert (notice.decision_id, notice.closed_at, notice.opened_at) == (
        decision.pk,
        None,
        decision.decided_at,
    )
    assert RegisterEntry.objects.get().level == "silver"


def test_a_notice_without_words_or_day_is_refused(member: Play) -> None:
    member.propose("bronze", is_improved=False)
    today = member.clock.date()
    assert refused(member, Outcome.NOTICE, notice=None) == "notice-missing"
    assert refused(member, Outcome.NOTICE, notice=NoticeSaid(" ", today)) == "notice-missing"
    assert refused(member, Outcome.NOTICE, notice=NoticeSaid("x", today)) == "day-over"


@pytest.mark.parametrize(
    ("outcome", "values", "is_improved", "after"),
    [
        (Outcome.CONTINUE, "silver", True, ("member", "silver")),
        (Outcome.MOVE_UP, "gold", True, ("member", "gold")),
        (Outcome.DOWN, "", False, ("member", "bronze")),
    ],
)
def test_the_assessment_after_a_notice_ends_it(
    member: Play, outcome: Outcome, values: str, is_improved: bool, after: tuple[str, str]
) -> None:
    member.decide(Outcome.NOTICE, "bronze", is_improved=False)
    member.interim()
    member.decide(outcome, values, is_improved=is_improved)
    settled()
    membership = member.membership()
    assert (membership.state, membership.level) == after
    with owner_role():
        assert ImprovementNotice.objects.get().closed_at is not None
    newest = certificates()[-1]
    assert (newest.level, newest.superseded_by_id) == (after[1], None)


def test_from_the_lowest_level_one_is_removed_and_not_moved_down(story: Play) -> None:
    story.decide(Outcome.AWARD, "bronze")
    story.interim()
    story.decide(Outcome.NOTICE, "", is_improved=False)
    story.interim()
    story.propose("", is_improved=False)
    assert refused(story, Outcome.DOWN) == "above-the-rule"
    story.decide(Outcome.REMOVE)
    settled()
    membership = story.membership()
    assert (membership.state, membership.level) == ("removed", "")
    assert membership.ended_on == story.clock.date()
    assert certificates()[-1].status_on(story.clock.date()) == CertificateStatus.WITHDRAWN
    assert not RegisterEntry.objects.exists()


def test_nobody_is_removed_from_above_the_lowest_level_or_without_a_notice(member: Play) -> None:
    member.propose("", is_improved=False)
    assert refused(member, Outcome.REMOVE) == "no-such-decision"
    member.decide(Outcome.NOTICE)
    member.interim()
    member.propose("", is_improved=False)
    assert refused(member, Outcome.REMOVE) == "above-the-rule"


def test_each_outcome_leaves_its_entry_on_the_membership(member: Play) -> None:
    member.decide(Outcome.NOTICE, "bronze", is_improved=False)
    with as_viewer(member.member):
        verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {VERBS[Outcome.AWARD], VERBS[Outcome.NOTICE], "schemes.decided"} <= verbs
    assert not verbs & {
        "schemes.scored",
        "schemes.proposed",
        "schemes.assigned",
        "schemes.interests_declared",
    }


@pytest.mark.parametrize("days", [-400, -1, 1])
def test_a_decision_is_dated_by_the_clock_alone(story: Play, days: int) -> None:
    story.propose()
    at = story.now()
    with as_viewer(story.decider) as viewer, pytest.raises(Refusal) as refusal:
        decide(
            viewer=viewer,
            assessment=story.assessment(),
            verdict=verdict(Outcome.AWARD, at),
            effective_on=at.date() + dt.timedelta(days=days),
            at=at,
        )
    assert refusal.value.code == "backdated"


def test_reasons_are_given(story: Play) -> None:
    story.propose()
    assert refused(story, Outcome.AWARD, reasons=" ") == "reasons-missing"


def test_a_second_person_decides(story: Play) -> None:
    story.propose()
    at = story.now()
    for who, code in (
        (story.assessor, "own-assessment"),
        (story.reviewer, "not-declared"),
        (story.member, "not-your-scheme"),
    ):
        with as_viewer(who) as viewer, pytest.raises(Forbidden) as refusal:
            decide(viewer=viewer, assessment=story.assessment(), verdict=verdict(Outcome.AWARD, at), at=at)
        assert refusal.value.code == code
    story.declare(story.reviewer)
    assert refused_by(story, story.reviewer) == "not-assigned"


def refused_by(story: Play, who: Any) -> str:
    """Let somebody try to award, and return the code of the refusal."""
    at = story.now()
    with as_viewer(who) as viewer, pytest.raises(Forbidden) as refusal:
        decide(viewer=viewer, assessment=story.assessment(), verdict=verdict(Outcome.AWARD, at), at=at)
    return refusal.value.code


def test_whoever_joins_the_member_meanwhile_does_not_decide(story: Play) -> None:
    story.propose()
    with owner_role():
        from organisations.models import Person

        decider = Person.objects.get(pk=story.decider.person_id)
    people.membership(story.organisation, decider)
    assert refused_by(story, story.decider) == "own-organisation"


@pytest.mark.parametrize(
    ("interests", "code"),
    [
        ({"is_supporter": True}, "declared-supporter"),
        ({"has_conflict": True}, "declared-conflict"),
    ],
)
def test_whoever_declares_an_interest_later_does_not_decide(
    story: Play, interests: dict[str, Any], code: str
) -> None:
    story.propose()
    story.declare(story.decider, words="A cousin works there.", **interests)
    assert refused_by(story, story.decider) == code


def test_nothing_is_decided_twice_or_before_it_is_proposed(story: Play) -> None:
    story.start()
    assert refused_by(story, story.decider) == "nothing-proposed"
    story.decide(Outcome.AWARD)
    assert refused_by(story, story.decider) == "assessment-closed"


def test_what_does_not_convince_is_sent_back_and_proposed_again(story: Play) -> None:
    story.propose("gold")
    with as_viewer(story.decider) as viewer:
        with pytest.raises(Refusal) as refusal:
            send_back(viewer=viewer, assessment=story.assessment(), reason=" ", at=story.now())
        assert refusal.value.code == "reason-missing"
        send_back(viewer=viewer, assessment=story.assessment(), reason="Look again.", at=story.now())
    assert (story.assessment().state, story.assessment().proposed_at) == ("in_assessment", None)
    story.propose("bronze")
    assert refused(story, Outcome.AWARD, level="gold") == "above-the-rule"
    assert story.decide(Outcome.AWARD).level_after == "bronze"


def test_scores_and_result_open_to_the_member_with_the_decision(story: Play) -> None:
    story.propose()
    with as_viewer(story.member):
        assert not Score.objects.exists()
        assert not ScoreVersion.objects.exists()
        assert Assessment.objects.get().result is None
    story.decide(Outcome.AWARD)
    with as_viewer(story.member):
        assert Score.objects.count() == 3
        assert Assessment.objects.get().result is not None


def test_the_member_marks_what_of_the_schedule_is_done(story: Play) -> None:
    decision = story.decide(Outcome.IMPROVE, "")
    with owner_role():
        item = decision.items.get()
    with as_viewer(story.member) as viewer:
        at = story.now()
        done = mark_done(viewer=viewer, item=item, is_done=True, at=at)
        assert (done.done_at, mark_done(viewer=viewer, item=item, is_done=True, at=story.now()).done_at) == (
            at,
            at,
        )
        assert mark_done(viewer=viewer, item=item, is_done=False, at=story.now()).done_at is None
    with as_viewer(story.assessor) as viewer, pytest.raises(Forbidden):
        mark_done(viewer=viewer, item=item, is_done=True, at=story.now())


def test_a_level_of_an_older_edition_is_compared_by_its_key(member: Play) -> None:
    """A new edition asks for more criteria; the assessment under way keeps its own, the next one has the new."""
    from tests.factories import schemes as definitions
    from tests.factories.schemes import publish

    before = member.assessment().edition_id
    newer = definitions.edition(member.scheme, version="2", criteria=5, state="draft")
    with owner_role():
        type(newer).objects.filter(pk=before).update(state="retired", retired_at=member.clock)
    publish(newer)
    member.decide(Outcome.CONTINUE, "silver")
    with owner_role():
        assert Decision.objects.latest("pk").assessment.edition_id == before
    member.interim()
    following = member.assessment()
    assert following.edition_id == newer.pk
    with owner_role():
        answers = Answer.objects.filter(assessment=following)
        assert [one.criterion.edition_id for one in answers] == [newer.pk] * 3
    member.decide(Outcome.CONTINUE, "silver")
    settled()
    assert member.membership().edition_id == newer.pk


def test_the_next_date_is_counted_from_the_anchor() -> None:
    edition = edition_data()
    anchor = dt.date(2024, 8, 31)
    assert next_due(anchor, edition, after=anchor) == dt.date(2025, 2, 28)
    assert next_due(anchor, edition, after=dt.date(2025, 2, 28)) == dt.date(2025, 8, 31)
    early = next_due(anchor, edition, after=dt.date(2025, 2, 1), due_on=dt.date(2025, 2, 28))
    assert early == dt.date(2025, 8, 31)
    assert next_due(anchor, edition, after=dt.date(2026, 5, 1)) == dt.date(2026, 8, 31)


def test_an_interim_assessment_is_opened_once_for_its_date(member: Play) -> None:
    membership = member.membership()
    with owner_role():
        again: dict[str, Any] = {"membership": membership, "kind": "interim", "by": None, "at": member.now()}
        assert open_assessment(due_on=membership.next_due_on, **again) is None
    due = membership.next_due_on
    member.decide(Outcome.CONTINUE, "silver")
    with owner_role():
        assert open_assessment(due_on=due, **again) is None
        assert open_assessment(due_on=member.membership().next_due_on, **again) is not None
