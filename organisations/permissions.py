"""Who may do what in an organisation."""

from django.utils.translation import gettext as _

from ledger.refusals import ALLOWED, Decision, denied
from organisations.models import ApiToken, Membership
from organisations.visibility import RANK, Role, Viewer


def can_edit(viewer: Viewer) -> Decision:
    """Editors and admins may change what their organisation owns."""
    if viewer.is_at_least(Role.EDITOR):
        return ALLOWED
    return denied(
        "read-only-role", _("Your role lets you read. Ask an admin of your organisation to change it.")
    )


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


def can_invite(viewer: Viewer, *, role: Role) -> Decision:
    """Admins invite, into roles that are not above their own."""
    return can_change_role(viewer, current=role, wanted=role)


def can_end_membership(viewer: Viewer, membership: Membership) -> Decision:
    """Everyone may leave; admins may end the membership of those who do not stand above them."""
    if membership.organisation_id != viewer.organisation_id:
        return denied("not-your-organisation", _("This person is not in your organisation."))
    if membership.person_id == viewer.person_id:
        return ALLOWED
    role = Role(membership.role)
    return can_change_role(viewer, current=role, wanted=role)


def can_make_token(viewer: Viewer) -> Decision:
    """Everyone may give a program their own eyes and hands, but a program may not make more of its kind."""
    if viewer.scopes is None:
        return ALLOWED
    return denied("browser-only", _("A token can only be made by a person who is signed in."))


def can_revoke_token(viewer: Viewer, token: ApiToken) -> Decision:
    """Who made a token may end it, and so may the admins of its organisation."""
    if token.organisation_id == viewer.organisation_id and token.person_id == viewer.person_id:
        return ALLOWED
    return can_administer(viewer)
