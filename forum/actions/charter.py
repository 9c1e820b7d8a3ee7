"""Charters are drafted and adopted by co-leads."""

from datetime import datetime

from django.db import transaction

from forum.actions.inside import move_inside, tell
from forum.lifecycle import CHARTER, CharterState
from forum.models import Charter, Group
from forum.models.facts import CharterSaid
from forum.permissions.group import can_lead
from ledger.refusals import NotVisible
from organisations.visibility import Viewer

DRAFTED, ADOPTED = "forum.charter_drafted", "forum.charter_adopted"


def draft_charter(*, viewer: Viewer, group: Group, said: CharterSaid, at: datetime) -> Charter:
    """Write the draft of the next version, or go on with it; what is in force stays in force.

    Raises: Forbidden.
    """
    with transaction.atomic():
        can_lead(viewer, group).require()
        draft = (
            Charter.objects.select_for_update(of=("self",))
            .filter(group=group, state=CharterState.DRAFT)
            .first()
        )
        draft = draft or Charter(group=group, number=0)
        draft.purpose, draft.deliverables = said.purpose, said.deliverables
        draft.ends_on, draft.language = said.ends_on, said.language
        if draft.pk:
            draft.save(update_fields=["purpose", "deliverables", "ends_on", "language"])
        else:
            draft.written_at = at
            draft.save()
            draft.refresh_from_db()
        tell(verb=DRAFTED, by=viewer, group=group, at=at, data={"number": draft.number})
    return draft


def adopt_charter(*, viewer: Viewer, charter: Charter, at: datetime) -> Charter:
    """Adopt a draft: from now on it is the charter, it never changes, and everybody reads it.

    Raises: Forbidden; NotVisible; Refusal "illegal-move".
    """
    with transaction.atomic():
        can_lead(viewer, charter.group).require()
        found = Charter.objects.visible_to(viewer).filter(pk=charter.pk).first()
        if found is None:
            raise NotVisible
        found.adopted_at = at
        move_inside(
            found,
            to=CharterState.ADOPTED,
            lifecycle=CHARTER,
            verb=ADOPTED,
            by=viewer,
            group=charter.group,
            at=at,
            data={"number": found.number},
            also=["adopted_at"],
        )
    return found
