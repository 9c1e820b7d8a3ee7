"""Minutes of meetings: versions, what they say, and what the group says to them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from forum.lifecycle import MinutesState
from forum.models import (
    Meeting,
    Minutes,
    MinutesLine,
    MinutesReply,
    MinutesSection,
    ReplyKind,
    SeatHolding,
)
from forum.models.minutes import MinutesQuerySet
from ledger.refusals import NotVisible
from organisations.visibility import Viewer


@dataclass(frozen=True, slots=True)
class Standing:
    """How the approval of proposed minutes stands.

    Args:
        seats: how many seats somebody holds; approving: how many of those have approved in this round.
        open_corrections: how many corrections wait for an answer.
    """

    seats: int
    approving: int
    open_corrections: int

    @property
    def is_unanimous(self) -> bool:
        """Whether every seat has approved."""
        return bool(self.seats) and self.seats == self.approving


def versions_of(viewer: Viewer, meeting: Meeting) -> list[Minutes]:
    """Return the versions of the minutes of a meeting, newest first."""
    return list(Minutes.objects.visible_to(viewer).filter(meeting=meeting).order_by("-number"))


def version_of(viewer: Viewer, meeting: Meeting, number: int) -> Minutes:
    """Return one version.

    Raises: NotVisible.
    """
    rows = Minutes.objects.visible_to(viewer).filter(meeting=meeting, number=number)
    found = rows.select_related("meeting__group").first()
    if found is None:
        raise NotVisible
    return found


def sections_of(viewer: Viewer, minutes: Minutes) -> list[MinutesSection]:
    """Return what the minutes say, point by point, with decisions and action items."""
    lines = MinutesLine.objects.visible_to(viewer).order_by("pk")
    rows = MinutesSection.objects.visible_to(viewer).filter(minutes=minutes).select_related("item__issue")
    return list(rows.prefetch_related(Prefetch("lines", lines)).order_by("position"))


def section_of(viewer: Viewer, minutes: Minutes, position: int) -> MinutesSection:
    """Return one section.

    Raises: NotVisible.
    """
    rows = MinutesSection.objects.visible_to(viewer).filter(minutes=minutes, position=position)
    found = rows.select_related("minutes__group").first()
    if found is None:
        raise NotVisible
    return found


def replies_to(viewer: Viewer, minutes: Minutes) -> list[MinutesReply]:
    """Return what participants said to them, oldest first."""
    return list(MinutesReply.objects.visible_to(viewer).filter(minutes=minutes).order_by("pk"))


def has_open_corrections(viewer: Viewer, minutes: Minutes) -> bool:
    """Tell whether a correction waits for an answer."""
    return _corrections(viewer, minutes).exists()


def every_seat_approves(viewer: Viewer, minutes: Minutes) -> bool:
    """Tell whether each seat that somebody holds has approved in this round, by its holder or its alternate."""
    return standing_of(viewer, minutes).is_unanimous


def standing_of(viewer: Viewer, minutes: Minutes) -> Standing:
    """Count seats, approvals and open corrections."""
    approvals = MinutesReply.objects.visible_to(viewer).filter(
        minutes=minutes,
        round=minutes.round,
        kind=ReplyKind.APPROVES,
        person_id=OuterRef("person_id"),
        organisation_id=OuterRef("seat__organisation_id"),
    )
    held = SeatHolding.objects.visible_to(viewer).current().filter(group_id=minutes.group_id)
    rows = held.annotate(approves=Exists(approvals)).values_list("seat_id", "approves")
    seats: dict[int, bool] = {}
    for seat, approves in rows:
        seats[seat] = seats.get(seat, False) or approves
    return Standing(len(seats), sum(seats.values()), _corrections(viewer, minutes).count())


def waiting_for_reply(viewer: Viewer, *, at: datetime) -> MinutesQuerySet:
    """Return proposed minutes that the viewer, a participant, has not approved in this round."""
    own = MinutesReply.objects.visible_to(viewer).filter(
        minutes=OuterRef("pk"),
        round=OuterRef("round"),
        person_id=viewer.person_id,
        organisation_id=viewer.organisation_id,
    )
    rows = Minutes.objects.visible_to(viewer).filter(state=MinutesState.PROPOSED, open_until__gt=at)
    return rows.filter(~Exists(own))


def _corrections(viewer: Viewer, minutes: Minutes) -> "QuerySet[MinutesReply]":
    rows = MinutesReply.objects.visible_to(viewer).filter(minutes=minutes, kind=ReplyKind.CORRECTION)
    return rows.filter(answered_at=None)
