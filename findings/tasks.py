"""What this app does when something falls due."""

from datetime import date, datetime

from findings.actions.plan import UPDATE_DUE, UPDATE_LATE, UPDATE_SOON
from findings.actions.reminders import expect_late_report, remind_of_update
from findings.actions.share import SHARE_OVER, tell_of_end
from findings.queries.drift import audit_drift
from findings.queries.share import grant_drift
from ledger.models import Occurrence
from ledger.registry import nightly, occurrence


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


class AuditAccessDrifted(RuntimeError):
    """The table that says who sees which audit differs from its rule."""


@nightly("findings.access")
def check_audit_access(at: datetime) -> None:
    """Raise the alarm when somebody sees more or fewer audits than the rule gives."""
    found = audit_drift()
    if found:
        raise AuditAccessDrifted(str(found))


@occurrence(SHARE_OVER)
def share_over(row: Occurrence, at: datetime) -> None:
    """When a share has ended by its date; the database has closed it to the second already."""
    tell_of_end(share_id=row.subject_id, at=at)


class GrantsDrifted(RuntimeError):
    """The table that says whom a share reaches differs from its rule."""


@nightly("findings.grants")
def check_grants(at: datetime) -> None:
    """Raise the alarm when a share reaches more or fewer people than the rule gives."""
    found = grant_drift()
    if found:
        raise GrantsDrifted(str(found))
