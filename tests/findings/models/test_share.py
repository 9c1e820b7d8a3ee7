"""What the database itself shows to whom a share names: bare SQL as the role app, nothing beside what was shared."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from findings.models import AuditGrant, PlanVersion, Share
from findings.queries.share import grant_drift
from organisations.models import Membership, Organisation, Person
from organisations.visibility import Capability, Role
from sourcing.models import Site
from tests.conftest import job_role, owner_role
from tests.factories import findings as make
from tests.factories import organisations as people
from tests.factories.shares import past_share, share
from tests.findings.models.sharing import CLOSED, Scene, as_person, nothing, seen, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return Scene()


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
