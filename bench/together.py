"""Writing the work together on CARs: calls, commitments, standing positions."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from bench.auditing import Finding
from bench.copying import code_of, copy
from bench.trade import Trade
from findings.models import Call, CallStep, Commitment, CommitmentVersion, Position, PositionVersion

LARGE_BUYERS = 21  # state what they think of a requirement


def load_together(cursor: psycopg.Cursor[Any], trade: Trade, plans: list[Finding], cars: list[int]) -> None:
    """A customer asks for a call about every eighth plan, and commits support to every tenth.

    Args:
        cars: the requirements that ask for collaborative action.
    """
    met = [
        (one, customers[one.id % len(customers)])
        for one in plans
        if (customers := trade.customers.get(trade.sites[one.audit.site]))
    ]
    _load_calls(cursor, trade, met[::8])
    _load_commitments(cursor, trade, met[::10])
    _load_positions(cursor, trade, cars)


def _load_calls(cursor: psycopg.Cursor[Any], trade: Trade, met: list[tuple[Finding, int]]) -> None:
    """Every thirtieth call still waits for the supplier; the others were declined."""
    numbered = list(enumerate(met, 1))
    rows: Iterable[Any] = (
        (
            *(number, code_of("T", number), one.id, one.audit.id, trade.sites[one.audit.site], customer),
            *(customer, "proposed" if is_open else "declined"),
            trade.sites[one.audit.site] if is_open else None,
            *(one.audit.days_after(20), one.audit.days_after(21)),
        )
        for number, (one, customer) in numbered
        for is_open in (number % 30 == 0,)
    )
    names = (
        *("id", "code", "finding_id", "audit_id", "supplier_id", "customer_id"),
        *("opened_by_id", "state", "waits_for_id", "opened_at", "changed_at"),
    )
    copy(cursor, Call, names, rows)
    times = Jsonb(["2030-01-07T09:00:00Z"])
    rows = (
        (
            *(number, one.audit.id, trade.sites[one.audit.site], customer, customer, "proposed"),
            *(times, one.audit.days_after(20)),
        )
        for number, (one, customer) in numbered
    )
    names = (  # type: ignore[assignment]
        *("call_id", "audit_id", "supplier_id", "customer_id", "organisation_id", "kind"),
        *("times", "at"),
    )
    copy(cursor, CallStep, names, rows)


def _load_commitments(cursor: psycopg.Cursor[Any], trade: Trade, met: list[tuple[Finding, int]]) -> None:
    numbered = list(enumerate(met, 1))
    rows: Iterable[Any] = (
        (
            *(number, code_of("W", number), one.id, one.audit.id, trade.sites[one.audit.site], customer),
            one.audit.days_after(22),
        )
        for number, (one, customer) in numbered
    )
    names = ("id", "code", "finding_id", "audit_id", "supplier_id", "customer_id", "made_at")
    copy(cursor, Commitment, names, rows)
    rows = (
        (
            *(number, one.audit.id, trade.sites[one.audit.site], customer, 1, "training"),
            *("We pay for a trainer.", one.audit.days_after(22)),
        )
        for number, (one, customer) in numbered
    )
    names = ("commitment_id", "audit_id", "supplier_id", "customer_id", "number", "kind", "text", "at")  # type: ignore[assignment]
    copy(cursor, CommitmentVersion, names, rows)


def _load_positions(cursor: psycopg.Cursor[Any], trade: Trade, cars: list[int]) -> None:
    """The large buyers have said what they think of three requirements; of one that also answers plans."""
    stated = dt.datetime.combine(trade.on, dt.time(), dt.UTC) - dt.timedelta(days=300)
    buyers = [*range(trade.big_buyer, min(trade.big_buyer + LARGE_BUYERS, trade.mid_buyer)), trade.mid_buyer]
    rows: list[Any] = [
        (number, code_of("Z", number), buyer, requirement, place == 0)
        for number, (buyer, place, requirement) in enumerate(
            ((buyer, place, one) for buyer in buyers for place, one in enumerate(cars[:3])), 1
        )
    ]
    names = ("id", "code", "organisation_id", "requirement_id", "stated_at")
    copy(cursor, Position, names, ((*row[:4], stated) for row in rows))
    names = (  # type: ignore[assignment]
        *("position_id", "organisation_id", "number", "text", "contact"),
        *("answers_plans", "valid_from", "at"),
    )
    said = "Fees are to be paid back in full; we share the cost."
    versions = (
        (number, buyer, 1, said, "labour@buyer.example", answers, stated.date(), stated)
        for number, _code, buyer, _requirement, answers in rows
    )
    copy(cursor, PositionVersion, names, versions)
