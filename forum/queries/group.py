"""Which groups there are, and how the viewer stands with one."""

from forum.lifecycle import ParticipantState
from forum.models import CompetitionNotice, Group, GroupAccess, NoticeAcceptance, Participant
from ledger.refusals import NotVisible
from organisations.visibility import Viewer


def group_called(key: str, *, viewer: Viewer | None) -> Group:
    """Return the group with this key, which is its address.

    Raises: NotVisible.
    """
    if "\0" in key:
        raise NotVisible
    found = Group.objects.visible_to(viewer).select_related("stage").filter(key=key.lower()).first()
    if found is None:
        raise NotVisible
    return found


def access_of(viewer: Viewer, group: Group) -> GroupAccess | None:
    """Return the row that lets the viewer in; None for everybody outside."""
    return GroupAccess.objects.visible_to(viewer).filter(group=group).first()


def access_to(key: str, viewer: Viewer) -> GroupAccess | None:
    """Return the row that lets the viewer into the group with this key, with the group, in one question."""
    rows = GroupAccess.objects.visible_to(viewer).select_related("group__stage")
    return None if "\0" in key else rows.filter(group__key=key.lower()).first()


def own_part(viewer: Viewer, group: Group) -> Participant | None:
    """Return how the viewer stands with the group now: asked or taking part; None otherwise."""
    rows = Participant.objects.filter(
        group=group,
        person_id=viewer.person_id,
        organisation_id=viewer.organisation_id,
        state__in=[ParticipantState.ASKED, ParticipantState.ACTIVE],
    )
    return rows.first()


def notice_to_accept(viewer: Viewer, group: Group) -> CompetitionNotice | None:
    """Return the notice in force when the viewer has not accepted it yet."""
    notice = CompetitionNotice.objects.visible_to(viewer).in_force(group.operator_id)
    accepted = NoticeAcceptance.objects.visible_to(viewer)
    return None if notice is None or accepted.filter(notice=notice).exists() else notice
