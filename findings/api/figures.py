"""The figures of a plan over the API: refunds of fees and the gap to a living wage."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from findings.actions.refunds import REFUNDS, add_group, correct_group, record_payment, take_back
from findings.actions.wages import WAGE_GAP, record_wages
from findings.api.plan import OfFinding, language_field, note_field
from findings.models import ActionPlan, RefundGroup, RefundPayment
from findings.models.figures import BenchmarkFacts, GroupFacts, PaymentFacts, WageFacts
from findings.queries.plan import chain_of, customers_who_see
from findings.queries.refunds import GroupBalance, payments_of, refund_ledger
from findings.queries.wages import Measured, wage_history
from ledger.refusals import NotVisible, Refusal
from organisations.api.authentication import viewer_of
from web.api import PageQuery, Row, StrictSerializer, listed, page_of, parsed

SMALLEST = Decimal("0.01")


def _money(digits: int = 12) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=digits, decimal_places=2, min_value=SMALLEST)


class GroupInputSerializer(StrictSerializer):
    """A group of workers; no names."""

    label = serializers.CharField(max_length=120)  # type: ignore[assignment]
    from_country = serializers.RegexField(r"^[A-Z]{2}$")
    to_country = serializers.RegexField(r"^[A-Z]{2}$")
    workers = serializers.IntegerField(min_value=1, max_value=1_000_000)
    fee = _money()
    currency = serializers.RegexField(r"^[A-Z]{3}$")
    purposes = serializers.ListField(
        child=serializers.ChoiceField(RefundGroup.Purpose.choices), min_length=1, max_length=8
    )
    refunder = serializers.ChoiceField(RefundGroup.Refunder.choices)
    note = note_field()
    language = language_field()


class GroupCorrectionSerializer(GroupInputSerializer):
    """A group said anew."""

    is_withdrawn = serializers.BooleanField(required=False, default=False)


class BalanceSerializer(GroupInputSerializer):
    """A group with what came back; money as decimal text."""

    number = serializers.IntegerField()
    revision = serializers.IntegerField()
    owed = serializers.DecimalField(max_digits=20, decimal_places=2)
    refunded = serializers.DecimalField(max_digits=20, decimal_places=2)
    carried = serializers.DecimalField(max_digits=20, decimal_places=2)
    settled = serializers.IntegerField()
    last_on = serializers.DateField(allow_null=True)


class TotalSerializer(serializers.Serializer[Any]):
    """Sums of one currency."""

    currency = serializers.CharField()
    owed = serializers.DecimalField(max_digits=20, decimal_places=2)
    refunded = serializers.DecimalField(max_digits=20, decimal_places=2)
    open = serializers.DecimalField(max_digits=20, decimal_places=2)
    workers = serializers.IntegerField()
    settled = serializers.IntegerField()


class LedgerSerializer(serializers.Serializer[Any]):
    """A refund ledger as every reader of the plan sees it."""

    groups = BalanceSerializer(many=True)
    totals = TotalSerializer(many=True)


class PaymentInputSerializer(StrictSerializer):
    """Money that went back to workers of a group."""

    paid_on = serializers.DateField()
    amount = _money(14)
    workers = serializers.IntegerField(min_value=1)
    workers_settled = serializers.IntegerField(min_value=0)
    payer = serializers.ChoiceField(RefundPayment.Payer.choices)
    customer = serializers.CharField(
        max_length=12, required=False, allow_null=True, default=None, help_text="Code, when a customer paid."
    )
    note = note_field()
    language = language_field()


class PaymentSerializer(serializers.Serializer[Any]):
    """A payment, read by the supplier and the customer that it names."""

    number = serializers.IntegerField()
    group = serializers.IntegerField()
    paid_on = serializers.DateField()
    amount = serializers.DecimalField(max_digits=16, decimal_places=2)
    currency = serializers.CharField()
    workers = serializers.IntegerField()
    workers_settled = serializers.IntegerField()
    payer = serializers.CharField()
    customer = serializers.CharField()
    takes_back = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()


class TakeBackSerializer(StrictSerializer):
    """Why something is taken back."""

    reason = serializers.CharField(max_length=1000)


class WageGroupSerializer(StrictSerializer):
    """A group of at least five workers, by the month."""

    name = serializers.CharField(max_length=120)
    workers = serializers.IntegerField(min_value=1, max_value=1_000_000)
    lowest = _money()
    median = _money()


class WagesInputSerializer(StrictSerializer):
    """Wages beside a benchmark."""

    measured_on = serializers.DateField()
    benchmark = serializers.CharField(max_length=160)
    source = serializers.CharField(max_length=250)  # type: ignore[assignment]
    benchmark_on = serializers.DateField()
    region = serializers.CharField(max_length=160)
    amount = _money()
    currency = serializers.RegexField(r"^[A-Z]{3}$")
    note = note_field()
    language = language_field()
    groups = serializers.ListField(child=WageGroupSerializer(), min_length=1, max_length=30)
    corrects = serializers.IntegerField(required=False, allow_null=True, default=None)


class GapSerializer(serializers.Serializer[Any]):
    """A group with its gap, in money and in per cent of the living wage."""

    name = serializers.CharField()
    workers = serializers.IntegerField()
    lowest = serializers.DecimalField(max_digits=12, decimal_places=2)
    median = serializers.DecimalField(max_digits=12, decimal_places=2)
    gap_at_lowest = serializers.DecimalField(max_digits=12, decimal_places=2)
    gap_at_median = serializers.DecimalField(max_digits=12, decimal_places=2)
    share_at_lowest = serializers.DecimalField(max_digits=5, decimal_places=1)
    share_at_median = serializers.DecimalField(max_digits=5, decimal_places=1)


class WagesSerializer(serializers.Serializer[Any]):
    """The figures of one date."""

    number = serializers.IntegerField()
    measured_on = serializers.DateField()
    benchmark = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    benchmark_on = serializers.DateField()
    region = serializers.CharField()
    amount = serializers.DecimalField(max_digits=12, decimal_places=2)
    currency = serializers.CharField()
    note = serializers.CharField()
    is_carried = serializers.BooleanField(help_text="Of the plan of an earlier audit.")
    is_corrected = serializers.BooleanField(help_text="Replaced by later figures.")
    groups = GapSerializer(many=True)


class WageHistorySerializer(serializers.Serializer[Any]):
    """All figures, oldest first."""

    results = WagesSerializer(many=True)


class OfLedger(OfFinding):
    """What the endpoints of the refund ledger share."""

    def plan(self, code: str, ledger: str = REFUNDS) -> ActionPlan:
        """Return the plan that keeps these figures, or raise NotVisible."""
        finding = self.car(code)
        plan = self.story(code).plan
        if finding.requirement.ledger != ledger:
            raise NotVisible
        plan.finding = finding
        return plan

    def ledger(self, code: str) -> Row:
        """Return the ledger as every reader of the plan sees it."""
        kept = refund_ledger(self.plan(code))
        names = ("currency", "owed", "refunded", "open", "workers", "settled")
        return {
            "groups": [_balance(one) for one in kept.balances],
            "totals": [{name: getattr(one, name) for name in names} for one in kept.totals],
        }


class RefundLedgerEndpoint(OfLedger):
    """The refund ledger of a plan on fees."""

    @extend_schema(operation_id="plans_refunds", responses=LedgerSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read groups and sums; who paid is not in it."""
        return Response(LedgerSerializer(self.ledger(code)).data)

    @extend_schema(
        operation_id="plans_refunds_add_group",
        request=GroupInputSerializer,
        responses={201: LedgerSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        """Add a group of workers."""
        plan, said = self.plan(code), parsed(GroupInputSerializer, request.data)
        add_group(
            viewer=viewer_of(request), finding=plan.finding, facts=GroupFacts(**said), at=timezone.now()
        )
        return Response(LedgerSerializer(self.ledger(code)).data, status=201)


class RefundGroupEndpoint(OfLedger):
    """One group of the ledger."""

    @extend_schema(
        operation_id="plans_refunds_correct_group",
        request=GroupCorrectionSerializer,
        responses=LedgerSerializer,
    )
    def put(self, request: Request, code: str, number: int) -> Response:
        """Say anew what is known of a group."""
        plan, said = self.plan(code), parsed(GroupCorrectionSerializer, request.data)
        is_withdrawn = said.pop("is_withdrawn")
        correct_group(
            viewer=viewer_of(request),
            finding=plan.finding,
            number=number,
            facts=GroupFacts(**said),
            is_withdrawn=is_withdrawn,
            at=timezone.now(),
        )
        return Response(LedgerSerializer(self.ledger(code)).data)


class RefundGroupPayments(OfLedger):
    """Payments to one group."""

    @extend_schema(
        operation_id="plans_refunds_pay", request=PaymentInputSerializer, responses={201: LedgerSerializer}
    )
    def post(self, request: Request, code: str, number: int) -> Response:
        """Record money that went back to workers of the group."""
        plan, said = self.plan(code), parsed(PaymentInputSerializer, request.data)
        wanted = said.pop("customer")
        found = [
            one for one in customers_who_see(plan.finding.audit) if one.code == str(wanted or "").upper()
        ]
        if wanted and not found:
            raise Refusal("customer-missing", "There is no such customer.", status=422)
        facts = PaymentFacts(**said, customer=found[0] if found else None)
        record_payment(
            viewer=viewer_of(request), finding=plan.finding, number=number, facts=facts, at=timezone.now()
        )
        return Response(LedgerSerializer(self.ledger(code)).data, status=201)


class RefundPayments(OfLedger):
    """Payments that the viewer may read."""

    query = PageQuery

    @extend_schema(operation_id="plans_refunds_payments", responses=page_of(PaymentSerializer))
    def get(self, request: Request, code: str) -> Response:
        """List payments: all for the supplier, its own for a customer that paid."""
        rows: Any = payments_of(viewer_of(request), self.plan(code)).values(
            "id",
            "number",
            "group__number",
            "paid_on",
            "amount",
            "currency",
            "workers",
            "workers_settled",
            "payer",
            "customer__code",
            "takes_back__number",
            "note",
        )
        limit = self.asked["limit"]
        return listed(request, rows, order=("-paid_on", "-id"), limit=limit, finish=_payments)


class RefundTakeBack(OfLedger):
    """A payment taken back."""

    @extend_schema(
        operation_id="plans_refunds_take_back", request=TakeBackSerializer, responses={201: LedgerSerializer}
    )
    def post(self, request: Request, code: str, number: int) -> Response:
        """Take back a payment that was recorded wrongly."""
        plan, said = self.plan(code), parsed(TakeBackSerializer, request.data)
        take_back(
            viewer=viewer_of(request),
            finding=plan.finding,
            number=number,
            reason=said["reason"],
            at=timezone.now(),
        )
        return Response(LedgerSerializer(self.ledger(code)).data, status=201)


class PlanWages(OfLedger):
    """The gap between what a site pays and a living wage."""

    @extend_schema(operation_id="plans_wages", responses=WageHistorySerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read the figures of every date, those of earlier audits' plans included as far as they are visible."""
        return Response(WageHistorySerializer({"results": self._all(code)}).data)

    @extend_schema(
        operation_id="plans_wages_record",
        request=WagesInputSerializer,
        responses={201: WageHistorySerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        """Record wages beside a benchmark, or correct what was recorded."""
        plan, said = self.plan(code, WAGE_GAP), parsed(WagesInputSerializer, request.data)
        groups, corrects = said.pop("groups"), said.pop("corrects")
        record_wages(
            viewer=viewer_of(request),
            finding=plan.finding,
            facts=BenchmarkFacts(**said),
            groups=[WageFacts(**one) for one in groups],
            corrects=corrects,
            at=timezone.now(),
        )
        return Response(WageHistorySerializer({"results": self._all(code)}).data, status=201)

    def _all(self, code: str) -> list[Row]:
        plan = self.plan(code, WAGE_GAP)
        history = wage_history(plan, chain_of(viewer_of(self.request), plan.finding))
        found = [(one, False) for one in history.measured] + [(one, True) for one in history.corrected]
        return [_wages(one, is_corrected=is_corrected) for one, is_corrected in found]


def _payments(rows: list[Row]) -> list[Row]:
    for row in rows:
        del row["id"]
        row["group"] = row.pop("group__number")
        row["customer"] = row.pop("customer__code") or ""
        row["takes_back"] = row.pop("takes_back__number")
        row["amount"] = str(row["amount"])
    return rows


def _balance(one: GroupBalance) -> Row:
    group = one.group
    return {
        **{name: getattr(group, name) for name in (*GroupFacts.__slots__, "number", "revision", "owed")},
        "refunded": one.refunded,
        "carried": group.carried_amount,
        "settled": one.settled,
        "last_on": one.last_on,
    }


def _wages(one: Measured, *, is_corrected: bool) -> Row:
    names = ("number", *(name for name in BenchmarkFacts.__slots__ if name != "language"))
    return {
        **{name: getattr(one.review, name) for name in names},
        "is_carried": one.is_carried,
        "is_corrected": is_corrected,
        "groups": [
            {
                "name": row.group.name,
                "workers": row.group.workers,
                "lowest": row.group.lowest,
                "median": row.group.median,
                "gap_at_lowest": row.at_lowest,
                "gap_at_median": row.at_median,
                "share_at_lowest": row.share_at_lowest,
                "share_at_median": row.share_at_median,
            }
            for row in one.gaps
        ],
    }
