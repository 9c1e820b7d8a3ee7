"""What waits for the people of a scheme body."""

import datetime as dt

import pytest
from django.utils import timezone

from config.todos import todos_of
from organisations.visibility import Viewer
from tests.factories.assessments import Play, as_viewer, play

pytestmark = pytest.mark.django_db


def kinds(viewer: Viewer) -> list[str]:
    now = timezone.now()
    with as_viewer(viewer):
        return sorted(one.kind for one in todos_of(viewer, at=now, on=now.date()))


@pytest.fixture
def story() -> Play:
    made = play()
    made.clock = timezone.now() - dt.timedelta(days=2)
    made.apply()
    return made


def test_each_step_waits_for_whoever_takes_it(story: Play) -> None:
    assert kinds(story.boss) == kinds(story.assessor) == []
    story.submit()
    assert kinds(story.boss) == ["scheme_assign"]
    story.staff()
    assert (kinds(story.boss), kinds(story.assessor), kinds(story.decider)) == ([], ["scheme_begin"], [])
    story.propose()
    assert (kinds(story.assessor), kinds(story.decider)) == ([], ["scheme_decide"])
    story.decide()
    assert kinds(story.boss) == kinds(story.decider) == []


def test_an_interest_that_was_declared_asks_for_somebody_else(story: Play) -> None:
    story.start()
    assert kinds(story.assessor) == ["scheme_score"]
    story.declare(story.assessor, has_conflict=True, words="My sister works there.")
    assert kinds(story.assessor) == []
    assert kinds(story.boss) == ["scheme_assign"]
