"""A call as a calendar file (RFC 5545, 5546): the same event for ever, a higher number with each change."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from findings.lifecycle import CallState
from findings.models import Call, CallStep
from ledger.delivery import host


def call_file(
    call: Call,
    *,
    title: str,
    description: str,
    attendee: str,
    starts_at: datetime,
    is_cancelled: bool = False,
) -> str:
    """Return the calendar file of a call for one reader, whose calendar alone it names.

    Args:
        title, description: plain words. attendee: the reader's e-mail address.
        starts_at: when; of a call that was called off, when it would have been.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.PRODUCT_NAME}//{host()}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_cancelled else "REQUEST")
    event = Event()
    event.add("uid", f"call-{call.code}@{host()}")
    event.add("sequence", call.sequence)
    event.add("dtstamp", call.changed_at)
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + timedelta(minutes=call.minutes))
    event.add("summary", title)
    event.add("description", description)
    if joining := joining_of(call):
        event.add("location", joining)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("organizer", _address(settings.DEFAULT_FROM_EMAIL, settings.PRODUCT_NAME))
    guest = vCalAddress(f"MAILTO:{attendee}")
    guest.params["partstat"], guest.params["rsvp"] = vText("ACCEPTED"), vText("FALSE")
    event.add("attendee", guest, encode=False)
    calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")


def file_of(call: Call, *, attendee: str) -> str | None:
    """Return the file of a call as it is now, or None while no time was ever agreed."""
    last = call.steps.filter(kind=CallStep.Kind.AGREED).order_by("-pk").first()
    if last is None:
        return None
    return call_file(
        call,
        title=_("Call: %(title)s") % {"title": call.finding.title},
        description=call.finding.audit.site_name,
        attendee=attendee,
        starts_at=call.starts_at or last.moments[0],
        is_cancelled=call.state != CallState.AGREED,
    )


def joining_of(call: Call) -> str:
    """Return the newest word on how to join."""
    last = call.steps.filter(kind=CallStep.Kind.JOINING).order_by("-pk").first()
    return last.text if last else ""


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"MAILTO:{email}")
    address.params["cn"] = vText(name)
    return address
