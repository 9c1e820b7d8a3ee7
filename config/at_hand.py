"""What every page's navigation needs to know, in one statement: it stands on each page and must cost little."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, Subquery, Value

from findings.models import IncidentAccess, Share
from organisations.models import Membership, Organisation
from organisations.queries.inbox import inbox_of
from organisations.visibility import Viewer


@dataclass(frozen=True, slots=True)
class AtHand:
    """What waits for the viewer, and which pages have something to show.

    Args:
        unread: things in the inbox that were not opened.
        has_given: whether the organisation has ever shown something to somebody outside.
        has_received: whether somebody shares something with the viewer now.
        is_named: whether a case names the viewer; by person, and never a number.
    """

    unread: int = 0
    has_given: bool = False
    has_received: bool = False
    is_named: bool = False


def at_hand(viewer: Viewer, memberships: Iterable[Membership]) -> AtHand:
    """Return what waits for the viewer, as a member of these."""
    unread = inbox_of(viewer.person_id, memberships).unread().order_by()
    counted = unread.values(one=Value(1)).annotate(n=Count("pk")).values("n")
    row = (
        Organisation.objects.filter(pk=viewer.organisation_id)
        .order_by()
        .values_list(
            Subquery(counted),
            Exists(Share.objects.given_by(viewer)),
            Exists(Share.objects.received_by(viewer)),
            Exists(IncidentAccess.objects.of(viewer)),
        )
        .first()
    )
    if row is None:
        return AtHand()
    count, *has = row
    return AtHand(count or 0, *has)
