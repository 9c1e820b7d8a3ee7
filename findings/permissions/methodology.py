"""Who looks after methodologies."""

from django.utils.translation import gettext as _

from ledger.refusals import Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Capability, Viewer


def can_look_after_methodologies(viewer: Viewer) -> Decision:
    """Editors of the organisation that runs this installation load catalogues and set closure periods."""
    if not viewer.has(Capability.OPERATOR):
        return denied(
            "not-the-operator",
            _("Only the organisation that runs this installation can change methodologies."),
        )
    return can_edit(viewer)
