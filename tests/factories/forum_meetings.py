"""Meetings and minutes of a group, as the owner of the tables may make them."""

import datetime as dt
from typing import Any

from django.utils import timezone

from forum.models import (
    AgendaItem,
    Attendance,
    Group,
    Meeting,
    Minutes,
    MinutesLine,
    MinutesReply,
    MinutesSection,
    Participant,
)
from organisations.visibility import Viewer
from tests.conftest import owner_role


def meeting(of: Group, by: Viewer, **fields: Any) -> Meeting:
    """Plan a meeting in a week; `state="held"` makes one of yesterday."""
    now = timezone.now().replace(microsecond=0)
    is_held = fields.get("state") == "held"
    given: dict[str, Any] = {
        "title": "Spring meeting",
        "language": "en",
        "zone": "Europe/London",
        "starts_at": now + dt.timedelta(days=-1 if is_held else 7),
        "minutes": 90,
        "place": "Room 3, Leeds",
        "livestream": "https://meet.example.org/spring",
        "created_at": now - dt.timedelta(days=30),
        "changed_at": now - dt.timedelta(days=30),
    } | fields
    with owner_role():
        made = Meeting.objects.create(
            group=of, person_id=by.person_id, organisation_id=by.organisation_id, **given
        )
        made.refresh_from_db()
        return Meeting.objects.select_related("group").get(pk=made.pk)


def point(of: Meeting, by: Viewer, title: str = "Fees that workers pay", **fields: Any) -> AgendaItem:
    """Put a point on an agenda."""
    with owner_role():
        position = AgendaItem.objects.filter(meeting=of).count() + 1
        given = {"position": position, "language": "en", "minutes": 20, "presenter": "Amina"} | fields
        return AgendaItem.objects.create(
            meeting=of,
            title=title,
            group=of.group,
            person_id=by.person_id,
            organisation_id=by.organisation_id,
            **given,
        )


def minutes(
    of: Meeting, by: Viewer, *, state: str = "draft", text: str = "We agreed.", **fields: Any
) -> Minutes:
    """Write minutes with one section, and bring them into a state."""
    now = timezone.now()
    with owner_role():
        made = Minutes.objects.create(
            meeting=of,
            person_id=by.person_id,
            organisation_id=by.organisation_id,
            begun_at=now,
            **fields,
        )
        made.refresh_from_db()
        section(made, by, text=text)
        if state != "draft":
            made.state, made.proposed_at = "proposed", now - dt.timedelta(days=8)
            made.open_until = now + dt.timedelta(days=7 if state == "proposed" else -1)
            made.save()
        if state in {"approved", "published"}:
            made.state, made.approved_at = "approved", now
            made.save()
            made.refresh_from_db()
        if state == "published":
            made.state, made.published_at = "published", now
            made.save()
        return Minutes.objects.select_related("meeting__group", "group").get(pk=made.pk)


def section(of: Minutes, by: Viewer, **fields: Any) -> MinutesSection:
    """Put a section into a draft."""
    with owner_role():
        position = MinutesSection.objects.filter(minutes=of).count() + 1
        given = {"position": position, "title": "Fees", "text": "", "saved_at": timezone.now()} | fields
        made = MinutesSection.objects.create(minutes=of, saved_by_id=by.person_id, **given)
        return MinutesSection.objects.select_related("minutes__group").get(pk=made.pk)


def line(of: MinutesSection, by: Viewer, **fields: Any) -> MinutesLine:
    """Note a decision."""
    given = {"kind": "decision", "text": "We pay them back.", "language": "en"} | fields
    with owner_role():
        return MinutesLine.objects.create(
            section=of,
            minutes_id=of.minutes_id,
            person_id=by.person_id,
            organisation_id=by.organisation_id,
            **given,
        )


def reply(of: Minutes, by: Viewer, **fields: Any) -> MinutesReply:
    """Ask for a correction."""
    given = {
        "kind": "correction",
        "text": "It was Leeds.",
        "language": "en",
        "made_at": timezone.now(),
    } | fields
    with owner_role():
        return MinutesReply.objects.create(
            minutes=of, person_id=by.person_id, organisation_id=by.organisation_id, **given
        )


def attendance(of: Meeting, who: Viewer, **fields: Any) -> Attendance:
    """Let a participant answer, or be noted."""
    with owner_role():
        part = Participant.objects.get(
            group=of.group, person_id=who.person_id, organisation_id=who.organisation_id, state="active"
        )
        return Attendance.objects.create(meeting=of, participant=part, **fields)
