"""What members, assessors and deciders say, before it is kept."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnswerSaid:
    """What a member says about a criterion.

    Args:
        claimed: key of a level or value of the edition, or empty.
        reason: why it is not relevant; only then.
    """

    text: str = ""
    language: str = ""
    claimed: str = ""
    is_relevant: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ScoreSaid:
    """What an assessor says about a criterion.

    Args:
        value: key of a level or value of the edition; empty for none reached, or not assessed.
        relied_on: codes of evidence in this assessment.
        likely_on: any day of the month in which the next level is likely; kept as its first.
    """

    value: str = ""
    is_relevant: bool = True
    reason: str = ""
    rationale: str = ""
    language: str = ""
    relied_on: tuple[str, ...] = ()
    is_working_towards: bool = False
    towards_plan: str = ""
    likely_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ItemSaid:
    """One line of an improvement schedule.

    Args:
        criterion: key of a criterion, or empty for the whole.
    """

    what: str
    by_on: dt.date
    criterion: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class NoticeSaid:
    """What an improvement notice says."""

    words: str
    answer_by: dt.date
    language: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody decides.

    Args:
        outcome: a value of `Outcome`. level: key of the level that is given, for `award` and `move_up`; the highest
            that the rule gives unless named.
        items: the improvement schedule, needed for `improve`. notice: needed for `notice`.
    """

    outcome: str
    reasons: str
    level: str = ""
    language: str = ""
    items: tuple[ItemSaid, ...] = ()
    notice: NoticeSaid | None = None
