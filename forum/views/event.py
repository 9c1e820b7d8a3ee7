"""Pages of events for whoever may come: the calendar, a series, one event."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from forum.forms.event import EventFilters
from forum.lifecycle import EventState, RegistrationState
from forum.models import Event, Registration, Series
from forum.permissions.event import (
    can_cancel_registration,
    can_organise,
    can_register,
    can_register_group,
    can_run,
    can_run_series,
    can_take_certificate,
)
from forum.queries.calendar import calendar_for
from forum.queries.event import (
    group_registration,
    joining_for,
    materials_for,
    own_place,
    own_registration,
    own_registrations,
    registrations_of_house,
    waiting_before,
)
from forum.views.event_pieces import PLACE, event_of, in_zones, trail
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from organisations.visibility import Viewer
from web.htmx import is_partial
from web.paging import keyset_page
from web.pieces import Crumb

MOST_IN_SERIES = 100


@require_safe
@member_required
def events(request: ViewerRequest) -> HttpResponse:
    """List the events that the viewer may know of, what comes next on top."""
    viewer, now = request.viewer, timezone.now()
    form = EventFilters(request.GET)
    wanted = form.wanted()
    is_past = wanted.get("when") == "past"
    rows = Event.objects.visible_to(viewer).select_related("series")
    rows = rows.filter(ends_at__lte=now) if is_past else rows.filter(ends_at__gt=now)
    if tag := wanted.get("tag"):
        rows = rows.filter(tags__contains=[tag])
    if kind := wanted.get("kind"):
        rows = rows.filter(kind=kind)
    if wanted.get("whose") == "mine":
        rows = rows.filter(pk__in=own_registrations(viewer).still_open().values("event_id"))  # type: ignore[attr-defined]
    elif wanted.get("whose") == "ours":
        rows = rows.filter(organiser_id=viewer.organisation_id)
    order = ("-starts_at", "-id") if is_past else ("starts_at", "id")
    page = keyset_page(rows, request=request, order=order, size=30)
    context: dict[str, Any] = {
        "page": page,
        "lines": _lines(viewer, page.rows),
        "form": form,
        "is_past": is_past,
        "may_organise": bool(can_organise(viewer)),
        "zone": timezone.get_current_timezone_name().replace("_", " "),
    }
    if is_partial(request):
        return render(request, "forum/_events.html", context)
    series = Series.objects.visible_to(viewer).order_by("-pk")
    return render(request, "forum/events.html", context | {"some_series": list(series[:6])})


def _lines(viewer: Viewer, rows: list[Event]) -> list[dict[str, Any]]:
    """Put how the viewer stands beside each event."""
    mine = own_registrations(viewer).still_open().filter(event__in=[one.pk for one in rows])  # type: ignore[attr-defined]
    states = {one.event_id: one for one in mine.order_by("-kind")}
    return [{"event": one, "mine": states.get(one.pk)} for one in rows]


@require_safe
@member_required
def series(request: ViewerRequest, code: str) -> HttpResponse:
    """Show a series with its events in order."""
    viewer = request.viewer
    found = fetch(Series, code, viewer=viewer)
    request.place = PLACE
    rows = Event.objects.visible_to(viewer).filter(series=found).select_related("series")
    context = {
        "series": found,
        "lines": _lines(viewer, list(rows.order_by("starts_at", "id")[:MOST_IN_SERIES])),
        "may_run": bool(can_run_series(viewer, found)),
        "now": timezone.now(),
        "crumbs": [*trail(), Crumb(found.title)],
    }
    return render(request, "forum/series.html", context)


@require_safe
@member_required
def event(request: ViewerRequest, code: str) -> HttpResponse:
    """Show one event as it is for this reader, with the one thing to do next."""
    viewer, now = request.viewer, timezone.now()
    found = event_of(request, code)
    mine, group = own_registration(viewer, found), group_registration(viewer, found)
    place = own_place(viewer, found)
    has_place = place is not None or any(
        one is not None and one.state == RegistrationState.PLACED and one.person_id == viewer.person_id
        for one in (mine, group)
    )
    may_register = can_register(viewer, found, at=now)
    context: dict[str, Any] = {
        "event": found,
        "when": in_zones(found),
        "mine": mine,
        "group": group,
        "place": place,
        "has_place": has_place,
        "before": waiting_before(mine) if mine and mine.state == RegistrationState.WAITING else None,
        "joining": joining_for(viewer, found),
        "materials": list(materials_for(viewer, found)),
        "may_register": may_register,
        "may_register_group": can_register_group(viewer, found, at=now),
        "may_cancel": mine is not None and bool(can_cancel_registration(viewer, mine, at=now)),
        "may_run": bool(can_run(viewer, found)),
        "is_organiser": found.organiser_id == viewer.organisation_id,
        "may_take_certificate": place is not None and bool(can_take_certificate(viewer, place, found)),
        "is_over": found.ends_at <= now or found.state == EventState.HELD,
        "crumbs": [*trail(found)[:-1], Crumb(found.title)],
    }
    return render(request, "forum/event.html", context)


@require_safe
@member_required
def calendar_file(request: ViewerRequest, code: str) -> HttpResponse:
    """Hand out the event for the reader's calendar; how to join stands in it for those with a place alone."""
    viewer, found = request.viewer, event_of(request, code)
    way = joining_for(viewer, found)
    has_place = own_place(viewer, found) is not None
    text, _method = calendar_for(found, attendee=request.user.email if has_place else "", joining=way)
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="event.ics"'
    return answer


@require_safe
@member_required
def own(request: ViewerRequest) -> HttpResponse:
    """List what the viewer registered for; an admin sees what colleagues did, too."""
    viewer = request.viewer
    request.place = PLACE
    rows = registrations_of_house(viewer).select_related("event")
    page = keyset_page(rows, request=request, order=("-registered_at", "-id"), size=50)
    context = {
        "page": page,
        "rows": page.rows,
        "heading": _heading(viewer, page.rows),
        "crumbs": [*trail(), Crumb(_("My registrations"))],
    }
    return render(request, "forum/registrations.html", context)


def _heading(viewer: Viewer, rows: list[Registration]) -> str:
    offered = [
        one for one in rows if one.state == RegistrationState.OFFERED and one.person_id == viewer.person_id
    ]
    if offered:
        return ngettext(
            "A place is kept for you: say yes or no",
            "%(n)s places are kept for you: say yes or no",
            len(offered),
        ) % {"n": len(offered)}
    if any(one.person_id != viewer.person_id for one in rows):
        return _("What you and your colleagues registered for")
    return _("What you registered for")


def event_url(found: Event) -> str:
    """Return the address of an event."""
    return reverse("forum:event", args=[found.code])
