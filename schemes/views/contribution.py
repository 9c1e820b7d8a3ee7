"""What the public sends to the tracker: a form without an account, and the desk where a person decides."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from schemes.actions.contribution import contribute, decline_contribution, show_contribution
from schemes.forms.tracker import ContributionForm, ModerationFilters
from schemes.models import Contribution, Issue, TrackedCompany
from schemes.permissions.contribution import can_moderate
from schemes.permissions.tracker import can_keep_issue
from schemes.queries.contribution import contributions_to
from schemes.queries.door import open_page
from schemes.views.tracker import show_refusal
from web.htmx import is_partial
from web.paging import keyset_page
from web.pieces import Crumb


def send(request: HttpRequest, code: str) -> HttpResponse:
    """Take in what somebody knows, without an account; a program gets the same thanks and leaves nothing."""
    issue = open_page(Issue, code, viewer=None)
    company = _company(request, issue)
    named = company.name if company else ""
    form = ContributionForm(request.POST or None, issue=issue, company_name=named)
    if request.method == "POST" and form.is_valid():
        if not form.is_by_a_person():
            return redirect("schemes:contribution_thanks", issue.code)
        try:
            contribute(
                issue=issue,
                said=form.said(company.code if company else ""),
                address=get_adapter().get_client_ip(request),
            )
        except Refusal as refusal:
            if refusal.status == 404:
                raise
            show_refusal(form, refusal)
            return _page(request, issue, form, company, refusal.status)
        return redirect("schemes:contribution_thanks", issue.code)
    return _page(request, issue, form, company, 422 if form.is_bound else 200)


def _company(request: HttpRequest, issue: Issue) -> TrackedCompany | None:
    code = request.GET.get("company", "")
    rows = TrackedCompany.objects.visible_to(None).filter(trackings__issue=issue)
    return rows.filter(code=code.upper()).first() if code and "\0" not in code else None


def _page(
    request: HttpRequest, issue: Issue, form: ContributionForm, company: TrackedCompany | None, status: int
) -> HttpResponse:
    context = {
        "issue": issue,
        "form": form,
        "company": company,
        "crumbs": _crumbs(issue, _("Tell what you know")),
    }
    return render(request, "schemes/tracker_contribute.html", context, status=status)


def thanks(request: HttpRequest, code: str) -> HttpResponse:
    """Say what happens now."""
    issue = open_page(Issue, code, viewer=None)
    context = {"issue": issue, "crumbs": _crumbs(issue, _("Thank you"))}
    return render(request, "schemes/tracker_thanks.html", context)


@member_required
def contributions(request: ViewerRequest, code: str) -> HttpResponse:
    """List what was sent in about an issue, for its keeper."""
    issue = fetch(Issue, code, viewer=request.viewer)
    can_keep_issue(request.viewer, issue).require()
    form = ModerationFilters(request.GET)
    rows = contributions_to(request.viewer, issue, **form.wanted())
    page = keyset_page(rows, request=request, order=("-sent_at", "-id"))
    context = {
        "issue": issue,
        "form": form,
        "page": page,
        "rows": page.rows,
        "crumbs": _crumbs(issue, _("What was sent in")),
    }
    request.place = "schemes:tracker"
    partial = "schemes/_tracker_contributions.html"
    return render(request, partial if is_partial(request) else "schemes/tracker_contributions.html", context)


@member_required
def contribution(request: ViewerRequest, code: str) -> HttpResponse:
    """Show the keeper what was sent in, with how to reach who sent it."""
    found = _own(request, code)
    request.place = "schemes:tracker"
    context = {
        "contribution": found,
        "sender": getattr(found, "sender", None),
        "may_decide": can_moderate(request.viewer, found),
        "crumbs": _crumbs(found.issue, found.company_name),
    }
    return render(request, "schemes/tracker_contribution.html", context)


@member_required
@require_POST
def show(request: ViewerRequest, code: str) -> HttpResponse:
    """Let it through."""
    found = show_contribution(viewer=request.viewer, contribution=_own(request, code), at=timezone.now())
    messages.success(request, _("Everybody reads it now."))
    return redirect("schemes:contributions", found.issue.code)


@member_required
@require_POST
def decline(request: ViewerRequest, code: str) -> HttpResponse:
    """Keep it from showing."""
    found = decline_contribution(viewer=request.viewer, contribution=_own(request, code), at=timezone.now())
    messages.success(request, _("It does not show."))
    return redirect("schemes:contributions", found.issue.code)


def _own(request: ViewerRequest, code: str) -> Contribution:
    rows: Any = Contribution.objects.filter(keeper_id=request.viewer.organisation_id)
    return fetch(
        Contribution, code, viewer=request.viewer, queryset=rows.select_related("issue", "company", "sender")
    )


def _crumbs(issue: Issue, here: str) -> list[Crumb]:
    return [
        Crumb(_("Company tracker"), reverse("schemes:tracker")),
        Crumb(issue.title, reverse("schemes:issue", args=[issue.code])),
        Crumb(here),
    ]
