"""Who keeps the tracker, and who replies: nobody keeps a tracker who could be followed in it."""

from django.utils.translation import gettext as _

from ledger.refusals import Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Capability, Viewer
from schemes.models import Issue, TrackedCompany, Tracking

KEEPERS = frozenset({Capability.STAKEHOLDER, Capability.SCHEME_BODY, Capability.OPERATOR})


def can_open_issue(viewer: Viewer) -> Decision:
    """Editors of a stakeholder, a scheme body or the operator."""
    if not viewer.capabilities & KEEPERS:
        return denied(
            "not-a-keeper",
            _("Only stakeholders, scheme bodies and the operator keep issues of the tracker."),
        )
    return can_edit(viewer)


def can_keep_issue(viewer: Viewer, issue: Issue) -> Decision:
    """Editors of the organisation that keeps the issue."""
    if viewer.organisation_id != issue.keeper_id:
        return denied("not-yours", _("Only the organisation that keeps this issue can do that."))
    return can_edit(viewer)


def can_publish_issue(viewer: Viewer, issue: Issue) -> Decision:
    """Its keeper, once."""
    if issue.published_at is not None:
        return denied("published-already", _("This is published already."))
    return can_keep_issue(viewer, issue)


def can_reply(viewer: Viewer, company: TrackedCompany, tracking: Tracking | None) -> Decision:
    """The company itself, as its keeper has named it, to what is public."""
    if tracking is None or not tracking.is_public or company.organisation_id != viewer.organisation_id:
        return denied("not-this-company", _("Only the company itself replies."))
    return can_edit(viewer)
