"""The verb of the living-wage gap: record what is paid beside a benchmark, or correct what was recorded."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from findings.actions.private_words import refuse_people
from findings.actions.rhythm import today_at
from findings.models import ActionPlan, Finding, WageGroup, WageReview, WorkplaceRequirement
from findings.models.figures import BenchmarkFacts, WageFacts
from findings.models.wages import FEWEST
from findings.permissions.plan import can_keep_ledger
from ledger.entries import record
from ledger.refusals import NotVisible, Refusal
from organisations.visibility import Viewer

WAGE_GAP = WorkplaceRequirement.Ledger.WAGE_GAP
MOST_GROUPS = 30


def record_wages(
    *,
    viewer: Viewer,
    finding: Finding,
    facts: BenchmarkFacts,
    groups: Sequence[WageFacts],
    corrects: int | None = None,
    at: datetime,
) -> WageReview:
    """Record what groups of workers earn beside a benchmark; append-only, and seen with the plan.

    Args:
        corrects: the number of earlier figures that these replace; those stay readable.

    Raises:
        Forbidden: see `can_keep_ledger`.
        NotVisible: there is nothing of that number to correct.
        Refusal: `no-groups`, `group-too-small`, `wages-not-in-order`, `group-twice`, `date-to-come`,
            `names-a-person`, `corrected-already`.
    """
    with transaction.atomic():
        can_keep_ledger(viewer, finding, WAGE_GAP).require()
        plan = ActionPlan.objects.visible_to(viewer).select_for_update(of=("self",)).get(finding=finding)
        _check(facts, groups, today_at(finding, at))
        review = WageReview.objects.create(
            plan=plan,
            number=(plan.wage_reviews.aggregate(last=Max("number"))["last"] or 0) + 1,
            measured_on=facts.measured_on,
            benchmark=facts.benchmark,
            source=facts.source,
            benchmark_on=facts.benchmark_on,
            region=facts.region,
            amount=facts.amount,
            currency=facts.currency,
            note=facts.note,
            language=facts.language,
            corrects=_corrected(plan, corrects),
            person_id=viewer.person_id,
            recorded_at=at,
        )
        for position, one in enumerate(groups, start=1):
            WageGroup.objects.create(
                review=review,
                position=position,
                name=one.name,
                workers=one.workers,
                lowest=one.lowest,
                median=one.median,
            )
        record(
            verb="findings.wages_recorded",
            by=viewer,
            subject=finding,
            owner_id=finding.supplier_id,
            at=at,
            data={
                "number": review.number,
                "plan": plan.code,
                "supplier_name": finding.audit.supplier_name,
                "site_name": finding.audit.site_name,
            },
        )
    return review


def _check(facts: BenchmarkFacts, groups: Sequence[WageFacts], today: date) -> None:
    if not groups:
        _refuse("no-groups", _("Add at least one group of workers."))
    if len(groups) > MOST_GROUPS:
        _refuse("no-groups", _("Add at most 30 groups."))
    if facts.measured_on > today or facts.benchmark_on > today:
        _refuse("date-to-come", _("These dates are still to come. Use dates that are over."))
    names = [one.name.strip().casefold() for one in groups]
    if len(set(names)) != len(names):
        _refuse("group-twice", _("Two groups have the same name."))
    for one in groups:
        if one.workers < FEWEST:
            _refuse(
                "group-too-small",
                _("“%(name)s” has fewer than five workers. Put it together with another group.")
                % {"name": one.name},
            )
        if one.median < one.lowest:
            _refuse(
                "wages-not-in-order",
                _("“%(name)s”: the wage in the middle cannot be lower than the lowest.") % {"name": one.name},
            )
    refuse_people(note=facts.note, **{f"group {n}": one.name for n, one in enumerate(groups, start=1)})


def _corrected(plan: ActionPlan, number: int | None) -> WageReview | None:
    if number is None:
        return None
    found = plan.wage_reviews.filter(number=number).first()
    if found is None:
        raise NotVisible
    if WageReview.objects.filter(corrects=found).exists():
        raise Refusal("corrected-already", _("These figures are corrected already."))
    return found


def _refuse(code: str, sentence: str) -> None:
    raise Refusal(code, sentence, status=422)
