"""Workers killed with -9 in the middle of their work: nothing is lost, nothing is done twice."""

import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection, transaction

from ledger.delivery import message_id
from ledger.entries import draft, record_all
from ledger.models import Delivery, DeliveryState, Entry, Occurrence, Outbox
from ledger.occurrences import schedule
from ledger.relay import relay
from tests.ledger.conftest import NOON, World
from tests.ledger.roles import working_as

ROOT = Path(__file__).parents[2]
LATER = NOON + timedelta(minutes=1)  # past the first pause


class Catcher:
    """A post office that keeps what it took, and can kill its customer before or after it says yes."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.arrived = 0
        self.kill_at: tuple[int, str] | None = None
        self.customer: subprocess.Popen[bytes] | None = None

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take one letter; what its customer did not live to hear the yes for may come again."""
        self.arrived += 1
        is_the_one = self.kill_at is not None and self.arrived == self.kill_at[0]
        if is_the_one and self.kill_at == (self.arrived, "before"):
            self._kill()
            return "451 Try again later"
        self.taken.append(_id_of(envelope))
        if is_the_one:
            self._kill()
        return "250 Taken"

    def _kill(self) -> None:
        assert self.customer is not None
        self.customer.send_signal(signal.SIGKILL)
        self.customer.wait()


def _id_of(envelope: Envelope) -> str:
    assert isinstance(envelope.content, bytes)
    (line,) = [line for line in envelope.content.splitlines() if line.lower().startswith(b"message-id:")]
    return line.split(b":", 1)[1].strip().decode()


@pytest.fixture
def catcher() -> Iterator[tuple[Catcher, str]]:
    """Run a post office on a free port; give it and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    office = Catcher()
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield office, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


@contextmanager
def worker(work: str, at: datetime, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker of its own process on the test's database."""
    database: dict[str, Any] = connection.settings_dict
    url = (
        f"postgresql://{quote(database['USER'])}:{quote(database['PASSWORD'])}"
        f"@{quote(database['HOST'], safe='')}:{database['PORT']}/{database['NAME']}"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.worker", work, at.isoformat()],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, **environment},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def run(work: str, at: datetime, **environment: str) -> int:
    """Run a worker to its end, and return how it ended; -9 means killed."""
    with worker(work, at, **environment) as process:
        return process.wait(timeout=60)


def happen(world: World, times: int) -> None:
    with working_as("job"), transaction.atomic():
        record_all(
            draft(
                verb="trial.told",
                by=None,
                subject=world.supplier,
                owner_id=None,
                at=NOON,
                data={"person": world.lin.pk, "note": "news"},
            )
            for _ in range(times)
        )


def test_relay_killed_in_the_middle_tells_everyone_once(living_world: World) -> None:
    happen(living_world, 20)
    assert run("relay", NOON, DIE_AT="12") == -signal.SIGKILL
    with working_as("job"):
        assert (Outbox.objects.count(), Delivery.objects.count()) == (20, 0)
    assert run("relay", LATER) == 0
    with working_as("job"):
        assert Outbox.objects.count() == 0
        told = Counter(Delivery.objects.values_list("entry_id", "channel"))
        assert (len(told), set(told.values())) == (40, {1})


def test_tick_killed_in_the_middle_does_everything_once(living_world: World) -> None:
    with working_as("job"):
        for n in range(10):
            schedule("trial.due", living_world.supplier, NOON - timedelta(days=n), living_world.supplier.pk)
    assert run("tick", NOON, DIE_AT="6") == -signal.SIGKILL
    with working_as("job"):
        assert (Entry.objects.count(), Occurrence.objects.exclude(done_at=None).count()) == (5, 5)
    assert run("tick", LATER) == 0
    with working_as("job"):
        assert Occurrence.objects.exclude(done_at=None).count() == 10
        done = Counter(Entry.objects.values_list("verb", flat=True))
        assert (len(done), set(done.values())) == (10, {1})


def test_tick_killed_in_the_middle_of_a_batch_does_everything_once(living_world: World) -> None:
    """Nothing of the batch is kept; afterwards its rows are done alone, in case one of them was the cause."""
    with working_as("job"):
        for n in range(10):
            schedule("trial.many", living_world.supplier, NOON - timedelta(days=n), living_world.supplier.pk)
    assert run("tick", NOON, DIE_AT="6") == -signal.SIGKILL
    with working_as("job"):
        assert (Entry.objects.count(), Occurrence.objects.exclude(done_at=None).count()) == (0, 0)
    assert run("tick", LATER, DIE_AT="6") == -signal.SIGKILL
    with working_as("job"):
        assert (Entry.objects.count(), Occurrence.objects.exclude(done_at=None).count()) == (5, 5)
    assert run("tick", LATER + timedelta(minutes=2)) == 0
    with working_as("job"):
        assert Occurrence.objects.exclude(done_at=None).count() == 10
        done = Counter(Entry.objects.values_list("verb", flat=True))
        assert (len(done), set(done.values())) == (10, {1})


def wait_for_letters(world: World, tell: Callable[..., None], times: int) -> set[str]:
    """Have letters wait; return the ids under which they must arrive."""
    tell(world.lin)
    happen(world, times)
    with working_as("job"):
        relay(NOON)
        return {message_id(letter) for letter in Delivery.objects.to_send()}


def send_until_killed(office: Catcher, address: str) -> None:
    with worker("send", NOON, EMAIL_URL=address) as process:
        office.customer = process
        assert process.wait(timeout=60) == -signal.SIGKILL


@pytest.mark.parametrize("letter", [1, 4])
def test_sender_killed_before_the_post_office_says_yes_sends_each_letter_once(
    living_world: World, tell: Callable[..., None], catcher: tuple[Catcher, str], letter: int
) -> None:
    office, address = catcher
    expected = wait_for_letters(living_world, tell, 8)
    office.kill_at = (letter, "before")
    send_until_killed(office, address)
    assert len(office.taken) == letter - 1
    assert run("send", LATER, EMAIL_URL=address) == 0
    assert Counter(office.taken) == Counter(expected)
    with working_as("job"):
        assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}


def test_sender_killed_after_the_post_office_took_it_repeats_one_letter_under_its_own_id(
    living_world: World, tell: Callable[..., None], catcher: tuple[Catcher, str]
) -> None:
    """The one window that no sender can close: one copy for one death, and the same Message-ID."""
    office, address = catcher
    expected = wait_for_letters(living_world, tell, 8)
    office.kill_at = (4, "after")
    send_until_killed(office, address)
    assert len(office.taken) == 4
    assert run("send", LATER, EMAIL_URL=address) == 0
    assert Counter(office.taken) == Counter(expected) + Counter([office.taken[3]])
    with working_as("job"):
        assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}
