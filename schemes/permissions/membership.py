"""Who applies to a scheme, leaves it, and says whether it stands in the public register."""

from django.utils.translation import gettext as _

from ledger.refusals import ALLOWED, Decision, denied
from organisations.visibility import Viewer
from schemes.lifecycle import MEMBERS, MembershipState
from schemes.models import Scheme, SchemeMembership, Subject
from schemes.permissions.sides import for_the_body, for_the_member, of_the_whole
from schemes.queries.assessment import edition_in_force


def can_apply(viewer: Viewer, scheme: Scheme) -> Decision:
    """Any organisation but the scheme body itself, once at a time, to a scheme that assesses organisations."""
    if scheme.subject != Subject.ORGANISATION:
        return denied("not-for-organisations", _("This scheme does not assess organisations."))
    if scheme.body_id is None or edition_in_force(scheme) is None:
        return denied("scheme-not-running", _("Nobody runs this scheme here yet, so nobody can apply."))
    if scheme.body_id == viewer.organisation_id:
        return denied("own-scheme", _("Nobody is assessed by themselves. This is your own scheme."))
    rows = SchemeMembership.objects.visible_to(viewer).still_open()
    if rows.filter(scheme=scheme, member_id=viewer.organisation_id).exists():
        return denied("applied-already", _("Your organisation has applied to this scheme already."))
    return of_the_whole(viewer)


def can_change_consent(viewer: Viewer, membership: SchemeMembership) -> Decision:
    """The member says whether everybody may read of it, as long as it is one."""
    decision = for_the_member(viewer, membership)
    if not decision:
        return decision
    return _open(membership)


def can_withdraw(viewer: Viewer, membership: SchemeMembership) -> Decision:
    """The member leaves when it wants to; nobody else ends a membership but by a decision."""
    decision = for_the_member(viewer, membership)
    if not decision:
        return decision
    return _open(membership)


def can_begin_interim(viewer: Viewer, membership: SchemeMembership) -> Decision:
    """The scheme body may begin an interim assessment early."""
    decision = for_the_body(viewer, membership)
    if not decision:
        return decision
    if membership.state not in MEMBERS:
        return denied("not-a-member", _("Only members are assessed again."))
    return decision


def _open(membership: SchemeMembership) -> Decision:
    if membership.state in {MembershipState.REMOVED, MembershipState.WITHDRAWN}:
        return denied("membership-ended", _("This membership has ended. You can apply again."))
    return ALLOWED
