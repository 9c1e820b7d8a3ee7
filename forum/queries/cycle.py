"""The cycle as it is drawn: arcs around a ring, one for each stage, with its groups beside it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from forum.models import Group, Stage

SIZE, RADIUS, GAP = 400, 150.0, 0.16  # of the drawing; the gap between two arcs in radians
LABEL_RADIUS, DOT_RADIUS = 78.0, 150.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One group on its arc."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Arc:
    """One stage on the ring.

    Args:
        path: of the arc, for SVG. head: the three points of its arrow. x, y: where its name stands.
    """

    stage: Stage
    number: int
    groups: Sequence[Group]
    path: str
    head: str
    x: float
    y: float
    dots: Sequence[Dot]


def draw_cycle(stages: Sequence[Stage], groups: Sequence[Group], *, mirrored: bool = False) -> list[Arc]:
    """Return the arcs, the first at the top at the start of a line, going on clockwise (mirrored: the other way)."""
    count = max(len(stages), 1)
    step = 2 * math.pi / count
    drawn = []
    for place, stage in enumerate(stages):
        own = [one for one in groups if one.stage_id == stage.pk]
        middle = -math.pi / 2 - (step / 2 if count % 2 == 0 else 0) + place * step
        begin, end = middle - step / 2 + GAP / 2, middle + step / 2 - GAP / 2
        (x0, y0), (x1, y1) = _at(begin, RADIUS, mirrored), _at(end, RADIUS, mirrored)
        sweep, large = int(not mirrored), int(end - begin > math.pi)
        dots = [
            Dot(*_at(begin + (end - begin) * (n + 1) / (len(own) + 1), DOT_RADIUS, mirrored))
            for n in range(len(own))
        ]
        label = _at(middle, LABEL_RADIUS, mirrored)
        drawn.append(
            Arc(
                stage=stage,
                number=place + 1,
                groups=own,
                path=f"M{x0} {y0}A{RADIUS:.0f} {RADIUS:.0f} 0 {large} {sweep} {x1} {y1}",
                head=_head(end, mirrored),
                x=label[0],
                y=label[1],
                dots=dots,
            )
        )
    return drawn


def _at(angle: float, radius: float, mirrored: bool) -> tuple[float, float]:
    x = SIZE / 2 + radius * math.cos(angle) * (-1 if mirrored else 1)
    return round(x, 1), round(SIZE / 2 + radius * math.sin(angle), 1)


def _head(end: float, mirrored: bool) -> str:
    points = (
        _at(end, RADIUS - 17, mirrored),
        _at(end + 0.13, RADIUS, mirrored),
        _at(end, RADIUS + 17, mirrored),
    )
    return " ".join(f"{x},{y}" for x, y in points)
