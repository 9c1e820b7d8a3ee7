"""When people are reminded of an event, and when it is over: occurrences that follow its times."""

import datetime as dt

from forum.models import Event
from ledger.occurrences import cancel, schedule

TOMORROW, SOON, OVER = "forum.event_tomorrow", "forum.event_soon", "forum.event_over"
BEFORE = {TOMORROW: dt.timedelta(days=1), SOON: dt.timedelta(hours=1)}


def plan_reminders(event: Event, *, at: dt.datetime) -> None:
    """Have people reminded a day and an hour before, and the event closed at its end; older plans are void."""
    drop_reminders(event, at=at)
    for kind, before in BEFORE.items():
        if event.starts_at - before > at:
            schedule(kind, event, event.starts_at - before, event.organiser_id)
    schedule(OVER, event, event.ends_at, event.organiser_id)


def drop_reminders(event: Event, *, at: dt.datetime) -> None:
    """Remind nobody any more."""
    for kind in (*BEFORE, OVER):
        cancel(kind, event, at=at)
