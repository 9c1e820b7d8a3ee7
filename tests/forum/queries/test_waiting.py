"""Who is next, and why the others wait."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.queries.waiting import Because, Waiting, standing

NEXT, FULL, TOO_MANY, SHARE, NEVER = (
    Because.NEXT,
    Because.FULL,
    Because.TOO_MANY,
    Because.SHARE,
    Because.NEVER,
)


def _told(*line: tuple[int, int], **how: Any) -> list[Because]:
    """Return the reasons for a line of (organisation, quantity)."""
    given_how = {"capacity": 10, "held": 0, "share": None, "held_by": {}} | how
    rows = [Waiting(key, organisation, quantity) for key, (organisation, quantity) in enumerate(line)]
    return [because for _one, because in standing(rows, **given_how)]


@pytest.mark.parametrize(
    ("line", "how", "reasons"),
    [
        (((1, 1),), {"held": 9}, [NEXT]),
        (((1, 1),), {"held": 10}, [FULL]),
        (((1, 1), (2, 1)), {"held": 9}, [NEXT, FULL]),
        (((1, 5), (2, 2)), {"held": 8}, [TOO_MANY, NEXT]),  # two chairs do not stay empty for a group of five
        (((1, 5), (2, 2)), {"held": 3}, [NEXT, NEXT]),
        (((1, 1), (2, 1)), {"held": 2, "share": 2, "held_by": {1: 2}}, [SHARE, NEXT]),
        (((1, 1), (1, 1)), {"share": 1}, [NEXT, SHARE]),
        (((1, 11),), {}, [NEVER]),
        (((1, 3),), {"share": 2}, [NEVER]),
        (((1, 3),), {"capacity": None}, [NEXT]),
        (((1, 1),), {"capacity": 2, "held": 5}, [FULL]),
    ],
)
def test_each_who_waits_has_a_reason(line: Any, how: Any, reasons: list[Because]) -> None:
    assert _told(*line, **how) == reasons


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 6)), max_size=12),
    st.one_of(st.none(), st.integers(1, 15)),
    st.integers(0, 15),
    st.one_of(st.none(), st.integers(1, 6)),
)
def test_no_more_are_next_than_there_are_places(
    line: list[tuple[int, int]], capacity: int | None, held: int, share: int | None
) -> None:
    rows = [Waiting(key, organisation, quantity) for key, (organisation, quantity) in enumerate(line)]
    told = standing(rows, capacity=capacity, held=held, share=share, held_by={})
    chosen = [one for one, because in told if because is NEXT]
    assert [one for one, _because in told] == rows
    if capacity is not None:
        assert sum(one.quantity for one in chosen) <= max(0, capacity - held)
    if share is not None:
        for organisation in {one.organisation for one in chosen}:
            assert sum(one.quantity for one in chosen if one.organisation == organisation) <= share
    left = None if capacity is None else max(0, capacity - held) - sum(one.quantity for one in chosen)
    for one, because in told:
        if because in {FULL, TOO_MANY}:
            assert left is not None
            assert one.quantity > left
