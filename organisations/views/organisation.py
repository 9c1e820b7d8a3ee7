"""Founding, looking at, correcting and changing between organisations."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ledger.refusals import NotVisible, Refusal
from organisations.actions.organisation import edit_organisation, found_organisation
from organisations.forms.organisation import FactsForm, FoundForm
from organisations.models import CAPABILITY_LABELS, Membership
from organisations.permissions import can_administer
from organisations.queries import country_name
from organisations.queries.activity import activity_of, reads_of, told
from organisations.queries.members import members_of
from organisations.views.access import member_required, person_required
from organisations.views.middleware import SESSION_KEY, PersonRequest, ViewerRequest
from organisations.visibility import Capability
from web.pieces import Crumb, Fact

RECENT = 5


@person_required
def new(request: PersonRequest) -> HttpResponse:
    """Found an organisation; also where someone lands who belongs to none yet."""
    form = FoundForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            founder = found_organisation(person=request.user, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return enter(request, founder, _("Your organisation is here. Invite your colleagues next."))
    return render(request, "organisations/new.html", {"form": form}, status=422 if form.is_bound else 200)


@member_required
def detail(request: ViewerRequest) -> HttpResponse:
    """Show what the organisation is, the code for trade partners, and what happened last."""
    viewer, organisation = request.viewer, request.membership.organisation
    facts = [
        Fact(_("Name"), organisation.name),
        Fact(_("Country"), country_name(organisation.country) or _("not known")),
        Fact(_("What it is"), ", ".join(_labels(organisation.capabilities))),
        Fact(_("Your role"), request.membership.get_role_display()),
    ]
    context = {
        "facts": facts,
        "member_count": members_of(viewer).count(),
        "happenings": told(activity_of(viewer)[:RECENT], viewer),
        "reads": list(reads_of(viewer)[:RECENT]),
        "may_administer": can_administer(viewer),
    }
    return render(request, "organisations/detail.html", context)


@member_required
def edit(request: ViewerRequest) -> HttpResponse:
    """Correct name and country."""
    organisation = request.membership.organisation
    can_administer(request.viewer).require()
    initial = {"name": organisation.name, "country": organisation.country}
    form = FactsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        edit_organisation(
            viewer=request.viewer, organisation=organisation, at=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("Saved."))
        return redirect("organisations:detail")
    context = {"form": form, "crumbs": [*crumbs(), Crumb(_("Name and country"))]}
    return render(request, "organisations/edit.html", context, status=422 if form.is_bound else 200)


@require_POST
@person_required
def switch(request: PersonRequest) -> HttpResponse:
    """Go on as a member of another of one's own organisations."""
    code = request.POST.get("organisation", "").upper()
    chosen = next((one for one in request.memberships if one.organisation.code == code), None)
    if chosen is None:
        raise NotVisible
    request.session[SESSION_KEY] = chosen.organisation_id
    return redirect(safe_next(request, request.POST.get("next", "")))


def enter(request: HttpRequest, membership: Membership, sentence: str) -> HttpResponse:
    """Go on as a member of the organisation just founded or joined."""
    request.session[SESSION_KEY] = membership.organisation_id
    messages.success(request, sentence)
    return redirect("organisations:detail")


def safe_next(request: HttpRequest, wanted: str) -> str:
    """Return `wanted` if it stays on this site, the home page otherwise."""
    stays = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if stays else "/"


def crumbs() -> list[Crumb]:
    """Return the way back to the organisation's page."""
    return [Crumb(_("Organisation"), reverse("organisations:detail"))]


def _labels(capabilities: list[str]) -> list[str]:
    return [str(CAPABILITY_LABELS[Capability(name)]) for name in capabilities]
