"""What an edition says, as frozen values: the one shape in which rules, pages and papers read it.

Nothing here knows how many criteria or levels there are, what they are called, or which share is asked: an edition's
file says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Self

Subject = Literal["organisation", "initiative", "contract"]
Shape = Literal["ladder", "rubric", "checklist"]


@dataclass(frozen=True, slots=True)
class SchemeData:
    """The scheme that an edition belongs to."""

    key: str
    title: str
    subject: Subject
    about: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """At least so many in a hundred of the relevant criteria, rounded up, at a level.

    Args:
        at: key of the level. percent: from 1 to 100.
    """

    at: str
    percent: int


@dataclass(frozen=True, slots=True)
class Rest:
    """What is asked of those that the share leaves out: worked towards, and likely to be there within `months`.

    Args:
        months: the window that the scheme names, shortest first; the last counts, the first is when it is early.
    """

    months: tuple[int, ...]

    @property
    def most(self) -> int:
        """How many months are too many when one more is added."""
        return self.months[-1]


@dataclass(frozen=True, slots=True)
class LevelRule:
    """One rung of the ladder and what it takes, besides what the rungs below take.

    Args:
        all_at: key of the level at which every relevant criterion has to be; None asks nothing of all of them.
        share: see `Share`. rest: see `Rest`; only together with a share.
    """

    key: str
    title: str
    about: str = ""
    all_at: str | None = None
    share: Share | None = None
    rest: Rest | None = None


@dataclass(frozen=True, slots=True)
class ScaleValue:
    """One value that can be given in a rubric or a checklist."""

    key: str
    title: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """The values of a rubric or a checklist, lowest first. In a rubric a value's place is its number of points.

    Args:
        proof_from: key of the lowest value that needs proof; None when none does.
    """

    values: tuple[ScaleValue, ...]
    proof_from: str | None = None

    def points(self, key: str) -> int:
        """Return the number of points that a value counts.

        Raises:
            KeyError: there is no such value.
        """
        for points, value in enumerate(self.values):
            if value.key == key:
                return points
        raise KeyError(key)

    def needs_proof(self, key: str) -> bool:
        """Tell whether a value has to be proved."""
        return self.proof_from is not None and self.points(key) >= self.points(self.proof_from)


@dataclass(frozen=True, slots=True)
class GroupData:
    """A pillar or chapter under which criteria stand."""

    key: str
    title: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class CriterionData:
    """One thing that is asked.

    Args:
        guidance: by key of a level or of a value: questions to ask, or what the value means here.
        evidence: kinds of evidence that usually help; keys of `sourcing/definitions/evidence`.
    """

    key: str
    title: str
    summary: str
    group: str = ""
    guidance: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What the scheme's calendar says. Months and days are counted from the dates that they belong to.

    Args:
        every_months: between two assessments of a member.
        reminders_days: before an assessment is due. escalate_days: after it was missed.
        improve_months: to bring what was missing at the first assessment, or after a notice.
        certificate_months: for how long a certificate is valid.
    """

    every_months: int
    reminders_days: tuple[int, ...] = ()
    escalate_days: tuple[int, ...] = ()
    improve_months: int | None = None
    certificate_months: int | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """How many people rate, and how many days the one who is rated has to reply before anything is published."""

    raters: int
    reply_days: int


@dataclass(frozen=True)
class EditionData:
    """One edition. `levels` stand lowest first and are empty unless the shape is a ladder; `scale` is None then."""

    scheme: SchemeData
    version: str
    title: str
    shape: Shape
    language: str
    criteria: tuple[CriterionData, ...]
    notice: str = ""
    source: str = ""
    levels: tuple[LevelRule, ...] = ()
    scale: Scale | None = None
    groups: tuple[GroupData, ...] = ()
    rhythm: Rhythm | None = None
    rating: Rating | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the edition that checked data describe (`reading.read_text`, or `schemes.Edition.data`)."""
        scale, rhythm, rating = data.get("scale"), data.get("rhythm"), data.get("rating")
        return cls(
            scheme=SchemeData(**data["scheme"]),
            version=data["edition"],
            title=data["title"],
            shape=data["shape"],
            language=data["language"],
            notice=data.get("notice", ""),
            source=data.get("source", ""),
            levels=tuple(_level(one) for one in data.get("levels", ())),
            scale=_scale(scale) if scale else None,
            groups=tuple(GroupData(**one) for one in data.get("groups", ())),
            criteria=tuple(_criterion(one) for one in data["criteria"]),
            rhythm=Rhythm(**_tuples(rhythm)) if rhythm else None,
            rating=Rating(**rating) if rating else None,
        )

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {level.key: rank for rank, level in enumerate(self.levels, start=1)}

    @cached_property
    def _criteria(self) -> dict[str, CriterionData]:
        return {one.key: one for one in self.criteria}

    def rank(self, level: str | None) -> int:
        """Return the place of a level on the ladder, from 1; 0 stands below the lowest.

        Raises:
            KeyError: the ladder has no such level.
        """
        return 0 if level is None else self._ranks[level]

    def level(self, key: str) -> LevelRule:
        """Return a rung by its key; KeyError when there is none."""
        return self.levels[self._ranks[key] - 1]

    def criterion(self, key: str) -> CriterionData:
        """Return a criterion by its key; KeyError when there is none."""
        return self._criteria[key]

    @property
    def lowest(self) -> LevelRule | None:
        """The lowest rung; None without a ladder."""
        return self.levels[0] if self.levels else None

    def above(self, level: str | None) -> LevelRule | None:
        """Return the next rung up from a level (from below the lowest: the lowest); None from the highest."""
        rank = self.rank(level)
        return self.levels[rank] if rank < len(self.levels) else None

    def below(self, level: str) -> LevelRule | None:
        """Return the next rung down; None from the lowest."""
        rank = self.rank(level)
        return self.levels[rank - 2] if rank > 1 else None

    def criteria_of(self, group: str) -> tuple[CriterionData, ...]:
        """Return the criteria that stand under a group, in order."""
        return tuple(one for one in self.criteria if one.group == group)

    def choices(self) -> tuple[tuple[str, str], ...]:
        """Return what a criterion can be given, lowest first: keys and titles of levels or of the scale's values."""
        steps = self.scale.values if self.scale else self.levels
        return tuple((one.key, one.title) for one in steps)


def _tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}


def _level(data: Mapping[str, Any]) -> LevelRule:
    share, rest = data.get("share"), data.get("rest")
    plain = {key: value for key, value in data.items() if key not in {"share", "rest"}}
    return LevelRule(
        **plain,
        share=Share(**share) if share else None,
        rest=Rest(**_tuples(rest)) if rest else None,
    )


def _scale(data: Mapping[str, Any]) -> Scale:
    return Scale(tuple(ScaleValue(**one) for one in data["values"]), data.get("proof_from"))


def _criterion(data: Mapping[str, Any]) -> CriterionData:
    guidance = {key: tuple(questions) for key, questions in data.get("guidance", {}).items()}
    return CriterionData(**(_tuples(data) | {"guidance": guidance}))
