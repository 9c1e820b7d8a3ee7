"""One side asks a site for evidence; the site answers. Nobody else sees either."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from findings.actions.evidence import (
    answer_with_evidence,
    ask_for_evidence,
    decline_request,
    gather,
    take_back_request,
)
from findings.forms.evidence import AnswerForm, AskForm, DeclineForm
from findings.models import EvidenceRequest, Finding
from findings.permissions.evidence import can_answer_request, can_ask_for_evidence, can_take_back_request
from findings.queries.evidence import already_there, evidence_of, requests_listed
from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from sourcing.queries.evidence import checklist_for
from web.htmx import is_partial
from web.paging import keyset_page
from web.pieces import Crumb

NEWEST = ("-asked_at", "-id")


@member_required
def requests(request: ViewerRequest) -> HttpResponse:
    """List what the organisation asks others for, and what it is asked, newest first."""
    page = keyset_page(requests_listed(request.viewer), request=request, order=NEWEST)
    own = request.viewer.organisation_id
    context = {"page": page, "own": own}
    if is_partial(request):
        return render(request, "findings/_evidence_requests.html", context)
    waiting = requests_listed(request.viewer).filter(state="open", supplier_id=own).count()
    return render(request, "findings/evidence_requests.html", context | {"waiting": waiting})


@member_required
def ask(request: ViewerRequest, code: str) -> HttpResponse:
    """Ask the site for evidence on a finding, after a look at what is there already."""
    viewer = request.viewer
    finding = _finding(request, code)
    can_ask_for_evidence(viewer, finding).require()
    request.place = "findings:working_together" if finding.is_car else "findings:non_compliances"
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_for_evidence(viewer=viewer, finding=finding, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("kind" if refusal.code == "asked-already" else None, refusal.sentence)
        else:
            messages.success(request, _("The site is asked. No other customer sees this."))
            return redirect("findings:finding", finding.code)
    kind = request.POST.get("kind", "")
    context = {
        "finding": finding,
        "form": form,
        "there": already_there(viewer, finding, kind=kind),
        "crumbs": _crumbs(finding, _("Ask for evidence")),
    }
    return render(request, "findings/evidence_ask.html", context, status=422 if form.is_bound else 200)


@member_required
def detail(request: ViewerRequest, code: str) -> HttpResponse:
    """Show a request; the site answers it here."""
    viewer = request.viewer
    asked = fetch(EvidenceRequest, code, viewer=viewer)
    finding = _finding_of(request, asked)
    may_answer = can_answer_request(viewer, asked) if finding else None
    form = None
    if may_answer and finding is not None:
        form = AnswerForm(
            request.POST or None, request.FILES or None, viewer=viewer, finding=finding, kind=asked.kind
        )
        if request.method == "POST" and form.is_valid() and _answered(request, asked, finding, form):
            messages.success(request, _("Thank you. %(who)s can see it now.") % {"who": asked.asker_name})
            return redirect("findings:evidence_request", asked.code)
    elif request.method == "POST":
        can_answer_request(viewer, asked).require()
    return render(
        request,
        "findings/evidence_request.html",
        _about(request, asked, finding) | {"form": form, "may_answer": may_answer},
        status=422 if form is not None and form.is_bound else 200,
    )


@member_required
def decline(request: ViewerRequest, code: str) -> HttpResponse:
    """Say why there is nothing to show."""
    viewer = request.viewer
    asked = fetch(EvidenceRequest, code, viewer=viewer)
    can_answer_request(viewer, asked).require()
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        decline_request(viewer=viewer, request=asked, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("%(who)s is told.") % {"who": asked.asker_name})
        return redirect("findings:evidence_request", asked.code)
    context = _about(request, asked, _finding_of(request, asked)) | {"form": form}
    return render(request, "findings/evidence_decline.html", context, status=422 if form.is_bound else 200)


@member_required
@require_POST
def take_back(request: ViewerRequest, code: str) -> HttpResponse:
    """Take a request back."""
    asked = fetch(EvidenceRequest, code, viewer=request.viewer)
    take_back_request(viewer=request.viewer, request=asked, at=timezone.now())
    messages.success(request, _("It is taken back."))
    return redirect("findings:evidence_requests")


def _answered(request: ViewerRequest, asked: EvidenceRequest, finding: Finding, form: AnswerForm) -> bool:
    """Answer with what was chosen; tell whether it worked, and put what was wrong beside its field."""
    viewer, now = request.viewer, timezone.now()
    try:
        with transaction.atomic():
            pieces = gather(viewer=viewer, finding=finding, at=now, **form.wanted_evidence())
            answer_with_evidence(
                viewer=viewer,
                request=asked,
                evidence=pieces,
                answer=form.cleaned_data["answer"],
                language=form.cleaned_data["language"],
                at=now,
            )
    except Refusal as refusal:
        form.blame(refusal)
        return False
    return True


def _about(request: ViewerRequest, asked: EvidenceRequest, finding: Finding | None) -> dict[str, Any]:
    return {
        "asked": asked,
        "finding": finding,
        "uses": evidence_of(request.viewer, asked),
        "checklist": checklist_for(asked.kind),
        "is_site": request.viewer.organisation_id == asked.supplier_id,
        "may_take_back": can_take_back_request(request.viewer, asked),
        "crumbs": [
            Crumb(_("Requests for evidence"), reverse("findings:evidence_requests")),
            Crumb(asked.kind_title),
        ],
    }


def _finding(request: ViewerRequest, code: str) -> Finding:
    rows = Finding.objects.select_related("audit", "requirement")
    return fetch(Finding, code, viewer=request.viewer, queryset=rows)


def _finding_of(request: ViewerRequest, asked: EvidenceRequest) -> Finding | None:
    """Return what was asked about, unless the reader sees it no longer."""
    rows = Finding.objects.visible_to(request.viewer).select_related("audit", "requirement")
    return rows.filter(pk=asked.finding_id).first()


def _crumbs(finding: Finding, here: str) -> list[Crumb]:
    return [Crumb(finding.title, reverse("findings:finding", args=[finding.code])), Crumb(here)]
