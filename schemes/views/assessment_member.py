"""An assessment as the member sees it: how far it is, what is missing, and what was decided line by line."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.refusals import NotVisible, Refusal
from organisations.queries.activity import history_of
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from schemes.actions.assessment import submit as send
from schemes.lifecycle import AssessmentState
from schemes.models import Appeal, Assessment, Decision
from schemes.permissions.appeal import can_appeal
from schemes.permissions.assessment import can_answer, can_answer_question, can_submit
from schemes.permissions.evidence import can_show_evidence
from schemes.queries.explained import explained
from schemes.queries.progress import progress_of
from schemes.queries.questions import questions_of
from schemes.views.assessment import body_page
from schemes.views.member_pieces import (
    assessment_called,
    is_member,
    progress_note,
    readers_of,
    steps_of,
    trail,
)


@member_required
def assessment(request: ViewerRequest, code: str) -> HttpResponse:
    """Show how far an assessment is: every criterion with its state, and the way to the next."""
    found = assessment_called(request, code)
    if request.viewer.organisation_id == found.body_id:
        return body_page(request, found)
    return member_page(request, found)


def member_page(request: ViewerRequest, found: Assessment) -> HttpResponse:
    """Show an assessment as the member sees it."""
    viewer = request.viewer
    progress = progress_of(viewer, found)
    questions = questions_of(viewer, found)
    context: dict[str, Any] = {
        "assessment": found,
        "membership": found.membership,
        "edition": found.edition,
        "is_member": is_member(request, found),
        "progress": progress,
        "progress_note": progress_note(progress),
        "chapters": progress.chapters(),
        "steps": steps_of(found, is_asked=any(one.answered_at is None for one in questions)),
        "questions": questions,
        "may_answer": bool(can_answer(viewer, found)),
        "may_show": bool(can_show_evidence(viewer, found)),
        "may_answer_question": bool(can_answer_question(viewer, found)),
        "readers": readers_of(found),
        "happenings": history_of(found, viewer),
        "crumbs": trail(request, found),
    }
    return render(request, "schemes/assessment.html", context)


@member_required
def submit(request: ViewerRequest, code: str) -> HttpResponse:
    """Say what is missing, criterion by criterion; then send."""
    found, viewer = assessment_called(request, code), request.viewer
    can_submit(viewer, found).require()
    context: dict[str, Any] = {}
    if request.method == "POST":
        try:
            send(viewer=viewer, assessment=found, at=timezone.now())
        except Refusal as refusal:
            if refusal.status in {403, 404}:
                raise
            context["refusal"] = refusal.sentence
        else:
            messages.success(request, _("Sent. You will hear from the scheme here and by mail."))
            return redirect("schemes:assessment", found.code)
    progress = progress_of(viewer, found)
    context |= {
        "assessment": found,
        "membership": found.membership,
        "edition": found.edition,
        "progress": progress,
        "progress_note": progress_note(progress),
        "readers": readers_of(found),
        "crumbs": trail(request, found, _("Check and send")),
    }
    return render(request, "schemes/submit.html", context, status=422 if "refusal" in context else 200)


@member_required
def decision(request: ViewerRequest, code: str) -> HttpResponse:
    """Show what was decided, why, what holds, what is missing for the next level, and the shortest way there."""
    found, viewer = assessment_called(request, code), request.viewer
    decisions = list(_decisions(request, found))
    if not decisions or found.state != AssessmentState.DECIDED:
        raise NotVisible
    own = next((one for one in decisions if one.takes_back_id is None), decisions[0])
    appeal = Appeal.objects.visible_to(viewer).filter(decision=own).first()
    mine = is_member(request, found)
    context: dict[str, Any] = {
        "assessment": found,
        "membership": found.membership,
        "edition": found.edition,
        "is_member": mine,
        "decision": own,
        "taken_back_by": next((one for one in decisions if one.takes_back_id == own.pk), None),
        "items": list(own.items.all()),
        "notice": getattr(own, "notice", None),
        "appeal": appeal,
        "may_appeal": bool(can_appeal(viewer, own)) if mine else False,
        "found": explained(viewer, found),
        "crumbs": trail(request, found, _("Decision")),
    }
    return render(request, "schemes/decision.html", context)


def _decisions(request: ViewerRequest, found: Assessment) -> Any:
    rows = Decision.objects.visible_to(request.viewer).filter(assessment=found)
    return rows.select_related("notice", "membership").prefetch_related("items__criterion").order_by("pk")
