"""Evidence where it is attached: read it in the page, and attach more to a finding."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.models import Document
from findings.actions.evidence import attach, gather
from findings.forms.evidence import AttachForm
from findings.models import EvidenceUse, Finding
from findings.permissions.evidence import can_ask_for_evidence, can_attach_to_finding
from findings.queries.evidence import evidence_of, requests_on, with_places
from findings.views.evidence import hand_out, picture_of, sheet_of
from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from sourcing.queries.evidence import checklist_for
from web.dates import day_text
from web.pieces import Crumb, Fact


def panel(request: ViewerRequest, finding: Finding) -> dict[str, Any]:
    """Return what the part about evidence on a finding's page needs (`findings/_evidence_panel.html`)."""
    viewer = request.viewer
    return {
        "evidence_uses": evidence_of(viewer, finding),
        "evidence_requests": list(requests_on(viewer, finding)[:20]),
        "may_attach": can_attach_to_finding(viewer, finding),
        "may_ask": can_ask_for_evidence(viewer, finding),
    }


@member_required
def use(request: ViewerRequest, code: str) -> HttpResponse:
    """Show attached evidence in the page, with the questions that help to judge it."""
    found = with_places(request.viewer, [_use(request, code)])[0]
    context = {
        "use": found,
        "facts": facts_of_use(found),
        "checklist": checklist_for(found.kind),
        "is_owner": found.owner_id == request.viewer.organisation_id,
        "sheet": sheet_of(request, found.pages, "findings:evidence_use_page", found.code),
        "file_url": reverse("findings:evidence_use_file", args=[found.code]),
        "crumbs": _crumbs(found),
    }
    return render(request, "findings/evidence_use.html", context)


@member_required
def use_file(request: ViewerRequest, code: str) -> HttpResponse:
    """Hand out the file of attached evidence."""
    return hand_out(request, _document(request, code))


@member_required
def use_page(request: ViewerRequest, code: str, number: int) -> HttpResponse:
    """Show one page of attached evidence as a picture."""
    return picture_of(request, _document(request, code), number)


@member_required
def attach_to_finding(request: ViewerRequest, code: str) -> HttpResponse:
    """Attach what is there already, or a new file, to a finding."""
    viewer = request.viewer
    rows = Finding.objects.select_related("audit", "requirement")
    finding = fetch(Finding, code, viewer=viewer, queryset=rows)
    can_attach_to_finding(viewer, finding).require()
    request.place = "findings:working_together" if finding.is_car else "findings:non_compliances"
    form = AttachForm(request.POST or None, request.FILES or None, viewer=viewer, finding=finding)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                pieces = gather(viewer=viewer, finding=finding, at=timezone.now(), **form.wanted_evidence())
                attach(viewer=viewer, finding=finding, evidence=pieces, subject=finding, at=timezone.now())
        except Refusal as refusal:
            form.blame(refusal)
        else:
            messages.success(request, _("It is attached. Everyone who sees this audit can read it there."))
            return redirect("findings:finding", finding.code)
    context = {
        "finding": finding,
        "form": form,
        "crumbs": [
            Crumb(finding.title, reverse("findings:finding", args=[finding.code])),
            Crumb(_("Attach evidence")),
        ],
    }
    return render(request, "findings/evidence_attach.html", context, status=422 if form.is_bound else 200)


def _use(request: ViewerRequest, code: str) -> EvidenceUse:
    return fetch(
        EvidenceUse, code, viewer=request.viewer, queryset=EvidenceUse.objects.select_related("document")
    )


def _document(request: ViewerRequest, code: str) -> Document | None:
    return _use(request, code).document


def _crumbs(use: EvidenceUse) -> list[Crumb]:
    finding: Finding | None = use.place  # type: ignore[attr-defined]
    if finding is None:
        return [Crumb(use.title)]
    return [Crumb(finding.title, reverse("findings:finding", args=[finding.code])), Crumb(use.title)]


def facts_of_use(use: EvidenceUse) -> list[Fact]:
    said = [
        (_("Kind"), use.kind_title),
        (_("From"), use.owner_name),
        (_("Who made it"), use.supplied_by),
        (_("Date on it"), day_text(use.issued_on) if use.issued_on else ""),
        (_("Valid until"), day_text(use.expires_on) if use.expires_on else ""),
        (_("Attached"), day_text(use.attached_at)),
    ]
    return [Fact(term, detail) for term, detail in said if detail]
