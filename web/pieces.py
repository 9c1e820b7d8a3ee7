"""Small values that views hand to components, so that a page's pieces are typed and not dictionaries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure that links to the rows behind it."""

    label: str
    figure: str | int
    url: str = ""
    note: str = ""
    tone: Literal["", "car", "bad"] = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a guided task."""

    label: str
    state: Literal["done", "now", "later"] = "later"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """One point of a timeline; `at` is None for what is still to come."""

    title: str
    note: str = ""
    at: date | datetime | None = None
    state: Literal["done", "next", "later"] = "done"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One term and its value."""

    term: str
    detail: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step back; the last has no address."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that waits for the reader: who, what, its status and the way there."""

    who: str
    what: str
    url: str
    verb: str
    kind: str = ""
    state: str = ""
    note: str = ""
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures in a chart; `tone` names a colour token."""

    name: str
    values: Sequence[float | None]
    tone: str = "thread"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart and, by the same figures, the table behind it.

    `categories` are the labels along the axis; every series has one value for each, None where none is known.
    """

    code: str
    title: str
    categories: Sequence[str]
    series: Sequence[Series]
    kind: Literal["bar", "line"] = "bar"
    unit: str = ""
    is_stacked: bool = False
    maximum: float | None = None

    def spec(self) -> dict[str, object]:
        """Return what static/js/charts.js draws from."""
        return {
            "kind": self.kind,
            "categories": list(self.categories),
            "series": [{"name": s.name, "values": list(s.values), "tone": s.tone} for s in self.series],
            "unit": self.unit,
            "stacked": self.is_stacked,
            "maximum": self.maximum,
        }

    def rows(self) -> list[tuple[str, list[float | None]]]:
        """Return the table: one row per category, one cell per series."""
        return [
            (category, [series.values[place] for series in self.series])
            for place, category in enumerate(self.categories)
        ]
