"""What is due for assessments: reminders of their dates, and what follows when one is missed."""

from collections.abc import Sequence
from datetime import datetime

from ledger.models import Entry, Occurrence
from ledger.registry import occurrence, occurrences, reaction_to_many
from schemes.actions import assessment, calendar, interim, overdue
from schemes.models import Assessment


@occurrences(calendar.REMINDER)
def reminder(rows: Sequence[Occurrence], at: datetime) -> None:
    """So many days before answers are due."""
    interim.remind(rows, at=at)


@occurrences(calendar.ESCALATION)
def escalation(rows: Sequence[Occurrence], at: datetime) -> None:
    """So many days after they were."""
    interim.escalate(rows, at=at)


@occurrence(overdue.DIGEST)
def overdue_digest(row: Occurrence, at: datetime) -> None:
    """Once a day, for a scheme body that has something overdue."""
    overdue.tell(row, at=at)


def _dates_change(entries: Sequence[Entry]) -> None:
    """An assessment was opened by hand, sent, or got another date: the member's calendar follows."""
    wanted = [one.subject_id for one in entries]
    rows = Assessment.objects.filter(pk__in=wanted, membership__isnull=False)
    members = rows.values_list("membership_id", flat=True)
    calendar.plan_calendar(members, at=max(one.at for one in entries))


@reaction_to_many(assessment.OPENED)
def opened(entries: Sequence[Entry]) -> None:
    """Give an assessment that somebody opened its dates; the scheduler gives them to those that it opens."""
    if by_people := [one for one in entries if one.actor_id is not None]:
        _dates_change(by_people)


for _verb in (assessment.SUBMITTED, assessment.TAKEN_UP, assessment.RESCHEDULED):
    reaction_to_many(_verb)(_dates_change)
