"""What people say about an initiative and its rating, before it is a row."""

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class InitiativeFacts:
    """What an initiative is. `improving` holds `{"title", "url"}` of sites that it publishes as improving."""

    name: str
    summary: str
    covers: str = ""
    how_to_join: str = ""
    website: str = ""
    improving: list[dict[str, str]] = field(default_factory=list)
    language: str = ""


@dataclass(frozen=True, slots=True)
class CitationFacts:
    """One dated piece of evidence and how much it carries."""

    title: str
    dated_on: dt.date
    grade: str
    url: str = ""
