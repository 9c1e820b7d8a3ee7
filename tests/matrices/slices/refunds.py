"""The refund ledger: groups for every reader of the plan, a payment for the supplier and the customer it names."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from findings.models import RefundGroup, RefundPayment
from tests.matrices.cases import api, done, page, says, sent
from tests.matrices.oracle import Facts, Reader, Row, rules
from tests.matrices.principals import EDITORS, READERS
from tests.matrices.world import World

OTHERS_HERE = frozenset({"onlooker", "customer", "rival", "firm"})
KEEPERS: dict[str, Any] = {"ok": EDITORS, "forbidden": OTHERS_HERE}
GROUP: dict[str, Any] = {
    "label": "Came in 2024",
    "from_country": "NP",
    "to_country": "BD",
    "workers": 12,
    "fee": "900.00",
    "currency": "USD",
    "purposes": ["agency"],
    "refunder": "together",
}
PAID: dict[str, Any] = {
    "paid_on": "2026-01-15",
    "amount": "90.00",
    "workers": 1,
    "workers_settled": 0,
    "payer": "employer",
}


def build(world: World) -> None:
    """Write a group down with payments of the supplier, the customer and the rival."""
    plan, now = world["plan"], timezone.now()
    group = RefundGroup.objects.create(
        plan=plan,
        number=1,
        label="x",
        from_country="NP",
        to_country="BD",
        workers=20,
        fee=Decimal(1000),
        currency="USD",
        purposes=["agency"],
        refunder="together",
        note="x",
        recorded_at=now,
    )
    for number, name in enumerate(("", "customer", "rival"), start=1):
        world.things[f"paid_by_{name or 'supplier'}"] = RefundPayment.objects.create(
            plan=plan,
            number=number,
            group=group,
            paid_on=dt.date(2026, 1, number),
            amount=Decimal(100 * number),
            workers=number,
            payer="customer" if name else "employer",
            customer=world.organisations[name] if name else None,
            note="x",
            recorded_at=now,
        )


def _payment(known: Facts, reader: Reader, row: Row) -> bool:
    """As an answer of the customer that paid; one that names nobody is for the supplier alone."""
    return rules()["findings.PlanResponse"](
        known, reader, {**row, "organisation_id": row["customer_id"] or 0}
    )


def grow(small: Any) -> None:
    """Write one more payment into the ledger of the supplier's newest plan."""
    from findings.models import ActionPlan

    plan = ActionPlan.objects.filter(supplier=small.supplier.organisation).order_by("pk").first()
    group, _is_new = RefundGroup.objects.get_or_create(
        plan=plan,
        number=1,
        revision=1,
        defaults={
            "label": "x",
            "from_country": "NP",
            "to_country": "BD",
            "workers": 500,
            "fee": Decimal(10),
            "currency": "USD",
            "refunder": "open",
            "recorded_at": timezone.now(),
        },
    )
    RefundPayment.objects.create(  # type: ignore[misc]
        plan=plan,
        number=RefundPayment.objects.filter(plan=plan).count() + 1,
        group=group,
        paid_on=dt.date(2026, 1, 1),
        amount=Decimal(1),
        workers=1,
        payer="employer",
        recorded_at=timezone.now(),
    )


def _group(known: Facts, reader: Reader, row: Row) -> bool:
    return rules()["findings.PlanVersion"](known, reader, row)


def _browser(**said: Any) -> Any:
    return says(**said)


RULES = {"findings.RefundGroup": _group, "findings.RefundPayment": _payment}
KEPT = {
    "currency": "three letters that a constraint checks",
    "from_country": "as country",
    "to_country": "as country",
}
PAGES: dict[str, Any] = {
    "findings:refunds": {"get": page(READERS, of="car")},
    "findings:refund_group_new": {
        "get": page(**KEEPERS, of="car"),
        "post": done(**KEEPERS, of="car", body=_browser(**GROUP)),
    },
    "findings:refund_group_edit": {
        "get": page(**KEEPERS, of=("car", 1)),
        "post": done(**KEEPERS, of=("car", 1), body=_browser(**{**GROUP, "workers": 20})),
    },
    "findings:refund_pay": {
        "get": page(**KEEPERS, of=("car", 1)),
        "post": done(**KEEPERS, of=("car", 1), body=_browser(**PAID)),
    },
    "findings:refund_take_back": {
        "get": page(**KEEPERS, of=("car", 1)),
        "post": done(**KEEPERS, of=("car", 1), body=says(reason="Twice")),
    },
    "api-refunds": {
        "get": api(READERS, of="car"),
        "post": sent(**KEEPERS, of="car", status=201, body=says(**GROUP)),
    },
    "api-refund-group": {
        "put": sent(**KEEPERS, of=("car", 1), body=says(**{**GROUP, "workers": 20})),
    },
    "api-refund-pay": {"post": sent(**KEEPERS, of=("car", 1), status=201, body=says(**PAID))},
    "api-refund-payments": {"get": api(READERS, of="car")},
    "api-refund-take-back": {"post": sent(**KEEPERS, of=("car", 1), status=201, body=says(reason="Twice"))},
}
