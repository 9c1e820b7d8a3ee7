"""Which level the scores of one assessment give: a pure rule over an edition's own rungs.

A rung holds when three things do, each only if the edition asks for it: every relevant criterion is at one level; a
share of them, rounded up, is at another; and those that the share leaves out are worked towards and likely to be there
within the edition's months. The level is the highest rung that holds with all rungs below it. Where no criterion is
relevant there is nothing to judge, and no level.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from schemes.definitions.edition import EditionData, LevelRule


class Rule(StrEnum):
    """What a line of the explanation is about."""

    RELEVANT = "relevant"
    ALL = "all"
    SHARE = "share"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Scored:
    """What an assessor found of one criterion.

    Args:
        level: key of the level that it reaches; None for less than the lowest, or for not scored.
        is_relevant: whether it counts at all for this member.
        is_working_towards: whether somebody works towards the next level of this criterion.
        likely_months: in how many months that is likely to be reached; None when nobody can say.
    """

    level: str | None
    is_relevant: bool = True
    is_working_towards: bool = False
    likely_months: int | None = None


NOTHING = Scored(None)


@dataclass(frozen=True, slots=True)
class Line:
    """One condition of one rung: whether it holds, by how many, and which criteria stand in its way.

    Args:
        rung: key of the rung that asks for it. rule: see `Rule`. at: the level that is asked for.
        have: how many relevant criteria meet it. need: how many have to.
        missing: keys of the relevant criteria that do not meet it, in the edition's order. Where a share holds, they
            are those that it leaves out.
    """

    rung: str
    rule: Rule
    at: str
    have: int
    need: int
    missing: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether enough criteria meet it."""
        return self.have >= self.need


@dataclass(frozen=True, slots=True)
class Step:
    """What would do for one criterion on the shortest way up.

    Args:
        to: key of the level to bring it to; None when its level may stay.
        needs_plan: whether it has to be worked towards, and likely within the edition's months.
    """

    criterion: str
    to: str | None
    needs_plan: bool


@dataclass(frozen=True, slots=True)
class Result:
    """The level that scores give, why, and what is missing for the next.

    Args:
        level: key of the level; None for none yet. next_level: key of the rung above it; None at the top.
        relevant: how many criteria count.
        lines: the conditions of every rung up to the next, lowest first.
        steps: the fewest criteria that would reach the next level, in the edition's order; empty at the top.
    """

    level: str | None
    next_level: str | None
    relevant: int
    lines: tuple[Line, ...]
    steps: tuple[Step, ...]

    @property
    def shortest(self) -> tuple[str, ...]:
        """The keys of the criteria in `steps`."""
        return tuple(step.criterion for step in self.steps)

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain data, as an assessment keeps it."""
        return asdict(self) | {
            "lines": [
                asdict(line) | {"holds": line.holds, "missing": list(line.missing)} for line in self.lines
            ],
            "steps": [asdict(step) for step in self.steps],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the result that `as_json` gave."""
        lines = (
            Line(one["rung"], Rule(one["rule"]), one["at"], one["have"], one["need"], tuple(one["missing"]))
            for one in data["lines"]
        )
        steps = (Step(**one) for one in data["steps"])
        return cls(data["level"], data["next_level"], data["relevant"], tuple(lines), tuple(steps))

    def lines_of(self, rung: str) -> tuple[Line, ...]:
        """Return the conditions of one rung."""
        return tuple(line for line in self.lines if line.rung == rung)


def share_of(count: int, percent: int) -> int:
    """Return how many are at least `percent` in a hundred of `count`: 80 of 16 are 13, 80 of 17 are 14."""
    return -(-count * percent // 100)


def result(edition: EditionData, scores: Mapping[str, Scored]) -> Result:
    """Return the level that `scores` give in `edition`, with its explanation.

    Args:
        edition: a ladder. scores: by key of a criterion; one that is missing counts as relevant and not scored.

    Raises:
        KeyError: a score names a criterion or a level that the edition does not have.
    """
    for key, scored in scores.items():
        edition.criterion(key)
        edition.rank(scored.level)
    found = {one.key: scores.get(one.key, NOTHING) for one in edition.criteria}
    counted = {key: scored for key, scored in found.items() if scored.is_relevant}
    level, lines = None, list[Line]()
    for rung in edition.levels:
        its = _lines(edition, rung, counted)
        lines += its
        if not all(line.holds for line in its):
            return Result(level, rung.key, len(counted), tuple(lines), _steps(edition, rung, counted))
        level = rung.key
    return Result(level, None, len(counted), tuple(lines), ())


def _lines(edition: EditionData, rung: LevelRule, counted: Mapping[str, Scored]) -> list[Line]:
    lines = []
    if not counted:
        return [Line(rung.key, Rule.RELEVANT, rung.key, 0, 1, ())]
    if rung.all_at is not None:
        short = _below(edition, rung.all_at, counted)
        lines.append(Line(rung.key, Rule.ALL, rung.all_at, len(counted) - len(short), len(counted), short))
    if rung.share is not None:
        short = _below(edition, rung.share.at, counted)
        need = share_of(len(counted), rung.share.percent)
        lines.append(Line(rung.key, Rule.SHARE, rung.share.at, len(counted) - len(short), need, short))
        if rung.rest is not None:
            idle = tuple(key for key in short if not _is_on_its_way(rung, counted[key]))
            have = len(short) - len(idle)
            lines.append(Line(rung.key, Rule.REST, rung.share.at, have, len(short), idle))
    return lines


def _below(edition: EditionData, level: str, counted: Mapping[str, Scored]) -> tuple[str, ...]:
    least = edition.rank(level)
    return tuple(key for key, scored in counted.items() if edition.rank(scored.level) < least)


def _is_on_its_way(rung: LevelRule, scored: Scored) -> bool:
    months = scored.likely_months
    return (
        rung.rest is not None
        and scored.is_working_towards
        and months is not None
        and months <= rung.rest.most
    )


def _steps(edition: EditionData, rung: LevelRule, counted: Mapping[str, Scored]) -> tuple[Step, ...]:
    """Return the fewest changes that make `rung` hold.

    Whatever is below the level asked of all, or left out by the share with nobody working on it, has to change in any
    case. Each of those can be brought to the share's level; only if that is not enough are more needed, one for each
    that the share still lacks.
    """
    by_nearness = sorted(
        counted, key=lambda key: -edition.rank(counted[key].level)
    )  # stable: then by their order
    floor = edition.rank(rung.all_at)
    top = edition.rank(rung.share.at) if rung.share else floor
    idle = {
        key
        for key, scored in counted.items()
        if rung.rest and edition.rank(scored.level) < top and not _is_on_its_way(rung, scored)
    }
    must = [key for key in by_nearness if edition.rank(counted[key].level) < floor or key in idle]
    lacking = _lacking(edition, rung, counted)
    spare = [key for key in by_nearness if key not in must and edition.rank(counted[key].level) < top]
    below_top = [key for key in must if edition.rank(counted[key].level) < top]
    raised = set((below_top + spare)[:lacking])
    touched = {*must, *raised}
    return tuple(
        _step(edition, rung, key, to=max(floor, top) if key in raised else floor, scored=counted[key])
        for key in counted
        if key in touched
    )


def _lacking(edition: EditionData, rung: LevelRule, counted: Mapping[str, Scored]) -> int:
    """Return how many criteria the rung's share still lacks."""
    if rung.share is None:
        return 0
    have = len(counted) - len(_below(edition, rung.share.at, counted))
    return max(0, share_of(len(counted), rung.share.percent) - have)


def _step(edition: EditionData, rung: LevelRule, key: str, *, to: int, scored: Scored) -> Step:
    rank = max(to, edition.rank(scored.level))
    is_left_out = rung.rest is not None and rung.share is not None and rank < edition.rank(rung.share.at)
    level = edition.levels[rank - 1].key if rank > edition.rank(scored.level) else None
    return Step(key, level, needs_plan=is_left_out and not _is_on_its_way(rung, scored))
