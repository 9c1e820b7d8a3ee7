"""The pages of a follow-up audit: what it looks at again; and of a periodic audit: what the last one found."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from findings.actions.follow_up import choose_scope, note_result, raise_again
from findings.forms.review import ResultForm, ScopeForm
from findings.models import Audit, Finding
from findings.models.audit import FOLLOW_UPS
from findings.permissions import can_enter_findings, can_work_on_audit
from findings.queries.corrective import correction_story
from findings.queries.evidence import evidence_of_many
from findings.queries.follow_up import (
    followable,
    items_of,
    needing_a_visit,
)
from findings.views.audit import crumbs
from findings.views.reply import show_refusal
from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.pieces import Crumb


@member_required
def follow_up(request: ViewerRequest, code: str) -> HttpResponse:
    """Show what a follow-up looks at, with what was seen; let its firm choose while it is not with the site."""
    viewer, audit = request.viewer, _follow_up(request, code)
    items = items_of(viewer, audit)
    may_choose = can_work_on_audit(viewer, audit) and audit.state != "submitted"
    form = None
    if may_choose or request.method == "POST":
        can_work_on_audit(viewer, audit).require()
        form = ScopeForm(request.POST or None, offered=followable(viewer, audit))
        if request.method == "POST" and form.is_valid():
            try:
                choose_scope(
                    viewer=viewer,
                    audit=audit,
                    findings=list(form.cleaned_data["findings"]),
                    at=timezone.now(),
                )
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _("Saved. The follow-up shows only these."))
                return redirect("findings:follow_up", audit.code)
    chosen = {item.finding_id for item in items}
    offered: Iterable[Finding] = followable(viewer, audit) if may_choose else []
    visits = set(needing_a_visit(viewer, audit).values_list("pk", flat=True)) if may_choose else set()
    context = {
        "audit": audit,
        "items": items,
        "form": form,
        "may_choose": may_choose,
        "may_note": can_enter_findings(viewer, audit),
        "offered": [
            {"finding": one, "is_chosen": one.pk in chosen, "needs_visit": one.pk in visits}
            for one in offered
        ],
        "crumbs": [*crumbs(audit), Crumb(_("What it follows up"))],
    }
    return render(request, "findings/follow_up.html", context, status=422 if form and form.is_bound else 200)


@member_required
def note(request: ViewerRequest, code: str, finding_code: str) -> HttpResponse:
    """Read what the site did about one non-compliance, and write down what was seen of it."""
    viewer, audit = request.viewer, _follow_up(request, code)
    can_enter_findings(viewer, audit).require()
    items = items_of(viewer, audit)
    item = next((one for one in items if one.finding.code == finding_code.upper()), None)
    if item is None:
        raise NotVisible
    story = correction_story(viewer, item.finding)
    initial = {"result": item.result, "note": item.note, "language": item.language}
    form = ResultForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            note_result(
                viewer=viewer, audit=audit, finding=item.finding, at=timezone.now(), **form.cleaned_data
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Noted. Nothing closes before the audit is published."))
            return redirect("findings:follow_up", audit.code)
    context = {
        "audit": audit,
        "finding": item.finding,
        "form": form,
        "said": story.said,
        "files": evidence_of_many(viewer, story.actions),
        "crumbs": [*crumbs(audit), Crumb(item.finding.title)],
    }
    return render(request, "findings/follow_up_note.html", context, status=422 if form.is_bound else 200)


@require_POST
@member_required
def again(request: ViewerRequest, code: str, finding_code: str) -> HttpResponse:
    """Raise a finding of the last audit again, and go on writing it."""
    viewer, audit = request.viewer, _audit(request, code)
    can_enter_findings(viewer, audit).require()
    rows = Finding.objects.select_related("audit", "requirement")
    earlier = fetch(Finding, finding_code, viewer=viewer, queryset=rows)
    try:
        finding = raise_again(viewer=viewer, audit=audit, earlier=earlier, at=timezone.now())
    except Refusal as refusal:
        if refusal.status in {403, 404}:
            raise
        messages.error(request, refusal.sentence)
        return redirect("findings:audit", audit.code)
    messages.success(request, _("Written again. Change what is different today."))
    return redirect("findings:finding_edit", finding.code)


def _audit(request: ViewerRequest, code: str) -> Audit:
    rows = Audit.objects.select_related("version", "parent")
    return fetch(Audit, code, viewer=request.viewer, queryset=rows)


def _follow_up(request: ViewerRequest, code: str) -> Audit:
    audit = _audit(request, code)
    if audit.kind not in FOLLOW_UPS:
        raise NotVisible
    return audit
