"""How an organisation stands with its schemes: what is under way, what was decided, what waits."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from organisations.visibility import Viewer
from schemes.lifecycle import OPEN_MEMBERSHIPS
from schemes.models import (
    Appeal,
    Assessment,
    Certificate,
    Decision,
    Edition,
    ImprovementItem,
    ImprovementNotice,
    Level,
    Scheme,
    SchemeMembership,
    Subject,
)
from schemes.models.membership import SchemeMembershipQuerySet


def own_memberships(viewer: Viewer) -> SchemeMembershipQuerySet:
    """Return the memberships of the viewer's organisation, with the assessment that is under way."""
    under_way = Assessment.objects.visible_to(viewer).under_way().filter(membership=OuterRef("pk"))
    rows = SchemeMembership.objects.visible_to(viewer).filter(member_id=viewer.organisation_id)
    return rows.select_related("scheme").annotate(
        assessment_code=Subquery(under_way.values("code")[:1]),
        assessment_state=Subquery(under_way.values("state")[:1]),
    )


def open_to_applicants(viewer: Viewer) -> QuerySet[Scheme]:
    """Return the schemes that the viewer's organisation could apply to now, by title."""
    own = SchemeMembership.objects.visible_to(viewer).filter(
        member_id=viewer.organisation_id, state__in=OPEN_MEMBERSHIPS
    )
    in_force = Edition.objects.in_force().filter(scheme=OuterRef("pk"))
    rows = Scheme.objects.visible_to(viewer).filter(subject=Subject.ORGANISATION, body__isnull=False)
    rows = rows.exclude(body_id=viewer.organisation_id).exclude(pk__in=own.values("scheme_id"))
    return (
        rows.annotate(version_in_force=Subquery(in_force.values("version")[:1]))
        .filter(version_in_force__isnull=False)
        .order_by("title", "pk")
    )


def membership_in(viewer: Viewer, scheme: Scheme) -> SchemeMembership | None:
    """Return the open membership of the viewer's organisation in a scheme."""
    return own_memberships(viewer).still_open().filter(scheme=scheme).first()


@dataclass(frozen=True)
class Standing:
    """All that stands between a member and a scheme, newest first.

    Args:
        items: of improvement schedules; those that are done last.
    """

    membership: SchemeMembership
    assessments: list[Assessment]
    decisions: list[Decision]
    items: list[ImprovementItem]
    notices: list[ImprovementNotice]
    certificates: list[Certificate]
    appeals: list[Appeal]
    levels: list[Level]

    @property
    def under_way(self) -> Assessment | None:
        """The assessment that is neither decided nor withdrawn."""
        return next((one for one in self.assessments if not one.is_closed), None)

    @property
    def newest(self) -> Assessment | None:
        """The assessment that counts for the picture: the one under way, else the last."""
        return self.under_way or (self.assessments[0] if self.assessments else None)

    @property
    def notice(self) -> ImprovementNotice | None:
        """The improvement notice in force."""
        return next((one for one in self.notices if one.closed_at is None), None)

    @property
    def certificate(self) -> Certificate | None:
        """The certificate that was neither followed nor withdrawn."""
        rows = (one for one in self.certificates if not one.superseded_by_id and not one.withdrawn_at)
        return next(rows, None)


def standing_of(viewer: Viewer, membership: SchemeMembership) -> Standing:
    """Return how a membership stands, in seven statements."""

    def rows(model: Any) -> Any:
        return model.objects.visible_to(viewer).filter(membership=membership)

    assessments = list(rows(Assessment).select_related("edition").order_by("-pk")[:20])
    items = ImprovementItem.objects.visible_to(viewer).filter(decision__membership=membership)
    edition = membership.edition_id or (assessments[0].edition_id if assessments else None)
    return Standing(
        membership=membership,
        assessments=assessments,
        decisions=list(rows(Decision).select_related("assessment").order_by("-pk")[:20]),
        items=list(
            items.select_related("criterion", "assessment").order_by(
                F("done_at").asc(nulls_first=True), "by_on", "pk"
            )[:50]
        ),
        notices=list(rows(ImprovementNotice).order_by("-pk")[:10]),
        certificates=list(rows(Certificate).order_by("-pk")[:10]),
        appeals=list(rows(Appeal).select_related("assessment").order_by("-pk")[:10]),
        levels=list(Level.objects.filter(edition_id=edition).order_by("rank")) if edition else [],
    )
