"""Raw SQL as the role app: whoever is not named finds no row and no trace, and nobody breaks a rule of a case."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from findings.models import Incident, IncidentMember
from ledger.acting import acting
from organisations.models import Membership
from organisations.visibility import Capability, Role
from tests.conftest import owner_role
from tests.factories import incidents as cases
from tests.factories.organisations import membership, organisation
from tests.factories.world import World, world

TABLES = (
    "findings_incident",
    "findings_incidentaccess",
    "findings_incidentmember",
    "findings_incidentstep",
    "findings_incidenttask",
    "findings_incidentdemand",
    "findings_incidentreport",
    "findings_incidentread",
)


@dataclass
class Scene:
    """A case with two customers, a colleague, and somebody whose naming has ended."""

    world: World
    incident: Incident
    lead: IncidentMember
    buyer: IncidentMember
    other: IncidentMember
    reader: Membership
    ended: Membership
    admin: Membership


@pytest.fixture
def scene(db: None) -> Scene:
    made = world()
    supplier = made.supplier.organisation
    incident = cases.incident(made.site, made.supplier)
    with owner_role():
        lead = incident.members.get()
    reader, ended, admin = (membership(supplier, role=role) for role in (Role.VIEWER, Role.ADMIN, Role.ADMIN))
    cases.named(incident, reader, role="reader")
    gone = cases.named(incident, ended)
    with owner_role():
        gone.ended_at = timezone.now()
        gone.save(update_fields=["ended_at"])
    buyer, other = (cases.named(incident, one) for one in (made.buyer, made.other_buyer))
    cases.step(lead)
    cases.step(lead, audience="site", text="Between us")
    for one in (buyer, other):
        cases.step(one, kind="word", text=f"From {one.pk}")
        cases.demand(one)
        cases.task(one)
    cases.task(lead)
    cases.report(lead)
    return Scene(made, incident, lead, buyer, other, reader, ended, admin)


@contextmanager
def _as(who: Membership) -> Iterator[None]:
    with acting(person_id=who.person_id, organisation_id=who.organisation_id):
        yield


def _counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of this file
            found[table.removeprefix("findings_incident")] = cursor.fetchone()[0]
        return found


def _refused(sql: str, *params: Any) -> None:
    """Run SQL that has to be refused, or to change nothing."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
            changed = cursor.rowcount
    except DatabaseError:
        return
    assert changed == 0, sql


def test_whoever_is_not_named_finds_no_row(scene: Scene) -> None:
    nothing = dict.fromkeys(_keys(), 0)
    operator = membership(organisation("Operator", Capability.OPERATOR))
    elsewhere = membership(
        organisation("Elsewhere"), scene.world.supplier.person
    )  # the lead, for somebody else
    for who in (scene.admin, scene.ended, scene.world.firm, scene.world.stranger, operator, elsewhere):
        with _as(who):
            assert _counts() == nothing, who


def test_named_people_find_what_is_for_them(scene: Scene) -> None:
    everything = {"": 1, "access": 1, "member": 5, "step": 4, "task": 3, "demand": 2, "report": 1, "read": 0}
    for who in (scene.world.supplier, scene.reader):
        with _as(who):
            assert _counts() == everything
    customers = {"": 1, "access": 1, "member": 4, "step": 2, "task": 2, "demand": 1, "report": 1, "read": 0}
    for who in (scene.world.buyer, scene.world.other_buyer):
        with _as(who):
            assert _counts() == customers


def _keys() -> list[str]:
    return [table.removeprefix("findings_incident") for table in TABLES]


def test_nobody_names_themselves_or_others_without_leading(scene: Scene) -> None:
    insert = """INSERT INTO findings_incidentmember (code, incident_id, organisation_id, side, role, person_id, email,
        person_name, organisation_name, named_at) VALUES ('X', %s, %s, 'site', 'member', %s, '', '', '', now())"""
    for who in (scene.admin, scene.ended, scene.reader, scene.world.buyer, scene.world.firm):
        with _as(who):
            _refused(insert, scene.incident.pk, who.organisation_id, scene.admin.person_id)
    with _as(scene.admin):
        _refused(
            "INSERT INTO findings_incidentaccess (incident_id, person_id, organisation_id, side, role, is_introduced)"
            " VALUES (%s, %s, %s, 'site', 'lead', false)",
            scene.incident.pk,
            scene.admin.person_id,
            scene.admin.organisation_id,
        )
    with _as(scene.world.supplier):  # the lead names nobody as a member where they are none
        _refused(insert, scene.incident.pk, scene.world.buyer.organisation_id, scene.admin.person_id)


def test_nobody_takes_a_case_over_or_rewrites_it(scene: Scene) -> None:
    with _as(scene.world.buyer):
        _refused("UPDATE findings_incidentmember SET role = 'lead' WHERE id = %s", scene.buyer.pk)
        _refused("UPDATE findings_incidentmember SET introduced_at = now() WHERE id = %s", scene.buyer.pk)
        _refused("UPDATE findings_incident SET state = 'closed', closed_at = now()")
        _refused("UPDATE findings_incidentdemand SET answer = 'yes', answered_at = now()")
        _refused(
            "INSERT INTO findings_incidentstep (code, incident_id, kind, first_step, text, language, audience,"
            " organisation_name, author_name, author_organisation, member_id, at)"
            " VALUES ('X', %s, 'word', '', 'x', '', 'all', '', '', '', %s, now())",
            scene.incident.pk,
            scene.buyer.pk,
        )
    with _as(scene.world.supplier):
        _refused("UPDATE findings_incident SET what_happened = 'nothing'")
        _refused("UPDATE findings_incidentstep SET text = 'nothing'")
        _refused("DELETE FROM findings_incidentstep")
        _refused("UPDATE findings_incidentreport SET what_was_done = 'x'")
        _refused("UPDATE findings_incidentmember SET role = 'member' WHERE id = %s", scene.lead.pk)
        _refused("UPDATE findings_incidentmember SET joined_at = now() WHERE id = %s", scene.buyer.pk)
        _refused("UPDATE findings_incidentmember SET agreed_at = now() WHERE id = %s", scene.buyer.pk)
        _refused("UPDATE findings_incidentmember SET ended_at = NULL WHERE ended_at IS NOT NULL")
    with owner_role():
        _refused("UPDATE findings_incident SET what_happened = 'nothing'")
        _refused("DELETE FROM findings_incident")
        _refused("DELETE FROM findings_incidentmember")


def test_a_case_does_not_close_without_a_report(scene: Scene) -> None:
    bare = cases.incident(scene.world.site, scene.world.supplier)
    close = "UPDATE findings_incident SET state = 'closed', closed_at = now() WHERE id = %s"
    with _as(scene.world.supplier):
        _refused(close, bare.pk)
        with connection.cursor() as cursor:
            cursor.execute(close, [scene.incident.pk])
            assert cursor.rowcount == 1


def test_nothing_about_a_case_stands_where_an_organisation_reads(scene: Scene) -> None:
    own, code = scene.world.supplier.organisation_id, scene.incident.code
    with _as(scene.world.supplier):
        person = scene.world.supplier.person_id
        for organisation_id, owner in ((own, None), (None, own), (own, own)):
            _refused(
                "INSERT INTO ledger_entry (at, verb, actor_id, organisation_id, owner_id, subject_kind, subject_id,"
                " subject_code, subject_label, data, request_id)"
                " VALUES (now(), 'x', %s, %s, %s, 'findings.incident', 1, %s, '', '{}', '')",
                person,
                organisation_id,
                owner,
                code,
            )
        _refused(
            "INSERT INTO ledger_readlog (at, person_id, organisation_id, owner_id, subject_kind, subject_id,"
            " subject_code, subject_label, request_id, slot)"
            " VALUES (now(), %s, %s, %s, 'findings.incident', 1, '', '', '', 1)",
            person,
            own,
            own,
        )
        _refused(
            "INSERT INTO ledger_occurrence (kind, organisation_id, subject_kind, subject_id, subject_code, due_at,"
            " data, attempts, next_try_at, error)"
            " VALUES ('x', %s, 'findings.incidenttask', 1, '', now(), '{}', 0, now(), '')",
            own,
        )
        _refused(
            "INSERT INTO documents_rendering (code, kind, subject_kind, subject_id, subject_code, organisation_id,"
            " person_id, state, percent, attempts, error, requested_at)"
            " VALUES ('X', 'x', 'findings.incidentreport', 1, '', %s, %s, 'queued', 0, 0, '', now())",
            own,
            person,
        )


def test_a_case_is_opened_at_the_sites_of_ones_own_side_only(scene: Scene) -> None:
    insert = """INSERT INTO findings_incident (code, kind, site_id, supplier_id, supplier_name, site_name, site_country,
        what_happened, language, state, opened_by_id, opened_for_id, opened_at)
        VALUES ('X', 'fees', %s, %s, '', '', '', 'x', '', 'reported', %s, %s, now())"""
    for who in (scene.world.buyer, scene.world.stranger):
        with _as(who):
            _refused(insert, scene.world.site.pk, who.organisation_id, who.person_id, who.organisation_id)
    with _as(scene.admin):  # in a colleague's name
        own = scene.admin.organisation_id
        _refused(insert, scene.world.site.pk, own, scene.world.supplier.person_id, own)
