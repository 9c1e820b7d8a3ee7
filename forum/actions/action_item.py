"""The verbs of an action item: write it down, change it, do it, cancel it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from forum.actions.inside import move_inside, tell
from forum.lifecycle import ACTION_ITEM, ActionItemState
from forum.models import ActionItem, Group, Meeting, Participant
from forum.permissions.work import can_change_item, can_finish_item, can_work
from ledger.refusals import Refusal
from organisations.visibility import Viewer

ADDED, CHANGED = "forum.action_item_added", "forum.action_item_changed"
DONE, CANCELLED = "forum.action_item_done", "forum.action_item_cancelled"
DUE_SOON, OVERDUE = "forum.action_item_due_soon", "forum.action_item_overdue"


def add_action_item(
    *,
    viewer: Viewer,
    group: Group,
    title: str,
    owner: Participant,
    due_on: dt.date,
    language: str = "",
    meeting: Meeting | None = None,
    at: dt.datetime,
) -> ActionItem:
    """Write down who does what by when; the owner is told, and reminded a week and a day before and when it is late.

    Args:
        meeting: of this group, from which it came; its minutes show it.

    Raises: Forbidden; Refusal "owner-outside", "due-in-the-past".
    """
    with transaction.atomic():
        can_work(viewer, group).require()
        _check(group, owner, due_on, at)
        item = ActionItem.objects.create(
            group=group,
            organisation_id=viewer.organisation_id,
            title=title.strip(),
            language=language,
            owner_id=owner.person_id or 0,  # checked above: somebody is there
            owner_organisation_id=owner.organisation_id,
            due_on=due_on,
            meeting=meeting,
            created_at=at,
        )
        tell(verb=ADDED, by=viewer, group=group, at=at, data={"code": item.code})
    return item


def change_action_item(
    *,
    viewer: Viewer,
    item: ActionItem,
    title: str,
    owner: Participant,
    due_on: dt.date,
    language: str = "",
    at: dt.datetime,
) -> None:
    """Give an open action item other words, another owner or another day.

    Raises: Forbidden; Refusal "ended", "owner-outside", "due-in-the-past".
    """
    with transaction.atomic():
        can_change_item(viewer, item).require()
        locked = ActionItem.objects.select_for_update(of=("self",)).visible_to(viewer).get(pk=item.pk)
        if locked.state != ActionItemState.OPEN:
            raise Refusal("ended", _("This action item is not open any more."))
        if due_on != locked.due_on or owner.person_id != locked.owner_id:
            _check(item.group, owner, due_on, at)
        locked.title, locked.language, locked.due_on = title.strip(), language, due_on
        locked.owner_id, locked.owner_organisation_id = owner.person_id or 0, owner.organisation_id
        fields = ["title", "language", "due_on", "owner", "owner_organisation"]
        locked.save(update_fields=fields)
        tell(verb=CHANGED, by=viewer, group=item.group, at=at, data={"code": item.code})


def finish_action_item(*, viewer: Viewer, item: ActionItem, at: dt.datetime) -> None:
    """Say that it is done.

    Raises: Forbidden; Refusal "illegal-move".
    """
    with transaction.atomic():
        can_finish_item(viewer, item).require()
        _end(viewer, item, ActionItemState.DONE, DONE, at)


def cancel_action_item(*, viewer: Viewer, item: ActionItem, at: dt.datetime) -> None:
    """Say that it is no longer wanted.

    Raises: Forbidden; Refusal "illegal-move".
    """
    with transaction.atomic():
        can_change_item(viewer, item).require()
        _end(viewer, item, ActionItemState.CANCELLED, CANCELLED, at)


def _end(viewer: Viewer, item: ActionItem, to: ActionItemState, verb: str, at: dt.datetime) -> None:
    item.ended_at = at
    move_inside(
        item,
        to=to,
        lifecycle=ACTION_ITEM,
        verb=verb,
        by=viewer,
        group=item.group,
        at=at,
        also=["ended_at"],
    )


def _check(group: Group, owner: Participant, due_on: dt.date, at: dt.datetime) -> None:
    if owner.person_id is None or owner.group_id != group.pk or owner.state != "active":
        sentence = _("Only somebody inside this group can own an action item.")
        raise Refusal("owner-outside", sentence, fields={"owner": [sentence]}, status=422)
    if due_on < (at - dt.timedelta(days=1)).date():
        sentence = _("Choose a day that is not over.")
        raise Refusal("due-in-the-past", sentence, fields={"due_on": [sentence]}, status=422)
