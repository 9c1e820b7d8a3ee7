"""What the database holds about non-compliances against raw SQL, by the role app and by the owner of the tables."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from findings.models import CorrectiveAction, Extension, Finding
from ledger.acting import acting
from organisations.models import Membership
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories import organisations as people
from tests.factories.corrections import action, extension, granted, verification
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db
ACT = """INSERT INTO findings_correctiveaction
           (finding_id, whys, cause, correction, prevention, responsible, done_on, language, recorded_by_firm,
            submitted_at)
         VALUES (%s, '{Why}', 'rules', 'Done', 'Rule', 'HR', '2026-03-20', '', %s, now())"""
VERIFY = """INSERT INTO findings_verification (action_id, method, audit_id, result, reason, language, verified_at)
            VALUES (%s, %s, %s, %s, 'x', '', now())"""
SUBMIT = "UPDATE findings_finding SET state = 'action_submitted' WHERE id = %s"
CLOSE = "UPDATE findings_finding SET state = 'verified_closed', closed_at = now() WHERE id = %s"
OPEN = "UPDATE findings_finding SET state = 'open' WHERE id = %s"


@pytest.fixture
def scene() -> World:
    return world(publish=False)


@pytest.fixture
def nc(scene: World) -> Finding:
    made = make.finding(scene.car.audit, verification="desktop")
    make.publish(scene.car.audit)
    return made


def run(sql: str, *values: Any) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def refused(words: str, of: Membership | None, sql: str, *values: Any) -> None:
    """The statement fails with these words, for a member by the role app or (None) for the owner of the tables."""
    if of is None:
        with owner_role(), pytest.raises(DatabaseError, match=words):
            run(sql, *values)
        return
    eyes = acting(person_id=of.person_id, organisation_id=of.organisation_id)
    with eyes, pytest.raises(DatabaseError, match=words):
        run(sql, *values)


def done(of: Membership, sql: str, *values: Any) -> None:
    with acting(person_id=of.person_id, organisation_id=of.organisation_id):
        assert run(sql, *values) == 1


def newest(of: Finding) -> int:
    with owner_role():
        return CorrectiveAction.objects.filter(finding=of).latest("number").pk


def test_site_and_firm_do_their_part(scene: World, nc: Finding) -> None:
    done(scene.supplier, ACT, nc.pk, False)
    done(scene.supplier, SUBMIT, nc.pk)
    done(scene.firm, VERIFY, newest(nc), "desktop", None, "closed")
    done(scene.firm, CLOSE, nc.pk)


def test_nothing_is_submitted_without_an_action(scene: World, nc: Finding) -> None:
    for who in (scene.supplier, None):
        refused("only a new corrective action", who, SUBMIT, nc.pk)


def test_answered_action_submits_nothing_again(scene: World, nc: Finding) -> None:
    verification(action(nc), "more_needed")
    refused("only a new corrective action", scene.supplier, SUBMIT, nc.pk)


def test_nothing_closes_or_opens_without_a_verification(scene: World, nc: Finding) -> None:
    refused("only a verification", None, CLOSE, nc.pk)
    sent = action(nc)
    for who in (scene.firm, None):
        refused("only a verification", who, CLOSE, nc.pk)
        refused("only a verification", who, OPEN, nc.pk)
    done(scene.firm, VERIFY, sent.pk, "desktop", None, "more_needed")
    refused("only a verification", scene.firm, CLOSE, nc.pk)


def test_nobody_verifies_their_own_action(scene: World, nc: Finding) -> None:
    done(scene.supplier, ACT, nc.pk, False)
    done(scene.supplier, SUBMIT, nc.pk)
    key = newest(nc)
    refused("only an audit firm", scene.supplier, VERIFY, key, "desktop", None, "closed")
    refused("only an audit firm", scene.buyer, VERIFY, key, "desktop", None, "closed")
    both = people.membership(scene.firm.organisation, scene.supplier.person)
    refused("own corrective action", both, VERIFY, key, "desktop", None, "closed")


def test_member_of_the_site_does_not_verify(scene: World, nc: Finding) -> None:
    sent = action(nc)
    both = people.membership(scene.firm.organisation)
    people.membership(scene.supplier.organisation, both.person)
    refused("own corrective action", both, VERIFY, sent.pk, "desktop", None, "closed")


def test_firm_writes_no_action_for_the_site(scene: World, nc: Finding) -> None:
    refused("the site says", scene.firm, ACT, nc.pk, False)
    refused("the site says", scene.supplier, ACT, nc.pk, True)
    refused("the site says", scene.buyer, ACT, nc.pk, True)


def test_what_a_visit_saw_is_verified_by_that_visit_alone(scene: World, nc: Finding) -> None:
    done(scene.firm, ACT, nc.pk, True)
    refused("only a new corrective action", scene.supplier, SUBMIT, nc.pk)
    done(scene.firm, SUBMIT, nc.pk)
    refused("from a desk", scene.firm, VERIFY, newest(nc), "desktop", None, "closed")
    refused("its published follow-up", scene.firm, VERIFY, newest(nc), "follow_up", nc.audit_id, "closed")
    visit = make.audit(
        scene.site,
        scene.firm.organisation,
        kind="follow_up_full",
        parent=nc.audit,
        ends_on=dt.date(2026, 4, 4),
    )
    refused("its published follow-up", scene.firm, VERIFY, newest(nc), "follow_up", visit.pk, "closed")
    make.publish(visit)
    done(scene.firm, VERIFY, newest(nc), "follow_up", visit.pk, "closed")
    done(scene.firm, CLOSE, nc.pk)


def test_older_version_is_not_verified(scene: World, nc: Finding) -> None:
    first, _second = action(nc), action(nc)
    refused("only the newest", scene.firm, VERIFY, first.pk, "desktop", None, "closed")


@pytest.mark.parametrize("table", ["correctiveaction", "verification", "extension", "extensionanswer"])
@pytest.mark.parametrize("change", ["UPDATE findings_{} SET language = 'fr'", "DELETE FROM findings_{}"])
def test_what_was_said_stays(nc: Finding, table: str, change: str) -> None:
    verification(action(nc), "more_needed")
    granted(extension(nc))
    refused("append-only", None, change.format(table))


@pytest.mark.parametrize("state", ["verified_closed", "action_submitted", "superseded"])
def test_non_compliance_begins_open(scene: World, state: str) -> None:
    made = make.finding(scene.car.audit)
    firm = scene.firm
    made.pk, made.code, made.closed_at = None, "ANOTHER1", timezone.now()
    with acting(person_id=firm.person_id, organisation_id=firm.organisation_id):
        made.state = state
        with pytest.raises(DatabaseError, match="begins open"), transaction.atomic():
            made.save(force_insert=True)
        made.state, made.closed_at = "open", None
        made.save(force_insert=True)


@pytest.mark.parametrize("who", ["supplier", "firm", "buyer", None])
def test_date_moves_by_a_granted_extension_alone(scene: World, nc: Finding, who: str | None) -> None:
    member = getattr(scene, who) if who else None
    move = "UPDATE findings_finding SET {} = '2027-01-01' WHERE id = %s"
    if who == "buyer":  # sees the row, and cannot touch it
        with acting(person_id=member.person_id, organisation_id=member.organisation_id):  # type: ignore[union-attr]
            assert run(move.format("due_by"), nc.pk) == 0
        return
    refused("only an extension", member, move.format("due_by"), nc.pk)
    refused("never changes", member, move.format("due_on"), nc.pk)


@pytest.mark.parametrize("column", ["due_on", "due_by"])
@pytest.mark.parametrize("who", ["supplier", "firm", None])
def test_car_takes_no_date(scene: World, nc: Finding, column: str, who: str | None) -> None:
    member = getattr(scene, who) if who else None
    sql = f"UPDATE findings_finding SET {column} = '2027-01-01' WHERE id = %s"  # noqa: S608 - own words
    refused(r"only an extension|never changes", member, sql, scene.car.pk)


def test_car_has_no_extension(scene: World, nc: Finding) -> None:
    ask = """INSERT INTO findings_extension (code, finding_id, wanted_on, reason, language, asked_at)
             VALUES ('EXTENSION1', %s, '2027-01-01', 'x', '', now())"""
    refused("only a non-compliance", scene.supplier, ask, scene.car.pk)
    refused("row-level security", scene.firm, ask, nc.pk)
    done(scene.supplier, ask, nc.pk)


def test_only_the_firm_grants_and_later_than_the_date(scene: World, nc: Finding) -> None:
    grant = """INSERT INTO findings_extensionanswer (extension_id, is_granted, ends_on, reason, language, answered_at)
               VALUES (%s, true, %s, '', '', now())"""
    key = extension(nc).pk
    refused("only an audit firm", scene.supplier, grant, key, "2027-01-01")
    refused("only an audit firm", scene.buyer, grant, key, "2027-01-01")
    refused("ends later", scene.firm, grant, key, nc.due_on)
    done(scene.firm, grant, key, "2027-01-01")
    with owner_role():
        nc.refresh_from_db()
        assert nc.due_by == dt.date(2027, 1, 1)
        assert Extension.objects.count() == 1
