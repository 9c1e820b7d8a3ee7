"""What the role app cannot write by raw SQL, though a row is its organisation's to see."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from findings.models import Finding
from ledger.acting import acting
from organisations.models import ApiToken, Invitation, Membership
from organisations.visibility import Role
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories.corrections import action, verification
from tests.factories.organisations import person
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db


def run(sql: str, *values: Any) -> int:
    """Run one statement in a savepoint of its own and return how many rows it touched."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


@contextmanager
def member(of: Membership) -> Iterator[None]:
    with acting(person_id=of.person_id, organisation_id=of.organisation_id):
        yield


@pytest.fixture
def scene() -> World:
    return world(publish=False)


@pytest.fixture
def breach(scene: World) -> Finding:
    """A non-compliance of the published audit."""
    made = make.finding(scene.car.audit, verification="desktop")
    make.publish(scene.car.audit)
    return made


@pytest.mark.parametrize("to", ["verified_closed", "superseded"])
def test_supplier_does_not_close_its_own_non_compliance(scene: World, breach: Finding, to: str) -> None:
    with member(scene.supplier), pytest.raises(DatabaseError, match=r"only a verification|later periodic"):
        run("UPDATE findings_finding SET state = %s WHERE id = %s", to, breach.pk)


def test_both_sides_of_a_non_compliance_do_their_part(scene: World, breach: Finding) -> None:
    say_why = "UPDATE findings_finding SET root_cause = 'Worn guards' WHERE id = %s"
    with member(scene.firm), pytest.raises(DatabaseError, match="supplier says why"):
        run(say_why, breach.pk)
    with member(scene.supplier):
        assert run(say_why, breach.pk) == 1
    verification(action(breach))
    with member(scene.firm), pytest.raises(DatabaseError, match="how a finding ended"):
        run("UPDATE findings_finding SET closed_at = NULL WHERE id = %s", breach.pk)


@pytest.mark.parametrize("column", ["has_plan = true", "root_cause = 'Not theirs to say'"])
def test_firm_writes_nothing_into_a_published_car(scene: World, breach: Finding, column: str) -> None:
    with member(scene.firm), pytest.raises(DatabaseError, match=r"shared plan says|supplier says"):
        run(f"UPDATE findings_finding SET {column} WHERE id = %s", scene.car.pk)  # noqa: S608 - own words


def test_token_keeps_its_person_secret_scopes_and_end(scene: World) -> None:
    with owner_role():
        token = ApiToken.objects.create(
            organisation=scene.buyer.organisation,
            person=scene.buyer.person,
            name="Program",
            token_hash="a" * 64,
            scopes=["sites:read"],
            expires_at=timezone.now(),
        )
    with member(scene.buyer):
        for change in ("person_id = person_id", "token_hash = 'b'", "scopes = '{}'", "expires_at = now()"):
            with pytest.raises(DatabaseError, match="permission denied"):
                run(f"UPDATE organisations_apitoken SET {change} WHERE id = %s", token.pk)  # noqa: S608 - own words
        assert run("UPDATE organisations_apitoken SET revoked_at = now() WHERE id = %s", token.pk) == 1


def test_invitation_and_membership_stay_with_whom_they_are_for(scene: World) -> None:
    with owner_role():
        Invitation.objects.create(
            organisation=scene.buyer.organisation,
            email="new@example.org",
            role=Role.VIEWER,
            token_hash="c" * 64,
            invited_at=timezone.now(),
            expires_at=timezone.now(),
        )
    with member(scene.buyer):
        for change in (
            "organisations_invitation SET email = 'me@example.org'",
            "organisations_invitation SET role = 'admin'",
            "organisations_invitation SET expires_at = now()",
            "organisations_membership SET person_id = person_id",
        ):
            with pytest.raises(DatabaseError, match="permission denied"):
                run(f"UPDATE {change}")


def test_who_acts_for_nobody_writes_nothing_about_others(scene: World) -> None:
    stranger = person()
    entry = """INSERT INTO ledger_entry (at, verb, actor_id, owner_id, subject_kind, subject_id, subject_code,
                 subject_label, data, request_id)
               VALUES (now(), 'findings.plan_shared', %s, %s, 'findings.finding', %s, '', '', '{}', '')"""
    with acting(person_id=stranger.pk, organisation_id=None):
        with pytest.raises(DatabaseError, match="row-level security"):
            run(entry, stranger.pk, scene.supplier.organisation_id, scene.car.pk)
        assert run(entry, stranger.pk, None, stranger.pk) == 1


def test_file_lies_under_its_owner(scene: World) -> None:
    """A row over somebody else's bytes, or over a picture of one of their pages, would hand them out."""
    row = """INSERT INTO documents_document (code, organisation_id, uploaded_by_id, kind, name, media_type, size,
               sha256, storage_key, created_at)
             VALUES ('AAAA222222', %s, %s, 'evidence', 'a.png', 'image/png', 1, repeat('a', 64), %s, now())"""
    own, foreign = scene.buyer.organisation_id, scene.supplier.organisation_id
    with member(scene.buyer):
        for key in (
            f"organisations/{foreign}/202601/AAAA222222.pdf.page1.png",
            f"organisations/{own}0/x.png",
            "x",
        ):
            with pytest.raises(DatabaseError, match="lies under its owner"):
                run(row, own, scene.buyer.person_id, key)
        assert run(row, own, scene.buyer.person_id, f"organisations/{own}/202601/AAAA222222.png") == 1
