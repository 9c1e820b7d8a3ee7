"""Scoring: inside the body until the decision, every version kept, never over a colleague's words."""

import datetime as dt
from typing import Any

import pytest

from ledger.models import Entry
from ledger.refusals import Forbidden, Refusal
from organisations.models import Person
from organisations.visibility import Viewer
from schemes.actions.evidence import attach
from schemes.actions.overtaken import Overtaken
from schemes.actions.people import assign
from schemes.actions.score import save_score
from schemes.models import Criterion, Score, ScoreVersion
from schemes.models.facts import ScoreSaid
from schemes.queries.score import months_until, result_of, scored, unscored
from tests.conftest import owner_role
from tests.factories import evidence as pieces
from tests.factories import schemes as definitions
from tests.factories.assessments import Play, as_viewer, play

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Play:
    """An assessment in work, with a piece of evidence."""
    found = play()
    found.apply()
    piece = pieces.evidence(found.organisation)
    with as_viewer(found.member) as viewer:
        attach(viewer=viewer, assessment=found.assessment(), evidence=piece, criteria=["c1"], at=found.now())
    found.start()
    return found


def saved(
    story: Play, version: int = 0, who: Viewer | None = None, criterion: Criterion | None = None, **said: Any
) -> Score:
    """Let an assessor save the score of the first criterion."""
    with as_viewer(who or story.assessor) as viewer:
        return save_score(
            viewer=viewer,
            assessment=story.assessment(),
            criterion=criterion or story.criteria()[0],
            said=ScoreSaid(**said),
            version=version,
            at=story.now(),
        )


def test_every_version_of_a_score_is_kept(story: Play) -> None:
    saved(story, value="bronze", rationale="a")
    score = saved(story, 1, value="silver", rationale="b")
    with as_viewer(story.boss):
        versions = list(ScoreVersion.objects.values_list("version", "value", "rationale", "person_id"))
    who = story.assessor.person_id
    assert versions == [(1, "bronze", "a", who), (2, "silver", "b", who)]
    assert (score.version, score.member_id, score.body_id) == (2, story.organisation.pk, story.body.pk)


def test_two_assessors_never_overwrite_each_other(story: Play) -> None:
    with owner_role():
        second = Person.objects.get(pk=story.reviewer.person_id)
    with as_viewer(story.boss) as viewer:
        assign(viewer=viewer, assessment=story.assessment(), person=second, role="assessor", at=story.now())
    story.declare(story.reviewer)
    saved(story, value="bronze", rationale="a")
    day = dt.date(2027, 3, 14)
    saved(story, 1, story.reviewer, value="gold", is_working_towards=True, towards_plan="x", likely_on=day)
    with pytest.raises(Overtaken) as overtaken:
        saved(story, 1, value="silver", rationale="a")
    told = overtaken.value
    assert (told.version, told.person_id) == (2, story.reviewer.person_id)
    assert (told.theirs["value"], told.theirs["likely_on"], told.theirs["relied_on"]) == (
        "gold",
        "2027-03-01",
        [],
    )
    assert saved(story, 2, value="silver", rationale="a").version == 3


def test_the_body_reads_who_scored_what_and_the_member_nothing_of_it(story: Play) -> None:
    saved(story, value="bronze", rationale="a")
    saved(story, 1, value="bronze", rationale="b")
    saved(story, 2, value="silver", rationale="b")
    with as_viewer(story.boss):
        entries = Entry.objects.filter(verb="schemes.scored").order_by("pk")
        assert [(one.data.get("before"), one.data["after"]) for one in entries] == [
            (None, "Bronze"),
            ("Bronze", "Silver"),
        ]
    with as_viewer(story.member) as viewer:
        assert not Entry.objects.filter(verb="schemes.scored").exists()
        assert not Score.objects.visible_to(viewer).exists()
        assert not ScoreVersion.objects.visible_to(viewer).exists()


def test_what_a_score_says_is_put_in_order(story: Play) -> None:
    day = dt.date(2027, 3, 14)
    away = saved(
        story,
        value="gold",
        is_relevant=False,
        reason="x",
        is_working_towards=True,
        towards_plan="y",
        likely_on=day,
    )
    assert (away.value, away.is_working_towards, away.towards_plan, away.likely_on) == ("", False, "", None)
    back = saved(story, 1, value="gold", reason="x", towards_plan="y", likely_on=day)
    assert (back.reason, back.towards_plan, back.likely_on) == ("", "", None)


@pytest.mark.parametrize(
    ("said", "is_whole"),
    [
        ({"rationale": "x"}, True),
        ({"rationale": " "}, False),
        ({"is_relevant": False, "reason": "x"}, True),
        ({"is_relevant": False, "rationale": "x"}, False),
        ({"rationale": "x", "is_working_towards": True}, False),
        ({"rationale": "x", "is_working_towards": True, "towards_plan": "y"}, False),
        (
            {
                "rationale": "x",
                "is_working_towards": True,
                "towards_plan": "y",
                "likely_on": dt.date(2027, 1, 1),
            },
            True,
        ),
    ],
)
def test_a_score_is_whole_with_a_rationale_and_a_plan_with_its_month(
    said: dict[str, Any], is_whole: bool
) -> None:
    assert Score(**said).is_whole is is_whole


def test_only_levels_criteria_and_evidence_of_the_assessment_are_taken(story: Play) -> None:
    with owner_role():
        use = story.assessment().evidence_uses.get().code
    assert saved(story, value="bronze", relied_on=(use, use)).relied_on == [use]
    strange = definitions.edition(definitions.scheme(story.body)).criteria.get(key="c1")
    for said, code in (
        ({"value": "platinum"}, "unknown-level"),
        ({"relied_on": ("OTHER",)}, "unknown-evidence"),
        ({"criterion": strange}, "not-asked"),
    ):
        with pytest.raises(Refusal) as refusal:
            saved(story, 1, **said)
        assert refusal.value.code == code


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("member", "not-your-scheme"),
        ("boss", "not-declared"),
        ("decider", "not-assigned"),
    ],
)
def test_only_assessors_of_this_assessment_score(story: Play, who: str, code: str) -> None:
    with pytest.raises(Forbidden) as refusal:
        saved(story, who=getattr(story, who), value="bronze")
    assert refusal.value.code == code


def test_nothing_is_scored_before_or_after_its_time(story: Play) -> None:
    story.propose()
    with pytest.raises(Forbidden) as refusal:
        saved(story, 1, value="gold")
    assert refusal.value.code == "not-in-assessment"
    story.decide("award")
    with pytest.raises(Forbidden) as refusal:
        saved(story, 1, value="gold")
    assert refusal.value.code == "assessment-closed"


def test_the_rule_reads_the_scores_as_they_stand(story: Play) -> None:
    on = story.clock.date()
    later = (on.replace(day=1) + dt.timedelta(days=100)).replace(day=1)
    for criterion, value in zip(story.criteria(), ("gold", "silver", "bronze"), strict=True):
        saved(
            story,
            criterion=criterion,
            value=value,
            rationale="x",
            is_working_towards=True,
            towards_plan="x",
            likely_on=later,
        )
    with as_viewer(story.assessor):
        assessment = story.assessment()
        found = scored(assessment, on=on)
        assert (found["c3"].level, found["c3"].likely_months) == ("bronze", months_until(later, on))
        result = result_of(assessment, on=on)
        assert result is not None
        assert result.level == "bronze"
        assert unscored(assessment) == []


@pytest.mark.parametrize(
    ("month", "months"), [((2026, 1, 1), 0), ((2026, 3, 1), 0), ((2026, 4, 1), 1), ((2028, 3, 1), 24)]
)
def test_months_are_counted_from_month_to_month(month: tuple[int, int, int], months: int) -> None:
    assert months_until(dt.date(*month), dt.date(2026, 3, 31)) == months
