"""Who puts a consultation out, comments on it, answers and hides."""

import datetime as dt

from django.utils.translation import gettext as _

from forum.lifecycle import RoundState
from forum.models import Consultation, ConsultationComment, ConsultationRound, Group
from forum.permissions.group import can_lead
from ledger.refusals import ALLOWED, Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Viewer

HOURS_TO_CONFIRM = 72


def can_consult(viewer: Viewer, group: Group) -> Decision:
    """A co-lead of an open group."""
    return can_lead(viewer, group)


def can_describe_consultation(viewer: Viewer, consultation: Consultation) -> Decision:
    """A co-lead, until the first round was opened."""
    decision = can_lead(viewer, consultation.group)
    if decision and consultation.opened_at is not None:
        return denied("opened-already", _("It was opened: what it asks stays as it is."))
    return decision


def can_write_clauses(viewer: Viewer, asked: ConsultationRound) -> Decision:
    """A co-lead, while the round is a draft."""
    decision = can_lead(viewer, asked.group)
    if decision and asked.state != RoundState.DRAFT:
        return denied(
            "opened-already", _("Once a round is announced or opened, its clauses stay as they are.")
        )
    return decision


def can_comment(viewer: Viewer, asked: ConsultationRound, *, at: dt.datetime) -> Decision:
    """Members who may write for their organisation, while the round is open."""
    decision = can_edit(viewer)
    return decision and is_open(asked, at=at)


def is_open(asked: ConsultationRound, *, at: dt.datetime) -> Decision:
    """Whether the round takes comments at this moment."""
    if asked.is_open_at(at):
        return ALLOWED
    return denied("not-open", _("This round takes no comments now."))


def can_answer_comment(viewer: Viewer, comment: ConsultationComment) -> Decision:
    """A co-lead, from the first comment until the round is answered."""
    decision = can_lead(viewer, comment.round.group)
    if decision and comment.round.state not in (RoundState.OPEN, RoundState.CLOSED):
        return denied("answered-already", _("This round is answered: its responses stay as they are."))
    if decision and not comment.is_shown:
        return denied("comment-hidden", _("This comment is hidden."))
    return decision


def can_hide_comment(viewer: Viewer, comment: ConsultationComment) -> Decision:
    """A co-lead hides what came from the public, until the round is answered."""
    decision = can_lead(viewer, comment.round.group)
    if decision and not comment.from_public:
        return denied(
            "from-a-member", _("Members stand by what they say: only comments from the public are hidden.")
        )
    if decision and comment.round.state == RoundState.ANSWERED:
        return denied("answered-already", _("This round is answered: its comments stay as they are."))
    return decision
