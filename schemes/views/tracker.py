"""The pages of the company tracker: read by everybody, kept by whoever runs an issue, answered by the company."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from organisations.visibility import Viewer
from schemes.actions.tracker import (
    edit_issue,
    follow_company,
    name_company,
    open_issue,
    publish_issue,
    record_step,
    reply_as_company,
)
from schemes.definitions.tracker_steps import steps_named
from schemes.forms.tracker import (
    CompanyFilters,
    CompanyForm,
    FollowForm,
    IssueForm,
    NewIssueForm,
    RecordForm,
    ReplyForm,
)
from schemes.models import Issue, TrackedCompany, Tracking
from schemes.models.tracker import StepState
from schemes.permissions.tracker import can_keep_issue, can_open_issue, can_publish_issue, can_reply
from schemes.queries.contribution import held_count, shown_contributions
from schemes.queries.door import open_page
from schemes.queries.tracker import (
    LEADERS,
    found_of,
    issues_of_company,
    listed_companies,
    listed_issues,
    replies_of,
)
from schemes.reports.tracker import issue_csv, issue_json
from schemes.views.public import csv_file, json_file, reader
from web.htmx import is_partial
from web.paging import chosen_order, keyset_page
from web.pieces import Chart, Crumb, Series

TONES = {
    "verified": "good",
    "evidenced": "thread",
    "claimed": "car",
    "reversed": "warn",
    "no_information": "line",
}
ORDERS = {"leaders": LEADERS, "name": ("name", "id"), "recorded": ("recorded_at", "id")}


@require_safe
def issues(request: HttpRequest) -> HttpResponse:
    """List the issues on which companies are followed."""
    viewer = reader(request)
    counted = Count("trackings", filter=Q(trackings__is_public=True))
    rows = listed_issues(viewer).annotate(companies=counted)
    page = keyset_page(rows, request=request, order=("-opened_at", "-id"))
    context = {"page": page, "rows": page.rows, "may_open": bool(viewer and can_open_issue(viewer))}
    return render(request, "schemes/tracker.html", context)


@require_safe
def issue(request: HttpRequest, code: str) -> HttpResponse:
    """Show how companies stand on an issue, those that do most first."""
    viewer = reader(request)
    found = open_page(Issue, code, viewer=viewer)
    form = CompanyFilters(request.GET, issue=found)
    order = chosen_order(request, ORDERS, default="leaders")
    page = keyset_page(listed_companies(viewer, found, **form.wanted()), request=request, order=order)
    steps = steps_named(found.steps)
    context = {
        "issue": found,
        "form": form,
        "page": page,
        "rows": [_line(row, found) for row in page.rows],
        "steps": steps,
        "crumbs": [_list(), Crumb(found.title)],
        **_may(viewer, found),
    }
    if is_partial(request):
        return render(request, "schemes/_tracker_companies.html", context)
    return render(request, "schemes/tracker_issue.html", context | {"chart": _chart(viewer, found)})


def _line(row: Tracking, found: Issue) -> dict[str, Any]:
    states = row.states
    return {
        "row": row,
        "cells": [
            (step, states.get(step.key, StepState.NO_INFORMATION.value)) for step in steps_named(found.steps)
        ],
    }


def _chart(viewer: Viewer | None, found: Issue) -> Chart:
    """Count per step how many companies are in which state."""
    steps = steps_named(found.steps)
    asked = {
        f"{step.key}_{state.value}": Count("pk", filter=Q(**{f"states__{step.key}": state.value}))
        for step in steps
        for state in StepState
    }
    counted = Tracking.objects.visible_to(viewer).filter(issue=found).aggregate(**asked)
    order = (
        StepState.VERIFIED,
        StepState.EVIDENCED,
        StepState.CLAIMED,
        StepState.REVERSED,
        StepState.NO_INFORMATION,
    )
    return Chart(
        code="steps",
        title=_("How many companies are seen to take each step"),
        categories=[step.label for step in steps],
        series=[
            Series(
                str(state.label), [counted[f"{step.key}_{state.value}"] for step in steps], TONES[state.value]
            )
            for state in order
        ],
        is_stacked=True,
    )


def _may(viewer: Viewer | None, found: Issue) -> dict[str, Any]:
    if viewer is None:
        return {"may_keep": False, "may_publish": False, "held": 0}
    may_keep = bool(can_keep_issue(viewer, found))
    return {
        "may_keep": may_keep,
        "may_publish": bool(can_publish_issue(viewer, found)),
        "held": held_count(viewer, found) if viewer.organisation_id == found.keeper_id else 0,
        "is_keeper": viewer.organisation_id == found.keeper_id,
    }


@require_GET
def issue_as_csv(request: HttpRequest, code: str) -> HttpResponse:
    """Give every step of every company with its source, as CSV."""
    found = open_page(Issue, code, viewer=reader(request))
    return csv_file(issue_csv(reader(request), found), f"tracker-{found.code}.csv")


@require_GET
def issue_as_json(request: HttpRequest, code: str) -> HttpResponse:
    """Give the same as JSON."""
    found = open_page(Issue, code, viewer=reader(request))
    return json_file(issue_json(reader(request), found), f"tracker-{found.code}.json")


@require_safe
def company(request: HttpRequest, code: str) -> HttpResponse:
    """Show what is known of one company, issue by issue, with its own words."""
    viewer = reader(request)
    found = open_page(TrackedCompany, code, viewer=viewer)
    lines = [_on_issue(viewer, found, tracking) for tracking in issues_of_company(viewer, found)]
    crumbs = [_list(), *([_crumb(lines[0]["issue"])] if len(lines) == 1 else []), Crumb(found.name)]
    return render(
        request, "schemes/tracker_company.html", {"company": found, "lines": lines, "crumbs": crumbs}
    )


def _on_issue(viewer: Viewer | None, found: TrackedCompany, tracking: Tracking) -> dict[str, Any]:
    return {
        "issue": tracking.issue,
        "tracking": tracking,
        "found": found_of(viewer, tracking.issue, found),
        "replies": replies_of(viewer, tracking.issue, found),
        "contributions": shown_contributions(tracking.issue, found),
        "may_keep": bool(viewer and can_keep_issue(viewer, tracking.issue)),
        "may_reply": bool(viewer and can_reply(viewer, found, tracking)),
    }


@member_required
def new(request: ViewerRequest) -> HttpResponse:
    """Open an issue."""
    can_open_issue(request.viewer).require()
    form = NewIssueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = open_issue(viewer=request.viewer, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Opened. Nobody else sees it until you publish it."))
        return redirect("schemes:issue", made.code)
    context = {
        "form": form,
        "crumbs": [_list(), Crumb(_("New issue"))],
        "heading": _("Which issue do you follow?"),
    }
    return _form(request, context)


@member_required
def edit(request: ViewerRequest, code: str) -> HttpResponse:
    """Put the words of an issue right."""
    found = _own(request, code)
    said = {"title": found.title, "summary": found.summary, "language": found.language}
    form = IssueForm(request.POST or None, initial=said)
    if request.method == "POST" and form.is_valid():
        edit_issue(viewer=request.viewer, issue=found, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("schemes:issue", found.code)
    context = {"form": form, "crumbs": _crumbs(found, _("Edit")), "heading": _("What is this issue about?")}
    return _form(request, context)


@member_required
def publish(request: ViewerRequest, code: str) -> HttpResponse:
    """Show an issue to everybody, after saying what that means."""
    found = _own(request, code)
    can_publish_issue(request.viewer, found).require()
    if request.method == "POST":
        publish_issue(viewer=request.viewer, issue=found, at=timezone.now())
        messages.success(request, _("Published. Everybody can read it now."))
        return redirect("schemes:issue", found.code)
    context = {"issue": found, "crumbs": _crumbs(found, _("Publish"))}
    return render(request, "schemes/tracker_publish.html", context)


@member_required
def follow(request: ViewerRequest, code: str) -> HttpResponse:
    """Follow one more company on an issue."""
    found = _own(request, code)
    form = FollowForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = follow_company(
                viewer=request.viewer,
                issue=found,
                name=said["name"],
                country=said["country"],
                outside_ids=said["ids"],
                organisation_code=said["organisation"],
                next_check_on=said["next_check_on"],
                at=timezone.now(),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Every step begins with “no information”. Record what you find."))
            return redirect("schemes:company", made.code)
    context = {"form": form, "crumbs": _crumbs(found, _("Follow a company")), "heading": _("Which company?")}
    return _form(request, context)


@member_required
def rename(request: ViewerRequest, code: str, company_code: str) -> HttpResponse:
    """Say which organisation here a company is, and its ids elsewhere."""
    found, who = _followed(request, code, company_code)
    ids = "\n".join(f"{one['system']}: {one['value']}" for one in who.outside_ids)
    form = CompanyForm(request.POST or None, initial={"country": who.country, "ids": ids})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            name_company(
                viewer=request.viewer,
                company=who,
                issue=found,
                country=said["country"],
                outside_ids=said["ids"],
                organisation_code=said["organisation"] or None,
                at=timezone.now(),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("schemes:company", who.code)
    context = {"form": form, "crumbs": _crumbs(found, who.name), "heading": who.name}
    return _form(request, context)


@member_required
def record(request: ViewerRequest, code: str, company_code: str) -> HttpResponse:
    """Record what was found of a step."""
    found, who = _followed(request, code, company_code)
    asked = {"step": request.GET.get("step", "")}
    form = RecordForm(request.POST or None, issue=found, initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            record_step(
                viewer=request.viewer, issue=found, company=who, found=form.found(), at=timezone.now()
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Recorded. The earlier record stays readable."))
            return redirect("schemes:company", who.code)
    context = {
        "form": form,
        "crumbs": _crumbs(found, who.name),
        "heading": _("What did you find?"),
        "issue": found,
    }
    return _form(request, context)


@member_required
def reply(request: ViewerRequest, code: str, company_code: str) -> HttpResponse:
    """Reply as the company."""
    found = fetch(Issue, code, viewer=request.viewer)
    who = fetch(TrackedCompany, company_code, viewer=request.viewer)
    tracking = Tracking.objects.visible_to(request.viewer).filter(issue=found, company=who).first()
    can_reply(request.viewer, who, tracking).require()
    form = ReplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reply_as_company(
            viewer=request.viewer, issue=found, company=who, at=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("Everybody reads your reply beside the records."))
        return redirect("schemes:company", who.code)
    context = {
        "form": form,
        "crumbs": _crumbs(found, who.name),
        "heading": _("What do you want to say to it?"),
        "note": _("Your reply is public at once and stays as it is. Write a further one to correct it."),
    }
    return _form(request, context)


def show_refusal(form: Any, refusal: Refusal) -> None:
    """Put a refusal where it belongs: beside its field, if the form has that one, else above the form."""
    if refusal.status == 403:
        raise refusal
    known = {name: sentences for name, sentences in refusal.fields.items() if name in form.fields}
    for name, sentences in known.items():
        form.add_error(name, sentences)
    if not known:
        form.add_error(None, refusal.sentence)


def _form(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    request.place = "schemes:tracker"  # type: ignore[attr-defined]
    status = 422 if context["form"].is_bound else 200
    return render(request, "schemes/tracker_form.html", context, status=status)


def _own(request: ViewerRequest, code: str) -> Issue:
    found = fetch(Issue, code, viewer=request.viewer)
    can_keep_issue(request.viewer, found).require()
    return found


def _followed(request: ViewerRequest, code: str, company_code: str) -> tuple[Issue, TrackedCompany]:
    return _own(request, code), fetch(TrackedCompany, company_code, viewer=request.viewer)


def _list() -> Crumb:
    return Crumb(_("Company tracker"), reverse("schemes:tracker"))


def _crumb(found: Issue) -> Crumb:
    return Crumb(found.title, reverse("schemes:issue", args=[found.code]))


def _crumbs(found: Issue, here: str) -> list[Crumb]:
    return [_list(), _crumb(found), Crumb(here)]
