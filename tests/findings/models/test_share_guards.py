# ruff: noqa: S608 (names of this file only)
"""Who may write what of a share, in bare SQL as the role app."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.utils import timezone

from findings.models import ActionPlan, Audit, AuditGrant, Finding, PlanResponse, Share
from organisations.models import Membership
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories.shares import share
from tests.findings.models.sharing import Scene, as_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return Scene()


def offered(scene: Scene, by: Membership, **changes: Any) -> Share:
    now = timezone.now()
    values: dict[str, Any] = {
        "audit": scene.audit,
        "email": "someone@example.org",
        "reason": "x",
        "granted_by": by.person,
        "granted_at": now,
        "ends_at": now + dt.timedelta(days=30),
    }
    with as_person(by.person, by.organisation):
        return Share.objects.create(**(values | changes))


def test_owner_shares_and_the_database_says_who_that_is(scene: Scene) -> None:
    made = offered(scene, scene.world.supplier, owner=scene.union)
    with as_person(scene.world.supplier.person, scene.world.supplier.organisation):
        made.refresh_from_db()
    assert made.owner_id == scene.world.supplier.organisation_id


@pytest.mark.parametrize("who", ["buyer", "firm", "stranger"])
def test_nobody_else_shares_an_audit(scene: Scene, who: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        offered(scene, getattr(scene.world, who))


def test_recipient_cannot_share_on(scene: Scene) -> None:
    share(scene.audit, scene.union)
    with pytest.raises(DatabaseError), transaction.atomic():
        offered(scene, scene.reader)


@pytest.mark.parametrize("days", [-1, 0, 367, 4000])
def test_share_ends_and_within_a_year(scene: Scene, days: int) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        offered(scene, scene.world.supplier, ends_at=timezone.now() + dt.timedelta(days=days))


def test_unpublished_audit_is_not_shared(scene: Scene) -> None:
    draft = make.audit(scene.world.site, scene.world.firm.organisation)
    with pytest.raises(DatabaseError), transaction.atomic():
        offered(scene, scene.world.supplier, audit=draft)


def test_car_of_another_audit_or_a_non_compliance_is_no_part_of_a_share(scene: Scene) -> None:
    for finding in (scene.beside, Finding(pk=scene.beside.pk + 10_000)):
        with pytest.raises(DatabaseError), transaction.atomic():
            offered(scene, scene.world.supplier, finding=finding)
    assert offered(scene, scene.world.supplier, finding=scene.car).pk


def test_share_changes_by_ending_it_once(scene: Scene) -> None:
    given = share(scene.audit, scene.person.email)
    owner = scene.world.supplier
    for change in ("ends_at = ends_at + interval '1 day'", "email = 'x@example.org'", "finding_id = NULL"):
        with (
            pytest.raises(ProgrammingError),
            as_person(owner.person, owner.organisation),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE findings_share SET {change} WHERE id = %s", [given.pk])
    with as_person(owner.person, owner.organisation):
        Share.objects.filter(pk=given.pk).update(revoked_at=timezone.now())
    with pytest.raises(DatabaseError), as_person(owner.person, owner.organisation):
        Share.objects.filter(pk=given.pk).update(revoked_at=None)
    with pytest.raises(DatabaseError), owner_role(), transaction.atomic():
        Share.objects.filter(pk=given.pk).delete()


def test_recipient_changes_nothing_of_what_is_shared(scene: Scene) -> None:
    share(scene.audit, scene.person.email)
    with as_person(scene.person, scene.union):
        assert Audit.objects.update(summary="x") == 0
        assert Finding.objects.update(root_cause="x") == 0
        assert ActionPlan.objects.update(updates_shared=9) == 0
        assert Share.objects.update(revoked_at=timezone.now()) == 0
    with pytest.raises(DatabaseError), as_person(scene.person, scene.union):
        PlanResponse.objects.create(
            plan=scene.plan,
            organisation=scene.union,
            version_number=1,
            kind="acknowledged",
            answered_at=timezone.now(),
        )


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO findings_auditgrant (user_id) VALUES (1)",
        "UPDATE findings_auditgrant SET ends_at = now()",
        "DELETE FROM findings_auditgrant",
    ],
)
def test_nobody_writes_grants(scene: Scene, statement: str) -> None:
    share(scene.audit, scene.person.email)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        as_person(scene.person, scene.union),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_owner_cannot_tell_from_grants_who_has_an_account(scene: Scene) -> None:
    share(scene.audit, scene.person.email)
    owner = scene.world.supplier
    with as_person(owner.person, owner.organisation):
        assert (Share.objects.count(), AuditGrant.objects.count()) == (1, 0)


@pytest.mark.parametrize("who", ["buyer", "firm", "stranger"])
def test_others_do_not_learn_of_a_share(scene: Scene, who: str) -> None:
    share(scene.audit, scene.person.email)
    other: Membership = getattr(scene.world, who)
    with as_person(other.person, other.organisation):
        assert (Share.objects.count(), AuditGrant.objects.count()) == (0, 0)
