"""The pages of a buyer's own code: what it raised, what the supplier answers; nobody else sees any of it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from findings.actions.variance import answer_variance, close_variance, question_variance, raise_variance
from findings.forms.variance import CloseForm, RaiseForm, ReplyForm, VarianceFilters
from findings.models import Finding, Variance
from findings.permissions.variance import (
    can_answer_variance,
    can_close_variance,
    can_question_variance,
    can_raise_variances,
)
from findings.queries.variance import listed_variances, replies_of
from findings.views.corrective import show_refusal
from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.htmx import is_partial
from web.paging import keyset_page
from web.pieces import Crumb, Fact

NEWEST = ("-raised_at", "-id")


@member_required
def variances(request: ViewerRequest) -> HttpResponse:
    """List what the viewer raised against its own code, or has to answer; newest first."""
    form = VarianceFilters(request.GET)
    page = keyset_page(listed_variances(request.viewer, **form.wanted()), request=request, order=NEWEST)
    context = {
        "form": form,
        "page": page,
        "rows": page.rows,
        "own": request.viewer.organisation_id,
        "may_raise": can_raise_variances(request.viewer),
    }
    template = "findings/_variances.html" if is_partial(request) else "findings/variances.html"
    return render(request, template, context)


@member_required
def new(request: ViewerRequest) -> HttpResponse:
    """Tell a supplier where its site falls short of the buyer's own code."""
    viewer = request.viewer
    can_raise_variances(viewer).require()
    form = RaiseForm(request.POST or None, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        try:
            variance = raise_variance(
                viewer=viewer,
                site=form.cleaned_data["site"],
                said=form.said(),
                finding=_finding(request, form),
                at=timezone.now(),
            )
        except NotVisible:
            form.add_error("finding", _("There is no such finding that you can see."))
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The supplier is told. Nobody else can see this."))
            return redirect("findings:variance", variance.code)
    context = {"form": form, "crumbs": [_list(), Crumb(_("New"))]}
    return render(request, "findings/variance_new.html", context, status=422 if form.is_bound else 200)


@member_required
def detail(request: ViewerRequest, code: str) -> HttpResponse:
    """Show what one buyer raised and what the two said."""
    return _page(request, fetch(Variance, code, viewer=request.viewer, queryset=_rows()))


@member_required
@require_POST
def answer(request: ViewerRequest, code: str) -> HttpResponse:
    """Answer as the supplier."""
    return _say(request, code, answer_variance, ReplyForm(request.POST), _("The customer is told."))


@member_required
@require_POST
def question(request: ViewerRequest, code: str) -> HttpResponse:
    """Ask for more as the buyer."""
    return _say(request, code, question_variance, ReplyForm(request.POST), _("The supplier is told."))


@member_required
@require_POST
def close(request: ViewerRequest, code: str) -> HttpResponse:
    """Close it as the buyer."""
    return _say(request, code, close_variance, CloseForm(request.POST), _("Closed. The supplier is told."))


def _say(
    request: ViewerRequest, code: str, do: Callable[..., Any], form: ReplyForm, thanks: str
) -> HttpResponse:
    variance = fetch(Variance, code, viewer=request.viewer, queryset=_rows())
    if form.is_valid():
        try:
            do(viewer=request.viewer, variance=variance, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            show_refusal(form, refusal)
        else:
            messages.success(request, thanks)
            return redirect("findings:variance", variance.code)
    return _page(request, variance, form, status=422)


def _page(
    request: ViewerRequest, variance: Variance, form: ReplyForm | None = None, status: int = 200
) -> HttpResponse:
    viewer = request.viewer
    request.place = "findings:variances"
    is_buyer = viewer.organisation_id == variance.buyer_id
    seen = Finding.objects.visible_to(viewer).filter(pk=variance.finding_id or 0).first()
    context = {
        "variance": variance,
        "replies": replies_of(viewer, variance),
        "is_buyer": is_buyer,
        "finding": seen,
        "form": form or ReplyForm(),
        "may_answer": can_answer_variance(viewer, variance),
        "may_question": can_question_variance(viewer, variance),
        "may_close": can_close_variance(viewer, variance),
        "readers": [
            Fact(_("You"), request.membership.organisation.name),
            Fact(
                _("Supplier") if is_buyer else _("Customer"),
                variance.site_name if is_buyer else variance.buyer_name,
            ),
        ],
        "crumbs": [_list(), Crumb(variance.title)],
    }
    return render(request, "findings/variance.html", context, status=status)


def _rows() -> Any:
    return Variance.objects.select_related("requirement__version")


def _list() -> Crumb:
    return Crumb(_("Own codes"), reverse("findings:variances"))


def _finding(request: ViewerRequest, form: RaiseForm) -> Finding | None:
    code = form.cleaned_data["finding"]
    return fetch(Finding, code, viewer=request.viewer) if code else None
