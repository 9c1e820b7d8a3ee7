"""How the viewer stands with a group: what its page offers them first."""

from dataclasses import dataclass

from forum.lifecycle import ParticipantState
from forum.models import CompetitionNotice, EntryRule, Group, GroupAccess, Participant
from forum.queries.group import access_of, notice_to_accept, own_part
from forum.queries.participant import last_answer, own_invitations
from organisations.visibility import Viewer


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands with a group.

    Args:
        access: lets them in. part: asked, or taking part. invitation: waits for their answer.
        notice: has to be accepted before they enter. last: what was answered them, with a reason.
    """

    group: Group
    access: GroupAccess | None
    part: Participant | None
    invitation: Participant | None
    notice: CompetitionNotice | None
    last: Participant | None = None

    @property
    def next_step(self) -> str:
        """What there is to do first: enter, accept, answer, wait, join, ask, or nothing."""
        if self.access is not None:
            return "answer" if self.invitation is not None else "enter"
        if self.invitation is not None:
            return "answer"
        if self.part is not None:
            return "wait" if self.part.state == ParticipantState.ASKED else "accept"
        if self.group.is_closed:
            return ""
        return {EntryRule.OPEN.value: "join", EntryRule.REQUEST.value: "ask"}.get(self.group.entry, "")


def standing(viewer: Viewer, group: Group) -> Standing:
    """Return how the viewer stands with the group now."""
    access = access_of(viewer, group)
    part = own_part(viewer, group)
    invitation = own_invitations(viewer).filter(group=group).first()
    takes_part = part is not None and part.state == ParticipantState.ACTIVE
    notice = notice_to_accept(viewer, group) if takes_part and access is None else None
    last = None if part is not None or invitation is not None else last_answer(group, viewer)
    return Standing(group, access, part, invitation, notice, last)
