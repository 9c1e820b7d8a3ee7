"""Introductions: each is asked alone, and nobody is named before both agreed."""

import datetime as dt

import pytest
from django.utils import timezone

from findings.actions.introduction import (
    agree_to_introduction,
    complete_introduction,
    decline_introduction,
    end_introduction,
    propose_introduction,
    take_back_agreement,
)
from findings.models import Introduced, Introduction, IntroductionAnswer, IntroductionAsk
from findings.queries.introduction import introduced_to
from ledger.refusals import Forbidden, Refusal
from organisations.models import Membership, Organisation
from organisations.queries import viewer_from
from organisations.visibility import Capability, Viewer
from tests.factories import findings as make
from tests.factories.organisations import membership, organisation
from tests.factories.sourcing import link
from tests.factories.world import World
from tests.findings.actions.between import NOW, Role, car, eyes, only, seen, told, with_customers

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(as_owner: Role) -> World:
    return with_customers(as_owner)


@pytest.fixture
def third(scene: World) -> Membership:
    """A third customer."""
    customer = organisation("Westmere Foods", Capability.BUYER)
    link(customer, scene.site.organisation)
    return membership(customer)


def round_of(scene: World, *names: str) -> Introduction:
    make.plan(scene.car)
    with eyes(scene.as_supplier):
        chosen = list(Organisation.objects.filter(name__in=names))
        return propose_introduction(viewer=scene.as_supplier, finding=car(scene), customers=chosen, at=NOW)


def ask_of(viewer: Viewer) -> IntroductionAsk:
    return IntroductionAsk.objects.visible_to(viewer).select_related("finding__audit").get()


def say_yes(viewer: Viewer, name: str = "Ada") -> None:
    with eyes(viewer):
        agree_to_introduction(
            viewer=viewer, ask=ask_of(viewer), contact_name=name, has_read_notice=True, at=NOW
        )


def names_known(viewer: Viewer, scene: World) -> list[str]:
    with eyes(viewer):
        return [one.other_name for one in introduced_to(viewer, car(scene))]


def test_each_is_asked_alone(scene: World) -> None:
    round_of(scene, "Northfield Retail", "Eastgate Stores")
    assert seen(scene, IntroductionAsk) == only(2, 1, 1)
    assert seen(scene, Introduction) == only(1, 0, 0)
    say_yes(scene.as_buyer)
    assert seen(scene, IntroductionAnswer) == only(1, 1)
    assert seen(scene, Introduced) == only(0, 0)


def test_two_are_introduced_once_both_agreed(scene: World, as_job: Role) -> None:
    round_of(scene, "Northfield Retail", "Eastgate Stores")
    say_yes(scene.as_buyer, "Ada")
    told(as_job)
    assert names_known(scene.as_buyer, scene) == names_known(scene.as_other_buyer, scene) == []
    say_yes(scene.as_other_buyer, "Bo")
    letters = told(as_job, timezone.now() + dt.timedelta(minutes=5))
    assert names_known(scene.as_buyer, scene) == ["Eastgate Stores"]
    assert names_known(scene.as_other_buyer, scene) == ["Northfield Retail"]
    assert sorted(person for verb, person in letters if verb == "introduced") == [
        scene.buyer.person.email,
        scene.other_buyer.person.email,
    ]
    with eyes(scene.as_buyer):
        assert Introduced.objects.get().contact_name == "Bo"
        assert not Organisation.objects.filter(name="Eastgate Stores").exists()
    assert seen(scene, Introduced) == only(2, 1, 1)


def test_no_is_told_to_the_supplier_alone(scene: World, as_job: Role) -> None:
    introduction = round_of(scene, "Northfield Retail", "Eastgate Stores")
    say_yes(scene.as_buyer)
    before = len(told(as_job))
    with eyes(scene.as_other_buyer):
        decline_introduction(
            viewer=scene.as_other_buyer, ask=ask_of(scene.as_other_buyer), reason="No", at=NOW
        )
    assert told(as_job)[before:] == [("introduction_declined", scene.supplier.person.email)]
    with eyes(scene.as_buyer):
        assert ask_of(scene.as_buyer).closed_at is None
    with eyes(scene.as_supplier):
        with pytest.raises(Refusal, match="too-few-agreed"):
            complete_introduction(viewer=scene.as_supplier, introduction=introduction, at=NOW)
        end_introduction(viewer=scene.as_supplier, introduction=introduction, at=NOW)
    letters = [line for line in told(as_job) if line[0] == "introduction_over"]
    assert letters == [("introduction_over", scene.buyer.person.email)]
    assert names_known(scene.as_buyer, scene) == names_known(scene.as_other_buyer, scene) == []


def test_of_three_those_who_agreed_are_introduced_when_the_supplier_closes(
    scene: World, third: Membership, as_job: Role
) -> None:
    introduction = round_of(scene, "Northfield Retail", "Eastgate Stores", "Westmere Foods")
    say_yes(scene.as_buyer)
    say_yes(scene.as_other_buyer)
    told(as_job)
    assert names_known(scene.as_buyer, scene) == []
    with eyes(scene.as_supplier):
        complete_introduction(viewer=scene.as_supplier, introduction=introduction, at=NOW)
    assert names_known(scene.as_buyer, scene) == ["Eastgate Stores"]
    assert names_known(viewer_from(third), scene) == []


def test_yes_is_taken_back_before_it_is_made(scene: World, as_job: Role) -> None:
    round_of(scene, "Northfield Retail", "Eastgate Stores")
    say_yes(scene.as_buyer)
    with eyes(scene.as_buyer):
        take_back_agreement(viewer=scene.as_buyer, ask=ask_of(scene.as_buyer), at=NOW)
    say_yes(scene.as_other_buyer)
    told(as_job)
    assert names_known(scene.as_other_buyer, scene) == []
    say_yes(scene.as_buyer)
    told(as_job)
    assert names_known(scene.as_other_buyer, scene) == ["Northfield Retail"]
    with eyes(scene.as_buyer), pytest.raises(Forbidden, match="introduction-over"):
        take_back_agreement(viewer=scene.as_buyer, ask=ask_of(scene.as_buyer), at=NOW)


def test_yes_needs_the_notice_on_competition_law(scene: World) -> None:
    round_of(scene, "Northfield Retail", "Eastgate Stores")
    with eyes(scene.as_buyer), pytest.raises(Refusal, match="notice-not-read"):
        agree_to_introduction(
            viewer=scene.as_buyer,
            ask=ask_of(scene.as_buyer),
            contact_name="Ada",
            has_read_notice=False,
            at=NOW,
        )


def test_introduction_needs_two_and_one_round_at_a_time(scene: World) -> None:
    with pytest.raises(Refusal, match="too-few-customers"):
        round_of(scene, "Northfield Retail")
    with eyes(scene.as_supplier):
        both = list(Organisation.objects.filter(name__in=["Northfield Retail", "Eastgate Stores"]))
        propose_introduction(viewer=scene.as_supplier, finding=car(scene), customers=both, at=NOW)
        with pytest.raises(Refusal, match="already-asking"):
            propose_introduction(viewer=scene.as_supplier, finding=car(scene), customers=both, at=NOW)
