"""Declaring interests before anything opens, and giving people their part in an assessment."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from ledger.refusals import NotVisible, Refusal
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from schemes.actions import people
from schemes.forms.assignment import AssignForm
from schemes.forms.declaration import CLEAN, DeclareForm
from schemes.models import Assessment, Assignment
from schemes.permissions.assessment import can_assign, can_declare
from schemes.queries.candidates import candidates_for, declarations_in
from schemes.views.assessment import blame, body_crumbs, form_page, of_the_body
from web.pieces import Crumb

Role = Assignment.Role
SAID = {
    Role.ASSESSOR.value: gettext_lazy("%(name)s assesses."),
    Role.SECOND_RATER.value: gettext_lazy("%(name)s assesses as the second."),
    Role.DECIDER.value: gettext_lazy("%(name)s decides."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def declare(request: ViewerRequest, code: str) -> HttpResponse:
    """Ask for the reader's own interests; a clean declaration opens what they came for."""
    assessment = of_the_body(request, code)
    can_declare(request.viewer, assessment).require()
    form = DeclareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            people.declare(viewer=request.viewer, assessment=assessment, at=timezone.now(), **form.said())
        except Refusal as refusal:
            blame(form, refusal)
        else:
            return _thank(request, assessment, is_clean=form.cleaned_data["interest"] == CLEAN)
    return form_page(
        request, assessment, form, "schemes/declare.html", _("Your interests"), next=_next(request)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def assign(request: ViewerRequest, code: str) -> HttpResponse:
    """Say who assesses and who decides; only independent people are offered, and why others are not."""
    viewer, assessment = request.viewer, of_the_body(request, code)
    can_assign(viewer, assessment).require()
    candidates = candidates_for(viewer, assessment)
    chosen = request.POST.get("role", "")
    forms = {
        role: AssignForm(request.POST if role == chosen else None, candidates=candidates, role=role)
        for role in (Role.ASSESSOR.value, Role.SECOND_RATER.value, Role.DECIDER.value)
    }
    form = forms.get(chosen)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            person = form.chosen()
            people.assign(viewer=viewer, assessment=assessment, person=person, role=chosen, at=timezone.now())
        except Refusal as refusal:
            if refusal.status in {403, 404}:
                raise
            form.add_error("person", refusal.sentence)
        else:
            messages.success(request, SAID[chosen] % {"name": person.name})
            return redirect("schemes:assign", assessment.code)
    rows = Assignment.objects.visible_to(viewer).in_force().filter(assessment=assessment)
    context: dict[str, Any] = {
        "assessment": assessment,
        "people": list(rows.select_related("person")),
        "declarations": {one.person_id: one for one in declarations_in(viewer, assessment)},
        "assessor_form": forms[Role.ASSESSOR],
        "second_form": forms[Role.SECOND_RATER],
        "decider_form": forms[Role.DECIDER],
        "not_offered": [one for one in candidates if not one.is_independent],
        "crumbs": [*body_crumbs(assessment), Crumb(_("Who works on it"))],
    }
    return render(request, "schemes/assign.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@member_required
def assign_end(request: ViewerRequest, code: str) -> HttpResponse:
    """Take somebody's part away; what they did stays."""
    assessment = of_the_body(request, code)
    can_assign(request.viewer, assessment).require()
    sent = request.POST.get("assignment", "")
    rows = Assignment.objects.visible_to(request.viewer).in_force().filter(assessment=assessment)
    found = rows.filter(pk=int(sent)).first() if sent.isdecimal() and len(sent) < 18 else None
    if found is None:
        raise NotVisible
    people.end_assignment(viewer=request.viewer, assignment=found, at=timezone.now())
    messages.success(request, _("Their part has ended. What they did stays."))
    return redirect("schemes:assign", assessment.code)


def _next(request: ViewerRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours and wanted.startswith("/") else ""


def _thank(request: ViewerRequest, assessment: Assessment, *, is_clean: bool) -> HttpResponse:
    if not is_clean:
        messages.warning(
            request, _("Thank you for saying so. Somebody else does this; your admins are asked to choose.")
        )
        return redirect("schemes:assessments")
    messages.success(request, _("Thank you. It is open to you now."))
    return redirect(_next(request) or reverse("schemes:assessment", args=[assessment.code]))
