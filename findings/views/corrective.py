"""The pages of putting a non-compliance right: say what was done, check it, and the list of what waits."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from findings.actions.corrective import save_action_draft, submit_action, verify
from findings.actions.evidence import gather
from findings.actions.several import VERIFY
from findings.forms.corrective import WHYS, CorrectionForm, VerifyForm
from findings.models import Finding, Verification
from findings.permissions.corrective import can_submit_action, can_verify
from findings.queries.corrective import (
    correction_draft_of,
    correction_story,
    waiting_for_verification,
)
from findings.queries.evidence import evidence_of_many
from findings.queries.finding import with_audits
from findings.queries.plan import customers_who_see
from findings.views.pieces_of_several import verbs_for
from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from sourcing.queries.evidence import checklists_for
from web.formsets import as_typed
from web.htmx import is_partial
from web.paging import keyset_page
from web.pieces import Crumb

NOT_TYPED = {"csrfmiddlewaretoken", "draft", "evidence", "file", "file_kind", "file_shows_workers"}
OLDEST_SENT = ("sent_at", "id")


def non_compliance(request: ViewerRequest, code: str) -> Finding:
    """Return the non-compliance with this code, or raise NotVisible."""
    rows = Finding.objects.select_related("audit", "requirement")
    finding = fetch(Finding, code, viewer=request.viewer, queryset=rows)
    if finding.kind != Finding.Kind.NON_COMPLIANCE:
        raise NotVisible
    request.place = "findings:non_compliances"
    return finding


def way_back(finding: Finding, here: str) -> list[Crumb]:
    """Return the way back from a page below a non-compliance."""
    return [
        Crumb(_("Non-compliances"), reverse("findings:non_compliances")),
        Crumb(finding.title, reverse("findings:finding", args=[finding.code])),
        Crumb(here),
    ]


@member_required
def act(request: ViewerRequest, code: str) -> HttpResponse:
    """Say what was done about a non-compliance; what is typed is kept on the way."""
    finding, viewer = non_compliance(request, code), request.viewer
    can_submit_action(viewer, finding).require()
    if request.method != "POST":
        return _act_page(request, finding, _form_to_start(request, finding))
    if "draft" in request.POST:
        save_action_draft(viewer=viewer, finding=finding, typed=_typed(request), at=timezone.now())
        messages.success(request, _("Your words are saved. Nobody outside your organisation can see them."))
        return redirect("findings:corrective_action", finding.code)
    form = CorrectionForm(request.POST, request.FILES, viewer=viewer, finding=finding)
    if form.is_valid():
        try:
            _send(request, finding, form)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Sent. The audit firm checks it now."))
            return redirect("findings:finding", finding.code)
    return _act_page(request, finding, form, status=422)


@member_required
@require_POST
def keep_draft(request: ViewerRequest, code: str) -> HttpResponse:
    """Keep what is typed while it is typed; answers 204."""
    finding = non_compliance(request, code)
    save_action_draft(viewer=request.viewer, finding=finding, typed=_typed(request), at=timezone.now())
    return HttpResponse(status=204)


@member_required
def check(request: ViewerRequest, code: str) -> HttpResponse:
    """Read what a site did and say whether it is enough, from documents."""
    finding, viewer = non_compliance(request, code), request.viewer
    can_verify(viewer, finding).require()
    story = correction_story(viewer, finding)
    latest = story.latest
    form = VerifyForm(request.POST or None, initial={"number": latest.number if latest else None})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            verify(
                viewer=viewer, finding=finding, method=Verification.Method.DESKTOP, at=timezone.now(), **said
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Thank you. The site is told."))
            return redirect("findings:to_verify")
    files = evidence_of_many(viewer, story.actions)
    context = {
        "finding": finding,
        "form": form,
        "said": story.said,
        "files": files,
        "checklists": checklists_for(use.kind for uses in files.values() for use in uses),
        "crumbs": way_back(finding, _("Check it")),
    }
    return render(request, "findings/corrective_check.html", context, status=422 if form.is_bound else 200)


@member_required
def to_verify(request: ViewerRequest) -> HttpResponse:
    """List what waits for the viewer's audit firm, what was sent first at the top."""
    rows = waiting_for_verification(request.viewer).select_related("requirement")
    page = keyset_page(rows, request=request, order=OLDEST_SENT)
    context = {
        "page": page,
        "rows": with_audits(request.viewer, page.rows),
        "by_desk": Finding.Verification.DESKTOP,
        "verbs": verbs_for(request.viewer, VERIFY),
    }
    template = (
        "findings/_corrective_waiting.html" if is_partial(request) else "findings/corrective_waiting.html"
    )
    return render(request, template, context)


def show_refusal(form: Any, refusal: Refusal) -> None:
    """Put a refusal where it belongs: beside its field, if the form has that one, else above the form."""
    known = {name: sentences for name, sentences in refusal.fields.items() if name in form.fields}
    for name, sentences in known.items():
        form.add_error(name, sentences)
    if not known:
        form.add_error(WHYS[0] if "whys" in refusal.fields else None, refusal.sentence)


def _send(request: ViewerRequest, finding: Finding, form: CorrectionForm) -> None:
    at = timezone.now()
    pieces = gather(viewer=request.viewer, finding=finding, at=at, **form.wanted_evidence())
    submit_action(viewer=request.viewer, finding=finding, said=form.said(), evidence=pieces, at=at)


def _typed(request: ViewerRequest) -> dict[str, list[str]]:
    return {name: values for name, values in request.POST.lists() if name not in NOT_TYPED}


def _form_to_start(request: ViewerRequest, finding: Finding) -> CorrectionForm:
    """Start from the draft if there is one, from the version sent last otherwise, from nothing at first."""
    viewer = request.viewer
    draft = correction_draft_of(viewer, finding)
    if draft is not None:
        data = QueryDict(mutable=True)
        for name, values in draft.content.get("typed", {}).items():
            data.setlist(name, values)
        return as_typed(CorrectionForm(data, viewer=viewer, finding=finding))  # type: ignore[no-any-return]
    before = CorrectionForm.initial_from(correction_story(viewer, finding).latest)
    return CorrectionForm(initial=before, viewer=viewer, finding=finding)


def _act_page(
    request: ViewerRequest, finding: Finding, form: CorrectionForm, status: int = 200
) -> HttpResponse:
    story, draft = correction_story(request.viewer, finding), correction_draft_of(request.viewer, finding)
    context = {
        "finding": finding,
        "form": form,
        "story": story,
        "draft": draft,
        "customers": customers_who_see(finding.audit),
        "needs_visit": finding.verification != Finding.Verification.DESKTOP,
        "crumbs": way_back(finding, _("Say what you did")),
    }
    return render(request, "findings/corrective_act.html", context, status=status)
