"""Moving the clock over a scheme: the relay and the scheduler run as they would, whenever a test says."""

import datetime as dt
import os
import time
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from ledger.models import Entry, Occurrence
from ledger.occurrences import tick
from ledger.relay import relay
from organisations.models import Person
from schemes.models import Assessment
from tests.conftest import job_role, owner_role
from tests.factories.assessments import Play, play


def member_since(day: str, *, zone: str = "UTC", criteria: int = 1) -> Play:
    """Return a story in which an organisation was awarded the lowest level on a day."""
    story = play(criteria=criteria)
    with owner_role():
        Person.objects.filter(pk=story.member.person_id).update(timezone=zone)
    set_clock(story, day)
    story.apply()
    story.decide()
    run(story.clock)
    return story


def set_clock(story: Play, day: str, hour: int = 6) -> dt.datetime:
    """Have the story go on at that hour of a day, in UTC."""
    story.clock = dt.datetime.fromisoformat(day).replace(hour=hour, tzinfo=dt.UTC)
    return story.clock


def run(at: dt.datetime) -> int:
    """Let relay and scheduler run once, as a worker does within one minute; return what fell due."""
    with job_role():
        relay(at)
        done = tick(at)
        relay(at)
    return done


def moment(day: str, zone: str = "UTC", hour: int = 8) -> dt.datetime:
    """Return when the clocks of a place show that hour on a day."""
    return (
        dt.datetime.fromisoformat(day).replace(hour=hour, tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(dt.UTC)
    )


def days(first: str, last: str, *, zone: str = "UTC") -> Iterable[dt.datetime]:
    """Yield nine in the morning of each day."""
    at, end = moment(first, zone, 9), moment(last, zone, 9)
    while at <= end:
        yield at
        at += dt.timedelta(days=1)


def told(*verbs: str) -> list[tuple[str, str]]:
    """Return verb and day of what happened by itself, oldest first."""
    with job_role():
        rows = Entry.objects.filter(verb__in=[f"schemes.{verb}" for verb in verbs], actor=None).order_by(
            "at", "pk"
        )
        return [(row.verb.removeprefix("schemes."), row.at.date().isoformat()) for row in rows]


def planned(kind: str = "") -> list[tuple[str, dt.date | None]]:
    """Return what is still to come, by kind and date, earliest first."""
    with job_role():
        rows = Occurrence.objects.filter(done_at=None, cancelled_at=None, kind__startswith=f"schemes.{kind}")
        return [(row.kind.removeprefix("schemes."), row.due_on) for row in rows.order_by("due_at", "pk")]


def interims() -> list[Assessment]:
    """Return the interim assessments there are, oldest first."""
    with job_role():
        return list(Assessment.objects.filter(kind=Assessment.Kind.INTERIM).order_by("pk"))


@dataclass(frozen=True)
class Seconds:
    """A moment by the clock, and how long this process and its database connection had been busy by then."""

    clock: float
    busy: float


def used_seconds() -> Seconds:
    """Return both: on a machine that does other things as well, only the second says what this work takes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    fields = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return Seconds(time.monotonic(), time.process_time() + ticks / os.sysconf("SC_CLK_TCK"))
