"""Meetings are planned, moved, called off and noted as held; everybody answers for themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import Document
from documents.uploads import store_upload
from forum.actions.inside import move_inside, tell
from forum.lifecycle import MEETING, MeetingState
from forum.models import AgendaItem, Answer, Attendance, Group, Issue, Meeting, Paper, Participant, Presence
from forum.models.meeting_facts import MeetingSaid, PointSaid
from forum.permissions.meeting import (
    can_add_paper,
    can_answer,
    can_change,
    can_hold,
    can_note,
    can_plan,
    can_take_paper_out,
)
from forum.queries.group import own_part
from forum.queries.meeting import agenda_of, attendance_of, holdings_by_person
from ledger.refusals import NotVisible, Refusal
from organisations.visibility import Viewer

PLANNED, MOVED, EDITED = "forum.meeting_planned", "forum.meeting_moved", "forum.meeting_edited"
CANCELLED, HELD, NEAR = "forum.meeting_cancelled", "forum.meeting_held", "forum.meeting_near"
AGENDA_SET, PAPER_ADDED, PAPER_OUT = "forum.agenda_set", "forum.paper_added", "forum.paper_taken_out"
NOTED = "forum.attendance_noted"


def plan_meeting(*, viewer: Viewer, group: Group, said: MeetingSaid, at: datetime) -> Meeting:
    """Plan a meeting.

    Promises: everybody inside is invited; a reminder goes out a day before to those who have not declined.
    Raises: Forbidden; Refusal "past" at `starts_at`.
    """
    with transaction.atomic():
        can_plan(viewer, group).require()
        _require_future(said, at)
        meeting = Meeting.objects.create(group=group, created_at=at, changed_at=at, **asdict(said))
        tell(verb=PLANNED, by=viewer, group=group, at=at, data=when_of(meeting))
    return meeting


def change_meeting(*, viewer: Viewer, meeting: Meeting, said: MeetingSaid, at: datetime) -> Meeting:
    """Change what stands about a meeting; a change of time is told to everybody inside, once it is one.

    Raises: Forbidden; Refusal "past" at `starts_at`.
    """
    with transaction.atomic():
        meeting = _locked(viewer, meeting)
        can_change(viewer, meeting).require()
        before = {name: getattr(meeting, name) for name in asdict(said)}
        if before == asdict(said):
            return meeting
        is_moved = (meeting.starts_at, meeting.minutes) != (said.starts_at, said.minutes)
        if is_moved:
            _require_future(said, at)
        for name, value in asdict(said).items():
            setattr(meeting, name, value)
        meeting.changed_at = at
        meeting.save(update_fields=[*asdict(said), "changed_at"])
        tell(verb=MOVED if is_moved else EDITED, by=viewer, group=meeting.group, at=at, data=when_of(meeting))
    return meeting


def cancel_meeting(
    *, viewer: Viewer, meeting: Meeting, reason: str, language: str = "", at: datetime
) -> Meeting:
    """Call a meeting off; everybody inside is told, and calendars say so.

    Raises: Forbidden; Refusal "illegal-move".
    """
    with transaction.atomic():
        meeting = _locked(viewer, meeting)
        can_change(viewer, meeting).require()
        meeting.reason, meeting.reason_language, meeting.changed_at = reason, language, at
        _move(meeting, MeetingState.CANCELLED, CANCELLED, viewer, at, "reason", "reason_language")
    return meeting


def hold_meeting(*, viewer: Viewer, meeting: Meeting, at: datetime) -> Meeting:
    """Note that a meeting was held: from now on its minutes are written and its agenda stays.

    Raises: Forbidden; Refusal "illegal-move".
    """
    with transaction.atomic():
        meeting = _locked(viewer, meeting)
        can_hold(viewer, meeting, at=at).require()
        meeting.changed_at = at
        _move(meeting, MeetingState.HELD, HELD, viewer, at)
    return meeting


def answer_meeting(*, viewer: Viewer, meeting: Meeting, answer: str, at: datetime) -> Attendance:
    """Say whether one comes, oneself for oneself; saying it again changes it. Nobody is written to about it.

    Raises: Forbidden; Refusal "unknown-answer".
    """
    if answer not in Answer.values:
        raise Refusal("unknown-answer", _("Choose one of the answers."))
    with transaction.atomic():
        can_answer(viewer, meeting, at=at).require()
        part = own_part(viewer, meeting.group)
        if part is None:
            raise NotVisible
        row, _is_new = Attendance.objects.get_or_create(meeting=meeting, participant=part)
        if row.answer != answer:
            row.answer, row.answered_at = answer, at
            row.save(update_fields=["answer", "answered_at"])
    return row


def set_agenda(
    *, viewer: Viewer, meeting: Meeting, points: Sequence[PointSaid], language: str = "", at: datetime
) -> list[AgendaItem]:
    """Set the agenda anew, in this order: points that are named stay with their papers, others go and come.

    Raises: Forbidden; NotVisible where a point names an issue that is not there; Refusal "has-papers" when a point
        that is left out has papers.
    """
    with transaction.atomic():
        meeting = _locked(viewer, meeting)
        can_change(viewer, meeting).require()
        known = {item.code: item for item in agenda_of(viewer, meeting)}
        kept = {point.code for point in points}
        gone = [item for code, item in known.items() if code not in kept]
        if any(item.papers.all() for item in gone):
            raise Refusal(
                "has-papers", _("A point with papers cannot be taken out. Take its papers out first.")
            )
        AgendaItem.objects.filter(pk__in=[item.pk for item in gone]).delete()
        issues = _issues(viewer, meeting, points)
        for position, point in enumerate(points, start=1):
            _set_point(known.get(point.code), meeting, point, position, language, issues.get(point.issue))
        tell(verb=AGENDA_SET, by=viewer, group=meeting.group, at=at, data=_names(meeting))
    return agenda_of(viewer, meeting)


def add_paper(*, viewer: Viewer, item: AgendaItem, file: "UploadedFile[bytes]", at: datetime) -> Paper:
    """Put a paper to a point of the agenda; everybody inside the group reads it, and nobody else.

    Raises: Forbidden; Refusal of `documents.sentences`.
    """
    meeting = item.meeting
    can_add_paper(viewer, meeting).require()
    document = store_upload(by=viewer, file=file, kind=Document.Kind.REPORT, group=meeting.group, at=at)
    with transaction.atomic():
        paper = Paper.objects.create(item=item, document=document, added_at=at)
        paper.refresh_from_db(fields=["person", "person_name", "organisation"])
        tell(verb=PAPER_ADDED, by=viewer, group=meeting.group, at=at, data=_names(meeting))
    return paper


def take_paper_out(*, viewer: Viewer, paper: Paper, at: datetime) -> None:
    """Take a paper from the agenda; nobody opens it any more.

    Raises: Forbidden.
    """
    with transaction.atomic():
        can_take_paper_out(viewer, paper).require()
        meeting = paper.item.meeting
        Paper.objects.filter(pk=paper.pk).delete()
        tell(verb=PAPER_OUT, by=viewer, group=meeting.group, at=at, data=_names(meeting))


def note_attendance(
    *, viewer: Viewer, meeting: Meeting, presence: Mapping[Participant, str], at: datetime
) -> list[Attendance]:
    """Note who was there, who sent apologies and who was not; whoever was there sat on the seat that they hold.

    Args:
        presence: participant → a `Presence`, or empty for nothing noted.

    Raises: Forbidden; Refusal "unknown-presence".
    """
    with transaction.atomic():
        can_note(viewer, meeting).require()
        if set(presence.values()) - {"", *Presence.values}:
            raise Refusal("unknown-presence", _("Choose one of the answers."))
        seats = holdings_by_person(viewer, meeting.group)
        for part, word in presence.items():
            row, _is_new = Attendance.objects.get_or_create(meeting=meeting, participant=part)
            if row.presence == word:
                continue
            held = seats.get((part.person_id or 0, part.organisation_id)) if word == Presence.THERE else None
            row.presence, row.noted_at = word, at if word else None
            row.seat_id = held.seat_id if held else None
            row.seat_place = held.place if held else ""
            row.save(update_fields=["presence", "noted_at", "seat", "seat_place"])
        tell(verb=NOTED, by=viewer, group=meeting.group, at=at, data=_names(meeting))
    return attendance_of(viewer, meeting)


def _issues(viewer: Viewer, meeting: Meeting, points: Sequence[PointSaid]) -> dict[str, Issue]:
    named = {point.issue for point in points if point.issue}
    rows = Issue.objects.visible_to(viewer).filter(group_id=meeting.group_id, code__in=named)
    found = {one.code: one for one in rows} if named else {}
    if found.keys() != named:
        raise NotVisible
    return found


def _set_point(
    item: AgendaItem | None,
    meeting: Meeting,
    point: PointSaid,
    position: int,
    language: str,
    issue: Issue | None,
) -> None:
    said: dict[str, Any] = {
        "title": point.title,
        "minutes": point.minutes,
        "presenter": point.presenter,
        "issue": issue,
    }
    if item is None:
        AgendaItem.objects.create(meeting=meeting, position=position, language=language, **said)
        return
    words = {"language": language} if item.title != point.title else {}
    AgendaItem.objects.filter(pk=item.pk).update(position=position, **said, **words)


def _locked(viewer: Viewer, meeting: Meeting) -> Meeting:
    """Lock the meeting for a co-lead; others get it as it is, and their reason from the permission."""
    rows = Meeting.objects.visible_to(viewer).filter(pk=meeting.pk).select_related("group")
    found = rows.select_for_update(of=("self",)).first() or rows.first()
    if found is None:
        raise NotVisible
    return found


def _move(meeting: Meeting, to: str, verb: str, viewer: Viewer, at: datetime, *also: str) -> None:
    move_inside(
        meeting,
        to=to,
        lifecycle=MEETING,
        verb=verb,
        by=viewer,
        group=meeting.group,
        at=at,
        data=when_of(meeting),
        also=["changed_at", *also],
    )


def when_of(meeting: Meeting) -> dict[str, str]:
    """Return what an entry says of a meeting: its code and its time, which letters show in the reader's zone."""
    return {"code": meeting.code, "starts_at": meeting.starts_at.isoformat()}


def _names(meeting: Meeting) -> dict[str, str]:
    return {"code": meeting.code}


def _require_future(said: MeetingSaid, at: datetime) -> None:
    if said.starts_at <= at:
        sentence = _("This time is over. Choose one that is still to come.")
        raise Refusal("past", sentence, fields={"starts_at": [sentence]})
