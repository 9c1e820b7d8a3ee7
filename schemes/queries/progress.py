"""How far a member has come with its self-assessment, criterion by criterion."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from organisations.visibility import Viewer
from schemes.definitions.edition import CriterionData, EditionData, GroupData
from schemes.models import Answer, Assessment, Criterion, EvidenceUse


@dataclass(frozen=True, slots=True)
class Asked:
    """One criterion with what the member says and shows, as far as the viewer may read it.

    Args:
        about: what the edition says of it. uses: the evidence that points at it.
    """

    criterion: Criterion
    about: CriterionData
    answer: Answer | None
    uses: Sequence[EvidenceUse]

    @property
    def number(self) -> int:
        """Its number in the edition."""
        return self.criterion.position

    @property
    def state(self) -> str:
        """How far it is: "open", "begun", "answered" or "not_relevant"."""
        if self.answer is None:
            return "open"
        if not self.answer.is_whole:
            has_any = self.answer.text.strip() or self.answer.claimed or not self.answer.is_relevant
            return "begun" if has_any else "open"
        return "answered" if self.answer.is_relevant else "not_relevant"

    @property
    def is_done(self) -> bool:
        """Whether it says enough to be sent."""
        return self.state in {"answered", "not_relevant"}

    @property
    def lacks_evidence(self) -> bool:
        """Whether something is said and nothing shown."""
        return self.state == "answered" and not self.uses


@dataclass(frozen=True)
class Progress:
    """All that an assessment asks, in the edition's order."""

    edition: EditionData
    asked: Sequence[Asked]
    uses: Sequence[EvidenceUse]

    @property
    def total(self) -> int:
        """How many criteria there are."""
        return len(self.asked)

    @cached_property
    def missing(self) -> list[Asked]:
        """What still needs an answer."""
        return [one for one in self.asked if not one.is_done]

    @property
    def done(self) -> int:
        """How many are answered."""
        return self.total - len(self.missing)

    @property
    def percent(self) -> int:
        """The same in a hundred."""
        return 100 * self.done // self.total if self.total else 0

    @cached_property
    def without_evidence(self) -> list[Asked]:
        """What is answered and has nothing to show for it."""
        return [one for one in self.asked if one.lacks_evidence]

    @property
    def first_open(self) -> Asked | None:
        """Where to go on."""
        return self.missing[0] if self.missing else None

    def at(self, key: str) -> Asked | None:
        """Return a criterion by its key."""
        return next((one for one in self.asked if one.criterion.key == key), None)

    def neighbours(self, here: Asked) -> tuple[Asked | None, Asked | None]:
        """Return the criteria before and after one."""
        place = list(self.asked).index(here)
        before = self.asked[place - 1] if place else None
        return before, (self.asked[place + 1] if place + 1 < self.total else None)

    def chapters(self) -> list[tuple[GroupData | None, list[Asked]]]:
        """Return the criteria under their groups; those without one under None, last."""
        groups: list[tuple[GroupData | None, list[Asked]]] = [
            (group, [one for one in self.asked if one.about.group == group.key])
            for group in self.edition.groups
        ]
        known = {group.key for group in self.edition.groups}
        groups.append((None, [one for one in self.asked if one.about.group not in known]))
        return [(group, asked) for group, asked in groups if asked]

    def numbers_of(self, use: EvidenceUse) -> list[int]:
        """Return the numbers of the criteria that a piece is used for."""
        return [one.number for one in self.asked if one.criterion.key in use.criteria]


def progress_of(viewer: Viewer, assessment: Assessment) -> Progress:
    """Return how far an assessment's self-assessment is: three statements, however much it asks."""
    edition = assessment.edition.content
    answers = {
        one.criterion_id: one for one in Answer.objects.visible_to(viewer).filter(assessment=assessment)
    }
    uses = list(uses_in(viewer, assessment))
    rows = Criterion.objects.filter(edition_id=assessment.edition_id)
    asked = [
        Asked(
            criterion,
            edition.criterion(criterion.key),
            answers.get(criterion.pk),
            [use for use in uses if criterion.key in use.criteria],
        )
        for criterion in rows
    ]
    return Progress(edition, asked, uses)


def uses_in(viewer: Viewer, assessment: Assessment) -> Sequence[EvidenceUse]:
    """Return the evidence shown in an assessment, newest first."""
    rows = EvidenceUse.objects.visible_to(viewer).filter(assessment=assessment)
    return list(rows.order_by("-attached_at", "-pk"))
