"""The pages of standing positions: said once, read by each supplier it concerns."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from findings.actions.position import change_position, state_position, withdraw_position
from findings.forms.together import PositionForm, StanceForm
from findings.models import Position
from findings.permissions.together import can_change_position, can_state_positions
from findings.queries.position import own_positions
from findings.views.together import Page, one_form
from organisations.models import Organisation
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.paging import keyset_page
from web.pieces import Crumb

NEWEST = ("-stated_at", "-id")


@member_required
def positions(request: ViewerRequest) -> HttpResponse:
    """List what the viewer's organisation has stated, the newest first."""
    page = keyset_page(own_positions(request.viewer), request=request, order=NEWEST)
    today = timezone.localdate()
    rows = [(one, one.latest, one.look_on(today)) for one in page.rows]
    context = {"page": page, "rows": rows, "may_state": can_state_positions(request.viewer)}
    return render(request, "findings/positions.html", context)


@member_required
def new(request: ViewerRequest) -> HttpResponse:
    """State a position."""
    can_state_positions(request.viewer).require()
    form = PositionForm(request.POST or None)

    def do() -> None:
        state_position(
            viewer=request.viewer,
            requirement=form.cleaned_data["requirement"],
            in_all_versions=form.cleaned_data["in_all_versions"],
            stance=form.stance(),
            at=timezone.now(),
        )

    page = Page(
        heading=_("Say once what you think, for all your suppliers"),
        button=_("State this position"),
        back=reverse("findings:positions"),
        crumbs=[Crumb(_("Standing positions"), reverse("findings:positions")), Crumb(_("New"))],
        done=_("Stated. Suppliers who have this to work on are told."),
        lead=_("Each supplier who has this to work on reads it before it writes its plan."),
        aside=_private(),
    )
    return one_form(request, form, do, page)


@member_required
def detail(request: ViewerRequest, code: str) -> HttpResponse:
    """Show a position with its versions, to its buyer and to suppliers linked with it."""
    position = _position(request, code)
    is_own = position.organisation_id == request.viewer.organisation_id
    context = {
        "position": position,
        "said": position.latest,
        "look": position.look_on(timezone.localdate()),
        "earlier": list(position.versions.all())[:-1] if is_own else [],
        "is_own": is_own,
        "customer": Organisation.objects.get(pk=position.organisation_id).name,
        "may_change": can_change_position(request.viewer, position),
        "crumbs": [
            Crumb(_("Standing positions"), reverse("findings:positions")),
            Crumb(position.requirement.title),
        ],
    }
    return render(request, "findings/position.html", context)


@member_required
def edit(request: ViewerRequest, code: str) -> HttpResponse:
    """Say it anew, as a new version."""
    position = _position(request, code)
    can_change_position(request.viewer, position).require()
    form = StanceForm(request.POST or None, initial=StanceForm.initial_from(position))
    page = _page(position, _("Change this position"), _("Save as a new version"), _("Changed."))
    return one_form(
        request,
        form,
        lambda: change_position(
            viewer=request.viewer, position=position, stance=form.stance(), at=timezone.now()
        ),
        page,
    )


@member_required
def withdraw(request: ViewerRequest, code: str) -> HttpResponse:
    """Ask whether to withdraw it; by POST, do."""
    position = _position(request, code)
    can_change_position(request.viewer, position).require()
    form = forms.Form(request.POST if request.method == "POST" else None)
    page = _page(
        position,
        _("Withdraw this position?"),
        _("Withdraw it"),
        _("Withdrawn. No supplier’s page shows it any more."),
        _("Suppliers who have this to work on are told. You keep all versions."),
    )
    return one_form(
        request,
        form,
        lambda: withdraw_position(viewer=request.viewer, position=position, at=timezone.now()),
        page,
    )


def _position(request: ViewerRequest, code: str) -> Position:
    rows = Position.objects.select_related("requirement__version", "requirement__section")
    return fetch(Position, code, viewer=request.viewer, queryset=rows.prefetch_related("versions"))


def _page(position: Position, heading: str, button: str, done: str, lead: str = "") -> Page:
    url = reverse("findings:position", args=[position.code])
    crumbs = [
        Crumb(_("Standing positions"), reverse("findings:positions")),
        Crumb(position.requirement.title, url),
        Crumb(heading),
    ]
    return Page(
        heading=heading, button=button, back=url, crumbs=crumbs, done=done, lead=lead, aside=_private()
    )


def _private() -> str:
    return _("Only your suppliers read this. No auditor and no other customer does.")
