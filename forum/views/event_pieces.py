"""What pages of events share: fetching, times in zones, one form on one page, the trail."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from forum.models import Event, Registration
from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.middleware import ViewerRequest
from web.dates import clock_text, day_text
from web.pieces import Crumb

PLACE = "forum:events"


@dataclass(frozen=True)
class Page:
    """One form on one page.

    Args:
        heading, button: the words. back: where the page leads afterwards, unless the action says otherwise, and by its
        back link. done: what is said once it is done. lead: a sentence before the form. aside: who can see this.
    """

    heading: str
    button: str
    back: str
    crumbs: list[Crumb]
    done: str = ""
    lead: str = ""
    aside: str = ""
    has_files: bool = False


def one_form(
    request: ViewerRequest, form: forms.Form, do: Callable[[], Any], page: Page, **context: Any
) -> HttpResponse:
    """Show a form; once it is valid, do what it asks for. A refusal keeps what was typed.

    `do` may return an address to go to.
    """
    if form.is_bound and form.is_valid():
        try:
            to = do()
        except Refusal as refusal:
            explain(form, refusal)
        else:
            if page.done:
                messages.success(request, page.done)
            return redirect(to if isinstance(to, str) else page.back)
    given = {"form": form, "page": page, "crumbs": page.crumbs, **context}
    return render(request, "forum/event_form.html", given, status=422 if form.is_bound else 200)


def explain(form: forms.Form, refusal: Refusal) -> None:
    """Put a refusal beside the fields it is about, or above the form."""
    known = {name: texts for name, texts in refusal.fields.items() if name in form.fields}
    for name, texts in known.items():
        for text in texts:
            form.add_error(name, text)
    if not known:
        form.add_error(None, refusal.sentence)


def pressed(
    request: ViewerRequest, do: Callable[[], Any], *, back: str, done: Callable[[Any], str] | str
) -> HttpResponse:
    """Do what a button without a form asks for, and go back with a sentence; a refusal is said there."""
    try:
        made = do()
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, done if isinstance(done, str) else done(made))
    return redirect(back)


def event_of(request: ViewerRequest, code: str) -> Event:
    """Return an event that the viewer sees, with its series and its group."""
    rows = Event.objects.select_related("series", "group")
    found = fetch(Event, code, viewer=request.viewer, queryset=rows)
    request.place = PLACE
    return found


def registration_of(request: ViewerRequest, code: str) -> Registration:
    """Return a registration that the viewer sees, with its event."""
    rows = Registration.objects.select_related("event__series")
    found = fetch(Registration, code, viewer=request.viewer, queryset=rows)
    request.place = PLACE
    return found


def trail(event: Event | None = None, *more: Crumb) -> list[Crumb]:
    """Return the way back from a page of an event."""
    way = [Crumb(_("Events"), reverse("forum:events"))]
    if event is not None:
        if event.series is not None:
            way.append(Crumb(event.series.title, reverse("forum:series", args=[event.series.code])))
        way.append(Crumb(event.title, reverse("forum:event", args=[event.code])))
    return [*way, *more]


def in_zones(event: Event) -> list[tuple[str, str]]:
    """Return when an event is: in the reader's zone, and in the organiser's where its clocks show something else."""
    own = timezone.get_current_timezone_name()
    found = [(zone_text(own), span_text(event.starts_at, event.ends_at))]
    with timezone.override(ZoneInfo(event.zone)):
        theirs = (zone_text(event.zone), span_text(event.starts_at, event.ends_at))
    if theirs[1] != found[0][1]:
        found.append(theirs)
    return found


def zone_text(name: str) -> str:
    """Return a zone's name for people: "America/Sao Paulo"."""
    return name.replace("_", " ")


def span_text(starts_at: datetime, ends_at: datetime) -> str:
    """Return day and times in the zone in force."""
    first, last = day_text(starts_at), day_text(ends_at)
    begins, ends = clock_text(starts_at), clock_text(ends_at)
    if first == last:
        return f"{first}, {begins}–{ends}"
    return f"{first}, {begins} – {last}, {ends}"
