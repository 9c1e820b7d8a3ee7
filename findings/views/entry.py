"""Entering findings fast: choose a requirement, write, save, next. Everything works without scripts."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from findings.actions.finding import (
    BREACH,
    add_finding,
    answer_requirement,
    change_finding,
    delete_finding,
    kind_of,
    reassess_car,
)
from findings.definitions.indicators import words
from findings.forms.finding import FindingForm, ReassessmentForm, RequirementSearch
from findings.models import Audit, Finding, Reassessment, WorkplaceRequirement
from findings.permissions import can_enter_findings
from findings.queries.audit import findings_of, open_cars
from findings.queries.methodology import Search, requirements_of, search_requirements
from findings.views.audit import crumbs
from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from organisations.visibility import Viewer
from web.formsets import as_typed
from web.htmx import is_partial
from web.pieces import Crumb

COPIED = ("title", "description", "severity", "verification", "extent", "workers_affected")


@member_required
def new(request: ViewerRequest, code: str) -> HttpResponse:
    """Choose a requirement, then write the finding."""
    viewer = request.viewer
    audit = _audit(viewer, code)
    can_enter_findings(viewer, audit).require()
    given = request.POST if request.method == "POST" else request.GET
    requirement = _requirement(audit, given.get("requirement", ""))
    copied = _copied(viewer, audit, request.GET.get("copy", ""))
    if requirement is None and copied is not None and "pick" not in request.GET:
        requirement = copied.requirement
    if requirement is None:
        return _choose(request, audit, copied)
    nature = _nature(audit, given.get("nature", ""), copied)
    if request.method == "POST":
        return _save_new(request, audit, requirement, nature)
    form = FindingForm(audit=audit, kind=kind_of(requirement, nature), initial=_initial(copied))
    return _write(request, audit, requirement, nature, form)


@member_required
def edit(request: ViewerRequest, code: str) -> HttpResponse:
    """Correct a finding while its audit is in progress; requirement and kind stay."""
    viewer = request.viewer
    finding = _finding(viewer, code)
    can_enter_findings(viewer, finding.audit).require()
    form = FindingForm(
        request.POST or None, audit=finding.audit, kind=finding.kind, initial=_initial(finding)
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_finding(viewer=viewer, finding=finding, said=form.said(), at=timezone.now())
        except Refusal as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("findings:audit", finding.audit.code)
    nature = _nature(finding.audit, finding.kind, None)
    return _write(request, finding.audit, finding.requirement, nature, form, finding=finding)


@require_http_methods(["GET", "POST"])
@member_required
def delete(request: ViewerRequest, code: str) -> HttpResponse:
    """Ask, then take a finding out of an audit in progress."""
    finding = _finding(request.viewer, code)
    can_enter_findings(request.viewer, finding.audit).require()
    if request.method == "POST":
        delete_finding(viewer=request.viewer, finding=finding, at=timezone.now())
        messages.success(request, _("“%(title)s” is taken out of the audit.") % {"title": finding.title})
        return redirect("findings:audit", finding.audit.code)
    context = {
        "finding": finding,
        "audit": finding.audit,
        "crumbs": [*crumbs(finding.audit), Crumb(_("Delete"))],
    }
    return render(request, "findings/audit_finding_delete.html", context)


@member_required
def reassess(request: ViewerRequest, code: str, car_code: str) -> HttpResponse:
    """Look anew at an open CAR of an earlier audit: is the requirement met now, or does it still fall short?"""
    viewer = request.viewer
    audit = _audit(viewer, code)
    can_enter_findings(viewer, audit).require()
    known = next((one for one in open_cars(viewer, audit) if one.car.code == car_code.upper()), None)
    if known is None:
        raise NotVisible
    car = fetch(Finding, known.car.code, viewer=viewer, queryset=_findings())
    form = ReassessmentForm(
        request.POST or None, audit=audit, car=car, initial=_answer(known.reassessment, car)
    )
    if request.method == "POST" and form.is_valid():
        try:
            reassess_car(
                viewer=viewer,
                audit=audit,
                car=car,
                result=form.cleaned_data["result"],
                rationale=form.cleaned_data["rationale"],
                requirement=form.cleaned_data.get("requirement") or answer_requirement(audit, car),
                said=form.said(),
                at=timezone.now(),
            )
        except Refusal as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("Noted. Nothing closes before the audit is published."))
            return redirect("findings:audit", audit.code)
    context = {"audit": audit, "car": car, "form": form, "crumbs": [*crumbs(audit), Crumb(car.title)]}
    return render(request, "findings/audit_reassess.html", context, status=422 if form.is_bound else 200)


def _choose(request: ViewerRequest, audit: Audit, copied: Finding | None) -> HttpResponse:
    """Offer requirements: by what was typed, and all of them by section."""
    text = request.GET.get("q", "").strip()
    found = search_requirements(audit.version, text) if text else Search([])
    if len(found.rows) == 1 and not is_partial(request) and not copied:
        return redirect(
            f"{reverse('findings:finding_new', args=[audit.code])}?requirement={found.rows[0].pk}"
        )
    context = {
        "audit": audit,
        "search": RequirementSearch(request.GET or None),
        "text": text,
        "found": found,
        "copied": copied,
        "crumbs": [*crumbs(audit), Crumb(_("New finding"))],
    }
    if is_partial(request):
        return render(request, "findings/audit_requirements.html", context)
    context["requirements"] = requirements_of(audit.version)
    context["count"] = findings_of(request.viewer, audit).count()
    return render(request, "findings/audit_finding_choose.html", context)


def _save_new(
    request: ViewerRequest, audit: Audit, requirement: WorkplaceRequirement, nature: str
) -> HttpResponse:
    form = FindingForm(request.POST, audit=audit, kind=kind_of(requirement, nature))
    if switch := request.POST.get("switch"):
        nature = _nature(audit, switch, None)
        typed = FindingForm(request.POST, audit=audit, kind=kind_of(requirement, nature))
        return _write(request, audit, requirement, nature, as_typed(typed), status=200)
    if form.is_valid():
        try:
            finding = add_finding(
                viewer=request.viewer,
                audit=audit,
                requirement=requirement,
                nature=nature,
                said=form.said(),
                at=timezone.now(),
            )
        except Refusal as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("Saved: %(title)s") % {"title": finding.title})
            if "done" in request.POST:
                return redirect("findings:audit", audit.code)
            return redirect("findings:finding_new", audit.code)
    return _write(request, audit, requirement, nature, form)


def _write(
    request: ViewerRequest,
    audit: Audit,
    requirement: WorkplaceRequirement,
    nature: str,
    form: FindingForm,
    *,
    finding: Finding | None = None,
    status: int | None = None,
) -> HttpResponse:
    kind = finding.kind if finding else kind_of(requirement, nature)
    natures = [(BREACH, _("Falls short")), (Finding.Kind.GOOD_EXAMPLE, _("Good example"))]
    if audit.version.has_observations:
        natures.append((Finding.Kind.OBSERVATION, _("Observation")))
    context = {
        "audit": audit,
        "requirement": requirement,
        "indicators": [words(one) for one in requirement.indicators],
        "kind": kind,
        "is_car": kind == Finding.Kind.CAR,
        "nature": nature,
        "natures": natures,
        "form": form,
        "finding": finding,
        "crumbs": [*crumbs(audit), Crumb(_("Finding"))],
    }
    return render(
        request, "findings/audit_finding_form.html", context, status=status or (422 if form.is_bound else 200)
    )


def _audit(viewer: Viewer, code: str) -> Audit:
    return fetch(Audit, code, viewer=viewer, queryset=Audit.objects.select_related("version"))


def _findings() -> Any:
    return Finding.objects.select_related("audit__version", "requirement__section", "requirement__version")


def _finding(viewer: Viewer, code: str) -> Finding:
    return fetch(Finding, code, viewer=viewer, queryset=_findings())


def _requirement(audit: Audit, key: str) -> WorkplaceRequirement | None:
    if not key.isdecimal() or len(key) > 18:
        return None
    rows = WorkplaceRequirement.objects.filter(version_id=audit.version_id).select_related("section")
    return rows.filter(pk=int(key)).first()


def _copied(viewer: Viewer, audit: Audit, code: str) -> Finding | None:
    """Return the finding of the same audit whose words a new one begins with."""
    if not code:
        return None
    return findings_of(viewer, audit).filter(code=code.upper()).first()


def _nature(audit: Audit, asked: str, copied: Finding | None) -> str:
    wanted = asked or (copied.kind if copied else "")
    offered = {Finding.Kind.GOOD_EXAMPLE.value}
    if audit.version.has_observations:
        offered.add(Finding.Kind.OBSERVATION.value)
    return wanted if wanted in offered else BREACH


def _initial(finding: Finding | None) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in COPIED} if finding else {}


def _answer(answer: Reassessment | None, car: Finding) -> dict[str, Any]:
    if answer is None:
        return {"title": car.title}
    told = answer.successor
    return {
        "result": answer.result,
        "rationale": answer.rationale,
        "requirement": told.requirement_id if told else None,
        "title": told.title if told else car.title,
        "description": told.description if told else "",
    }


def _refuse(form: Any, refusal: Refusal) -> None:
    """Put a refusal beside its field, or above the form; what is not allowed at all goes up."""
    if refusal.status == 403:
        raise refusal
    known = {name: texts for name, texts in refusal.fields.items() if name in form.fields}
    for name, texts in known.items():
        form.add_error(name, texts)
    if not known:
        form.add_error(None, refusal.sentence)
