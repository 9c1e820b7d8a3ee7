"""What is due, as rows. A scheduler only asks; however long it slept, everything due happens once."""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import structlog
from django.db import models, transaction
from django.db.models.functions import Now

from ledger import tries
from ledger.dates import date_in, moment, nth_date
from ledger.models import Occurrence
from ledger.models.occurrence import OccurrenceQuerySet
from ledger.models.subjects import about, code_of
from ledger.registry import Batch, batch_of, handler_of

__all__ = ["cancel", "date_in", "draft", "due", "moment", "nth_date", "schedule", "schedule_all", "tick"]

log = structlog.get_logger(__name__)

LIMIT = 10_000  # occurrences in one tick; the next goes on
BUDGET_SECONDS = 45.0  # after which a tick begins nothing more, below the minute to the next


def schedule(
    kind: str,
    subject: models.Model,
    due_at: datetime,
    owner_id: int | None,
    data: Mapping[str, Any] | None = None,
    *,
    due_on: date | None = None,
) -> Occurrence:
    """Have `kind` happen to `subject` at `due_at`; saying so again changes nothing.

    Scheduling what was cancelled makes it due again; what was done stays done.

    Args:
        kind: what is due, `"findings.update_due"`; a handler is registered under it. due_at: when, aware;
        for a date at some place take `moment(on, zone)`. owner_id: the organisation that the subject
        belongs to. Row security lets an organisation schedule only for itself; what must be due for another
        is scheduled by a reaction. data: what the handler needs beside the subject. due_on: the date it
        stands for, if it stands for one; the same date is never due twice, and `due_at` follows when the
        place's time zone has changed.

    Raises:
        ValueError: `due_at` has no time zone.
    """
    row = draft(kind, subject, due_at, owner_id, data, due_on=due_on)
    same: dict[str, Any] = {"kind": kind, "organisation_id": owner_id, **about(subject)}
    wanted = {name: getattr(row, name) for name in ("due_at", "due_on", "next_try_at", "data")}
    with transaction.atomic():
        Occurrence.objects.bulk_create([row], ignore_conflicts=True)
        return _follow(_kept(same, due_at, due_on), wanted)


def draft(
    kind: str,
    subject: models.Model,
    due_at: datetime,
    owner_id: int | None,
    data: Mapping[str, Any] | None = None,
    *,
    due_on: date | None = None,
) -> Occurrence:
    """Return an occurrence not yet written, for `schedule_all`; arguments as for `schedule`."""
    if due_at.tzinfo is None:
        raise ValueError("An occurrence needs an aware datetime.")
    return Occurrence(
        kind=kind,
        organisation_id=owner_id,
        **about(subject),
        subject_code=code_of(subject),
        due_at=due_at,
        due_on=due_on,
        next_try_at=due_at,
        data=dict(data or {}),
    )


def schedule_all(rows: Iterable[Occurrence]) -> None:
    """Write many drafted occurrences at once, for things that are new; what is there already stays as it is.

    Unlike `schedule` it revives nothing that was cancelled and moves nothing.
    """
    Occurrence.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def _kept(same: Mapping[str, Any], due_at: datetime, due_on: date | None) -> Occurrence:
    """Return the one row for this date, or for this moment; locked."""
    alike = Occurrence.objects.filter(**same).select_for_update(of=("self",))
    on_date = alike.filter(due_on=due_on).first() if due_on else None
    return on_date or alike.get(due_at=due_at)


def _follow(kept: Occurrence, wanted: Mapping[str, Any]) -> Occurrence:
    """Bring a row that is not done into step with what is wanted now."""
    is_same = kept.cancelled_at is None and kept.due_at == wanted["due_at"] and kept.data == wanted["data"]
    if kept.done_at is not None or is_same:
        return kept
    for field, value in {
        **wanted,
        "cancelled_at": None,
        "parked_at": None,
        "attempts": 0,
        "error": "",
    }.items():
        setattr(kept, field, value)
    kept.save(update_fields=[*wanted, "cancelled_at", "parked_at", "attempts", "error"])
    return kept


def cancel(kind: str, subject: models.Model, *, at: datetime | None = None) -> int:
    """Call off everything of `kind` that is not done for `subject`; return how many.

    A handler that runs at this moment finishes first. `at` is kept as the time of the cancellation; without
    it the database's clock is.
    """
    open_ones = Occurrence.objects.about(subject).filter(kind=kind, done_at=None, cancelled_at=None)
    return open_ones.order_by().update(cancelled_at=at or Now())


def due(at: datetime) -> OccurrenceQuerySet:
    """Return what is due at `at` and not done, oldest first."""
    return Occurrence.objects.open().filter(due_at__lte=at).order_by("due_at", "id")


def tick(at: datetime, *, limit: int = LIMIT) -> int:
    """Do what is due at `at`, oldest first; return how many were done.

    Each happens once in effect: what its handler does and the mark that it is done commit together. A
    handler that fails leaves its occurrence due, to be tried again later; after five tries it is parked
    with the error. Occurrences that handlers schedule for moments already past are done in the same tick.

    Kinds registered by `occurrences` are done many at a time, with the oldest of their kind; what was tried before is
    done alone.
    """
    waiting = due(at).filter(attempts__lt=tries.MOST_TRIES_OF_OCCURRENCES)
    seen, done, ends_at = 0, 0, time.monotonic() + BUDGET_SECONDS
    while seen < limit and time.monotonic() < ends_at:
        kind, keys = tries.book_alike(waiting, at=at, alike="kind", sizes=_at_once, most=limit - seen)
        if not keys:
            break
        seen += len(keys)
        batch = batch_of(kind) if len(keys) > 1 else None
        done += _do_together(keys, batch, at) if batch else _do(keys[0], at)
    return done


def _at_once(kind: str) -> int:
    batch = batch_of(kind)
    return batch.size if batch else 1


def _do_together(keys: Sequence[int], batch: Batch, at: datetime) -> int:
    """Do a batch in one transaction; if it fails, each row alone. Return how many were done."""
    try:
        with transaction.atomic():
            rows = Occurrence.objects.open().filter(pk__in=keys).order_by("due_at", "id")
            held = list(tries.hold(rows))
            batch.function(held, at)
            Occurrence.objects.filter(pk__in=[row.pk for row in held]).update(done_at=at, error="")
    except Exception:  # one of them, perhaps: alone, each shows its own error and the others are done
        log.warning("occurrences_fall_apart", occurrences=len(keys), exc_info=True)
    else:
        return len(held)
    return sum(_do(key, at) for key in keys)


def _do(key: int, at: datetime) -> bool:
    with transaction.atomic():
        row = tries.hold(Occurrence.objects.open().filter(pk=key)).first()
        if row is None:
            return False
        try:
            with transaction.atomic():
                handler_of(row.kind)(row, at)
        except Exception as error:  # whatever an app's handler raises, the row stays due
            _failed(row, error, at)
            return False
        row.done_at, row.error = at, ""
        row.save(update_fields=["done_at", "error"])
        return True


def _failed(row: Occurrence, error: Exception, at: datetime) -> None:
    log.exception("occurrence_failed", kind=row.kind, occurrence=row.pk, attempts=row.attempts)
    row.error = tries.describe(error)
    row.parked_at = at if row.attempts >= tries.MOST_TRIES_OF_OCCURRENCES else None
    row.save(update_fields=["error", "parked_at"])
