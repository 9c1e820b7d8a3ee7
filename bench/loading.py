"""Writing the invented world into the database, triggers off, and filling in at once what triggers keep.

Row security refuses COPY even to the owner of a table, and only a superuser can leave out foreign keys and
triggers, so the world is written by the superuser. The access tables are filled from the rule views.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

import psycopg
from allauth.mfa.models import Authenticator
from django.db import models
from psycopg.types.json import Jsonb

from bench.auditing import Audit, Finding, invent_audits, invent_findings
from bench.copying import code_of, copy, go_on_counting
from bench.following import load_ledger, load_plans
from bench.putting_right import load_putting_right
from bench.scales import Scale
from bench.talking import TALKED, load_talking
from bench.together import load_together
from bench.trade import SECTORS, Trade, invent
from findings.models import (
    ActionPlan,
    Auditor,
    Call,
    CallStep,
    Commitment,
    CommitmentVersion,
    CorrectiveAction,
    EvidenceUse,
    Extension,
    ExtensionAnswer,
    MethodologyVersion,
    PlanResponse,
    PlanUpdate,
    PlanVersion,
    Position,
    PositionVersion,
    SiteReply,
    SiteStanding,
    Standing,
    Verification,
    WorkplaceRequirement,
)
from findings.models import Audit as AuditRow
from findings.models import Finding as FindingRow
from ledger.models import Delivery, Entry, ReadLog
from organisations.models import Membership, Organisation, Person
from sourcing.models import Engagement, Evidence, RegisterEntry, Site, TradeLink, TradeLinkSite

FILL_ACCESS = (
    """INSERT INTO sourcing_siteaccess (organisation_id, site_id, owner_id, bases)
       SELECT organisation_id, site_id, owner_id, bases FROM sourcing_site_access_rule""",
    """INSERT INTO organisations_organisationaccess (organisation_id, target_id)
       SELECT organisation_id, target_id FROM sourcing_organisation_access_rule""",
    """INSERT INTO findings_auditaccess (organisation_id, audit_id, owner_id, bases)
       SELECT organisation_id, audit_id, owner_id, bases FROM findings_audit_access_rule""",
)


def _fill(table: str, rule: str, model: type[models.Model]) -> str:
    names = ", ".join(str(field.column) for field in model._meta.concrete_fields if not field.primary_key)
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM {rule}"


FILL_STANDINGS = (
    _fill("findings_sitestanding", "findings_site_standing_rule", SiteStanding),
    _fill("findings_standing", "findings_standing_rule", Standing),
)
STORY = (
    "Seen by the auditors in the records and heard in interviews with workers of two shifts, on both days. "
)


def load(cursor: psycopg.Cursor[Any], scale: Scale, *, on: dt.date, seed: int = 7) -> Trade:
    """Write a world of `scale` into an empty, migrated database that knows the methodologies.

    Args:
        cursor: of a superuser, inside a transaction.
        on: the day on which the world is seen.
    """
    cursor.execute("SET LOCAL session_replication_role = replica")
    cursor.execute("SET LOCAL work_mem = '256MB'")
    trade = invent(scale, on=on, seed=seed)
    _load_people(cursor, trade)
    _load_trade(cursor, trade)
    audits = invent_audits(trade, seed=seed + 1)
    plain, together = _requirements(cursor)
    _load_audits(cursor, trade, audits)
    plans, answered = _load_findings(
        cursor, trade, invent_findings(audits, on=on, seed=seed + 2, plain=plain, together=together)
    )
    load_plans(cursor, trade, plans)
    load_together(cursor, trade, plans, together)
    load_putting_right(cursor, trade, answered)
    load_ledger(cursor, trade, audits, plans)
    for statement in (*FILL_ACCESS, *FILL_STANDINGS):
        cursor.execute(statement.encode())
    load_talking(cursor, trade)
    go_on_counting(cursor, _WRITTEN)
    cursor.execute("SET LOCAL session_replication_role = origin")
    return trade


_WRITTEN: list[type[models.Model]] = [
    *(
        Person,
        Authenticator,
        Organisation,
        Membership,
        Site,
        TradeLink,
        TradeLinkSite,
        Engagement,
        RegisterEntry,
    ),
    *(
        AuditRow,
        Auditor,
        FindingRow,
        ActionPlan,
        PlanVersion,
        PlanUpdate,
        PlanResponse,
        Entry,
        Delivery,
        ReadLog,
    ),
    *(Call, CallStep, Commitment, CommitmentVersion, Position, PositionVersion),
    *TALKED,
    *(CorrectiveAction, Verification, Extension, ExtensionAnswer, Evidence, EvidenceUse, SiteReply),
]


def _load_people(cursor: psycopg.Cursor[Any], trade: Trade) -> None:
    everyone = range(1, trade.last + 1)
    rows: Iterable[Any] = ((one, f"person{one}@bench.example", f"Person {one}", "!") for one in everyone)
    copy(cursor, Person, ("id", "email", "name", "password"), rows)
    rows = ((one, one, "totp", Jsonb({})) for one in everyone)
    copy(cursor, Authenticator, ("id", "user_id", "type", "data"), rows)
    rows = (
        (one, code_of("R", one), trade.name(one), "BD", trade.capabilities(one), one >= trade.big_firm)
        for one in everyone
    )
    copy(cursor, Organisation, ("id", "code", "name", "country", "capabilities", "is_listed"), rows)
    rows = ((one, code_of("M", one), one, one, "admin") for one in everyone)
    copy(cursor, Membership, ("id", "code", "organisation_id", "person_id", "role"), rows)


def _load_trade(cursor: psycopg.Cursor[Any], trade: Trade) -> None:
    now = dt.datetime.combine(trade.on, dt.time(), dt.UTC)
    sites = range(1, len(trade.sites))
    rows: Iterable[Any] = (
        (
            one,
            code_of("S", one),
            trade.site_name(one),
            f"Road {one}",
            trade.country(one),
            SECTORS[one % 6],
            trade.sites[one],
        )
        for one in sites
    )
    copy(cursor, Site, ("id", "code", "name", "address", "country", "sector", "organisation_id"), rows)
    links = (
        "id",
        "code",
        "buyer_id",
        "supplier_id",
        "proposed_by_id",
        "state",
        "covers_all_sites",
        "proposed_at",
        "answered_at",
        "ended_at",
    )
    copy(cursor, TradeLink, links, _link_rows(trade, now))
    named = ((link.id, site) for link in trade.links for site in link.covers or ())
    copy(cursor, TradeLinkSite, ("link_id", "site_id"), named)
    engagements = (
        "id",
        "code",
        "site_id",
        "supplier_id",
        "audit_firm_id",
        "state",
        "place",
        "proposed_at",
        "answered_at",
    )
    rows = (
        (
            one,
            code_of("E", one),
            one,
            trade.sites[one],
            trade.firms[one],
            "active",
            Jsonb({"name": trade.site_name(one), "address": f"Road {one}", "country": trade.country(one)}),
            now,
            now,
        )
        for one in sites
    )
    copy(cursor, Engagement, engagements, rows)
    register = ("id", "code", "organisation_id", "name", "country", "sector", "match_key", "site_id")
    copy(cursor, RegisterEntry, register, _register_rows(trade))


def _link_rows(trade: Trade, now: dt.datetime) -> Iterator[Any]:
    for link in trade.links:
        proposed_at = now - dt.timedelta(minutes=60 + link.id * 7 % 1_000_000)
        answered_at = None if link.state == "proposed" else proposed_at + dt.timedelta(minutes=30)
        ended_at = answered_at if link.state == "ended" else None
        yield (
            *(link.id, code_of("L", link.id), link.buyer, link.supplier, link.buyer, link.state),
            *(link.covers is None, proposed_at, answered_at, ended_at),
        )


def _register_rows(trade: Trade) -> Iterator[Any]:
    """The twenty largest buyers and the mid-sized one list the first site of each of their suppliers."""
    number = 0
    for link in trade.links:
        if link.buyer < trade.big_buyer + 20 or link.buyer == trade.mid_buyer:
            number += 1
            site = trade.sites_of[link.supplier][0]
            name = trade.site_name(site)
            connected = site if link.state == "accepted" else None
            yield (
                *(number, code_of("G", number), link.buyer, name, trade.country(site), SECTORS[site % 6]),
                *(name.lower(), connected),
            )


def _requirements(cursor: psycopg.Cursor[Any]) -> tuple[list[int], list[int]]:
    known = WorkplaceRequirement._meta.db_table
    cursor.execute(f"SELECT id, is_car FROM {known} WHERE version_id = %s".encode(), [_version(cursor)])
    rows = cursor.fetchall()
    return [one for one, is_car in rows if not is_car], [one for one, is_car in rows if is_car]


def _version(cursor: psycopg.Cursor[Any]) -> int:
    cursor.execute(f"SELECT max(id) FROM {MethodologyVersion._meta.db_table}".encode())
    row = cursor.fetchone()
    return int(row[0]) if row else 0


def _load_audits(cursor: psycopg.Cursor[Any], trade: Trade, audits: list[Audit]) -> None:
    version = _version(cursor)
    names = (
        "id",
        "code",
        "site_id",
        "supplier_id",
        "audit_firm_id",
        "site_name",
        "site_country",
        "supplier_name",
        "audit_firm_name",
        "version_id",
        "kind",
        "starts_on",
        "ends_on",
        "state",
        "submitted_at",
        "published_at",
    )
    rows: Iterable[Any] = (
        (
            one.id,
            code_of("A", one.id),
            one.site,
            trade.sites[one.site],
            trade.firms[one.site],
            trade.site_name(one.site),
            trade.country(one.site),
            trade.name(trade.sites[one.site]),
            trade.name(trade.firms[one.site]),
            version,
            "initial" if one.is_first else "periodic",
            one.ends_on - dt.timedelta(days=1),
            one.ends_on,
            one.state,
            one.days_after(7) if one.is_published or one.state == "submitted" else None,
            one.days_after(14) if one.is_published else None,
        )
        for one in audits
    )
    copy(cursor, AuditRow, names, rows)
    rows = (
        (one.id, trade.firms[one.site], f"Auditor {one.id % 90}", "CSCA", "21700000", True) for one in audits
    )
    copy(cursor, Auditor, ("audit_id", "audit_firm_id", "name", "grade", "apsca_number", "is_lead"), rows)


def _load_findings(
    cursor: psycopg.Cursor[Any], trade: Trade, found: Iterator[Finding]
) -> tuple[list[Finding], list[Finding]]:
    """Write the findings; return those with a plan, and the non-compliances that their site has answered."""
    plans: list[Finding] = []
    answered: list[Finding] = []

    def rows() -> Iterator[Any]:
        for one in found:
            audit = one.audit
            if one.has_plan:
                plans.append(one)
            if one.is_answered:
                answered.append(one)
            later = audit.later if one.is_closed else None
            yield (
                *(
                    one.id,
                    code_of("F", one.id),
                    audit.id,
                    audit.site,
                    trade.sites[audit.site],
                    trade.firms[audit.site],
                ),
                *(
                    one.requirement,
                    one.kind,
                    f"Matter {one.id} that was found here",
                    STORY * 2,
                    5 + one.id % 200,
                ),
                *(one.severity, one.due_on, one.due_on, one.state, audit.ends_on, one.predecessor, one.first),
                *(later.id if later else None, later.days_after(14) if later else None, one.has_plan),
            )

    names = (
        "id",
        "code",
        "audit_id",
        "site_id",
        "supplier_id",
        "audit_firm_id",
        "requirement_id",
        "kind",
        "title",
        "description",
        "workers_affected",
        "severity",
        "due_on",
        "due_by",
        "state",
        "raised_on",
        "predecessor_id",
        "first_raised_on",
        "superseded_by_id",
        "closed_at",
        "has_plan",
    )
    copy(cursor, FindingRow, names, rows())
    return plans, answered
