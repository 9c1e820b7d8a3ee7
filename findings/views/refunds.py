"""The refund ledger of a plan: everyone who reads the plan reads sums, the supplier and its payers also payments."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from findings.actions.refunds import REFUNDS, add_group, correct_group, record_payment, take_back
from findings.forms.refunds import CorrectGroupForm, GroupForm, PaymentForm, TakeBackForm
from findings.models import ActionPlan, Finding, RefundGroup, RefundPayment
from findings.permissions.plan import can_keep_ledger
from findings.queries.plan import customers_who_see
from findings.queries.refunds import groups_in_force, payments_of, refund_ledger
from findings.views.figures import refund_charts
from findings.views.plan import car_crumbs, car_of
from ledger.refusals import NotVisible, Refusal
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.htmx import is_partial
from web.paging import keyset_page

NEWEST = ("-paid_on", "-id")


@member_required
def ledger(request: ViewerRequest, code: str) -> HttpResponse:
    """Show what workers paid and got back; payments as far as the viewer may read them."""
    finding, plan = _plan(request, code)
    page = keyset_page(payments_of(request.viewer, plan), request=request, order=NEWEST)
    kept = refund_ledger(plan)
    context = {
        "finding": finding,
        "refunds": kept,
        "refund_charts": refund_charts(kept),
        "page": page,
        "is_site": request.viewer.organisation_id == finding.supplier_id,
        "may_keep": can_keep_ledger(request.viewer, finding, REFUNDS),
        "crumbs": car_crumbs(finding, _("Refunds")),
    }
    template = "findings/_refund_payments.html" if is_partial(request) else "findings/refunds.html"
    return render(request, template, context)


@member_required
def new(request: ViewerRequest, code: str) -> HttpResponse:
    """Add a group of workers."""
    finding, _plan_found = _plan(request, code)
    can_keep_ledger(request.viewer, finding, REFUNDS).require()
    form = GroupForm(request.POST or None, initial={"to_country": finding.audit.site_country})
    if request.method == "POST" and form.is_valid():
        try:
            add_group(viewer=request.viewer, finding=finding, facts=form.facts(), at=timezone.now())
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The group is added. Everyone who reads your plan sees it."))
            return redirect("findings:refunds", finding.code)
    return _form_page(request, finding, form, _("Add a group of workers"))


@member_required
def correct(request: ViewerRequest, code: str, number: int) -> HttpResponse:
    """Say anew what is known of a group."""
    finding, plan = _plan(request, code)
    can_keep_ledger(request.viewer, finding, REFUNDS).require()
    group = _group(plan, number)
    form = CorrectGroupForm(request.POST or None, initial=CorrectGroupForm.initial_from(group))
    if request.method == "POST" and form.is_valid():
        try:
            correct_group(
                viewer=request.viewer,
                finding=finding,
                number=number,
                facts=form.facts(),
                is_withdrawn=form.cleaned_data["is_withdrawn"],
                at=timezone.now(),
            )
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The group is corrected."))
            return redirect("findings:refunds", finding.code)
    return _form_page(request, finding, form, _("Correct “%(group)s”") % {"group": group.label})


@member_required
def pay(request: ViewerRequest, code: str, number: int) -> HttpResponse:
    """Record money that went back to workers of a group."""
    finding, plan = _plan(request, code)
    can_keep_ledger(request.viewer, finding, REFUNDS).require()
    group = _group(plan, number)
    form = PaymentForm(
        request.POST or None, customers=customers_who_see(finding.audit), currency=group.currency
    )
    if request.method == "POST" and form.is_valid():
        try:
            record_payment(
                viewer=request.viewer, finding=finding, number=number, facts=form.facts(), at=timezone.now()
            )
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The payment is recorded."))
            return redirect("findings:refunds", finding.code)
    title = _("Money back to “%(group)s”") % {"group": group.label}
    return _form_page(request, finding, form, title, is_payment=True)


@member_required
def take_back_payment(request: ViewerRequest, code: str, number: int) -> HttpResponse:
    """Take back a payment that was recorded wrongly."""
    finding, plan = _plan(request, code)
    can_keep_ledger(request.viewer, finding, REFUNDS).require()
    payment: RefundPayment | None = payments_of(request.viewer, plan).filter(number=number).first()
    if payment is None:
        raise NotVisible
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            take_back(
                viewer=request.viewer,
                finding=finding,
                number=number,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The payment is taken back. Both lines stay readable."))
            return redirect("findings:refunds", finding.code)
    return _form_page(request, finding, form, _("Take a payment back"), payment=payment)


def explain(form: Any, refusal: Refusal) -> None:
    """Put a refusal beside its field and keep what was typed; what is forbidden stays an answer of its own."""
    if refusal.status in {403, 404}:
        raise refusal
    for name, texts in refusal.fields.items():
        form.add_error(name if name in form.fields else None, list(texts))
    if not refusal.fields:
        form.add_error(None, refusal.sentence)


def _plan(request: ViewerRequest, code: str) -> tuple[Finding, ActionPlan]:
    finding = car_of(request, code)
    plan = ActionPlan.objects.visible_to(request.viewer).filter(finding=finding).first()
    if plan is None or finding.requirement.ledger != REFUNDS:
        raise NotVisible
    plan.finding = finding
    return finding, plan


def _group(plan: ActionPlan, number: int) -> RefundGroup:
    found = next((one for one in groups_in_force(plan) if one.number == number), None)
    if found is None:
        raise NotVisible
    return found


def _form_page(request: ViewerRequest, finding: Finding, form: Any, title: str, **more: Any) -> HttpResponse:
    context = {
        "finding": finding,
        "form": form,
        "title": title,
        "asks_names": form.is_bound and "is_no_name" in form.fields,
        "crumbs": car_crumbs(finding, title),
        **more,
    }
    return render(request, "findings/refund_form.html", context, status=422 if form.is_bound else 200)
