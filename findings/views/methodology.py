"""Pages of methodologies: what they ask, for everyone; loading a catalogue and setting periods, for the operator."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from findings.actions.methodology import load_as_operator, set_closure_policy
from findings.definitions.catalogue import Methodology, read_bytes
from findings.definitions.faults import DefinitionError
from findings.definitions.indicators import words
from findings.forms.methodology import ClosureForm, LoadForm, RequirementFilters
from findings.models import Finding, MethodologyVersion, WorkplaceRequirement
from findings.permissions.methodology import can_look_after_methodologies
from findings.queries.methodology_diff import compare, counted, refused
from findings.queries.methodology_page import methodology_list, requirements_matching
from ledger.refusals import Refusal
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.htmx import is_partial
from web.paging import keyset_page
from web.pieces import Crumb

SHOWN = 300  # changes of one file that a page lists


@member_required
def methodologies(request: ViewerRequest) -> HttpResponse:
    """List the methodology versions."""
    page = keyset_page(methodology_list(), request=request, order=("name", "version", "id"))
    context = {"page": page, "may_load": can_look_after_methodologies(request.viewer)}
    return render(request, "findings/methodology_list.html", context)


@member_required
def detail(request: ViewerRequest, key: str) -> HttpResponse:
    """Show one version: its requirements, how long closing may take, how management is graded."""
    version = _version(key)
    sections = list(version.sections.order_by("position"))
    form = RequirementFilters(
        request.GET, sections=[(one.code, f"{one.code} {one.title}") for one in sections]
    )
    found = requirements_matching(version, **form.wanted())
    context = {
        "version": version,
        "form": form,
        "rows": [_line(row) for row in found],
        "crumbs": [_root(), Crumb(str(version))],
    }
    if is_partial(request):
        return render(request, "findings/methodology_requirements.html", context)
    policies = {one.severity: one for one in version.closure_policies.all()}
    context |= {
        "policies": [policies[one] for one in Finding.Severity.values if one in policies],
        "is_placeholder": any(one.is_placeholder for one in policies.values()),
        "changes": version.closure_policy_changes.filter(days_before__isnull=False)[:20],
        "elements": version.management_elements.order_by("position"),
        "grades": version.management_grades.order_by("position"),
        "may_set": can_look_after_methodologies(request.viewer),
    }
    return render(request, "findings/methodology.html", context)


@member_required
def load(request: ViewerRequest) -> HttpResponse:
    """Look at what a file would change, then load it."""
    can_look_after_methodologies(request.viewer).require()
    form = LoadForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "crumbs": [_root(), Crumb(_("Load"))]}
    if request.method != "POST" or not form.is_valid():
        return _load_page(request, context, status=422 if request.method == "POST" else 200)
    said = form.cleaned_data
    try:
        definition = read_bytes(said["name"], said["content"])
    except DefinitionError as error:
        context["faults"] = error.faults[:SHOWN]
        return _load_page(request, context, status=422)
    if said["expected"] is not None and "apply" in request.POST:
        try:
            load_as_operator(
                viewer=request.viewer, definition=definition, expected=said["expected"], at=timezone.now()
            )
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            messages.error(request, refusal.sentence)
        else:
            messages.success(
                request, _("Loaded: %(name)s.") % {"name": f"{definition.name} {definition.version}"}
            )
            return redirect("findings:methodology", definition.key)
    return _load_page(request, context | _differences(definition, said), status=200)


@member_required
def closure(request: ViewerRequest, key: str, severity: str) -> HttpResponse:
    """Set how long closing a non-compliance of one severity may take."""
    can_look_after_methodologies(request.viewer).require()
    version = _version(key)
    policy = version.closure_policies.filter(severity=severity).first()
    if policy is None:
        raise Http404
    initial = {"days": policy.days, "is_placeholder": policy.is_placeholder, "source": policy.source}
    form = ClosureForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            set_closure_policy(
                viewer=request.viewer,
                version=version,
                severity=severity,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            name = next((one for one in refusal.fields if one in form.fields), None)
            form.add_error(name, refusal.sentence)
        else:
            messages.success(request, _("Saved. It counts for findings written from now on."))
            return redirect("findings:methodology", version.key)
    trail = [
        _root(),
        Crumb(str(version), reverse("findings:methodology", args=[key])),
        Crumb(_("Days to close")),
    ]
    context = {
        "version": version,
        "severity": dict(Finding.Severity.choices).get(severity, severity),
        "form": form,
        "crumbs": trail,
    }
    return render(request, "findings/methodology_closure.html", context, status=422 if form.is_bound else 200)


def _load_page(request: ViewerRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
    return render(request, "findings/methodology_load.html", context, status=status)


def _differences(definition: Methodology, said: dict[str, Any]) -> dict[str, Any]:
    """Return what the page shows before anything is loaded, with the file's text to send again."""
    changes = compare(MethodologyVersion.objects.filter(key=definition.key).first(), definition)
    text = said["content"].decode("utf-8-sig")
    again = LoadForm(initial={"name": said["name"], "text": text, "expected": len(changes)})
    return {
        "definition": definition,
        "changes": sorted(changes, key=lambda one: one.effect != "refused")[:SHOWN],
        "count": len(changes),
        "counts": [(effect.value, number) for effect, number in counted(changes).items() if number],
        "refused": refused(changes),
        "again": again,
        "name": said["name"],
    }


def _version(key: str) -> MethodologyVersion:
    version = MethodologyVersion.objects.filter(key=key).first()
    if version is None:
        raise Http404
    return version


def _root() -> Crumb:
    return Crumb(_("Methodologies"), reverse("findings:methodologies"))


def _line(row: WorkplaceRequirement) -> dict[str, Any]:
    return {"row": row, "indicators": [words(one) for one in row.indicators]}
