"""The forum of the demo world: groups with people of several organisations, made by those who would make them."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from config.demo.cast import DOMAIN, gather_cast
from config.demo.forum import schedule_forum
from config.demo.stage import Stage
from config.demo.trade import open_sites
from forum.models import Charter, Group, GroupAccess, Participant, SeatHolding
from forum.queries.drift import drift
from tests.conftest import owner_role


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Play the forum alone; nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic(), owner_role():
        stage = Stage(timezone.now())
        gather_cast(stage)
        open_sites(stage)
        schedule_forum(stage)
        stage.play()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def seen_by_owner(played: None, db: None) -> Iterator[None]:
    """Look at every row."""
    with owner_role():
        yield


pytestmark = pytest.mark.usefixtures("seen_by_owner")


def test_groups_are_led_and_some_are_incomplete() -> None:
    leads = {
        group.key: Participant.objects.co_leads().filter(group=group).count() for group in Group.objects.all()
    }
    assert len(leads) == 11
    assert {key for key, count in leads.items() if count < 2} == {
        "self-assessment",
        "technology",
        "impact-assessment",
    }
    assert SeatHolding.objects.current().count() > 20
    assert Charter.objects.filter(group__key="joint-remediation").count() == 2


def test_doors_stand_as_they_should_and_somebody_waits_before_each() -> None:
    assert not drift()
    assert Participant.objects.filter(state="asked").count() == 3
    invited = Participant.objects.filter(state="invited").order_by("email")
    assert invited.filter(email=f"supplier@{DOMAIN}").exists()
    buyer = Participant.objects.active().filter(person__email=f"buyer@{DOMAIN}")
    assert buyer.exists()
    assert not GroupAccess.objects.filter(person__email=f"buyer@{DOMAIN}").exists()
    assert GroupAccess.objects.filter(person__email=f"forum@{DOMAIN}", is_co_lead=True).exists()
