"""Seats, and who sits on them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from forum.actions.seat import end_seat, give_seat, sit
from forum.forms.seat import SeatForm, SitForm
from forum.models import Seat
from forum.permissions.group import can_lead, can_seat
from forum.queries.group import group_called
from forum.queries.participant import may_sit, places_of
from forum.views.group import asking, refused, way_to
from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest


def _seat(request: ViewerRequest, code: str) -> Seat:
    rows: Any = Seat.objects.select_related("group")
    return fetch(Seat, code, viewer=request.viewer, queryset=rows)


@member_required
def seats(request: ViewerRequest, key: str) -> HttpResponse:
    """Show the seats and give another one."""
    viewer = request.viewer
    group = group_called(key, viewer=viewer)
    can_seat(viewer, group).require()
    form = SeatForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            give_seat(viewer=viewer, group=group, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("The seat is given."))
            return redirect("forum:seats", group.key)
    rows = list(Seat.objects.visible_to(viewer).current().filter(group=group).order_by("constituency", "pk"))
    places = places_of(group, viewer)
    context = {
        "group": group,
        "form": form,
        "rows": [(seat, places.get(seat.pk, {})) for seat in rows],
        "may_lead": bool(can_lead(viewer, group)),
        "crumbs": way_to(group, _("Seats")),
    }
    request.place = "forum:groups"
    return render(request, "forum/seats.html", context, status=422 if form.is_bound else 200)


@member_required
def seat_sit(request: ViewerRequest, code: str) -> HttpResponse:
    """Say who sits on a seat."""
    viewer = request.viewer
    seat = _seat(request, code)
    can_lead(viewer, seat.group).require()
    now = {place: one.person_id for place, one in places_of(seat.group, viewer).get(seat.pk, {}).items()}
    codes = {one.person_id: one.code for one in may_sit(seat.group, viewer, seat.organisation_id)}
    initial = {place: codes.get(person) for place, person in now.items()}
    form = SitForm(
        request.POST if request.method == "POST" else None, viewer=viewer, seat=seat, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            sit(viewer=viewer, seat=seat, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("forum:seats", seat.group.key)
    heading = _("Who sits for %(organisation)s?") % {"organisation": seat.organisation_name}
    note = "" if codes else _("Nobody of this organisation takes part yet. Invite somebody first.")
    way = way_to(seat.group, _("Seats"))
    return asking(request, form, heading=heading, verb=_("Save"), crumbs=way, note=note)


@member_required
@require_POST
def seat_end(request: ViewerRequest, code: str) -> HttpResponse:
    """Take a seat back."""
    seat = _seat(request, code)
    end_seat(viewer=request.viewer, seat=seat, at=timezone.now())
    messages.success(request, _("The seat has ended."))
    return redirect("forum:seats", seat.group.key)
