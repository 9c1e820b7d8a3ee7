"""The pages of a correction after publication: make one, and read what the audit said before."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from findings.actions.revision import Correction, revise_audit
from findings.forms.audit import AuditorFormSet, named_auditors
from findings.forms.review import FindingCorrectionForm, SummaryForm
from findings.lifecycle import NON_COMPLIANCE, FindingState
from findings.models import Audit, Finding, SiteReply
from findings.permissions.review import can_revise
from findings.queries.review import replies_on
from findings.queries.revision import auditor_lines, compared, revisions_of, summary_line
from findings.views.audit import crumbs
from findings.views.reply import show_refusal
from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.differences import paired
from web.formsets import as_typed, wants_row, with_row
from web.pieces import Crumb


@member_required
def revise_finding(request: ViewerRequest, code: str) -> HttpResponse:
    """Correct one finding of a published audit, or withdraw a non-compliance found in error."""
    rows = Finding.objects.select_related("audit__version", "requirement")
    finding = fetch(Finding, code, viewer=request.viewer, queryset=rows)
    can_revise(request.viewer, finding.audit).require()
    settles = _settles(request, finding.audit, finding)
    is_nc = finding.kind == Finding.Kind.NON_COMPLIANCE
    may_withdraw = is_nc and NON_COMPLIANCE.allows(finding.state, FindingState.WITHDRAWN)
    form = FindingCorrectionForm(request.POST or None, finding=finding, may_withdraw=may_withdraw)
    if request.method == "POST" and form.is_valid():
        correction = Correction(
            findings={finding.code: form.said()},
            withdrawn=[finding.code] if form.cleaned_data.get("withdraw") else [],
        )
        if _revise(request, finding.audit, form, correction, settles):
            return redirect("findings:finding", finding.code)
    context = {"audit": finding.audit, "finding": finding, "form": form, "settles": settles}
    context["crumbs"] = [*crumbs(finding.audit), Crumb(_("Correct"))]
    return render(request, "findings/revise.html", context, status=422 if form.is_bound else 200)


@member_required
def revise(request: ViewerRequest, code: str) -> HttpResponse:
    """Correct the summary or the auditors of a published audit."""
    audit = _audit(request, code)
    can_revise(request.viewer, audit).require()
    settles = _settles(request, audit, None)
    form = SummaryForm(request.POST or None, initial={"summary": audit.summary})
    names = ("name", "grade", "apsca_number", "validated_on", "is_lead")
    named = list(audit.auditors.order_by("-is_lead", "name").values(*names))
    auditors = AuditorFormSet(request.POST or None, prefix="auditors", initial=named)
    status = 422 if form.is_bound else 200
    if wants_row(request, "auditors"):
        form, auditors = as_typed(form), with_row(AuditorFormSet, request, prefix="auditors", initial=named)
        status = 200
    elif request.method == "POST" and all([form.is_valid(), auditors.is_valid()]):
        correction = Correction(summary=form.cleaned_data["summary"], auditors=named_auditors(auditors))
        if _revise(request, audit, form, correction, settles):
            return redirect("findings:audit", audit.code)
    context = {"audit": audit, "form": form, "auditors": auditors, "settles": settles}
    context["crumbs"] = [*crumbs(audit), Crumb(_("Correct"))]
    return render(request, "findings/revise.html", context, status=status)


@member_required
def show(request: ViewerRequest, code: str, number: int) -> HttpResponse:
    """Show a published audit as it was before a correction, with what is different marked."""
    audit = _audit(request, code)
    revisions = revisions_of(request.viewer, audit)
    revision = next((one for one in revisions if one.number == number), None)
    if revision is None:
        raise NotVisible
    found = compared(revision)
    context = {
        "audit": audit,
        "revision": revision,
        "revisions": revisions,
        "summary": summary_line(revision),
        "auditors": paired(*auditor_lines(revision)),
        "changed": [one for one in found if one.is_changed],
        "others": [one for one in found if not one.is_changed],
        "crumbs": [*crumbs(audit), Crumb(_("Before correction %(n)s") % {"n": number})],
    }
    return render(request, "findings/revision.html", context)


def _revise(
    request: ViewerRequest, audit: Audit, form: Any, correction: Correction, settles: SiteReply | None
) -> bool:
    try:
        revise_audit(
            viewer=request.viewer,
            audit=audit,
            correction=correction,
            reason=form.cleaned_data["reason"],
            language=form.cleaned_data["reason_language"],
            settles=settles,
            at=timezone.now(),
        )
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    messages.success(
        request, _("Corrected. The old words stay readable; the site and its customers are told.")
    )
    return True


def _settles(request: ViewerRequest, audit: Audit, finding: Finding | None) -> SiteReply | None:
    """Return the open dispute that this correction answers, if the page was reached from one."""
    code = request.POST.get("settles") or request.GET.get("settles") or ""
    rows = replies_on(request.viewer, audit).open().filter(finding=finding, code=code.upper())
    return rows.first() if code else None


def _audit(request: ViewerRequest, code: str) -> Audit:
    return fetch(Audit, code, viewer=request.viewer, queryset=Audit.objects.select_related("version"))
