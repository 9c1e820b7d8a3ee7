"""Work on a list in the background: who has it, how far it is, and what happens when a worker dies.

A worker claims a list in a transaction of its own, under a fresh token and for a short lease; the last step
asks for the token again, so that a worker that was given up cannot finish over its successor. A sweep rings
for lists that nobody has begun or whose worker fell silent.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from ledger import bell
from sourcing.lifecycle import ImportState
from sourcing.models import SiteImport

log = structlog.get_logger(__name__)

READ_TASK = "sourcing.read_import"
APPLY_TASK = "sourcing.apply_import"
LEASE = timedelta(seconds=90)
MOST_ATTEMPTS = 3
QUIET_FOR = timedelta(seconds=20)
SWEEP_LIMIT = 100
TELL_EVERY = 0.5  # seconds

Clock = Callable[[], datetime]


class By(NamedTuple):
    """For whom a worker works: the person who asked, and their organisation."""

    person_id: int
    organisation_id: int


class LostClaim(Exception):
    """Another worker has taken the list over."""


def claim(import_id: int, *, state: ImportState, at: datetime, was_lost: bool = False) -> SiteImport | None:
    """Take the list for this worker, or return None when it is done or in other hands.

    Args:
        import_id: which.
        state: in which it must be.
        at: now.
        was_lost: the broker says that the worker who had it died, so its lease is void at once.
    """
    free = Q() if was_lost else Q(leased_until=None) | Q(leased_until__lt=at)
    with transaction.atomic():
        rows = SiteImport.objects.select_for_update(skip_locked=True, of=("self",))
        taken = rows.filter(free, pk=import_id, state=state).first()
        if taken is None:
            return None
        taken.claim, taken.leased_until = uuid4(), at + LEASE
        taken.attempts, taken.rows_done = taken.attempts + 1, 0
        taken.save(update_fields=["claim", "leased_until", "attempts", "rows_done"])
    return taken


def still_ours(claimed: SiteImport) -> SiteImport:
    """Lock the list and return it as it is now; raise LostClaim when another worker has it."""
    ours = SiteImport.objects.select_for_update().filter(pk=claimed.pk, claim=claimed.claim).first()
    if ours is None:
        raise LostClaim
    ours.claim = ours.leased_until = None
    ours.attempts = 0
    return ours


def let_go(claimed: SiteImport, *, at: datetime) -> None:
    """Give the list back untouched, for the sweep to ring again."""
    SiteImport.objects.filter(pk=claimed.pk, claim=claimed.claim).update(
        claim=None, leased_until=at, attempts=max(0, claimed.attempts - 1)
    )


def ring(site_import: SiteImport) -> None:
    """Ring for whoever reads or applies the list."""
    task = READ_TASK if site_import.state == ImportState.UPLOADED else APPLY_TASK
    bell.ring(task, site_import.organisation_id, site_import.person_id, site_import.pk, queue="default")


def ring_pending(at: datetime) -> int:
    """Ring for every list that waits unheard or whose worker fell silent; return how many.

    Runs as the role job, which sees the lists of every organisation.
    """
    at_work = SiteImport.objects.filter(state__in=[ImportState.UPLOADED, ImportState.APPLYING])
    unheard = Q(leased_until=None, uploaded_at__lt=at - QUIET_FOR)
    waiting = list(at_work.filter(unheard | Q(leased_until__lt=at)).order_by("uploaded_at")[:SWEEP_LIMIT])
    for one in waiting:
        ring(one)
    return len(waiting)


class Beacon:
    """Says past the open transaction how far the work is, and renews the lease.

    It has a connection of its own, so readers see it at once. That it fails is no reason for the work to fail.
    """

    def __init__(self, claimed: SiteImport, by: By, clock: Clock) -> None:
        self._claimed, self._by, self._clock = claimed, by, clock
        self._own: Any = connection.copy()
        self._told = 0.0

    def tell(self, done: int, total: int) -> None:
        """Say that `done` of `total` is done; more often than twice a second is left out."""
        if time.monotonic() - self._told < TELL_EVERY:
            return
        self._told = time.monotonic()
        try:
            self._write(done, total)
        except DatabaseError as error:
            log.warning("progress_not_told", error=type(error).__name__)
            self.close()

    def _write(self, done: int, total: int) -> None:
        with self._own.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "SELECT set_config('app.person', %s, true), set_config('app.organisation', %s, true)",
                [str(self._by.person_id), str(self._by.organisation_id)],
            )
            cursor.execute(
                """UPDATE sourcing_siteimport SET rows_done = %s, rows_total = %s, leased_until = %s
                    WHERE id = %s AND claim = %s""",
                [done, total, self._clock() + LEASE, self._claimed.pk, self._claimed.claim],
            )
            cursor.execute("COMMIT")

    def close(self) -> None:
        """Let the connection go."""
        self._own.close()


@contextmanager
def beacon(claimed: SiteImport, by: By, clock: Clock) -> Iterator[Beacon]:
    """Light a beacon for the time of the work."""
    lit = Beacon(claimed, by, clock)
    try:
        yield lit
    finally:
        lit.close()
