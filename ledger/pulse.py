"""Is the house alive? Signs that the jobs leave, and what `/readyz` and the operator's page make of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from ledger.models import Delivery, DeliveryState, Heartbeat, Occurrence, Outbox

TICK_LATE_AFTER = timedelta(minutes=3)
WAITING_TOO_LONG = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the last tick saw.

    Args:
        ticked_at: the last tick that finished; None before the first.
        waiting_since: since when the oldest thing due has not been looked at; None when nothing waits.
        parked: how many things were given up and need a person.
        failed_checks: names of nightly checks that raised an alarm.
    """

    ticked_at: datetime | None
    waiting_since: datetime | None
    parked: int
    failed_checks: tuple[str, ...]

    def alarms(self, at: datetime) -> tuple[str, ...]:
        """Return a stable code for each thing that is wrong at `at`; empty when all is well."""
        late = self.ticked_at is None or at - self.ticked_at > TICK_LATE_AFTER
        stuck = self.waiting_since is not None and at - self.waiting_since > WAITING_TOO_LONG
        seen = {
            "tick-late": late,
            "work-waits": stuck,
            "work-parked": self.parked,
            "check-failed": self.failed_checks,
        }
        return tuple(code for code, is_wrong in seen.items() if is_wrong)


def beat(at: datetime) -> None:
    """Leave the sign that the tick has done its work at `at`, with what waits and what is parked."""
    since = min(filter(None, _waiting_since(at)), default=None)
    data = {"waiting_since": since.isoformat() if since else None, "parked": _parked()}
    leave("tick", at, data)


def leave(name: str, at: datetime, data: Mapping[str, object]) -> None:
    """Leave a sign of life under `name`."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": at, "data": dict(data)})


def read_pulse() -> Pulse:
    """Read the signs of life; any role may."""
    rows = {row.name: row for row in Heartbeat.objects.all()}
    tick = rows.get("tick")
    since = tick.data.get("waiting_since") if tick else None
    return Pulse(
        ticked_at=tick.at if tick else None,
        waiting_since=datetime.fromisoformat(since) if since else None,
        parked=tick.data.get("parked", 0) if tick else 0,
        failed_checks=tuple(sorted(name for name, row in rows.items() if row.data.get("error"))),
    )


def _waiting_since(at: datetime) -> Iterable[datetime | None]:
    """Yield, for each mailbox, the moment from which its oldest row has been due without a try."""
    overdue = {"next_try_at__lt": at}
    waiting = (
        Outbox.objects.filter(parked_at=None, **overdue),
        Delivery.objects.to_send().filter(**overdue),
        Occurrence.objects.open().filter(**overdue),
    )
    for rows in waiting:
        yield rows.aggregate(first=Min("next_try_at"))["first"]


def _parked() -> int:
    return (
        Outbox.objects.exclude(parked_at=None).count()
        + Delivery.objects.filter(state=DeliveryState.PARKED).count()
        + Occurrence.objects.filter(cancelled_at=None).exclude(parked_at=None).count()
    )
