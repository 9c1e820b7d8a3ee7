"""Signs of life, nightly checks and the tasks that leave them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from celery import current_app
from django.utils import timezone

from ledger import bell, nights, pulse, registry, tasks, tries
from ledger.acting import acting
from ledger.models import Heartbeat, Outbox
from ledger.occurrences import schedule
from tests.ledger.conftest import NOON, World
from tests.ledger.roles import working_as
from tests.ledger.test_relay import happen

MINUTE = timedelta(minutes=1)


@pytest.fixture
def job(world: World, clean_registry: None) -> Iterator[World]:
    """Work as the role that ticks."""
    with working_as("job"):
        yield world


def test_pulse_alarms_when_nothing_ever_ticked(job: World) -> None:
    assert pulse.read_pulse().alarms(NOON) == ("tick-late",)


def test_pulse_is_well_after_a_tick_and_alarms_when_the_next_stays_away(job: World) -> None:
    pulse.beat(NOON)
    assert pulse.read_pulse() == pulse.Pulse(NOON, None, 0, ())
    assert pulse.read_pulse().alarms(NOON + 3 * MINUTE) == ()
    assert pulse.read_pulse().alarms(NOON + 4 * MINUTE) == ("tick-late",)


def test_pulse_alarms_when_something_waits_too_long(job: World) -> None:
    happen(job)
    pulse.beat(NOON + 5 * MINUTE)
    assert pulse.read_pulse().waiting_since == NOON
    assert pulse.read_pulse().alarms(NOON + 5 * MINUTE) == ()
    pulse.beat(NOON + 6 * MINUTE)
    assert pulse.read_pulse().alarms(NOON + 6 * MINUTE) == ("work-waits",)


def test_pulse_alarms_when_something_is_parked(job: World) -> None:
    happen(job)
    Outbox.objects.update(attempts=tries.MOST_TRIES)
    tries.sweep(NOON)
    pulse.beat(NOON)
    assert (pulse.read_pulse().parked, pulse.read_pulse().alarms(NOON)) == (1, ("work-parked",))


def test_pulse_can_be_read_by_the_role_that_serves_people(world: World) -> None:
    with working_as("job"):
        pulse.beat(NOON)
    with working_as("app"), acting(person_id=None, organisation_id=None):
        assert pulse.read_pulse().ticked_at == NOON


@pytest.mark.parametrize(
    ("at", "began"),
    [
        (datetime(2026, 5, 4, 1, 59, tzinfo=UTC), datetime(2026, 5, 3, 2, tzinfo=UTC)),
        (datetime(2026, 5, 4, 2, 0, tzinfo=UTC), datetime(2026, 5, 4, 2, tzinfo=UTC)),
    ],
)
def test_night_begins_at_two(at: datetime, began: datetime) -> None:
    assert nights.night_of(at) == began


def test_nightly_checks_run_once_a_night_and_keep_their_alarm(job: World) -> None:
    seen: list[datetime] = []

    @registry.nightly("counts")
    def counts(at: datetime) -> None:
        seen.append(at)
        if len(seen) == 1:
            raise AssertionError("one row too many")

    registry.nightly("calm")(lambda _at: None)
    assert nights.is_due(NOON)
    assert nights.run(NOON) == ["counts"]
    assert (nights.is_due(NOON), nights.run(NOON), len(seen)) == (False, [], 1)
    assert pulse.read_pulse().failed_checks == ("nightly:counts",)
    assert nights.is_due(NOON + timedelta(days=1))
    assert nights.run(NOON + timedelta(days=1)) == []
    assert pulse.read_pulse().failed_checks == ()


def test_tick_task_works_beats_and_rings_every_mailbox(job: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    done: list[datetime] = []
    monkeypatch.setattr(bell, "ring", rung.append)
    registry.occurrence("trial.due")(lambda _occurrence, at: done.append(at))
    registry.nightly("calm")(lambda _at: None)
    schedule("trial.due", job.supplier, NOON, job.supplier.pk)
    with time_machine.travel(NOON, tick=False):
        assert (tasks.tick(), tasks.tick()) == (1, 0)
        assert timezone.now() == NOON
    assert done == [NOON]
    assert Heartbeat.objects.get(name="tick").at == NOON
    assert rung == ["ledger.relay", "ledger.send", "ledger.nightly"] * 2


def test_tasks_have_the_names_that_bells_ring_for_and_go_to_the_system_queue() -> None:
    ours = {name for name in current_app.tasks if name.startswith("ledger.")}
    assert ours == {"ledger.relay", "ledger.send", "ledger.tick", "ledger.nightly"}
    assert {current_app.amqp.router.route({}, name)["queue"].name for name in ours} == {"system"}
