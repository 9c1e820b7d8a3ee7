"""The verbs of the refund ledger: add and correct groups, record payments and take them back."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from findings.actions.private_words import refuse_people
from findings.actions.rhythm import today_at
from findings.models import ActionPlan, Finding, RefundGroup, RefundPayment, WorkplaceRequirement
from findings.models.figures import GroupFacts, PaymentFacts
from findings.permissions.plan import can_keep_ledger
from findings.queries.refunds import groups_in_force, settled_in
from ledger.entries import record
from ledger.refusals import NotVisible, Refusal
from organisations.visibility import Viewer

REFUNDS = WorkplaceRequirement.Ledger.REFUNDS
MOST_GROUPS = 60


def add_group(*, viewer: Viewer, finding: Finding, facts: GroupFacts, at: datetime) -> RefundGroup:
    """Add a group of workers who paid to get their job.

    Raises:
        Forbidden: see `can_keep_ledger`.
        Refusal: `names-a-person`, `too-many-groups`.
    """
    with transaction.atomic():
        plan = _plan(viewer, finding)
        _check_words(facts)
        last = plan.refund_groups.aggregate(last=Max("number"))["last"] or 0
        if last >= MOST_GROUPS:
            raise Refusal("too-many-groups", _("A plan keeps at most 60 groups. Please put some together."))
        group = _save_group(viewer, plan, last + 1, 1, facts, at)
        _tell(viewer, finding, "findings.refund_group_added", group, at)
    return group


def correct_group(
    *,
    viewer: Viewer,
    finding: Finding,
    number: int,
    facts: GroupFacts,
    is_withdrawn: bool = False,
    at: datetime,
) -> RefundGroup:
    """Say anew what is known of a group; what was said before stays readable for the supplier.

    Raises:
        Forbidden: see `can_keep_ledger`.
        NotVisible: there is no such group.
        Refusal: `names-a-person`, `currency-kept`, `fewer-than-settled`, `group-got-money`.
    """
    with transaction.atomic():
        plan = _plan(viewer, finding)
        before = _group(plan, number)
        _check_words(facts)
        if facts.currency != before.currency:
            _refuse("currency-kept", "currency", _("A group keeps its currency. Add another group instead."))
        settled = settled_in(plan, number)
        if facts.workers < settled:
            _refuse(
                "fewer-than-settled",
                "workers",
                _("%(n)s workers of this group are repaid in full already.") % {"n": settled},
            )
        if is_withdrawn and _got_money(plan, before):
            _refuse("group-got-money", "is_withdrawn", _("This group got money back. It has to stay."))
        group = _save_group(viewer, plan, number, before.revision + 1, facts, at, is_withdrawn=is_withdrawn)
        _tell(viewer, finding, "findings.refund_group_corrected", group, at)
    return group


def record_payment(
    *, viewer: Viewer, finding: Finding, number: int, facts: PaymentFacts, at: datetime
) -> RefundPayment:
    """Record money that went back to workers of a group; a customer that paid is told, and alone reads who paid.

    Raises:
        Forbidden: see `can_keep_ledger`.
        NotVisible: there is no such group.
        Refusal: `names-a-person`, `paid-later`, `more-workers`, `customer-missing`.
    """
    with transaction.atomic():
        plan = _plan(viewer, finding)
        group = _group(plan, number)
        refuse_people(note=facts.note)
        _check_payment(plan, group, facts, today_at(finding, at))
        payment = RefundPayment.objects.create(
            plan=plan,
            number=_next_payment(plan),
            group=group,
            paid_on=facts.paid_on,
            amount=facts.amount,
            workers=facts.workers,
            workers_settled=facts.workers_settled,
            payer=facts.payer,
            customer=facts.customer,
            note=facts.note,
            language=facts.language,
            person_id=viewer.person_id,
            recorded_at=at,
        )
        payment.refresh_from_db()
        _tell_of_payment(viewer, finding, "findings.refund_recorded", payment, at)
    return payment


def take_back(*, viewer: Viewer, finding: Finding, number: int, reason: str, at: datetime) -> RefundPayment:
    """Take back a payment that was recorded wrongly; both stay readable, and the sums are as if it never was.

    Raises:
        Forbidden: see `can_keep_ledger`.
        NotVisible: there is no such payment.
        Refusal: `names-a-person`, `taken-back`.
    """
    with transaction.atomic():
        plan = _plan(viewer, finding)
        refuse_people(reason=reason)
        wrong = RefundPayment.objects.visible_to(viewer).filter(plan=plan, number=number).first()
        if wrong is None:
            raise NotVisible
        if wrong.takes_back_id or RefundPayment.objects.filter(takes_back=wrong).exists():
            raise Refusal("taken-back", _("This payment is taken back already."))
        payment = RefundPayment.objects.create(
            plan=plan,
            number=_next_payment(plan),
            group_id=wrong.group_id,
            paid_on=wrong.paid_on,
            amount=-wrong.amount,
            workers=-wrong.workers,
            workers_settled=-wrong.workers_settled,
            payer=wrong.payer,
            customer_id=wrong.customer_id,
            takes_back=wrong,
            note=reason,
            person_id=viewer.person_id,
            recorded_at=at,
        )
        _tell_of_payment(viewer, finding, "findings.refund_taken_back", payment, at)
    return payment


def carry_groups(*, viewer: Viewer, plan: ActionPlan, earlier: ActionPlan, at: datetime) -> None:
    """Let a plan go on with the groups of an earlier one; the database counts what was paid back before."""
    if plan.finding.requirement.ledger != REFUNDS:
        return
    for number, group in enumerate(groups_in_force(earlier), start=1):
        RefundGroup.objects.create(
            plan=plan,
            number=number,
            label=group.label,
            from_country=group.from_country,
            to_country=group.to_country,
            workers=group.workers,
            fee=group.fee,
            currency=group.currency,
            purposes=group.purposes,
            refunder=group.refunder,
            note=group.note,
            language=group.language,
            carried_from=group,
            person_id=viewer.person_id,
            recorded_at=at,
        )


def _plan(viewer: Viewer, finding: Finding) -> ActionPlan:
    """Lock the plan whose ledger this is: sums are judged one after the other."""
    can_keep_ledger(viewer, finding, REFUNDS).require()
    plan = ActionPlan.objects.visible_to(viewer).select_for_update(of=("self",)).get(finding=finding)
    plan.finding = finding
    return plan


def _group(plan: ActionPlan, number: int) -> RefundGroup:
    found = next((one for one in groups_in_force(plan) if one.number == number), None)
    if found is None:
        raise NotVisible
    return found


def _save_group(
    viewer: Viewer,
    plan: ActionPlan,
    number: int,
    revision: int,
    facts: GroupFacts,
    at: datetime,
    *,
    is_withdrawn: bool = False,
) -> RefundGroup:
    group = RefundGroup.objects.create(
        plan=plan,
        number=number,
        revision=revision,
        label=facts.label,
        from_country=facts.from_country,
        to_country=facts.to_country,
        workers=facts.workers,
        fee=facts.fee,
        currency=facts.currency,
        purposes=list(facts.purposes),
        refunder=facts.refunder,
        note=facts.note,
        language=facts.language,
        is_withdrawn=is_withdrawn,
        person_id=viewer.person_id,
        recorded_at=at,
    )
    group.refresh_from_db()
    return group


def _check_words(facts: GroupFacts) -> None:
    refuse_people(label=facts.label, note=facts.note)


def _check_payment(plan: ActionPlan, group: RefundGroup, facts: PaymentFacts, today: date) -> None:
    if facts.paid_on > today:
        _refuse("paid-later", "paid_on", _("Record a payment when it is made, not before."))
    left = group.workers - settled_in(plan, group.number)
    if facts.workers > group.workers:
        _refuse("more-workers", "workers", _("The group has %(n)s workers.") % {"n": group.workers})
    if facts.workers_settled > min(facts.workers, left):
        _refuse(
            "more-workers",
            "workers_settled",
            _("Only %(n)s workers of this payment can be repaid in full by it.")
            % {"n": min(facts.workers, left)},
        )
    if (facts.payer == RefundPayment.Payer.CUSTOMER) != (facts.customer is not None):
        _refuse("customer-missing", "customer", _("Choose the customer exactly when a customer paid."))


def _got_money(plan: ActionPlan, group: RefundGroup) -> bool:
    paid = plan.refund_payments.filter(group__number=group.number, takes_back=None, taken_back_by=None)
    return bool(group.carried_amount) or paid.exists()


def _next_payment(plan: ActionPlan) -> int:
    return (plan.refund_payments.aggregate(last=Max("number"))["last"] or 0) + 1


def _tell(viewer: Viewer, finding: Finding, verb: str, group: RefundGroup, at: datetime) -> None:
    data = {"group": group.label, "revision": group.revision}
    record(verb=verb, by=viewer, subject=finding, owner_id=finding.supplier_id, at=at, data=data)


def _tell_of_payment(
    viewer: Viewer, finding: Finding, verb: str, payment: RefundPayment, at: datetime
) -> None:
    data = {
        "payment": payment.number,
        "customer": payment.customer_id,
        "supplier_name": finding.audit.supplier_name,
        "site_name": finding.audit.site_name,
    }
    record(verb=verb, by=viewer, subject=finding, owner_id=finding.supplier_id, at=at, data=data)


def _refuse(code: str, field: str, sentence: str) -> None:
    raise Refusal(code, sentence, status=422, fields={field: [sentence]})
