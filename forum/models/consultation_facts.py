"""What is said about consultations, as actions take it."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConsultationSaid:
    """What a consultation is about, and whether the public is asked."""

    title: str
    summary: str
    language: str
    is_public: bool


@dataclass(frozen=True, slots=True)
class ClauseSaid:
    """One clause; `identity` of the one that it was before, empty for a new one."""

    identity: str
    label: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class WindowSaid:
    """From when until when one comments, on the clocks of which place."""

    opens_at: dt.datetime | None
    closes_at: dt.datetime
    zone: str


@dataclass(frozen=True, slots=True)
class PublicSaid:
    """What somebody without an account says."""

    name: str
    organisation: str
    email: str
    text: str
    language: str
