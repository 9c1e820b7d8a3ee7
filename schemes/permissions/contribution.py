"""Who decides what of the public's words shows."""

from django.utils.translation import gettext as _

from ledger.refusals import Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Viewer
from schemes.lifecycle import ContributionState
from schemes.models import Contribution


def can_moderate(viewer: Viewer, contribution: Contribution) -> Decision:
    """Editors of the keeper, while it is held."""
    if viewer.organisation_id != contribution.keeper_id:
        return denied("not-yours", _("Only the organisation that keeps this issue can do that."))
    if contribution.state != ContributionState.HELD:
        return denied("decided-already", _("Somebody has decided on this already."))
    return can_edit(viewer)
