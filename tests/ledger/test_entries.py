"""Writing down what happened, and that nobody can unwrite it."""

import pytest
import structlog
from django.db import DatabaseError, connection, transaction

from ledger.acting import acting
from ledger.entries import NotInTransaction, draft, record, record_all
from ledger.models import Entry, Outbox
from organisations.models import Organisation
from tests.ledger.conftest import NOON, Someone, World
from tests.ledger.roles import settle, working_as


def written(world: World, **changes: object) -> Entry:
    """Record one thing that Lin did for the supplier, as the role that serves people."""
    with working_as("app"), acting(person_id=world.lin.pk, organisation_id=world.supplier.pk):
        return record(
            verb="trial.told",
            by=world.by_lin,
            subject=world.supplier,
            owner_id=world.supplier.pk,
            at=NOON,
            data=changes or None,
        )


def seen_by(who: Someone) -> list[int]:
    """Return the entries that the database shows to someone, asked without any filter."""
    with working_as("app"), acting(person_id=who.person_id, organisation_id=who.organisation_id):
        return list(Entry.objects.order_by("id").values_list("id", flat=True))


def test_record_keeps_who_what_when_and_in_which_request(world: World) -> None:
    with structlog.contextvars.bound_contextvars(request_id="req-1\n<b>"):
        entry = written(world, note="hello")
    with working_as("owner"):
        kept = Entry.objects.values().get(pk=entry.pk)
    assert kept == {
        "id": entry.pk,
        "at": NOON,
        "verb": "trial.told",
        "actor_id": world.lin.pk,
        "organisation_id": world.supplier.pk,
        "owner_id": world.supplier.pk,
        "subject_kind": "organisations.organisation",
        "subject_id": world.supplier.pk,
        "subject_code": world.supplier.code,
        "subject_label": "Willow Yarn Works",
        "data": {"note": "hello"},
        "request_id": "req-1b",
    }


def test_record_drops_the_entry_into_the_outbox(world: World) -> None:
    entry = written(world)
    with working_as("job"):
        assert list(Outbox.objects.values_list("entry_id", "attempts", "next_try_at")) == [
            (entry.pk, 0, NOON)
        ]


def test_record_all_drops_every_entry_into_the_outbox(world: World) -> None:
    with working_as("job"), transaction.atomic():
        drafts = [
            draft(verb=f"trial.{n}", by=None, subject=world.supplier, owner_id=None, at=NOON)
            for n in range(3)
        ]
        entries = record_all(drafts)
        assert list(Outbox.objects.order_by("id").values_list("entry_id", flat=True)) == [
            e.pk for e in entries
        ]


def test_record_leaves_neither_entry_nor_outbox_row_when_the_transaction_rolls_back(world: World) -> None:
    def record_and_roll_back() -> None:
        with transaction.atomic():
            written(world)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        record_and_roll_back()
    with working_as("owner"):
        assert (Entry.objects.count(), Outbox.objects.count()) == (0, 0)


def test_record_refuses_to_write_outside_a_transaction(living_world: World) -> None:
    with pytest.raises(NotInTransaction):
        record(verb="trial.told", by=None, subject=living_world.supplier, owner_id=None, at=NOON)


def test_entries_are_seen_by_the_acting_and_the_owning_organisation_only(world: World) -> None:
    with working_as("owner"):
        outsider = Organisation.objects.create(name="Elsewhere Ltd", capabilities=["buyer"])
    with working_as("app"), acting(person_id=world.bo.pk, organisation_id=world.buyer.pk):
        entry = record(
            verb="trial.told", by=world.by_bo, subject=world.supplier, owner_id=world.supplier.pk, at=NOON
        )
    assert seen_by(world.by_bo) == [entry.pk]
    assert seen_by(world.by_lin) == [entry.pk]
    assert seen_by(Someone(world.bo.pk, outsider.pk)) == []
    assert seen_by(Someone(None, None)) == []


def test_a_person_without_an_organisation_sees_only_what_they_did(world: World) -> None:
    alone = Someone(world.lin.pk, None)
    with working_as("app"), acting(person_id=world.lin.pk, organisation_id=None):
        entry = record(verb="trial.told", by=alone, subject=world.lin, owner_id=None, at=NOON)
    assert seen_by(alone) == [entry.pk]
    assert seen_by(Someone(world.bo.pk, None)) == []


@pytest.mark.parametrize("forged", ["organisation", "person"])
def test_record_is_refused_by_the_database_when_it_names_another_actor(world: World, forged: str) -> None:
    by = {
        "organisation": Someone(world.lin.pk, world.buyer.pk),
        "person": Someone(world.bo.pk, world.supplier.pk),
    }[forged]
    with (
        working_as("app"),
        pytest.raises(DatabaseError, match="row-level security"),
        acting(person_id=world.lin.pk, organisation_id=world.supplier.pk),
    ):
        record(verb="trial.told", by=by, subject=world.supplier, owner_id=None, at=NOON)
    assert written(world).pk  # the twin: the same words in one's own name


CHANGES = {
    "update": "UPDATE ledger_entry SET verb = 'other'",
    "delete": "DELETE FROM ledger_entry",
    "truncate": "TRUNCATE ledger_entry CASCADE",
}


@pytest.mark.parametrize("role", ["owner", "app", "job"])
@pytest.mark.parametrize("change", CHANGES)
def test_entries_refuse_raw_sql(world: World, role: str, change: str) -> None:
    entry = written(world)
    settle()
    with (
        working_as(role),
        pytest.raises(DatabaseError, match=r"append-only|permission denied"),
        acting(person_id=world.lin.pk, organisation_id=world.supplier.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute(CHANGES[change])
    with working_as("owner"):
        assert list(Entry.objects.values_list("pk", "verb")) == [(entry.pk, "trial.told")]


@pytest.mark.parametrize("change", CHANGES)
def test_entries_are_refused_by_the_trigger_to_their_owner(world: World, change: str) -> None:
    """The owner has every privilege, so only the trigger stands in the way."""
    written(world)
    settle()
    with (
        working_as("owner"),
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(CHANGES[change])


@pytest.mark.parametrize("statement", ["SELECT * FROM ledger_outbox", "DELETE FROM ledger_outbox"])
def test_outbox_is_closed_to_the_role_that_serves_people(world: World, statement: str) -> None:
    written(world)
    with (
        working_as("app"),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    with working_as("job"), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount == 1


def test_history_is_newest_first(world: World) -> None:
    first, second = written(world, n=1), written(world, n=2)
    with working_as("owner"):
        assert list(Entry.objects.about(world.supplier)) == [second, first]
        assert list(Entry.objects.about(world.buyer)) == []
        assert list(Entry.objects.of_organisation(world.supplier.pk)) == [second, first]
        assert list(Entry.objects.of_organisation(world.buyer.pk)) == []
