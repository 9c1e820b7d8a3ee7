"""What pages show of an edition: its rungs, its criteria with their guidance, and its faults beside the text."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemes.definitions.edition import CriterionData, EditionData, GroupData
from schemes.definitions.faults import Fault
from schemes.definitions.words import rule_sentences
from sourcing.definitions.kinds import title_of

AROUND = 2  # lines shown before and after one that is at fault
WIDEST = 400  # characters of a line that are shown


@dataclass(frozen=True, slots=True)
class Rung:
    """One level as a page draws it; rank 1 is the lowest."""

    rank: int
    title: str
    about: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a scale; `points` is its place."""

    points: int
    title: str
    about: str
    needs_proof: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """One criterion: its number in the edition, guidance by step, and names of evidence that helps."""

    number: int
    data: CriterionData
    guidance: tuple[tuple[str, tuple[str, ...]], ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A group with its criteria; one without a title where the edition has no groups."""

    group: GroupData
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of a text, with what is wrong in it; number 0 stands for lines left out."""

    number: int
    text: str
    faults: tuple[Fault, ...]


def rungs_of(edition: EditionData) -> list[Rung]:
    """Return the levels, highest first, as a ladder stands."""
    found = [
        Rung(rank, level.title, level.about, rule_sentences(edition, level.key))
        for rank, level in enumerate(edition.levels, start=1)
    ]
    return found[::-1]


def values_of(edition: EditionData) -> list[Value]:
    """Return the values of the scale, highest first; none without a scale."""
    scale = edition.scale
    if scale is None:
        return []
    found = [
        Value(points, one.title, one.about, scale.needs_proof(one.key))
        for points, one in enumerate(scale.values)
    ]
    return found[::-1]


def chapters_of(edition: EditionData) -> list[Chapter]:
    """Return the criteria under their groups."""
    titles = dict(edition.choices())
    asked = {
        criterion.key: Asked(
            number,
            criterion,
            tuple(
                (title, criterion.guidance[key]) for key, title in titles.items() if key in criterion.guidance
            ),
            tuple(title_of(kind) for kind in criterion.evidence),
        )
        for number, criterion in enumerate(edition.criteria, start=1)
    }
    groups = edition.groups or (GroupData("", ""),)
    found = [
        Chapter(group, tuple(asked[one.key] for one in edition.criteria_of(group.key))) for group in groups
    ]
    return [chapter for chapter in found if chapter.asked]


def beside(text: str, faults: Sequence[Fault]) -> list[SourceLine]:
    """Return the lines at fault with what is wrong in each, and those around them."""
    lines = text.split("\n")
    wanted = sorted(
        {
            number
            for fault in faults
            for number in range(fault.line - AROUND, fault.line + AROUND + 1)
            if 1 <= number <= len(lines)
        }
    )
    found: list[SourceLine] = []
    for number in wanted:
        if found and number > found[-1].number + 1:
            found.append(SourceLine(0, "", ()))
        own = tuple(fault for fault in faults if fault.line == number)
        found.append(SourceLine(number, lines[number - 1][:WIDEST], own))
    return found
