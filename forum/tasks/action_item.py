"""Reminders of action items: a week and a day before, and the day after. Rows of nobody's organisation."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from forum.actions.action_item import ADDED, CHANGED, DUE_SOON, OVERDUE
from forum.actions.inside import tell
from forum.models import ActionItem
from ledger.dates import moment
from ledger.models import Entry, Occurrence
from ledger.occurrences import schedule
from ledger.registry import occurrence, reaction

MORNING = time(8)  # where the owner is
DAYS_BEFORE = (7, 1)


def _expect(entry: Entry) -> None:
    """Plan what is still ahead; what an earlier day had planned finds another day and does nothing."""
    rows = ActionItem.objects.still_open().select_related("owner")
    item = rows.filter(code=entry.data.get("code")).first()
    if item is None:
        return
    zone = ZoneInfo(item.owner.timezone)
    for kind, days in ((OVERDUE, -1), *((DUE_SOON, days) for days in DAYS_BEFORE)):
        on = item.due_on - timedelta(days=days)
        due_at = moment(on, zone, MORNING)
        if due_at > entry.at:
            schedule(kind, item, due_at, None, due_on=on)


reaction(ADDED)(_expect)
reaction(CHANGED)(_expect)


def _item(row: Occurrence) -> ActionItem | None:
    rows = ActionItem.objects.still_open().select_related("group")
    return rows.filter(pk=row.subject_id).first()


@occurrence(DUE_SOON)
def due_soon(row: Occurrence, at: datetime) -> None:
    """Remind the owner, if this is still so many days before the day."""
    item = _item(row)
    if item is not None and row.due_on and (item.due_on - row.due_on).days in DAYS_BEFORE:
        tell(verb=DUE_SOON, by=None, group=item.group, at=at, data={"code": item.code})


@occurrence(OVERDUE)
def overdue(row: Occurrence, at: datetime) -> None:
    """Tell the owner and the co-leads, if its day was yesterday."""
    item = _item(row)
    if item is not None and row.due_on and (row.due_on - item.due_on).days == 1:
        tell(verb=OVERDUE, by=None, group=item.group, at=at, data={"code": item.code})
