"""What happens by itself: reminders of calls, and introductions of two that both agreed to."""

from datetime import datetime, timedelta

from django.utils import timezone

from findings.actions.call import CALL_SOON, CALL_TOMORROW, remind_of_call
from findings.actions.introduction import complete_when_both_agreed
from findings.lifecycle import CallState
from findings.models import Call, IntroductionAsk
from ledger.models import Entry, Occurrence
from ledger.occurrences import cancel, schedule
from ledger.registry import occurrence, reaction

BEFORE = {CALL_TOMORROW: timedelta(days=1), CALL_SOON: timedelta(hours=1)}


@reaction("findings.call_agreed")
@reaction("findings.call_times_proposed")
@reaction("findings.call_cancelled")
def expect_call(entry: Entry) -> None:
    """Bring the reminders of a call in step with its time as it is now."""
    call = Call.objects.get(pk=entry.subject_id)
    for kind, before in BEFORE.items():
        cancel(kind, call)
        if call.state == CallState.AGREED and call.starts_at and call.starts_at - before > entry.at:
            data = {"starts_at": call.starts_at.isoformat()}
            schedule(kind, call, call.starts_at - before, call.supplier_id, data)


@occurrence(CALL_TOMORROW)
def call_tomorrow(row: Occurrence, at: datetime) -> None:
    """The day before."""
    _remind(row, at)


@occurrence(CALL_SOON)
def call_soon(row: Occurrence, at: datetime) -> None:
    """An hour before."""
    _remind(row, at)


def _remind(row: Occurrence, at: datetime) -> None:
    starts_at = datetime.fromisoformat(row.data["starts_at"])
    remind_of_call(call_id=row.subject_id, verb=row.kind, starts_at=starts_at, at=at)


@reaction("findings.introduction_agreed")
def introduce_two(entry: Entry) -> None:
    """Complete a round of two as soon as both have agreed: neither of them sees the other's answer."""
    ask = IntroductionAsk.objects.get(pk=entry.subject_id)
    complete_when_both_agreed(introduction_id=ask.introduction_id, at=timezone.now())
