"""Writing what was done about non-compliances: actions, checks, more time, evidence, and what sites said before."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import psycopg

from bench.auditing import Finding
from bench.copying import code_of, copy
from bench.trade import Trade
from findings.models import (
    CorrectiveAction,
    EvidenceUse,
    Extension,
    ExtensionAnswer,
    SiteReply,
    Verification,
)
from sourcing.models import Evidence

KIND = "training_record"
DONE = "The guards are back on all presses, and whoever works there was trained on both shifts. "
MORE = "Please show the training of the night shift as well."


def load_putting_right(cursor: psycopg.Cursor[Any], trade: Trade, answered: list[Finding]) -> None:
    """Every fifth answered non-compliance took two tries, every seventh more time, every third has evidence."""
    _load_actions(cursor, trade, answered)
    _load_extensions(cursor, trade, answered[::7])
    _load_evidence(cursor, trade, answered[::3])
    _load_replies(cursor, trade, answered[::12])


def _load_actions(cursor: psycopg.Cursor[Any], trade: Trade, answered: list[Finding]) -> None:
    """Number the actions 2n and 2n + 1, so that a verification knows its own."""
    rows: Iterable[Any] = (
        (
            *(2 * place + number - 1, one.id, one.audit.id, trade.sites[one.audit.site], number),
            *(["Nobody checked.", "Nobody was told to."], "daily_work", DONE * 2, DONE, "Production manager"),
            *(one.audit.ends_on, trade.sites[one.audit.site], one.audit.days_after(20 + 5 * number)),
        )
        for place, one in enumerate(answered, 1)
        for number in range(1, _tries(place) + 1)
    )
    names = (
        *("id", "finding_id", "audit_id", "supplier_id", "number"),
        *("whys", "cause", "correction", "prevention", "responsible"),
        *("done_on", "organisation_id", "submitted_at"),
    )
    copy(cursor, CorrectiveAction, names, rows)
    rows = (
        (
            *(one.id, one.audit.id, trade.sites[one.audit.site], 2 * place + number - 1, "desktop"),
            *("closed" if is_last else "more_needed", "" if is_last else MORE),
            *(trade.firms[one.audit.site], trade.name(trade.firms[one.audit.site])),
            one.audit.days_after(22 + 5 * number),
        )
        for place, one in enumerate(answered, 1)
        for number in range(1, _tries(place) + 1)
        if (is_last := one.state == "verified_closed" and number == _tries(place)) or number < _tries(place)
    )
    names = (  # type: ignore[assignment]
        *("finding_id", "of_audit_id", "supplier_id", "action_id", "method"),
        *("result", "reason", "organisation_id", "organisation_name", "verified_at"),
    )
    copy(cursor, Verification, names, rows)


def _tries(place: int) -> int:
    return 2 if place % 5 == 0 else 1


def _load_extensions(cursor: psycopg.Cursor[Any], trade: Trade, asked: list[Finding]) -> None:
    """Nine of ten requests have an answer, most of them no: dates stay as the audit set them."""
    numbered = list(enumerate(asked, 1))
    rows: Iterable[Any] = (
        (
            *(number, code_of("X", number), one.id, one.audit.id, trade.sites[one.audit.site]),
            *(one.due_on, (one.due_on or trade.on) + dt.timedelta(days=30), "The part has not come."),
            one.audit.days_after(18),
        )
        for number, one in numbered
    )
    names = (
        *("id", "code", "finding_id", "audit_id", "supplier_id"),
        *("due_by", "wanted_on", "reason", "asked_at"),
    )
    copy(cursor, Extension, names, rows)
    rows = (
        (
            *(number, one.id, one.audit.id, trade.sites[one.audit.site], False, "It can be bought in town."),
            *(trade.firms[one.audit.site], trade.name(trade.firms[one.audit.site])),
            one.audit.days_after(19),
        )
        for number, one in numbered
        if number % 10
    )
    names = (
        *("extension_id", "finding_id", "audit_id", "supplier_id", "is_granted", "reason"),
        *("organisation_id", "organisation_name", "answered_at"),
    )
    copy(cursor, ExtensionAnswer, names, rows)


def _load_evidence(cursor: psycopg.Cursor[Any], trade: Trade, shown: list[Finding]) -> None:
    """Each supplier has a link to its training records and attaches it wherever that serves."""
    now = dt.datetime.combine(trade.on, dt.time(), dt.UTC)
    rows: Iterable[Any] = (
        (*(one, code_of("V", one), one, KIND, f"Training {one}"), _link(one), False, now)
        for one in range(1, trade.scale.suppliers + 1)
    )
    names = ("id", "code", "organisation_id", "kind", "title", "url", "shows_workers", "added_at")
    copy(cursor, Evidence, names, rows)
    rows = (
        (
            *(code_of("U", number), supplier, one.audit.id, one.id, "findings.finding", one.id, "audit"),
            *(supplier, trade.name(supplier), KIND, f"Training {supplier}", _link(supplier)),
            one.audit.days_after(25),
        )
        for number, one in enumerate(shown, 1)
        for supplier in (trade.sites[one.audit.site],)
    )
    names = (  # type: ignore[assignment]
        *("code", "evidence_id", "audit_id", "finding_id", "subject_kind", "subject_id", "audience"),
        *("owner_id", "owner_name", "kind", "title", "url", "attached_at"),
    )
    copy(cursor, EvidenceUse, names, rows)


def _link(supplier: int) -> str:
    return f"https://files.example/{supplier}/training"


def _load_replies(cursor: psycopg.Cursor[Any], trade: Trade, read: list[Finding]) -> None:
    """Some sites commented on a finding before its audit was published."""
    rows = (
        (
            *(code_of("Y", number), one.audit.id, one.id, trade.sites[one.audit.site]),
            *(trade.firms[one.audit.site], "comment", "We had taken the guard off to clean the press."),
            one.audit.days_after(9),
        )
        for number, one in enumerate(read, 1)
    )
    names = ("code", "audit_id", "finding_id", "supplier_id", "audit_firm_id", "kind", "text", "said_at")
    copy(cursor, SiteReply, names, rows)
