"""Who prepares a feedback round, comments in it, answers and ends it."""

import datetime as dt

from django.utils.translation import gettext as _

from forum.lifecycle import FeedbackState
from forum.models import FeedbackComment, FeedbackRound, Group
from forum.permissions.group import can_lead
from forum.permissions.work import can_work
from forum.queries.feedback import groups_to_speak_for
from ledger.refusals import ALLOWED, Decision, denied
from organisations.visibility import Viewer


def can_prepare(viewer: Viewer, group: Group) -> Decision:
    """A co-lead of an open group."""
    return can_lead(viewer, group)


def can_change_round(viewer: Viewer, found: FeedbackRound) -> Decision:
    """A co-lead, until it is released: from then on others rely on what it says."""
    decision = can_lead(viewer, found.group)
    if decision and found.state != FeedbackState.DRAFT:
        return denied("released", _("This round has been released. What it presents stays as it is."))
    return decision


def can_comment(viewer: Viewer, found: FeedbackRound, *, at: dt.datetime) -> Decision:
    """People of the invited groups, while the window is open; the group's own people talk inside it."""
    if not groups_to_speak_for(viewer, found):
        return denied("not-invited", _("People of the invited groups comment here. Your own group answers."))
    if found.group.is_closed:
        return denied("group-closed", _("This group is closed. You can read it, and nobody writes in it."))
    if found.takes_comments_at(at):
        return ALLOWED
    if found.phase(at) == "coming":
        return denied("not-open-yet", _("This round has not opened yet."))
    return denied("round-over", _("The time for comments is over."))


def can_answer_in(viewer: Viewer, found: FeedbackRound) -> Decision:
    """Somebody who answers, for some comment of the round at least: a co-lead, before it ends."""
    decision = can_lead(viewer, found.group)
    return decision and _not_ended(found)


def can_answer_comment(viewer: Viewer, comment: FeedbackComment) -> Decision:
    """A co-lead, and whoever began the project that it is about; before the round ends."""
    project = comment.part.project
    began = (project.person_id, project.organisation_id) == (viewer.person_id, viewer.organisation_id)
    group = comment.round.group
    decision = can_work(viewer, group) if began else can_lead(viewer, group)
    return decision and _not_ended(comment.round)


def can_finish(viewer: Viewer, found: FeedbackRound, *, at: dt.datetime) -> Decision:
    """A co-lead, once the time for comments is over."""
    decision = can_answer_in(viewer, found)
    if decision and at < found.closes_at:
        return denied("window-open", _("Others can still comment. The summary comes after that."))
    return decision


def can_withdraw_round(viewer: Viewer, found: FeedbackRound) -> Decision:
    """A co-lead, before it has ended."""
    decision = can_lead(viewer, found.group)
    if decision and found.state not in {FeedbackState.DRAFT, FeedbackState.OPEN}:
        return denied("round-ended", _("This round has ended."))
    return decision


def _not_ended(found: FeedbackRound) -> Decision:
    if found.state != FeedbackState.OPEN:
        return denied("round-ended", _("This round is not open."))
    return ALLOWED
