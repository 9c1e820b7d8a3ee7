"""What the assessor asks, and the member's answers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from schemes.actions.clarification import answer_clarification
from schemes.forms.clarification import ClarificationAnswerForm
from schemes.models import Assessment, Clarification
from schemes.permissions.assessment import can_answer_question
from schemes.permissions.evidence import can_show_evidence
from schemes.queries.questions import questions_of
from schemes.views.member_pieces import assessment_called, is_member, readers_of, refuse, trail
from web.pieces import Crumb


@member_required
def clarifications(request: ViewerRequest, code: str) -> HttpResponse:
    """Show the questions of an assessment with their answers; those that wait come first."""
    found = assessment_called(request, code)
    context = {
        "assessment": found,
        "membership": found.membership,
        "edition": found.edition,
        "is_member": is_member(request, found),
        "questions": questions_of(request.viewer, found),
        "may_answer": bool(can_answer_question(request.viewer, found)),
        "crumbs": trail(request, found, _("Questions")),
    }
    return render(request, "schemes/clarifications.html", context)


@member_required
def answer(request: ViewerRequest, code: str, question: str) -> HttpResponse:
    """Answer one question, once."""
    found = assessment_called(request, code)
    asked = _asked(request, found, question)
    can_answer_question(request.viewer, found).require()
    form = ClarificationAnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            answer_clarification(viewer=request.viewer, clarification=asked, at=timezone.now(), **said)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Sent to the assessor."))
            return redirect("schemes:clarifications", found.code)
    context = {
        "assessment": found,
        "edition": found.edition,
        "asked": asked,
        "form": form,
        "may_show": bool(can_show_evidence(request.viewer, found)),
        "readers": readers_of(found),
        "crumbs": trail(
            request,
            found,
            Crumb(_("Questions"), _list_of(found)),
            _("Answer"),
        ),
    }
    return render(request, "schemes/clarification_answer.html", context, status=422 if form.is_bound else 200)


def _asked(request: ViewerRequest, found: Assessment, code: str) -> Clarification:
    rows = Clarification.objects.select_related("criterion", "assessment")
    asked = fetch(Clarification, code, viewer=request.viewer, queryset=rows)
    if asked.assessment_id != found.pk:
        raise NotVisible
    return asked


def _list_of(found: Assessment) -> str:
    return reverse("schemes:clarifications", args=[found.code])
