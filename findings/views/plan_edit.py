"""Writing a plan in the browser: a draft that several people may write at once, and an earlier plan carried on."""

from typing import Any

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from findings.actions.draft import carry_on, save_draft
from findings.forms.plan import ActionFormSet, CauseFormSet, PlanForm
from findings.forms.plan_typed import (
    as_query,
    merge_typed,
    names_of,
    settle,
    typed_from,
    typed_of_version,
    values_of,
)
from findings.models import Finding
from findings.permissions import can_share_plan
from findings.queries.draft import Standing, also_writing, standing_of, to_carry_on
from findings.queries.plan import customers_who_see
from findings.queries.together import positions_for_plan
from findings.views.plan import car_crumbs, car_of, car_steps, share
from ledger.codes import new_code
from ledger.refusals import Refusal
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.formsets import as_typed, wants_row, with_row
from web.merging import ANSWER, packed, unpacked

NOT_TYPED = {"csrfmiddlewaretoken", "draft", "add_row", "seen", "base", "writer", "kept"}
MOVED_ON = "plan-moved-on"


@member_required
def edit(request: ViewerRequest, code: str) -> HttpResponse:
    """Step 2 in the browser: write the plan, keep a draft, share it; two who write see each other's words."""
    finding = car_of(request, code)
    can_share_plan(request.viewer, finding).require()
    standing = standing_of(request.viewer, finding)
    if request.method != "POST":
        return page(request, finding, standing, *unjudged_forms(as_query(typed_now(standing))))
    if "add_row" in request.POST:
        return page(request, finding, standing, *_forms_with_row(request), kept=request.POST)
    typed, seen = _typed(request), _seen(request, standing)
    if seen and seen != standing.stamp:
        found = merge_typed(request.POST.get("base", ""), typed, typed_now(standing))
        if found.conflicts or found.taken:
            return merge_page(request, finding, standing, found)
        seen = standing.stamp  # both say the same
    try:
        return _draft(request, finding, typed, seen) or _shared(request, finding, standing, typed, seen)
    except Refusal as refusal:
        if refusal.code != MOVED_ON:
            raise
        standing = standing_of(request.viewer, finding)
        found = merge_typed(request.POST.get("base", ""), typed, typed_now(standing))
        return merge_page(request, finding, standing, found)


@member_required
@require_POST
def keep_draft(request: ViewerRequest, code: str) -> HttpResponse:
    """Keep what is typed while it is typed; whoever comes second is told, and nothing is overwritten."""
    finding, now = car_of(request, code), timezone.now()
    before = standing_of(request.viewer, finding)
    typed, seen, writer = _typed(request), _seen(request, before), request.POST.get("writer", "")
    try:
        save_draft(viewer=request.viewer, finding=finding, typed=typed, seen=seen, writer=writer, at=now)
    except Refusal as refusal:
        if refusal.code != MOVED_ON:
            raise
        said = _("%(who)s saved this plan too. Your words are kept here: press “Save draft” to see both.")
        return JsonResponse({"note": said % {"who": before.saved_by or _("A colleague")}}, status=409)
    if not seen:
        return HttpResponse(status=204)
    after = standing_of(request.viewer, finding)
    fields = {"seen": after.stamp, "base": packed(values_of(typed))}
    return JsonResponse({"fields": fields, "also": _also(request, before)})


@member_required
@require_POST
def carry(request: ViewerRequest, code: str) -> HttpResponse:
    """Begin the plan from that of the earlier CAR; then it is edited like any draft."""
    finding = car_of(request, code)
    earlier = to_carry_on(request.viewer, finding)
    typed = typed_of_version(earlier) if earlier else {}
    try:
        carry_on(viewer=request.viewer, finding=finding, typed=typed, at=timezone.now())
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The earlier plan is here now. Change what has changed, then share it."))
    return redirect("findings:plan_edit", finding.code)


def _draft(request: ViewerRequest, finding: Finding, typed: dict[str, list[str]], seen: str) -> Any:
    """Save the draft when that was asked for; None otherwise."""
    if "draft" not in request.POST:
        return None
    writer = request.POST.get("writer", "")
    save_draft(
        viewer=request.viewer, finding=finding, typed=typed, seen=seen, writer=writer, at=timezone.now()
    )
    messages.success(request, _("Your draft is saved. Nobody outside your organisation can see it."))
    return redirect("findings:plan_edit", finding.code)


def _shared(
    request: ViewerRequest, finding: Finding, standing: Standing, typed: dict[str, list[str]], seen: str
) -> HttpResponse:
    form, causes, actions = _bound(as_query(typed))
    if all([form.is_valid(), causes.is_valid(), actions.is_valid()]):
        try:
            share(request, finding, form, form.content(causes, actions), seen=seen)
        except Refusal as refusal:
            if refusal.code == MOVED_ON:
                raise
            form.add_error("date_1" if "named_dates" in refusal.fields else None, refusal.sentence)
        else:
            return redirect("findings:finding", finding.code)
    return page(request, finding, standing, form, causes, actions, kept=request.POST, status=422)


def _typed(request: ViewerRequest) -> dict[str, list[str]]:
    """Return what was typed, with the answers of a merge put in."""
    sent = request.POST.lists()
    typed = {
        name: [str(one) for one in values]
        for name, values in sent
        if name not in NOT_TYPED and not name.startswith(ANSWER)
    }
    answers = {name: str(value) for name, value in request.POST.items() if name.startswith(ANSWER)}
    theirs = unpacked(request.POST.get("base", ""), [name.removeprefix(ANSWER) for name in answers])
    return settle(typed, theirs or {}, answers) if answers else typed


def _seen(request: ViewerRequest, standing: Standing) -> str:
    """Return what the writer had before them; the last save of this very page is not somebody else's."""
    writer = request.POST.get("writer", "")
    if writer and standing.draft is not None and standing.draft.content.get("writer") == writer:
        return standing.stamp
    return request.POST.get("seen", "")


def typed_now(standing: Standing) -> dict[str, list[str]]:
    """Return what stands there: the draft if there is one, the version in force otherwise, or nothing."""
    if standing.draft is not None:
        return dict(standing.draft.content.get("typed", {}))
    return typed_of_version(standing.latest) if standing.latest else typed_from({"rhythm": "3"})


def _also(request: ViewerRequest, standing: Standing) -> str:
    """Say who writes this plan as well, and when they saved."""
    now = timezone.now()
    who = also_writing(request.viewer, standing, at=now)
    if not who or standing.draft is None:
        return ""
    return _("%(who)s is editing too (saved %(ago)s).") % {
        "who": who,
        "ago": naturaltime(standing.draft.saved_at),
    }


def _bound(data: QueryDict) -> tuple[PlanForm, Any, Any]:
    return PlanForm(data), CauseFormSet(data, prefix="causes"), ActionFormSet(data, prefix="actions")


def unjudged_forms(data: QueryDict) -> tuple[PlanForm, Any, Any]:
    form, causes, actions = _bound(data)
    return as_typed(form), _unjudged(causes), _unjudged(actions)


def _forms_with_row(request: ViewerRequest) -> tuple[PlanForm, Any, Any]:
    form, causes, actions = _bound(request.POST)
    if wants_row(request, "causes"):
        causes = with_row(CauseFormSet, request, prefix="causes")
    if wants_row(request, "actions"):
        actions = with_row(ActionFormSet, request, prefix="actions")
    return as_typed(form), _unjudged(causes), _unjudged(actions)


def _unjudged(formset: Any) -> Any:
    """Show a formset as typed, without errors: it was not handed in yet."""
    formset._errors, formset._non_form_errors = [], formset.error_class()
    for form in formset.forms:
        as_typed(form)
    return formset


def merge_page(
    request: ViewerRequest,
    finding: Finding,
    standing: Standing,
    found: Any,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show both people's words; what is sent next is compared with what stands there now."""
    forms = unjudged_forms(as_query(typed_from(found.values)))
    said = {
        "merge": found,
        "who": standing.saved_by,
        "when": standing.saved_at,
        "taken": names_of(found.taken),
    }
    return page(request, finding, standing, *forms, more=said | (more or {}), status=409)


def page(
    request: ViewerRequest,
    finding: Finding,
    standing: Standing,
    form: Any,
    causes: Any,
    actions: Any,
    *,
    kept: Any = None,
    more: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw the form; `kept` brings back what the writer had seen when the page is only shown again."""
    now = packed(values_of(typed_now(standing)))
    context = {
        "finding": finding,
        "form": form,
        "causes": causes,
        "actions": actions,
        "draft": standing.draft,
        "seen": kept.get("seen", standing.stamp) if kept else standing.stamp,
        "base": kept.get("base", now) if kept else now,
        "writer": (kept or {}).get("writer") or new_code(),
        "also": _also(request, standing),
        "carried": to_carry_on(request.viewer, finding),
        "customers": customers_who_see(finding.audit),
        "positions": positions_for_plan(request.viewer, finding, on=timezone.localdate()),
        "steps": car_steps(finding, "plan", is_understood=True),
        "crumbs": car_crumbs(finding, _("Write the plan")),
        **(more or {}),
    }
    return render(request, "findings/plan_edit.html", context, status=status)
