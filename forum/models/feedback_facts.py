"""What co-leads say when they prepare a feedback round."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from forum.models.group import Group
from forum.models.project import Milestone, ProjectUpdate


@dataclass(frozen=True, slots=True)
class RoundSaid:
    """A round: what it asks for, whom, and when.

    Args:
        invited: the other groups; empty with `for_all`, which means every group.
        opens_at: None to open as soon as it is released.
    """

    title: str
    purpose: str
    closes_at: datetime
    opens_at: datetime | None = None
    language: str = ""
    zone: str = "UTC"
    for_all: bool = False
    invited: Sequence[Group] = ()


@dataclass(frozen=True, slots=True)
class PartSaid:
    """How a project is presented to people of other groups."""

    description: str
    language: str = ""
    questions: Sequence[str] = ()
    milestones: Sequence[Milestone] = ()
    updates: Sequence[ProjectUpdate] = ()
