"""The gap between what a site pays and a living wage."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from findings.actions.wages import WAGE_GAP, record_wages
from findings.forms.wages import BenchmarkForm, WageGroupFormSet, wages_of
from findings.models import ActionPlan, Finding, WageReview
from findings.permissions.plan import can_keep_ledger
from findings.queries.plan import chain_of
from findings.queries.wages import wage_history
from findings.views.figures import wage_chart
from findings.views.plan import car_crumbs, car_of
from findings.views.refunds import explain
from ledger.refusals import NotVisible, Refusal
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.formsets import as_typed, wants_row, with_row


@member_required
def gap(request: ViewerRequest, code: str) -> HttpResponse:
    """Show the figures of every date, the newest first, with what was corrected."""
    finding, plan = _plan(request, code)
    history = wage_history(plan, chain_of(request.viewer, finding))
    context = {
        "finding": finding,
        "wage_gap": history,
        "wage_chart": wage_chart(history),
        "may_keep": can_keep_ledger(request.viewer, finding, WAGE_GAP),
        "crumbs": car_crumbs(finding, _("Living wage")),
    }
    return render(request, "findings/wages.html", context)


@member_required
def new(request: ViewerRequest, code: str) -> HttpResponse:
    """Record what is paid now; the benchmark of last time is filled in."""
    finding, plan = _plan(request, code)
    can_keep_ledger(request.viewer, finding, WAGE_GAP).require()
    latest = wage_history(plan, chain_of(request.viewer, finding)).latest
    return _record(request, finding, latest.review if latest else None, is_correction=False)


@member_required
def correct(request: ViewerRequest, code: str, number: int) -> HttpResponse:
    """Replace figures that were wrong; they stay readable."""
    finding, plan = _plan(request, code)
    can_keep_ledger(request.viewer, finding, WAGE_GAP).require()
    wrong = plan.wage_reviews.filter(number=number).prefetch_related("groups").first()
    if wrong is None:
        raise NotVisible
    return _record(request, finding, wrong, is_correction=True)


def _record(
    request: ViewerRequest, finding: Finding, start: WageReview | None, *, is_correction: bool
) -> HttpResponse:
    initial = BenchmarkForm.initial_from(start) if start else {}
    if not is_correction:
        initial |= {"measured_on": None, "note": ""}
    # What is posted is judged as a whole: a row that was not changed is said again.
    is_first = start is not None and request.method != "POST"
    given = [_row(one, is_correction) for one in start.groups.all()] if start and is_first else []
    form = BenchmarkForm(request.POST or None, initial=initial)
    rows = WageGroupFormSet(request.POST or None, prefix="groups", initial=given)
    if request.method == "POST" and wants_row(request, "groups"):
        form, rows = as_typed(form), with_row(WageGroupFormSet, request, prefix="groups")
        return _page(request, finding, form, rows, is_correction=is_correction, status=200)
    for row in rows.forms:
        row.empty_permitted = True
    if request.method == "POST" and all([form.is_valid(), rows.is_valid()]):
        try:
            record_wages(
                viewer=request.viewer,
                finding=finding,
                facts=form.facts(),
                groups=wages_of(rows),
                corrects=start.number if start and is_correction else None,
                at=timezone.now(),
            )
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The figures are recorded. Everyone who reads your plan sees them."))
            return redirect("findings:wages", finding.code)
    status = 422 if form.is_bound else 200
    return _page(request, finding, form, rows, is_correction=is_correction, status=status)


def _row(group: object, is_correction: bool) -> dict[str, object]:
    names = ("name", "workers", "lowest", "median") if is_correction else ("name", "workers")
    return {name: getattr(group, name) for name in names}


def _plan(request: ViewerRequest, code: str) -> tuple[Finding, ActionPlan]:
    finding = car_of(request, code)
    plan = ActionPlan.objects.visible_to(request.viewer).filter(finding=finding).first()
    if plan is None or finding.requirement.ledger != WAGE_GAP:
        raise NotVisible
    plan.finding = finding
    return finding, plan


def _page(
    request: ViewerRequest, finding: Finding, form: object, rows: object, *, is_correction: bool, status: int
) -> HttpResponse:
    title = _("Correct these figures") if is_correction else _("What workers earn now")
    context = {
        "finding": finding,
        "form": form,
        "rows": rows,
        "title": title,
        "asks_names": getattr(form, "is_bound", False),
        "crumbs": car_crumbs(finding, title),
    }
    return render(request, "findings/wages_form.html", context, status=status)
