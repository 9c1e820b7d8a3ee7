"""Reminders follow the dates that count: one per audit and day, planned anew whenever something moves."""

import datetime as dt
from typing import Any

import pytest

from findings.actions.due_dates import DUE, LATE, SOON, plan_reminders, remind
from findings.lifecycle import AuditState
from findings.models import Finding
from ledger.models import Entry, Occurrence
from ledger.occurrences import tick
from tests.conftest import job_role
from tests.factories import findings as make
from tests.factories.corrections import action, extension, granted, verification
from tests.findings.conftest import AT, House

pytestmark = pytest.mark.django_db
DUE_ON = dt.date(2026, 7, 1)


@pytest.fixture
def ncs(house: House) -> list[Finding]:
    """Two non-compliances that are due on one day."""
    audit = house.audit()
    found = [make.finding(audit, title=title, verification="desktop", due_on=DUE_ON) for title in "AB"]
    house.to(audit, AuditState.SUBMITTED)
    house.to(audit, AuditState.PUBLISHED)
    return found


def planned(audit_id: int, at: dt.datetime = AT) -> set[tuple[str, Any]]:
    with job_role():
        plan_reminders(audit_id=audit_id, at=at)
        rows = Occurrence.objects.filter(subject_id=audit_id, kind__in=[SOON, DUE, LATE], cancelled_at=None)
        return {(one.kind, one.due_on) for one in rows if one.done_at is None}


def test_site_is_reminded_before_on_and_after_the_day(ncs: list[Finding]) -> None:
    assert planned(ncs[0].audit_id) == {
        (SOON, dt.date(2026, 6, 17)),
        (SOON, dt.date(2026, 6, 28)),
        (DUE, DUE_ON),
        (LATE, dt.date(2026, 7, 8)),
    }


def test_nothing_is_planned_for_what_is_sent_closed_or_put_aside(ncs: list[Finding]) -> None:
    assert planned(ncs[0].audit_id)
    for one in ncs:
        action(one)
    assert planned(ncs[0].audit_id) == set()


def test_more_needed_plans_again_and_more_time_moves_it(ncs: list[Finding]) -> None:
    verification(action(ncs[0]), "more_needed")
    action(ncs[1])
    granted(extension(ncs[0], 30))
    later = dt.date(2026, 7, 31)
    assert {(kind, on) for kind, on in planned(ncs[0].audit_id) if kind != SOON} == {
        (DUE, later),
        (LATE, later + dt.timedelta(days=7)),
    }


def test_one_letter_names_all_that_are_due(ncs: list[Finding]) -> None:
    with job_role():
        assert remind(kind=SOON, audit_id=ncs[0].audit_id, on=dt.date(2026, 6, 17), at=AT)
        entry = Entry.objects.get(verb=SOON)
        assert (entry.data["count"], entry.data["titles"], entry.data["on"]) == (2, ["A", "B"], "2026-07-01")
        assert not remind(kind=SOON, audit_id=ncs[0].audit_id, on=dt.date(2026, 6, 18), at=AT)


def test_reminder_that_is_at_work_is_done_and_not_called_off(ncs: list[Finding]) -> None:
    assert planned(ncs[0].audit_id)
    with job_role():
        assert tick(dt.datetime(2026, 7, 9, tzinfo=dt.UTC)) == 4
        rows = Occurrence.objects.filter(subject_id=ncs[0].audit_id, kind__in=[SOON, DUE, LATE])
        assert rows.exclude(done_at=None).count() == 4
        verbs = list(Entry.objects.order_by("pk").values_list("verb", flat=True))
        assert [one for one in verbs if one in {SOON, DUE, LATE}] == [SOON, SOON, DUE, LATE]


def test_late_is_said_every_week(ncs: list[Finding]) -> None:
    action(ncs[1])
    at = dt.datetime(2026, 7, 8, 9, tzinfo=dt.UTC)
    with job_role():
        assert remind(kind=LATE, audit_id=ncs[0].audit_id, on=dt.date(2026, 7, 8), at=at)
        assert Entry.objects.get(verb=LATE).data["count"] == 1
    assert (LATE, dt.date(2026, 7, 15)) in planned(ncs[0].audit_id, at)
