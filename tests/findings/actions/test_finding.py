"""Entering findings: the kind follows from the requirement, and a CAR has nothing to be late with."""

import datetime as dt

import pytest

from findings.actions.finding import (
    add_finding,
    change_finding,
    delete_finding,
    reassess_car,
)
from findings.lifecycle import AuditState, FindingState
from findings.models import Audit, Finding, Reassessment
from findings.models.facts import BREACH, Said
from ledger.refusals import Forbidden, Refusal
from organisations.visibility import Role
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.findings.conftest import AT, House

SAID = Said(title="Exit is blocked", description="Boxes before the door.", severity="major")
CAR_SAID = Said(title="Fees are paid", description="Agents charge.")


def _add(house: House, audit: Audit, code: str, nature: str, said: Said) -> Finding:
    requirement = make.requirement(code)
    with house.as_(house.firm) as viewer:
        return add_finding(
            viewer=viewer, audit=audit, requirement=requirement, nature=nature, said=said, at=AT
        )


def _refusal(house: House, audit: Audit, code: str, nature: str, said: Said) -> str:
    with pytest.raises(Refusal) as caught:
        _add(house, audit, code, nature, said)
    return caught.value.code


def test_breach_is_a_non_compliance_or_a_car_as_the_requirement_says(house: House) -> None:
    audit = house.audit()
    nc, car = _add(house, audit, "3.B", BREACH, SAID), _add(house, audit, "1A.C", BREACH, CAR_SAID)
    assert (nc.kind, nc.severity, nc.due_on) == ("nc", "major", dt.date(2026, 5, 3))
    assert (car.kind, car.severity, car.due_on, car.verification) == ("car", None, None, None)


@pytest.mark.parametrize(
    ("severity", "days"), [("business_critical", 0), ("critical", 30), ("major", 60), ("minor", 90)]
)
def test_closure_policy_sets_the_date(house: House, severity: str, days: int) -> None:
    said = Said(title="T", description="D", severity=severity)
    found = _add(house, house.audit(), "3.B", BREACH, said)
    assert found.due_on == dt.date(2026, 3, 4) + dt.timedelta(days=days)


def test_good_example_is_recorded_without_severity(house: House) -> None:
    found = _add(house, house.audit(), "3.B", Finding.Kind.GOOD_EXAMPLE, CAR_SAID)
    assert (found.kind, found.state, found.severity, found.due_on) == ("good_example", "recorded", None, None)


@pytest.mark.parametrize(
    ("code", "nature", "said", "refusal"),
    [
        ("1A.C", BREACH, SAID, "car-has-none"),
        ("1A.C", BREACH, Said("T", "D", verification="desktop"), "car-has-none"),
        ("3.B", Finding.Kind.GOOD_EXAMPLE, SAID, "car-has-none"),
        ("3.B", BREACH, CAR_SAID, "severity-missing"),
        ("3.B", BREACH, Said("T", "D", severity="huge"), "severity-missing"),
        ("3.B", Finding.Kind.OBSERVATION, CAR_SAID, "no-observations"),
    ],
)
def test_what_a_kind_cannot_have_is_refused(
    house: House, code: str, nature: str, said: Said, refusal: str
) -> None:
    audit = house.audit()
    assert _refusal(house, audit, code, nature, said) == refusal
    with owner_role():
        assert not Finding.objects.exists()


def test_observation_is_recorded_where_the_version_has_them(house: House) -> None:
    with owner_role():
        type(house.version).objects.update(has_observations=True)
    assert _add(house, house.audit(), "3.B", Finding.Kind.OBSERVATION, CAR_SAID).kind == "observation"


def test_requirement_of_another_version_is_refused(house: House) -> None:
    audit = house.audit()
    with owner_role():
        other = type(house.version).objects.create(key="other-1.0", name="Other", version="1.0")
        Audit.objects.filter(pk=audit.pk).update(version=other)
    assert _refusal(house, audit, "1A.C", BREACH, CAR_SAID) == "other-version"


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (AuditState.SCHEDULED, "audit-not-started"),
        (AuditState.IN_PROGRESS, ""),
        (AuditState.SUBMITTED, "audit-with-the-site"),
        (AuditState.PUBLISHED, "audit-published"),
    ],
)
@pytest.mark.parametrize("role", list(Role))
def test_findings_are_entered_in_progress_by_those_who_write(
    house: House, state: AuditState, code: str, role: Role
) -> None:
    audit, requirement = house.audit(state), make.requirement("3.B")
    with house.as_(house.member(house.firm, role)) as viewer:
        if not code and role != Role.VIEWER:
            assert add_finding(
                viewer=viewer, audit=audit, requirement=requirement, nature=BREACH, said=SAID, at=AT
            ).pk
            return
        with pytest.raises(Forbidden) as caught:
            add_finding(viewer=viewer, audit=audit, requirement=requirement, nature=BREACH, said=SAID, at=AT)
        expected = {code, "read-only-role"} if role == Role.VIEWER else {code}
        assert caught.value.code in expected


def test_finding_is_corrected_and_its_date_follows_the_severity(house: House) -> None:
    found = _add(house, house.audit(), "3.B", BREACH, SAID)
    with house.as_(house.firm) as viewer:
        minor = Said(title="Exit was blocked", description="One box.", severity="minor", workers_affected=4)
        changed = change_finding(viewer=viewer, finding=found, said=minor, at=AT)
    assert (changed.title, changed.severity, changed.due_on, changed.workers_affected) == (
        "Exit was blocked",
        "minor",
        dt.date(2026, 6, 2),
        4,
    )


def test_finding_is_taken_out_while_in_progress_only(house: House) -> None:
    audit = house.audit()
    found = _add(house, audit, "3.B", BREACH, SAID)
    house.to(audit, AuditState.SUBMITTED)
    with house.as_(house.firm) as viewer, pytest.raises(Forbidden):
        delete_finding(viewer=viewer, finding=found, at=AT)
    with owner_role():
        Audit.objects.filter(pk=audit.pk).update(state=AuditState.IN_PROGRESS)
    with house.as_(house.firm) as viewer:
        delete_finding(viewer=viewer, finding=found, at=AT)
        assert not Finding.objects.visible_to(viewer).exists()


def test_car_open_from_an_earlier_audit_is_looked_at_there(house: House, car: Finding) -> None:
    audit = house.audit(ends_on=dt.date(2026, 5, 20))
    assert _refusal(house, audit, "1A.C", BREACH, CAR_SAID) == "reassess-instead"
    assert _add(house, audit, "5A.A", BREACH, CAR_SAID).predecessor_id is None


def test_answer_can_change_until_publication(house: House, car: Finding) -> None:
    audit = house.audit(ends_on=dt.date(2026, 5, 20))

    def answer(result: str, said: Said | None) -> Reassessment:
        with house.as_(house.firm) as viewer:
            return reassess_car(viewer=viewer, audit=audit, car=car, result=result, said=said, at=AT)

    short = answer("still_short", CAR_SAID)
    assert short.successor is not None
    assert short.successor.predecessor_id == car.pk
    again = answer("still_short", Said(title="Fees, lower now", description="Half."))
    assert again.successor is not None
    assert (again.pk, again.successor.pk, again.successor.title) == (
        short.pk,
        short.successor.pk,
        "Fees, lower now",
    )
    assert answer("met", None).successor_id is None
    with house.as_(house.firm) as viewer:
        assert not Finding.objects.visible_to(viewer).filter(predecessor=car).exists()
        assert Reassessment.objects.get(audit=audit, car=car).result == "met"


def test_deleting_the_new_car_asks_for_the_answer_again(house: House, car: Finding) -> None:
    audit = house.audit(ends_on=dt.date(2026, 5, 20))
    with house.as_(house.firm) as viewer:
        answer = reassess_car(viewer=viewer, audit=audit, car=car, result="still_short", said=CAR_SAID, at=AT)
        assert answer.successor is not None
        answer.successor.audit = audit
        delete_finding(viewer=viewer, finding=answer.successor, at=AT)
        assert not Reassessment.objects.filter(audit=audit).exists()


@pytest.mark.parametrize("kind", ["initial", "follow_up_full"])
def test_only_a_periodic_audit_looks_anew(house: House, car: Finding, kind: str) -> None:
    parent = None if kind == "initial" else car.audit
    audit = house.audit(kind=kind, parent=parent, ends_on=dt.date(2026, 5, 20))
    with house.as_(house.firm) as viewer, pytest.raises(Refusal) as caught:
        reassess_car(viewer=viewer, audit=audit, car=car, result="met", at=AT)
    assert caught.value.code == "not-open-here"


def test_looking_anew_closes_nothing(house: House, car: Finding) -> None:
    audit = house.audit(ends_on=dt.date(2026, 5, 20))
    with house.as_(house.firm) as viewer:
        reassess_car(viewer=viewer, audit=audit, car=car, result="met", at=AT)
        car.refresh_from_db()
    assert car.state == FindingState.OPEN
