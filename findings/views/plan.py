"""The pages of a CAR's plan: understand it, write it, upload it, report on it, answer it."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.models import Document
from documents.serve import serve
from documents.uploads import store_upload
from findings.actions.evidence import attach, gather
from findings.actions.plan import respond, share_plan, share_update
from findings.actions.understanding import understand
from findings.forms.plan import (
    PlanForm,
    ProgressFormSet,
    RespondForm,
    UnderstandForm,
    UpdateForm,
    UploadForm,
)
from findings.models import ActionPlan, Finding, PlanUpdate
from findings.permissions import can_respond, can_share_plan, can_understand, can_update_plan
from findings.queries.plan import customers_who_see, story_of, understanding_of
from ledger.reads import log_read
from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.pieces import Crumb, Step


def car_steps(finding: Finding, now: str, *, is_understood: bool) -> list[Step]:
    """Return the three steps of the CAR process, with where the site stands."""
    order = ["understand", "plan", "moving"]
    done = {"understand": is_understood, "plan": finding.has_plan, "moving": False}
    labels = {"understand": _("Understand it"), "plan": _("Write the plan"), "moving": _("Keep it moving")}
    return [Step(labels[name], "now" if name == now else "done" if done[name] else "later") for name in order]


def car_crumbs(finding: Finding, here: str) -> list[Crumb]:
    """Return the way back from a page below a CAR."""
    from django.urls import reverse

    return [
        Crumb(_("Working together"), reverse("findings:working_together")),
        Crumb(finding.title, reverse("findings:finding", args=[finding.code])),
        Crumb(here),
    ]


def car_of(request: ViewerRequest, code: str) -> Finding:
    rows = Finding.objects.select_related("audit", "requirement")
    finding = fetch(Finding, code, viewer=request.viewer, queryset=rows)
    if not finding.is_car:
        raise NotVisible
    request.place = "findings:working_together"
    return finding


@member_required
def understand_it(request: ViewerRequest, code: str) -> HttpResponse:
    """Step 1: three questions, and what follows from the answers."""
    finding = car_of(request, code)
    can_understand(request.viewer, finding).require()
    answers = understanding_of(request.viewer, finding)
    form = UnderstandForm(request.POST or None, initial=UnderstandForm.initial_from(answers))
    if request.method == "POST" and form.is_valid():
        understand(viewer=request.viewer, finding=finding, at=timezone.now(), **form.cleaned_data)
        return redirect("findings:next_step", finding.code)
    context = {
        "finding": finding,
        "form": form,
        "steps": car_steps(finding, "understand", is_understood=answers is not None),
        "crumbs": car_crumbs(finding, _("Understand it")),
    }
    return render(request, "findings/understand.html", context, status=422 if form.is_bound else 200)


@member_required
def next_step(request: ViewerRequest, code: str) -> HttpResponse:
    """What the answers of step 1 mean: urgent first, known work next, then how to involve customers."""
    finding = car_of(request, code)
    can_understand(request.viewer, finding).require()
    answers = understanding_of(request.viewer, finding)
    if answers is None:
        return redirect("findings:understand", finding.code)
    context = {
        "finding": finding,
        "answers": answers,
        "customers": customers_who_see(finding.audit),
        "steps": car_steps(finding, "plan", is_understood=True),
        "crumbs": car_crumbs(finding, _("What to do next")),
    }
    return render(request, "findings/next_step.html", context)


@member_required
def upload(request: ViewerRequest, code: str) -> HttpResponse:
    """Step 2 by file: upload the plan with its key fields, and share it."""
    finding = car_of(request, code)
    can_share_plan(request.viewer, finding).require()
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            document = store_upload(
                by=request.viewer,
                file=form.cleaned_data["file"],
                kind=Document.Kind.PLAN,
                audit=finding.audit,
                at=timezone.now(),
            )
            share(request, finding, form, form.uploaded_content(), document)
        except Refusal as refusal:
            form.add_error("file", refusal.sentence)
        else:
            return redirect("findings:finding", finding.code)
    context = {
        "finding": finding,
        "form": form,
        "customers": customers_who_see(finding.audit),
        "steps": car_steps(finding, "plan", is_understood=True),
        "crumbs": car_crumbs(finding, _("Upload your plan")),
    }
    return render(request, "findings/plan_upload.html", context, status=422 if form.is_bound else 200)


@member_required
def report(request: ViewerRequest, code: str) -> HttpResponse:
    """Step 3: say what has changed, action by action."""
    finding = car_of(request, code)
    can_update_plan(request.viewer, finding).require()
    story = story_of(request.viewer, finding)
    if story is None:
        raise NotVisible
    said = story.latest.said.actions
    before = [
        {"progress": story.progress.get(place, PlanUpdate.Progress.NOT_STARTED)} for place in range(len(said))
    ]
    form = UpdateForm(request.POST or None, request.FILES or None, viewer=request.viewer, finding=finding)
    rows = ProgressFormSet(request.POST or None, prefix="actions", initial=before)
    if request.method == "POST" and all([form.is_valid(), rows.is_valid()]):
        try:
            _report(request, finding, form, rows.cleaned_data)
        except Refusal as refusal:
            if refusal.code == "actions-do-not-match":
                form.add_error(None, refusal.sentence)
            else:
                form.blame(refusal)
        else:
            messages.success(request, _("Thank you. Your customers can now see what has changed."))
            return redirect("findings:finding", finding.code)
    context = {
        "finding": finding,
        "story": story,
        "form": form,
        "rows": list(zip(said, rows.forms, strict=False)),
        "formset": rows,
        "customers": customers_who_see(finding.audit),
        "steps": car_steps(finding, "moving", is_understood=True),
        "crumbs": car_crumbs(finding, _("Report what has changed")),
    }
    return render(request, "findings/plan_update.html", context, status=422 if form.is_bound else 200)


@member_required
def answer(request: ViewerRequest, code: str) -> HttpResponse:
    """A customer reads the plan and answers it."""
    finding = car_of(request, code)
    plan = ActionPlan.objects.visible_to(request.viewer).filter(finding=finding).first()
    if plan is None:
        raise NotVisible
    plan.finding = finding
    can_respond(request.viewer, plan).require()
    form = RespondForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        respond(
            viewer=request.viewer,
            plan=plan,
            kind=said["kind"],
            message=said["message"],
            language=said["language"],
            proposed_times=said["proposed_times"],
            at=timezone.now(),
        )
        messages.success(request, _("Your answer is on its way to the supplier. No other customer sees it."))
        return redirect("findings:finding", finding.code)
    context = {
        "finding": finding,
        "story": story_of(request.viewer, finding),
        "form": form,
        "crumbs": car_crumbs(finding, _("Answer")),
    }
    return render(request, "findings/plan_respond.html", context, status=422 if form.is_bound else 200)


@member_required
def version_file(request: ViewerRequest, code: str, number: int) -> HttpResponse:
    """Hand out the file that the site uploaded as a version of its plan."""
    story = story_of(request.viewer, car_of(request, code))
    found = next((one for one in story.versions if one.number == number), None) if story else None
    if found is None or found.document is None:
        raise Http404
    return _hand_out(request, found.document)


@member_required
def update_file(request: ViewerRequest, code: str, number: int) -> HttpResponse:
    """Hand out the evidence that came with an update."""
    story = story_of(request.viewer, car_of(request, code))
    found = next((one for one in story.updates if one.number == number), None) if story else None
    if found is None or found.document is None:
        raise Http404
    return _hand_out(request, found.document)


def _hand_out(request: ViewerRequest, document: Document) -> HttpResponse:
    """Give a file, and leave a line in its owner's read log: having looked at the plan is not having its evidence."""
    log_read(by=request.viewer, subject=document, owner_id=document.organisation_id, at=timezone.now())
    return serve(document)  # type: ignore[return-value]


def share(
    request: ViewerRequest,
    finding: Finding,
    form: PlanForm,
    content: Any,
    document: Document | None = None,
    seen: str = "",
) -> None:
    """Share what a valid form says, and say so."""
    version = share_plan(
        viewer=request.viewer,
        finding=finding,
        content=content,
        completed_by=form.cleaned_data["completed_by"],
        rhythm=form.cleaned_data["rhythm"],
        named_dates=form.cleaned_data["named_dates"],
        language=form.cleaned_data["language"],
        document=document,
        seen=seen,
        at=timezone.now(),
    )
    messages.success(
        request,
        _("Your plan is shared. The status is now “in progress”.")
        if version.number == 1
        else _("Version %(number)s of your plan is shared.") % {"number": version.number},
    )


def _report(
    request: ViewerRequest, finding: Finding, form: UpdateForm, actions: list[dict[str, Any]]
) -> None:
    """Share the report with what shows it; nothing is kept when anything is refused."""
    viewer, now = request.viewer, timezone.now()
    with transaction.atomic():
        pieces = gather(viewer=viewer, finding=finding, at=now, **form.wanted_evidence())
        update = share_update(
            viewer=viewer,
            finding=finding,
            summary=form.cleaned_data["summary"],
            actions=actions,
            language=form.cleaned_data["language"],
            at=now,
        )
        attach(viewer=viewer, finding=finding, evidence=pieces, subject=update, at=now)
