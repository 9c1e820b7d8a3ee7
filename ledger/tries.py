"""Trying, and trying again: the habit that relay, letters and occurrences share.

A try is booked before it is made, in a transaction of its own: the count goes up and the next try moves
into the future. Then the row is locked and the work is done in one transaction with the mark that it is
done. So a worker killed with -9 loses nothing (the lock falls with its connection, the row is due again
after the pause), work that kills its worker every time ends up parked like any other failure, and two
workers never do the same row.
"""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import F

from ledger.models import Delivery, DeliveryState, Occurrence, Outbox

# The pause after the first try, the second, and so on; the last one repeats. Eight tries take about 18 hours.
PAUSES = (
    timedelta(seconds=30),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
)
JITTER = 0.2
MOST_TRIES = 8
MOST_TRIES_OF_OCCURRENCES = 5
DIED = "The worker stopped during the last try."
LONGEST_ERROR = 2000

Row = TypeVar("Row", bound=models.Model)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after this many tries; up to a fifth longer by chance, to disperse crowds."""
    pause = PAUSES[min(max(attempts, 1), len(PAUSES)) - 1]
    return pause * (1 + random.random() * JITTER)  # noqa: S311 - chance, not secrecy


def book(waiting: "models.QuerySet[Any]", *, at: datetime, size: int = 1) -> Sequence[int]:
    """Book one try of up to `size` rows of `waiting` that are due at `at`; return their keys, in its order.

    Rows that another worker holds are passed over. A row booked is not due again at the same `at`, so a loop
    over `book` ends.
    """
    with transaction.atomic():
        due = waiting.filter(next_try_at__lte=at).select_for_update(skip_locked=True, of=("self",))
        rows = list(due.values_list("pk", "attempts")[:size])
        if rows:
            later = at + pause_after(max(attempts for _, attempts in rows) + 1)
            keys = [key for key, _ in rows]
            waiting.model._base_manager.filter(pk__in=keys).update(
                attempts=F("attempts") + 1, next_try_at=later
            )
    return [key for key, _ in rows]


def book_alike(
    waiting: "models.QuerySet[Any]", *, at: datetime, alike: str, sizes: Callable[[str], int], most: int
) -> tuple[str, Sequence[int]]:
    """Book the first row of `waiting` that is due at `at`, and with it others that may be done together.

    Args:
        alike: the column that tells which go together.
        sizes: how many rows with a value of that column go together at most. What was tried before goes alone: it may
            be what made the others fail.
        most: how many rows at most, whatever `sizes` says.

    Returns:
        The value of the column and the keys, in the order of `waiting`; no keys when nothing is due.
    """
    with transaction.atomic():
        due = waiting.filter(next_try_at__lte=at).select_for_update(skip_locked=True, of=("self",))
        head = due.values_list("pk", "attempts", alike).first()
        if head is None:
            return "", []
        key, attempts, value = head
        keys, size = [key], min(sizes(value), most)
        if attempts == 0 and size > 1:
            same = due.filter(attempts=0, **{alike: value}).exclude(pk=key)
            keys += same.values_list("pk", flat=True)[: size - 1]
        later = at + pause_after(attempts + 1)
        waiting.model._base_manager.filter(pk__in=keys).update(attempts=F("attempts") + 1, next_try_at=later)
    return value, keys


def hold(booked: "models.QuerySet[Row]") -> "models.QuerySet[Row]":
    """Lock booked rows for the work itself; `booked` must leave out what is done.

    It waits for the lock and skips nothing: another worker that was about to book the same row holds it for a
    moment after it finds it booked already, and a row skipped for that would wait a whole pause.
    """
    return booked.select_for_update(of=("self",))


def describe(error: BaseException) -> str:
    """Return what to keep of an error; bounded, one line of type and text."""
    return f"{type(error).__name__}: {error}".replace("\x00", "")[:LONGEST_ERROR]


def sweep(at: datetime) -> int:
    """Park what used up its tries without a word, its worker having died; return how many."""
    died = {"next_try_at__lte": at}
    parked = {"parked_at": at, "error": DIED}
    letters = Delivery.objects.to_send().filter(attempts__gte=MOST_TRIES, **died)
    rows = Outbox.objects.filter(parked_at=None, attempts__gte=MOST_TRIES, **died)
    dates = Occurrence.objects.open().filter(attempts__gte=MOST_TRIES_OF_OCCURRENCES, **died)
    return (
        letters.update(state=DeliveryState.PARKED, error=DIED)
        + rows.update(**parked)
        + dates.update(**parked)
    )


def release_parked(at: datetime) -> int:
    """Give everything parked another round of tries, once its cause is mended; return how many."""
    again: dict[str, Any] = {"attempts": 0, "next_try_at": at}
    letters = Delivery.objects.filter(state=DeliveryState.PARKED)
    return (
        letters.update(state=DeliveryState.FAILED, **again)
        + Outbox.objects.exclude(parked_at=None).update(parked_at=None, **again)
        + Occurrence.objects.exclude(parked_at=None).update(parked_at=None, **again)
    )
