"""Who writes and publishes editions."""

from django.utils.translation import gettext as _

from ledger.refusals import ALLOWED, Decision, denied
from organisations.permissions import can_administer, can_edit
from organisations.visibility import Capability, Viewer
from schemes.models import Scheme


def can_write_editions(viewer: Viewer | None, scheme: Scheme | None = None) -> Decision:
    """Editors of a scheme body write editions of its own schemes; without `scheme`, of any that is new."""
    if viewer is None or not viewer.has(Capability.SCHEME_BODY):
        return denied("not-a-scheme-body", _("Only a scheme body writes editions of a scheme."))
    if scheme is not None and scheme.body_id != viewer.organisation_id:
        return denied("not-its-scheme-body", _("Another organisation runs this scheme."))
    return can_edit(viewer)


def can_publish_editions(viewer: Viewer | None, scheme: Scheme | None = None) -> Decision:
    """An admin of the scheme body publishes: from then on nothing of the edition can be changed."""
    decision = can_write_editions(viewer, scheme)
    if viewer is None or not decision:
        return decision
    return ALLOWED if can_administer(viewer) else can_administer(viewer)
