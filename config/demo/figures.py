"""Refund ledgers with payments, and wages beside a benchmark on two dates."""

from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from config.demo.content import words
from config.demo.finders import as_supplier, car, site_of_car
from config.demo.stage import Stage
from findings.actions.draft import carry_on
from findings.actions.refunds import add_group, record_payment, take_back
from findings.actions.wages import record_wages
from findings.forms.plan_typed import typed_of_version
from findings.models.figures import BenchmarkFacts, GroupFacts, PaymentFacts, WageFacts
from findings.queries.draft import to_carry_on


def schedule_figures(stage: Stage) -> None:
    """Give the stage every group, payment and pay review."""
    said = words("figures")
    for ledger in said["refunds"]:
        key = ledger["car"]
        if "carried" in ledger:
            stage.on(ledger["carried"], partial(_carry, stage, key), hour=9)
        for one in ledger["groups"]:
            stage.on(one["day"], partial(_group, stage, key, one), hour=10)
        for one in ledger["payments"]:
            stage.on(one["day"], partial(_pay, stage, key, one), hour=11)
    for one in said["wages"]:
        stage.on(one["day"], partial(_wages, stage, one), hour=10)


def _carry(stage: Stage, key: str, at: datetime) -> None:
    finding = car(stage, key)
    with as_supplier(stage, site_of_car(stage, key)) as viewer:
        earlier = to_carry_on(viewer, finding)
        if earlier is not None:
            carry_on(viewer=viewer, finding=finding, typed=typed_of_version(earlier), at=at)


def _group(stage: Stage, key: str, said: dict[str, Any], at: datetime) -> None:
    with as_supplier(stage, site_of_car(stage, key)) as viewer:
        add_group(
            viewer=viewer,
            finding=car(stage, key),
            facts=GroupFacts(
                label=said["label"],
                from_country=said["from"],
                to_country=said["to"],
                workers=said["workers"],
                fee=Decimal(said["fee"]),
                currency=said["currency"],
                purposes=said["purposes"],
                refunder=said["refunder"],
                language="en",
            ),
            at=at,
        )


def _pay(stage: Stage, key: str, said: dict[str, Any], at: datetime) -> None:
    with as_supplier(stage, site_of_car(stage, key)) as viewer:
        made = record_payment(
            viewer=viewer,
            finding=car(stage, key),
            number=said["group"],
            facts=PaymentFacts(
                paid_on=stage.day(said["day"] + 1),
                amount=Decimal(said["amount"]),
                workers=said["workers"],
                workers_settled=said["settled"],
                payer=said["payer"],
                customer=stage.organisations[said["customer"]] if "customer" in said else None,
                note=said.get("note", ""),
                language="en" if "note" in said else "",
            ),
            at=at,
        )
        if "taken_back" in said:
            reason = said["taken_back"]["reason"]
            take_back(viewer=viewer, finding=car(stage, key), number=made.number, reason=reason, at=at)


def _wages(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    with as_supplier(stage, site_of_car(stage, said["car"])) as viewer:
        record_wages(
            viewer=viewer,
            finding=car(stage, said["car"]),
            facts=BenchmarkFacts(
                measured_on=stage.day(said["measured"]),
                benchmark=said["benchmark"],
                source="Invented for this demo world",
                benchmark_on=stage.day(said["measured"] + 120),
                region=said["region"],
                amount=Decimal(said["amount"]),
                currency=said["currency"],
                note=said.get("note", ""),
                language="en",
            ),
            groups=[
                WageFacts(name, workers, Decimal(lowest), Decimal(median))
                for name, workers, lowest, median in said["groups"]
            ],
            at=at,
        )
