"""Writing what followed from the audits: plans, answers, ledger entries, inboxes and the read log."""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from bench.auditing import Audit, Finding
from bench.copying import code_of, copy
from bench.trade import Trade
from findings.models import ActionPlan, PlanResponse, PlanUpdate, PlanVersion
from ledger.models import Delivery, Entry, ReadLog

Columns = tuple[str, ...]

UNREAD = 50  # what the big buyer's person has not opened yet
PLAN = Jsonb(
    {
        "root_causes": ["Agents charge workers for the job.", "Nobody checks what agents take."],
        "stakeholders": ["Customers", "The workers' committee"],
        "investigation": "We asked forty workers what they had paid and to whom.",
        "initiatives": [],
        "actions": [
            {
                "what": f"Step {number} of paying fees back",
                "who": "HR",
                "by_when": "2030-01",
                "support": "",
                "measure": "",
            }
            for number in range(1, 4)
        ],
        "asks": ["confirm"],
    }
)


def load_plans(cursor: psycopg.Cursor[Any], trade: Trade, plans: list[Finding]) -> None:
    """Every fourth plan has a second version, two of three an update, two of five an answer."""
    numbered = list(enumerate(plans, 1))
    supplier = {number: trade.sites[one.audit.site] for number, one in numbered}
    names: Columns = (
        "id",
        "code",
        "finding_id",
        "audit_id",
        "supplier_id",
        "anchor_on",
        "updates_shared",
        "next_update_on",
        "first_shared_at",
    )
    rows: Iterable[Any] = (
        (
            number,
            code_of("P", number),
            one.id,
            one.audit.id,
            supplier[number],
            one.audit.ends_on,
            int(number % 3 > 0),
            trade.on + dt.timedelta(days=number % 90),
            one.audit.days_after(16),
        )
        for number, one in numbered
    )
    copy(cursor, ActionPlan, names, rows)
    names = ("plan_id", "audit_id", "supplier_id", "number", "content", "completed_by", "shared_at")
    rows = (
        (
            number,
            one.audit.id,
            supplier[number],
            version,
            PLAN,
            "Person completing",
            one.audit.days_after(15 + version),
        )
        for number, one in numbered
        for version in range(1, 3 if number % 4 == 0 else 2)
    )
    copy(cursor, PlanVersion, names, rows)
    names = (
        "plan_id",
        "audit_id",
        "supplier_id",
        "number",
        "version_number",
        "summary",
        "actions",
        "shared_at",
    )
    progress = Jsonb([{"progress": "on_track", "note": ""}] * 3)
    rows = (
        (
            number,
            one.audit.id,
            supplier[number],
            1,
            1,
            "A third of the fees is paid back.",
            progress,
            one.audit.days_after(18),
        )
        for number, one in numbered
        if number % 3 > 0
    )
    copy(cursor, PlanUpdate, names, rows)
    names = ("plan_id", "audit_id", "supplier_id", "organisation_id", "version_number", "kind", "answered_at")
    rows = (
        (
            number,
            one.audit.id,
            supplier[number],
            customers[number % len(customers)],
            1,
            "acknowledged",
            one.audit.days_after(19),
        )
        for number, one in numbered
        if number % 5 < 2 and (customers := trade.customers.get(supplier[number]))
    )
    copy(cursor, PlanResponse, names, rows)


def load_ledger(cursor: psycopg.Cursor[Any], trade: Trade, audits: list[Audit], plans: list[Finding]) -> None:
    """An entry per publication and shared plan; suppliers hear of audits, the big buyer of a part of the plans."""
    published = [one for one in audits if one.is_published]
    names: Columns = (
        "id",
        "at",
        "verb",
        "actor_id",
        "organisation_id",
        "owner_id",
        "subject_kind",
        "subject_id",
        "subject_code",
        "subject_label",
    )
    copy(cursor, Entry, names, _entry_rows(trade, published, plans))
    told = [one for one in plans if trade.big_buyer in trade.customers.get(trade.sites[one.audit.site], ())][
        ::4
    ]
    names = (
        "id",
        "code",
        "entry_id",
        "person_id",
        "organisation_id",
        "channel",
        "verb",
        "title",
        "path",
        "happened_at",
        "next_try_at",
        "state",
        "sent_at",
        "read_at",
    )
    copy(cursor, Delivery, names, _delivery_rows(trade, published, told))
    names = (
        "at",
        "person_id",
        "organisation_id",
        "owner_id",
        "subject_kind",
        "subject_id",
        "subject_code",
        "slot",
    )
    rows = (
        (
            one.audit.days_after(17),
            trade.big_buyer,
            trade.big_buyer,
            trade.sites[one.audit.site],
            "findings.finding",
            one.id,
            code_of("F", one.id),
            int(one.audit.days_after(17).timestamp() // 600),
        )
        for one in told
    )
    copy(cursor, ReadLog, names, rows)


def _entry_rows(trade: Trade, published: list[Audit], plans: list[Finding]) -> Iterator[Any]:
    for number, audit in enumerate(published, 1):
        firm, supplier = trade.firms[audit.site], trade.sites[audit.site]
        yield (
            *(number, audit.days_after(14), "findings.audit_published", firm, firm, supplier),
            *("findings.audit", audit.id, code_of("A", audit.id), trade.site_name(audit.site)),
        )
    for number, one in enumerate(plans, len(published) + 1):
        supplier = trade.sites[one.audit.site]
        yield (
            *(number, one.audit.days_after(16), "findings.plan_shared", supplier, supplier, supplier),
            *("findings.finding", one.id, code_of("F", one.id), f"Matter {one.id}"),
        )


def _delivery_rows(trade: Trade, published: list[Audit], told: list[Finding]) -> Iterator[Any]:
    for number, audit in enumerate(published, 1):
        at, supplier = audit.days_after(14), trade.sites[audit.site]
        read_at = None if (trade.on - audit.ends_on).days < 40 else at
        yield (
            *(
                number,
                uuid.UUID(int=number).hex,
                number,
                supplier,
                supplier,
                "inbox",
                "findings.audit_published",
            ),
            *("An audit is published", f"/audits/{code_of('A', audit.id)}/", at, at, "sent", at, read_at),
        )
    for place, one in enumerate(told):
        at, number = one.audit.days_after(16), len(published) + place + 1
        yield (
            *(
                number,
                uuid.UUID(int=number).hex,
                place % len(published) + 1,
                trade.big_buyer,
                trade.big_buyer,
                "inbox",
            ),
            *(
                "findings.plan_shared",
                "A plan is shared",
                f"/findings/{code_of('F', one.id)}/",
                at,
                at,
                "sent",
                at,
            ),
            at if place < len(told) - UNREAD else None,
        )
