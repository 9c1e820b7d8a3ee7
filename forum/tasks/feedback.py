"""What time brings to a feedback round: it opens, its last days come, its window ends. Rows are nobody's own."""

from datetime import datetime, timedelta

from forum.actions.feedback import CLOSES_SOON, OPENED, OVER, RELEASED
from forum.actions.inside import tell
from forum.lifecycle import FeedbackState
from forum.models import FeedbackRound
from ledger.models import Entry, Occurrence
from ledger.occurrences import schedule
from ledger.registry import occurrence, reaction

WARNING = timedelta(days=3)


@reaction(RELEASED)
def expect_window(entry: Entry) -> None:
    """Plan its opening, its end and, where it lasts longer than that, the letter three days before the end."""
    found = FeedbackRound.objects.filter(code=entry.data.get("code"), state=FeedbackState.OPEN).first()
    if found is None or found.opens_at is None:
        return
    schedule(OPENED, found, found.opens_at, None)
    schedule(OVER, found, found.closes_at, None)
    if found.closes_at - found.opens_at > WARNING:
        schedule(CLOSES_SOON, found, found.closes_at - WARNING, None)


@occurrence(OPENED)
def opened(row: Occurrence, at: datetime) -> None:
    """Tell the invited groups, unless the round is over before anybody looked."""
    _tell(OPENED, row, at, closes_at__gt=at)


@occurrence(CLOSES_SOON)
def closes_soon(row: Occurrence, at: datetime) -> None:
    """Remind whoever has said nothing so far; too late is not at all."""
    _tell(CLOSES_SOON, row, at, closes_at__gt=at)


@occurrence(OVER)
def over(row: Occurrence, at: datetime) -> None:
    """Tell the co-leads that nobody comments any more."""
    _tell(OVER, row, at)


def _tell(verb: str, row: Occurrence, at: datetime, **which: datetime) -> None:
    rows = FeedbackRound.objects.select_related("group").filter(
        pk=row.subject_id, state=FeedbackState.OPEN, **which
    )
    found = rows.first()
    if found is not None:
        tell(verb=verb, by=None, group=found.group, at=at, data={"code": found.code})
