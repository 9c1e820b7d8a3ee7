"""Five thousand members due on one day: done in half a minute, a batch with as many statements as a few."""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledger import occurrences
from ledger.models import Delivery, Entry, Occurrence, Outbox
from ledger.relay import relay
from organisations.models import Person
from schemes.actions.calendar import plan_calendar
from schemes.actions.overdue import TOLD
from schemes.models import Assessment, SchemeMembership
from tests.conftest import job_role, owner_role
from tests.factories.assessments import Play
from tests.schemes.tasks.clock import member_since, moment, used_seconds

MEMBERS = int(os.environ.get("SCHEME_MEMBERS", "300"))
SECONDS = 30
# Statements for one full batch, whatever its size: booking, holding, the handler's own and the mark that it is done.
MOST_PER_TICK_BATCH, MOST_PER_RELAY_BATCH = 25, 25
MOST_OF_THE_WORK_LIST = 8  # statements beyond those of any page
CRITERIA = 17
COPIES = """
WITH made AS (
  INSERT INTO organisations_organisation (code, name, country, capabilities, is_listed, created_at)
  SELECT 'M' || n, 'Member ' || n, 'GB', ARRAY['buyer'], false, now() FROM generate_series(1, %(members)s) n
  RETURNING id, code
), people AS (
  INSERT INTO organisations_person
  SELECT (jsonb_populate_record(p, jsonb_build_object(
    'id', nextval(pg_get_serial_sequence('organisations_person', 'id')), 'email', made.code || '@many.example'))).*
    FROM made, organisations_person p WHERE p.id = %(person)s
  RETURNING id, email
)
INSERT INTO organisations_membership
SELECT (jsonb_populate_record(m, jsonb_build_object(
  'id', nextval(pg_get_serial_sequence('organisations_membership', 'id')),
  'code', made.code, 'organisation_id', made.id, 'person_id', people.id))).*
  FROM made JOIN people ON people.email = made.code || '@many.example', organisations_membership m
 WHERE m.person_id = %(person)s
"""
MEMBERSHIPS = """
WITH joined AS (
  INSERT INTO schemes_schememembership
  SELECT (jsonb_populate_record(m, jsonb_build_object(
    'id', nextval(pg_get_serial_sequence('schemes_schememembership', 'id')), 'code', o.code, 'member_id', o.id,
    'member_name', o.name, 'person_id', mm.person_id))).*
    FROM organisations_organisation o JOIN organisations_membership mm ON mm.organisation_id = o.id,
         schemes_schememembership m
   WHERE m.id = %(membership)s AND o.name LIKE 'Member %%'
  RETURNING id, code, member_id
), assessed AS (
  INSERT INTO schemes_assessment
  SELECT (jsonb_populate_record(a, jsonb_build_object(
    'id', nextval(pg_get_serial_sequence('schemes_assessment', 'id')), 'code', joined.code,
    'membership_id', joined.id, 'member_id', joined.member_id))).*
    FROM joined, schemes_assessment a WHERE a.membership_id = %(membership)s
  RETURNING id, member_id
)
INSERT INTO schemes_answer
SELECT (jsonb_populate_record(x, jsonb_build_object(
  'id', nextval(pg_get_serial_sequence('schemes_answer', 'id')), 'assessment_id', assessed.id,
  'member_id', assessed.member_id))).*
  FROM assessed, schemes_answer x JOIN schemes_assessment a ON a.id = x.assessment_id
 WHERE a.membership_id = %(membership)s
"""


@contextmanager
def superuser() -> Iterator[None]:
    """Write rows by the thousand, without the triggers that would fill and guard each."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (before,) = cursor.fetchone()
        cursor.execute("RESET ROLE")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute(f'SET ROLE "{before}"')


def many_members(number: int) -> Play:
    """Make that many members beside one that was awarded its level in the ordinary way, each with its answers."""
    story = member_since("2026-01-15", criteria=CRITERIA)
    ids = {"members": number, "person": story.member.person_id, "membership": story.membership().pk}
    with superuser(), connection.cursor() as cursor:
        cursor.execute(COPIES, ids)
        cursor.execute(MEMBERSHIPS, ids)
    with job_role(), transaction.atomic():
        plan_calendar(SchemeMembership.objects.values_list("pk", flat=True), at=story.clock)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return story


def do_everything(at: dt.datetime) -> int:
    """Tick until nothing is due."""
    done = 0
    while new := occurrences.tick(at):
        done += new
    return done


def tell_everything(at: dt.datetime) -> int:
    """Relay until nothing waits."""
    told = 0
    while new := relay(at):
        told += new
    return told


@pytest.mark.django_db
def test_members_due_on_one_day_are_done_within_half_a_minute() -> None:
    many_members(MEMBERS)
    days = {"opened": "2026-05-16", "reminded": "2026-06-15", "again": "2026-07-08", "overdue": "2026-07-16"}
    moments = {name: moment(day) for name, day in days.items()} | {"listed": moment("2026-07-16", hour=10)}
    for name, at in moments.items():
        with job_role():
            had, begun = Delivery.objects.count(), used_seconds()
            done = do_everything(at)
            ticked = used_seconds()
            told = tell_everything(at)
            ended = used_seconds()
            made = Delivery.objects.count() - had
            assert not Occurrence.objects.filter(done_at=None, due_at__lte=at).exists()
            assert not Outbox.objects.exists()
        assert done == told == (1 if name == "listed" else MEMBERS + 1)
        assert ended.busy - begun.busy < SECONDS
        print(
            f"\n{name}: {done} occurrences in {ticked.busy - begun.busy:.1f} s, {made} deliveries in "
            f"{ended.busy - ticked.busy:.1f} s; with what else this machine did {ended.clock - begun.clock:.1f} s"
        )
    with job_role():
        assert Assessment.objects.filter(kind=Assessment.Kind.INTERIM).count() == MEMBERS + 1
        assert not Occurrence.objects.filter(attempts__gt=1).exists()
        (letter,) = Entry.objects.filter(verb=TOLD)
        assert letter.data["count"] == MEMBERS + 1
        assert Delivery.objects.filter(verb=TOLD, channel="email").count() == 4
        everybody = Delivery.objects.filter(verb="schemes.reminded", channel="inbox")
        assert everybody.values("organisation").distinct().count() == MEMBERS + 1
        assert everybody.filter(organisation=F("entry__owner")).count() == everybody.count()


@pytest.mark.django_db
def test_a_page_of_the_work_list_takes_as_many_statements_for_all_of_them_as_for_one(
    client_for: Callable[[Person], Client],
) -> None:
    story, opens = many_members(MEMBERS), moment("2026-05-16")
    with job_role():
        assert occurrences.tick(opens, limit=1) == 1
    with owner_role():
        client = client_for(Person.objects.get(pk=story.boss.person_id))
    work, shell = reverse("schemes:assessments"), reverse("organisations:new")

    def statements(url: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    statements(work)
    few, around = statements(work), statements(shell)
    with job_role():
        do_everything(opens)
    assert statements(work) == few
    assert few - around <= MOST_OF_THE_WORK_LIST
    begun = used_seconds()
    page = client.get(work)
    ended = used_seconds()
    assert page.context["counts"].member == MEMBERS + 1
    print(
        f"\nwork list of {MEMBERS + 1}: {few} statements, {few - around} of its own, "
        f"{ended.busy - begun.busy:.3f} s of processor, {ended.clock - begun.clock:.3f} s in all"
    )


@pytest.mark.django_db
def test_a_batch_takes_as_many_statements_for_many_as_for_few() -> None:
    many_members(120)
    for day in ("2026-05-16", "2026-06-15", "2026-07-08", "2026-07-16"):
        at, used = moment(day), []
        for limit in (2, 100):
            with job_role(), CaptureQueriesContext(connection) as in_tick:
                assert occurrences.tick(at, limit=limit) == limit
            with job_role(), CaptureQueriesContext(connection) as in_relay:
                assert relay(at) == limit
            used.append((len(in_tick), len(in_relay)))
        with job_role():
            occurrences.tick(at)
            tell_everything(at)
        print(f"\n{day}: {used[1][0]} statements for a batch of the tick, {used[1][1]} for one of the relay")
        assert used[0] == used[1]
        assert used[1][0] <= MOST_PER_TICK_BATCH
        assert used[1][1] <= MOST_PER_RELAY_BATCH


@pytest.mark.django_db
def test_planning_many_calendars_takes_as_many_statements_as_planning_few() -> None:
    many_members(60)
    with job_role():
        ids = list(SchemeMembership.objects.values_list("pk", flat=True))
        used = []
        for some in (ids[:2], ids[2:]):
            SchemeMembership.objects.filter(pk__in=some).count()
            with CaptureQueriesContext(connection) as seen, transaction.atomic():
                plan_calendar(some, at=moment("2026-02-01"))
            used.append(len(seen))
        assert used[0] == used[1]
        assert Entry.objects.filter(verb="schemes.reminded").count() == 0
