"""Papers of a membership and of its assessments: asked for by a button, made by the worker, taken away when ready."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.models import Rendering
from documents.serve import serve
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from schemes.actions.papers import ask_for_paper
from schemes.models import Assessment, Certificate, CertificateStatus, SchemeMembership
from schemes.models.definition import Subject
from schemes.queries.papers import PaperKind, certificates_of, papers_of
from schemes.queries.verify import grouped
from schemes.reports.verify import address_of, snippet_of, today
from web.htmx import is_partial
from web.pieces import Crumb

LABELS = {
    "report": gettext_lazy("the assessment report"),
    "schedule": gettext_lazy("the improvement schedule"),
    "notice": gettext_lazy("the improvement notice"),
    "certificate": gettext_lazy("the certificate"),
}
TITLES = {
    "report": gettext_lazy("Assessment report"),
    "schedule": gettext_lazy("Improvement schedule"),
    "notice": gettext_lazy("Improvement notice"),
    "certificate": gettext_lazy("Certificate"),
}
ABOUT = {
    "report": gettext_lazy("The level, why, and every criterion with its rationale and evidence."),
    "schedule": gettext_lazy("What has to be done, by when, and what is done."),
    "notice": gettext_lazy("What must be done so as not to move down."),
    "certificate": gettext_lazy("One sheet for the wall or an offer, with a code that everybody can check."),
}
# More assessments than this are ten years of them.
MOST = 20


@dataclass(frozen=True)
class Paper:
    """One paper on the page: what it is, where its progress stands, and how far it is."""

    key: str
    title: str
    label: str
    about: str
    url: str
    file_url: str
    rendering: Rendering | None


@dataclass(frozen=True)
class Checkable:
    """A certificate as its page shows it: how it stands, where everybody can check it, and what to embed."""

    certificate: Certificate
    status: CertificateStatus
    printed_code: str
    address: str
    badge: str
    snippet: str


@member_required
def papers(request: ViewerRequest, code: str) -> HttpResponse:
    """Offer the papers of a membership, newest assessment first, and the badge of its certificate."""
    rows = SchemeMembership.objects.select_related("scheme")
    membership = fetch(SchemeMembership, code, viewer=request.viewer, queryset=rows)
    assessments = list(
        Assessment.objects.visible_to(request.viewer)
        .filter(membership=membership)
        .select_related("edition")
        .order_by("-pk")[:MOST]
    )
    certificates = [_checkable(one) for one in certificates_of(request.viewer, membership.pk)[:MOST]]
    context = {
        "membership": membership,
        "groups": _groups(request, assessments),
        "current": certificates[0] if certificates else None,
        "earlier": certificates[1:],
        "is_member": membership.member_id == request.viewer.organisation_id,
        "crumbs": [Crumb(membership.scheme.title, _scheme_url(membership)), Crumb(_("Papers"))],
    }
    return render(request, "schemes/papers.html", context)


@member_required
def assessment_papers(request: ViewerRequest, code: str) -> HttpResponse:
    """Offer the papers of one assessment."""
    assessment = _assessment(request, code)
    context = {
        "assessment": assessment,
        "groups": _groups(request, [assessment]),
        "crumbs": [Crumb(assessment.edition.title), Crumb(_("Papers"))],
    }
    return render(request, "schemes/assessment_papers.html", context)


@member_required
def paper(request: ViewerRequest, code: str, kind: str) -> HttpResponse:
    """Show how far a paper is; by POST, have it made."""
    assessment = _assessment(request, code)
    found = _found(request, assessment, kind)
    if request.method == "POST":
        ask_for_paper(viewer=request.viewer, paper=found, at=timezone.now())
    if not is_partial(request):
        return redirect("schemes:assessment_papers", assessment.code)
    shown = _shown(_found(request, assessment, kind))
    return render(request, "schemes/_paper.html", {"paper": shown})


@member_required
def paper_file(request: ViewerRequest, code: str, kind: str) -> HttpResponse:
    """Hand out a finished paper."""
    made = _found(request, _assessment(request, code), kind).rendering
    if made is None or made.document is None:
        raise Http404
    return serve(made.document)  # type: ignore[return-value]


def _assessment(request: ViewerRequest, code: str) -> Assessment:
    rows = Assessment.objects.select_related("edition__scheme", "membership")
    return fetch(Assessment, code, viewer=request.viewer, queryset=rows)


def _found(request: ViewerRequest, assessment: Assessment, kind: str) -> PaperKind:
    for one in papers_of(request.viewer, [assessment])[assessment.pk]:
        if one.key == kind:
            return one
    raise Http404


def _groups(request: ViewerRequest, assessments: list[Assessment]) -> list[dict[str, Any]]:
    found = papers_of(request.viewer, assessments)
    return [
        {"assessment": one, "papers": [_shown(paper) for paper in found[one.pk]]}
        for one in assessments
        if found[one.pk]
    ]


def _shown(found: PaperKind) -> Paper:
    arguments = [found.assessment.code, found.key]
    return Paper(
        key=found.key,
        title=str(TITLES[found.key]),
        label=str(LABELS[found.key]),
        about=str(ABOUT[found.key]),
        url=reverse("schemes:assessment_paper", args=arguments),
        file_url=reverse("schemes:assessment_paper_file", args=arguments),
        rendering=found.rendering,
    )


def _checkable(certificate: Certificate) -> Checkable:
    address = address_of(certificate.code)
    return Checkable(
        certificate=certificate,
        status=certificate.status_on(today()),
        printed_code=grouped(certificate.code),
        address=address,
        badge=reverse("schemes:verify_badge", args=[certificate.code]),
        snippet=snippet_of(certificate.code, certificate.scheme_title),
    )


def _scheme_url(membership: SchemeMembership) -> str:
    scheme = membership.scheme
    is_public = scheme.is_public and scheme.subject == Subject.ORGANISATION
    return reverse("schemes:scheme", args=[scheme.key]) if is_public else ""
