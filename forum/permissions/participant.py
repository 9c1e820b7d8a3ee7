"""Who comes into a group, and how."""

from django.utils.translation import gettext as _

from forum.models import EntryRule, Group, Participant
from forum.queries.group import own_part
from forum.queries.participant import own_invitations
from ledger.refusals import ALLOWED, Decision, denied
from organisations.visibility import Viewer


def can_join(viewer: Viewer, group: Group) -> Decision:
    """Everybody into an open group that they are not in."""
    return _comes_in(viewer, group, EntryRule.OPEN)


def can_ask(viewer: Viewer, group: Group) -> Decision:
    """Everybody, where a co-lead decides, as long as they are not in and have not asked."""
    return _comes_in(viewer, group, EntryRule.REQUEST)


def can_answer_invitation(viewer: Viewer, participant: Participant) -> Decision:
    """Whoever signs in with the address, for the organisation, that it went to."""
    if own_invitations(viewer).filter(pk=participant.pk).exists():
        return ALLOWED
    return denied("not-yours", _("This invitation is not for you, or it has been answered."))


def _comes_in(viewer: Viewer, group: Group, rule: EntryRule) -> Decision:
    if group.is_closed:
        return denied("group-closed", _("This group is closed. You can read it, and nobody writes in it."))
    if group.entry != rule:
        return denied("another-way-in", _("One comes into this group another way. Its page says how."))
    if own_part(viewer, group) is not None:
        return denied("part-already", _("You take part in this group, or have asked to, already."))
    return ALLOWED
