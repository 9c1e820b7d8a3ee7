"""The five CAR invariants hold in the database against raw SQL, by the role app and by the owner of the tables."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from findings.models import Finding, Reassessment
from ledger.acting import acting
from organisations.models import Organisation
from organisations.visibility import Capability
from sourcing.models import Site
from tests.factories import findings as make
from tests.factories.organisations import organisation
from tests.factories.sourcing import engagement, site

pytestmark = pytest.mark.django_db
AsOwner = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def firm() -> Organisation:
    return organisation("Meridian Assurance", Capability.AUDIT_FIRM)


@pytest.fixture
def workplace(firm: Organisation) -> Site:
    made = site(organisation("Surma Shoes"))
    engagement(made, firm)
    return made


@pytest.fixture
def car(workplace: Site, firm: Organisation) -> Finding:
    found = make.car(make.audit(workplace, firm))
    make.publish(found.audit)
    return found


def run(sql: str, *values: Any) -> int:
    """Run one statement in a savepoint of its own and return how many rows it touched."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


@pytest.mark.parametrize(
    ("column", "value"), [("severity", "major"), ("due_on", dt.date(2026, 9, 1)), ("verification", "desktop")]
)
def test_car_takes_no_date_severity_or_verification(
    workplace: Site, firm: Organisation, as_owner: AsOwner, column: str, value: Any
) -> None:
    found = make.car(make.audit(workplace, firm))
    with as_owner(), pytest.raises(DatabaseError, match="car_has_no_date_severity_or_verification"):
        run(f"UPDATE findings_finding SET {column} = %s WHERE id = %s", value, found.pk)  # noqa: S608 - own names


def test_nc_takes_a_date_and_severity(workplace: Site, firm: Organisation, as_owner: AsOwner) -> None:
    found = make.finding(make.audit(workplace, firm))
    with as_owner():
        assert (
            run(
                "UPDATE findings_finding SET severity = 'minor', due_on = '2026-09-01' WHERE id = %s",
                found.pk,
            )
            == 1
        )


@pytest.mark.parametrize(("kind", "code"), [("nc", "1A.C"), ("car", "3.B")])
def test_kind_follows_the_requirement(workplace: Site, firm: Organisation, kind: str, code: str) -> None:
    with pytest.raises(DatabaseError, match="property of the requirement"), transaction.atomic():
        make.finding(make.audit(workplace, firm), kind, requirement=make.requirement(code))


def test_kind_never_changes(workplace: Site, firm: Organisation, as_owner: AsOwner) -> None:
    found = make.car(make.audit(workplace, firm))
    with as_owner(), pytest.raises(DatabaseError, match="keeps its audit, kind and requirement"):
        run("UPDATE findings_finding SET kind = 'good_example', state = 'recorded' WHERE id = %s", found.pk)


def test_car_stays_open_without_a_plan(car: Finding, as_owner: AsOwner) -> None:
    with as_owner(), pytest.raises(DatabaseError, match="only a shared action plan"):
        run("UPDATE findings_finding SET state = 'in_progress' WHERE id = %s", car.pk)


def test_car_moves_on_with_a_plan(car: Finding, as_owner: AsOwner) -> None:
    make.plan(car, share=False)
    with as_owner():
        assert (
            run("UPDATE findings_finding SET state = 'in_progress' WHERE id = %s AND has_plan", car.pk) == 1
        )


def test_plan_before_publication_is_refused(workplace: Site, firm: Organisation) -> None:
    found = make.car(make.audit(workplace, firm))
    with pytest.raises(DatabaseError, match="CAR of a published audit"), transaction.atomic():
        make.plan(found)


@pytest.mark.parametrize("start", ["open", "in_progress"])
def test_nobody_closes_a_car_by_hand(
    car: Finding, workplace: Site, firm: Organisation, as_owner: AsOwner, start: str
) -> None:
    if start == "in_progress":
        make.plan(car)
    later = make.publish(make.audit(workplace, firm, ends_on=dt.date(2027, 3, 4)))
    close = (
        "UPDATE findings_finding SET state = 'closed', closed_at = now(), superseded_by_id = %s WHERE id = %s"
    )
    with as_owner():
        with pytest.raises(DatabaseError, match="only a later periodic audit closes"):
            run(close, later.pk, car.pk)
        with pytest.raises(
            DatabaseError, match=r"car_closed_only_by_a_later_audit|only a later periodic audit"
        ):
            run("UPDATE findings_finding SET state = 'closed' WHERE id = %s", car.pk)


@pytest.mark.parametrize("result", ["met", "still_short"])
def test_car_is_closed_by_a_later_periodic_audit(
    car: Finding, workplace: Site, firm: Organisation, as_owner: AsOwner, result: str
) -> None:
    later = make.audit(workplace, firm, ends_on=dt.date(2027, 3, 4))
    successor = make.car(later, predecessor=car) if result == "still_short" else None
    make.reassessment(car, later, result, successor=successor)
    make.publish(later)
    with as_owner():
        closed = run(
            "UPDATE findings_finding SET state = 'closed', closed_at = now(), superseded_by_id = %s WHERE id = %s",
            later.pk,
            car.pk,
        )
        assert closed == 1
        if successor:
            successor.refresh_from_db()
            assert successor.first_raised_on == car.raised_on
        with pytest.raises(DatabaseError, match="cannot go from"):
            run(
                "UPDATE findings_finding SET state = 'open', closed_at = NULL, superseded_by_id = NULL WHERE id = %s",
                car.pk,
            )


def test_follow_up_audit_closes_no_car(
    car: Finding, workplace: Site, firm: Organisation, as_owner: AsOwner
) -> None:
    later = make.audit(workplace, firm, ends_on=dt.date(2027, 3, 4), kind="follow_up_full", parent=car.audit)
    make.reassessment(car, later, Reassessment.Result.MET)
    make.publish(later)
    with as_owner(), pytest.raises(DatabaseError, match="only a later periodic audit closes"):
        run(
            "UPDATE findings_finding SET state = 'closed', closed_at = now(), superseded_by_id = %s WHERE id = %s",
            later.pk,
            car.pk,
        )


def test_auditor_cannot_write_a_plan(car: Finding, firm: Organisation, workplace: Site) -> None:
    insert = """INSERT INTO findings_actionplan
        (code, finding_id, audit_id, supplier_id, rhythm, anchor_on, updates_shared, first_shared_at)
        VALUES ('PLAN000001', %s, 1, 1, 3, '2026-04-01', 0, now())"""
    with (
        acting(person_id=None, organisation_id=firm.pk),
        pytest.raises(DatabaseError, match="row-level security"),
    ):
        run(insert, car.pk)
    with acting(person_id=None, organisation_id=workplace.organisation_id):
        assert run(insert, car.pk) == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE findings_planversion SET number = 2", "DELETE FROM findings_planversion"]
)
def test_plan_versions_are_append_only(car: Finding, as_owner: AsOwner, statement: str) -> None:
    make.plan(car)
    with as_owner(), pytest.raises(DatabaseError, match="append-only"):
        run(statement)


def test_published_words_never_change(car: Finding, as_owner: AsOwner) -> None:
    with as_owner(), pytest.raises(DatabaseError, match="never changes"):
        run("UPDATE findings_finding SET description = 'softer' WHERE id = %s", car.pk)
    with as_owner(), pytest.raises(DatabaseError, match="never deleted"):
        run("DELETE FROM findings_finding WHERE id = %s", car.pk)
    with as_owner(), pytest.raises(DatabaseError, match="never changes"):
        run("UPDATE findings_audit SET summary = 'better' WHERE id = %s", car.audit_id)
