"""Who plans meetings, comes to them and notes who was there."""

from datetime import datetime

from django.utils.translation import gettext as _

from forum.lifecycle import MeetingState
from forum.models import Group, Meeting, Paper
from forum.permissions.group import can_lead, can_write
from forum.queries.group import access_of
from ledger.refusals import ALLOWED, Decision, denied
from organisations.visibility import Viewer


def can_plan(viewer: Viewer, group: Group) -> Decision:
    """Co-leads plan meetings."""
    return can_lead(viewer, group)


def can_change(viewer: Viewer, meeting: Meeting) -> Decision:
    """Co-leads, until it was held or called off."""
    if meeting.state != MeetingState.PLANNED:
        return denied("meeting-over", _("This meeting is over or called off. It stays as it is."))
    return can_lead(viewer, meeting.group)


def can_hold(viewer: Viewer, meeting: Meeting, *, at: datetime) -> Decision:
    """Co-leads, once it has begun."""
    if meeting.state == MeetingState.PLANNED and meeting.starts_at > at:
        return denied("not-begun", _("This meeting has not begun yet."))
    return can_change(viewer, meeting)


def can_answer(viewer: Viewer, meeting: Meeting, *, at: datetime) -> Decision:
    """Everybody inside, guests as well, for themselves, until the meeting is over."""
    if meeting.state != MeetingState.PLANNED or meeting.ends_at <= at:
        return denied("meeting-over", _("This meeting is over or called off. It stays as it is."))
    return can_write(viewer, meeting.group)


def can_note(viewer: Viewer, meeting: Meeting) -> Decision:
    """Co-leads note who was there, once the meeting was held."""
    if meeting.state != MeetingState.HELD:
        return denied("not-held", _("Say first that this meeting was held."))
    return can_lead(viewer, meeting.group)


def can_add_paper(viewer: Viewer, meeting: Meeting) -> Decision:
    """Participants, guests not, unless the meeting is called off."""
    if meeting.state == MeetingState.CANCELLED:
        return denied("meeting-over", _("This meeting is over or called off. It stays as it is."))
    return takes_part(viewer, meeting.group)


def can_take_paper_out(viewer: Viewer, paper: Paper) -> Decision:
    """Whoever added it, and co-leads, until the meeting is over."""
    meeting = paper.item.meeting
    if meeting.state != MeetingState.PLANNED:
        return denied("meeting-over", _("This meeting is over or called off. It stays as it is."))
    decision = can_lead(viewer, meeting.group)
    return can_write(viewer, meeting.group) if paper.person_id == viewer.person_id else decision


def takes_part(viewer: Viewer, group: Group) -> Decision:
    """Participants and co-leads of an open group; guests do not."""
    access = access_of(viewer, group)
    if access is not None and access.is_guest:
        return denied("guest", _("Guests read this. Participants write it."))
    return can_write(viewer, group) and ALLOWED if access else can_write(viewer, group)
