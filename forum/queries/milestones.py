"""Where milestones and today stand on a line: pure arithmetic for the picture of a project."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from forum.models import Milestone

LEFT, RIGHT = 16, 384  # in a picture 400 wide and 100 high
CLOSE = 26  # nearer than this to the one before, a mark moves to another line
LINES = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """One milestone in the picture: how far along, on which line, its number in the list and how it stands."""

    x: int
    line: int
    number: int
    state: str

    @property
    def y(self) -> int:
        """How far down: the first line stands nearest to the axis."""
        return 68 - 27 * self.line


@dataclass(frozen=True, slots=True)
class Picture:
    """The marks, and where today is."""

    marks: list[Mark]
    today: int


def drawn(milestones: Sequence[Milestone], *, today: dt.date) -> Picture | None:
    """Return the picture of milestones in the order of their days; None without any."""
    if not milestones:
        return None
    first = min(today, *(one.due_on for one in milestones))
    days = max((max(today, *(one.due_on for one in milestones)) - first).days, 1)

    def along(day: dt.date) -> int:
        return LEFT + (RIGHT - LEFT) * (day - first).days // days

    marks: list[Mark] = []
    for number, one in enumerate(milestones, 1):
        x = along(one.due_on)
        line = (marks[-1].line + 1) % LINES if marks and x - marks[-1].x < CLOSE else 0
        state = "late" if one.is_late(today) else str(one.state)
        marks.append(Mark(x, line, number, state))
    return Picture(marks, along(today))
