"""Questions about engagements."""

from dataclasses import dataclass

from django.db.models import Count, Q

from organisations.models import Organisation
from organisations.models.organisation import OrganisationQuerySet
from organisations.visibility import Capability, Viewer
from sourcing.lifecycle import EngagementState
from sourcing.models import Engagement
from sourcing.models.engagement import EngagementQuerySet


def listed_engagements(viewer: Viewer) -> EngagementQuerySet:
    """Return the engagements that the viewer sees; of who is a firm alone by the firm, which has an index."""
    rows = Engagement.objects.visible_to(viewer)
    is_firm_alone = viewer.has(Capability.AUDIT_FIRM) and not viewer.has(Capability.SUPPLIER)
    return rows.filter(audit_firm_id=viewer.organisation_id) if is_firm_alone else rows


def engagements_matching(rows: EngagementQuerySet, *, text: str = "", state: str = "") -> EngagementQuerySet:
    """Narrow visible engagements to a state, and to sites with `text` in the name they were asked under."""
    if state:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(Q(place__name__icontains=text) | Q(place__address__icontains=text))
    return rows


def waiting_for_firm(viewer: Viewer) -> EngagementQuerySet:
    """Return the requests that the viewer's audit firm has to answer."""
    rows = Engagement.objects.visible_to(viewer)
    return rows.filter(audit_firm_id=viewer.organisation_id, state=EngagementState.PROPOSED)


@dataclass(frozen=True, slots=True)
class EngagementCounts:
    """How many engagements are in force, and how many requests wait for the viewer's audit firm."""

    active: int
    waiting: int


def engagement_counts(viewer: Viewer) -> EngagementCounts:
    """Count what the viewer sees, by one query."""
    waits = Q(audit_firm_id=viewer.organisation_id, state=EngagementState.PROPOSED)
    living = [EngagementState.PROPOSED, EngagementState.ACTIVE]
    counted = (
        listed_engagements(viewer)
        .filter(state__in=living)
        .aggregate(
            active=Count("state", filter=Q(state=EngagementState.ACTIVE)),
            waiting=Count("state", filter=waits),
        )
    )
    return EngagementCounts(**counted)


def audit_firms(viewer: Viewer) -> OrganisationQuerySet:
    """Return the audit firms that offer themselves to everyone here, by name; not the viewer's own."""
    firms = Organisation.objects.visible_to(viewer).listed(Capability.AUDIT_FIRM)
    return firms.exclude(pk=viewer.organisation_id).order_by("name", "pk")
