"""States and moves as data."""

import pytest

from ledger.lifecycles import Lifecycle

LIFE = Lifecycle(
    "trial.thing",
    "open",
    {"open": frozenset({"busy"}), "busy": frozenset({"open", "done"}), "done": frozenset()},
)


def test_allows_only_the_moves_that_are_listed() -> None:
    legal = {(before, to) for before in LIFE.states for to in LIFE.states if LIFE.allows(before, to)}
    assert legal == {("open", "busy"), ("busy", "open"), ("busy", "done")}


def test_allows_nothing_from_an_unknown_state() -> None:
    assert not LIFE.allows("elsewhere", "open")


def test_ends_are_the_states_that_nothing_follows() -> None:
    assert LIFE.ends == {"done"}


@pytest.mark.parametrize(
    ("initial", "moves"),
    [("open", {"open": frozenset({"lost"})}), ("lost", {"open": frozenset[str]()})],
)
def test_lifecycle_is_refused_when_it_names_a_state_it_does_not_list(
    initial: str, moves: dict[str, frozenset[str]]
) -> None:
    with pytest.raises(ValueError, match="lost"):
        Lifecycle("trial.thing", initial, moves)
