"""What time brings to meetings and minutes. Rows of nobody's organisation: reactions write them, nobody counts them."""

from datetime import datetime, timedelta

from forum.actions.inside import tell
from forum.actions.meeting import CANCELLED, HELD, MOVED, NEAR, PLANNED, when_of
from forum.actions.minutes import PROPOSED, WINDOW_OVER
from forum.lifecycle import MeetingState, MinutesState
from forum.models import Meeting, Minutes
from ledger.models import Entry, Occurrence
from ledger.occurrences import cancel, schedule
from ledger.registry import occurrence, reaction

REMIND, CLOSE = "forum.meeting_near", "forum.minutes_window"
BEFORE = timedelta(days=1)


@reaction(PLANNED)
@reaction(MOVED)
@reaction(CANCELLED)
@reaction(HELD)
def _remind_once(entry: Entry) -> None:
    """Keep one reminder for a meeting that is to take place: a day before, or none when that has passed."""
    found = Meeting.objects.filter(code=entry.data.get("code")).first()
    if found is None:
        return
    cancel(REMIND, found, at=entry.at)
    due_at = found.starts_at - BEFORE
    if found.state == MeetingState.PLANNED and due_at > entry.at:
        schedule(REMIND, found, due_at, None)


@occurrence(REMIND)
def _near(due: Occurrence, at: datetime) -> None:
    """Tell people that they meet within a day, unless it was moved, called off or is over."""
    found = Meeting.objects.select_related("group").filter(pk=due.subject_id).first()
    if (
        found is None
        or found.state != MeetingState.PLANNED
        or not at < found.starts_at <= due.due_at + BEFORE
    ):
        return
    tell(verb=NEAR, by=None, group=found.group, at=at, data=when_of(found))


@reaction(PROPOSED)
def _close_later(entry: Entry) -> None:
    """Look again when the time for corrections is over."""
    found = Minutes.objects.filter(code=entry.data.get("minutes"), state=MinutesState.PROPOSED).first()
    if found is not None and found.open_until is not None:
        schedule(CLOSE, found, found.open_until, None)


@occurrence(CLOSE)
def _window_over(due: Occurrence, at: datetime) -> None:
    """Tell the co-leads that they can record the approval, if nobody has."""
    rows = Minutes.objects.select_related("meeting__group").filter(
        pk=due.subject_id, state=MinutesState.PROPOSED
    )
    found = rows.first()
    if found is None or found.open_until is None or found.open_until > at:
        return
    data = {"code": found.meeting.code, "minutes": found.code, "number": found.number}
    tell(verb=WINDOW_OVER, by=None, group=found.meeting.group, at=at, data=data)
