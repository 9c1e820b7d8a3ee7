"""Proposing a result, deciding about it as a second person, giving it back, and answering appeals."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from organisations.visibility import Capability
from schemes.actions.appeal import decide_appeal
from schemes.actions.assessment import propose as propose_result
from schemes.actions.assessment import send_back as give_back
from schemes.actions.assessment import today
from schemes.actions.decision import decide as decide_about
from schemes.forms.decision import (
    GIVES_LEVEL,
    AppealAnswerForm,
    DecideForm,
    ItemFormSet,
    ProposeForm,
    SendBackForm,
    items_of,
    outcome_label,
)
from schemes.forms.work_list import AppealFilters
from schemes.lifecycle import Outcome
from schemes.models import Appeal, Assessment, Proposal
from schemes.permissions.appeal import can_decide_appeal
from schemes.permissions.assessment import can_decide, can_propose, can_send_back
from schemes.permissions.sides import for_the_body
from schemes.queries.assessment import newest_proposal
from schemes.queries.criteria import Judged, judged_in, value_tone, value_word
from schemes.queries.offered import Offered, offered_for, shortfalls
from schemes.queries.score import as_json, result_of, unscored
from schemes.queries.work_list import appeals_to
from schemes.views.assessment import (
    bar_of,
    blame,
    body_crumbs,
    closed_to,
    explained_json,
    form_page,
    of_the_body,
)
from web.formsets import as_typed, wants_row, with_row
from web.htmx import is_partial
from web.paging import keyset_page
from web.pieces import Crumb


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def propose(request: ViewerRequest, code: str) -> HttpResponse:
    """Show what the rule gives, line by line, and lay it before whoever decides."""
    assessment = of_the_body(request, code)
    if answer := closed_to(request, assessment):
        return answer
    viewer, now = request.viewer, timezone.now()
    can_propose(viewer, assessment).require()
    is_interim = assessment.kind == Assessment.Kind.INTERIM
    form = ProposeForm(request.POST if request.method == "POST" else None, is_interim=is_interim)
    if request.method == "POST" and form.is_valid():
        try:
            propose_result(viewer=viewer, assessment=assessment, at=now, **form.said())
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Proposed. Somebody else decides now."))
            return redirect("schemes:assessment", assessment.code)
    rows = judged_in(viewer, assessment)
    bar = bar_of(assessment, rows)
    more = {
        "missing": [one for one in rows if one.row in set(unscored(assessment))],
        "compared": _compared(request, assessment, rows),
        "lines": shortfalls(assessment, _frozen(assessment), on=today(now)),
    }
    return form_page(request, assessment, form, "schemes/propose.html", _("Propose a result"), **bar, **more)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def decide(request: ViewerRequest, code: str) -> HttpResponse:
    """Show the proposal to a second person, offer what may follow from it, and take the decision with its reasons."""
    assessment = of_the_body(request, code)
    if answer := closed_to(request, assessment):
        return answer
    can_decide(request.viewer, assessment).require()
    proposal, membership = newest_proposal(assessment), assessment.membership
    if proposal is None or membership is None:
        raise NotVisible
    offered = offered_for(assessment, membership, proposal)
    form, items = _decide_forms(request, assessment, proposal, offered)
    if request.method == "POST" and "add_row" not in request.POST and form.is_valid() and items.is_valid():
        verdict = form.verdict(items_of(items, form.cleaned_data["language"]))
        try:
            decide_about(viewer=request.viewer, assessment=assessment, verdict=verdict, at=timezone.now())
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Decided. The member is told today."))
            return redirect("schemes:assessment", assessment.code)
    rows = judged_in(request.viewer, assessment)
    context: dict[str, Any] = {
        "assessment": assessment,
        "membership": membership,
        "proposal": proposal,
        "explained": explained_json(assessment.edition.content, proposal.result),
        "rows": rows,
        "compared": _compared(request, assessment, rows),
        "form": form,
        "has_notice": any(one.outcome == Outcome.NOTICE and not one.why_not for one in offered),
        "items": items,
        "not_offered": [(outcome_label(one.outcome), one.why_not) for one in offered if one.why_not],
        "may_send_back": can_send_back(request.viewer, assessment),
        "crumbs": [*body_crumbs(assessment), Crumb(_("Decide"))],
    }
    is_bad = form.is_bound and "add_row" not in request.POST
    return render(request, "schemes/decide.html", context, status=422 if is_bad else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def send_back(request: ViewerRequest, code: str) -> HttpResponse:
    """Give a proposal back to the assessors, with the reason."""
    assessment = of_the_body(request, code)
    if answer := closed_to(request, assessment):
        return answer
    can_send_back(request.viewer, assessment).require()
    form = SendBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            give_back(viewer=request.viewer, assessment=assessment, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("It is with the assessors again."))
            return redirect("schemes:assessment", assessment.code)
    return form_page(request, assessment, form, "schemes/send_back.html", _("Give back"))


@require_safe
@member_required
def appeals(request: ViewerRequest) -> HttpResponse:
    """List the appeals from decisions of the scheme body, the oldest that waits first."""
    viewer = request.viewer
    if not viewer.has(Capability.SCHEME_BODY):
        return redirect("schemes:memberships")
    form = AppealFilters(request.GET)
    rows = appeals_to(viewer, **form.wanted())
    page = keyset_page(rows, request=request, order=("appealed_at", "id"))
    context: dict[str, Any] = {"page": page, "form": form}
    request.place = "schemes:assessments"
    if is_partial(request):
        return render(request, "schemes/_appeals.html", context)
    context |= {
        "waiting": appeals_to(viewer, state="open").count(),
        "crumbs": [Crumb(_("Assessments"), reverse("schemes:assessments")), Crumb(_("Appeals"))],
    }
    return render(request, "schemes/appeals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def appeal_answer(request: ViewerRequest, code: str) -> HttpResponse:
    """Show an appeal beside the decision, and take the answer of somebody who had no part in it."""
    rows = Appeal.objects.select_related(
        "decision__decided_by", "assessment__edition__scheme", "assessment__membership", "membership"
    )
    found = fetch(Appeal, code, viewer=request.viewer, queryset=rows)
    if request.viewer.organisation_id != found.body_id:
        for_the_body(request.viewer, found).require()
    assessment, may = found.assessment, can_decide_appeal(request.viewer, found)
    request.place = "schemes:assessments"
    form = AppealAnswerForm(request.POST or None)
    if request.method == "POST":
        may.require()
        if form.is_valid():
            said = form.cleaned_data
            try:
                decide_appeal(
                    viewer=request.viewer,
                    appeal=found,
                    is_upheld=said["is_upheld"] == "yes",
                    words=said["words"],
                    language=said["language"],
                    at=timezone.now(),
                )
            except Refusal as refusal:
                blame(form, refusal)
            else:
                messages.success(request, _("Answered. The member is told today."))
                return redirect("schemes:appeal_answer", found.code)
    context = {
        "appeal": found,
        "assessment": assessment,
        "decision": found.decision,
        "may": may,
        "form": form,
        "crumbs": [
            Crumb(_("Assessments"), reverse("schemes:assessments")),
            Crumb(_("Appeals"), reverse("schemes:appeals")),
            Crumb(assessment.subject_label),
        ],
    }
    return render(request, "schemes/appeal_answer.html", context, status=422 if form.is_bound else 200)


def _decide_forms(
    request: ViewerRequest, assessment: Assessment, proposal: Proposal, offered: list[Offered]
) -> tuple[DecideForm, Any]:
    edition = assessment.edition.content
    titles = {one.key: one.title for one in edition.levels}
    keys = {key for one in offered if one.outcome in GIVES_LEVEL for key in one.levels}
    levels = [(one.key, titles[one.key]) for one in reversed(edition.levels) if one.key in keys]
    choices = [
        (
            one.outcome.value,
            format_html(
                '<strong>{}</strong> <span class="quiet small">{}</span>',
                outcome_label(one.outcome),
                one.follows,
            ),
        )
        for one in offered
        if not one.why_not
    ]
    about: dict[str, Any] = {"prefix": "items", "form_kwargs": {"edition": edition}}
    form = DecideForm(request.POST or None, offered=choices, levels=levels)
    if wants_row(request, "items"):
        return as_typed(form), with_row(ItemFormSet, request, **about)
    if request.method == "POST":
        return form, ItemFormSet(request.POST, **about)
    lines = shortfalls(assessment, proposal.result, on=today(timezone.now()))
    return form, ItemFormSet(initial=lines, **about)


def _frozen(assessment: Assessment) -> dict[str, Any]:
    """Return the result as it would be frozen now."""
    return as_json(result_of(assessment, on=today(timezone.now())))


def _compared(request: ViewerRequest, assessment: Assessment, rows: list[Judged]) -> list[dict[str, Any]]:
    """Return each criterion beside its score in the assessment before; none without one."""
    last = assessment.previous
    if last is None:
        return []
    edition, then = last.edition.content, {one.key: one for one in judged_in(request.viewer, last)}
    found = []
    for one in rows:
        old = then.get(one.key)
        score = old.score if old else None
        word = value_word(edition, score) if score else ""
        tone = value_tone(edition, score) if score else "calm"
        found.append({"row": one, "word": word, "tone": tone, "is_other": word != one.word})
    return found
