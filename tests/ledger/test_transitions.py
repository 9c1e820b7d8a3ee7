"""Moving from state to state. The trial's states are countries: organisations have no state of their own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ledger.acting import acting
from ledger.lifecycles import Lifecycle
from ledger.models import Entry
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.models import Organisation
from tests.ledger.conftest import NOON, World
from tests.ledger.roles import working_as

LIFE = Lifecycle("trial.thing", "", {"": frozenset({"BD"}), "BD": frozenset({"DE"}), "DE": frozenset()})


@pytest.fixture
def acting_lin(world: World) -> Iterator[World]:
    """Act as Lin of the supplier, under row security."""
    with working_as("app"), acting(person_id=world.lin.pk, organisation_id=world.supplier.pk):
        yield world


def moved(world: World, to: str, **more: object) -> Entry:
    return move(
        world.supplier,
        to=to,
        lifecycle=LIFE,
        verb="trial.moved",
        by=world.by_lin,
        owner_id=world.supplier.pk,
        at=NOON,
        field="country",
        **more,  # type: ignore[arg-type]
    )


def test_move_saves_the_state_and_records_before_and_after(acting_lin: World) -> None:
    entry = moved(acting_lin, "BD", data={"reason": "a new address"})
    assert (entry.verb, entry.data) == (
        "trial.moved",
        {"reason": "a new address", "before": "", "after": "BD"},
    )
    assert Organisation.objects.get(pk=acting_lin.supplier.pk).country == "BD"


def test_move_saves_the_other_fields_named_and_no_more(acting_lin: World) -> None:
    acting_lin.supplier.name = "Willow Yarn Works Ltd"
    moved(acting_lin, "BD")
    assert Organisation.objects.get(pk=acting_lin.supplier.pk).name == "Willow Yarn Works"
    moved(acting_lin, "DE", also=["name"])
    assert Organisation.objects.get(pk=acting_lin.supplier.pk).name == "Willow Yarn Works Ltd"


@pytest.mark.parametrize("to", ["", "DE", "XX"])
def test_move_is_refused_when_the_lifecycle_has_no_such_move(acting_lin: World, to: str) -> None:
    with pytest.raises(Refusal) as caught:
        moved(acting_lin, to)
    assert (caught.value.code, caught.value.status) == ("illegal-move", 409)
    assert caught.value.sentence == f"This is “” now and cannot become “{to}”."
    assert (acting_lin.supplier.country, Entry.objects.count()) == ("", 0)
    assert moved(acting_lin, "BD").data["after"] == "BD"


def test_move_is_refused_when_someone_else_moved_it_meanwhile(acting_lin: World) -> None:
    Organisation.objects.filter(pk=acting_lin.supplier.pk).update(country="DE")
    assert acting_lin.supplier.country == ""
    with pytest.raises(Refusal, match="illegal-move"):
        moved(acting_lin, "BD")
    assert Organisation.objects.get(pk=acting_lin.supplier.pk).country == "DE"


def test_move_costs_three_statements(
    acting_lin: World, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(3):
        moved(acting_lin, "BD")
