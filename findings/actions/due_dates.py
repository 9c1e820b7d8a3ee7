"""What happens as the dates of non-compliances come near: one reminder per audit and day, however many they are.

A factory with forty findings is told once that five are due in two weeks, not five times. Reminders follow the dates
that count (`Finding.due_by`): whenever something moves, what is planned for the audit is brought into step with what
is open now. Acts for nobody: a date came.
"""

import datetime as dt
import zoneinfo

from django.conf import settings

from findings.lifecycle import FindingState
from findings.models import Audit, Finding
from findings.models.finding import FindingQuerySet
from findings.queries.corrective import due_dates
from ledger.dates import date_in, moment
from ledger.entries import record
from ledger.models import Occurrence
from ledger.occurrences import schedule

SOON = "findings.nc_due_soon"
DUE = "findings.nc_due"
LATE = "findings.nc_late"
KINDS = (SOON, DUE, LATE)
MORNING = dt.time(9)  # where the site is
WEEK = 7
NAMED = 5  # titles in a letter; the page has the rest


def plan_reminders(*, audit_id: int, at: dt.datetime) -> None:
    """Bring the reminders of an audit into step with its open non-compliances: plan what lacks, call off the rest."""
    audit = Audit.objects.select_related("site").get(pk=audit_id)
    zone = zoneinfo.ZoneInfo(audit.site.timezone)
    today = date_in(zone, at)
    wanted = {one for one in _wanted(due_dates(audit_id), today) if moment(one[1], zone, MORNING) > at}
    # What is due already does nothing by itself if nothing is open any more; and it may be at work right now.
    planned = Occurrence.objects.about(audit).filter(
        kind__in=KINDS, done_at=None, cancelled_at=None, due_at__gt=at
    )
    for row in planned:
        if (row.kind, row.due_on) not in wanted:
            Occurrence.objects.filter(pk=row.pk, done_at=None).update(cancelled_at=at)
    for kind, on in sorted(wanted):
        schedule(kind, audit, moment(on, zone, MORNING), audit.supplier_id, due_on=on)


def remind(*, kind: str, audit_id: int, on: dt.date, at: dt.datetime) -> bool:
    """Record that dates of an audit are near, here or past, so that the site is told; tell whether any are.

    Args:
        on: the day that the reminder stands for, even if it comes later.
    """
    rows = list(reminded(kind, audit_id, on).order_by("due_by", "pk"))
    if rows:
        audit = Audit.objects.get(pk=audit_id)
        first = rows[0].due_by
        data = {
            "count": len(rows),
            "titles": [one.title for one in rows[:NAMED]],
            "on": first.isoformat() if first else "",
            "site": audit.site_name,
        }
        record(verb=kind, by=None, subject=audit, owner_id=audit.supplier_id, at=at, data=data)
    plan_reminders(audit_id=audit_id, at=at)
    return bool(rows)


def reminded(kind: str, audit_id: int, on: dt.date) -> FindingQuerySet:
    """Return the open non-compliances of an audit that a reminder of a day is about."""
    rows = Finding.objects.non_compliances().filter(audit_id=audit_id, state=FindingState.OPEN)
    if kind == SOON:
        return rows.filter(due_by__in=[on + dt.timedelta(days=n) for n in settings.DUE_REMINDER_DAYS])
    return rows.filter(due_by=on) if kind == DUE else rows.filter(due_by__lt=on)


def _wanted(dates: set[dt.date], today: dt.date) -> set[tuple[str, dt.date]]:
    """Return each reminder with its day: before a date, on it, and every week after the oldest that is past."""
    wanted = {(SOON, one - dt.timedelta(days=n)) for one in dates for n in settings.DUE_REMINDER_DAYS}
    wanted |= {(DUE, one) for one in dates}
    if dates:
        weeks = max((today - min(dates)).days // WEEK, 0) + 1
        wanted.add((LATE, min(dates) + dt.timedelta(days=weeks * WEEK)))
    return wanted
