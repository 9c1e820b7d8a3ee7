"""Many at a time: occurrences of one kind, entries of one verb; as many statements for a full batch as for two."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ledger import registry
from ledger.entries import draft, record, record_all
from ledger.models import Delivery, Entry, Occurrence, Outbox
from ledger.occurrences import draft as draft_occurrence
from ledger.occurrences import schedule, schedule_all, tick
from ledger.registry import Recipient
from ledger.relay import relay
from organisations.models import Person
from tests.ledger.conftest import NOON, World
from tests.ledger.roles import working_as
from tests.ledger.test_parallel import at_once

DAY = timedelta(days=1)
KIND, OTHER = "trial.many", "trial.due"


def plan(world: World, kind: str, moments: Sequence[datetime]) -> None:
    with working_as("job"):
        schedule_all(draft_occurrence(kind, world.supplier, at, world.supplier.pk) for at in moments)


@pytest.fixture
def batches(clean_registry: None) -> list[list[datetime]]:
    """Handle `trial.many` ten at a time by noting the due moments of each batch."""
    seen: list[list[datetime]] = []

    @registry.occurrences(KIND, size=10)
    def note(rows: Sequence[Occurrence], at: datetime) -> None:
        seen.append([row.due_at for row in rows])

    return seen


def back(number: int) -> list[datetime]:
    """Return that many moments, oldest first, the last of them at noon."""
    return [NOON - n * DAY for n in reversed(range(number))]


def test_tick_does_a_kind_many_at_a_time_and_each_once(world: World, batches: list[list[datetime]]) -> None:
    plan(world, KIND, back(25))
    with working_as("job"):
        assert (tick(NOON), tick(NOON)) == (25, 0)
    assert [len(one) for one in batches] == [10, 10, 5]
    assert [moment for one in batches for moment in one] == back(25)


def test_tick_begins_with_the_oldest_whatever_its_kind(world: World, batches: list[list[datetime]]) -> None:
    order: list[str] = []
    registry.occurrence(OTHER)(lambda row, _at: order.append(f"alone {len(batches)}"))
    plan(world, OTHER, [NOON - 5 * DAY, NOON - DAY])
    plan(world, KIND, [NOON - 3 * DAY, NOON - 2 * DAY, NOON])
    with working_as("job"):
        assert tick(NOON) == 5
    assert (order, [len(one) for one in batches]) == (["alone 0", "alone 1"], [3])


def test_tick_never_takes_more_than_its_limit(world: World, batches: list[list[datetime]]) -> None:
    plan(world, KIND, back(25))
    with working_as("job"):
        assert [tick(NOON, limit=12), tick(NOON)] == [12, 13]


def test_tick_ends_when_its_time_is_over(
    world: World, batches: list[list[datetime]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.occurrences.BUDGET_SECONDS", 0.0)
    plan(world, KIND, back(5))
    with working_as("job"):
        assert tick(NOON) == 0


def test_bad_occurrence_spoils_no_other_of_its_batch(world: World, clean_registry: None) -> None:
    bad = NOON - 4 * DAY

    @registry.occurrences(KIND)
    def stumble(rows: Sequence[Occurrence], at: datetime) -> None:
        for row in rows:
            record(verb=f"trial.{row.due_at:%j}", by=None, subject=world.supplier, owner_id=None, at=at)
        if any(row.due_at == bad for row in rows):
            raise ValueError("no")

    plan(world, KIND, back(9))
    with working_as("job"):
        assert tick(NOON) == 8
        left = Occurrence.objects.get(done_at=None)
        assert (left.due_at, left.attempts, left.error) == (bad, 1, "ValueError: no")
        verbs = Counter(Entry.objects.filter(verb__startswith="trial.").values_list("verb", flat=True))
        assert (len(verbs), set(verbs.values())) == (8, {1})
        assert [tick(NOON + n * DAY) for n in range(1, 6)] == [0] * 5
        left.refresh_from_db()
        assert left.parked_at is not None


def test_batch_takes_as_many_statements_for_two_hundred_as_for_two(
    world: World, batches: list[list[datetime]]
) -> None:
    registry._batches[KIND] = registry.Batch(registry._batches[KIND].function, 200)
    used = []
    for number in (2, 200):
        plan(world, KIND, [NOON - timedelta(minutes=number * 1000 + n) for n in range(number)])
        with (
            working_as("job"),
            CaptureQueriesContext(
                connection,
            ) as seen,
        ):
            assert tick(NOON) == number
        used.append(len(seen))
    assert used[0] == used[1]
    print(f"\n{used[1]} statements for a batch of 200")


def test_eight_ticks_do_each_occurrence_of_a_batch_once(living_world: World, clean_registry: None) -> None:
    @registry.occurrences(KIND, size=7)
    def remind(rows: Sequence[Occurrence], at: datetime) -> None:
        for row in rows:
            record(
                verb=f"trial.{row.due_at:%j}", by=None, subject=living_world.supplier, owner_id=None, at=NOON
            )

    plan(living_world, KIND, back(160))
    done = at_once(lambda: tick(NOON))
    with working_as("job"):
        assert sum(done) == Occurrence.objects.exclude(done_at=None).count() == 160
        verbs = Counter(Entry.objects.values_list("verb", flat=True))
        assert (len(verbs), set(verbs.values())) == (160, {1})
        assert set(Occurrence.objects.values_list("attempts", flat=True)) == {1}


def test_occurrence_called_off_while_its_batch_is_booked_is_left_out(
    world: World, batches: list[list[datetime]], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(world, KIND, back(3))
    booked = threading.Event()
    from ledger import tries

    real = tries.book_alike

    def book(*args: object, **more: object) -> tuple[str, Sequence[int]]:
        found = real(*args, **more)  # type: ignore[arg-type]
        if not booked.is_set():
            booked.set()
            Occurrence.objects.filter(due_at=NOON - DAY).update(cancelled_at=NOON)
        return found

    monkeypatch.setattr("ledger.tries.book_alike", book)
    with working_as("job"):
        assert tick(NOON) == 2
    assert batches == [[NOON - 2 * DAY, NOON]]


def test_schedule_of_what_is_there_already_writes_nothing(world: World) -> None:
    with working_as("job"):
        first = schedule(KIND, world.supplier, NOON, world.supplier.pk, due_on=NOON.date())
    plan(world, KIND, [NOON, NOON + DAY])
    with working_as("job"):
        assert Occurrence.objects.filter(kind=KIND).count() == 2
        assert Occurrence.objects.get(due_at=NOON).pk == first.pk


def test_a_kind_is_registered_once(clean_registry: None) -> None:
    registry.occurrences(KIND)(lambda rows, at: None)
    with pytest.raises(ImproperlyConfigured):
        registry.occurrence(KIND)(lambda row, at: None)


def happen(world: World, times: int, **data: object) -> None:
    with working_as("job"), transaction.atomic():
        record_all(
            draft(verb="trial.told", by=None, subject=world.supplier, owner_id=None, at=NOON, data=data)
            for _ in range(times)
        )


def tell_many(*people: Person) -> list[int]:
    """Have `trial.told` told to these people, and note how many entries are asked about at once."""
    asked: list[int] = []
    registry._notices.pop("trial.told", None)

    @registry.notice_of_many("trial.told")
    def told(entries: Sequence[Entry]) -> dict[int, list[Recipient]]:
        asked.append(len(entries))
        if len(entries) > 1 and any(entry.data.get("bad") for entry in entries):
            raise ValueError("no")
        return {entry.pk: [Recipient(one, None) for one in people] for entry in entries}

    return asked


def test_relay_tells_entries_of_one_verb_together(world: World, tell: Callable[..., None]) -> None:
    asked, reacted = tell_many(world.lin, world.bo), []
    registry.reaction_to_many("trial.told")(lambda entries: reacted.append(len(entries)))
    happen(world, 30)
    with working_as("job"):
        assert (relay(NOON), relay(NOON)) == (30, 0)
        told = Counter(Delivery.objects.values_list("entry_id", "person_id", "channel"))
        assert (len(told), set(told.values()), Outbox.objects.count()) == (120, {1}, 0)
    assert (asked, reacted) == ([30], [30])


def test_relay_takes_as_many_statements_for_a_hundred_as_for_two(
    world: World, tell: Callable[..., None]
) -> None:
    tell_many(world.lin, world.bo)
    used = []
    for number in (2, 100):
        happen(world, number)
        with working_as("job"), CaptureQueriesContext(connection) as seen:
            assert relay(NOON) == number
        used.append(len(seen))
    assert used[0] == used[1]
    print(f"\n{used[1]} statements for a batch of 100")


def test_relay_tells_each_alone_when_the_batch_fails(world: World, tell: Callable[..., None]) -> None:
    asked = tell_many(world.lin)
    happen(world, 3)
    happen(world, 1, bad=True)
    with working_as("job"):
        assert relay(NOON) == 4
        assert Delivery.objects.count() == 8
    assert asked == [4, 1, 1, 1, 1]


def test_relay_asks_one_by_one_where_somebody_reacts_to_each(world: World, tell: Callable[..., None]) -> None:
    asked, reacted = tell_many(world.lin), []
    registry.reaction("trial.told")(lambda entry: reacted.append(entry.pk))
    happen(world, 3)
    with working_as("job"):
        assert relay(NOON) == 3
    assert (asked, len(reacted)) == ([1, 1, 1], 3)
