"""Pages of cases: the list, opening one, the case itself, its closing report. All for named people alone.

Whoever is not named gets the same answer as for a code that nobody has.
"""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from documents.models import Rendering
from documents.serve import serve
from findings.actions.incident import (
    CASE_PDF,
    ask_for_paper,
    close_incident,
    note_read,
    open_incident,
    reopen_incident,
)
from findings.actions.incident_people import join_case
from findings.forms.incident import CloseForm, OpenForm, ReopenForm
from findings.models import Finding, Incident, IncidentAccess, IncidentMember, IncidentReport
from findings.permissions.incident import (
    can_answer,
    can_ask,
    can_close_case,
    can_inform_customers,
    can_name_people,
    can_open_case,
    can_reopen_case,
    can_set_task,
    can_work_in_case,
)
from findings.queries.incident import CaseStory, cases_of, my_place_in, sites_for_case, story_of_case
from ledger.models.subjects import about
from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.queries.members import members_of
from organisations.views.access import factor_required, member_required
from organisations.views.middleware import ViewerRequest
from web.htmx import is_partial
from web.paging import keyset_page
from web.pieces import Crumb

P = ParamSpec("P")
Case = tuple[Incident, IncidentAccess]
NEWEST = ("-opened_at", "-id")


def for_named(
    view: Callable[Concatenate[ViewerRequest, Case, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Let people in who are named in the case of the address and have opened it once; others find nothing there."""

    @member_required
    @factor_required
    def guarded(request: ViewerRequest, /, code: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        incident = fetch(Incident, code, viewer=request.viewer)
        mine = my_place_in(request.viewer, incident)
        request.place = "findings:incidents"
        if mine.member.joined_at is None:
            return redirect("findings:incident", incident.code)
        return view(request, (incident, mine), *args, **kwargs)

    guarded.__wrapped__ = view  # type: ignore[attr-defined]
    return guarded


def case_crumbs(incident: Incident, here: str = "") -> list[Crumb]:
    """Return the way back from a page of a case."""
    top = Crumb(_("Cases"), reverse("findings:incidents"))
    if not here:
        return [top, Crumb(incident.code)]
    return [top, Crumb(incident.code, reverse("findings:incident", args=[incident.code])), Crumb(here)]


@member_required
@factor_required
def incidents(request: ViewerRequest) -> HttpResponse:
    """List the cases that name the viewer; the page of somebody named in none says nothing else to anybody."""
    page = keyset_page(cases_of(request.viewer), request=request, order=NEWEST)
    context = {"page": page, "may_open": can_open_case(request.viewer)}
    return render(request, "findings/incident_list.html", context)


@member_required
@factor_required
def new(request: ViewerRequest) -> HttpResponse:
    """Open a case, from a site or from an urgent CAR."""
    viewer = request.viewer
    can_open_case(viewer).require()
    request.place = "findings:incidents"
    finding = _finding(request)
    sites = sites_for_case(viewer)
    asked = finding.audit.site_id if finding else None
    initial = {
        "site": next((one.code for one in sites if one.pk == asked), request.GET.get("site", "")),
        "what_happened": finding.description if finding else "",
        "language": getattr(finding, "language", "") if finding else "",
    }
    colleagues = [one for one in members_of(viewer) if one.person_id != viewer.person_id]
    audits = any(one.organisation_id != viewer.organisation_id for one in sites)
    form = OpenForm(request.POST or None, initial=initial, sites=sites, colleagues=colleagues, audits=audits)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        if finding is not None and finding.audit.site_id == said["site"].pk:
            said["finding"] = finding
        try:
            incident = open_incident(viewer=viewer, at=timezone.now(), **said)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The case is open. Only the people named in it can see it."))
            return redirect("findings:incident", incident.code)
    crumbs = [Crumb(_("Cases"), reverse("findings:incidents")), Crumb(_("Open a case"))]
    context = {"form": form, "crumbs": crumbs, "has_sites": bool(sites)}
    return render(request, "findings/incident_new.html", context, status=422 if form.is_bound else 200)


def _finding(request: ViewerRequest) -> Finding | None:
    """Return the finding that the case comes from, as far as the viewer may see it."""
    code = request.GET.get("finding", "")
    if not code:
        return None
    rows = Finding.objects.select_related("audit")
    return fetch(Finding, code, viewer=request.viewer, queryset=rows)


@member_required
@factor_required
def detail(request: ViewerRequest, code: str) -> HttpResponse:
    """Show a case: what to do first, who can see it, the log, tasks, requests, reports."""
    viewer = request.viewer
    incident = fetch(Incident, code, viewer=viewer)
    mine = my_place_in(viewer, incident)
    request.place = "findings:incidents"
    context: dict[str, Any] = {"incident": incident, "mine": mine, "crumbs": case_crumbs(incident)}
    if mine.member.joined_at is None:
        return render(request, "findings/incident_join.html", context)
    note_read(incident=incident, mine=mine, at=timezone.now())
    story = story_of_case(incident)
    context |= {
        "story": story,
        "last_report": story.reports[-1] if story.reports else None,
        "sides": _sides(story),
        "looked": _looked(incident),
        "may_write": can_work_in_case(incident, mine),
        "may_name": can_name_people(mine),
        "may_inform": can_inform_customers(mine),
        "may_set_task": can_set_task(incident, mine),
        "may_answer": can_answer(incident, mine),
        "may_ask": can_ask(incident, mine),
        "may_close": can_close_case(incident, mine),
        "may_reopen": can_reopen_case(incident, mine),
        "today": timezone.localdate(),
    }
    return render(request, "findings/incident.html", context)


@require_POST
@member_required
@factor_required
def join(request: ViewerRequest, code: str) -> HttpResponse:
    """Open a case for the first time."""
    incident = fetch(Incident, code, viewer=request.viewer)
    join_case(viewer=request.viewer, incident=incident, at=timezone.now())
    return redirect("findings:incident", incident.code)


@for_named
def close(request: ViewerRequest, case: Case) -> HttpResponse:
    """Write the closing report, and close the case."""
    incident, mine = case
    can_close_case(incident, mine).require()
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            close_incident(viewer=request.viewer, incident=incident, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The case is closed. Everyone named can read your report."))
            return redirect("findings:incident", incident.code)
    open_tasks = incident.tasks.open()
    return case_form(
        request, incident, form, _("Close the case"), "findings/incident_close.html", open_tasks=open_tasks
    )


@for_named
def reopen(request: ViewerRequest, case: Case) -> HttpResponse:
    """Open a closed case again."""
    incident, mine = case
    can_reopen_case(incident, mine).require()
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reopen_incident(viewer=request.viewer, incident=incident, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The case is open again."))
            return redirect("findings:incident", incident.code)
    return case_form(request, incident, form, _("Open it again"))


@for_named
def report_pdf(request: ViewerRequest, case: Case, number: int) -> HttpResponse:
    """Show how far the paper is; by POST ask for it."""
    incident, _mine = case
    report = _report(incident, number)
    if request.method == "POST":
        ask_for_paper(viewer=request.viewer, report=report, at=timezone.now())
        return redirect("findings:incident_report_pdf", incident.code, number)
    context = {
        "incident": incident,
        "report": report,
        "rendering": _rendering(request, report),
        "crumbs": case_crumbs(incident, _("Report")),
    }
    template = "findings/_incident_pdf.html" if is_partial(request) else "findings/incident_pdf.html"
    return render(request, template, context)


@for_named
def report_file(request: ViewerRequest, case: Case, number: int) -> HttpResponse:
    """Hand out the finished paper."""
    rendering = _rendering(request, _report(case[0], number))
    if rendering is None or rendering.document is None:
        raise NotVisible
    return serve(rendering.document)  # type: ignore[return-value]


def _report(incident: Incident, number: int) -> IncidentReport:
    found = incident.reports.filter(number=number).first()
    if found is None:
        raise NotVisible
    found.incident = incident
    return found


def _rendering(request: ViewerRequest, report: IncidentReport) -> Rendering | None:
    rows = Rendering.objects.filter(
        organisation_id=request.viewer.organisation_id, kind=CASE_PDF, **about(report)
    )
    return rows.select_related("document").first()


def _sides(story: CaseStory) -> list[tuple[str, list[IncidentMember]]]:
    """Put the named people under their organisations, the supplier's first."""
    rows = sorted(story.members, key=lambda one: (one.side != "site", one.organisation_name, one.pk))
    names = list(dict.fromkeys(one.organisation_name for one in rows))
    return [(name, [one for one in rows if one.organisation_name == name]) for name in names]


def _looked(incident: Incident) -> dict[int, Any]:
    """Return the day on which each named person last looked, as far as the reader may know."""
    return dict(incident.reads.order_by("on").values_list("member_id", "on"))


def case_form(
    request: ViewerRequest,
    incident: Incident,
    form: Any,
    title: str,
    template: str = "findings/incident_form.html",
    **more: Any,
) -> HttpResponse:
    """Show a form of a case; 422 with what was typed when something is wrong."""
    context = {
        "incident": incident,
        "form": form,
        "title": title,
        "crumbs": case_crumbs(incident, title),
        **more,
    }
    return render(request, template, context, status=422 if form.is_bound else 200)


def explain(form: Any, refusal: Refusal) -> None:
    """Put what a refusal says beside its field, or above the form."""
    known = {name: texts for name, texts in refusal.fields.items() if name in form.fields}
    for name, texts in known.items():
        form.add_error(name, texts)
    if not known:
        form.add_error(None, refusal.sentence)
