"""What happens when a plan's update falls due: the site is reminded before, on the day, and a week after."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from findings.actions.plan import UPDATE_LATE
from findings.lifecycle import FindingState
from findings.models import ActionPlan
from ledger.dates import moment
from ledger.entries import record
from ledger.occurrences import schedule

LATE_AFTER = timedelta(days=7)
MORNING = time(9)


def remind_of_update(*, plan_id: int, verb: str, due_on: date, at: datetime) -> bool:
    """Record that an update is due soon, due or late, so that the site is told; tell whether it was.

    Does nothing when the CAR has closed or the date was met meanwhile. Acts for nobody: a date came.
    """
    plan = ActionPlan.objects.select_related("finding").get(pk=plan_id)
    if plan.finding.state != FindingState.IN_PROGRESS or plan.next_update_on != due_on:
        return False
    record(
        verb=verb,
        by=None,
        subject=plan.finding,
        owner_id=plan.supplier_id,
        at=at,
        data={"due_on": due_on.isoformat(), "plan": plan.code},
    )
    return True


def expect_late_report(*, plan_id: int, due_on: date) -> None:
    """Ask again a week after the date, unless a report has come by then."""
    plan = ActionPlan.objects.select_related("finding__site").get(pk=plan_id)
    late_at = moment(due_on + LATE_AFTER, ZoneInfo(plan.finding.site.timezone), MORNING)
    schedule(UPDATE_LATE, plan, late_at, plan.supplier_id, {"due_on": due_on.isoformat()})
