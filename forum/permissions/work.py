"""Who works in a group: everybody inside but guests; co-leads begin projects and say what is decided."""

from django.utils.translation import gettext as _

from forum.lifecycle import DecisionState
from forum.models import ActionItem, Decision, Group, SeatHolding
from forum.permissions.group import can_enter, can_lead
from forum.queries.group import access_of
from ledger.refusals import ALLOWED, denied
from ledger.refusals import Decision as Verdict
from organisations.visibility import Viewer


def can_work(viewer: Viewer, group: Group) -> Verdict:
    """Everybody inside but guests, as long as the group is not closed."""
    access = access_of(viewer, group)
    if access is None:
        return can_enter(viewer, group)
    if access.is_guest:
        return denied("guest", _("Guests read and talk. Participants write here."))
    if group.is_closed:
        return denied("group-closed", _("This group is closed. You can read it, and nobody writes in it."))
    return ALLOWED


def can_change_item(viewer: Viewer, item: ActionItem) -> Verdict:
    """Whoever wrote it down, and a co-lead."""
    return _mine_or_lead(viewer, item.group, item.person_id, item.organisation_id)


def can_finish_item(viewer: Viewer, item: ActionItem) -> Verdict:
    """Its owner, whoever wrote it down, and a co-lead."""
    is_owner = (item.owner_id, item.owner_organisation_id) == (viewer.person_id, viewer.organisation_id)
    return _open_to(viewer, item.group) if is_owner else can_change_item(viewer, item)


def can_object(viewer: Viewer, decision: Decision, holding: SeatHolding | None) -> Verdict:
    """Whoever sits on a seat, as holder or alternate, before the decision is settled."""
    verdict = can_work(viewer, decision.group)
    if not verdict:
        return verdict
    if holding is None:
        return denied("no-seat", _("Objections come from the seats: you do not sit on one in this group."))
    if decision.state not in {DecisionState.PROPOSED, DecisionState.OBJECTED}:
        return denied("settled", _("This decision is settled already."))
    return ALLOWED


def can_settle(viewer: Viewer, decision: Decision) -> Verdict:
    """A co-lead."""
    return can_lead(viewer, decision.group)


def can_withdraw_decision(viewer: Viewer, decision: Decision) -> Verdict:
    """Whoever proposed it, and a co-lead."""
    return _mine_or_lead(viewer, decision.group, decision.person_id, decision.organisation_id)


def _mine_or_lead(viewer: Viewer, group: Group, person_id: int | None, organisation_id: int) -> Verdict:
    is_mine = (person_id, organisation_id) == (viewer.person_id, viewer.organisation_id)
    return can_work(viewer, group) if is_mine else can_lead(viewer, group)


def _open_to(viewer: Viewer, group: Group) -> Verdict:
    verdict = can_enter(viewer, group)
    if verdict and group.is_closed:
        return denied("group-closed", _("This group is closed. You can read it, and nobody writes in it."))
    return verdict
