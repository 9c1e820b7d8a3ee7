"""Meetings in people's own calendars: a file for one meeting, and an address to subscribe to."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forum.actions.calendar import end_calendar, fingerprint, make_calendar
from forum.models import Group
from forum.queries.meeting_calendar import calendar_text, entries_for, entry_of, link_of
from forum.views.inside import inside_group
from forum.views.meeting import meeting_in
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.pieces import Crumb

ICS = "text/calendar; charset=utf-8"
LONGEST = 100


@require_safe
@inside_group
def meeting_file(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Hand out one meeting as a file for the reader's calendar."""
    meeting = meeting_in(request, group, code)
    text = calendar_text([entry_of(meeting)], is_cancelled=meeting.state == "cancelled")
    answer = HttpResponse(text, content_type=ICS)
    answer["Content-Disposition"] = f'attachment; filename="meeting-{meeting.code}.ics"'
    answer["Cache-Control"] = "no-store, private"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def own(request: ViewerRequest) -> HttpResponse:
    """Explain the address of one's own calendar; by POST, make one and show it this once."""
    address = ""
    if request.method == "POST":
        secret = make_calendar(viewer=request.viewer, at=timezone.now())
        address = settings.SITE_URL.rstrip("/") + reverse("forum:calendar_feed", args=[secret])
    request.place = "forum:groups"
    context = {
        "link": link_of(request.viewer),
        "address": address,
        "crumbs": [Crumb(_("Forum"), reverse("forum:groups")), Crumb(_("Your calendar"))],
    }
    answer = render(request, "forum/calendar.html", context)
    answer["Cache-Control"] = "no-store, private"
    return answer


@require_POST
@member_required
def end(request: ViewerRequest) -> HttpResponse:
    """End the address: what was copied opens nothing any more."""
    end_calendar(viewer=request.viewer, at=timezone.now())
    messages.success(request, _("Ended. The address opens nothing any more."))
    return redirect("forum:calendar")


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Give a calendar program what its person may enter now; nobody is signed in here, the secret is all there is."""
    found = entries_for(fingerprint(secret), at=timezone.now()) if len(secret) <= LONGEST else None
    if found is None:
        raise Http404
    name = _("%(product)s: meetings and events") % {"product": settings.PRODUCT_NAME}
    answer = HttpResponse(calendar_text(found, name=name), content_type=ICS)
    answer["Cache-Control"] = "no-store, private"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer
