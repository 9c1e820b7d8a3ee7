"""Who tells something as an outside body, and who names one."""

from django.utils.translation import gettext as _

from forum.lifecycle import UpdateState
from forum.models import Body, BodyUpdate
from ledger.refusals import ALLOWED, Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Capability, Viewer

OPENS = (Capability.STAKEHOLDER, Capability.SCHEME_BODY, Capability.OPERATOR)


def can_open_body(viewer: Viewer) -> Decision:
    """Editors of a stakeholder, a scheme body or the operator open a place for their own organisation."""
    if not any(viewer.has(one) for one in OPENS):
        return denied(
            "not-a-body",
            _(
                "Associations, programmes and scheme bodies post here. Ask the operator to name your organisation."
            ),
        )
    return can_edit(viewer)


def can_name_body(viewer: Viewer) -> Decision:
    """Editors of the operator name any organisation, and say whose list is asked for audits."""
    if not viewer.has(Capability.OPERATOR):
        return denied("not-the-operator", _("Only those who run this place can do this."))
    return can_edit(viewer)


def can_post(viewer: Viewer, body: Body) -> Decision:
    """Editors of the body itself."""
    if viewer.organisation_id != body.organisation_id:
        return denied("not-the-body", _("Only %(body)s itself can do this.") % {"body": body.name})
    return can_edit(viewer)


def can_change_update(viewer: Viewer, update: BodyUpdate) -> Decision:
    """Editors of the body, until the update is withdrawn."""
    if viewer.organisation_id != update.organisation_id:
        return denied("not-the-body", _("Only %(body)s itself can do this.") % {"body": update.body_name})
    if update.state == UpdateState.WITHDRAWN:
        return denied("withdrawn", _("This update is withdrawn and stays as it is."))
    return can_edit(viewer)


def can_follow(viewer: Viewer) -> Decision:
    """Every member, whatever role."""
    return ALLOWED if viewer else denied("no-member", _("Only members can follow."))
