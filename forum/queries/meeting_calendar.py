"""Meetings and events as calendar files (RFC 5545): the same event for ever, a higher number with each change.

No calendar says the link to take part: files and subscriptions are kept by other people's machines, shared with
colleagues and assistants, and live on when somebody has left the group. They lead to the meeting's page instead.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from forum.lifecycle import EventState, MeetingState
from forum.models import CalendarLink, Meeting
from ledger.delivery import host
from organisations.visibility import Viewer

# How long a meeting stays in a subscribed calendar after it was held.
KEPT = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Entry:
    """One meeting as a calendar shows it; `place` is empty in subscribed calendars."""

    code: str
    title: str
    starts_at: datetime
    minutes: int
    state: str
    sequence: int
    changed_at: datetime
    group_key: str
    group_title: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """An event at which the person has a place, as a subscribed calendar shows it."""

    code: str
    title: str
    starts_at: datetime
    ends_at: datetime
    state: str
    sequence: int
    changed_at: datetime
    organiser_name: str


def entry_of(meeting: Meeting) -> Entry:
    """Return a meeting for the calendar of somebody who may enter its group."""
    return Entry(
        meeting.code,
        meeting.title,
        meeting.starts_at,
        meeting.minutes,
        meeting.state,
        meeting.sequence,
        meeting.changed_at,
        meeting.group.key,
        meeting.group.title,
        meeting.place,
    )


def entries_for(secret_hash: str, *, at: datetime) -> list[Entry | Booked] | None:
    """Return what the calendar with this secret shows now; None when it opens nothing.

    Nobody needs to be signed in: the database itself looks which groups the person may enter at this moment, and at
    which events they have a place.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.is_calendar(%s)", [secret_hash])
        if not cursor.fetchone()[0]:
            return None
        cursor.execute(
            "SELECT code, title, starts_at, minutes, state, sequence, changed_at, group_key, group_title"
            " FROM app.calendar_of(%s, %s)",
            [secret_hash, at - KEPT],
        )
        meetings = [Entry(*row) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT code, title, starts_at, ends_at, state, sequence, changed_at, organiser_name"
            " FROM app.events_of_calendar(%s, %s)",
            [secret_hash, at - KEPT],
        )
        return [*meetings, *(Booked(*row) for row in cursor.fetchall())]


def calendar_text(entries: Iterable[Entry | Booked], *, name: str = "", is_cancelled: bool = False) -> bytes:
    """Return the file.

    Args:
        name: how a subscribed calendar is called; empty for the file of one meeting.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.PRODUCT_NAME}//{host()}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_cancelled else "PUBLISH")
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_booked(entry) if isinstance(entry, Booked) else _event(entry))
    return bytes(calendar.to_ical())


def link_of(viewer: Viewer) -> CalendarLink | None:
    """Return the viewer's address in force; of its secret only a fingerprint is known."""
    return CalendarLink.objects.visible_to(viewer).in_force().first()


def _event(entry: Entry) -> Event:
    page = settings.SITE_URL.rstrip("/") + reverse("forum:meeting", args=[entry.group_key, entry.code])
    event = _begun("meeting", entry)
    event.add("dtend", entry.starts_at + timedelta(minutes=entry.minutes))
    event.add("summary", f"{entry.title} ({entry.group_title})")
    event.add("description", _("Agenda, papers and how to take part: %(page)s") % {"page": page})
    event.add("url", page)
    if entry.place:
        event.add("location", entry.place)
    event.add("status", "CANCELLED" if entry.state == MeetingState.CANCELLED else "CONFIRMED")
    return event


def _booked(entry: Booked) -> Event:
    """Return an event under the name that its own file bears, so that a calendar with both shows it once."""
    page = settings.SITE_URL.rstrip("/") + reverse("forum:event", args=[entry.code])
    event = _begun("event", entry)
    event.add("dtend", entry.ends_at)
    event.add("summary", f"{entry.title} ({entry.organiser_name})")
    event.add("description", _("How to join, and what belongs to it: %(page)s") % {"page": page})
    event.add("url", page)
    event.add("status", "CANCELLED" if entry.state == EventState.CANCELLED else "CONFIRMED")
    return event


def _begun(kind: str, entry: Entry | Booked) -> Event:
    event = Event()
    event.add("uid", f"{kind}-{entry.code}@{host()}")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.starts_at)
    return event
