"""Schedulers that run at once, or are killed between two statements: nothing happens twice, nothing is lost."""

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import pytest
from django.db import connection

from ledger.models import Delivery, Entry, Occurrence
from ledger.occurrences import tick
from ledger.relay import relay
from organisations.visibility import Capability
from schemes.models import Assessment
from tests.conftest import job_role
from tests.factories import organisations as people
from tests.factories.assessments import Play, play
from tests.ledger.roles import working_as
from tests.schemes.tasks.clock import interims, member_since, moment, run, set_clock, told

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[3]
OPENS, REMINDS, OVERDUE = moment("2026-05-16"), moment("2026-06-15"), moment("2026-07-16")
T = TypeVar("T")


def five_members() -> list[Play]:
    """Return five members of one scheme, all assessed on the same days."""
    first = member_since("2026-01-15")
    stories = [first]
    for _ in range(4):
        applicant = people.organisation("", Capability.BUYER)
        one = Play(**{**vars(first), "organisation": applicant, "member": people.viewer(applicant)})
        set_clock(one, "2026-01-15", hour=7)
        one.apply()
        one.decide()
        stories.append(one)
    run(stories[-1].clock)
    return stories


def at_once(work: Callable[[], T], times: int = 2) -> list[T]:
    """Run `work` in threads that start together, each on a connection of its own."""
    start = threading.Barrier(times)

    def one(_: int) -> T:
        try:
            with working_as("job"):
                start.wait()
                return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def each_once(verb: str, number: int) -> None:
    """Say that so many entries of a verb are there, one for each member, and one delivery of each to each person."""
    with job_role():
        rows = Entry.objects.filter(verb=f"schemes.{verb}")
        assert rows.count() == rows.values("owner").distinct().count() == number
        deliveries = Delivery.objects.filter(verb=f"schemes.{verb}")
        assert deliveries.count() == deliveries.values("entry", "person", "channel").distinct().count() > 0


def test_two_schedulers_and_two_relays_at_once_do_everything_once() -> None:
    five_members()
    days = ((OPENS, "assessment_opened", 5), (REMINDS, "reminded", 5), (OVERDUE, "overdue", 10))
    for at, verb, due in days:  # on the last day a reminder is due as well, which has nothing to say any more
        assert sum(at_once(partial(tick, at))) == due
        assert sum(at_once(partial(relay, at))) == 5
        with job_role():
            rows = Entry.objects.filter(verb=f"schemes.{verb}", actor=None)
            assert rows.count() == rows.values("owner").distinct().count() == 5
    assert len(interims()) == 5
    each_once("reminded", 5)
    each_once("overdue", 5)


def test_a_slow_scheduler_is_not_overtaken() -> None:
    """A second one comes by a minute later, when the rows are due again by their booking: the lock tells it to wait."""
    five_members()
    done = at_once(lambda: tick(OPENS) + tick(OPENS + dt.timedelta(minutes=2)), times=3)
    assert (sum(done), len(interims())) == (5, 5)


def scheduler(at: dt.datetime, **environment: str) -> int:
    """Run a scheduler of its own process to its end, and return how it ended; -9 means killed."""
    database = connection.settings_dict
    url = (
        f"postgresql://{quote(str(database['USER']))}:{quote(str(database['PASSWORD']))}"
        f"@{quote(str(database['HOST']), safe='')}:{database['PORT']}/{database['NAME']}"
    )
    ended = subprocess.run(
        [sys.executable, "-m", "tests.schemes.tasks.worker", at.isoformat()],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, **environment},
        timeout=240,
        check=False,
    )
    return ended.returncode


@pytest.mark.parametrize("statement", ["record_all", "schedule_all"])
def test_a_scheduler_killed_between_two_statements_leaves_nothing_twice(statement: str) -> None:
    five_members()
    assert scheduler(OPENS, DIE_BEFORE=statement) == -signal.SIGKILL
    assert (interims(), told("assessment_opened")) == ([], [])
    with job_role():
        assert not Occurrence.objects.filter(done_at__gte=OPENS).exists()
    later = OPENS + dt.timedelta(minutes=1)
    run(later)
    run(later + dt.timedelta(minutes=1))
    assert (len(interims()), len(told("assessment_opened"))) == (5, 5)
    with job_role():
        kinds = Occurrence.objects.filter(subject_kind="schemes.assessment")
        assert kinds.filter(kind="schemes.reminder").count() == 10
        assert Assessment.objects.count() == 10


def test_the_story_of_another_scheme_is_untouched() -> None:
    first, other = five_members()[0], play(criteria=1)
    run(OPENS)
    assert {one.body_id for one in interims()} == {first.body.pk} != {other.body.pk}
