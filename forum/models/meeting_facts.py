"""What people say of meetings and minutes before it is kept."""

from dataclasses import dataclass
from datetime import date, datetime

# Days for corrections that a form proposes; at least one.
WINDOW_DAYS = 7


@dataclass(frozen=True, slots=True)
class MeetingSaid:
    """When and where.

    Args:
        zone: the name of a time zone, that of the place where it is held. starts_at: aware. minutes: its length.
        livestream: an https address; it stays inside the group.
    """

    title: str
    language: str
    zone: str
    starts_at: datetime
    minutes: int
    place: str = ""
    livestream: str = ""


@dataclass(frozen=True, slots=True)
class PointSaid:
    """One point of an agenda; `code` is that of a point that is there already, or empty.

    Args:
        issue: the code of the standing issue that the point is about, or empty.
    """

    title: str
    code: str = ""
    minutes: int | None = None
    presenter: str = ""
    issue: str = ""


@dataclass(frozen=True, slots=True)
class LineSaid:
    """A decision or an action item as the minutes note it."""

    kind: str
    text: str
    language: str = ""
    owner: str = ""
    due_on: date | None = None
