"""What a table's own trigger does, asked alone: every other trigger and constraint of the table is off meanwhile."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from ledger.acting import acting
from tests.factories import findings as make
from tests.factories.organisations import membership, organisation
from tests.factories.world import world

pytestmark = pytest.mark.django_db
SIGNED = (
    "findings_callstep",
    "findings_commitmentstep",
    "findings_commitmentversion",
    "findings_introduction",
    "findings_introductionanswer",
    "findings_planresponse",
    "findings_planupdate",
    "findings_planversion",
    "findings_positionversion",
    "findings_refundgroup",
    "findings_refundpayment",
    "findings_rhythmanswer",
    "findings_rhythmrequest",
    "findings_variance",
    "findings_wagereview",
)
APPEND_ONLY = (
    "findings_auditrevision",
    "findings_callstep",
    "findings_closurepolicychange",
    "findings_commitmentstep",
    "findings_commitmentversion",
    "findings_correctiveaction",
    "findings_evidenceuse",
    "findings_extension",
    "findings_extensionanswer",
    "findings_incidentread",
    "findings_incidentreport",
    "findings_incidentstep",
    "findings_introduced",
    "findings_introductionanswer",
    "findings_planresponse",
    "findings_planupdate",
    "findings_planversion",
    "findings_positionversion",
    "findings_refundgroup",
    "findings_refundpayment",
    "findings_rhythmanswer",
    "findings_rhythmrequest",
    "findings_variancereply",
    "findings_verification",
    "findings_wagegroup",
    "findings_wagereview",
)
KEPT_BY_A_GUARD = {"findings_evidenceuse"}  # its rows change in one way, which its own guard knows
TRIGGERS = """SELECT t.tgname, t.tgrelid::regclass::text FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
               WHERE p.proname = %s AND t.tgrelid::regclass::text LIKE 'findings\\_%%' ORDER BY 2, 1"""
OTHERS = """SELECT tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
             WHERE tgrelid = %s::regclass AND p.proname <> %s"""
CHECKS = "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass"
COLUMNS = """SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
              WHERE attrelid = %s::regclass AND attnum > 0 AND attnotnull AND NOT attisdropped"""
PLAIN = {"boolean": False, "date": "2026-05-01", "timestamp with time zone": "2026-05-01T09:00Z", "jsonb": {}}


def _asked(sql: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def _alone(table: str, function: str) -> Iterator[None]:
    """Be the owner of everything, with nothing on in the table but the triggers that run `function`."""
    with transaction.atomic():
        _asked("SET CONSTRAINTS ALL IMMEDIATE")
        _asked("RESET ROLE")
        for (name,) in _asked(OTHERS, table, function):
            _asked(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')
        for (name,) in _asked(CHECKS, table):
            _asked(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        yield
        transaction.set_rollback(True)
    _asked(f'SET ROLE "{settings.DB_ROLES["app"]}"')


def _added(table: str, **changes: Any) -> None:
    """Add some row or other."""
    row = {}
    for name, kind in _asked(COLUMNS, table):
        row[name] = (
            [] if kind.endswith("[]") else "" if "char" in kind or kind == "text" else PLAIN.get(kind, 1)
        )
    values = json.dumps(row | changes)
    _asked(f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, %s)).*", values)


def _refused(sql: str) -> str:
    try:
        with transaction.atomic():
            _asked(sql)
    except DatabaseError as error:
        return str(error).splitlines()[0]
    return ""


def test_tables_are_the_ones_that_the_database_names() -> None:
    assert [table for _name, table in _asked(TRIGGERS, "sign")] == sorted(SIGNED)
    assert sorted({table for _name, table in _asked(TRIGGERS, "refuse_change")}) == sorted(APPEND_ONLY)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_rows_that_were_added_stay(table: str) -> None:
    with _alone(table, "refuse_change"):
        _added(table)
        if table not in KEPT_BY_A_GUARD:
            for sql in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):  # noqa: S608 - our own tables
                assert _refused(sql) == f"{table} is append-only"
        assert _refused(f"TRUNCATE {table} CASCADE") == f"{table} is append-only"


@pytest.mark.parametrize("table", SIGNED)
def test_whoever_adds_a_row_signs_it(table: str) -> None:
    somebody, other = membership(organisation()), membership(organisation())
    with acting(person_id=somebody.person_id, organisation_id=None), _alone(table, "sign"):
        _added(table, person_id=other.person_id)
        assert _asked(f"SELECT person_id FROM {table}") == [(somebody.person_id,)]  # noqa: S608 - our own tables
    with _alone(table, "sign"):
        _added(table, person_id=other.person_id)
        assert _asked(f"SELECT person_id FROM {table}") == [(other.person_id,)]  # noqa: S608 - our own tables


@pytest.mark.parametrize(
    ("table", "function"),
    [(f"findings_plan{part}", "fill_from_plan") for part in ("response", "update", "version")]
    + [("findings_rhythmrequest", "fill_from_plan")]
    + [(f"findings_{part}", "fill_from_car") for part in ("plandraft", "understanding")],
)
def test_owners_follow_the_plan_and_the_car(table: str, function: str) -> None:
    scene = world()
    plan = make.plan(scene.car)
    with _alone(table, function):
        _added(table, id=9, plan_id=plan.pk, finding_id=scene.car.pk, supplier_id=0, audit_id=0, number=9)
        newest = f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY id DESC LIMIT 1"  # noqa: S608 - our own tables
        found = json.loads(_asked(newest)[0][0])
        assert found["supplier_id"] == scene.supplier.organisation_id
        assert found.get("audit_id", scene.car.audit_id) == scene.car.audit_id
