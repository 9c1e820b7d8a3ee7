"""From what happened to who is told."""

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.utils import DatabaseError

from ledger import registry, tries
from ledger.acting import acting
from ledger.entries import record
from ledger.models import Channel, Delivery, DeliveryState, Entry, Outbox
from ledger.registry import Recipient
from ledger.relay import relay
from tests.ledger.conftest import NOON, World
from tests.ledger.roles import working_as

Tell = Callable[..., None]


@pytest.fixture
def job(world: World) -> Iterator[World]:
    """Work as the role that relays."""
    with working_as("job"):
        yield world


def happen(world: World, verb: str = "trial.told", at: datetime = NOON, **data: object) -> Entry:
    """Let something happen at the supplier."""
    return record(
        verb=verb, by=world.by_lin, subject=world.supplier, owner_id=world.supplier.pk, at=at, data=data
    )


def rows() -> list[tuple[int, str, str]]:
    return list(
        Delivery.objects.order_by("person_id", "channel").values_list("person_id", "channel", "state")
    )


def test_relay_tells_each_recipient_once_through_each_channel(job: World, tell: Tell) -> None:
    tell(job.lin, job.bo, job.lin, organisation=job.supplier)
    entry = happen(job)
    assert relay(NOON) == 1
    assert rows() == [
        (job.lin.pk, "email", "pending"),
        (job.lin.pk, "inbox", "sent"),
        (job.bo.pk, "email", "pending"),
        (job.bo.pk, "inbox", "sent"),
    ]
    told = Delivery.objects.inbox(job.lin.pk).unread().get()
    assert (told.entry_id, told.title, told.happened_at, told.sent_at, told.organisation_id, told.verb) == (
        entry.pk,
        "News of Willow Yarn Works",
        NOON,
        NOON,
        job.supplier.pk,
        "trial.told",
    )


def test_relay_keeps_where_the_notice_leads(job: World, tell: Tell, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.ledger.urls"
    tell(job.lin, route="trial-page")
    happen(job)
    relay(NOON)
    assert set(Delivery.objects.values_list("path", flat=True)) == {f"/trial/{job.supplier.code}/"}


def test_relay_empties_the_outbox_and_a_second_run_tells_nobody(job: World, tell: Tell) -> None:
    tell(job.lin)
    happen(job)
    assert (relay(NOON), relay(NOON)) == (1, 0)
    assert (Outbox.objects.count(), Delivery.objects.count()) == (0, 2)


def test_relay_drops_what_nobody_is_told_of(job: World, clean_registry: None) -> None:
    happen(job)
    assert relay(NOON) == 1
    assert (Outbox.objects.count(), Delivery.objects.count()) == (0, 0)


def test_relay_waits_until_the_entry_s_moment(job: World, tell: Tell) -> None:
    tell(job.lin)
    happen(job, at=NOON + timedelta(hours=1))
    assert (relay(NOON), relay(NOON + timedelta(hours=1))) == (0, 1)


def test_relay_passes_over_people_who_cannot_sign_in(job: World, tell: Tell) -> None:
    tell(job.gone, job.bo)
    happen(job)
    relay(NOON)
    assert {person for person, _, _ in rows()} == {job.bo.pk}


def test_relay_uses_only_the_channels_asked_for(job: World, clean_registry: None, tell: Tell) -> None:
    tell()
    registry._notices.clear()
    registry.notice("trial.told")(lambda _entry: [Recipient(job.lin.pk, None, channels=(Channel.INBOX,))])
    happen(job)
    relay(NOON)
    assert rows() == [(job.lin.pk, "inbox", "sent")]


def test_relay_puts_old_news_into_the_inbox_only(job: World, tell: Tell) -> None:
    tell(job.lin)
    happen(job)
    relay(NOON + timedelta(days=31))
    assert rows() == [(job.lin.pk, "inbox", "sent")]


def test_relay_runs_every_reaction_in_one_transaction_with_the_deliveries(job: World, tell: Tell) -> None:
    tell(job.lin)
    seen: list[str] = []
    registry.reaction("trial.told")(lambda entry: seen.append(f"first {entry.subject_code}"))
    registry.reaction("trial.told")(lambda _entry: seen.append("second"))
    happen(job)
    relay(NOON)
    assert seen == [f"first {job.supplier.code}", "second"]


def test_relay_tells_the_others_when_one_fails_and_tries_it_again_later(job: World, tell: Tell) -> None:
    tell(job.lin)
    broken = [True]

    @registry.reaction("trial.told")
    def stumble(entry: Entry) -> None:
        if entry.data.get("bad") and broken[0]:
            raise ValueError("not today")

    bad, good = happen(job, bad=True), happen(job)
    assert relay(NOON) == 1
    assert set(Delivery.objects.values_list("entry_id", flat=True)) == {good.pk}
    waiting = Outbox.objects.get()
    assert (waiting.entry_id, waiting.attempts, waiting.error) == (bad.pk, 1, "ValueError: not today")
    broken[0] = False
    assert relay(NOON + timedelta(seconds=29)) == 0
    assert relay(NOON + timedelta(minutes=2)) == 1
    assert Delivery.objects.filter(entry=bad).count() == 2


def test_relay_parks_an_entry_after_eight_tries_and_can_release_it(job: World, tell: Tell) -> None:
    tell(job.lin)

    @registry.reaction("trial.told")
    def stumble(entry: Entry) -> None:
        raise ValueError("never")

    happen(job)
    at = NOON
    for _ in range(12):
        relay(at)
        at += timedelta(hours=13)
    parked = Outbox.objects.get()
    assert (parked.attempts, parked.error) == (8, "ValueError: never")
    assert parked.parked_at is not None
    registry._reactions.clear()
    assert (relay(at), tries.release_parked(at), relay(at)) == (0, 1, 1)


def test_sweep_parks_what_killed_its_worker_each_time(job: World) -> None:
    happen(job)
    Outbox.objects.update(attempts=tries.MOST_TRIES)
    assert (relay(NOON), tries.sweep(NOON)) == (0, 1)
    assert Outbox.objects.get().error == tries.DIED


def test_pause_grows_and_is_spread_by_chance() -> None:
    pauses = [[tries.pause_after(n) for _ in range(50)] for n in range(1, 9)]
    assert all(max(shorter) < min(longer) for shorter, longer in itertools.pairwise(pauses[:7]))
    assert all(len(set(found)) > 1 for found in pauses)


def test_inbox_shows_each_person_only_their_own_and_lets_them_mark_it_read(world: World, tell: Tell) -> None:
    tell(world.lin, world.bo)
    with working_as("job"):
        happen(world)
        relay(NOON)
    with working_as("app"), acting(person_id=world.bo.pk, organisation_id=world.buyer.pk):
        assert set(Delivery.objects.values_list("person_id", flat=True)) == {world.bo.pk}
        assert Delivery.objects.filter(person=world.lin).update(read_at=NOON) == 0
        assert Delivery.objects.inbox(world.bo.pk).update(read_at=NOON) == 1
        assert not Delivery.objects.inbox(world.bo.pk).unread().exists()
    with working_as("app"), acting(person_id=None, organisation_id=world.buyer.pk):
        assert not Delivery.objects.exists()


def test_a_recipient_does_not_see_the_entry_behind_the_delivery(world: World, tell: Tell) -> None:
    tell(world.bo)
    with working_as("job"):
        happen(world, secret="before and after")
        relay(NOON)
    with working_as("app"), acting(person_id=world.bo.pk, organisation_id=world.buyer.pk):
        assert Delivery.objects.inbox(world.bo.pk).get().title == "News of Willow Yarn Works"
        assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_delivery SET state = 'withheld', sent_at = NULL",
        "UPDATE ledger_delivery SET title = 'other'",
        "DELETE FROM ledger_delivery",
    ],
)
def test_deliveries_let_people_change_nothing_but_the_mark_of_reading(
    world: World, tell: Tell, statement: str
) -> None:
    tell(world.bo)
    with working_as("job"):
        happen(world)
        relay(NOON)
    with (
        working_as("app"),
        pytest.raises(DatabaseError, match="permission denied"),
        acting(person_id=world.bo.pk, organisation_id=world.buyer.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    with working_as("owner"):
        assert Delivery.objects.get(channel=Channel.INBOX).state == DeliveryState.SENT
