"""The views that say who sees a site, an audit and a case: each ground for it there, and each missing in turn."""

import datetime as dt
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection

from findings.models import IncidentMember
from organisations.models import Membership
from sourcing.lifecycle import EngagementState, LinkState
from sourcing.models import Engagement, Site, TradeLink
from tests.conftest import owner_role
from tests.factories import incidents as cases
from tests.factories import organisations as people
from tests.factories import sourcing as places
from tests.findings.conftest import House
from tests.findings.models.test_incident import Scene, scene

__all__ = ["scene"]
pytestmark = pytest.mark.django_db
SITE = "SELECT organisation_id, bases FROM sourcing_site_access_rule WHERE site_id = %s"
AUDIT = "SELECT organisation_id, bases FROM findings_audit_access_rule WHERE audit_id = %s"
CASE = """SELECT person_id, organisation_id, member_id, is_introduced FROM findings_incident_access_rule
           WHERE incident_id = %s"""


def asked(rule: str, key: int) -> list[tuple[Any, ...]]:
    with owner_role(), connection.cursor() as cursor:
        cursor.execute(rule, [key])
        return list(cursor.fetchall())


# ---------------------------------------------------------------- sites
def test_site_is_seen_by_its_owner_its_customers_and_its_auditors() -> None:
    supplier, other = people.organisation(), people.organisation()
    here, there, far = places.site(supplier), places.site(supplier), places.site(other)
    whole, named, elsewhere, asking, gone = (people.organisation() for _ in range(5))
    places.link(whole, supplier)
    places.link(named, supplier, here)
    places.link(elsewhere, supplier, there)
    places.link(asking, supplier, state=LinkState.PROPOSED)
    places.link(gone, supplier, here, state=LinkState.ENDED)
    firm, second, past = (people.organisation() for _ in range(3))
    places.engagement(here, firm)
    places.engagement(there, second)
    places.engagement(here, past, EngagementState.ENDED)

    def seen(site: Site) -> dict[int, list[str]]:
        return dict(asked(SITE, site.pk))

    customers = {whole.pk: ["customer"]}
    assert seen(here) == {
        **customers,
        supplier.pk: ["owner"],
        named.pk: ["customer"],
        firm.pk: ["audit_firm"],
    }
    assert seen(there) == {
        **customers,
        **{supplier.pk: ["owner"], elsewhere.pk: ["customer"], second.pk: ["audit_firm"]},
    }
    assert seen(far) == {other.pk: ["owner"]}


def test_auditor_of_the_former_owner_does_not_come_along(house: House) -> None:
    assert dict(asked(SITE, house.north.pk))[house.firm.pk] == ["audit_firm"]
    with owner_role():
        Site.objects.filter(pk=house.north.pk).update(organisation=house.stranger)
        assert Engagement.objects.get(audit_firm=house.firm).state == EngagementState.ACTIVE
    assert house.firm.pk not in dict(asked(SITE, house.north.pk))


# ---------------------------------------------------------------- audits
@pytest.mark.parametrize("state", ["scheduled", "in_progress", "submitted", "published", "superseded"])
def test_audit_opens_with_its_state(house: House, state: str) -> None:
    audit = house.audit(state if state != "superseded" else "published")
    if state == "superseded":
        later = house.audit(ends_on=dt.date(2027, 3, 4))
        house.to(later, "submitted")
        house.to(later, "published")
        house.to(audit, "superseded")
    expected: dict[int, list[str]] = {house.firm.pk: ["audit_firm"]}
    if state in {"submitted", "published", "superseded"}:
        expected[house.supplier.pk] = ["owner"]
    if state in {"published", "superseded"}:
        expected |= {house.other_firm.pk: ["engaged"]}
        expected |= {house.buyer.pk: ["customer"], house.rival.pk: ["customer"]}
    assert dict(asked(AUDIT, audit.pk)) == expected


# ---------------------------------------------------------------- cases
def named(of: Scene) -> set[tuple[int, int]]:
    """Return who reads the case, each with the organisation for which they do."""
    return {(person, organisation) for person, organisation, *_ in asked(CASE, of.incident.pk)}


def key(of: Membership) -> tuple[int, int]:
    return of.person_id, of.organisation_id


def everyone(of: Scene) -> set[tuple[int, int]]:
    return {key(one) for one in (of.world.supplier, of.world.buyer, of.world.other_buyer, of.reader)}


def test_case_is_read_by_those_who_are_named(scene: Scene) -> None:
    assert named(scene) == everyone(scene)
    outside = cases.named(scene.incident, scene.world.stranger)
    assert outside.side == "outside"
    assert named(scene) == {*everyone(scene), key(scene.world.stranger)}


def test_whoever_left_the_organisation_reads_no_case(scene: Scene) -> None:
    buyer = scene.world.buyer
    people.membership(buyer.organisation)  # a colleague who stays
    people.membership(people.organisation(), buyer.person)  # works somewhere else
    with owner_role():
        Membership.objects.filter(pk=buyer.pk).update(is_active=False)
    assert named(scene) == everyone(scene) - {key(buyer)}


def test_whoever_may_not_sign_in_reads_no_case(scene: Scene) -> None:
    with owner_role():
        type(scene.reader.person).objects.filter(pk=scene.reader.person_id).update(is_active=False)
    assert named(scene) == everyone(scene) - {key(scene.reader)}


def test_customer_reads_while_it_is_one_of_that_site(scene: Scene) -> None:
    buyer, supplier = scene.world.buyer, scene.world.supplier.organisation
    end = {"state": LinkState.ENDED, "ended_at": "2026-05-01T09:00Z"}
    with owner_role():
        TradeLink.objects.filter(buyer=buyer.organisation).update(**end)
    assert named(scene) == everyone(scene) - {key(buyer)}
    places.link(buyer.organisation, supplier, places.site(supplier))
    assert named(scene) == everyone(scene) - {key(buyer)}


@pytest.fixture
def called(scene: Scene) -> tuple[IncidentMember, Membership, Membership]:
    """Somebody named by address, who has not opened the case yet, and their colleague."""
    firm = scene.world.firm.organisation
    member = cases.called(scene.incident, "ada@example.org", firm.pk)
    return member, people.membership(firm, people.person("Ada", "ada@example.org")), scene.world.firm


def test_address_is_that_of_its_person(scene: Scene, called: Any) -> None:
    _member, ada, _colleague = called
    assert named(scene) == {*everyone(scene), key(ada)}


@pytest.mark.parametrize("verified", [True, False])
def test_second_address_counts_once_it_is_verified(scene: Scene, called: Any, verified: bool) -> None:
    member, ada, colleague = called
    with owner_role():
        EmailAddress.objects.create(
            user=ada.person, email="Ada@Work.example", verified=verified, primary=False
        )
        EmailAddress.objects.create(user=colleague.person, email="b@x.example", verified=True, primary=False)
    second = cases.called(scene.incident, "ada@work.example", ada.organisation_id)
    assert second.pk > member.pk
    end(member)
    expected = {key(ada)} if verified else set()
    assert named(scene) == everyone(scene) | expected


def end(of: IncidentMember) -> None:
    with owner_role(), connection.cursor() as cursor:
        cursor.execute("UPDATE findings_incidentmember SET ended_at = now() WHERE id = %s", [of.pk])


def test_whoever_opened_is_meant_and_not_the_address(scene: Scene, called: Any) -> None:
    member, ada, colleague = called
    with owner_role(), connection.cursor() as cursor:
        sql = "UPDATE findings_incidentmember SET person_id = %s, joined_at = now(), expires_at = NULL WHERE id = %s"
        cursor.execute(sql, [colleague.person_id, member.pk])
    assert named(scene) == {*everyone(scene), key(colleague)}
    assert key(ada) not in named(scene)


@pytest.mark.parametrize(
    ("agreed", "introduced"), [(True, True), (True, False), (False, True), (False, False)]
)
def test_whoever_agreed_is_introduced_by_the_supplier(scene: Scene, agreed: bool, introduced: bool) -> None:
    with owner_role(), connection.cursor() as cursor:
        for column, is_set in (("agreed_at", agreed), ("introduced_at", introduced)):
            if is_set:
                sql = f"UPDATE findings_incidentmember SET {column} = now() WHERE id = %s"  # noqa: S608 - own words
                cursor.execute(sql, [scene.buyer.pk])
    told = {member: is_introduced for _who, _of, member, is_introduced in asked(CASE, scene.incident.pk)}
    assert told[scene.buyer.pk] is (agreed and introduced)
    assert told[scene.other.pk] is False
