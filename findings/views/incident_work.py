"""Pages on the work in a case: first steps, the log with its files, tasks, requests."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from documents.models import Document
from documents.serve import serve
from documents.uploads import store_upload
from findings.actions.incident_work import (
    add_step,
    answer_demand,
    ask_for,
    do_first_step,
    finish_task,
    set_task,
)
from findings.forms.incident import AnswerForm, DemandForm, DoneForm, StepForm, TaskForm
from findings.models import Incident, IncidentSide
from findings.permissions.incident import (
    can_answer,
    can_ask,
    can_finish_task,
    can_set_task,
    can_work_in_case,
)
from findings.views.incident import Case, case_form, explain, for_named
from ledger.refusals import NotVisible, Refusal
from organisations.models import Organisation
from organisations.views.middleware import ViewerRequest


@for_named
@require_POST
def first_step_done(request: ViewerRequest, case: Case, key: str) -> HttpResponse:
    """Note that one of the first steps is done."""
    incident, mine = case
    can_answer(incident, mine).require()
    try:
        do_first_step(viewer=request.viewer, incident=incident, key=key, at=timezone.now())
    except Refusal as refusal:
        if refusal.code == "unknown-step":
            raise NotVisible from refusal
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Noted, with your name and the time."))
    return redirect("findings:incident", incident.code)


@for_named
def step_new(request: ViewerRequest, case: Case) -> HttpResponse:
    """Write into the log, with a file if there is one."""
    incident, mine = case
    can_work_in_case(incident, mine).require()
    form = StepForm(
        request.POST or None,
        request.FILES or None,
        others=_others(incident) if mine.is_site else [],
        is_site=mine.is_site,
    )
    if request.method == "POST" and form.is_valid():
        try:
            _write(request, incident, form)
        except Refusal as refusal:
            form.add_error("file" if form.cleaned_data.get("file") else None, refusal.sentence)
        else:
            messages.success(request, _("It stands in the log."))
            return redirect("findings:incident", incident.code)
    return case_form(request, incident, form, _("Write in the log"), "findings/incident_step.html", mine=mine)


def _write(request: ViewerRequest, incident: Incident, form: StepForm) -> None:
    audience, organisation_id = form.readers()
    file, now = form.cleaned_data.get("file"), timezone.now()
    document = None
    if file:
        document = store_upload(
            by=request.viewer, file=file, kind=Document.Kind.EVIDENCE, incident=incident, at=now
        )
    add_step(
        viewer=request.viewer,
        incident=incident,
        text=form.cleaned_data["text"],
        language=form.cleaned_data["language"],
        audience=audience,
        organisation=Organisation(pk=organisation_id) if organisation_id else None,
        document=document,
        at=now,
    )


def _others(incident: Incident) -> list[tuple[int, str]]:
    """Return the organisations named beside the supplier; for the supplier's people alone."""
    rows = incident.members.in_force().exclude(side=IncidentSide.SITE)
    return list(
        dict(rows.order_by("organisation_name").values_list("organisation_id", "organisation_name")).items()
    )


@for_named
def step_file(request: ViewerRequest, case: Case, step_code: str) -> HttpResponse:
    """Hand out the file of a line of the log."""
    step = case[0].steps.select_related("document").filter(code=step_code.upper()).first()
    if step is None or step.document is None:
        raise NotVisible
    return serve(step.document)  # type: ignore[return-value]


@for_named
def task_new(request: ViewerRequest, case: Case) -> HttpResponse:
    """Give a named person something to do."""
    incident, mine = case
    can_set_task(incident, mine).require()
    owners = incident.members.in_force().order_by("side", "pk")
    if not mine.is_site:
        owners = owners.filter(organisation_id=mine.organisation_id)
    form = TaskForm(request.POST or None, owners=list(owners))
    if request.method == "POST" and form.is_valid():
        try:
            set_task(viewer=request.viewer, incident=incident, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The task is set."))
            return redirect("findings:incident", incident.code)
    return case_form(request, incident, form, _("Set a task"))


@for_named
def task_done(request: ViewerRequest, case: Case, task_code: str) -> HttpResponse:
    """Say that a task is done, and what came of it."""
    incident, mine = case
    task = incident.tasks.filter(code=task_code.upper()).first()
    if task is None:
        raise NotVisible
    can_finish_task(incident, mine, task).require()
    form = DoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        finish_task(viewer=request.viewer, task=task, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Done. Thank you."))
        return redirect("findings:incident", incident.code)
    return case_form(request, incident, form, _("This is done"), about=task.what, language=task.language)


@for_named
def demand_new(request: ViewerRequest, case: Case) -> HttpResponse:
    """Ask the supplier for something."""
    incident, mine = case
    can_ask(incident, mine).require()
    form = DemandForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ask_for(viewer=request.viewer, incident=incident, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The supplier has your request. You see here what comes of it."))
        return redirect("findings:incident", incident.code)
    return case_form(request, incident, form, _("Ask for something"))


@for_named
def demand_answer(request: ViewerRequest, case: Case, demand_code: str) -> HttpResponse:
    """Answer what somebody asks for, in words or by a task."""
    incident, mine = case
    demand = incident.demands.filter(code=demand_code.upper()).first()
    if demand is None:
        raise NotVisible
    can_answer(incident, mine).require()
    tasks = [
        one
        for one in incident.tasks.order_by("due_on")
        if one.organisation_id in {None, demand.organisation_id}
    ]
    form = AnswerForm(request.POST or None, tasks=tasks)
    if request.method == "POST" and form.is_valid():
        try:
            answer_demand(viewer=request.viewer, demand=demand, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("They see your answer."))
            return redirect("findings:incident", incident.code)
    return case_form(request, incident, form, _("Answer"), about=demand.text, language=demand.language)
