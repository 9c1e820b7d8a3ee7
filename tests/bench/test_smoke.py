# ruff: noqa: S608 (names of this file only)
"""The bench on a world of three hundred findings: it loads as the rules want it, and every page answers."""

from collections.abc import Iterator

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from bench import report
from bench.loading import load
from bench.measuring import Bench
from bench.scales import Scale
from bench.trade import Trade
from tests.conftest import owner_role

TINY = Scale("tiny", 300)
RULES = (
    ("sourcing_siteaccess", "sourcing_site_access_rule", "organisation_id, site_id, owner_id, bases"),
    ("findings_auditaccess", "findings_audit_access_rule", "organisation_id, audit_id, owner_id, bases"),
    (
        "forum_groupaccess",
        "forum_group_access_rule",
        "group_id, person_id, organisation_id, is_co_lead, is_guest",
    ),
)


@pytest.fixture
def admin(transactional_db: None) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """Give the superuser's own connection to the test database."""
    told = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    with psycopg.connect(autocommit=True, **{name: told[name] for name in names if name in told}) as made:
        yield made


def test_tiny_world_is_loaded_and_measured(admin: "psycopg.Connection[tuple[object, ...]]") -> None:
    on = timezone.localdate()
    with owner_role():
        call_command("load_definitions", verbosity=0)
    with admin.transaction(), admin.cursor() as cursor:
        trade = load(cursor, TINY, on=on)
    for table, rule, columns in RULES:
        counted = f"SELECT count(*), (SELECT count(*) FROM (TABLE {rule}) AS r) FROM {table}"
        kept, ruled = admin.execute(counted.encode()).fetchone() or (0, 0)
        assert kept == ruled
        differing = f"SELECT {columns} FROM {rule} EXCEPT SELECT {columns} FROM {table}"
        assert admin.execute(differing.encode()).fetchall() == []
    admin.execute("ANALYZE")
    found = _measured(trade, admin)
    assert {one["kind"] for one in found} == {"list", "detail", "create", "group", "home"}
    assert {one["viewer"] for one in found} == {"big buyer", "mid buyer", "small supplier", "audit firm"}
    assert all(one["statements"] and one["p50"] for one in found)
    assert "non-compliances" in report.table(found, found)
    goals = report.goals(found, found, {"migrate": 1.0}, {"highest": 1.0})
    assert [goal.holds for goal in goals[-3:]] == [True, True, True]


def _measured(trade: Trade, admin: "psycopg.Connection[tuple[object, ...]]") -> report.Cases:
    bench = Bench(trade, admin)
    bench.round()
    cases: report.Cases = bench.report()["cases"]
    return cases
