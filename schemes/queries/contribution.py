"""Questions about what the public sent to the tracker."""

from organisations.visibility import Viewer
from schemes.lifecycle import ContributionState
from schemes.models import Contribution, Issue, TrackedCompany
from schemes.models.tracker import ContributionQuerySet


def shown_contributions(issue: Issue, company: TrackedCompany) -> list[Contribution]:
    """Return what was let through about a company, newest first: the same for every reader."""
    rows = Contribution.objects.visible_to(None).filter(issue=issue, company=company)
    return list(rows.order_by("-sent_at", "-pk")[:100])


def contributions_to(viewer: Viewer, issue: Issue, *, state: str = "") -> ContributionQuerySet:
    """Return what was sent in about an issue that the viewer's organisation keeps."""
    rows = Contribution.objects.visible_to(viewer).filter(issue=issue, keeper_id=viewer.organisation_id)
    rows = rows.select_related("company", "sender")
    return rows.filter(state=state) if state else rows


def held_count(viewer: Viewer, issue: Issue) -> int:
    """Return how many wait for a moderator."""
    return contributions_to(viewer, issue, state=ContributionState.HELD).count()
