"""A worker killed with -9 in the middle leaves nothing half done, and the next one does it once."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from ledger.acting import acting
from ledger.models import Entry
from organisations.models import Membership
from organisations.visibility import Capability, Viewer
from sourcing.actions.applying import apply_import
from sourcing.actions.imports import begin_applying
from sourcing.actions.reading import read_import
from sourcing.actions.working import ring_pending
from sourcing.lifecycle import ImportState
from sourcing.models import SiteImport
from tests.factories import organisations
from tests.sourcing.imports.conftest import (
    Ids,
    acting_as,
    fresh,
    ids_of,
    lines,
    read,
    register,
    upload,
    verdicts,
)

LINES = 4000


@pytest.fixture
def viewer(transactional_db: object) -> Viewer:
    """Return an admin of a buyer whose rows are really committed, so that another process sees them."""
    return organisations.viewer(organisations.organisation("Harbour Street Shops", Capability.BUYER))


def content() -> bytes:
    """Return a list long enough to be killed in."""
    return lines(*(f"China,Works {n} Alpha{n},Road {n},Apparel,30,117" for n in range(LINES)))


def killed_in_the_middle(work: Callable[[], object], is_in_the_middle: Callable[[], bool]) -> None:
    """Do `work` in a process of its own and kill it with -9 once it is in the middle."""
    connection.close()
    child = os.fork()
    if child == 0:
        # Whatever connection is found here belongs to the parent: in the child no event loop runs, so it may be
        # another one than above. Sharing it would keep the dead worker's transaction alive.
        connection.connection = None
        try:
            work()
        finally:
            os._exit(0)
    until = time.monotonic() + 30
    while not is_in_the_middle() and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, "it was done before it could be killed"


def in_the_end(work: Callable[[], bool]) -> bool:
    """Try until it works, for at most half a minute."""
    until = time.monotonic() + 30
    while not (is_done := work()) and time.monotonic() < until:
        time.sleep(0.1)
    return is_done


@pytest.fixture
def told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the progress told with every chunk, so that the middle can be seen."""
    monkeypatch.setattr("sourcing.actions.working.TELL_EVERY", 0.0)


@pytest.mark.usefixtures("told_at_once")
def test_killed_while_applying_nothing_is_in_and_the_next_worker_does_it_once(viewer: Viewer) -> None:
    site_import = read(viewer, content())
    with acting_as(viewer):
        begin_applying(viewer=viewer, site_import=site_import, at=timezone.now())
    ids = ids_of(viewer)

    def is_half_way() -> bool:
        return 0 < fresh(viewer, site_import).rows_done < LINES

    killed_in_the_middle(lambda: apply_import(**ids, import_id=site_import.pk), is_half_way)
    assert fresh(viewer, site_import).state == ImportState.APPLYING
    assert 0 < fresh(viewer, site_import).rows_done < LINES
    assert register(viewer) == []

    assert apply_import(**ids, import_id=site_import.pk) is False  # its lease still runs
    # The dead worker's transaction may still be in the register until the server notices that it died.
    assert in_the_end(lambda: apply_import(**ids, import_id=site_import.pk, was_lost=True))
    assert apply_import(**ids, import_id=site_import.pk, was_lost=True) is False
    done = fresh(viewer, site_import)
    assert (done.state, done.rows_done, done.summary["created"]) == (ImportState.APPLIED, LINES, LINES)
    assert len(register(viewer)) == LINES
    with acting_as(viewer):
        assert Entry.objects.filter(verb="sourcing.import_applied").count() == 1


@pytest.mark.usefixtures("told_at_once")
def test_killed_while_reading_no_line_is_kept_and_the_next_worker_reads_it(
    viewer: Viewer, as_job: Callable[[], AbstractContextManager[None]]
) -> None:
    site_import = upload(viewer, content())
    ids = ids_of(viewer)

    def is_half_way() -> bool:
        now = fresh(viewer, site_import)
        return now.rows_total > 0 and now.rows_done > now.rows_total // 2

    killed_in_the_middle(lambda: read_import(**ids, import_id=site_import.pk), is_half_way)
    assert fresh(viewer, site_import).state == ImportState.UPLOADED
    assert verdicts(viewer, site_import) == {}
    later = fresh(viewer, site_import).leased_until
    assert later is not None
    with as_job():
        assert ring_pending(later - timedelta(seconds=1)) == 0
        assert ring_pending(later + timedelta(seconds=1)) == 1
    assert in_the_end(lambda: _read_later(ids, site_import, later))
    assert set(verdicts(viewer, site_import).values()) == {"new"}
    assert len(verdicts(viewer, site_import)) == LINES


def _read_later(ids: Ids, site_import: SiteImport, later: datetime) -> bool:
    """Read with a clock that goes on with every try; the dead worker's lines may still be in the way."""
    try:
        return read_import(
            **ids, import_id=site_import.pk, clock=lambda: later + timedelta(seconds=1), was_lost=True
        )
    except OperationalError:
        return False


def test_a_list_that_kills_its_worker_three_times_comes_back(viewer: Viewer) -> None:
    site_import = read(viewer, lines("China,A,Road 1,,,"))
    with acting_as(viewer):
        begin_applying(viewer=viewer, site_import=site_import, at=timezone.now())
        SiteImport.objects.filter(pk=site_import.pk).update(attempts=3)
    ids = ids_of(viewer)
    assert apply_import(**ids, import_id=site_import.pk) is False
    back = fresh(viewer, site_import)
    assert (back.state, back.refusal, register(viewer)) == (ImportState.PREVIEWED, "died", [])


def test_two_lists_at_once_go_in_one_after_the_other(viewer: Viewer) -> None:
    """While one list goes into the register, the other waits and is then compared anew."""
    first, second = (
        read(viewer, lines("China,Alpha,Road 1,,,")),
        read(viewer, lines("China,ALPHA Ltd.,Road 1,,,")),
    )
    with acting_as(viewer):
        begin_applying(viewer=viewer, site_import=first, at=timezone.now())
        begin_applying(viewer=viewer, site_import=second, at=timezone.now())
    ids = ids_of(viewer)
    assert apply_import(**ids, import_id=first.pk) is True
    assert apply_import(**ids, import_id=second.pk) is True
    assert fresh(viewer, second).summary["match"] == 1
    assert len(register(viewer)) == 1


def test_another_connection_in_the_register_makes_it_wait(viewer: Viewer) -> None:
    site_import = read(viewer, lines("China,Alpha,Road 1,,,"))
    with acting_as(viewer):
        begin_applying(viewer=viewer, site_import=site_import, at=timezone.now())
    ids = ids_of(viewer)
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT pg_advisory_xact_lock(4712, %s)", [viewer.organisation_id])
        assert apply_import(**ids, import_id=site_import.pk) is False
        cursor.execute("ROLLBACK")
    other.close()
    waiting = fresh(viewer, site_import)
    assert (waiting.state, waiting.claim, waiting.attempts) == (ImportState.APPLYING, None, 0)
    assert apply_import(**ids, import_id=site_import.pk) is True


def test_a_member_who_left_applies_nothing(
    viewer: Viewer, as_owner: Callable[[], AbstractContextManager[None]]
) -> None:
    site_import = read(viewer, lines("China,Alpha,Road 1,,,"))
    with acting_as(viewer):
        begin_applying(viewer=viewer, site_import=site_import, at=timezone.now())
    with as_owner():
        Membership.objects.filter(person_id=viewer.person_id).update(is_active=False)
    ids = ids_of(viewer)
    assert apply_import(**ids, import_id=site_import.pk) is False
    with acting(**ids):
        back = SiteImport.objects.get(pk=site_import.pk)
    assert (back.state, back.refusal) == (ImportState.PREVIEWED, "person-left")
