"""Correcting a finding before its audit is published; of two auditors at one finding none loses a word."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from findings.actions.finding import change_finding, said_of
from findings.actions.finding_draft import finish_finding_draft
from findings.definitions.indicators import words
from findings.forms.finding import FindingForm
from findings.models import Finding
from findings.models.facts import Said
from findings.permissions import can_enter_findings
from findings.queries.entry import finding_draft_of, typed_in
from findings.views.audit import crumbs
from findings.views.entry import finding_to_work_on, keep_typed, refuse
from ledger.models import Entry
from ledger.refusals import Refusal
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.merging import Conflict, Merge, merge, packed, settled, unpacked
from web.pieces import Crumb


@member_required
def edit(request: ViewerRequest, code: str) -> HttpResponse:
    """Correct a finding while its audit is in progress; requirement and kind stay."""
    finding = finding_to_work_on(request.viewer, code)
    can_enter_findings(request.viewer, finding.audit).require()
    if request.method != "POST":
        return _begin(request, finding)
    form = FindingForm(request.POST, audit=finding.audit, kind=finding.kind)
    if not form.is_valid():
        return _page(request, finding, form, base=request.POST.get("base", ""), status=422)
    return _save(request, finding, form)


@require_POST
@member_required
def keep_change(request: ViewerRequest, code: str) -> HttpResponse:
    """Keep what is typed while it is typed; answers 204."""
    finding = finding_to_work_on(request.viewer, code)
    return keep_typed(request, finding.audit, finding)


@require_POST
@member_required
def discard_change(request: ViewerRequest, code: str) -> HttpResponse:
    """Begin again with what is saved."""
    finding = finding_to_work_on(request.viewer, code)
    can_enter_findings(request.viewer, finding.audit).require()
    finish_finding_draft(viewer=request.viewer, audit=finding.audit, finding=finding, at=timezone.now())
    return redirect("findings:finding_edit", finding.code)


def _begin(request: ViewerRequest, finding: Finding) -> HttpResponse:
    saved = asdict(said_of(finding))
    draft = finding_draft_of(request.viewer, finding.audit, finding)
    typed = {name: values[0] for name, values in typed_in(draft).items() if values}
    form = FindingForm(audit=finding.audit, kind=finding.kind, initial=saved | typed)
    base = typed.get("base") or packed(saved)
    return _page(request, finding, form, base=base, draft=draft if typed else None, is_put_back=bool(typed))


def _save(request: ViewerRequest, finding: Finding, form: FindingForm) -> HttpResponse:
    """Save what was sent, unless somebody else has changed the same words since this page was opened."""
    there = asdict(said_of(finding))
    base = unpacked(request.POST.get("base", ""), there) or there
    met = _met(form, base, there, request.POST)
    if not met.is_clean:
        return _ask(request, finding, form, met)
    now = timezone.now()
    try:
        change_finding(
            viewer=request.viewer,
            finding=finding,
            said=Said(**met.values),
            revision=finding.revision,
            at=now,
        )
    except Refusal as refusal:
        if refusal.code == "changed-meanwhile":  # between our look and the lock: look again
            return _save(request, finding_to_work_on(request.viewer, finding.code), form)
        refuse(form, refusal)
        return _page(request, finding, form, base=request.POST.get("base", ""), status=422)
    finish_finding_draft(viewer=request.viewer, audit=finding.audit, finding=finding, at=now)
    if met.taken:
        names = ", ".join(_label(form, name) for name in met.taken)
        messages.success(
            request, _("Saved, together with what somebody else had changed: %(what)s.") % {"what": names}
        )
    else:
        messages.success(request, _("Saved."))
    return redirect("findings:audit", finding.audit.code)


def _met(form: FindingForm, base: dict[str, Any], there: dict[str, Any], answers: Any) -> Merge:
    """Merge what was sent with what is there; what this person has decided about already is decided."""
    mine = {name: value for name, value in asdict(form.said()).items() if name in form.fields}
    labels = {name: _label(form, name) for name in mine}
    mine = {name: _like(value, there[name]) for name, value in settled(mine, base, answers).items()}
    met = merge(base, mine, there, labels=labels)
    fixed = {name: there[name] for name in there if name not in form.fields}
    return Merge(fixed | met.values, met.conflicts, met.taken)


def _ask(request: ViewerRequest, finding: Finding, form: FindingForm, met: Merge) -> HttpResponse:
    """Show theirs beside mine; the next try begins with what is there now."""
    typed = FindingForm(audit=finding.audit, kind=finding.kind, initial=met.values)
    shown = Merge(
        met.values,
        [
            Conflict(
                one.name,
                one.base,
                _in_words(form, one.name, one.mine),
                _in_words(form, one.name, one.theirs),
                one.label,
            )
            for one in met.conflicts
        ],
        met.taken,
    )
    last = Entry.objects.about(finding).filter(verb="findings.finding_changed").order_by("-pk").first()
    return _page(
        request,
        finding,
        typed,
        base=packed(asdict(said_of(finding))),
        status=409,
        merge=shown,
        taken=[_label(form, name) for name in met.taken],
        who=last.actor.name if last and last.actor else "",
        when=last.at if last else None,
    )


def _like(value: Any, there: Any) -> Any:
    """Return a value that came through a hidden field in the type of what is there."""
    return "" if value is None and isinstance(there, str) else value


def _label(form: FindingForm, name: str) -> str:
    return str(form.fields[name].label)


def _in_words(form: FindingForm, name: str, value: Any) -> Any:
    """Return a value as its field names it: "Major" for a choice."""
    choices = dict(getattr(form.fields[name], "choices", ()))
    return str(choices.get(value or "", value)) if choices else value


def _page(
    request: ViewerRequest,
    finding: Finding,
    form: FindingForm,
    *,
    base: str,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "audit": finding.audit,
        "finding": finding,
        "requirement": finding.requirement,
        "indicators": [words(one) for one in finding.requirement.indicators],
        "kind": finding.kind,
        "is_car": finding.is_car,
        "form": form,
        "base": base,
        "crumbs": [*crumbs(finding.audit), Crumb(_("Finding"))],
    }
    return render(request, "findings/audit_finding_form.html", context | more, status=status)
