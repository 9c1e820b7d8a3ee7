"""The result of a ballot as its page shows it: counts, and pictures by constituency with their tables."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from forum.models import Ballot, BallotVote, Constituency
from forum.queries.ballot import SeatLine, turnout_of
from forum.queries.counting import Turnout
from web.pieces import Chart, Series

# Told apart by their words too, in the legend and in the table.
TONES = dict(
    zip(Constituency.values, ("thread", "car", "good", "line-strong", "focus", "ink-2"), strict=True)
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What came out.

    Args:
        counts: words, votes, and whether they won. votes: who voted what, by constituency; None for a secret ballot,
            which keeps no choice of anybody. seats: how many seats of each constituency voted; None without any.
    """

    counts: list[tuple[str, int, bool]]
    turnout: list[tuple[str, Turnout]]
    votes: Chart | None
    seats: Chart | None


def result_of(found: Ballot, lines: Sequence[SeatLine], cast: Sequence[BallotVote]) -> Shown | None:
    """Return what came out of a closed ballot; None before.

    Args:
        cast: every vote of an open ballot, of each seat the newest first.
    """
    if found.counts is None:
        return None
    labels = dict(Constituency.choices)
    counts = [(words, found.counts[number], number == found.winner) for number, words in found.numbered()]
    turnout = [(str(labels[one.constituency]), one) for one in turnout_of(found)]
    return Shown(counts, turnout, _votes(found, lines, cast), _seats(turnout))


def _votes(found: Ballot, lines: Sequence[SeatLine], cast: Sequence[BallotVote]) -> Chart | None:
    voted_as = {one.seat.pk: one.paper.constituency for one in lines if one.paper}
    newest: dict[int, BallotVote] = {}
    for vote in cast:
        newest.setdefault(vote.seat_id, vote)
    counted = Counter((voted_as[seat], vote.choice) for seat, vote in newest.items() if seat in voted_as)
    if not counted:
        return None
    there = {constituency for constituency, _choice in counted}
    return Chart(
        "votes",
        _("Votes by constituency"),
        [words for _number, words in found.numbered()],
        [
            Series(
                str(label),
                [counted[constituency, number] for number, _words in found.numbered()],
                TONES[constituency],
            )
            for constituency, label in Constituency.choices
            if constituency in there
        ],
        is_stacked=True,
    )


def _seats(turnout: Sequence[tuple[str, Turnout]]) -> Chart | None:
    if not turnout:
        return None
    return Chart(
        "turnout",
        _("Seats that voted, by constituency"),
        [name for name, _one in turnout],
        [
            Series(_("Voted"), [one.voted for _name, one in turnout]),
            Series(_("Did not vote"), [one.seats - one.voted for _name, one in turnout], "line-strong"),
        ],
        is_stacked=True,
    )
