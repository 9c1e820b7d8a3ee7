"""A customer asks for another rhythm of reports, and the site answers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from findings.actions.rhythm import answer_rhythm, ask_for_rhythm
from findings.forms.rhythm import AnswerRhythmForm, AskRhythmForm
from findings.models import ActionPlan, RhythmRequest
from findings.permissions.plan import can_answer_rhythm, can_ask_for_rhythm
from findings.views.plan import car_crumbs, car_of
from ledger.refusals import NotVisible, Refusal
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest


@member_required
def ask(request: ViewerRequest, code: str) -> HttpResponse:
    """Ask the site to report more often, less often, or on other dates."""
    finding = car_of(request, code)
    plan = ActionPlan.objects.visible_to(request.viewer).filter(finding=finding).first()
    if plan is None:
        raise NotVisible
    plan.finding = finding
    can_ask_for_rhythm(request.viewer, plan).require()
    form = AskRhythmForm(request.POST or None, initial={"rhythm": plan.rhythm})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            ask_for_rhythm(
                viewer=request.viewer,
                plan=plan,
                rhythm=said["rhythm"],
                named_dates=said["named_dates"],
                reason=said["reason"],
                language=said["language"],
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("date_1" if refusal.fields else "rhythm", refusal.sentence)
        else:
            messages.success(request, _("The supplier is asked. You will be told what it answers."))
            return redirect("findings:finding", finding.code)
    context = {
        "finding": finding,
        "plan": plan,
        "form": form,
        "crumbs": car_crumbs(finding, _("Another rhythm")),
    }
    return render(request, "findings/rhythm_ask.html", context, status=422 if form.is_bound else 200)


@member_required
def answer(request: ViewerRequest, code: str, request_code: str) -> HttpResponse:
    """Say yes or no to a customer's wish."""
    finding = car_of(request, code)
    asked = (
        RhythmRequest.objects.visible_to(request.viewer)
        .filter(code=request_code.upper(), plan__finding=finding)
        .select_related("plan", "organisation")
        .first()
    )
    if asked is None:
        raise NotVisible
    asked.plan.finding = finding
    can_answer_rhythm(request.viewer, asked).require()
    form = AnswerRhythmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_rhythm(viewer=request.viewer, request=asked, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("reason" if "reason" in refusal.fields else None, refusal.sentence)
        else:
            messages.success(request, _("Your customer is told."))
            return redirect("findings:finding", finding.code)
    context = {
        "finding": finding,
        "asked": asked,
        "form": form,
        "crumbs": car_crumbs(finding, _("Another rhythm")),
    }
    return render(request, "findings/rhythm_answer.html", context, status=422 if form.is_bound else 200)
