"""Evidence of a plan or a report that an exceptional share opens; the door is the share's own."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from findings.models import EvidenceUse
from findings.queries.evidence import shared_evidence
from findings.views.evidence import hand_out, picture_of, sheet_of
from findings.views.evidence_use import facts_of_use
from findings.views.share import shared_finding_of
from ledger.reads import log_read
from ledger.refusals import NotVisible
from organisations.views.access import factor_required, member_required
from organisations.views.middleware import ViewerRequest
from sourcing.queries.evidence import checklist_for
from web.pieces import Crumb


@member_required
@factor_required
def use(request: ViewerRequest, code: str, finding_code: str, use_code: str) -> HttpResponse:
    """Show attached evidence to whoever reads its plan through a share."""
    found, crumb = _use(request, code, finding_code, use_code)
    context = {
        "use": found,
        "facts": facts_of_use(found),
        "checklist": checklist_for(found.kind),
        "sheet": sheet_of(
            request, found.pages, "findings:shared_evidence_page", code, finding_code, found.code
        ),
        "file_url": reverse("findings:shared_evidence_file", args=[code, finding_code, found.code]),
        "crumbs": [crumb, Crumb(found.title)],
    }
    return render(request, "findings/evidence_use.html", context)


@member_required
@factor_required
def use_file(request: ViewerRequest, code: str, finding_code: str, use_code: str) -> HttpResponse:
    """Hand out the file of evidence read through a share."""
    return hand_out(request, _use(request, code, finding_code, use_code)[0].document)


@member_required
@factor_required
def use_page(
    request: ViewerRequest, code: str, finding_code: str, use_code: str, number: int
) -> HttpResponse:
    """Show one page of evidence read through a share."""
    return picture_of(request, _use(request, code, finding_code, use_code)[0].document, number)


def _use(request: ViewerRequest, code: str, finding_code: str, use_code: str) -> tuple[EvidenceUse, Crumb]:
    share, finding = shared_finding_of(request, code, finding_code)
    found = None if "\0" in use_code else shared_evidence(finding, use_code)
    if found is None:
        raise NotVisible
    log_read(by=request.viewer, subject=found, owner_id=found.owner_id, at=timezone.now())
    address = reverse("findings:shared_finding", args=[share.code, finding.code])
    return found, Crumb(finding.title, address)
