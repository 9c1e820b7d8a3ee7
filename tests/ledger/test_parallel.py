"""Many workers at once, each on a connection of its own: nothing is done twice, nothing is left out."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction

from ledger import nights, registry
from ledger.acting import acting
from ledger.delivery import send
from ledger.entries import draft, record, record_all
from ledger.lifecycles import Lifecycle
from ledger.models import Delivery, Entry, Occurrence, Outbox
from ledger.occurrences import schedule, tick
from ledger.reads import log_read
from ledger.refusals import Refusal
from ledger.relay import relay
from ledger.transitions import move
from organisations.models import Organisation
from tests.ledger.conftest import NOON, World
from tests.ledger.roles import working_as

WORKERS = 8
T = TypeVar("T")
MAY_GO_ON = threading.Event()  # of the slow one in a pair


def at_once(work: Callable[[], T], role: str = "job") -> list[T]:
    """Run `work` in eight threads that start together, each as `role`; return what each returned."""
    start = threading.Barrier(WORKERS)

    def one(_: int) -> T:
        try:
            with working_as(role):
                start.wait()
                return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(one, range(WORKERS)))


def test_eight_ticks_do_each_of_160_occurrences_once(living_world: World, clean_registry: None) -> None:
    @registry.occurrence("trial.due")
    def remind(occurrence: Occurrence, at: object) -> None:
        record(
            verb=f"trial.{occurrence.due_at:%j}",
            by=None,
            subject=living_world.supplier,
            owner_id=None,
            at=NOON,
        )

    with working_as("job"):
        for n in range(160):
            schedule("trial.due", living_world.supplier, NOON - timedelta(days=n), living_world.supplier.pk)
    done = at_once(lambda: tick(NOON))
    with working_as("job"):
        assert sum(done) == Entry.objects.count() == Occurrence.objects.exclude(done_at=None).count() == 160
        assert set(Counter(Entry.objects.values_list("verb", flat=True)).values()) == {1}
        assert set(Occurrence.objects.values_list("attempts", flat=True)) == {1}


def test_eight_relays_tell_each_of_300_entries_once(living_world: World, tell: Callable[..., None]) -> None:
    tell(living_world.lin, living_world.bo)
    reactions: list[int] = []
    registry.reaction("trial.told")(lambda entry: reactions.append(entry.pk))
    with working_as("job"), transaction.atomic():
        record_all(
            draft(verb="trial.told", by=None, subject=living_world.supplier, owner_id=None, at=NOON)
            for _ in range(300)
        )
    told = at_once(lambda: relay(NOON))
    with working_as("job"):
        assert (sum(told), Outbox.objects.count(), Delivery.objects.count()) == (300, 0, 1200)
    assert (len(reactions), len(set(reactions))) == (300, 300)


def test_eight_senders_send_each_of_40_letters_once(
    living_world: World, tell: Callable[..., None], quick_letters: None
) -> None:
    tell(living_world.lin)
    with working_as("job"), transaction.atomic():
        record_all(
            draft(verb="trial.told", by=None, subject=living_world.supplier, owner_id=None, at=NOON)
            for _ in range(40)
        )
    with working_as("job"):
        relay(NOON)
    sent = at_once(lambda: send(NOON))
    ids = Counter(message.message()["Message-ID"] for message in mail.outbox)
    assert (sum(sent), len(ids), set(ids.values())) == (40, 40, {1})


def test_eight_schedules_of_the_same_moment_make_one_row(living_world: World) -> None:
    made = at_once(lambda: schedule("trial.due", living_world.supplier, NOON, living_world.supplier.pk).pk)
    assert len(set(made)) == 1


def test_eight_readers_leave_one_row(living_world: World) -> None:
    def look() -> bool:
        with acting(person_id=living_world.bo.pk, organisation_id=living_world.buyer.pk):
            return log_read(
                by=living_world.by_bo,
                subject=living_world.supplier,
                owner_id=living_world.supplier.pk,
                at=NOON,
            )

    assert sorted(at_once(look, role="app")) == [False] * 7 + [True]


def test_eight_people_who_press_the_same_button_move_it_once(living_world: World) -> None:
    life = Lifecycle("trial.thing", "", {"": frozenset({"BD"}), "BD": frozenset()})

    def press() -> str:
        with acting(person_id=living_world.lin.pk, organisation_id=living_world.supplier.pk):
            subject = Organisation.objects.get(pk=living_world.supplier.pk)
            try:
                move(
                    subject,
                    to="BD",
                    lifecycle=life,
                    verb="trial.moved",
                    by=living_world.by_lin,
                    owner_id=None,
                    at=NOON,
                    field="country",
                )
            except Refusal as refusal:
                return refusal.code
            return "moved"

    assert sorted(at_once(press, role="app")) == ["illegal-move"] * 7 + ["moved"]


def test_eight_nights_run_each_check_once(living_world: World, clean_registry: None) -> None:
    seen: list[int] = []
    registry.nightly("counts")(lambda _at: seen.append(1))
    at_once(lambda: nights.run(NOON))
    assert seen == [1]


@pytest.mark.parametrize("again", [1, 2])
def test_tasks_run_twice_leave_the_same_rows(
    living_world: World, tell: Callable[..., None], quick_letters: None, again: int
) -> None:
    tell(living_world.lin)
    with working_as("job"), transaction.atomic():
        record(verb="trial.told", by=None, subject=living_world.supplier, owner_id=None, at=NOON)
    with working_as("job"):
        for _ in range(again):
            relay(NOON)
            send(NOON)
            tick(NOON)
        assert (Outbox.objects.count(), Delivery.objects.count(), len(mail.outbox)) == (0, 2, 1)


def while_one_is_slow(
    first: Callable[[], int], second: Callable[[], int], entered: threading.Event
) -> list[int]:
    """Run `first` until it is in the middle of its work, then the whole of `second`, then let `first` finish."""

    def one(work: Callable[[], int]) -> int:
        try:
            with working_as("job"):
                return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(one, first)
        assert entered.wait(10)
        done = pool.submit(one, second).result(20)
        MAY_GO_ON.set()
        return [slow.result(20), done]


def test_slow_handler_is_not_overtaken_when_its_next_try_has_come(
    living_world: World, clean_registry: None
) -> None:
    """An hour later the row is due again by its booking; only the lock tells that someone is at it."""
    MAY_GO_ON.clear()
    entered, calls = threading.Event(), []

    @registry.occurrence("trial.due")
    def dawdle(occurrence: Occurrence, at: object) -> None:
        calls.append(at)
        entered.set()
        if len(calls) == 1:
            MAY_GO_ON.wait(10)

    with working_as("job"):
        schedule("trial.due", living_world.supplier, NOON, living_world.supplier.pk)
    later = NOON + timedelta(hours=1)
    assert while_one_is_slow(lambda: tick(NOON), lambda: tick(later), entered) == [1, 0]
    assert (len(calls), tick_again(later)) == (1, 0)


def tick_again(at: datetime) -> int:
    with working_as("job"):
        return tick(at)


def test_slow_post_office_gets_no_letter_twice_when_its_next_try_has_come(
    living_world: World, tell: Callable[..., None], quick_letters: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    MAY_GO_ON.clear()
    entered, handed = threading.Event(), []

    def dawdle(self: EmailBackend, messages: list[EmailMessage]) -> int:
        handed.append(messages)
        entered.set()
        if len(handed) == 1:
            MAY_GO_ON.wait(10)
        return 1

    monkeypatch.setattr(EmailBackend, "send_messages", dawdle)
    tell(living_world.lin)
    with working_as("job"), transaction.atomic():
        record(verb="trial.told", by=None, subject=living_world.supplier, owner_id=None, at=NOON)
    with working_as("job"):
        relay(NOON)
    later = NOON + timedelta(hours=1)
    assert while_one_is_slow(lambda: send(NOON), lambda: send(later), entered) == [1, 0]
    assert len(handed) == 1
