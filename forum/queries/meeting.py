"""Meetings of a group: which there are, what is on the agenda, and who comes."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Prefetch, Q

from forum.lifecycle import IssueState
from forum.models import AgendaItem, Attendance, Group, Issue, Meeting, Paper, Participant, SeatHolding
from forum.models.meeting import AttendanceQuerySet
from forum.queries.participant import people_in
from organisations.visibility import Viewer

# Nobody plans more meetings of one group than this ahead.
MOST_AHEAD = 50
# A list to choose from that anybody can still read.
MOST_ISSUES = 200


def meetings_of(group: Group, viewer: Viewer) -> "list[Meeting]":
    """Return every meeting of a group; for keyset paging take the queryset of `past_meetings`."""
    return list(Meeting.objects.visible_to(viewer).filter(group=group))


def meetings_ahead(group: Group, viewer: Viewer, *, at: datetime) -> list[Meeting]:
    """Return the planned meetings that are not over, the next one first."""
    return list(Meeting.objects.visible_to(viewer).filter(group=group).ahead(at)[:MOST_AHEAD])


def own_answers(viewer: Viewer, meetings: Iterable[Meeting]) -> dict[int, Attendance]:
    """Return what the viewer has answered: meeting → row."""
    rows = own_attendance(viewer).filter(meeting__in=list(meetings))
    return {row.meeting_id: row for row in rows}


def own_attendance(viewer: Viewer) -> AttendanceQuerySet:
    """Return the viewer's own rows."""
    return Attendance.objects.visible_to(viewer).filter(
        participant__person_id=viewer.person_id, participant__organisation_id=viewer.organisation_id
    )


def agenda_of(viewer: Viewer, meeting: Meeting) -> list[AgendaItem]:
    """Return the agenda in its order, each point with its papers."""
    papers = Paper.objects.visible_to(viewer).select_related("document").order_by("pk")
    rows = AgendaItem.objects.visible_to(viewer).filter(meeting=meeting)
    found = rows.select_related("issue").prefetch_related(Prefetch("papers", papers))
    return list(found.order_by("position", "pk"))


def issues_for(viewer: Viewer, meeting: Meeting, agenda: Iterable[AgendaItem]) -> list[Issue]:
    """Return the standing issues that a point of the agenda can be about: those open, and those on it already."""
    named = [item.issue_id for item in agenda if item.issue_id]
    rows = Issue.objects.visible_to(viewer).filter(group_id=meeting.group_id)
    found = rows.filter(Q(state=IssueState.OPEN) | Q(pk__in=named))
    return list(found.order_by("title", "pk")[:MOST_ISSUES])


def attendance_of(viewer: Viewer, meeting: Meeting) -> list[Attendance]:
    """Return who answered or was noted, by name."""
    rows = Attendance.objects.visible_to(viewer).filter(meeting=meeting)
    return list(rows.select_related("seat", "participant").order_by("person_name", "pk"))


def expected_at(viewer: Viewer, meeting: Meeting) -> list[tuple[Participant, Attendance | None]]:
    """Return everybody who takes part now, and whoever stands on the list already, with their row."""
    rows = {row.participant_id: row for row in attendance_of(viewer, meeting)}
    found: list[tuple[Participant, Attendance | None]] = [
        (one, rows.pop(one.pk, None)) for one in people_in(meeting.group, viewer)
    ]
    return found + [(row.participant, row) for row in rows.values()]


def holdings_by_person(viewer: Viewer, group: Group) -> dict[tuple[int, int], SeatHolding]:
    """Return who sits where now: (person, organisation) → holding."""
    rows = SeatHolding.objects.visible_to(viewer).current().filter(group=group).select_related("seat")
    return {(row.person_id, row.seat.organisation_id): row for row in rows}
