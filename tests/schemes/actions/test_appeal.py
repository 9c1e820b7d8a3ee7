"""Appeals: who contests, who answers, and what becomes of what was decided."""

from typing import Any

import pytest
from django.db import connection

from ledger.refusals import Forbidden, Refusal
from organisations.visibility import Viewer
from schemes.actions.appeal import appeal, decide_appeal, withdraw_appeal
from schemes.actions.membership import withdraw
from schemes.lifecycle import AppealState, AssessmentState, MembershipState, Outcome
from schemes.models import Appeal, Certificate, Decision, ImprovementNotice, RegisterEntry
from tests.conftest import owner_role
from tests.factories.assessments import Play, as_viewer, play

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Play:
    """An organisation that has applied."""
    found = play()
    found.apply(consents_to_register=True)
    return found


def contested(story: Play, decision: Decision | None = None) -> Appeal:
    """Let the member appeal from a decision, the newest unless given."""
    with owner_role():
        newest = decision or Decision.objects.select_related("membership").latest("pk")
    with as_viewer(story.member) as viewer:
        return appeal(viewer=viewer, decision=newest, reasons="It is wrong.", at=story.now())


def answered(story: Play, made: Appeal, who: Viewer | None = None, *, is_upheld: bool = True) -> Appeal:
    """Let somebody answer an appeal: who had no part, after declaring, unless told otherwise."""
    if who is None:
        story.declare(story.reviewer, made.assessment)
    with as_viewer(who or story.reviewer) as viewer:
        found = decide_appeal(
            viewer=viewer, appeal=made, is_upheld=is_upheld, words="We looked again.", at=story.now()
        )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return found


def standing(story: Play) -> tuple[str, str]:
    """Return the state and level of the membership."""
    found = story.membership()
    return found.state, found.level


def test_a_rejected_appeal_leaves_everything(story: Play) -> None:
    story.decide(Outcome.IMPROVE, "")
    made = answered(story, contested(story), is_upheld=False)
    assert (made.state, made.decided_by_id) == (AppealState.REJECTED, story.reviewer.person_id)
    assert standing(story) == ("improving", "")


def test_upheld_against_time_to_improve_the_application_stands_again(story: Play) -> None:
    decision = story.decide(Outcome.IMPROVE, "")
    opened = story.assessment()
    answered(story, contested(story))
    assert standing(story) == ("applied", "")
    assert story.membership().improve_by is None
    assert story.assessment().pk == opened.pk != decision.assessment_id
    story.decide(Outcome.AWARD, "gold")
    assert standing(story) == ("member", "gold")


def test_upheld_against_an_award_the_level_stays_until_it_is_looked_at_anew(story: Play) -> None:
    story.decide(Outcome.AWARD, "bronze")
    before = story.assessment()
    answered(story, contested(story))
    assert standing(story) == ("member", "bronze")
    anew = story.assessment()
    assert (anew.previous_id, anew.state, anew.kind) == (before.pk, AssessmentState.SUBMITTED, "interim")
    with owner_role():
        assert anew.answers.count() == 3
    story.decide(Outcome.MOVE_UP, "gold")
    assert standing(story) == ("member", "gold")


def test_upheld_against_a_notice_it_is_closed(story: Play) -> None:
    story.decide(Outcome.AWARD, "silver")
    story.interim()
    story.decide(Outcome.NOTICE, "bronze", is_improved=False)
    answered(story, contested(story))
    assert standing(story) == ("member", "silver")
    with owner_role():
        assert ImprovementNotice.objects.get().closed_at is not None


def on_notice(story: Play, level: str) -> None:
    """Take a member at a level to the assessment after its notice."""
    story.decide(Outcome.AWARD, level)
    story.interim()
    story.decide(Outcome.NOTICE, "", is_improved=False)
    story.interim()


def test_upheld_against_being_moved_down_the_level_is_back(story: Play) -> None:
    on_notice(story, "silver")
    story.decide(Outcome.DOWN, "", is_improved=False)
    assert standing(story) == ("member", "bronze")
    answered(story, contested(story))
    assert standing(story) == ("on_notice", "silver")
    with owner_role():
        assert ImprovementNotice.objects.get().closed_at is None
        levels = [(one.level, one.superseded_by_id is None) for one in Certificate.objects.order_by("pk")]
    assert levels == [("silver", False), ("bronze", False), ("silver", True)]
    assert RegisterEntry.objects.get().level == "silver"


def test_upheld_against_a_removal_the_membership_is_back_with_a_certificate(story: Play) -> None:
    on_notice(story, "bronze")
    story.decide(Outcome.REMOVE, "", is_improved=False)
    assert not RegisterEntry.objects.exists()
    answered(story, contested(story))
    assert standing(story) == ("on_notice", "bronze")
    found = story.membership()
    assert (found.ended_on, found.is_open) == (None, True)
    with owner_role():
        old, new = Certificate.objects.order_by("pk")
    assert old.withdrawn_at is not None
    assert new.withdrawn_at is None
    assert RegisterEntry.objects.get().level == "bronze"
    assert story.assessment().state == AssessmentState.SUBMITTED


def test_upheld_against_a_removal_after_improving_the_time_to_improve_begins_anew(story: Play) -> None:
    story.decide(Outcome.IMPROVE, "")
    story.decide(Outcome.REMOVE, "")
    answered(story, contested(story))
    assert standing(story) == ("improving", "")
    assert story.membership().improve_by is not None


def test_who_applied_again_gets_no_second_membership_back(story: Play) -> None:
    on_notice(story, "bronze")
    story.decide(Outcome.REMOVE, "", is_improved=False)
    made = contested(story)
    story.apply()
    with owner_role():
        made.membership.refresh_from_db()
    with pytest.raises(Refusal) as refusal:
        answered(story, made)
    assert refusal.value.code == "applied-again"


def test_there_is_nothing_to_take_back_after_a_newer_decision(story: Play) -> None:
    story.decide(Outcome.IMPROVE, "")
    made = contested(story)
    story.decide(Outcome.AWARD, "bronze")
    with pytest.raises(Refusal) as refusal:
        answered(story, made)
    assert refusal.value.code == "newer-decision"
    assert answered(story, made, story.reviewer, is_upheld=False).state == AppealState.REJECTED


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("assessor", "had-a-part"),
        ("decider", "had-a-part"),
        ("reviewer", "not-declared"),
        ("member", "not-your-scheme"),
    ],
)
def test_who_had_a_part_or_declared_nothing_does_not_answer(story: Play, who: str, code: str) -> None:
    story.decide(Outcome.IMPROVE, "")
    made = contested(story)
    with pytest.raises(Forbidden) as refusal:
        answered(story, made, getattr(story, who))
    assert refusal.value.code == code


def test_words_are_given_on_both_sides(story: Play) -> None:
    decision = story.decide(Outcome.IMPROVE, "")
    with as_viewer(story.member) as viewer, pytest.raises(Refusal) as refusal:
        appeal(viewer=viewer, decision=decision, reasons=" ", at=story.now())
    assert refusal.value.code == "reasons-missing"
    made = contested(story)
    story.declare(story.reviewer)
    with as_viewer(story.reviewer) as viewer, pytest.raises(Refusal) as refusal:
        decide_appeal(viewer=viewer, appeal=made, is_upheld=True, words=" ", at=story.now())
    assert refusal.value.code == "words-missing"


def code_of(story: Play, who: Viewer, decision: Decision) -> str:
    """Let somebody appeal, and return the code of the refusal."""
    with as_viewer(who) as viewer, pytest.raises(Forbidden) as refusal:
        appeal(viewer=viewer, decision=decision, reasons="x", at=story.now())
    return refusal.value.code


def test_only_the_member_appeals_once_from_the_newest_decision(story: Play) -> None:
    first = story.decide(Outcome.IMPROVE, "")
    assert code_of(story, story.boss, first) == "not-your-organisation"
    made = contested(story)
    assert code_of(story, story.member, first) == "appealed-already"
    answered(story, made)
    with owner_role():
        upheld: Any = Decision.objects.select_related("membership").latest("pk")
    assert upheld.outcome == Outcome.UPHOLD_APPEAL
    assert code_of(story, story.member, upheld) == "decided-for-you"
    second = story.decide(Outcome.AWARD, "bronze")
    story.interim()
    story.decide(Outcome.CONTINUE)
    assert code_of(story, story.member, second) == "newer-decision"


def test_the_member_takes_its_appeal_back_or_leaves(story: Play) -> None:
    story.decide(Outcome.IMPROVE, "")
    made = contested(story)
    with as_viewer(story.boss) as viewer, pytest.raises(Forbidden):
        withdraw_appeal(viewer=viewer, appeal=made, at=story.now())
    with as_viewer(story.member) as viewer:
        assert withdraw_appeal(viewer=viewer, appeal=made, at=story.now()).state == "withdrawn"
        with pytest.raises(Forbidden) as refusal:
            withdraw_appeal(viewer=viewer, appeal=made, at=story.now())
    assert refusal.value.code == "appeal-answered"


def test_an_open_appeal_ends_with_the_membership(story: Play) -> None:
    decision = story.decide(Outcome.IMPROVE, "")
    made = contested(story)
    with as_viewer(story.member) as viewer:
        withdraw(viewer=viewer, membership=story.membership(), at=story.now())
        made.refresh_from_db()
    assert made.state == AppealState.WITHDRAWN
    assert story.membership().state == MembershipState.WITHDRAWN
    with owner_role():
        decision = Decision.objects.select_related("membership").get(pk=decision.pk)
    assert code_of(story, story.member, decision) in {"appealed-already", "membership-ended"}
