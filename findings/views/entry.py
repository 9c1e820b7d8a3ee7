"""Entering findings fast: what it is about, what was found, save, next. Everything works without scripts."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from findings.actions.finding import add_finding, delete_finding, kind_of
from findings.actions.finding_draft import finish_finding_draft, is_entered, save_finding_draft
from findings.definitions.indicators import words
from findings.forms.finding import EntryForm, FindingForm, natures
from findings.models import Audit, Finding, WorkplaceRequirement
from findings.models.facts import BREACH
from findings.permissions import can_enter_findings
from findings.queries.audit import findings_of
from findings.queries.entry import entered_so_far, finding_draft_of, last_entered, typed_in
from findings.queries.methodology import Search, requirements_of, search_requirements
from findings.views.audit import crumbs
from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from organisations.visibility import Viewer
from web.formsets import as_typed
from web.pieces import Crumb

SAID = (
    "title",
    "description",
    "objective_evidence",
    "law_reference",
    "severity",
    "verification",
    "extent",
    "workers_affected",
    "language",
)
NOT_TYPED = {"csrfmiddlewaretoken", "kept", "entry"}


@member_required
def enter(request: ViewerRequest, code: str) -> HttpResponse:
    """Write finding after finding of an audit; saving leads to the next."""
    audit = _audit(request.viewer, code)
    can_enter_findings(request.viewer, audit).require()
    return _save(request, audit) if request.method == "POST" else _begin(request, audit)


@require_POST
@member_required
def keep_new(request: ViewerRequest, code: str) -> HttpResponse:
    """Keep what is typed while it is typed; answers 204."""
    audit = _audit(request.viewer, code)
    return keep_typed(request, audit, None)


@require_POST
@member_required
def discard(request: ViewerRequest, code: str) -> HttpResponse:
    """Begin again with an empty form."""
    audit = _audit(request.viewer, code)
    can_enter_findings(request.viewer, audit).require()
    finish_finding_draft(viewer=request.viewer, audit=audit, at=timezone.now())
    return redirect("findings:enter", audit.code)


@require_http_methods(["GET", "POST"])
@member_required
def delete(request: ViewerRequest, code: str) -> HttpResponse:
    """Ask, then take a finding out of an audit in progress."""
    finding = finding_to_work_on(request.viewer, code)
    can_enter_findings(request.viewer, finding.audit).require()
    if request.method == "POST":
        delete_finding(viewer=request.viewer, finding=finding, at=timezone.now())
        messages.success(request, _("“%(title)s” is taken out of the audit.") % {"title": finding.title})
        return redirect("findings:audit", finding.audit.code)
    context = {
        "finding": finding,
        "audit": finding.audit,
        "photos": finding.photos.count(),
        "crumbs": [*crumbs(finding.audit), Crumb(_("Delete"))],
    }
    return render(request, "findings/audit_finding_delete.html", context)


def keep_typed(request: ViewerRequest, audit: Audit, finding: Finding | None) -> HttpResponse:
    """Keep the posted fields as the draft of a new finding, or of a change of one."""
    typed = {name: values for name, values in request.POST.lists() if name not in NOT_TYPED}
    save_finding_draft(
        viewer=request.viewer,
        audit=audit,
        finding=finding,
        typed=typed,
        entry=request.POST.get("entry", ""),
        at=timezone.now(),
    )
    return HttpResponse(status=204)


def finding_to_work_on(viewer: Viewer, code: str) -> Finding:
    """Return a finding with its audit, version and requirement."""
    rows = Finding.objects.select_related("audit__version", "requirement__section", "requirement__version")
    return fetch(Finding, code, viewer=viewer, queryset=rows)


def refuse(form: Any, refusal: Refusal) -> None:
    """Put a refusal beside its field, or above the form; what is not allowed at all goes up."""
    if refusal.status in {403, 404}:
        raise refusal
    known = {name: texts for name, texts in refusal.fields.items() if name in form.fields}
    for name, texts in known.items():
        form.add_error(name, texts)
    if not known:
        form.add_error(None, refusal.sentence)


def _begin(request: ViewerRequest, audit: Audit) -> HttpResponse:
    """Show the form: as it was left, as a copy, or fresh with what rarely changes filled in."""
    viewer, rows = request.viewer, requirements_of(audit.version)
    text = request.GET.get("q", "").strip()
    found = search_requirements(audit.version, text) if text else Search([])
    if len(found.rows) == 1:
        return redirect(f"{reverse('findings:enter', args=[audit.code])}?requirement={found.rows[0].pk}")
    copied, last = _copied(viewer, audit, request.GET.get("copy", "")), last_entered(viewer, audit)
    draft = finding_draft_of(viewer, audit)
    chosen = _requirement(rows, request.GET.get("requirement", ""))
    initial = _initial(copied, last) | ({"requirement": chosen.pk} if chosen else {})
    typed = {} if copied or chosen else typed_in(draft)
    if typed:
        initial |= {name: values[0] for name, values in typed.items() if values}
        chosen = _requirement(rows, str(initial.get("requirement", "")))
    nature = _nature(audit, str(initial["nature"]))
    kind = kind_of(chosen, nature) if chosen else _kind_of_nature(nature)
    form = EntryForm(audit=audit, kind=kind, rows=rows, found=found.rows, initial=initial)
    more: dict[str, Any] = {
        "text": text,
        "found": found,
        "copied": copied,
        "last": last,
        "draft": draft if typed else None,
        "is_put_back": bool(typed),
    }
    return _page(request, audit, form, chosen, **more)


def _save(request: ViewerRequest, audit: Audit) -> HttpResponse:
    viewer, rows = request.viewer, requirements_of(audit.version)
    chosen = _requirement(rows, request.POST.get("requirement", ""))
    nature = _nature(audit, request.POST.get("nature", ""))
    form = EntryForm(
        request.POST,
        audit=audit,
        kind=kind_of(chosen, nature) if chosen else _kind_of_nature(nature),
        rows=rows,
    )
    entry = request.POST.get("entry", "")[:32]
    if "look" in request.POST:
        return _page(request, audit, as_typed(form), chosen, status=200)
    if is_entered(finding_draft_of(viewer, audit), entry):
        messages.info(request, _("This finding is saved already."))
        return redirect("findings:enter", audit.code)
    if chosen is None or not form.is_valid():
        return _page(request, audit, form, chosen)
    now = timezone.now()
    try:
        finding = add_finding(
            viewer=viewer, audit=audit, requirement=chosen, nature=nature, said=form.said(), at=now
        )
    except Refusal as refusal:
        refuse(form, refusal)
        return _page(request, audit, form, chosen)
    finish_finding_draft(viewer=viewer, audit=audit, entry=entry, at=now)
    messages.success(request, _("Saved: %(title)s") % {"title": finding.title})
    return _go_on(request, audit, finding)


def _go_on(request: ViewerRequest, audit: Audit, finding: Finding) -> HttpResponse:
    """Go where the button that was pressed leads: to the next finding, unless it says otherwise."""
    if "done" in request.POST:
        return redirect("findings:audit", audit.code)
    if "photos" in request.POST:
        return redirect("findings:photos", finding.code)
    return redirect("findings:enter", audit.code)


def _page(
    request: ViewerRequest,
    audit: Audit,
    form: EntryForm,
    chosen: WorkplaceRequirement | None,
    *,
    status: int | None = None,
    **more: Any,
) -> HttpResponse:
    entered = list(entered_so_far(request.viewer, audit))
    context: dict[str, Any] = {
        "audit": audit,
        "form": form,
        # What a non-compliance has and the form lacks now: the page puts it in when the requirement changes.
        "blank": FindingForm(audit=audit, kind=Finding.Kind.NON_COMPLIANCE, initial=form.initial),
        "chosen": chosen,
        "indicators": [words(one) for one in chosen.indicators] if chosen else [],
        "has_severity": "severity" in form.fields,
        "has_extent": "extent" in form.fields,
        "entered": entered,
        "last": more.pop("last", None) or (entered[0] if entered else None),
        "entry": request.POST.get("entry", "")[:32] or secrets.token_hex(8),
        "is_fresh": not form.is_bound,
        "crumbs": [*crumbs(audit), Crumb(_("Enter findings"))],
    }
    return render(
        request, "findings/entry.html", context | more, status=status or (422 if form.is_bound else 200)
    )


def _audit(viewer: Viewer, code: str) -> Audit:
    return fetch(Audit, code, viewer=viewer, queryset=Audit.objects.select_related("version"))


def _requirement(rows: list[WorkplaceRequirement], key: str) -> WorkplaceRequirement | None:
    return next((row for row in rows if str(row.pk) == key), None)


def _copied(viewer: Viewer, audit: Audit, code: str) -> Finding | None:
    """Return the finding of the same audit whose words a new one begins with."""
    return findings_of(viewer, audit).filter(code=code.upper()).first() if code else None


def _nature(audit: Audit, asked: str) -> str:
    return asked if asked in dict(natures(audit)) else BREACH


def _kind_of_nature(nature: str) -> str:
    """Return the kind to draw a form for while no requirement is chosen: a breach is mostly a non-compliance."""
    return Finding.Kind.NON_COMPLIANCE if nature == BREACH else nature


def _initial(copied: Finding | None, last: Finding | None) -> dict[str, Any]:
    """Return what a new finding begins with: all of a copied one, else what rarely changes from one to the next."""
    if copied:
        recorded = copied.kind in {Finding.Kind.OBSERVATION, Finding.Kind.GOOD_EXAMPLE}
        said = {name: getattr(copied, name) for name in SAID}
        return said | {"nature": copied.kind if recorded else BREACH}
    kept = {"language": last.language, "severity": last.severity} if last else {}
    return kept | {"nature": BREACH}
