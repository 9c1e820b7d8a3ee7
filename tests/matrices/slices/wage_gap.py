"""The gap to a living wage: seen with the plan, written by the site, only where the requirement asks for it."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from findings.models import WageGroup, WageReview
from tests.factories import findings as audits
from tests.matrices.cases import api, done, page, says, sent
from tests.matrices.oracle import Facts, Reader, Row, rules
from tests.matrices.principals import EDITORS, READERS
from tests.matrices.world import World

OTHERS_HERE = frozenset({"onlooker", "customer", "rival", "firm"})
KEEPERS: dict[str, Any] = {"ok": EDITORS, "forbidden": OTHERS_HERE}
BENCHMARK: dict[str, Any] = {
    "measured_on": "2026-01-31",
    "benchmark": "Living wage",
    "source": "An institute",
    "benchmark_on": "2025-12-01",
    "region": "Dhaka",
    "amount": "20000.00",
    "currency": "BDT",
}
ROWS = {
    "groups-TOTAL_FORMS": "1",
    "groups-INITIAL_FORMS": "0",
    "groups-0-name": "Helpers",
    "groups-0-workers": "30",
    "groups-0-lowest": "12000",
    "groups-0-median": "14000",
}
GROUPS = [{"name": "Helpers", "workers": 30, "lowest": "12000.00", "median": "14000.00"}]


def build(world: World) -> None:
    """Raise a CAR on wages in an audit of its own, with a plan and figures."""
    audit = audits.audit(
        world["north"], world.organisations["firm"], kind="initial", ends_on=dt.date(2025, 2, 1)
    )
    car = audits.car(audit, requirement=audits.requirement("5A.A"))
    audits.publish(audit)
    plan = audits.plan(car)
    review = WageReview.objects.create(
        plan=plan,
        number=1,
        measured_on=dt.date(2026, 1, 1),
        benchmark="x",
        source="x",
        benchmark_on=dt.date(2025, 1, 1),
        region="x",
        amount=Decimal(100),
        currency="BDT",
        note="x",
        recorded_at=timezone.now(),
    )
    WageGroup.objects.create(
        review=review, position=1, name="x", workers=9, lowest=Decimal(50), median=Decimal(60)
    )
    world.things |= {"wage_audit": audit, "wage_car": car, "wage_plan": plan, "wage_review": review}


def _of_plan(known: Facts, reader: Reader, row: Row) -> bool:
    return rules()["findings.PlanVersion"](known, reader, row)


RULES = {"findings.WageReview": _of_plan, "findings.WageGroup": _of_plan}
PAGES: dict[str, Any] = {
    "findings:wages": {"get": page(READERS, of="wage_car")},
    "findings:wages_new": {
        "get": page(**KEEPERS, of="wage_car"),
        "post": done(**KEEPERS, of="wage_car", body=says(**BENCHMARK, **ROWS)),
    },
    "findings:wages_correct": {
        "get": page(**KEEPERS, of=("wage_car", 1)),
        "post": done(**KEEPERS, of=("wage_car", 1), body=says(**BENCHMARK, **ROWS)),
    },
    "api-wages": {
        "get": api(READERS, of="wage_car"),
        "post": sent(**KEEPERS, of="wage_car", status=201, body=says(**BENCHMARK, groups=GROUPS)),
    },
}
