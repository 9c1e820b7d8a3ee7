"""A certificate of attendance: one sheet that says who was where, when and for how long."""

import datetime as dt

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from documents.models import Document, Rendering
from documents.renderings import ViewerIds, rendering
from forum.models import EventPlace
from forum.permissions.event import can_take_certificate
from forum.queries.event_papers import CERTIFICATE
from ledger.refusals import NotVisible
from organisations.queries import viewer_for

# From so many letters on a name is written smaller, so that the longest that there can be still fits its sheet.
SMALLER = ((90, "longest"), (34, "long"))


@rendering(CERTIFICATE, stored_as=Document.Kind.REPORT)
def attendance_certificate(wanted: Rendering, ids: ViewerIds) -> tuple[str, str]:
    """Write the certificate of one place; the organiser's record is what it rests on."""
    viewer = viewer_for(person_id=ids.person_id, organisation_id=ids.organisation_id)
    rows = EventPlace.objects.visible_to(viewer).select_related("event__series")
    place = rows.filter(pk=wanted.subject_id).first()
    if viewer is None or place is None:
        raise NotVisible
    event = place.event
    can_take_certificate(viewer, place, event).require()
    context = {
        "place": place,
        "event": event,
        "series": event.series,
        "when": f"{when_text(event.starts_at, event.ends_at, event.tzinfo)} ({event.zone})",
        "duration": duration_text(event.ends_at - event.starts_at),
        "size": next((size for least, size in SMALLER if len(place.name) >= least), ""),
        "title_size": "long" if len(event.title) > 90 else "",
        "cover": _("Certificate of attendance"),
        "title": place.name,
        "code": place.code,
        "made_at": timezone.now(),
        "description": _("Who was at an event, when, and for how long."),
    }
    name = "-".join(filter(None, (str(_("certificate")), slugify(event.title)[:60], place.code.lower())))
    return f"{name}.pdf", render_to_string("forum/pdf/attendance.html", context)


def when_text(starts_at: dt.datetime, ends_at: dt.datetime, zone: dt.tzinfo) -> str:
    """Return day and times as the clocks of a zone show them: "3 December 2026, 14:00–15:30"."""
    starts, ends = (one.astimezone(zone).replace(tzinfo=None) for one in (starts_at, ends_at))
    first, last = date_format(starts, "j F Y"), date_format(ends, "j F Y")
    if first == last:
        return f"{first}, {date_format(starts, 'H:i')}–{date_format(ends, 'H:i')}"
    return f"{first} – {last}"


def duration_text(length: dt.timedelta) -> str:
    """Return for example "1 h 30 min"."""
    hours, minutes = divmod(int(length / dt.timedelta(minutes=1)), 60)
    if hours and minutes:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    return _("%(hours)s h") % {"hours": hours} if hours else _("%(minutes)s min") % {"minutes": minutes}
