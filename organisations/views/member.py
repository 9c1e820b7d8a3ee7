"""The people of the organisation."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.refusals import Refusal
from organisations.actions.membership import change_role, end_membership
from organisations.forms.member import RoleForm
from organisations.models import Membership
from organisations.permissions import can_administer, can_change_role, can_end_membership
from organisations.queries import fetch, history_of
from organisations.queries.members import invitations_of, members_of
from organisations.views.access import member_required, step_up
from organisations.views.middleware import ViewerRequest
from organisations.views.organisation import crumbs
from organisations.visibility import Role
from web.htmx import is_partial
from web.paging import chosen_order, keyset_page
from web.pieces import Crumb


@member_required
def members(request: ViewerRequest) -> HttpResponse:
    """List colleagues and, for admins, the invitations that wait."""
    offered = {"name": ("person__name", "person__email"), "role": ("role",), "joined": ("joined_at",)}
    order = (*chosen_order(request, offered, default="name"), "id")
    page = keyset_page(members_of(request.viewer), request=request, order=order)
    may_administer = can_administer(request.viewer)
    context = {
        "page": page,
        "may_administer": may_administer,
        "invitations": list(invitations_of(request.viewer)[:100]) if may_administer else [],
        "crumbs": [*crumbs(), Crumb(_("Members"))],
    }
    template = "organisations/_members.html" if is_partial(request) else "organisations/members.html"
    return render(request, template, context)


@member_required
def member(request: ViewerRequest, code: str) -> HttpResponse:
    """Show one colleague: role, limits, and what happened to their membership."""
    found = _member(request, code)
    role = Role(found.role)
    context = {
        "member": found,
        "is_self": found.person_id == request.viewer.person_id,
        "may_change_role": found.is_active and can_change_role(request.viewer, current=role, wanted=role),
        "may_end": found.is_active and can_end_membership(request.viewer, found),
        "happenings": history_of(found, request.viewer),
        "crumbs": [*crumbs(), Crumb(_("Members"), reverse("organisations:members")), Crumb(str(found))],
    }
    return render(request, "organisations/member.html", context)


@step_up
@member_required
def role(request: ViewerRequest, code: str) -> HttpResponse:
    """Give a colleague another role."""
    found = _member(request, code)
    can_administer(request.viewer).require()
    form = RoleForm(request.POST if request.method == "POST" else None, initial={"role": found.role})
    if request.method == "POST" and form.is_valid():
        try:
            change_role(viewer=request.viewer, membership=found, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The role has changed. It counts from now on."))
            return redirect("organisations:member", found.code)
    context = {"form": form, "member": found, "crumbs": _crumbs_to(found, _("Role"))}
    return render(request, "organisations/role.html", context, status=422 if form.is_bound else 200)


@member_required
def end(request: ViewerRequest, code: str) -> HttpResponse:
    """Ask, and then end a membership; leaving is ending one's own."""
    found = _member(request, code)
    can_end_membership(request.viewer, found).require()
    is_self = found.person_id == request.viewer.person_id
    problem = ""
    if request.method == "POST":
        try:
            end_membership(viewer=request.viewer, membership=found, at=timezone.now())
        except Refusal as refusal:
            problem = refusal.sentence
        else:
            messages.success(
                request, _("You have left.") if is_self else _("They no longer see anything of yours.")
            )
            return redirect("home" if is_self else "organisations:members")
    context = {
        "member": found,
        "is_self": is_self,
        "problem": problem,
        "crumbs": _crumbs_to(found, _("End membership")),
    }
    return render(request, "organisations/end.html", context, status=409 if problem else 200)


def _member(request: ViewerRequest, code: str) -> Membership:
    return fetch(
        Membership, code, viewer=request.viewer, queryset=Membership.objects.select_related("person")
    )


def _crumbs_to(member: Membership, last: str) -> list[Crumb]:
    return [
        *crumbs(),
        Crumb(_("Members"), reverse("organisations:members")),
        Crumb(str(member), reverse("organisations:member", args=[member.code])),
        Crumb(last),
    ]
