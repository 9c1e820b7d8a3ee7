"""Who reads which row of feedback rounds by the row policies alone: the group that asks, and those it asks."""

from typing import Any

import pytest

from tests.visibility.bare import (
    FUTURE,
    ME,
    OTHER,
    OWN,
    PAST,
    SOMEBODY,
    THAT,
    THIS,
    Columns,
    Fact,
    Held,
    Row,
    assert_shown,
)

pytestmark = pytest.mark.django_db
ELSEWHERE = 103
INSIDE = Fact(
    "forum_groupaccess",
    {"group_id": THIS, "person_id": ME, "organisation_id": OWN, "is_co_lead": False, "is_guest": True},
)
ROUND: dict[str, Any] = {
    "group_id": THAT,
    "for_all": False,
    "invited_ids": [THIS],
    "state": "open",
    "opens_at": PAST,
}
HOLDINGS: list[Held] = [
    (),
    *((INSIDE.but(group_id=one),) for one in (THIS, THAT, ELSEWHERE)),
    (INSIDE, INSIDE.but(group_id=THAT)),
    (INSIDE.but(person_id=SOMEBODY), INSIDE.but(organisation_id=OTHER)),
]
ROUNDS: Columns = {
    "group_id": (THIS, THAT),
    "for_all": (True, False),
    "invited_ids": ([], [THIS], [ELSEWHERE, THIS]),
    "state": ("draft", "open", "finished", "withdrawn"),
    "opens_at": (None, PAST, FUTURE),
}


def _mine(held: Held) -> set[int]:
    return {
        one.row["group_id"]
        for one in held
        if one.table == INSIDE.table and (one.row["person_id"], one.row["organisation_id"]) == (ME, OWN)
    }


def _reads(row: Row, held: Held) -> bool:
    groups = _mine(held)
    is_asked = bool(groups) if row["for_all"] else bool(groups & set(row["invited_ids"]))
    is_shown = row["state"] in {"open", "finished"} and row["opens_at"] == PAST
    return row["group_id"] in groups or (is_asked and is_shown)


def test_rounds_are_read_by_their_group_and_once_open_by_those_asked() -> None:
    assert_shown("forum_feedbackround", ROUNDS, _reads, HOLDINGS)


@pytest.mark.parametrize("name", ["project", "excerpt", "comment"])
def test_what_is_in_a_round_is_read_by_whoever_reads_the_round(name: str) -> None:
    def reads(row: Row, held: Held) -> bool:
        rounds = [one.row for one in held if one.table == "forum_feedbackround"]
        return any(one["id"] == row["round_id"] and _reads(one, held) for one in rounds)

    held = [
        (*inside, Fact("forum_feedbackround", ROUND | {"id": THIS} | more))
        for inside in HOLDINGS
        for more in ({}, {"state": "draft"}, {"state": "withdrawn"}, {"for_all": True}, {"opens_at": FUTURE})
    ]
    assert_shown(f"forum_feedback{name}", {"round_id": (THIS, THAT), "group_id": (THIS, THAT)}, reads, held)
