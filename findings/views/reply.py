"""The site's pages of an audit it was sent: what it says, finding by finding; and the firm's answers."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from findings.actions.evidence import attach, gather
from findings.actions.review import answer_dispute, finish_review, say, say_rest_is_fine, take_back_dispute
from findings.forms.review import AnswerForm, ReplyForm, ReplyWithEvidenceForm
from findings.models import Audit, Finding, SiteReply
from findings.permissions.review import (
    can_answer_dispute,
    can_dispute,
    can_reply,
    can_review,
    can_revise,
)
from findings.queries.audit import findings_of
from findings.queries.evidence import evidence_of_many
from findings.queries.follow_up import repeats_of
from findings.queries.glance import may_have_evidence
from findings.queries.review import Said, replies_to, review_of, said_by_finding
from findings.queries.revision import corrections_of
from findings.views.audit import crumbs
from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.htmx import is_partial
from web.pieces import Crumb

Kind = SiteReply.Kind


@member_required
def review(request: ViewerRequest, code: str) -> HttpResponse:
    """Let the site go through a submitted audit: each finding is fine, commented on or disputed."""
    viewer, audit = request.viewer, _audit(request, code)
    can_review(viewer, audit).require()
    rows, whole = said_by_finding(viewer, audit, findings_of(viewer, audit))
    first = next((one for one in rows if one.newest is None), None)
    context = {
        "audit": audit,
        "rows": [_row(one, is_open=one is first) for one in rows],
        "whole": whole,
        "done": sum(one.newest is not None for one in rows),
        "total": len(rows),
        "disputed": sum(one.open_dispute is not None for one in rows),
        "review": review_of(audit, at=timezone.now()),
        "crumbs": [*crumbs(audit), Crumb(_("Read and answer"))],
    }
    return render(request, "findings/review.html", context)


@require_POST
@member_required
def rest_is_fine(request: ViewerRequest, code: str) -> HttpResponse:
    """Say of everything not answered yet that it is fine."""
    viewer, audit = request.viewer, _audit(request, code)
    can_review(viewer, audit).require()
    rows, _whole = said_by_finding(viewer, audit, findings_of(viewer, audit))
    rest = [one.finding for one in rows if one.newest is None and one.finding is not None]
    done = say_rest_is_fine(viewer=viewer, audit=audit, findings=rest, at=timezone.now())
    text = ngettext("Noted for %(n)s finding.", "Noted for %(n)s findings.", len(done)) % {"n": len(done)}
    messages.success(request, text)
    return redirect("findings:audit_review", audit.code)


@require_POST
@member_required
def finish(request: ViewerRequest, code: str) -> HttpResponse:
    """Say that the site has no more comments."""
    audit = _audit(request, code)
    finish_review(viewer=request.viewer, audit=audit, at=timezone.now())
    text = _("Thank you. %(firm)s knows that you have finished, and can publish the audit now.")
    messages.success(request, text % {"firm": audit.audit_firm_name})
    return redirect("findings:audit", audit.code)


@member_required
def reply_finding(request: ViewerRequest, code: str) -> HttpResponse:
    """Say something of one finding; from the review page as part of it, otherwise on a page with evidence."""
    rows = Finding.objects.select_related("audit__version", "requirement__section")
    finding = fetch(Finding, code, viewer=request.viewer, queryset=rows)
    audit = finding.audit
    can_reply(request.viewer, audit).require()
    if is_partial(request):
        return _reply_in_place(request, audit, finding)
    given: dict[str, Any] = {
        "viewer": request.viewer,
        "finding": finding,
        "kinds": _kinds(request, audit, finding),
        "initial": _initial(_said_of(request, finding)),
    }
    form = ReplyWithEvidenceForm(request.POST or None, request.FILES or None, **given)
    if request.method == "POST" and form.is_valid() and _send(request, audit, finding, form):
        messages.success(request, _("Saved. Your words stand beside the finding."))
        if can_review(request.viewer, audit):
            return redirect(f"{reverse('findings:audit_review', args=[audit.code])}#f-{finding.code}")
        return redirect("findings:finding", finding.code)
    context = {"finding": finding, "audit": audit, "form": form}
    context["crumbs"] = [*crumbs(audit), Crumb(finding.title)]
    return render(request, "findings/reply.html", context, status=422 if form.is_bound else 200)


@member_required
def reply_audit(request: ViewerRequest, code: str) -> HttpResponse:
    """Say something of the audit as a whole."""
    viewer, audit = request.viewer, _audit(request, code)
    can_reply(viewer, audit).require()
    form = ReplyForm(request.POST or None, kinds=_kinds(request, audit, None))
    if request.method == "POST" and form.is_valid() and _send(request, audit, None, form):
        messages.success(request, _("Saved. Your words stand beside the audit."))
        return redirect(
            "findings:audit_review" if can_review(viewer, audit) else "findings:audit", audit.code
        )
    context = {"audit": audit, "form": form, "crumbs": [*crumbs(audit), Crumb(_("The audit as a whole"))]}
    return render(request, "findings/reply.html", context, status=422 if form.is_bound else 200)


@member_required
def show(request: ViewerRequest, code: str) -> HttpResponse:
    """Lead to the place where a reply stands."""
    reply = _reply(request, code)
    if reply.finding_id is not None and reply.finding is not None:
        return redirect(f"{reverse('findings:finding', args=[reply.finding.code])}#reply-{reply.code}")
    return redirect(f"{reverse('findings:audit', args=[reply.audit.code])}#reply-{reply.code}")


@member_required
def answer(request: ViewerRequest, code: str) -> HttpResponse:
    """Let the firm answer a dispute; agreeing about a published audit leads to its correction."""
    viewer, reply = request.viewer, _reply(request, code)
    can_answer_dispute(viewer, reply).require()
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        is_accepted = said["answer"] == "accepted"
        if is_accepted and reply.audit.is_published:
            return redirect(_correction_url(reply))
        try:
            answer_dispute(
                viewer=viewer,
                reply=reply,
                is_accepted=is_accepted,
                reason=said["reason"],
                language=said["language"],
                at=timezone.now(),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Your answer stands beside the dispute. The site is told."))
            return redirect("findings:reply", reply.code)
    context = {"reply": reply, "audit": reply.audit, "form": form}
    context["crumbs"] = [*crumbs(reply.audit), Crumb(_("Answer the site"))]
    return render(request, "findings/reply_answer.html", context, status=422 if form.is_bound else 200)


@require_POST
@member_required
def take_back(request: ViewerRequest, code: str) -> HttpResponse:
    """Let the site take a dispute back."""
    reply = _reply(request, code)
    take_back_dispute(viewer=request.viewer, reply=reply, at=timezone.now())
    messages.success(request, _("You have taken the dispute back."))
    return redirect("findings:reply", reply.code)


def panel(request: ViewerRequest, finding: Finding) -> dict[str, Any]:
    """Return what the page of a finding shows of replies: what was said, the answers, and what the reader may do."""
    viewer, said = request.viewer, replies_to(request.viewer, finding)
    earlier, later = repeats_of(viewer, finding)
    return {
        "repeats": earlier,
        "found_again": later,
        "may_revise": can_revise(viewer, finding.audit),
        "corrections": corrections_of(viewer, finding) if finding.audit.is_published else [],
        "replies": said,
        "reply_files": evidence_of_many(viewer, said)
        if said and may_have_evidence(finding, SiteReply)
        else {},
        "is_disputed": any(one.state == "open" for one in said),
        "may_reply": can_reply(viewer, finding.audit),
        "may_dispute": can_dispute(viewer, finding.audit, finding),
        "answers_disputes": viewer.organisation_id == finding.audit.audit_firm_id,
        "takes_back": viewer.organisation_id == finding.supplier_id,
    }


def show_refusal(form: Any, refusal: Refusal) -> None:
    """Put a refusal beside its field, or above the form; what is not allowed at all goes up."""
    if refusal.status in {403, 404}:
        raise refusal
    known = {name: texts for name, texts in refusal.fields.items() if name in form.fields}
    for name, texts in known.items():
        form.add_error(name, texts)
    if not known:
        form.add_error(None, refusal.sentence)


def _audit(request: ViewerRequest, code: str) -> Audit:
    return fetch(Audit, code, viewer=request.viewer, queryset=Audit.objects.select_related("version"))


def _reply(request: ViewerRequest, code: str) -> SiteReply:
    rows = SiteReply.objects.select_related("audit__version", "finding__requirement", "said_by")
    return fetch(SiteReply, code, viewer=request.viewer, queryset=rows)


def _kinds(request: ViewerRequest, audit: Audit, finding: Finding | None) -> list[str]:
    kinds = [Kind.FINE] if finding is not None and can_review(request.viewer, audit) else []
    kinds.append(Kind.COMMENT)
    return [*kinds, Kind.DISPUTE] if can_dispute(request.viewer, audit, finding) else [*kinds]


def _said_of(request: ViewerRequest, finding: Finding) -> Said:
    rows, _whole = said_by_finding(request.viewer, finding.audit, [finding])
    return rows[0]


def _initial(said: Said) -> dict[str, Any]:
    newest = said.newest
    if newest is None:
        return {}
    return {"kind": newest.kind, "text": newest.text, "language": newest.language}


def _row(said: Said, *, is_open: bool, form: ReplyForm | None = None) -> dict[str, Any]:
    """Return one finding of the review page: what it says, what the site said, and the form for more."""
    finding = said.finding
    fresh = form or ReplyForm(auto_id=f"id_{finding.code if finding else ''}_%s", initial=_initial(said))
    return {"finding": finding, "said": said, "form": fresh, "is_open": is_open}


def _reply_in_place(request: ViewerRequest, audit: Audit, finding: Finding) -> HttpResponse:
    """Save from the review page and draw the one finding again."""
    form = ReplyForm(
        request.POST or None, auto_id=f"id_{finding.code}_%s", kinds=_kinds(request, audit, finding)
    )
    is_saved = request.method == "POST" and form.is_valid() and _send(request, audit, finding, form)
    rows, _whole = said_by_finding(request.viewer, audit, findings_of(request.viewer, audit))
    said = next(one for one in rows if one.finding == finding)
    context = {
        "audit": audit,
        "row": _row(said, is_open=not is_saved, form=None if is_saved else form),
        "is_saved": is_saved,
        "done": sum(one.newest is not None for one in rows),
        "total": len(rows),
    }
    return render(request, "findings/_review_row.html", context, status=200 if is_saved else 422)


def _send(request: ViewerRequest, audit: Audit, finding: Finding | None, form: ReplyForm) -> bool:
    """Say it, with the evidence that came along; a refusal stands in the form then."""
    at, viewer = timezone.now(), request.viewer
    try:
        with transaction.atomic():
            evidence = []
            if isinstance(form, ReplyWithEvidenceForm) and finding is not None:
                evidence = gather(viewer=viewer, finding=finding, at=at, **form.wanted_evidence())
            reply = say(viewer=viewer, audit=audit, finding=finding, at=at, **form.said())
            if evidence:
                attach(viewer=viewer, finding=finding, evidence=evidence, subject=reply, at=at)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    return True


def _correction_url(reply: SiteReply) -> str:
    if reply.finding is None:
        return f"{reverse('findings:audit_revise', args=[reply.audit.code])}?settles={reply.code}"
    return f"{reverse('findings:finding_revise', args=[reply.finding.code])}?settles={reply.code}"
