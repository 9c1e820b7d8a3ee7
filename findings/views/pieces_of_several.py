"""What lists offer to do to several rows at once."""

from django.utils.translation import gettext as _

from findings.actions.several import ANSWER, EXTEND, SUBMIT, VERIFY
from organisations.visibility import Capability, Viewer


def verbs_for(viewer: Viewer, *names: str) -> list[tuple[str, str]]:
    """Return what a list offers to do to several, by what the viewer's organisation is."""
    words = {
        SUBMIT: _("Say what you did"),
        EXTEND: _("Ask for more time"),
        VERIFY: _("Check from documents"),
        ANSWER: _("Answer the request for time"),
    }
    side = {
        SUBMIT: Capability.SUPPLIER,
        EXTEND: Capability.SUPPLIER,
        VERIFY: Capability.AUDIT_FIRM,
        ANSWER: Capability.AUDIT_FIRM,
    }
    return [(name, words[name]) for name in names or words if viewer.has(side[name])]
