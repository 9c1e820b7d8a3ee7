"""Work inside groups: what the people inside do together, and nobody outside reads.

In the world's group the supplier's admin and the customer hold seats; one ballot is open, one secret, one closed, one
withdrawn.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from forum.actions.ballot import withdraw_ballot
from forum.lifecycle import BALLOT, BallotState
from forum.models import Ballot
from organisations.queries import viewer_from
from tests.factories import forum as people
from tests.factories import forum_work as make
from tests.matrices.cases import Case, says
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row
from tests.matrices.principals import MEMBERS
from tests.matrices.slices.forum_group import KEY, LEADS, inside, is_inside, led

SEATED = frozenset({"supplier", "customer"})
OUTSIDE = frozenset({"rival", "editor", "body"})


def build(world: Any) -> None:
    """Call the ballots; the supplier votes in the open one, the customer in the secret one, both in the closed one."""
    things, group = world.things, world["group"]
    who = {
        name: people.membership_of(world[f"part_{name}"]) for name in ("stakeholder", "supplier", "customer")
    }
    lead = viewer_from(who["stakeholder"])
    words = {"question": "x", "details": "x"}
    secret = {"is_secret": True, "quorum_of": ["buyer"], "quorum_least": [1]}
    for name, fields in (("shown", {}), ("secret", secret), ("called_off", {})):
        things[f"ballot_{name}"] = make.ballot(group, lead, **words, **fields)
    for name, voter in (("shown", "supplier"), ("secret", "customer")):
        seat = world[f"seat_{voter}"].pk
        make.cast(things[f"ballot_{name}"], viewer_from(who[voter]), seat, 1)
    votes = {world[f"seat_{name}"]: (viewer_from(who[name]), 1) for name in ("supplier", "customer")}
    things["ballot_over"] = make.counted(group, lead, votes, **words)
    make.called_off(things["ballot_called_off"], lead)


# ---------------------------------------------------------------- who sees a row
def _inside(known: Facts, reader: Reader, row: Row) -> bool:
    return is_inside(known, reader, row["group_id"])


def _nobody(_known: Facts, _reader: Reader, _row: Row) -> bool:
    return False


def _vote(known: Facts, reader: Reader, row: Row) -> bool:
    """Everybody inside after the close; before it, and of what was withdrawn, one's own organisation."""
    is_closed = known["forum.Ballot"][row["ballot_id"]]["state"] == "closed"
    return _inside(known, reader, row) and (is_closed or row["organisation_id"] == reader.organisation)


RULES = {
    "forum.Ballot": _inside,
    "forum.BallotPaper": _inside,
    "forum.BallotVote": _vote,
    "forum.BallotTally": _nobody,
    "forum.BallotHandover": _inside,
}
KEPT = {"forum.Ballot.reason_language": "as language"}


# ---------------------------------------------------------------- every route
def _of(thing: str) -> tuple[str, str]:
    return (KEY, thing)


def by(ok: Any, **about: Any) -> Case:
    """Return what a page answers to some of the people inside; the others are told that it is not theirs."""
    who = frozenset(ok)
    return inside(ok=who, **({"forbidden": MEMBERS - who - {"unlinked"}} | about))


def _soon(_world: Any) -> dict[str, Any]:
    closes_at = timezone.localtime(timezone.now() + timedelta(days=3))
    return {
        "question": "Publish?",
        "choices": "Yes\nNo",
        "rule": "half",
        "quorum_unit": "seats",
        "closes_at": closes_at.strftime("%Y-%m-%dT%H:%M"),
    }


HANDS = {"of": (KEY, "ballot_shown", "seat_supplier"), "status": 409, "body": says()}
PAGES: dict[str, dict[str, Case]] = {
    "forum:group_work": {"get": inside()},
    "forum:ballot_new": {"get": led(), "post": led(status=302, body=_soon)},
    "forum:ballot": {
        "get": inside(of=_of("ballot_over")),
        "post": by(SEATED, of=_of("ballot_shown"), status=302, body=says(choice="2")),
    },
    "forum:ballot_withdraw": {
        "get": led(of=_of("ballot_secret")),
        "post": led(of=_of("ballot_secret"), status=302, body=says(reason="A wrong word")),
    },
    # The seat has voted, and has no alternate: whoever may is told so.
    "forum:ballot_hand_over": {
        "post": by({*LEADS, "supplier"}, **(HANDS | {"of": (KEY, "ballot_secret", "seat_supplier")}))
    },
    "forum:ballot_take_back": {"post": by({*LEADS, "supplier"}, **HANDS)},
}
NO_LISTS = {"forum:ballot_new": "a form"}


# ---------------------------------------------------------------- states and moves
def _ballot_with(state: str) -> dict[str, Any]:
    """Return the columns that a state of a ballot has."""
    at, is_closed = timezone.now(), state == BallotState.CLOSED
    return {
        "withdrawn_at": at if state == BallotState.WITHDRAWN else None,
        "closed_at": at if is_closed else None,
        "outcome": "no_votes" if is_closed else "",
        "winner": None,
        "counts": [0, 0, 0] if is_closed else None,
    }


LIVES = [
    Life(
        Ballot,
        "ballot_shown",
        BALLOT,
        {
            "withdraw": (
                now(withdraw_ballot, "ballot", reason="A wrong word"),
                {BallotState.CALLED: BallotState.WITHDRAWN},
                LEADS,
            ),
        },
        SEATED | OUTSIDE | {"far_supplier"},
        related=("group",),
        with_state=_ballot_with,
    ),
]
STORY = (
    ("stakeholder", "forum:ballot_new"),
    ("supplier", "forum:ballot"),
    ("operator", "forum:ballot_withdraw"),
)
