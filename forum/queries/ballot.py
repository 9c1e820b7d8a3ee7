"""What a page about ballots asks: who may vote, who has, and what came out."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from forum.models import (
    ABSTAIN,
    Ballot,
    BallotHandover,
    BallotPaper,
    BallotTally,
    BallotVote,
    Group,
    Place,
    Seat,
    SeatHolding,
)
from forum.models.ballot import BallotQuerySet
from forum.queries.counting import Turnout
from organisations.visibility import Viewer


@dataclass(frozen=True, slots=True)
class SeatLine:
    """One seat in a ballot.

    Args:
        holder, alternate: their names, empty where nobody sits. handed: the hand-over in force.
        place: as what the viewer sits there; empty for others.
    """

    seat: Seat
    holder: str
    alternate: str
    place: str
    paper: BallotPaper | None
    handed: BallotHandover | None

    @property
    def may_hand_over(self) -> bool:
        """Whether there is still a vote and an alternate to hand it to."""
        return bool(self.alternate and self.holder and self.paper is None and self.handed is None)


def own_holding(viewer: Viewer, group: Group) -> SeatHolding | None:
    """Return where the viewer sits in a group, for the organisation they act for; None for everybody else."""
    rows = SeatHolding.objects.visible_to(viewer).current().select_related("seat")
    return rows.filter(
        group=group,
        person_id=viewer.person_id,
        seat__organisation_id=viewer.organisation_id,
        seat__ended_at=None,
    ).first()


def ballots_to_vote(viewer: Viewer, *, at: dt.datetime) -> BallotQuerySet:
    """Return the ballots that run and wait for the viewer's vote: as holder, or as alternate in the holder's place."""
    sits = SeatHolding.objects.visible_to(viewer).current()
    voted = BallotPaper.objects.visible_to(viewer).filter(ballot=OuterRef("pk"))
    handed = BallotHandover.objects.visible_to(viewer).in_force().filter(ballot=OuterRef(OuterRef("pk")))
    held = sits.filter(seat=OuterRef("seat"), place=Place.HOLDER)
    mine = sits.filter(
        group=OuterRef("group"),
        person_id=viewer.person_id,
        seat__organisation_id=viewer.organisation_id,
        seat__ended_at=None,
    )
    in_turn = Q(place=Place.HOLDER) & ~Exists(handed.filter(seat=OuterRef("seat"))) | Q(
        place=Place.ALTERNATE
    ) & (Exists(handed.filter(seat=OuterRef("seat"))) | ~Exists(held))
    # A seat that is given anew to the same organisation has no second vote.
    own = voted.filter(seat__organisation_id=viewer.organisation_id)
    rows = Ballot.objects.visible_to(viewer).running(at).filter(group__state="active")
    return rows.filter(Exists(mine.filter(in_turn)), ~Exists(own))


def seat_lines(viewer: Viewer, ballot: Ballot) -> list[SeatLine]:
    """Return the filled seats of a ballot's group and those that have voted, by constituency and name."""
    sitting: dict[int, dict[str, SeatHolding]] = {}
    for one in SeatHolding.objects.visible_to(viewer).current().filter(group_id=ballot.group_id):
        sitting.setdefault(one.seat_id, {})[one.place] = one
    papers = {one.seat_id: one for one in BallotPaper.objects.visible_to(viewer).filter(ballot=ballot)}
    handed = {
        one.seat_id: one for one in BallotHandover.objects.visible_to(viewer).in_force().filter(ballot=ballot)
    }
    seats = Seat.objects.visible_to(viewer).filter(pk__in={*sitting, *papers})
    return [
        SeatLine(
            seat,
            _name(sitting, seat, Place.HOLDER),
            _name(sitting, seat, Place.ALTERNATE),
            _place(sitting, seat, viewer),
            papers.get(seat.pk),
            handed.get(seat.pk),
        )
        for seat in seats.order_by("constituency", "organisation_name", "pk")
    ]


def _name(sitting: dict[int, dict[str, SeatHolding]], seat: Seat, place: str) -> str:
    one = sitting.get(seat.pk, {}).get(place)
    return one.person_name if one else ""


def _place(sitting: dict[int, dict[str, SeatHolding]], seat: Seat, viewer: Viewer) -> str:
    if seat.organisation_id != viewer.organisation_id:
        return ""
    found = [place for place, one in sitting.get(seat.pk, {}).items() if one.person_id == viewer.person_id]
    return found[0] if found else ""


def own_votes(viewer: Viewer, ballot: Ballot, seat: Seat) -> list[BallotVote]:
    """Return what a seat said in an open ballot, the newest first: the one that counts."""
    rows = BallotVote.objects.visible_to(viewer).filter(ballot=ballot, seat=seat)
    return list(rows.order_by("-number"))


def votes_of(viewer: Viewer, ballot: Ballot) -> list[BallotVote]:
    """Return every vote of a closed open ballot with its changes, by seat, the newest first."""
    if ballot.is_secret or not ballot.is_closed:
        return []
    rows = BallotVote.objects.visible_to(viewer).filter(ballot=ballot)
    return list(rows.order_by("organisation_name", "seat_id", "-number"))


def turnout_of(ballot: Ballot) -> list[Turnout]:
    """Return the frozen turnout of a closed ballot."""
    rows = zip(
        ballot.turnout_of or [],
        ballot.turnout_seats or [],
        ballot.turnout_voted or [],
        ballot.turnout_needed or [],
        strict=True,
    )
    return [Turnout(*one) for one in rows]


def cast_counts(ballot: Ballot) -> list[int]:
    """Count what was cast, abstentions first; for whoever closes the ballot, who sees every row."""
    if ballot.is_secret:
        rows = BallotTally._base_manager.filter(ballot=ballot)
        found = Counter(dict(rows.values_list("choice", "votes")))
    else:
        found = Counter(BallotVote.objects.filter(ballot=ballot).counted().values_list("choice", flat=True))
    return [found[choice] for choice in range(ABSTAIN, len(ballot.choices) + 1)]


def electorate(ballot: Ballot) -> tuple[Counter[str], Counter[str]]:
    """Return, by constituency, the seats that are filled now or have voted, and those that have voted."""
    papers = dict(BallotPaper.objects.filter(ballot=ballot).values_list("seat_id", "constituency"))
    sits = SeatHolding.objects.current().filter(seat=OuterRef("pk"))
    filled = dict(
        Seat.objects.current()
        .filter(Exists(sits), group_id=ballot.group_id)
        .values_list("pk", "constituency")
    )
    return Counter((filled | papers).values()), Counter(papers.values())
