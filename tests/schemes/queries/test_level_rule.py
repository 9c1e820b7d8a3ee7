"""The level rule is said twice: in Python for people, in the database as its guarantee. Both say the same."""

import datetime as dt
import random

import pytest
from django.db import connection

from schemes.definitions.ladder import Scored, result
from schemes.models import Score
from schemes.queries.score import months_until
from tests.conftest import owner_role
from tests.factories.assessments import Play, play

pytestmark = pytest.mark.django_db
VALUES = ("", "bronze", "silver", "gold")
ROUNDS = 60


def in_the_database(story: Play, on: dt.date) -> str:
    """Return the level that the database gives."""
    with owner_role(), connection.cursor() as cursor:
        cursor.execute("SELECT app.scheme_level(%s, %s)", [story.assessment().pk, on])
        (found,) = cursor.fetchone()
    return str(found)


@pytest.mark.parametrize("criteria", [1, 2, 4, 7])
def test_the_database_gives_the_level_that_the_rule_gives(criteria: int) -> None:
    story = play(criteria=criteria)
    story.apply()
    story.start()
    story.score()
    on, dice = story.clock.date(), random.Random(criteria)  # noqa: S311 (a fixed seed, not a secret)
    with owner_role():
        rows = {one.criterion.key: one for one in Score.objects.select_related("criterion")}
    seen = set()
    for _round in range(ROUNDS):
        scores = {}
        for key, row in rows.items():
            row.is_relevant = dice.random() > 0.15
            row.reason = "" if row.is_relevant else "x"
            row.value = dice.choice(VALUES[dice.choice((0, 1, 1, 2)) :]) if row.is_relevant else ""
            row.is_working_towards = row.is_relevant and dice.random() > 0.3
            likely = (on.replace(day=1) + dt.timedelta(days=31 * dice.randint(0, 20))).replace(day=1)
            row.likely_on = likely if row.is_working_towards and dice.random() > 0.2 else None
            row.version += 1
            scores[key] = Scored(
                row.value or None,
                row.is_relevant,
                row.is_working_towards,
                months_until(row.likely_on, on) if row.likely_on else None,
            )
        with owner_role():
            for row in rows.values():
                row.save()
        expected = result(story.edition.content, scores).level or ""
        assert in_the_database(story, on) == expected, scores
        seen.add(expected)
    assert len(seen) > 1


def test_a_criterion_without_a_score_counts_as_not_reached() -> None:
    story = play()
    story.apply()
    story.start()
    assert in_the_database(story, story.clock.date()) == ""


def test_an_edition_without_levels_gives_none() -> None:
    story = play(shape="rubric")
    story.apply()
    assert in_the_database(story, story.clock.date()) == ""
