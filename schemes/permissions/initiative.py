"""Who describes initiatives: nobody who takes part in them as a company."""

from django.utils.translation import gettext as _

from ledger.refusals import Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Viewer
from schemes.models import Initiative
from schemes.permissions.tracker import KEEPERS


def can_describe(viewer: Viewer) -> Decision:
    """Editors of a stakeholder, a scheme body or the operator."""
    if not viewer.capabilities & KEEPERS:
        return denied(
            "not-a-rater",
            _("Only stakeholders, scheme bodies and the operator describe and rate initiatives."),
        )
    return can_edit(viewer)


def can_keep_initiative(viewer: Viewer, initiative: Initiative) -> Decision:
    """Editors of the organisation that describes it."""
    if viewer.organisation_id != initiative.body_id:
        return denied("not-yours", _("Only the organisation that describes this initiative can do that."))
    return can_edit(viewer)


def can_publish_initiative(viewer: Viewer, initiative: Initiative) -> Decision:
    """Who describes it, once."""
    if initiative.published_at is not None:
        return denied("published-already", _("This is published already."))
    return can_keep_initiative(viewer, initiative)
