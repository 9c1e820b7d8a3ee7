"""An assessment as its scheme body sees it: where it stands, who works on it, and what may be done next."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ledger.refusals import Refusal
from organisations.queries import fetch, history_of
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from schemes.actions.assessment import go_on as go_on_assessing
from schemes.actions.assessment import reschedule as move_date
from schemes.actions.assessment import start_assessing, take_up, today
from schemes.actions.clarification import ask_clarification
from schemes.definitions.edition import EditionData
from schemes.definitions.ladder import Result
from schemes.forms.declaration import AskForm, RescheduleForm
from schemes.lifecycle import AssessmentState
from schemes.models import Assessment, Assignment, Decision
from schemes.permissions.assessment import (
    can_ask,
    can_assign,
    can_decide,
    can_declare,
    can_go_on,
    can_propose,
    can_reschedule,
    can_score,
    can_start,
    can_take_up,
)
from schemes.permissions.sides import for_the_body
from schemes.permissions.work import can_look_inside
from schemes.queries.assessment import newest_proposal
from schemes.queries.beside import questions_on
from schemes.queries.candidates import declarations_in
from schemes.queries.criteria import Judged, explained, judged_in
from schemes.queries.score import result_of
from web.pieces import Crumb, Fact, Step

S = AssessmentState
STAGES = ((S.ANSWERING,), (S.SUBMITTED, S.IN_ASSESSMENT, S.CLARIFICATION), (S.PROPOSED,), (S.DECIDED,))


def body_page(request: ViewerRequest, assessment: Assessment) -> HttpResponse:
    """Show an assessment to the scheme body; answers and scores once the reader has declared their interests."""
    viewer, now = request.viewer, timezone.now()
    inside = can_look_inside(viewer, assessment)
    rows = judged_in(viewer, assessment) if inside else []
    people = Assignment.objects.visible_to(viewer).in_force().filter(assessment=assessment)
    proposal = newest_proposal(assessment)
    context: dict[str, Any] = {
        "assessment": assessment,
        "membership": assessment.membership,
        "inside": inside,
        "rows": rows,
        "is_late": is_late(assessment, today(now)),
        "steps": _steps(assessment),
        "people": list(people.select_related("person")),
        "declarations": {one.person_id: one for one in declarations_in(viewer, assessment)},
        "questions": questions_on(viewer, assessment),
        "proposal": proposal if inside else None,
        "proposed": explained_json(assessment.edition.content, proposal.result) if proposal else None,
        "decisions": _decisions(request, assessment),
        "facts": _facts(assessment),
        "history": history_of(assessment, viewer),
        "crumbs": [*body_crumbs(assessment)[:1], Crumb(assessment.subject_label)],
        "may": _may(request, assessment, now),
        **(bar_of(assessment, rows) if inside else {}),
    }
    request.place = "schemes:assessments"
    return render(request, "schemes/assessment_body.html", context)


def of_the_body(request: ViewerRequest, code: str) -> Assessment:
    """Return an assessment of a member to its scheme body; to the member a refusal, to others nothing.

    Raises:
        NotVisible; Forbidden `not-your-scheme`.
    """
    rows = Assessment.objects.filter(membership__isnull=False).select_related(
        "edition__scheme", "membership", "previous__edition"
    )
    assessment = fetch(Assessment, code, viewer=request.viewer, queryset=rows)
    if request.viewer.organisation_id != assessment.body_id:
        for_the_body(request.viewer, assessment).require()
    request.place = "schemes:assessments"
    return assessment


def closed_to(request: ViewerRequest, assessment: Assessment) -> HttpResponse | None:
    """Lead whoever has not declared their interests there first; None when they may look inside.

    Raises:
        Forbidden: an interest stands in the way.
    """
    decision = can_look_inside(request.viewer, assessment)
    if decision.code == "not-declared":
        query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
        address = reverse("schemes:declare", args=[assessment.code])
        return redirect(f"{address}?{query}" if query else address)
    decision.require()
    return None


def bar_of(assessment: Assessment, rows: list[Judged]) -> dict[str, Any]:
    """Return how far the scores have come, and which level they give as they stand."""
    edition = assessment.edition.content
    result = result_of(assessment, on=today(timezone.now()))
    return {
        "rows": rows,
        "scored": sum(one.state == "scored" for one in rows),
        "explained": explained(edition, result) if result else None,
    }


def explained_json(edition: EditionData, frozen: dict[str, Any]) -> Any:
    """Return a result as it was frozen, in sentences; None where there is no ladder."""
    return explained(edition, Result.from_json(frozen)) if frozen else None


def body_crumbs(assessment: Assessment) -> list[Crumb]:
    """Return the way back to the work list and to the assessment."""
    return [
        Crumb(_("Assessments"), reverse("schemes:assessments")),
        Crumb(assessment.subject_label, reverse("schemes:assessment", args=[assessment.code])),
    ]


def is_late(assessment: Assessment, on: dt.date) -> bool:
    """Tell whether an open assessment is past its date."""
    return not assessment.is_closed and assessment.due_on is not None and assessment.due_on < on


@require_POST
@member_required
def start(request: ViewerRequest, code: str) -> HttpResponse:
    """Begin to assess, and open the first criterion."""
    assessment = of_the_body(request, code)
    if answer := closed_to(request, assessment):
        return answer
    start_assessing(viewer=request.viewer, assessment=assessment, at=timezone.now())
    return redirect("schemes:score_next", assessment.code)


@require_POST
@member_required
def go_on(request: ViewerRequest, code: str) -> HttpResponse:
    """Go on without the answers that are missing."""
    assessment = of_the_body(request, code)
    go_on_assessing(viewer=request.viewer, assessment=assessment, at=timezone.now())
    messages.success(request, _("It waits no longer for the member. The questions stay as they are."))
    return redirect("schemes:assessment", assessment.code)


@require_POST
@member_required
def take(request: ViewerRequest, code: str) -> HttpResponse:
    """Take up what is overdue, as it stands."""
    assessment = of_the_body(request, code)
    take_up(viewer=request.viewer, assessment=assessment, at=timezone.now())
    messages.success(request, _("What the member has said so far counts as sent."))
    return redirect("schemes:assessment", assessment.code)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def reschedule(request: ViewerRequest, code: str) -> HttpResponse:
    """Give the member another date."""
    assessment = of_the_body(request, code)
    can_reschedule(request.viewer, assessment).require()
    form = RescheduleForm(request.POST or None, initial={"due_on": assessment.due_on})
    if request.method == "POST" and form.is_valid():
        try:
            move_date(viewer=request.viewer, assessment=assessment, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("The member has another date, and is told."))
            return redirect("schemes:assessment", assessment.code)
    return form_page(request, assessment, form, "schemes/assessment_reschedule.html", _("Another date"))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def ask(request: ViewerRequest, code: str) -> HttpResponse:
    """Ask the member something, about one criterion or the whole."""
    assessment = of_the_body(request, code)
    if answer := closed_to(request, assessment):
        return answer
    can_ask(request.viewer, assessment).require()
    edition, key = assessment.edition.content, request.GET.get("criterion", "")
    form = AskForm(request.POST or None, edition=edition, initial={"criterion": key})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        rows = {one.key: one.row for one in judged_in(request.viewer, assessment)}
        try:
            ask_clarification(
                viewer=request.viewer,
                assessment=assessment,
                question=said["question"],
                criterion=rows.get(said["criterion"]),
                language=said["language"],
                at=timezone.now(),
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Asked. The member is told, and you can go on scoring."))
            if said["criterion"]:
                return redirect("schemes:score", assessment.code, said["criterion"])
            return redirect("schemes:assessment", assessment.code)
    return form_page(request, assessment, form, "schemes/assessment_ask.html", _("Ask the member"))


def form_page(
    request: ViewerRequest, assessment: Assessment, form: Any, template: str, here: str, **more: Any
) -> HttpResponse:
    """Draw a form about an assessment; 422 when it came back with faults."""
    context = {
        "assessment": assessment,
        "form": form,
        "crumbs": [*body_crumbs(assessment), Crumb(here)],
        **more,
    }
    return render(request, template, context, status=422 if form.is_bound else 200)


def blame(form: Any, refusal: Refusal) -> None:
    """Put a refusal beside its field, or above the form; what is not allowed at all goes up."""
    if refusal.status in {403, 404}:
        raise refusal
    name = next((name for name in refusal.fields if name in form.fields), None)
    form.add_error(name, refusal.sentence)


def _may(request: ViewerRequest, assessment: Assessment, now: dt.datetime) -> dict[str, Any]:
    viewer = request.viewer
    return {
        "declare": can_declare(viewer, assessment),
        "assign": can_assign(viewer, assessment),
        "start": can_start(viewer, assessment),
        "score": can_score(viewer, assessment),
        "ask": can_ask(viewer, assessment),
        "go_on": can_go_on(viewer, assessment),
        "propose": can_propose(viewer, assessment),
        "decide": can_decide(viewer, assessment),
        "take_up": can_take_up(viewer, assessment, on=today(now)),
        "reschedule": can_reschedule(viewer, assessment),
    }


def _decisions(request: ViewerRequest, assessment: Assessment) -> list[Decision]:
    rows = Decision.objects.visible_to(request.viewer).filter(assessment=assessment)
    return list(rows.select_related("decided_by").prefetch_related("items__criterion", "appeal"))


def _steps(assessment: Assessment) -> list[Step]:
    labels = (_("Answers"), _("Assessment"), _("Proposal"), _("Decision"))
    place = next((n for n, states in enumerate(STAGES) if assessment.state in states), len(STAGES))
    if assessment.state == S.DECIDED:
        place = len(STAGES)
    states = ["done" if n < place else "now" if n == place else "later" for n in range(len(STAGES))]
    return [Step(label, state) for label, state in zip(labels, states, strict=True)]  # type: ignore[arg-type]


def _facts(assessment: Assessment) -> list[Fact]:
    member = assessment.membership
    said = [
        (
            _("Scheme"),
            assessment.edition.title,
            reverse("schemes:scheme", args=[assessment.edition.scheme.key]),
        ),
        (_("Kind"), str(assessment.get_kind_display()), ""),
    ]
    if member is not None:
        way = reverse("schemes:membership", args=[member.code])
        said.append((_("Membership"), str(member.get_state_display()), way))
        said.append((_("Level now"), member.level_title or _("none yet"), ""))
    if assessment.previous is not None:
        way = reverse("schemes:assessment", args=[assessment.previous.code])
        said.append((_("The one before"), str(assessment.previous.get_kind_display()), way))
    return [Fact(*one) for one in said]
