"""The minutes of a meeting on paper; only of approved ones, so the file never goes out of date."""

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.models import Document, Rendering
from documents.renderings import ViewerIds, rendering
from forum.models import Attendance, Minutes, Presence
from forum.queries.meeting import attendance_of
from forum.queries.meeting_work import kept_from
from forum.queries.minutes import sections_of
from forum.queries.paper import MINUTES_PDF
from ledger.refusals import NotVisible
from organisations.queries import viewer_for
from web.moments import in_zone, place_of, zone_called


@rendering(MINUTES_PDF, stored_as=Document.Kind.REPORT)
def minutes_pdf(wanted: Rendering, ids: ViewerIds) -> tuple[str, str]:
    """Write approved minutes, in the meeting's own zone. The file's name says no title."""
    viewer = viewer_for(person_id=ids.person_id, organisation_id=ids.organisation_id)
    rows = Minutes.objects.visible_to(viewer).select_related("meeting__group")
    found = rows.filter(pk=wanted.subject_id).first()
    if viewer is None or found is None or not found.is_kept:
        raise NotVisible
    meeting = found.meeting
    zone = zone_called(meeting.zone)
    context = {
        "cover": _("Minutes"),
        "title": meeting.title,
        "code": found.code,
        "version": found.number,
        "made_at": found.approved_at,
        "description": _("What a group said and decided at a meeting, as it approved it."),
        "minutes": found,
        "meeting": meeting,
        "group": meeting.group,
        "begins": f"{in_zone(meeting.starts_at, zone)}, {place_of(meeting.zone)}",
        "approved": in_zone(found.approved_at or meeting.starts_at, zone),
        "groups": _by_presence(attendance_of(viewer, meeting)),
        "sections": sections_of(viewer, found),
        "kept": kept_from(viewer, meeting),
        "now": in_zone(timezone.now(), zone),
    }
    name = f"{_('minutes')}-{found.code}-{found.number}.pdf"
    return name, render_to_string("forum/pdf/minutes.html", context)


def _by_presence(rows: list[Attendance]) -> list[tuple[str, list[Attendance]]]:
    found = [(str(label), [one for one in rows if one.presence == key]) for key, label in Presence.choices]
    return [(label, people) for label, people in found if people]
