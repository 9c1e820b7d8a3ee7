"""What an audit firm says, as plain values on their way from a form or the API to an action."""

import datetime as dt
from dataclasses import dataclass

BREACH = "breach"  # the requirement says whether it is a non-compliance or a CAR


@dataclass(frozen=True, slots=True)
class NamedAuditor:
    """An auditor with the APSCA registration as validated on a day."""

    name: str
    grade: str
    apsca_number: str
    validated_on: dt.date | None = None
    is_lead: bool = False


@dataclass(frozen=True, slots=True)
class AuditFacts:
    """What an audit firm says about an audit, apart from its findings; choices are those of `Audit`."""

    kind: str
    notice: str
    pillars: int
    starts_on: dt.date
    ends_on: dt.date
    reference: str = ""
    summary: str = ""
    language: str = ""  # of the summary


@dataclass(frozen=True, slots=True)
class Said:
    """What the auditor says in a finding; `severity` and `verification` for a non-compliance only."""

    title: str
    description: str
    workers_affected: int | None = None
    extent: str = ""
    severity: str | None = None
    verification: str | None = None
    objective_evidence: str = ""
    law_reference: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a site says it did about a non-compliance.

    Args:
        whys: one to five answers, each to "why?" of the one before.
        cause: a value of `CorrectiveAction.Cause`.
        correction: what was done. prevention: what keeps it from coming back.
        responsible: a role, no name is needed. done_on: the day it was done.
        language: the language it is written in.
    """

    whys: tuple[str, ...]
    cause: str
    correction: str
    prevention: str
    responsible: str
    done_on: dt.date
    language: str = ""


@dataclass(frozen=True, slots=True)
class VarianceFacts:
    """What a buyer says about its own code: the clause in words, what falls short, and how the buyer rates it."""

    title: str
    description: str
    clause: str = ""
    severity: str = ""
    due_on: dt.date | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Rated:
    """What is said of one cell of the management systems: `cell` as `1A.policies`, `grade` a key, or "" for none."""

    cell: str
    grade: str
    note: str = ""
    language: str = ""


# What a revision of a published audit may change of a finding.
WORDS = (
    "title",
    "description",
    "objective_evidence",
    "law_reference",
    "language",
    "workers_affected",
    "extent",
)
JUDGED = ("severity", "due_on")  # of a non-compliance alone
