"""How often a plan is reported on: the site sets it, a customer may ask for another rhythm, reminders follow it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from findings.models import ActionPlan, Finding, RhythmAnswer, RhythmRequest
from findings.permissions.plan import can_answer_rhythm, can_ask_for_rhythm
from ledger.dates import date_in, moment, nth_date
from ledger.entries import record
from ledger.occurrences import cancel, schedule
from ledger.refusals import Refusal
from organisations.models import Organisation
from organisations.visibility import Viewer

REMIND_BEFORE = timedelta(days=7)
MORNING = time(9)  # where the site is
UPDATE_SOON = "findings.update_soon"
UPDATE_DUE = "findings.update_due"
UPDATE_LATE = "findings.update_late"
MOST_DATES = 24
FURTHEST = timedelta(days=5 * 366)


def ask_for_rhythm(
    *,
    viewer: Viewer,
    plan: ActionPlan,
    rhythm: int,
    named_dates: Sequence[date] = (),
    reason: str,
    language: str = "",
    at: datetime,
) -> RhythmRequest:
    """Ask the site, as one of its customers, to report in another rhythm; only the two of them read it.

    Raises:
        Forbidden: see `can_ask_for_rhythm`.
        Refusal: `rhythm-as-it-is`, `rhythm-asked-already`, or what `checked_rhythm` refuses.
    """
    can_ask_for_rhythm(viewer, plan).require()
    with transaction.atomic():
        dates = checked_rhythm(rhythm, named_dates, today_at(plan.finding, at))
        if (rhythm, dates) == (plan.rhythm, plan.named_dates):
            raise Refusal("rhythm-as-it-is", _("The site already reports in this rhythm."), status=422)
        own = RhythmRequest.objects.visible_to(viewer).filter(
            plan=plan, organisation_id=viewer.organisation_id, answer=None
        )
        if own.exists():
            raise Refusal("rhythm-asked-already", _("You have asked already. The site has not answered yet."))
        asked = RhythmRequest.objects.create(
            plan=plan,
            organisation_id=viewer.organisation_id,
            rhythm=rhythm,
            named_dates=dates,
            reason=reason,
            language=language,
            person_id=viewer.person_id,
            asked_at=at,
        )
        record(
            verb="findings.rhythm_asked",
            by=viewer,
            subject=plan.finding,
            owner_id=plan.supplier_id,
            at=at,
            data={"plan": plan.code, "request": asked.code, "customer_name": _name(viewer.organisation_id)},
        )
    return asked


def answer_rhythm(
    *,
    viewer: Viewer,
    request: RhythmRequest,
    is_accepted: bool,
    reason: str = "",
    language: str = "",
    at: datetime,
) -> RhythmAnswer:
    """Accept a customer's wish, which then holds for the plan, or say why not.

    Promises: append-only; the customer is told; with a yes the next report is due by the new rhythm.

    Raises:
        Forbidden: see `can_answer_rhythm`.
        Refusal: `rhythm-answered`, `reason-missing`, or what `checked_rhythm` refuses when dates are over.
    """
    can_answer_rhythm(viewer, request).require()
    if not is_accepted and not reason.strip():
        said = _("Say why not, so that your customer understands.")
        raise Refusal("reason-missing", said, status=422, fields={"reason": [said]})
    with transaction.atomic():
        plan = ActionPlan.objects.visible_to(viewer).select_for_update(of=("self",)).get(pk=request.plan_id)
        plan.finding = Finding.objects.select_related("site", "audit").get(pk=plan.finding_id)
        if RhythmAnswer.objects.filter(request=request).exists():
            raise Refusal("rhythm-answered", _("This wish is answered already."))
        answer = RhythmAnswer.objects.create(
            request=request,
            is_accepted=is_accepted,
            reason=reason,
            language=language,
            person_id=viewer.person_id,
            answered_at=at,
        )
        if is_accepted:
            set_rhythm(plan, request.rhythm, request.named_dates, at)
            expect_next_update(plan, at, is_report=False)
        record(
            verb="findings.rhythm_answered",
            by=viewer,
            subject=plan.finding,
            owner_id=plan.supplier_id,
            at=at,
            data={
                "plan": plan.code,
                "request": request.code,
                "is_accepted": is_accepted,
                "customer": request.organisation_id,
                "supplier_name": plan.finding.audit.supplier_name,
                "site_name": plan.finding.audit.site_name,
            },
        )
    return answer


def checked_rhythm(rhythm: int, named_dates: Sequence[date], today: date) -> list[date]:
    """Return the dates that go with a rhythm, in order; a rhythm in months has none.

    Raises:
        Refusal: `dates-missing`, `dates-over`, `dates-too-many`.
    """
    if rhythm != ActionPlan.Rhythm.NAMED_DATES:
        return []
    dates = sorted(set(named_dates))
    if not dates:
        _refuse("dates-missing", _("Name at least one date."))
    if dates[-1] <= today:
        _refuse("dates-over", _("Name at least one date that is still to come."))
    if len(dates) > MOST_DATES or dates[-1] > today + FURTHEST:
        _refuse("dates-too-many", _("Name at most 24 dates, all within five years."))
    return dates


def set_rhythm(plan: ActionPlan, rhythm: int, named_dates: Sequence[date], at: datetime) -> bool:
    """Let a plan report in a rhythm; one that changed is counted from today anew. Tell whether it changed."""
    dates = list(named_dates)
    if (plan.rhythm, plan.named_dates) == (rhythm, dates):
        return False
    plan.rhythm, plan.named_dates, plan.anchor_on = rhythm, dates, today_at(plan.finding, at)
    plan.save(update_fields=["rhythm", "named_dates", "anchor_on"])
    return True


def expect_next_update(plan: ActionPlan, at: datetime, *, is_report: bool = True) -> None:
    """Make the next date of the rhythm the one due; earlier expectations are called off.

    A report within a week before a date counts for that date: nobody is asked again days later. After the last
    of named dates nothing is due until others are named.

    Args:
        is_report: whether something was reported just now; a mere change of rhythm meets no date.
    """
    for kind in (UPDATE_SOON, UPDATE_DUE, UPDATE_LATE):
        cancel(kind, plan, at=at)
    zone = ZoneInfo(plan.finding.site.timezone)
    today = today_at(plan.finding, at)
    due_on = next_update(plan, today + REMIND_BEFORE if is_report else today)
    plan.next_update_on = due_on
    plan.save(update_fields=["next_update_on"])
    if due_on is None:
        return
    data = {"due_on": due_on.isoformat()}
    schedule(
        UPDATE_SOON, plan, max(at, moment(due_on - REMIND_BEFORE, zone, MORNING)), plan.supplier_id, data
    )
    schedule(UPDATE_DUE, plan, moment(due_on, zone, MORNING), plan.supplier_id, data, due_on=due_on)


def next_update(plan: ActionPlan, after: date) -> date | None:
    """Return the first date of a plan's rhythm later than `after`; always from the anchor, never chained."""
    if plan.rhythm == ActionPlan.Rhythm.NAMED_DATES:
        return next((one for one in sorted(plan.named_dates) if one > after), None)
    return next(one for n in count(1) if (one := nth_date(plan.anchor_on, n, plan.rhythm)) > after)


def today_at(finding: Finding, at: datetime) -> date:
    """Return the date at the site."""
    return date_in(ZoneInfo(finding.site.timezone), at)


def _refuse(code: str, sentence: str) -> None:
    raise Refusal(code, sentence, status=422, fields={"named_dates": [sentence]})


def _name(organisation_id: int) -> str:
    return Organisation.objects.get(pk=organisation_id).name
