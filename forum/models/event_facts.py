"""What organisers say of an event, and what is said of several places: values that forms hand to actions."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from forum.models.event import Event
from forum.models.group import Group
from forum.models.series import Series
from organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Seat:
    """One of several places: a colleague's, somebody's with a name alone, or nobody's yet."""

    name: str = ""
    person_id: int | None = None


@dataclass(frozen=True)
class EventSaid:
    """What an organiser says of an event; moments are exact, `zone` is the one they were said in."""

    title: str
    kind: str
    zone: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    summary: str = ""
    language: str = ""
    tags: Sequence[str] = ()
    series: Series | None = None
    place: str = ""
    capacity: int | None = None
    per_organisation: int | None = None
    opens_to: str = Event.OpensTo.EVERYONE
    capabilities: Sequence[str] = ()
    register_by: dt.datetime | None = None
    offer_hours: int = 48
    joining_link: str = ""
    joining_words: str = ""
    organisations: Sequence[Organisation] = field(default=())
    group: Group | None = None

    def columns(self) -> dict[str, Any]:
        """Return what stands in the event's own row."""
        apart = {"joining_link", "joining_words", "organisations"}
        said = {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in apart}
        return said | {"tags": list(self.tags), "capabilities": list(self.capabilities)}
