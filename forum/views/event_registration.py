"""Pages on which people register, answer an offer and give a place back."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from documents.serve import serve
from forum.actions.booking import change_booking
from forum.actions.event_papers import ask_for_certificate
from forum.actions.registration import (
    accept_offer,
    cancel_registration,
    decline_offer,
    register,
    register_group,
)
from forum.forms.event import BookingForm, GroupRegistrationForm
from forum.lifecycle import RegistrationState
from forum.models import EventPlace, Material, Registration
from forum.permissions.event import (
    can_answer_offer,
    can_cancel_registration,
    can_change_booking,
    can_register_group,
    can_take_certificate,
)
from forum.queries.event import waiting_before
from forum.queries.event_papers import certificate_of
from forum.views.event_pieces import (
    PLACE,
    Page,
    event_of,
    in_zones,
    one_form,
    pressed,
    registration_of,
    trail,
)
from forum.views.onward import name_first
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.htmx import is_partial
from web.pieces import Crumb


def _said(made: Registration) -> str:
    """Say what registering came to."""
    if made.state == RegistrationState.PLACED:
        return ngettext("You have a place.", "You have %(n)s places.", made.quantity) % {"n": made.quantity}
    if made.state == RegistrationState.OFFERED:
        return _("A place is kept for you: say yes or no.")
    return _("You are on the waiting list. Number waiting before you: %(n)s.") % {"n": waiting_before(made)}


@require_POST
@member_required
def register_self(request: ViewerRequest, code: str) -> HttpResponse:
    """Register the person who presses; pressing twice is once."""
    event = event_of(request, code)
    if asks := name_first(request, reverse("forum:event", args=[event.code])):
        return asks
    return pressed(
        request,
        lambda: register(viewer=request.viewer, event=event, at=timezone.now()),
        back=reverse("forum:event", args=[event.code]),
        done=_said,
    )


@member_required
def register_several(request: ViewerRequest, code: str) -> HttpResponse:
    """Book several places for the organisation."""
    event = event_of(request, code)
    can_register_group(request.viewer, event, at=timezone.now()).require()
    if asks := name_first(request):
        return asks
    form = GroupRegistrationForm(request.POST or None, viewer=request.viewer, initial={"quantity": 2})

    def do() -> str:
        made = register_group(
            viewer=request.viewer,
            event=event,
            quantity=form.cleaned_data["quantity"],
            seats=form.seats,
            at=timezone.now(),
        )
        return reverse("forum:registration", args=[made.code])

    heading = _("Book several places")
    page = Page(
        heading=heading,
        button=_("Book these places"),
        back=reverse("forum:event", args=[event.code]),
        crumbs=trail(event, Crumb(heading)),
        lead=_("All of them come together: if there are not enough places for all, all of them wait."),
        aside=_("The organiser, you and the admins of your organisation see these names. Nobody else does."),
    )
    return one_form(request, form, do, page)


@member_required
def change_places(request: ViewerRequest, code: str) -> HttpResponse:
    """Have a booking be for more places, or for fewer."""
    found, viewer = registration_of(request, code), request.viewer
    can_change_booking(viewer, found, at=timezone.now()).require()
    places = list(EventPlace.objects.visible_to(viewer).filter(registration=found).order_by("number"))
    form = BookingForm(
        request.POST or None, viewer=viewer, places=places, initial={"quantity": found.quantity}
    )
    heading = _("Change how many places")
    back = reverse("forum:registration", args=[found.code])
    page = Page(
        heading=heading,
        button=_("Save"),
        back=back,
        crumbs=trail(found.event, Crumb(_("Registration"), back), Crumb(heading)),
        done=_("Saved."),
        lead=_(
            "More places only as long as they are free and nobody waits. What you give back goes to the next."
        ),
    )
    return one_form(
        request,
        form,
        lambda: change_booking(
            viewer=viewer,
            registration=found,
            quantity=form.cleaned_data["quantity"],
            goes=form.cleaned_data.get("goes", ()),
            seats=form.seats,
            at=timezone.now(),
        ),
        page,
    )


@require_safe
@member_required
def registration(request: ViewerRequest, code: str) -> HttpResponse:
    """Show one registration: the offer to answer, the places, and how to give them back."""
    viewer, now = request.viewer, timezone.now()
    found = registration_of(request, code)
    is_waiting = found.state == RegistrationState.WAITING
    places = list(EventPlace.objects.visible_to(viewer).filter(registration=found).order_by("number"))
    context = {
        "registration": found,
        "event": found.event,
        "when": in_zones(found.event),
        "places": places,
        "before": waiting_before(found) if is_waiting else None,
        "may_answer": bool(can_answer_offer(viewer, found, at=now)),
        "may_cancel": bool(can_cancel_registration(viewer, found, at=now)),
        "may_change": bool(can_change_booking(viewer, found, at=now)),
        "is_own": found.person_id == viewer.person_id,
        "certified": [one for one in places if can_take_certificate(viewer, one, found.event)],
        "crumbs": trail(found.event, Crumb(_("Registration"))),
    }
    return render(request, "forum/registration.html", context)


@require_POST
@member_required
def accept(request: ViewerRequest, code: str) -> HttpResponse:
    """Say yes to an offer."""
    found = registration_of(request, code)
    return pressed(
        request,
        lambda: accept_offer(viewer=request.viewer, registration=found, at=timezone.now()),
        back=reverse("forum:event", args=[found.event.code]),
        done=_("The place is yours."),
    )


@require_POST
@member_required
def decline(request: ViewerRequest, code: str) -> HttpResponse:
    """Say no to an offer."""
    found = registration_of(request, code)
    return pressed(
        request,
        lambda: decline_offer(viewer=request.viewer, registration=found, at=timezone.now()),
        back=reverse("forum:event", args=[found.event.code]),
        done=_("You said no. The place goes to the next in line."),
    )


@require_POST
@member_required
def cancel(request: ViewerRequest, code: str) -> HttpResponse:
    """Give a place or a number in the list back."""
    found = registration_of(request, code)
    runs = (
        found.organiser_id == request.viewer.organisation_id and found.person_id != request.viewer.person_id
    )
    back = "forum:event_people" if runs else "forum:event"
    return pressed(
        request,
        lambda: cancel_registration(viewer=request.viewer, registration=found, at=timezone.now()),
        back=reverse(back, args=[found.event.code]),
        done=_("Cancelled. Thank you for saying so: the place goes to the next in line."),
    )


@member_required
def certificate(request: ViewerRequest, code: str) -> HttpResponse:
    """Show how far a certificate is; by POST, have it made."""
    place = _place(request, code)
    can_take_certificate(request.viewer, place, place.event).require()
    if request.method == "POST":
        ask_for_certificate(viewer=request.viewer, place=place, at=timezone.now())
        if not is_partial(request):
            return redirect("forum:certificate", place.code)
    found = certificate_of(request.viewer, place)
    context = {
        "place": place,
        "event": place.event,
        "rendering": found,
        "label": _("the certificate"),
        "status_url": reverse("forum:certificate", args=[place.code]),
        "file_url": reverse("forum:certificate_file", args=[place.code]),
        "again_url": reverse("forum:certificate", args=[place.code]),
        "crumbs": trail(place.event, Crumb(_("Certificate"))),
    }
    template = "forum/_certificate.html" if is_partial(request) else "forum/certificate.html"
    return render(request, template, context)


@require_safe
@member_required
def certificate_file(request: ViewerRequest, code: str) -> HttpResponse:
    """Hand out a finished certificate."""
    found = certificate_of(request.viewer, _place(request, code))
    if found is None or found.document is None:
        raise Http404
    return serve(found.document)  # type: ignore[return-value]


@require_safe
@member_required
def material_file(request: ViewerRequest, code: str) -> HttpResponse:
    """Hand out a material of an event to whoever may take it."""
    rows = Material.objects.select_related("document")
    found = fetch(Material, code, viewer=request.viewer, queryset=rows)
    return serve(found.document)  # type: ignore[return-value]


def _place(request: ViewerRequest, code: str) -> EventPlace:
    rows = EventPlace.objects.select_related("event__series")
    found = fetch(EventPlace, code, viewer=request.viewer, queryset=rows)
    request.place = PLACE
    return found
