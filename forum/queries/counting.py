"""How votes are counted: pure arithmetic over numbers, no rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forum.models import ABSTAIN, BallotOutcome, Majority, QuorumUnit


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many seats of a constituency voted.

    Args:
        seats: those filled when the ballot closed, and those that had voted. needed: 0 where no quorum was asked.
    """

    constituency: str
    seats: int
    voted: int
    needed: int

    @property
    def is_met(self) -> bool:
        """Whether enough of them did."""
        return self.voted >= self.needed


@dataclass(frozen=True, slots=True)
class Result:
    """What came out, and the number of the winner where there is one."""

    outcome: BallotOutcome
    winner: int | None = None


def needed_seats(seats: int, *, unit: str, least: int) -> int:
    """Return how many of so many filled seats have to vote: never none, so a constituency without seats misses it.

    A share is rounded up: of three seats, half are two.
    """
    if unit == QuorumUnit.SEATS:
        return least
    return max(1, -(-seats * least // 100))


def turnouts(
    *, seats: Mapping[str, int], voted: Mapping[str, int], quorum: Mapping[str, int], unit: str
) -> list[Turnout]:
    """Return a line for each constituency that has a filled seat, has voted, or is named in the quorum."""
    return [
        Turnout(
            one,
            seats.get(one, 0),
            voted.get(one, 0),
            needed_seats(seats.get(one, 0), unit=unit, least=quorum[one]) if one in quorum else 0,
        )
        for one in sorted(set(seats) | set(voted) | set(quorum))
    ]


def result_of(*, counts: Sequence[int], rule: str, turnout: Sequence[Turnout]) -> Result:
    """Return what a ballot decides.

    Args:
        counts: the votes for each choice by its number; those of 0 are abstentions, which count for the quorum and
            neither for nor against anything.
    """
    if not all(one.is_met for one in turnout):
        return Result(BallotOutcome.NO_QUORUM)
    for_choices = {choice: votes for choice, votes in enumerate(counts) if choice != ABSTAIN}
    valid = sum(for_choices.values())
    if not valid:
        return Result(BallotOutcome.NO_VOTES)
    most = max(for_choices.values())
    first = [choice for choice, votes in for_choices.items() if votes == most]
    if len(first) > 1:
        return Result(BallotOutcome.TIE)
    if not _has_majority(most, valid, rule):
        return Result(BallotOutcome.SHORT)
    return Result(BallotOutcome.CHOSEN, first[0])


def _has_majority(most: int, valid: int, rule: str) -> bool:
    if rule == Majority.HALF:
        return 2 * most > valid
    if rule == Majority.TWO_THIRDS:
        return 3 * most >= 2 * valid
    return True
