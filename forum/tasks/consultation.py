"""What time brings to a consultation: its opening, its last day, its end, and addresses that nobody confirmed."""

from datetime import datetime, timedelta

from forum.actions.consultation import (
    CLOSED,
    CLOSES_SOON,
    EXTENDED,
    OPENED,
    PLANNED,
    close_due_round,
    codes_of,
    open_announced,
)
from forum.actions.inside import tell
from forum.lifecycle import CommentState, RoundState
from forum.models import ConsultationComment, ConsultationContact, ConsultationRound
from forum.permissions.consultation import HOURS_TO_CONFIRM
from ledger.models import Entry, Occurrence
from ledger.occurrences import schedule
from ledger.registry import nightly, occurrence, reaction

WARNING = timedelta(days=1)


def _round(entry: Entry) -> ConsultationRound | None:
    return ConsultationRound.objects.filter(code=entry.data.get("code")).first()


@reaction(PLANNED)
def expect_opening(entry: Entry) -> None:
    """Plan the opening of an announced round."""
    asked = _round(entry)
    if asked is not None and asked.state == RoundState.PLANNED and asked.opens_at:
        schedule(OPENED, asked, asked.opens_at, None)


@reaction(OPENED)
def expect_end(entry: Entry) -> None:
    """Plan the end of a round and the letter of a day before."""
    _expect_end(entry)


@reaction(EXTENDED)
def expect_later_end(entry: Entry) -> None:
    """The same, for the later hour; what was planned for the earlier one finds the round open and does nothing."""
    _expect_end(entry)


def _expect_end(entry: Entry) -> None:
    asked = _round(entry)
    if asked is None or asked.opens_at is None or asked.closes_at is None:
        return
    schedule(CLOSED, asked, asked.closes_at, None)
    if asked.closes_at - asked.opens_at > WARNING:
        schedule(CLOSES_SOON, asked, asked.closes_at - WARNING, None)


@occurrence(OPENED)
def open_it(row: Occurrence, at: datetime) -> None:
    """Open it."""
    open_announced(round_id=row.subject_id, at=at)


@occurrence(CLOSED)
def close_it(row: Occurrence, at: datetime) -> None:
    """Close it."""
    close_due_round(round_id=row.subject_id, at=at)


@occurrence(CLOSES_SOON)
def warn(row: Occurrence, at: datetime) -> None:
    """Remind the people of the group; not when it closes later than was planned, and too late is not at all."""
    rows = ConsultationRound.objects.select_related("group", "consultation")
    asked = rows.filter(pk=row.subject_id, state=RoundState.OPEN, closes_at__gt=at).first()
    if asked is not None and asked.closes_at is not None and asked.closes_at - WARNING <= at:
        tell(verb=CLOSES_SOON, by=None, group=asked.group, at=at, data=codes_of(asked))


@nightly("forum.consultation_addresses")
def forget_unconfirmed(at: datetime) -> None:
    """Delete comments whose address nobody confirmed in time, with the address."""
    late = at - timedelta(hours=HOURS_TO_CONFIRM)
    rows = ConsultationComment.objects.filter(state=CommentState.WAITING, made_at__lt=late)
    wanted = list(rows.values_list("pk", flat=True)[:5000])
    ConsultationContact.objects.filter(comment_id__in=wanted).delete()
    ConsultationComment.objects.filter(pk__in=wanted, state=CommentState.WAITING).delete()
