"""States and legal moves as plain data; knows nothing of models or the database."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Lifecycle:
    """The states a thing can be in and where each may go.

    Args:
        name: what lives this life, `"findings.plan"`; used in refusals and tests.
        initial: the state in which it is born.
        moves: every state with the states that may follow; a state that ends the life has an empty set.

    Raises:
        ValueError: a move leads to a state that `moves` does not list, or the initial state is not listed.
    """

    name: str
    initial: str
    moves: Mapping[str, frozenset[str]]

    def __post_init__(self) -> None:
        unknown = ({self.initial} | {to for targets in self.moves.values() for to in targets}) - set(
            self.moves
        )
        if unknown:
            raise ValueError(f"{self.name}: no such state: {', '.join(sorted(unknown))}")

    @property
    def states(self) -> frozenset[str]:
        """Every state there is."""
        return frozenset(self.moves)

    @property
    def ends(self) -> frozenset[str]:
        """The states that nothing follows."""
        return frozenset(state for state, targets in self.moves.items() if not targets)

    def allows(self, before: str, to: str) -> bool:
        """Tell whether `to` may follow `before`; an unknown state allows nothing."""
        return to in self.moves.get(before, frozenset())
