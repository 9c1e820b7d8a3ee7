"""Feedback rounds of the demo world: one with its summary, one in which people are commenting."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from config.demo.cast import gather_cast
from config.demo.feedback import schedule_feedback
from config.demo.forum import schedule_forum
from config.demo.stage import Stage
from config.demo.trade import open_sites
from forum.models import FeedbackComment, FeedbackExcerpt, FeedbackRound
from tests.conftest import owner_role


@pytest.fixture
def played(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Play the forum with its rounds alone; nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic(), owner_role():
        stage = Stage(timezone.now())
        gather_cast(stage)
        open_sites(stage)
        schedule_forum(stage)
        schedule_feedback(stage)
        stage.play()
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("played")
def test_one_round_is_finished_and_one_is_open() -> None:
    now = timezone.now()
    rounds = FeedbackRound.objects.order_by("released_at")
    assert [one.phase(now) for one in rounds] == ["finished", "open"]
    assert FeedbackComment.objects.waiting().filter(round=rounds[1]).count() == 2
    assert not FeedbackComment.objects.waiting().filter(round=rounds[0]).exists()
    assert FeedbackExcerpt.objects.count() == 9
