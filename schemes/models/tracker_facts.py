"""What people say to the tracker, before it is a row."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StepFacts:
    """What was found of one step: its state, and where that is known from."""

    step: str
    state: str
    basis: str
    source: str = ""
    source_url: str = ""
    source_on: dt.date | None = None
    next_check_on: dt.date | None = None
    words: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class ContributionFacts:
    """What somebody knows about a company: one that is followed (by its code), or one named in words."""

    words: str
    company: str = ""
    company_name: str = ""
    step: str = ""
    source_url: str = ""
    language: str = ""
    contact: str = ""
