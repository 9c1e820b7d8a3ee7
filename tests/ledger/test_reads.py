"""Writing down who looked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from ledger.acting import acting
from ledger.models import ReadLog
from ledger.reads import log_read
from tests.ledger.conftest import NOON, Someone, World
from tests.ledger.roles import settle, working_as


def look(world: World, who: Someone, *, minutes: float = 0) -> bool:
    """Look at the supplier's own record as `who`, so many minutes after noon."""
    with working_as("app"), acting(person_id=who.person_id, organisation_id=who.organisation_id):
        at = NOON + timedelta(minutes=minutes)
        return log_read(by=who, subject=world.supplier, owner_id=world.supplier.pk, at=at)


def seen_by(who: Someone) -> int:
    with working_as("app"), acting(person_id=who.person_id, organisation_id=who.organisation_id):
        return ReadLog.objects.count()


def test_log_read_keeps_who_looked_at_what(world: World) -> None:
    assert look(world, world.by_bo)
    with working_as("owner"):
        (row,) = ReadLog.objects.about(world.supplier)
    assert (
        row.at,
        row.person_id,
        row.organisation_id,
        row.owner_id,
        row.subject_code,
        row.subject_label,
    ) == (
        NOON,
        world.bo.pk,
        world.buyer.pk,
        world.supplier.pk,
        world.supplier.code,
        "Willow Yarn Works",
    )


def test_reads_have_words_when_a_code_is_all_the_name() -> None:
    named = ReadLog(
        subject_kind="organisations.organisation", subject_code="A1", subject_label="Willow Yarn Works"
    )
    bare = ReadLog(subject_kind="organisations.organisation", subject_code="A1", subject_label="A1")
    assert (named.words, bare.words) == ("Willow Yarn Works", "Organisation")


def test_log_read_costs_one_statement(world: World, django_assert_num_queries: Callable[[int], Any]) -> None:
    with working_as("job"), django_assert_num_queries(1):
        log_read(by=world.by_bo, subject=world.supplier, owner_id=world.supplier.pk, at=NOON)


def test_log_read_is_silent_when_one_looks_at_ones_own(world: World) -> None:
    assert not look(world, world.by_lin)
    with working_as("owner"):
        assert not ReadLog.objects.exists()


def test_log_read_writes_at_most_once_in_ten_minutes(world: World) -> None:
    looks = [(0, True), (3, False), (9.9, False), (10, True), (19.9, False), (25, True)]
    assert [(minutes, look(world, world.by_bo, minutes=minutes)) for minutes, _ in looks] == looks


def test_log_read_counts_from_the_last_row_when_a_slot_ends_between(world: World) -> None:
    assert look(world, world.by_bo, minutes=9)
    assert not look(world, world.by_bo, minutes=11)


def test_log_read_counts_each_person_and_organisation_apart(world: World) -> None:
    assert look(world, world.by_bo)
    assert look(world, Someone(world.lin.pk, world.buyer.pk))
    assert look(world, Someone(None, world.buyer.pk))
    assert not look(world, Someone(None, world.buyer.pk))


def test_reads_are_seen_by_the_owner_and_the_reader_only(world: World) -> None:
    look(world, world.by_bo)
    assert (seen_by(world.by_lin), seen_by(world.by_bo)) == (1, 1)
    assert (seen_by(Someone(world.gone.pk, 10**9)), seen_by(Someone(None, None))) == (0, 0)


def test_reads_cannot_be_written_in_another_name(world: World) -> None:
    with (
        working_as("app"),
        pytest.raises(DatabaseError, match="row-level security"),
        acting(person_id=world.lin.pk, organisation_id=world.supplier.pk),
    ):
        log_read(by=world.by_bo, subject=world.supplier, owner_id=world.supplier.pk, at=NOON)
    assert look(world, world.by_bo)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE ledger_readlog SET at = now()", "DELETE FROM ledger_readlog", "TRUNCATE ledger_readlog"],
)
@pytest.mark.parametrize("role", ["owner", "app", "job"])
def test_reads_are_append_only(world: World, role: str, statement: str) -> None:
    look(world, world.by_bo)
    settle()
    refusal = "append-only" if role == "owner" else "append-only|permission denied"
    with (
        working_as(role),
        pytest.raises(DatabaseError, match=refusal),
        acting(person_id=world.bo.pk, organisation_id=world.buyer.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    with working_as("owner"), transaction.atomic():
        assert ReadLog.objects.get().at == NOON
