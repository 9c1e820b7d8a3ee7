"""What is due."""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import registry, tries
from ledger.acting import acting
from ledger.dates import moment, nth_date
from ledger.entries import record
from ledger.models import Entry, Occurrence
from ledger.occurrences import cancel, due, schedule, tick
from tests.ledger.conftest import NOON, World
from tests.ledger.roles import working_as

DAY = timedelta(days=1)
KIND = "trial.update_due"


@pytest.fixture
def job(world: World, clean_registry: None) -> Iterator[World]:
    """Work as the role that ticks."""
    with working_as("job"):
        yield world


@pytest.fixture
def done(clean_registry: None) -> list[datetime]:
    """Handle the kind by noting its due moment."""
    seen: list[datetime] = []
    registry.occurrence(KIND)(lambda occurrence, _at: seen.append(occurrence.due_at))
    return seen


def plan(world: World, due_at: datetime, **more: object) -> Occurrence:
    return schedule(KIND, world.supplier, due_at, world.supplier.pk, **more)  # type: ignore[arg-type]


def test_tick_does_what_is_due_and_leaves_what_is_not(job: World, done: list[datetime]) -> None:
    plan(job, NOON)
    plan(job, NOON + DAY)
    assert (tick(NOON - DAY), tick(NOON), tick(NOON)) == (0, 1, 0)
    assert done == [NOON]
    assert list(due(NOON + DAY).values_list("due_at", flat=True)) == [NOON + DAY]


@pytest.mark.parametrize("days_off", [7, 40])
def test_tick_does_everything_due_once_and_oldest_first_when_it_was_off(
    job: World, done: list[datetime], days_off: int
) -> None:
    moments = [NOON + n * DAY for n in range(60)]
    for due_at in reversed(moments):
        plan(job, due_at)
    tick(NOON)
    assert tick(NOON + days_off * DAY) == days_off
    assert tick(NOON + days_off * DAY) == 0
    assert done == moments[: days_off + 1]


def test_tick_does_in_one_go_what_handlers_schedule_for_the_past(job: World) -> None:
    """Six-monthly from 31 August, each date from the anchor; the tick was off for three years."""
    anchor, zone, dates = date(2023, 8, 31), zoneinfo.ZoneInfo("Asia/Dhaka"), []

    @registry.occurrence(KIND)
    def next_one(occurrence: Occurrence, at: datetime) -> None:
        n = occurrence.data["n"]
        dates.append(occurrence.due_on)
        on = nth_date(anchor, n + 1, 6)
        plan(job, moment(on, zone), data={"n": n + 1}, due_on=on)

    plan(job, moment(anchor, zone), data={"n": 0}, due_on=anchor)
    assert tick(datetime(2026, 3, 1, tzinfo=UTC)) == 6
    assert [str(on) for on in dates] == [
        "2023-08-31",
        "2024-02-29",
        "2024-08-31",
        "2025-02-28",
        "2025-08-31",
        "2026-02-28",
    ]


@given(
    ticks=st.lists(st.integers(0, 90), min_size=1, max_size=12),
    offsets=st.sets(st.integers(0, 80), max_size=20),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_occurrence_is_done_once_whenever_the_ticks_come(
    job: World, done: list[datetime], ticks: list[int], offsets: set[int]
) -> None:
    Occurrence.objects.all().delete()
    done.clear()
    for offset in offsets:
        plan(job, NOON + offset * DAY)
        plan(job, NOON + offset * DAY)
    for days in sorted(ticks):
        tick(NOON + days * DAY)
    assert done == sorted(NOON + offset * DAY for offset in offsets if offset <= max(ticks))


def test_schedule_changes_nothing_when_said_again(job: World, done: list[datetime]) -> None:
    first = plan(job, NOON, data={"n": 1})
    assert plan(job, NOON, data={"n": 1}).pk == first.pk
    tick(NOON)
    again = plan(job, NOON, data={"n": 2})
    assert (again.pk, again.done_at, tick(NOON + DAY), done) == (first.pk, NOON, 0, [NOON])


def test_schedule_keeps_one_row_for_a_date_when_the_place_changes_its_time_zone(
    job: World, done: list[datetime]
) -> None:
    on = date(2026, 5, 4)
    here, there = (moment(on, zoneinfo.ZoneInfo(name)) for name in ("Asia/Dhaka", "America/Lima"))
    first = plan(job, here, due_on=on)
    moved = plan(job, there, due_on=on)
    assert (moved.pk, moved.due_at) == (first.pk, there)
    assert (tick(here), tick(there)) == (0, 1)
    assert plan(job, here, due_on=on).done_at == there
    assert tick(there + DAY) == 0


def test_schedule_refuses_a_moment_without_a_time_zone(job: World) -> None:
    with pytest.raises(ValueError, match="aware"):
        plan(job, datetime(2026, 5, 4))  # noqa: DTZ001


def test_cancel_calls_off_what_is_not_done_and_schedule_revives_it(job: World, done: list[datetime]) -> None:
    plan(job, NOON)
    plan(job, NOON + DAY)
    tick(NOON)
    assert cancel(KIND, job.supplier, at=NOON) == 1
    assert (cancel("trial.other", job.supplier), cancel(KIND, job.buyer), tick(NOON + DAY)) == (0, 0, 0)
    plan(job, NOON + DAY)
    assert (tick(NOON + DAY), done) == (1, [NOON, NOON + DAY])


def test_tick_keeps_what_the_handler_did_together_with_the_mark(job: World) -> None:
    """A handler that writes and then fails leaves neither its writing nor the mark that it is done."""
    broken = [True]

    @registry.occurrence(KIND)
    def write_then_stumble(occurrence: Occurrence, at: datetime) -> None:
        record(verb="trial.reminded", by=None, subject=job.supplier, owner_id=job.supplier.pk, at=at)
        if broken[0]:
            raise ValueError("not today")

    plan(job, NOON)
    assert (tick(NOON), Entry.objects.count()) == (0, 0)
    row = Occurrence.objects.get()
    assert (row.attempts, row.error, row.done_at) == (1, "ValueError: not today", None)
    broken[0] = False
    assert (tick(NOON + timedelta(seconds=29)), tick(NOON + timedelta(minutes=1))) == (0, 1)
    assert Entry.objects.get().verb == "trial.reminded"


def test_tick_goes_on_when_one_handler_fails_and_parks_it_after_five_tries(
    job: World, done: list[datetime]
) -> None:
    schedule("trial.unknown", job.supplier, NOON - DAY, job.supplier.pk)
    plan(job, NOON)
    assert (tick(NOON), done) == (1, [NOON])
    for n in range(1, 10):
        tick(NOON + n * DAY)
    row = Occurrence.objects.get(kind="trial.unknown")
    assert (row.attempts, row.done_at) == (tries.MOST_TRIES_OF_OCCURRENCES, None)
    assert row.error == "LookupError: Nothing is registered for occurrences of kind 'trial.unknown'."
    assert row.parked_at == NOON + 4 * DAY


def test_sweep_parks_an_occurrence_that_killed_its_worker_each_time(job: World, done: list[datetime]) -> None:
    plan(job, NOON)
    Occurrence.objects.update(attempts=tries.MOST_TRIES_OF_OCCURRENCES)
    assert (tick(NOON), tries.sweep(NOON), Occurrence.objects.get().error) == (0, 1, tries.DIED)


def test_occurrences_are_seen_and_scheduled_by_their_own_organisation_only(world: World) -> None:
    with working_as("app"), acting(person_id=world.lin.pk, organisation_id=world.supplier.pk):
        plan(world, NOON)
        assert plan(world, NOON).pk == Occurrence.objects.get().pk
    with working_as("app"), acting(person_id=world.bo.pk, organisation_id=world.buyer.pk):
        assert not Occurrence.objects.exists()
        assert cancel(KIND, world.supplier) == 0
    with (
        working_as("app"),
        pytest.raises(DatabaseError, match="row-level security"),
        acting(person_id=world.bo.pk, organisation_id=world.buyer.pk),
    ):
        plan(world, NOON + DAY)
    with working_as("app"), acting(person_id=world.lin.pk, organisation_id=world.supplier.pk):
        assert cancel(KIND, world.supplier, at=NOON) == 1


def test_only_the_tick_may_say_that_something_is_done(world: World) -> None:
    with working_as("app"), acting(person_id=world.lin.pk, organisation_id=world.supplier.pk):
        plan(world, NOON)
    with (
        working_as("app"),
        pytest.raises(DatabaseError, match="permission denied"),
        acting(person_id=world.lin.pk, organisation_id=world.supplier.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE ledger_occurrence SET done_at = now()")
