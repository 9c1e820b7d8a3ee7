"""Who is told of ballots; letters name the group and nothing of what is asked or said."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from forum.actions.ballot import CALLED, CLOSED, CLOSES_SOON, HANDED, TAKEN_BACK, VOTED, WITHDRAWN
from forum.models import BallotHandover, BallotPaper, GroupAccess, Place, SeatHolding
from ledger.models import Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice

BALLOT, CODES = "forum:ballot", "key code"


def _told(entry: Entry, holdings: Iterable[SeatHolding]) -> Iterable[Recipient]:
    """Those of the people on seats who may enter the group now, but the one who acted."""
    wanted = {(one.person_id, one.seat.organisation_id) for one in holdings}
    rows = GroupAccess.objects.filter(group_id=entry.subject_id, person_id__in={one for one, _of in wanted})
    for row in rows.exclude(person_id=entry.actor_id or 0).order_by("pk"):
        if (row.person_id, row.organisation_id) in wanted:
            yield Recipient(row.person_id, row.organisation_id)


def _sitting(entry: Entry) -> list[SeatHolding]:
    rows = SeatHolding.objects.current().filter(group_id=entry.subject_id).select_related("seat")
    return list(rows.order_by("pk"))


@notice(CALLED, route=BALLOT, code_in=CODES)
def _seats(entry: Entry) -> Iterable[Recipient]:
    """Everybody on a seat, alternates as well."""
    return _told(entry, _sitting(entry))


@notice(WITHDRAWN, route=BALLOT, code_in=CODES)
def _seats_again(entry: Entry) -> Iterable[Recipient]:
    """The same."""
    return _told(entry, _sitting(entry))


@notice(CLOSES_SOON, route=BALLOT, code_in=CODES)
def _seats_without_a_vote(entry: Entry) -> Iterable[Recipient]:
    """Whoever votes for a seat that has not voted: the alternate after a hand-over or where nobody holds it."""
    papers = BallotPaper.objects.filter(ballot__code=entry.data.get("code"))
    voted = set(papers.values_list("seat_id", flat=True))
    handovers = BallotHandover.objects.in_force().filter(ballot__code=entry.data.get("code"))
    handed = set(handovers.values_list("seat_id", flat=True))
    sitting = [one for one in _sitting(entry) if one.seat_id not in voted]
    held = {one.seat_id for one in sitting if one.place == Place.HOLDER} - handed
    return _told(entry, (one for one in sitting if one.place == Place.HOLDER or one.seat_id not in held))


@notice(CLOSED, route=BALLOT, code_in=CODES)
def _everybody_inside(entry: Entry) -> Iterable[Recipient]:
    """Everybody inside: the result is theirs."""
    for row in GroupAccess.objects.filter(group_id=entry.subject_id).order_by("pk"):
        yield Recipient(row.person_id, row.organisation_id)


@notice(HANDED, route=BALLOT, code_in=CODES)
def _people_of_the_seat(entry: Entry) -> Iterable[Recipient]:
    """The alternate, and the holder when a co-lead did it."""
    return _told(entry, (one for one in _sitting(entry) if one.seat.code == entry.data.get("seat")))


@notice(TAKEN_BACK, route=BALLOT, code_in=CODES)
def _people_of_the_seat_again(entry: Entry) -> Iterable[Recipient]:
    """The same."""
    return _told(entry, (one for one in _sitting(entry) if one.seat.code == entry.data.get("seat")))


phrase(CALLED, _("%(who)s called a ballot in %(what)s."))
phrase(VOTED, _("%(who)s voted in %(what)s."))
phrase(WITHDRAWN, _("%(who)s withdrew a ballot in %(what)s."))
phrase(CLOSED, _("A ballot closed in %(what)s."))
phrase(CLOSES_SOON, _("A ballot in %(what)s closes in a day."))
phrase(HANDED, _("%(who)s handed a vote over in %(what)s."))
phrase(TAKEN_BACK, _("%(who)s took a vote back in %(what)s."))
