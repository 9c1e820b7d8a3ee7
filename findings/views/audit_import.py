"""Pages for bringing an audit in: choose a file or paste rows, look at each row, apply all or nothing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from documents.serve import serve
from findings.actions.audit_import import (
    apply_import,
    bring_file,
    bring_pasted,
    discard_import,
)
from findings.definitions.audit_file import AUDIT, AUDITORS, FINDINGS, MANAGEMENT
from findings.forms.audit_import import FileForm, PasteForm
from findings.models import Audit, AuditImport
from findings.permissions.audit_import import can_apply_import, can_bring_in
from findings.queries.audit_import import Judgement, Verdict, judge
from findings.queries.import_words import note_of
from findings.views.audit import crumbs
from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from organisations.visibility import Viewer
from web.pieces import Crumb


@member_required
def new(request: ViewerRequest) -> HttpResponse:
    """Choose a file that makes a new audit."""
    can_bring_in(request.viewer, None).require()
    trail = [Crumb(_("Audits"), reverse("findings:audits")), Crumb(_("From a file"))]
    return _choose(request, None, trail)


@member_required
def into(request: ViewerRequest, code: str) -> HttpResponse:
    """Choose a file whose findings and grades go into an audit in progress."""
    audit = _audit(request.viewer, code)
    can_bring_in(request.viewer, audit).require()
    return _choose(request, audit, [*crumbs(audit), Crumb(_("From a file"))])


@member_required
def paste(request: ViewerRequest, code: str) -> HttpResponse:
    """Paste rows of findings; what was pasted before can be put right and sent again."""
    viewer, audit = request.viewer, _audit(request.viewer, code)
    can_bring_in(viewer, audit).require()
    form = PasteForm(
        request.POST or None, initial={"rows": _pasted(viewer, audit, request.GET.get("again", ""))}
    )
    if request.method == "POST" and form.is_valid():
        try:
            brought = bring_pasted(
                viewer=viewer, audit=audit, text=form.cleaned_data["rows"], at=timezone.now()
            )
        except Refusal as refusal:
            _refuse(form, "rows", refusal)
        else:
            return redirect("findings:audit_import_rows", brought.code)
    context = {
        "audit": audit,
        "form": form,
        "columns": FINDINGS.columns,
        "crumbs": [*crumbs(audit), Crumb(_("Paste rows"))],
    }
    return render(request, "findings/import_paste.html", context, status=422 if form.is_bound else 200)


@member_required
def rows(request: ViewerRequest, code: str) -> HttpResponse:
    """Show every row and what becomes of it; after applying, what came of it."""
    viewer, brought = request.viewer, _brought(request.viewer, code)
    audit, judgement = brought.audit, None
    if brought.state == AuditImport.State.PREVIEWED:
        judgement = judge(viewer, brought, audit)
    return render(request, "findings/import_rows.html", _context(viewer, brought, judgement))


@require_POST
@member_required
def apply(request: ViewerRequest, code: str) -> HttpResponse:
    """Take all rows; a second click finds it done."""
    viewer, brought = request.viewer, _brought(request.viewer, code)
    try:
        done = apply_import(viewer=viewer, brought=brought, at=timezone.now())
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, refusal.sentence)
        return redirect("findings:audit_import_rows", brought.code)
    count = int(done.summary.get("findings", 0))
    said = ngettext(
        "%(count)s finding is in the audit now.", "%(count)s findings are in the audit now.", count
    )
    messages.success(request, said % {"count": count})
    return redirect("findings:audit", done.audit.code if done.audit else "")


@require_POST
@member_required
def discard(request: ViewerRequest, code: str) -> HttpResponse:
    """Put it away without taking anything."""
    brought = _brought(request.viewer, code)
    try:
        discard_import(viewer=request.viewer, brought=brought, at=timezone.now())
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, refusal.sentence)
        return redirect("findings:audit_import_rows", brought.code)
    messages.success(request, _("Put away. Nothing was written."))
    return redirect("findings:audit", brought.audit.code) if brought.audit else redirect("findings:audits")


@member_required
def file(request: ViewerRequest, code: str) -> HttpResponse:
    """Hand out the file as it was brought."""
    brought = _brought(request.viewer, code)
    if brought.document is None:
        raise Http404
    return serve(brought.document)  # type: ignore[return-value]


def _choose(request: ViewerRequest, audit: Audit | None, trail: list[Crumb]) -> HttpResponse:
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            brought = bring_file(
                viewer=request.viewer, audit=audit, file=form.cleaned_data["file"], at=timezone.now()
            )
        except Refusal as refusal:
            _refuse(form, "file", refusal)
        else:
            return redirect("findings:audit_import_rows", brought.code)
    context = {"audit": audit, "form": form, "crumbs": trail}
    status = 422 if request.method == "POST" else 200
    return render(request, "findings/import_file.html", context, status=status)


def _context(viewer: Viewer, brought: AuditImport, judgement: Judgement | None) -> dict[str, Any]:
    audit = brought.audit
    trail = crumbs(audit) if audit else [Crumb(_("Audits"), reverse("findings:audits"))]
    context = {
        "brought": brought,
        "audit": audit,
        "notes": [note_of(one) for one in brought.content.get("notes", [])],
        "may_apply": can_apply_import(viewer, brought),
        "crumbs": [*trail, Crumb(brought.file_name)],
    }
    if judgement is None:
        return context
    right = [one for one in Verdict if one != Verdict.ERROR]
    listed = [judgement.of(part, *right) for part in (AUDIT, AUDITORS, FINDINGS, MANAGEMENT)]
    counts = judgement.counts()
    return context | {
        "judgement": judgement,
        "errors": judgement.errors,
        "groups": [(rows[0].part, rows) for rows in listed if rows],
        "counts": counts,
        "taken": sum(counts[one] for one in (Verdict.NEW, Verdict.CONTINUES, Verdict.CHANGED)),
    }


def _audit(viewer: Viewer, code: str) -> Audit:
    return fetch(Audit, code, viewer=viewer, queryset=Audit.objects.select_related("version"))


def _brought(viewer: Viewer, code: str) -> AuditImport:
    rows = AuditImport.objects.select_related("audit__version", "document")
    return fetch(AuditImport, code, viewer=viewer, queryset=rows)


def _pasted(viewer: Viewer, audit: Audit, code: str) -> str:
    before = (
        AuditImport.objects.visible_to(viewer).filter(code=code.upper(), audit=audit).first()
        if code
        else None
    )
    return str(before.content.get("pasted", "")) if before else ""


def _refuse(form: Any, name: str, refusal: Refusal) -> None:
    """Put a refusal beside its field; what is not allowed at all goes up."""
    if refusal.status == 403:
        raise refusal
    form.add_error(name, refusal.sentence)
