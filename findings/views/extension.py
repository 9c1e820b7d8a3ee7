"""The pages of more time: ask for it, answer it, and the list of requests that wait."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from findings.actions.extension import answer_extension, ask_extension
from findings.actions.several import ANSWER
from findings.forms.corrective import AnswerTimeForm, AskForTimeForm
from findings.models import Extension
from findings.permissions.corrective import can_answer_extension, can_ask_extension
from findings.queries.corrective import correction_story, extensions_waiting
from findings.queries.finding import with_audits
from findings.views.corrective import non_compliance, show_refusal, way_back
from findings.views.pieces_of_several import verbs_for
from ledger.reads import log_read
from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.htmx import is_partial
from web.paging import keyset_page

OLDEST = ("asked_at", "id")


@member_required
def ask(request: ViewerRequest, code: str) -> HttpResponse:
    """Ask the audit firm for more time."""
    finding = non_compliance(request, code)
    can_ask_extension(request.viewer, finding).require()
    form = AskForTimeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_extension(viewer=request.viewer, finding=finding, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(
                request, _("You have asked. The date stays as it is until the audit firm answers.")
            )
            return redirect("findings:finding", finding.code)
    context = {
        "finding": finding,
        "form": form,
        "waiting": correction_story(request.viewer, finding).waiting,
        "crumbs": way_back(finding, _("Ask for more time")),
    }
    return render(request, "findings/extension_ask.html", context, status=422 if form.is_bound else 200)


@member_required
def answer(request: ViewerRequest, code: str) -> HttpResponse:
    """Grant more time or refuse it."""
    rows = Extension.objects.select_related("answer", "finding__audit", "finding__requirement")
    extension = fetch(Extension, code, viewer=request.viewer, queryset=rows)
    finding = extension.finding
    log_read(by=request.viewer, subject=finding, owner_id=finding.supplier_id, at=timezone.now())
    can_answer_extension(request.viewer, extension).require()
    form = AnswerTimeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_extension(viewer=request.viewer, extension=extension, at=timezone.now(), **form.given())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Thank you. The site is told."))
            return redirect("findings:extensions")
    context = {
        "finding": finding,
        "extension": extension,
        "form": form,
        "crumbs": way_back(finding, _("More time")),
    }
    return render(request, "findings/extension_answer.html", context, status=422 if form.is_bound else 200)


@member_required
def waiting(request: ViewerRequest) -> HttpResponse:
    """List the requests for more time that wait for an answer, the oldest first."""
    rows = extensions_waiting(request.viewer).select_related("finding__requirement")
    page = keyset_page(rows, request=request, order=OLDEST)
    with_audits(request.viewer, [one.finding for one in page.rows])
    context = {
        "page": page,
        "rows": page.rows,
        "own": request.viewer.organisation_id,
        "verbs": verbs_for(request.viewer, ANSWER),
    }
    template = (
        "findings/_extension_waiting.html" if is_partial(request) else "findings/extension_waiting.html"
    )
    return render(request, template, context)
