# ruff: noqa: S608 (names of this file only)
"""What the database itself shows to whom a share names: bare SQL as the role app, nothing beside what was shared."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.checks import run_checks
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.utils import timezone
from guardian.models import GroupObjectPermission, UserObjectPermission
from guardian.shortcuts import get_objects_for_user

from documents.models import Document
from findings.models import (
    ActionPlan,
    Audit,
    AuditGrant,
    Auditor,
    Finding,
    PlanResponse,
    PlanUpdate,
    PlanVersion,
    Share,
    Understanding,
)
from findings.queries.share import grant_drift
from ledger.acting import acting
from organisations.models import Membership, Organisation, Person
from organisations.visibility import Capability, Role
from sourcing.models import Site
from tests.conftest import job_role, owner_role
from tests.factories import findings as make
from tests.factories import organisations as people
from tests.factories.shares import past_share, share
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db
OPENED = (
    "findings_audit",
    "findings_auditor",
    "findings_finding",
    "findings_reassessment",
    "findings_actionplan",
    "findings_planversion",
    "findings_planupdate",
    "documents_document",
)
CLOSED = (
    "sourcing_site",
    "sourcing_siteaccess",
    "sourcing_tradelink",
    "sourcing_engagement",
    "findings_auditaccess",
    "findings_planresponse",
    "findings_understanding",
    "findings_plandraft",
)
Seen = dict[str, set[int]]


class Scene:
    """A supplier with two audits of one site, both full; a customer who answered; an organisation outside."""

    def __init__(self) -> None:
        self.world: World = world()
        self.car = self.world.car
        self.audit = self.car.audit
        self.beside = _nc_of_new_audit(self.world)
        self.other_audit = self.beside.audit
        self.union = people.organisation("Harbour Union", Capability.STAKEHOLDER)
        self.reader = people.membership(self.union, role=Role.EDITOR)
        self.person = self.reader.person
        self.files: dict[str, Document] = {}
        self.plan = self._plan()

    def _plan(self) -> ActionPlan:
        plan, now = make.plan(self.car), timezone.now()
        with owner_role():
            for name in ("plan", "evidence", "loose"):
                self.files[name] = _document(self.world, self.audit, name)
            PlanVersion.objects.create(
                plan=plan, number=2, content={}, completed_by="x", document=self.files["plan"], shared_at=now
            )
            PlanUpdate.objects.create(
                plan=plan,
                number=1,
                version_number=2,
                summary="x",
                actions=[],
                document=self.files["evidence"],
                shared_at=now,
            )
            PlanResponse.objects.create(
                plan=plan,
                organisation=self.world.buyer.organisation,
                version_number=1,
                kind="acknowledged",
                answered_at=now,
            )
            Understanding.objects.create(
                finding=self.car, is_urgent=False, is_known_issue=False, engagement="all", answered_at=now
            )
        return plan


def _nc_of_new_audit(scene: World) -> Finding:
    """Make a second published audit of the same site, the canary that nobody may see through a share of the first."""
    audit = make.audit(scene.site, scene.firm.organisation, ends_on=dt.date(2025, 3, 4), kind="initial")
    with owner_role():
        Auditor.objects.create(audit=audit, name="Canary", grade="RA", apsca_number="21700009", is_lead=True)
    found = make.finding(audit, title="Canary of the other audit")
    make.plan(_published_car(audit))
    return found


def _published_car(audit: Audit) -> Finding:
    found = make.car(audit, title="Canary CAR")
    make.publish(audit)
    return found


def _document(scene: World, audit: Audit, name: str) -> Document:
    return Document.objects.create(
        organisation=scene.supplier.organisation,
        uploaded_by=scene.supplier.person,
        kind="evidence",
        name=f"{name}.txt",
        media_type="text/plain",
        size=1,
        sha256="0" * 64,
        storage_key=f"x/{name}-{audit.pk}",
        created_at=timezone.now(),
        audit=audit,
    )


@pytest.fixture
def scene() -> Scene:
    return Scene()


@contextmanager
def as_person(person: Person, organisation: Organisation | None) -> Iterator[None]:
    with acting(person_id=person.pk, organisation_id=organisation.pk if organisation else None):
        yield


def seen(person: Person, organisation: Organisation | None, tables: tuple[str, ...] = OPENED) -> Seen:
    """Ask for everything without any filter."""
    with as_person(person, organisation), connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f"SELECT id FROM {table}")
            found[table] = {row[0] for row in cursor.fetchall()}
        return found


def nothing(tables: tuple[str, ...] = OPENED) -> Seen:
    return {table: set() for table in tables}


def whole(scene: Scene) -> Seen:
    """Say what belongs to the shared audit."""
    with owner_role():
        of_audit = {"audit": scene.audit}
        return {
            "findings_audit": {scene.audit.pk},
            "findings_auditor": set(Auditor.objects.filter(**of_audit).values_list("pk", flat=True)),
            "findings_finding": set(Finding.objects.filter(**of_audit).values_list("pk", flat=True)),
            "findings_reassessment": set(),
            "findings_actionplan": {scene.plan.pk},
            "findings_planversion": set(scene.plan.versions.values_list("pk", flat=True)),
            "findings_planupdate": set(scene.plan.updates.values_list("pk", flat=True)),
            "documents_document": {one.pk for one in scene.files.values()},
        }


def test_without_a_share_an_outsider_sees_nothing(scene: Scene) -> None:
    assert seen(scene.person, scene.union) == nothing()


@pytest.mark.parametrize("by_address", [True, False])
def test_share_of_an_audit_opens_it_and_no_other_audit_of_the_site(scene: Scene, by_address: bool) -> None:
    share(scene.audit, scene.person.email if by_address else scene.union)
    assert seen(scene.person, scene.union) == whole(scene)


def test_share_opens_no_site_no_customer_and_no_answer(scene: Scene) -> None:
    share(scene.audit, scene.person.email)
    assert seen(scene.person, scene.union, CLOSED) == nothing(CLOSED)
    with as_person(scene.person, scene.union):
        assert list(Organisation.objects.exclude(is_listed=True)) == [scene.union]


def test_share_of_a_car_opens_it_its_plan_and_their_files_alone(scene: Scene) -> None:
    share(scene.car, scene.person.email)
    expected = whole(scene) | {
        "findings_audit": set(),
        "findings_auditor": set(),
        "findings_finding": {scene.car.pk},
        "documents_document": {scene.files["plan"].pk, scene.files["evidence"].pk},
    }
    assert seen(scene.person, scene.union) == expected
    assert seen(scene.person, scene.union, CLOSED) == nothing(CLOSED)


def test_share_shows_its_recipient_the_names_it_needs(scene: Scene) -> None:
    share(scene.car, scene.person.email)
    with as_person(scene.person, scene.union):
        mine = Share.objects.get()
    assert (mine.owner_name, mine.site_name, mine.audit_firm_name, mine.audited_on) == (
        "Surma Shoes",
        "Surma Shoes, Unit 2",
        "Meridian Assurance",
        scene.audit.ends_on,
    )


@pytest.mark.parametrize("by_address", [True, False])
def test_nothing_is_seen_once_a_share_has_ended(scene: Scene, by_address: bool) -> None:
    recipient = scene.person.email if by_address else scene.union
    past_share(scene.audit, recipient)
    past_share(scene.car, recipient)
    assert seen(scene.person, scene.union) == nothing()
    with as_person(scene.person, scene.union):
        assert (Share.objects.count(), AuditGrant.objects.count()) == (0, 0)


def test_nothing_is_seen_once_the_owner_has_revoked(scene: Scene) -> None:
    given = share(scene.audit, scene.person.email)
    assert seen(scene.person, scene.union) == whole(scene)
    owner = scene.world.supplier
    with as_person(owner.person, owner.organisation):
        Share.objects.filter(pk=given.pk).update(revoked_at=timezone.now(), revoked_by=owner.person)
    assert seen(scene.person, scene.union) == nothing()
    with owner_role():
        assert AuditGrant.objects.count() == 0


def test_a_later_version_and_report_of_a_shared_car_are_open_too(scene: Scene) -> None:
    share(scene.car, scene.person.email)
    with owner_role():
        later = PlanVersion.objects.create(
            plan=scene.plan, number=3, content={}, completed_by="x", shared_at=timezone.now()
        )
    assert later.pk in seen(scene.person, scene.union)["findings_planversion"]


def test_share_given_before_there_is_a_plan_opens_the_plan_later(scene: Scene) -> None:
    audit = make.audit(scene.world.site, scene.world.firm.organisation, ends_on=dt.date(2026, 5, 4))
    car = make.car(audit)
    make.publish(audit)
    share(car, scene.union)
    plan = make.plan(car)
    assert seen(scene.person, scene.union)["findings_actionplan"] == {plan.pk}


# ------------------------------------------------------------------------------- people and organisations
def test_person_in_two_organisations_reads_as_the_one_that_was_named(scene: Scene) -> None:
    second = people.organisation("Day Job", Capability.BUYER)
    people.membership(second, scene.person)
    share(scene.audit, scene.union)
    assert seen(scene.person, scene.union) == whole(scene)
    assert seen(scene.person, second) == nothing()


def test_person_named_by_address_reads_whoever_they_act_for(scene: Scene) -> None:
    second = people.organisation("Day Job", Capability.BUYER)
    people.membership(second, scene.person)
    share(scene.audit, scene.person.email)
    assert seen(scene.person, second) == seen(scene.person, scene.union) == whole(scene)
    colleague = people.membership(scene.union).person
    assert seen(colleague, scene.union) == nothing()


def test_organisation_means_its_editors_and_admins_as_they_come_and_go(scene: Scene) -> None:
    onlooker = people.membership(scene.union, role=Role.VIEWER)
    share(scene.audit, scene.union)
    assert seen(onlooker.person, scene.union) == nothing()
    newcomer = people.membership(scene.union, role=Role.ADMIN)
    assert seen(newcomer.person, scene.union) == whole(scene)
    with owner_role():
        Membership.objects.filter(pk=onlooker.pk).update(role=Role.EDITOR)
        Membership.objects.filter(pk=newcomer.pk).update(is_active=False)
    assert seen(onlooker.person, scene.union) == whole(scene)
    assert seen(newcomer.person, scene.union) == nothing()


def test_grant_waits_for_its_address(scene: Scene) -> None:
    share(scene.audit, "  Later@Example.org ")
    with owner_role():
        assert AuditGrant.objects.count() == 0
    late = people.membership(scene.union, people.person(email="later@example.org"))
    assert seen(late.person, scene.union) == whole(scene)


def test_second_address_counts_once_it_is_verified(scene: Scene) -> None:
    share(scene.audit, "second@example.org")
    with owner_role():
        second = EmailAddress.objects.create(user=scene.person, email="Second@example.org", verified=False)
    assert seen(scene.person, scene.union) == nothing()
    with owner_role():
        EmailAddress.objects.filter(pk=second.pk).update(verified=True)
    assert seen(scene.person, scene.union) == whole(scene)
    with owner_role():
        second.delete()
    assert seen(scene.person, scene.union) == nothing()


def test_person_who_gives_up_the_address_or_may_not_sign_in_reads_no_more(scene: Scene) -> None:
    share(scene.audit, scene.person.email)
    with owner_role():
        Person.objects.filter(pk=scene.person.pk).update(email="moved@example.org")
    assert seen(scene.person, scene.union) == nothing()
    share(scene.audit, "moved@example.org")
    assert seen(scene.person, scene.union) == whole(scene)
    with owner_role():
        Person.objects.filter(pk=scene.person.pk).update(is_active=False)
    assert seen(scene.person, scene.union) == nothing()


def test_site_that_changes_hands_ends_what_its_former_owner_shared(scene: Scene) -> None:
    given = share(scene.audit, scene.person.email)
    with owner_role():
        Site.objects.filter(pk=scene.world.site.pk).update(organisation=people.organisation("New Owner"))
        given.refresh_from_db()
    assert given.state == "revoked"
    assert seen(scene.person, scene.union) == nothing()


def test_grants_follow_their_rule(scene: Scene) -> None:
    share(scene.audit, scene.person.email)
    share(scene.car, scene.union)
    with job_role():
        assert grant_drift() == {}
    with owner_role():
        AuditGrant.objects.filter(share__finding=None).delete()
    with job_role():
        assert grant_drift() == {"missing": 1}


# ------------------------------------------------------------------------------- who may write what
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


# ------------------------------------------------------------------------------- guardian
def test_guardian_agrees_with_the_net(scene: Scene) -> None:
    share(scene.audit, scene.person.email)
    share(scene.car, scene.union)

    def given() -> list[Audit]:
        with as_person(scene.person, scene.union):
            rows: Any = get_objects_for_user(
                scene.person,
                "findings.view_audit",
                use_groups=False,
                accept_global_perms=False,
                with_superuser=False,
            )
            return list(rows)

    assert given() == [scene.audit]
    with owner_role():
        Share.objects.filter(finding=None).update(revoked_at=timezone.now())
    assert given() == []


def test_tables_that_guardian_brings_stay_empty_and_closed(scene: Scene) -> None:
    share(scene.audit, scene.person.email)
    with owner_role():
        assert (UserObjectPermission.objects.count(), GroupObjectPermission.objects.count()) == (0, 0)
    for model in (UserObjectPermission, GroupObjectPermission):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            model.objects.exists()


def test_no_check_of_guardian_complains() -> None:
    assert [
        one for one in run_checks() if one.id and one.id.startswith("guardian") and not one.is_silenced()
    ] == []


def test_policies_probe_the_grants_by_index(scene: Scene) -> None:
    """The branch costs one index probe of a small table for a row, however many grants there are.

    Of findings and audits a function asks that, so the plan to look at is of a table beside them.
    """
    share(scene.audit, scene.person.email)
    with as_person(scene.person, scene.union), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT id FROM findings_auditor")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "audit_grant_by_audit" in plan or "findings_auditgrant_user_id" in plan
    assert "hashed SubPlan" not in plan
