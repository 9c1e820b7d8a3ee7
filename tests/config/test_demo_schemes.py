"""The scheme of the demo world: members at every level and in every state, made by the people who would make them."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from config.demo.cast import gather_cast
from config.demo.evidence import schedule_pieces
from config.demo.schemes import schedule_schemes
from config.demo.stage import Stage, count_letters_as_sent
from config.demo.trade import open_sites
from ledger.models import Delivery, Entry, Occurrence, Outbox
from schemes.lifecycle import AssessmentState, MembershipState, Outcome
from schemes.models import Appeal, Assessment, Certificate, Decision, EvidenceUse, SchemeMembership
from tests.conftest import owner_role
from tests.schemes.tasks.clock import used_seconds

MOST_SECONDS = 6
Seconds = float


@pytest.fixture(scope="module")
def took(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Seconds]:
    """Play the scheme alone, and give how long this process and its database were busy with it; nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic(), owner_role():
        stage = Stage(timezone.now())
        gather_cast(stage)
        open_sites(stage)
        schedule_pieces(stage)
        stage.play()
        begun = used_seconds()
        schedule_schemes(stage)
        stage.play()
        yield used_seconds().busy - begun.busy
        transaction.set_rollback(True)


@pytest.fixture
def seen_by_owner(took: Seconds, db: None) -> Iterator[None]:
    """Look at every row."""
    with owner_role():
        yield


pytestmark = pytest.mark.usefixtures("seen_by_owner")


def test_members_stand_in_every_state_and_at_every_level() -> None:
    assert set(SchemeMembership.objects.values_list("state", flat=True)) == set(MembershipState)
    members = SchemeMembership.objects.members()
    assert set(members.values_list("level", flat=True)) == {"gold", "platinum", "diamond"}
    assert set(Decision.objects.values_list("outcome", flat=True)) == set(Outcome) - {
        Outcome.CONTINUE,
        Outcome.UPHOLD_APPEAL,
    }
    assert Appeal.objects.get().state == "open"
    down = Decision.objects.get(outcome=Outcome.DOWN)
    assert (down.title_before, down.title_after) == ("PLATINUM", "GOLD")


def test_assessments_stand_at_every_step() -> None:
    states = set(Assessment.objects.values_list("state", flat=True))
    assert states == set(AssessmentState)
    overdue = Assessment.objects.under_way().filter(due_on__lt=timezone.now().date())
    assert overdue.get().state == AssessmentState.ANSWERING
    assert EvidenceUse.objects.filter(member__name__startswith="Jolrekha").count() == 3


def test_time_passed_as_it_would_have() -> None:
    assert not Occurrence.objects.open().filter(due_at__lte=timezone.now()).exists()
    assert not Outbox.objects.filter(entry__verb__startswith="schemes.").exists()
    for verb in ("reminded", "overdue", "assessment_opened", "notice_over"):
        assert Entry.objects.filter(verb=f"schemes.{verb}", actor=None).exists(), verb
    assert not Entry.objects.filter(at__gt=timezone.now()).exists()
    assert Certificate.objects.filter(superseded_by=None, withdrawn_at=None).count() == 6


def test_everybody_is_told_of_what_is_theirs() -> None:
    count_letters_as_sent()
    told = Delivery.objects.filter(channel="inbox", verb__startswith="schemes.")
    for who in ("assessor", "decider", "coordinator", "buyer"):
        assert told.filter(person__email=f"{who}@demo.example").exists(), who
    assert not told.filter(path="").exists()


def test_it_is_played_within_seconds(took: Seconds) -> None:
    print(f"\nthe scheme of the demo world: {took:.1f} s")
    assert took < MOST_SECONDS
