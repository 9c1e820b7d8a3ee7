"""Counting votes and quorum: every small ballot there is, against rules stated a second time in other words."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.models import BallotOutcome, Constituency, Majority, QuorumUnit
from forum.queries.counting import Turnout, needed_seats, result_of, turnouts

MET = Turnout("buyer", 3, 2, 2)
MISSED = Turnout("union", 3, 1, 2)
THRESHOLDS = {Majority.HALF: Fraction(1, 2), Majority.TWO_THIRDS: Fraction(2, 3)}


def _expected(counts: tuple[int, ...], rule: Majority) -> tuple[str, int | None]:
    """State the rule by sorting: who is first, by how much, and whether that is enough."""
    ranked = sorted(((votes, choice) for choice, votes in enumerate(counts) if choice), reverse=True)
    (first, winner), (second, _other) = ranked[0], ranked[1]
    if first == 0:
        return "no_votes", None
    if first == second:
        return "tie", None
    share = Fraction(first, sum(counts[1:]))
    if rule == Majority.HALF and share <= THRESHOLDS[rule]:
        return "short", None
    if rule == Majority.TWO_THIRDS and share < THRESHOLDS[rule]:
        return "short", None
    return "chosen", winner


@pytest.mark.parametrize("rule", Majority)
@pytest.mark.parametrize("choices", [2, 3])
def test_every_ballot_of_up_to_six_votes_for_each_choice(rule: Majority, choices: int) -> None:
    for counts in product(range(7), repeat=choices + 1):
        found = result_of(counts=counts, rule=rule, turnout=[MET])
        assert (found.outcome, found.winner) == _expected(counts, rule), counts


def test_without_quorum_nothing_is_decided_whatever_the_votes() -> None:
    for counts in product(range(4), repeat=3):
        found = result_of(counts=counts, rule=Majority.MOST, turnout=[MET, MISSED])
        assert (found.outcome, found.winner) == (BallotOutcome.NO_QUORUM, None)


def test_a_share_is_rounded_up_and_never_none() -> None:
    for seats in range(30):
        for least in range(1, 101):
            needed = needed_seats(seats, unit=QuorumUnit.PERCENT, least=least)
            assert needed >= 1
            assert Fraction(needed, 1) >= Fraction(seats * least, 100)
            assert needed == 1 or Fraction(needed - 1, 1) < Fraction(seats * least, 100)


def test_a_number_of_seats_is_that_number() -> None:
    assert [needed_seats(seats, unit=QuorumUnit.SEATS, least=2) for seats in (0, 1, 5)] == [2, 2, 2]


def test_a_constituency_without_seats_misses_its_quorum() -> None:
    (line,) = turnouts(seats={}, voted={}, quorum={"union": 50}, unit=QuorumUnit.PERCENT)
    assert (line.seats, line.voted, line.needed, line.is_met) == (0, 0, 1, False)


SLOWLY = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
NUMBERS = st.dictionaries(st.sampled_from(Constituency.values), st.integers(0, 40))


@SLOWLY
@given(seats=NUMBERS, voted=NUMBERS, quorum=NUMBERS, unit=st.sampled_from(QuorumUnit.values))
def test_each_constituency_stands_there_once(
    seats: dict[str, int], voted: dict[str, int], quorum: dict[str, int], unit: str
) -> None:
    asked = {one: max(1, least) for one, least in quorum.items()}
    lines = turnouts(seats=seats, voted=voted, quorum=asked, unit=unit)
    assert [one.constituency for one in lines] == sorted({*seats, *voted, *asked})
    for one in lines:
        assert (one.needed == 0) == (one.constituency not in asked)
        assert one.is_met == (voted.get(one.constituency, 0) >= one.needed)


@SLOWLY
@given(
    counts=st.lists(st.integers(0, 50), min_size=3, max_size=13),
    more=st.integers(0, 20),
    rule=st.sampled_from(Majority.values),
)
def test_abstentions_never_change_what_is_chosen(counts: list[int], more: int, rule: str) -> None:
    other = [counts[0] + more, *counts[1:]]
    assert result_of(counts=counts, rule=rule, turnout=[]) == result_of(counts=other, rule=rule, turnout=[])


@SLOWLY
@given(counts=st.lists(st.integers(0, 50), min_size=3, max_size=13), rule=st.sampled_from(Majority.values))
def test_one_more_vote_for_the_winner_keeps_it(counts: list[int], rule: str) -> None:
    found = result_of(counts=counts, rule=rule, turnout=[])
    if found.winner is not None:
        counts[found.winner] += 1
        assert result_of(counts=counts, rule=rule, turnout=[]) == found
