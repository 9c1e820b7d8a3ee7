"""What happens when a report on a plan falls due."""

from datetime import date, datetime

from findings.actions.plan import UPDATE_DUE, UPDATE_LATE, UPDATE_SOON
from findings.actions.reminders import expect_late_report, remind_of_update
from ledger.models import Occurrence
from ledger.registry import occurrence


def _due_on(row: Occurrence) -> date:
    return date.fromisoformat(row.data["due_on"])


@occurrence(UPDATE_SOON)
def update_soon(row: Occurrence, at: datetime) -> None:
    """A week before an update is due."""
    remind_of_update(plan_id=row.subject_id, verb=UPDATE_SOON, due_on=_due_on(row), at=at)


@occurrence(UPDATE_DUE)
def update_due(row: Occurrence, at: datetime) -> None:
    """On the day; whoever misses it is asked once more a week later."""
    if remind_of_update(plan_id=row.subject_id, verb=UPDATE_DUE, due_on=_due_on(row), at=at):
        expect_late_report(plan_id=row.subject_id, due_on=_due_on(row))


@occurrence(UPDATE_LATE)
def update_late(row: Occurrence, at: datetime) -> None:
    """A week after the day."""
    remind_of_update(plan_id=row.subject_id, verb=UPDATE_LATE, due_on=_due_on(row), at=at)
