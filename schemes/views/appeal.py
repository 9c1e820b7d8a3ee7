"""Contesting a decision, with reasons; and reading what came of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ledger.refusals import NotVisible, Refusal
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from schemes.actions.appeal import appeal as contest
from schemes.actions.appeal import withdraw_appeal
from schemes.forms.appeal import AppealForm
from schemes.models import Appeal, Assessment, Decision
from schemes.permissions.appeal import can_appeal, can_withdraw_appeal
from schemes.views.member_pieces import assessment_called, is_member, refuse, trail
from web.pieces import Crumb


@member_required
def appeal(request: ViewerRequest, code: str) -> HttpResponse:
    """Contest a decision; once contested, show the reasons and the answer."""
    found = assessment_called(request, code)
    decision = _decision(request, found)
    made = _appeal(request, decision)
    crumbs = trail(
        request,
        found,
        Crumb(_("Decision"), reverse("schemes:decision", args=[found.code])),
        _("Appeal"),
    )
    context: dict[str, Any] = {
        "assessment": found,
        "membership": found.membership,
        "decision": decision,
        "is_member": is_member(request, found),
        "crumbs": crumbs,
    }
    if made is not None and request.method != "POST":
        context |= {"appeal": made, "may_withdraw": bool(can_withdraw_appeal(request.viewer, made))}
        return render(request, "schemes/appeal.html", context)
    can_appeal(request.viewer, decision).require()
    form = AppealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            contest(viewer=request.viewer, decision=decision, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Your appeal is sent. Somebody who had no part in it will answer."))
            return redirect("schemes:appeal", found.code)
    context["form"] = form
    return render(request, "schemes/appeal_new.html", context, status=422 if form.is_bound else 200)


@member_required
@require_POST
def withdraw(request: ViewerRequest, code: str) -> HttpResponse:
    """Take an appeal back that nobody has answered."""
    found = assessment_called(request, code)
    made = _appeal(request, _decision(request, found))
    if made is None:
        raise NotVisible
    withdraw_appeal(viewer=request.viewer, appeal=made, at=timezone.now())
    messages.success(request, _("Your appeal is taken back. The decision stands."))
    return redirect("schemes:decision", found.code)


def _decision(request: ViewerRequest, found: Assessment) -> Decision:
    rows = Decision.objects.visible_to(request.viewer).filter(assessment=found, takes_back=None)
    decision = rows.select_related("membership").order_by("pk").first()
    if decision is None:
        raise NotVisible
    return decision


def _appeal(request: ViewerRequest, decision: Decision) -> Appeal | None:
    return Appeal.objects.visible_to(request.viewer).filter(decision=decision).first()
