# ruff: noqa: S608 (names of this file only)
"""What tests of shares stand on: one audit shared, another beside it, and all that a person sees by bare SQL."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

from documents.models import Document
from findings.models import (
    ActionPlan,
    Audit,
    Auditor,
    Finding,
    PlanResponse,
    PlanUpdate,
    PlanVersion,
    Understanding,
)
from ledger.acting import acting
from organisations.models import Organisation, Person
from organisations.visibility import Capability, Role
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories import organisations as people
from tests.factories.world import World, world

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
