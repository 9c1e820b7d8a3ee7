"""What a rubric or a checklist adds up to: points by pillar, and how many of each answer.

Something that was not assessed is no zero: it stands as a gap, and there is no total while a pillar has one.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from schemes.definitions.edition import EditionData, GroupData

EVERYTHING = GroupData("", "")


@dataclass(frozen=True, slots=True)
class Pillar:
    """The points of one pillar.

    Args:
        points: the sum of what was assessed. most: what all of its indicators could give.
        gaps: keys of those that were not assessed.
    """

    group: GroupData
    points: int
    most: int
    gaps: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether everything in it was assessed."""
        return not self.gaps


@dataclass(frozen=True, slots=True)
class Tally:
    """The pillars of a rubric, and the total: None while any pillar has a gap."""

    pillars: tuple[Pillar, ...]
    total: int | None
    most: int


def tally(edition: EditionData, values: Mapping[str, str | None]) -> Tally:
    """Return the points that `values` give in a rubric.

    Args:
        edition: a rubric. values: by key of an indicator the key of a value; None or missing is not assessed.

    Raises:
        KeyError: an indicator or a value that the edition does not have.
        ValueError: the edition has no scale.
    """
    if edition.scale is None:
        raise ValueError(f"{edition.title} has no scale")
    for key in values:
        edition.criterion(key)
    scale, top = edition.scale, len(edition.scale.values) - 1
    pillars = []
    for group in edition.groups or (EVERYTHING,):
        keys = [one.key for one in edition.criteria_of(group.key)]
        given = [value for key in keys if (value := values.get(key)) is not None]
        gaps = tuple(key for key in keys if values.get(key) is None)
        pillars.append(Pillar(group, sum(scale.points(value) for value in given), top * len(keys), gaps))
    has_gap = any(not pillar.is_complete for pillar in pillars)
    total = None if has_gap else sum(pillar.points for pillar in pillars)
    return Tally(tuple(pillars), total, sum(pillar.most for pillar in pillars))


def counts(edition: EditionData, values: Mapping[str, str | None]) -> dict[str | None, int]:
    """Return how many criteria have each value of a checklist, highest first; under None those without one.

    Raises:
        KeyError: a criterion or a value that the edition does not have.
        ValueError: the edition has no scale.
    """
    if edition.scale is None:
        raise ValueError(f"{edition.title} has no scale")
    for key, value in values.items():
        edition.criterion(key)
        if value is not None:
            edition.scale.points(value)
    found = Counter(values.get(one.key) for one in edition.criteria)
    order = [*(value.key for value in reversed(edition.scale.values)), None]
    return {value: found[value] for value in order}
