"""The pages of a CAR's plan: understand it, write it, upload it, report on it, answer it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from documents.models import Document
from documents.serve import serve
from documents.uploads import store_upload
from findings.actions.plan import respond, save_draft, share_plan, share_update
from findings.actions.understanding import understand
from findings.forms.plan import (
    ActionFormSet,
    CauseFormSet,
    PlanForm,
    ProgressFormSet,
    RespondForm,
    UnderstandForm,
    UpdateForm,
    UploadForm,
)
from findings.models import ActionPlan, Finding, PlanUpdate
from findings.permissions import can_respond, can_share_plan, can_understand, can_update_plan
from findings.queries.plan import customers_who_see, draft_of, story_of, understanding_of
from ledger.reads import log_read
from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.formsets import as_typed, wants_row, with_row
from web.pieces import Crumb, Step

NOT_TYPED = {"csrfmiddlewaretoken", "draft", "add_row"}


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


def _car(request: ViewerRequest, code: str) -> Finding:
    rows = Finding.objects.select_related("audit", "requirement")
    finding = fetch(Finding, code, viewer=request.viewer, queryset=rows)
    if not finding.is_car:
        raise NotVisible
    request.place = "findings:working_together"
    return finding


@member_required
def understand_it(request: ViewerRequest, code: str) -> HttpResponse:
    """Step 1: three questions, and what follows from the answers."""
    finding = _car(request, code)
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
    finding = _car(request, code)
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
def edit(request: ViewerRequest, code: str) -> HttpResponse:
    """Step 2 in the browser: write the plan, keep a draft, share it."""
    finding = _car(request, code)
    can_share_plan(request.viewer, finding).require()
    if request.method != "POST":
        return _plan_page(request, finding, *_forms_to_start(request, finding))
    if "add_row" in request.POST:
        return _plan_page(request, finding, *_forms_with_row(request))
    if "draft" in request.POST:
        save_draft(viewer=request.viewer, finding=finding, typed=_typed(request), at=timezone.now())
        messages.success(request, _("Your draft is saved. Nobody outside your organisation can see it."))
        return redirect("findings:plan_edit", finding.code)
    form, causes, actions = _bound(request.POST)
    if all([form.is_valid(), causes.is_valid(), actions.is_valid()]):
        try:
            _share(request, finding, form, form.content(causes, actions))
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return redirect("findings:finding", finding.code)
    return _plan_page(request, finding, form, causes, actions, status=422)


@member_required
@require_POST
def keep_draft(request: ViewerRequest, code: str) -> HttpResponse:
    """Keep what is typed while it is typed; answers 204."""
    finding = _car(request, code)
    save_draft(viewer=request.viewer, finding=finding, typed=_typed(request), at=timezone.now())
    return HttpResponse(status=204)


@member_required
def upload(request: ViewerRequest, code: str) -> HttpResponse:
    """Step 2 by file: upload the plan with its key fields, and share it."""
    finding = _car(request, code)
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
            _share(request, finding, form, form.uploaded_content(), document)
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
    finding = _car(request, code)
    can_update_plan(request.viewer, finding).require()
    story = story_of(request.viewer, finding)
    if story is None:
        raise NotVisible
    said = story.latest.said.actions
    before = [
        {"progress": story.progress.get(place, PlanUpdate.Progress.NOT_STARTED)} for place in range(len(said))
    ]
    form = UpdateForm(request.POST or None, request.FILES or None)
    rows = ProgressFormSet(request.POST or None, prefix="actions", initial=before)
    if request.method == "POST" and all([form.is_valid(), rows.is_valid()]):
        try:
            share_update(
                viewer=request.viewer,
                finding=finding,
                summary=form.cleaned_data["summary"],
                actions=rows.cleaned_data,
                document=_evidence(request, finding, form),
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("file" if refusal.code != "actions-do-not-match" else None, refusal.sentence)
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
    finding = _car(request, code)
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
    story = story_of(request.viewer, _car(request, code))
    found = next((one for one in story.versions if one.number == number), None) if story else None
    if found is None or found.document is None:
        raise Http404
    return _hand_out(request, found.document)


@member_required
def update_file(request: ViewerRequest, code: str, number: int) -> HttpResponse:
    """Hand out the evidence that came with an update."""
    story = story_of(request.viewer, _car(request, code))
    found = next((one for one in story.updates if one.number == number), None) if story else None
    if found is None or found.document is None:
        raise Http404
    return _hand_out(request, found.document)


def _hand_out(request: ViewerRequest, document: Document) -> HttpResponse:
    """Give a file, and leave a line in its owner's read log: having looked at the plan is not having its evidence."""
    log_read(by=request.viewer, subject=document, owner_id=document.organisation_id, at=timezone.now())
    return serve(document)  # type: ignore[return-value]


def _share(
    request: ViewerRequest, finding: Finding, form: PlanForm, content: Any, document: Document | None = None
) -> None:
    version = share_plan(
        viewer=request.viewer,
        finding=finding,
        content=content,
        completed_by=form.cleaned_data["completed_by"],
        rhythm=form.cleaned_data["rhythm"],
        document=document,
        at=timezone.now(),
    )
    messages.success(
        request,
        _("Your plan is shared. The status is now “in progress”.")
        if version.number == 1
        else _("Version %(number)s of your plan is shared.") % {"number": version.number},
    )


def _evidence(request: ViewerRequest, finding: Finding, form: UpdateForm) -> Document | None:
    file = form.cleaned_data.get("file")
    if not file:
        return None
    return store_upload(
        by=request.viewer, file=file, kind=Document.Kind.EVIDENCE, audit=finding.audit, at=timezone.now()
    )


def _typed(request: ViewerRequest) -> dict[str, list[str]]:
    return {name: values for name, values in request.POST.lists() if name not in NOT_TYPED}


def _bound(data: QueryDict) -> tuple[PlanForm, Any, Any]:
    return PlanForm(data), CauseFormSet(data, prefix="causes"), ActionFormSet(data, prefix="actions")


def _forms_with_row(request: ViewerRequest) -> tuple[PlanForm, Any, Any]:
    form, causes, actions = _bound(request.POST)
    if wants_row(request, "causes"):
        causes = with_row(CauseFormSet, request, prefix="causes")
    if wants_row(request, "actions"):
        actions = with_row(ActionFormSet, request, prefix="actions")
    return as_typed(form), _unjudged(causes), _unjudged(actions)


def _forms_to_start(request: ViewerRequest, finding: Finding) -> tuple[PlanForm, Any, Any]:
    """Start from the draft if there is one, from the version in force otherwise, from nothing at first."""
    draft = draft_of(request.viewer, finding)
    if draft is not None:
        data = QueryDict(mutable=True)
        for name, values in draft.content.get("typed", {}).items():
            data.setlist(name, values)
        form, causes, actions = _bound(data)
        return as_typed(form), _unjudged(causes), _unjudged(actions)
    story = story_of(request.viewer, finding)
    if story is None:
        return PlanForm(), CauseFormSet(prefix="causes"), ActionFormSet(prefix="actions")
    said = story.latest.said
    return (
        PlanForm(
            initial=PlanForm.initial_from(
                said, completed_by=story.latest.completed_by, rhythm=story.plan.rhythm
            )
        ),
        CauseFormSet(prefix="causes", initial=[{"why": one} for one in said.root_causes]),
        ActionFormSet(
            prefix="actions",
            initial=[
                {
                    "what": one.what,
                    "who": one.who,
                    "by_when": one.by_when,
                    "support": one.support,
                    "measure": one.measure,
                }
                for one in said.actions
            ],
        ),
    )


def _unjudged(formset: Any) -> Any:
    """Show a formset as typed, without errors: it was not handed in yet."""
    formset._errors, formset._non_form_errors = [], formset.error_class()
    for form in formset.forms:
        as_typed(form)
    return formset


def _plan_page(
    request: ViewerRequest, finding: Finding, form: Any, causes: Any, actions: Any, status: int = 200
) -> HttpResponse:
    draft = draft_of(request.viewer, finding)
    context = {
        "finding": finding,
        "form": form,
        "causes": causes,
        "actions": actions,
        "draft": draft,
        "customers": customers_who_see(finding.audit),
        "steps": car_steps(finding, "plan", is_understood=True),
        "crumbs": car_crumbs(finding, _("Write the plan")),
    }
    return render(request, "findings/plan_edit.html", context, status=status)
