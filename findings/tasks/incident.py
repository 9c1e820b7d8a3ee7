"""What is due in cases. Rows of nobody's organisation: a reaction writes them, so that no colleague can count them."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from findings.actions.incident import TASK_SET
from findings.models import IncidentTask
from findings.notices.incident import TASK_DUE
from findings.queries.incident import incident_drift
from ledger.dates import moment
from ledger.entries import record
from ledger.models import Entry, Occurrence
from ledger.occurrences import schedule
from ledger.registry import nightly, occurrence, reaction

MORNING = time(8)  # where the site is


@reaction(TASK_SET)
def expect_task(entry: Entry) -> None:
    """Remind of a task on the morning of its day."""
    task = IncidentTask.objects.select_related("incident__site").filter(pk=entry.data.get("task")).first()
    if task is not None and task.done_at is None:
        zone = ZoneInfo(task.incident.site.timezone)
        schedule(TASK_DUE, task, moment(task.due_on, zone, MORNING), None, due_on=task.due_on)


@occurrence(TASK_DUE)
def task_due(row: Occurrence, at: datetime) -> None:
    """Tell whoever has a task that is not done, and who leads, as long as the case is open."""
    task = IncidentTask.objects.select_related("incident").filter(pk=row.subject_id, done_at=None).first()
    if task is not None and not task.incident.is_closed:
        data = {"member": task.owner_id}
        record(verb=TASK_DUE, by=None, subject=task.incident, owner_id=None, at=at, data=data)


@nightly("findings.incident_access")
def compare_incident_access(at: datetime) -> None:
    """Compare who may read cases with the rule.

    Raises:
        RuntimeError: they differ.
    """
    if drift := incident_drift():
        raise RuntimeError(f"Access to cases differs from its rule: {drift}")
