"""Pages of exceptional shares: giving and ending them, and reading what was shared."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.serve import serve
from findings.actions.share import end_share, share_outside
from findings.forms.share import ShareForm
from findings.models import Audit, Finding, PlanUpdate, Share
from findings.permissions import can_end_share, can_share_outside
from findings.queries.plan import PlanStory
from findings.queries.share import shared_audit, shared_file, shared_findings, shared_story
from findings.views.audit import audit_facts, crumbs, finding_groups
from findings.views.figures import (
    carried_words,
    figures_of,
    progress_chart,
    progress_rows,
    updates_in_force,
)
from ledger.reads import log_read
from ledger.refusals import NotVisible, Refusal
from organisations.queries import country_name, fetch
from organisations.views.access import factor_required, member_required
from organisations.views.middleware import ViewerRequest
from web.dates import day_text
from web.paging import keyset_page
from web.pieces import Crumb, Fact

NEWEST = ("-granted_at", "-id")
SOONEST_END = ("ends_at", "id")


@member_required
def given(request: ViewerRequest) -> HttpResponse:
    """List what the viewer's organisation has shared outside, the newest first, over or not."""
    rows = Share.objects.given_by(request.viewer).select_related("finding").prefetch_related("granted_by")
    page = keyset_page(rows, request=request, order=NEWEST)
    in_force = Share.objects.given_by(request.viewer).in_force(timezone.now()).count()
    return render(request, "findings/shares.html", {"page": page, "in_force": in_force})


@member_required
def share_audit(request: ViewerRequest, code: str) -> HttpResponse:
    """Share a published audit with somebody outside."""
    audit = fetch(Audit, code, viewer=request.viewer)
    return _give(request, audit, None)


@member_required
def share_car(request: ViewerRequest, code: str) -> HttpResponse:
    """Share one CAR, with its plan and reports, with somebody outside."""
    finding = fetch(Finding, code, viewer=request.viewer, queryset=Finding.objects.select_related("audit"))
    if not finding.is_car:
        raise NotVisible
    return _give(request, finding.audit, finding)


def _give(request: ViewerRequest, audit: Audit, finding: Finding | None) -> HttpResponse:
    can_share_outside(request.viewer, audit).require()
    form = ShareForm(request.POST or None)
    back = (
        reverse("findings:finding", args=[finding.code])
        if finding
        else reverse("findings:audit", args=[audit.code])
    )
    if request.method == "POST" and form.is_valid():
        try:
            share = share_outside(
                viewer=request.viewer, audit=audit, finding=finding, at=timezone.now(), **form.wanted()
            )
        except Refusal as refusal:
            _explain(form, refusal)
        else:
            messages.success(request, _("%(who)s is being told.") % {"who": share.recipient})
            return redirect(back)
    title = finding.title if finding else ""
    context = {
        "form": form,
        "audit": audit,
        "finding": finding,
        "back": back,
        "crumbs": [*crumbs(audit), *([Crumb(title, back)] if finding else []), Crumb(_("Share outside"))],
    }
    return render(request, "findings/share_form.html", context, status=422 if form.is_bound else 200)


@member_required
def end(request: ViewerRequest, code: str) -> HttpResponse:
    """Ask whether to end a share; by POST, end it."""
    share = fetch(Share, code, viewer=request.viewer)
    can_end_share(request.viewer, share).require()
    if request.method == "POST":
        try:
            end_share(viewer=request.viewer, share=share, at=timezone.now())
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("Ended. %(who)s can no longer read it.") % {"who": share.recipient})
        return redirect("findings:shares")
    return render(request, "findings/share_end.html", {"share": share, "crumbs": _given_crumbs(_("End"))})


@member_required
@factor_required
def received(request: ViewerRequest) -> HttpResponse:
    """List what others have shared with the viewer and can be read now, the soonest end first."""
    rows = Share.objects.received_by(request.viewer).select_related("finding")
    page = keyset_page(rows, request=request, order=SOONEST_END)
    return render(request, "findings/shared_list.html", {"page": page})


@member_required
@factor_required
def read(request: ViewerRequest, code: str) -> HttpResponse:
    """Show a shared audit with its findings; a shared CAR has a page of its own."""
    share = _received(request, code)
    if share.finding_id:
        finding = shared_findings(share).get()
        return redirect("findings:shared_finding", share.code, finding.code)
    audit = shared_audit(share)
    log_read(by=request.viewer, subject=audit, owner_id=share.owner_id, at=timezone.now())
    context = {
        "share": share,
        "audit": audit,
        "facts": audit_facts(audit),
        "auditors": audit.auditors.order_by("-is_lead", "name"),
        "groups": finding_groups(list(shared_findings(share))),
        "readers": _readers(request, share),
        "crumbs": _received_crumbs(),
    }
    return render(request, "findings/shared_audit.html", context)


@member_required
@factor_required
def read_finding(request: ViewerRequest, code: str, finding_code: str) -> HttpResponse:
    """Show a finding that a share opens, a CAR with its plan and reports; nobody's answers."""
    share, finding = shared_finding_of(request, code, finding_code)
    story = shared_story(finding) if finding.is_car else None
    trail = (
        [] if share.finding_id else [Crumb(share.site_name, reverse("findings:shared", args=[share.code]))]
    )
    context = {
        "share": share,
        "finding": finding,
        "story": story,
        "actions": _actions(story),
        **_figures(finding, story),
        "facts": _facts_of(finding),
        "readers": _readers(request, share),
        "crumbs": [*_received_crumbs(), *trail, Crumb(finding.title)],
    }
    return render(request, "findings/shared_finding.html", context)


@member_required
@factor_required
def version_file(request: ViewerRequest, code: str, finding_code: str, number: int) -> HttpResponse:
    """Hand out the file of a version of a shared plan."""
    return _file(request, code, finding_code, "plan", number)


@member_required
@factor_required
def update_file(request: ViewerRequest, code: str, finding_code: str, number: int) -> HttpResponse:
    """Hand out the evidence of a report on a shared plan."""
    return _file(request, code, finding_code, "update", number)


def _file(request: ViewerRequest, code: str, finding_code: str, kind: str, number: int) -> HttpResponse:
    share, finding = shared_finding_of(request, code, finding_code)
    document = shared_file(shared_story(finding), kind, number)
    if document is None:
        raise NotVisible
    log_read(by=request.viewer, subject=document, owner_id=share.owner_id, at=timezone.now())
    return serve(document)  # type: ignore[return-value]


def _received(request: ViewerRequest, code: str) -> Share:
    """Return a share that the viewer received and that is in force; the owner's own ones are not read here."""
    request.place = "findings:received"
    return fetch(Share, code, viewer=request.viewer, queryset=Share.objects.received_by(request.viewer))


def shared_finding_of(request: ViewerRequest, code: str, finding_code: str) -> tuple[Share, Finding]:
    """Return a share that the viewer received and a finding that it opens; the owner learns of the reading.

    Raises:
        NotVisible: there is no such share in force, or it does not open this finding.
    """
    share = _received(request, code)
    finding = shared_findings(share).filter(code=finding_code.upper()).first()
    if finding is None:
        raise NotVisible
    log_read(by=request.viewer, subject=finding, owner_id=share.owner_id, at=timezone.now())
    return share, finding


def _explain(form: ShareForm, refusal: Refusal) -> None:
    """Put a refusal beside its field and keep what was typed."""
    if refusal.status == 403:
        raise refusal
    for name, texts in refusal.fields.items():
        form.add_error(name, texts)
    if not refusal.fields:
        form.add_error(None, refusal.sentence)


def _actions(story: PlanStory | None) -> list[tuple[object, str]]:
    if story is None:
        return []
    begun = story.progress
    return [
        (action, begun.get(place, PlanUpdate.Progress.NOT_STARTED.value))
        for place, action in enumerate(story.latest.said.actions)
    ]


def _figures(finding: Finding, story: PlanStory | None) -> dict[str, Any]:
    """Return the pictures of a shared plan; of earlier audits a share shows nothing."""
    if story is None:
        return {"refunds": None, "wage_gap": None}
    return {
        **figures_of(story.plan, finding, [finding]),
        "carried": carried_words(story.latest) or carried_words(story.versions[0]),
        "progress_chart": progress_chart(story),
        "progress_rows": progress_rows(story),
        "progress_updates": updates_in_force(story),
    }


def _facts_of(finding: Finding) -> list[Fact]:
    """Return what a finding says beside its description, empty facts left out."""
    requirement = finding.requirement
    facts: list[tuple[Any, Any]] = [
        (_("Requirement"), f"{requirement.printed_code} {requirement.title}"),
        (_("Due"), day_text(finding.due_by) if finding.due_by else ""),
        (_("Checked by"), finding.get_verification_display() if finding.verification else ""),
        (_("Workers affected"), finding.workers_affected),
        (_("Extent"), finding.get_extent_display()),
        (_("Root cause"), finding.root_cause),
    ]
    return [Fact(label, str(value)) for label, value in facts if value not in ("", None)]


def _readers(request: ViewerRequest, share: Share) -> list[Fact]:
    """Say in a recipient's words who reads it: nothing about customers or other recipients."""
    you = share.organisation_name if share.organisation_id else str(request.user)
    place = ", ".join(filter(None, [share.site_name, country_name(share.site_country)]))
    return [
        Fact(_("You"), you),
        Fact(_("Shared by"), share.owner_name),
        Fact(_("Site"), place),
        Fact(_("Reason"), share.reason),
        Fact(_("You can read it until"), day_text(share.ends_at)),
    ]


def _received_crumbs() -> list[Crumb]:
    return [Crumb(_("Shared with me"), reverse("findings:received"))]


def _given_crumbs(label: str) -> list[Crumb]:
    return [Crumb(_("Shared outside"), reverse("findings:shares")), Crumb(label)]
