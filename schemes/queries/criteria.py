"""The criteria of an assessment as its scheme body works through them: asked, answered, scored."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from organisations.visibility import Viewer
from schemes.definitions.edition import CriterionData, EditionData
from schemes.definitions.ladder import Result
from schemes.definitions.words import sentence_of, step_sentence
from schemes.models import Answer, Assessment, Clarification, Criterion, Score, ScoreVersion


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion, with what the member says of it and how it is scored.

    Args:
        number: its place, from 1. row: as the database has it. state: "scored", "begun" or "open".
        word: the level or value given; empty while there is none. questions: how many wait for the member.
    """

    number: int
    data: CriterionData
    row: Criterion
    answer: Answer | None
    score: Score | None
    state: str
    word: str
    tone: str
    questions: int = 0
    claimed_word: str = ""

    @property
    def key(self) -> str:
        """Its key in the edition, as it stands in addresses."""
        return self.data.key


@dataclass(frozen=True, slots=True)
class Reason:
    """A line of the level rule in words: whether it holds, and the criteria that stand in its way."""

    rung: str
    sentence: str
    holds: bool
    missing: tuple[CriterionData, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """What one criterion needs on the shortest way up."""

    criterion: CriterionData
    number: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Explained:
    """What the level rule says, for people.

    Args:
        level, above: titles; empty for none. have, need: how far the first line that does not hold has come.
    """

    level: str
    above: str
    relevant: int
    reasons: tuple[Reason, ...]
    ways: tuple[Way, ...]
    have: int = 0
    need: int = 0


def judged_in(viewer: Viewer, assessment: Assessment) -> list[Judged]:
    """Return the criteria of an assessment in the edition's order, as far as the viewer may see what was said."""
    edition, about = assessment.edition.content, {"assessment": assessment}
    rows = {one.key: one for one in Criterion.objects.filter(edition_id=assessment.edition_id)}
    answers = {one.criterion_id: one for one in Answer.objects.visible_to(viewer).filter(**about)}
    scores = {one.criterion_id: one for one in Score.objects.visible_to(viewer).filter(**about)}
    waiting: dict[int, int] = {}
    for one in Clarification.objects.visible_to(viewer).unanswered().filter(**about):
        if one.criterion_id is not None:
            waiting[one.criterion_id] = waiting.get(one.criterion_id, 0) + 1
    found = []
    for number, data in enumerate(edition.criteria, start=1):
        row = rows[data.key]
        score = scores.get(row.pk)
        state = "open" if score is None else "scored" if score.is_whole else "begun"
        word, tone = (value_word(edition, score), value_tone(edition, score)) if score else ("", "calm")
        answer, questions = answers.get(row.pk), waiting.get(row.pk, 0)
        claimed = _claimed(edition, answer)
        found.append(Judged(number, data, row, answer, score, state, word, tone, questions, claimed))
    return found


def _claimed(edition: EditionData, answer: Answer | None) -> str:
    if answer is None:
        return "–"
    if not answer.is_relevant:
        return _("Not relevant")
    return dict(edition.choices()).get(answer.claimed, "") or _("nothing said")


def value_word(edition: EditionData, score: Score | ScoreVersion) -> str:
    """Return what a score gives, in words."""
    if not score.is_relevant:
        return _("Not relevant")
    return dict(edition.choices()).get(score.value, "") or none_word(edition)


def value_tone(edition: EditionData, score: Score) -> str:
    """Return the tone of a score: what is below the lowest level of a ladder wants to be seen."""
    if not score.is_relevant or (not score.value and not edition.levels):
        return "calm"
    return "good" if score.value else "warn"


def none_word(edition: EditionData) -> str:
    """Return what it is called when no level is reached, or no value was given."""
    if edition.lowest is None:
        return _("Not assessed")
    return _("Below %(level)s") % {"level": edition.lowest.title}


def explained(edition: EditionData, result: Result) -> Explained:
    """Return a result in sentences."""
    numbers = {one.key: number for number, one in enumerate(edition.criteria, start=1)}
    reasons = tuple(
        Reason(
            edition.level(line.rung).title,
            sentence_of(edition, line),
            line.holds,
            tuple(edition.criterion(key) for key in line.missing) if not line.holds else (),
        )
        for line in result.lines
    )
    ways = tuple(
        Way(
            edition.criterion(step.criterion),
            numbers[step.criterion],
            step_sentence(edition, step, rung=result.next_level or ""),
        )
        for step in result.steps
    )
    lacking = next((line for line in result.lines if not line.holds), None)
    return Explained(
        level=edition.level(result.level).title if result.level else "",
        above=edition.level(result.next_level).title if result.next_level else "",
        relevant=result.relevant,
        reasons=reasons,
        ways=ways,
        have=lacking.have if lacking else 0,
        need=lacking.need if lacking else 0,
    )
