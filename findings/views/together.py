"""What the pages of the work together share: fetching a CAR, one form on one page, and the panel on the CAR's page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from findings.models import Finding
from findings.permissions.together import can_commit, can_introduce, can_propose_call, can_work_together
from findings.queries.introduction import asks_of, introduced_to, rounds_of
from findings.queries.plan import PlanStory
from findings.queries.together import sides_of
from ledger.refusals import NotVisible, Refusal
from organisations.models import Organisation
from organisations.queries import fetch
from organisations.views.middleware import ViewerRequest
from web.pieces import Crumb


@dataclass(frozen=True)
class Page:
    """One form on one page.

    Args:
        heading, button: the words. back: where the page leads afterwards, and by its back link.
        done: what is said once it is done. lead: a sentence before the form. aside: what the column beside it says.
    """

    heading: str
    button: str
    back: str
    crumbs: list[Crumb]
    done: str = ""
    lead: str = ""
    aside: str = ""
    is_danger: bool = False
    template: str = "findings/together_form.html"


def car_of(request: ViewerRequest, code: str) -> Finding:
    """Return a CAR with its requirement, or raise NotVisible."""
    rows = Finding.objects.select_related("audit", "site", "requirement__section", "requirement__version")
    finding = fetch(Finding, code, viewer=request.viewer, queryset=rows)
    if not finding.is_car:
        raise NotVisible
    request.place = "findings:working_together"
    return finding


def trail(finding: Finding, *more: Crumb) -> list[Crumb]:
    """Return the way back from a page below a CAR."""
    return [
        Crumb(_("Working together"), reverse("findings:working_together")),
        Crumb(finding.title, reverse("findings:finding", args=[finding.code])),
        *more,
    ]


def one_form(
    request: ViewerRequest,
    form: forms.Form,
    do: Callable[[], Any],
    page: Page,
    **context: Any,
) -> HttpResponse:
    """Show a form; once it is valid, do what it asks for. A refusal keeps what was typed."""
    if form.is_bound and form.is_valid():
        try:
            do()
        except Refusal as refusal:
            explain(form, refusal)
        else:
            if page.done:
                messages.success(request, page.done)
            return redirect(page.back)
    given = {"form": form, "page": page, "crumbs": page.crumbs, **context}
    return render(request, page.template, given, status=422 if form.is_bound else 200)


def explain(form: forms.Form, refusal: Refusal) -> None:
    """Put a refusal beside the fields it is about, or above the form."""
    known = {name: texts for name, texts in refusal.fields.items() if name in form.fields}
    for name, texts in known.items():
        for text in texts:
            form.add_error(name, text)
    if not known:
        form.add_error(None, refusal.sentence)


def private_to(finding: Finding, viewer_is_site: bool, customer: str = "") -> str:
    """Say who can see what stays between two."""
    if viewer_is_site:
        return _(
            "Only %(customer)s and your organisation see this. No auditor and no other customer does."
        ) % {"customer": customer or _("that customer")}
    return _("Only %(supplier)s and your organisation see this. No auditor and no other customer does.") % {
        "supplier": finding.audit.supplier_name
    }


def panel(
    request: ViewerRequest, finding: Finding, story: PlanStory | None, customers: list[Organisation]
) -> dict[str, Any]:
    """Return what the CAR's page shows of the work together; the finding carries its requirement's section."""
    viewer = request.viewer
    return {
        "sides": sides_of(viewer, finding, story, customers=customers, on=timezone.localdate()),
        "may_call": can_propose_call(viewer, finding),
        "may_commit": can_commit(viewer, finding),
        "may_introduce": can_introduce(viewer, finding),
        "may_work_together": can_work_together(viewer, finding),
        "rounds": rounds_of(viewer, finding),
        "asks": asks_of(viewer, finding),
        "introduced": introduced_to(viewer, finding),
    }
