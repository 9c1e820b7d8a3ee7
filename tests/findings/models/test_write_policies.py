"""Who may write which row by the row policies alone: as the role app, with the triggers of the table off."""

import datetime as dt
import json
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from findings.models import ActionPlan, Auditor, PlanDraft, PlanResponse, PlanUpdate, PlanVersion
from ledger.acting import acting
from organisations.models import Organisation
from organisations.visibility import Capability
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories import organisations as people
from tests.factories import sourcing as places
from tests.findings.conftest import House

FRESH = count(10**6)
ADD, CHANGE, DELETE = "add", "change", "delete"
# Whoever may, of: supplier, buyer, firm (of record), ended (another audit's firm, no longer engaged), other (engaged
# for the same site), both (a customer of the supplier, engaged for its other site), stranger.
FIRM, SUPPLIER = {"firm"}, {"supplier"}
MAY: dict[tuple[str, str], set[str]] = {
    ("findings_audit", ADD): {"firm"},
    ("findings_audit", CHANGE): {"firm", "other"},
    ("findings_audit", DELETE): set(),
    ("findings_finding", ADD): FIRM,
    ("findings_finding", CHANGE): {"firm", "supplier", "other"},
    ("findings_finding", DELETE): FIRM,
    **{("findings_auditor", what): FIRM for what in (ADD, CHANGE, DELETE)},
    **{("findings_reassessment", what): FIRM for what in (ADD, CHANGE, DELETE)},
    ("findings_actionplan", ADD): SUPPLIER,
    ("findings_actionplan", CHANGE): SUPPLIER,
    ("findings_actionplan", DELETE): set(),
    **{("findings_plandraft", what): SUPPLIER for what in (ADD, CHANGE, DELETE)},
    **{("findings_planversion", what): SUPPLIER if what == ADD else set() for what in (ADD, CHANGE, DELETE)},
    **{("findings_planupdate", what): SUPPLIER if what == ADD else set() for what in (ADD, CHANGE, DELETE)},
    **{
        ("findings_planresponse", what): {"buyer"} if what == ADD else set() for what in (ADD, CHANGE, DELETE)
    },
}


@dataclass
class Desk:
    """Everybody who might write, and one row of each table."""

    who: dict[str, Organisation]
    rows: dict[str, int]
    ended_audit: int


@pytest.fixture
def desk(house: House) -> Desk:
    both = people.organisation("Both Ways", Capability.BUYER, Capability.AUDIT_FIRM)
    ended = people.organisation("Past Looks", Capability.AUDIT_FIRM)
    places.link(both, house.supplier)
    places.engagement(house.south, both)
    past = make.audit(house.north, ended, ends_on=dt.date(2025, 3, 4))
    make.finding(past)
    make.publish(past)
    audit, at = house.audit(), timezone.now()
    car = make.car(audit)
    make.reassessment(make.car(make.audit(house.south, house.firm)), audit)
    house.to(audit, "submitted")
    house.to(audit, "published")
    with owner_role():
        plan = ActionPlan.objects.create(finding=car, anchor_on=at.date(), first_shared_at=at)
        PlanVersion.objects.create(plan=plan, number=1, content={}, completed_by="HR", shared_at=at)
        PlanDraft.objects.create(finding=car, content={}, saved_at=at)
        PlanUpdate.objects.create(
            plan=plan, number=1, version_number=1, summary="x", actions=[], shared_at=at
        )
        answer = {"version_number": 1, "kind": "confirm", "answered_at": at}
        PlanResponse.objects.create(plan=plan, organisation=house.buyer, **answer)
        rows = {"findings_audit": audit.pk, "findings_finding": car.pk, "findings_actionplan": plan.pk}
        rows["findings_auditor"] = Auditor.objects.get(audit=audit).pk
    names = ("supplier", "buyer", "firm", "stranger")
    who = {name: getattr(house, name) for name in names} | {
        "other": house.other_firm,
        "both": both,
        "ended": ended,
    }
    return Desk(who, rows, past.pk)


def run(sql: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else [cursor.rowcount] if cursor.rowcount else []


def bare(table: str) -> None:
    """Turn the triggers of a table off, until the test is over."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("RESET ROLE")
    run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    run(f'SET ROLE "{settings.DB_ROLES["app"]}"')


def is_done(sql: str, *values: Any) -> bool:
    """Tell whether row security lets it through; what else hinders is no matter of policies."""
    try:
        with transaction.atomic():
            return bool(run(sql, *values))
    except DatabaseError as error:
        words = str(error)
        refused = "row-level" in words or "permission denied" in words
        assert refused or "duplicate key" in words or "foreign key" in words, words
        return not refused


def attempt(table: str, what: str, row: dict[str, Any], own: int) -> bool:
    if what == ADD:
        given = row | {"id": next(FRESH), "code": f"W{next(FRESH)}"}
        if table == "findings_planresponse":
            given["organisation_id"] = own
        sql = f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, %s)).*"
        return is_done(sql, json.dumps(given))
    if what == CHANGE:
        column = {"findings_actionplan": "rhythm"}.get(table, "id")  # what the role app is granted at all
        return is_done(f"UPDATE {table} SET {column} = {column} WHERE id = %s", row["id"])  # noqa: S608
    return is_done(f"DELETE FROM {table} WHERE id = %s", row["id"])  # noqa: S608 - our own tables


@pytest.mark.parametrize(("table", "what"), MAY)
def test_rows_are_written_by_those_who_may(desk: Desk, table: str, what: str) -> None:
    with owner_role():
        key = desk.rows.get(table) or run(f"SELECT max(id) FROM {table}")[0][0]  # noqa: S608 - our own tables
        row = json.loads(run(f"SELECT to_jsonb(t)::text FROM {table} t WHERE id = %s", key)[0][0])  # noqa: S608
    bare(table)
    done = set()
    for name, one in desk.who.items():
        with acting(person_id=None, organisation_id=one.pk):
            if attempt(table, what, row, one.pk):
                done.add(name)
    expected = MAY[table, what]
    assert done == (expected | {"both"} if (table, what) == ("findings_planresponse", ADD) else expected)


def test_customer_answers_in_its_own_name_alone(desk: Desk) -> None:
    with owner_role():
        row = json.loads(run("SELECT to_jsonb(t)::text FROM findings_planresponse t")[0][0])
    bare("findings_planresponse")
    with acting(person_id=None, organisation_id=desk.who["both"].pk):
        assert not attempt("findings_planresponse", ADD, row, row["organisation_id"])


def test_firm_of_record_keeps_its_audit_when_it_is_no_longer_engaged(desk: Desk) -> None:
    bare("findings_audit")
    with acting(person_id=None, organisation_id=desk.who["ended"].pk):
        change = "UPDATE findings_audit SET id = id WHERE id = %s"
        assert is_done(change, desk.ended_audit)
        assert not is_done(change, desk.rows["findings_audit"])


def test_firm_of_record_keeps_its_findings_when_it_is_no_longer_engaged(desk: Desk) -> None:
    bare("findings_finding")
    with acting(person_id=None, organisation_id=desk.who["ended"].pk):
        change = "UPDATE findings_finding SET id = id WHERE audit_id = %s"
        assert is_done(change, desk.ended_audit)
        assert not is_done(change, desk.rows["findings_audit"])


def test_firm_begins_audits_of_sites_for_which_it_is_engaged_in_its_own_name(desk: Desk) -> None:
    with owner_role():
        sql = "SELECT to_jsonb(t)::text FROM findings_audit t WHERE id = %s"
        row = json.loads(run(sql, desk.rows["findings_audit"])[0][0])
    bare("findings_audit")
    for name, is_fine in {"other": True, "firm": True, "both": False, "buyer": False, "ended": False}.items():
        own = desk.who[name].pk
        with acting(person_id=None, organisation_id=own):
            assert attempt("findings_audit", ADD, row | {"audit_firm_id": own}, own) is is_fine, name
