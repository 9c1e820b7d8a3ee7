"""The work of groups in the demo world: every kind of it, in every state that a page shows."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from config.demo.cast import DOMAIN, gather_cast
from config.demo.forum import schedule_forum
from config.demo.groupwork import schedule_groupwork
from config.demo.meetings import schedule_meetings
from config.demo.stage import Stage
from config.demo.trade import open_sites
from forum.models import ActionItem, Ballot, BallotHandover, Decision, Issue, Project
from tests.conftest import owner_role


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Play the forum with its meetings and its work; nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic(), owner_role():
        stage = Stage(timezone.now())
        gather_cast(stage)
        open_sites(stage)
        for schedule in (schedule_forum, schedule_meetings, schedule_groupwork):
            schedule(stage)
        stage.play()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def seen_by_owner(played: None, db: None) -> Iterator[None]:
    """Look at every row."""
    with owner_role():
        yield


pytestmark = pytest.mark.usefixtures("seen_by_owner")


def test_ballots_run_and_are_over_open_and_secret() -> None:
    over = Ballot.objects.filter(state="closed")
    assert {(one.is_secret, one.outcome) for one in over} == {(False, "chosen"), (True, "no_quorum")}
    shared = over.get(is_secret=False)
    assert (shared.counts, shared.chosen_words()) == ([1, 4, 1, 0], "By turnover with the site")
    assert {one.is_secret for one in Ballot.objects.running(timezone.now())} == {False, True}
    handed = BallotHandover.objects.in_force().get()
    assert not handed.by_co_lead


def test_action_items_are_done_late_ahead_and_cancelled() -> None:
    today = timezone.localdate()
    assert {one.phase(today) for one in ActionItem.objects.all()} == {"open", "overdue", "done", "cancelled"}
    assert ActionItem.objects.still_open().filter(owner__email=f"supplier@{DOMAIN}").exists()
    assert ActionItem.objects.exclude(meeting=None).count() == 3


def test_decisions_stand_in_every_state_but_withdrawn() -> None:
    states = set(Decision.objects.values_list("state", flat=True))
    assert states == {"proposed", "consensus", "objected", "resolved"}


def test_projects_and_issues_come_along() -> None:
    assert set(Project.objects.values_list("state", flat=True)) == {"planned", "active", "done"}
    assert set(Issue.objects.values_list("state", flat=True)) == {"open", "closed"}
