"""Who enters a group, writes in it, leads it and runs it."""

from django.utils.translation import gettext as _

from forum.models import Group, Participant, ParticipantRole
from forum.queries.group import access_of
from ledger.refusals import ALLOWED, Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Capability, Viewer


def can_enter(viewer: Viewer, group: Group) -> Decision:
    """Participants whose membership is active and who have accepted the notice in force; nobody else, whatever role."""
    if access_of(viewer, group) is not None:
        return ALLOWED
    return denied("outside-group", _("Only people in this group can open this. Its page says how to join."))


def can_write(viewer: Viewer, group: Group) -> Decision:
    """Everybody inside, guests as well, as long as the group is not closed."""
    decision = can_enter(viewer, group)
    return decision and _open(group)


def can_lead(viewer: Viewer, group: Group) -> Decision:
    """A co-lead, as long as the group is not closed."""
    access = access_of(viewer, group)
    if access is None:
        return can_enter(viewer, group)
    if not access.is_co_lead:
        return denied("not-a-co-lead", _("Only a co-lead of this group can do this."))
    return _open(group)


def can_run(viewer: Viewer, group: Group) -> Decision:
    """An editor of the operator that runs the group; that lets nobody in."""
    if viewer.organisation_id != group.operator_id:
        return denied("not-the-operator", _("Only those who run this forum can do this."))
    return can_run_forum(viewer)


def can_run_forum(viewer: Viewer) -> Decision:
    """Editors of an operator make groups and publish notices."""
    if not viewer.has(Capability.OPERATOR):
        return denied("not-the-operator", _("Only those who run this forum can do this."))
    return can_edit(viewer)


def can_seat(viewer: Viewer, group: Group) -> Decision:
    """Co-leads and the operator's editors give seats to organisations."""
    decision = can_run(viewer, group)
    return _open(group) if decision else can_lead(viewer, group)


def can_leave(viewer: Viewer, participant: Participant) -> Decision:
    """Everybody leaves when they want to."""
    is_own = (participant.person_id, participant.organisation_id) == (
        viewer.person_id,
        viewer.organisation_id,
    )
    return ALLOWED if is_own else denied("not-yours", _("You can only end your own part."))


def can_remove(viewer: Viewer, participant: Participant) -> Decision:
    """Co-leads end anybody's part but a co-lead's; the operator ends a co-lead's."""
    if participant.role == ParticipantRole.CO_LEAD:
        return can_run(viewer, participant.group)
    return can_lead(viewer, participant.group)


def _open(group: Group) -> Decision:
    if group.is_closed:
        return denied("group-closed", _("This group is closed. You can read it, and nobody writes in it."))
    return ALLOWED
