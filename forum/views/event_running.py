"""Pages of an organiser: prepare and change, who comes and who waits and why, attendance, materials, messages."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from forum.actions.attendance import (
    add_material,
    give_certificates,
    mark_attendance,
    release_materials,
    remove_material,
    send_message,
)
from forum.actions.event import cancel_event, change_event, close_registration, prepare_event, publish_event
from forum.actions.series import begin_series, change_series, publish_series
from forum.forms.event import EventForm, MaterialForm, MessageForm, ReasonForm, SeriesForm
from forum.lifecycle import EventState, RegistrationState
from forum.models import Event, EventPlace, Material, Registration, Series
from forum.permissions.event import (
    can_cancel_event,
    can_change_event,
    can_close_registration,
    can_give_certificates,
    can_mark,
    can_message,
    can_organise,
    can_publish_event,
    can_run,
    can_run_series,
)
from forum.queries.event import attendance_counts, explained, materials_for, places_of
from forum.queries.waiting import Because
from forum.views.event_pieces import PLACE, Page, event_of, in_zones, one_form, pressed, trail
from organisations.queries import fetch, history_of
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.pieces import Crumb, Tile

REASONS = {
    Because.NEXT: gettext_lazy("Is next: the offer goes out within a minute."),
    Because.FULL: gettext_lazy("No place is free."),
    Because.TOO_MANY: gettext_lazy("Needs more places than are free now; keeps its number in the list."),
    Because.SHARE: gettext_lazy("Their organisation has all the places that one may have."),
    Because.NEVER: gettext_lazy("Needs more places than there are for one."),
}


@member_required
def new(request: ViewerRequest) -> HttpResponse:
    """Prepare an event."""
    can_organise(request.viewer).require()
    request.place = PLACE
    initial = EventForm.initial_anew() | {"series": request.GET.get("series", "")}
    form = EventForm(request.POST or None, viewer=request.viewer, initial=initial)

    def do() -> str:
        made = prepare_event(viewer=request.viewer, said=form.said(), at=timezone.now())
        return reverse("forum:event", args=[made.code])

    heading = _("A new event")
    page = Page(
        heading=heading,
        button=_("Keep as a draft"),
        back=reverse("forum:events"),
        crumbs=[*trail(), Crumb(heading)],
        done=_("Kept as a draft. Look at it as others will, then publish it."),
        aside=_("Only your organisation sees a draft. Who can register reads it once you publish it."),
    )
    return one_form(request, form, do, page)


@member_required
def edit(request: ViewerRequest, code: str) -> HttpResponse:
    """Change an event; people who registered are told of another time or place."""
    event = event_of(request, code)
    can_change_event(request.viewer, event).require()
    form = EventForm(request.POST or None, viewer=request.viewer, initial=EventForm.initial_of(event))
    heading = _("Change this event")
    is_told = event.state != EventState.DRAFT
    page = Page(
        heading=heading,
        button=_("Save"),
        back=reverse("forum:event", args=[event.code]),
        crumbs=trail(event, Crumb(heading)),
        done=_("Saved."),
        lead=_("If you move it, everybody who registered is told, and keeps their place.") if is_told else "",
    )
    return one_form(
        request,
        form,
        lambda: change_event(viewer=request.viewer, event=event, said=form.said(), at=timezone.now()),
        page,
    )


@require_POST
@member_required
def publish(request: ViewerRequest, code: str) -> HttpResponse:
    """Publish a draft, or open registration again."""
    event = event_of(request, code)
    can_run(request.viewer, event).require()
    can_publish = can_publish_event(request.viewer, event, at=timezone.now())
    can_publish.require() if can_publish.code == "published-already" else None
    return pressed(
        request,
        lambda: publish_event(viewer=request.viewer, event=event, at=timezone.now()),
        back=reverse("forum:event", args=[event.code]),
        done=_("Published: people can register now."),
    )


@require_POST
@member_required
def close(request: ViewerRequest, code: str) -> HttpResponse:
    """Take no more registrations."""
    event = event_of(request, code)
    can_close_registration(request.viewer, event).require()
    return pressed(
        request,
        lambda: close_registration(viewer=request.viewer, event=event, at=timezone.now()),
        back=reverse("forum:event_people", args=[event.code]),
        done=_("Registration is closed. Whoever waits still gets what becomes free."),
    )


@member_required
def call_off(request: ViewerRequest, code: str) -> HttpResponse:
    """Cancel an event, with a reason."""
    event = event_of(request, code)
    can_cancel_event(request.viewer, event).require()
    form = ReasonForm(request.POST if request.method == "POST" else None)
    heading = _("Call this event off")
    page = Page(
        heading=heading,
        button=_("Call it off"),
        back=reverse("forum:event", args=[event.code]),
        crumbs=trail(event, Crumb(heading)),
        done=_("Called off. Everybody who registered is told."),
        lead=_("This cannot be undone. Everybody who has a place or waits is told."),
    )
    return one_form(
        request,
        form,
        lambda: cancel_event(viewer=request.viewer, event=event, at=timezone.now(), **form.cleaned_data),
        page,
    )


@require_safe
@member_required
def people(request: ViewerRequest, code: str) -> HttpResponse:
    """Show the organiser who comes, who waits and why, and what there is to do."""
    viewer, now = request.viewer, timezone.now()
    event = event_of(request, code)
    can_run(viewer, event).require()
    places = places_of(viewer, event)
    line = [
        {"row": one, "number": number, "because": REASONS[because]}
        for number, (one, because) in enumerate(explained(event), start=1)
    ]
    rows = Registration.objects.visible_to(viewer).filter(event=event)
    counts = attendance_counts(places)
    materials = list(materials_for(viewer, event))
    context = {
        "event": event,
        "when": in_zones(event),
        "tiles": _tiles(event),
        "places": places,
        "registrations": list(rows.filter(state=RegistrationState.PLACED).order_by("arrival")),
        "offered": list(rows.filter(state=RegistrationState.OFFERED).order_by("offer_ends_at")),
        "line": line,
        "attended": counts["attended"],
        "absent": counts["absent"],
        "marks": EventPlace.Attendance.choices,
        "materials": materials,
        "sent": list(event.messages.order_by("-pk")[:20]),
        "may_mark": can_mark(viewer, event, at=now),
        "may_certify": bool(can_give_certificates(viewer, event, at=now)) and event.certificates_at is None,
        "may_close": bool(can_close_registration(viewer, event)),
        "may_reopen": event.state == EventState.CLOSED and bool(can_publish_event(viewer, event, at=now)),
        "may_message": bool(can_message(viewer, event)),
        "may_change": bool(can_change_event(viewer, event)),
        "may_release": event.starts_at <= now and any(one.released_at is None for one in materials),
        "happenings": history_of(event, viewer),
        "crumbs": trail(event, Crumb(_("Who comes"))),
    }
    return render(request, "forum/event_people.html", context)


def _tiles(event: Event) -> list[Tile]:
    taken = _("of %(n)s") % {"n": event.capacity} if event.capacity is not None else _("no limit")
    return [
        Tile(_("Places taken or offered"), event.places_held, note=taken),
        Tile(_("Waiting"), event.waiting),
    ]


@require_POST
@member_required
def attendance(request: ViewerRequest, code: str) -> HttpResponse:
    """Keep who was there."""
    event = event_of(request, code)
    can_mark(request.viewer, event, at=timezone.now()).require()
    known = set(EventPlace.Attendance.values)
    marks = {
        name.removeprefix("place-"): value
        for name, value in request.POST.items()
        if name.startswith("place-") and value in known
    }
    return pressed(
        request,
        lambda: mark_attendance(viewer=request.viewer, event=event, marks=marks, at=timezone.now()),
        back=reverse("forum:event_people", args=[event.code]),
        done=_("Saved."),
    )


@require_POST
@member_required
def certify(request: ViewerRequest, code: str) -> HttpResponse:
    """Give certificates to those who were there."""
    event = event_of(request, code)
    can_give_certificates(request.viewer, event, at=timezone.now()).require()
    return pressed(
        request,
        lambda: give_certificates(viewer=request.viewer, event=event, at=timezone.now()),
        back=reverse("forum:event_people", args=[event.code]),
        done=_("Those who were there are told that their certificate is ready."),
    )


@member_required
def material_new(request: ViewerRequest, code: str) -> HttpResponse:
    """Put a file with the event."""
    event = event_of(request, code)
    can_run(request.viewer, event).require()
    form = MaterialForm(request.POST or None, request.FILES or None)
    heading = _("Add a file")
    page = Page(
        heading=heading,
        button=_("Add"),
        back=reverse("forum:event_people", args=[event.code]),
        crumbs=trail(event, Crumb(heading)),
        done=_("Added. Those who came see it once you release it."),
        has_files=True,
        aside=_("Until you release it only your organisation sees it; then those who came do."),
    )
    return one_form(
        request,
        form,
        lambda: add_material(viewer=request.viewer, event=event, at=timezone.now(), **form.cleaned_data),
        page,
    )


@member_required
def material_remove(request: ViewerRequest, code: str) -> HttpResponse:
    """Take a file away from the event, once the organiser has said that they mean it."""
    found = fetch(
        Material, code, viewer=request.viewer, queryset=Material.objects.select_related("event__series")
    )
    can_run(request.viewer, found.event).require()
    request.place = PLACE
    back = reverse("forum:event_people", args=[found.event.code])
    page = Page(
        heading=_("Take “%(title)s” away?") % {"title": found.title},
        button=_("Take it away"),
        back=back,
        crumbs=trail(found.event, Crumb(_("Who comes"), back), Crumb(_("Take a file away"))),
        done=_("Taken away. Nobody can download it there any more."),
        lead=_("Those who came can no longer download it. Whoever has done so keeps their copy."),
    )
    form = forms.Form(request.POST if request.method == "POST" else None)
    return one_form(
        request,
        form,
        lambda: remove_material(viewer=request.viewer, material=found, at=timezone.now()),
        page,
    )


@require_POST
@member_required
def material_release(request: ViewerRequest, code: str) -> HttpResponse:
    """Give what was added to those who came."""
    event = event_of(request, code)
    can_run(request.viewer, event).require()
    return pressed(
        request,
        lambda: release_materials(viewer=request.viewer, event=event, at=timezone.now()),
        back=reverse("forum:event_people", args=[event.code]),
        done=lambda n: ngettext("One file is released.", "%(n)s files are released.", n) % {"n": n},
    )


@member_required
def message(request: ViewerRequest, code: str) -> HttpResponse:
    """Write to those who registered."""
    event = event_of(request, code)
    can_message(request.viewer, event).require()
    form = MessageForm(request.POST or None, initial={"reaches": "placed"})
    heading = _("Write to those who registered")
    page = Page(
        heading=heading,
        button=_("Send"),
        back=reverse("forum:event_people", args=[event.code]),
        crumbs=trail(event, Crumb(heading)),
        done=_("Sent. Each gets it alone."),
        aside=_("Each gets it alone and sees no other names."),
    )
    return one_form(
        request,
        form,
        lambda: send_message(viewer=request.viewer, event=event, at=timezone.now(), **form.cleaned_data),
        page,
    )


@member_required
def series_new(request: ViewerRequest) -> HttpResponse:
    """Begin a series."""
    can_organise(request.viewer).require()
    request.place = PLACE
    form = SeriesForm(request.POST or None)

    def do() -> str:
        made = begin_series(viewer=request.viewer, at=timezone.now(), **form.cleaned_data)
        return reverse("forum:series", args=[made.code])

    heading = _("A new series")
    page = Page(
        heading=heading,
        button=_("Keep as a draft"),
        back=reverse("forum:events"),
        crumbs=[*trail(), Crumb(heading)],
        done=_("Kept as a draft. Add its events, then publish it."),
    )
    return one_form(request, form, do, page)


@member_required
def series_edit(request: ViewerRequest, code: str) -> HttpResponse:
    """Change what a series is about."""
    found = _series(request, code)
    form = SeriesForm(
        request.POST or None,
        initial={name: getattr(found, name) for name in ("title", "summary", "language", "tags")},
    )
    heading = _("Change this series")
    url = reverse("forum:series", args=[found.code])
    page = Page(
        heading=heading,
        button=_("Save"),
        back=url,
        crumbs=[*trail(), Crumb(found.title, url), Crumb(heading)],
        done=_("Saved."),
    )
    return one_form(
        request,
        form,
        lambda: change_series(viewer=request.viewer, series=found, at=timezone.now(), **form.cleaned_data),
        page,
    )


@require_POST
@member_required
def series_publish(request: ViewerRequest, code: str) -> HttpResponse:
    """Publish a series."""
    found = _series(request, code)
    return pressed(
        request,
        lambda: publish_series(viewer=request.viewer, series=found, at=timezone.now()),
        back=reverse("forum:series", args=[found.code]),
        done=_("Published."),
    )


def _series(request: ViewerRequest, code: str) -> Series:
    found = fetch(Series, code, viewer=request.viewer)
    can_run_series(request.viewer, found).require()
    request.place = PLACE
    return found
