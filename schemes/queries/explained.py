"""A decided result in words: what holds, what is missing for the next level, and the shortest way there."""

from collections.abc import Sequence
from dataclasses import dataclass

from organisations.visibility import Viewer
from schemes.definitions.edition import CriterionData, EditionData
from schemes.definitions.ladder import Result
from schemes.definitions.words import sentence_of, step_sentence
from schemes.models import Answer, Assessment, Score, Shape


@dataclass(frozen=True, slots=True)
class Named:
    """A criterion by its number and title."""

    key: str
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the explanation.

    Args:
        missing: the criteria that stand in its way, or that a share leaves out.
    """

    sentence: str
    holds: bool
    missing: Sequence[Named]


@dataclass(frozen=True, slots=True)
class RungSaid:
    """A level and its lines."""

    title: str
    is_reached: bool
    lines: Sequence[Said]


@dataclass(frozen=True, slots=True)
class StepSaid:
    """What would do for one criterion on the shortest way up."""

    criterion: Named
    sentence: str


@dataclass(frozen=True, slots=True)
class ScoreSaid:
    """What was said of one criterion: by the member and by the assessor."""

    criterion: Named
    claimed: str
    given: str
    score: Score | None


@dataclass(frozen=True)
class Explained:
    """A result for people.

    Args:
        level, next_level: titles; empty for none yet, and at the top.
        rungs: the levels up to the next, lowest first. steps: the fewest criteria that would reach the next.
    """

    level: str
    next_level: str
    relevant: int
    rungs: Sequence[RungSaid]
    steps: Sequence[StepSaid]
    scores: Sequence[ScoreSaid]


def explained(viewer: Viewer, assessment: Assessment) -> Explained:
    """Return the result of a decided assessment in words, with the score of every criterion: two statements."""
    edition = assessment.edition.content
    names = {
        one.key: Named(one.key, number, one.title) for number, one in enumerate(edition.criteria, start=1)
    }
    scores = _scores(viewer, assessment, edition, names)
    if assessment.edition.shape != Shape.LADDER or not assessment.result:
        return Explained("", "", len(names), (), (), scores)
    result = Result.from_json(assessment.result)
    return Explained(
        level=edition.level(result.level).title if result.level else "",
        next_level=edition.level(result.next_level).title if result.next_level else "",
        relevant=result.relevant,
        rungs=_rungs(edition, result, names),
        steps=[
            StepSaid(names[one.criterion], step_sentence(edition, one, rung=result.next_level))
            for one in result.steps
            if result.next_level
        ],
        scores=scores,
    )


def _rungs(edition: EditionData, result: Result, names: dict[str, Named]) -> list[RungSaid]:
    found = []
    for level in edition.levels:
        lines = result.lines_of(level.key)
        if lines:
            said = [
                Said(sentence_of(edition, one), one.holds, [names[key] for key in one.missing])
                for one in lines
            ]
            is_reached = edition.rank(level.key) <= edition.rank(result.level)
            found.append(RungSaid(level.title, is_reached, said))
    return found


def _scores(
    viewer: Viewer, assessment: Assessment, edition: EditionData, names: dict[str, Named]
) -> list[ScoreSaid]:
    titles = dict(edition.choices())
    mine = Answer.objects.visible_to(viewer).filter(assessment=assessment).select_related("criterion")
    claimed = {one.criterion.key: titles.get(one.claimed, "") for one in mine}
    rows = Score.objects.visible_to(viewer).filter(assessment=assessment).select_related("criterion")
    given = {one.criterion.key: one for one in rows}

    def said(one: CriterionData) -> ScoreSaid:
        score = given.get(one.key)
        return ScoreSaid(
            names[one.key], claimed.get(one.key, ""), titles.get(score.value, "") if score else "", score
        )

    return [said(one) for one in edition.criteria]
