"""An event as a calendar file (RFC 5545, 5546): the same event for ever, a higher number with each change."""

from django.conf import settings
from icalendar import Calendar, vCalAddress, vText
from icalendar import Event as Appointment

from forum.lifecycle import EventState
from forum.models import Event, Joining
from ledger.delivery import host


def calendar_for(event: Event, *, attendee: str = "", joining: Joining | None = None) -> tuple[str, str]:
    """Return the calendar file of an event for one reader, and its method.

    Args:
        attendee: the reader's e-mail address, when they have a place; no other attendee is ever named.
        joining: how to join, for a reader with a place; None for everybody else.
    """
    is_cancelled = event.state == EventState.CANCELLED
    method = "CANCEL" if is_cancelled else "REQUEST" if attendee else "PUBLISH"
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.PRODUCT_NAME}//{host()}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    row = Appointment()
    row.add("uid", f"event-{event.code}@{host()}")
    row.add("sequence", event.sequence)
    row.add("dtstamp", event.changed_at)
    row.add("dtstart", event.starts_at)
    row.add("dtend", event.ends_at)
    row.add("summary", event.title)
    about = [event.summary, joining.words if joining else "", f"{settings.SITE_URL}/events/{event.code}/"]
    row.add("description", "\n\n".join(one for one in about if one))
    where = (joining.link if joining else "") or event.place
    if where:
        row.add("location", where)
    row.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    organiser = vCalAddress(f"MAILTO:{settings.DEFAULT_FROM_EMAIL}")
    organiser.params["cn"] = vText(event.organiser_name)
    row.add("organizer", organiser)
    if attendee:
        guest = vCalAddress(f"MAILTO:{attendee}")
        guest.params["partstat"], guest.params["rsvp"] = vText("ACCEPTED"), vText("FALSE")
        row.add("attendee", guest, encode=False)
    calendar.add_component(row)
    return str(calendar.to_ical(), "utf-8"), method
