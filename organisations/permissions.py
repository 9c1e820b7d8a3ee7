"""Who may do what in an organisation."""

from django.utils.translation import gettext as _

from ledger.refusals import ALLOWED, Decision, denied
from organisations.visibility import RANK, Role, Viewer


def can_edit(viewer: Viewer) -> Decision:
    """Editors and admins may change what their organisation owns."""
    if viewer.is_at_least(Role.EDITOR):
        return ALLOWED
    return denied("read-only-role", _("Your role lets you read. Ask an admin of your organisation to change it."))


def can_administer(viewer: Viewer) -> Decision:
    """Admins look after members, invitations, API tokens and the organisation itself."""
    if viewer.is_at_least(Role.ADMIN):
        return ALLOWED
    return denied("not-an-admin", _("Only an admin of your organisation can do this."))


def can_change_role(viewer: Viewer, *, current: Role, wanted: Role) -> Decision:
    """Nobody raises anyone above themselves, nor changes someone who stands above them."""
    decision = can_administer(viewer)
    if not decision:
        return decision
    if max(RANK[current], RANK[wanted]) > RANK[viewer.role]:
        return denied("role-above-yours", _("You cannot change a role that is above your own."))
    return ALLOWED
