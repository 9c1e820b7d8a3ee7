"""Who writes minutes, who agrees to them, and when they count as agreed.

The rule: participants write the draft together. A co-lead puts it to the group with a day until which corrections
can be asked for. Each correction gets an answer. A co-lead records the approval once that day has come, or as soon as
every seat that somebody holds has approved; then nothing changes any more. What turns out to be wrong later becomes
the next version, which goes the same way.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from forum.lifecycle import MeetingState, MinutesState
from forum.models import Meeting, Minutes
from forum.permissions.group import can_lead
from forum.permissions.meeting import takes_part
from forum.queries.minutes import every_seat_approves, has_open_corrections
from ledger.refusals import Decision, denied
from organisations.visibility import Viewer


def can_begin(viewer: Viewer, meeting: Meeting) -> Decision:
    """Participants, once the meeting was held."""
    if meeting.state != MeetingState.HELD:
        return denied("not-held", _("Say first that this meeting was held."))
    return takes_part(viewer, meeting.group)


def can_draft(viewer: Viewer, minutes: Minutes) -> Decision:
    """Participants, while they are a draft."""
    if minutes.state != MinutesState.DRAFT:
        return denied("not-a-draft", _("These minutes are no draft any more. A co-lead can take them back."))
    return takes_part(viewer, minutes.group)


def can_propose(viewer: Viewer, minutes: Minutes) -> Decision:
    """Co-leads, from draft."""
    if minutes.state != MinutesState.DRAFT:
        return denied("not-a-draft", _("These minutes are no draft any more. A co-lead can take them back."))
    return can_lead(viewer, minutes.group)


def can_take_back(viewer: Viewer, minutes: Minutes) -> Decision:
    """Co-leads, while they are proposed."""
    if minutes.state != MinutesState.PROPOSED:
        return denied("not-proposed", _("These minutes are not before the group."))
    return can_lead(viewer, minutes.group)


def can_reply(viewer: Viewer, minutes: Minutes, *, at: datetime) -> Decision:
    """Participants, while they are proposed and the day has not come."""
    if minutes.state != MinutesState.PROPOSED:
        return denied("not-proposed", _("These minutes are not before the group."))
    if minutes.open_until is not None and minutes.open_until <= at:
        return denied("window-over", _("The time for corrections is over."))
    return takes_part(viewer, minutes.group)


def can_answer_reply(viewer: Viewer, minutes: Minutes) -> Decision:
    """Co-leads answer corrections that were asked for, before the minutes are approved."""
    if minutes.is_kept:
        return denied("approved", _("These minutes are approved. They stay as they are."))
    return can_lead(viewer, minutes.group)


def can_approve(viewer: Viewer, minutes: Minutes, *, at: datetime) -> Decision:
    """Co-leads record it: no correction waits, and the day has come or every seat has approved."""
    decision = can_take_back(viewer, minutes)
    if not decision:
        return decision
    if has_open_corrections(viewer, minutes):
        return denied("corrections-open", _("Answer each correction that was asked for first."))
    if (minutes.open_until is None or minutes.open_until > at) and not every_seat_approves(viewer, minutes):
        return denied(
            "window-open",
            _(
                "The group can still ask for corrections. Wait until the day is over or every seat has approved."
            ),
        )
    return decision


def can_publish(viewer: Viewer, minutes: Minutes) -> Decision:
    """Co-leads, once they are approved."""
    if minutes.state != MinutesState.APPROVED:
        return denied("not-approved", _("Only minutes that are approved are published."))
    return can_lead(viewer, minutes.group)


def can_correct(viewer: Viewer, minutes: Minutes) -> Decision:
    """Co-leads begin the next version of approved minutes."""
    if not minutes.is_kept:
        return denied("not-approved", _("Only minutes that are approved are corrected by a new version."))
    return can_lead(viewer, minutes.group)
