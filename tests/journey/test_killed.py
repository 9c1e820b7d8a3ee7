"""Killed with -9 at any statement of sharing a plan: nothing half written, nothing lost, nothing doubled.

Web, relay, sender and worker are each killed before every few statements they send, then the step is done again
as a person or the next tick would. What stands at the end is what an undisturbed run leaves.
"""

import datetime as dt
import os
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from documents import renderings
from documents.models import Document, Rendering
from findings.actions.papers import CAPR, ask_for_paper
from findings.actions.plan import share_plan
from findings.actions.publication import publish_audit
from findings.models import Action, ActionPlan, Audit, AuditAccess, Auditor, Finding, PlanContent, PlanVersion
from ledger import delivery, relay
from ledger.acting import acting
from ledger.models import Channel, Delivery, DeliveryState, Entry, Occurrence, Outbox
from tests.conftest import job_role, owner_role
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db(transaction=True)
CONTENT = PlanContent(
    root_causes=("Agents charge workers before they reach us.",),
    actions=(Action(what="New contract with the agency"),),
    asks=frozenset({"confirm"}),
)


def dies_at(statement: int, work: Callable[[], object]) -> bool:
    """Do `work` in a process that kills itself with -9 before its n-th statement; tell whether it came to that."""
    connection.close()
    child = os.fork()
    if child == 0:
        sent = 0

        def count(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
            nonlocal sent
            sent += 1
            if sent == statement:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(count):
                work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    wait_for_the_dead()
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "The work failed by itself."
    return os.WIFSIGNALED(status)


def wait_for_the_dead() -> None:
    """Wait until the database has noticed who died: what they had locked stays locked until then."""
    for _try in range(600):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.1)
    pytest.fail("Connections of dead processes are still open.")


def killed_everywhere(work: Callable[[], object], still_whole: Callable[[], None], step: int = 3) -> int:
    """Kill `work` before every few statements until it gets through; return how often it was killed."""
    kills = 0
    while dies_at(1 + kills * step, work):
        kills += 1
        still_whole()
    return kills


@pytest.fixture
def scene() -> World:
    return world()


def share(scene: World) -> None:
    viewer = scene.as_supplier
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        if PlanVersion.objects.exists():
            return
        share_plan(
            viewer=viewer,
            finding=Finding.objects.get(pk=scene.car.pk),
            content=CONTENT,
            completed_by="HR manager",
            rhythm=3,
            at=timezone.now(),
        )


def as_job(work: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        with job_role():
            work()

    return run


def test_plan_is_shared_wholly_or_not_at_all(scene: World) -> None:
    def whole() -> None:
        with owner_role():
            car = Finding.objects.get(pk=scene.car.pk)
            state = (car.state, car.has_plan, ActionPlan.objects.count(), PlanVersion.objects.count())
            rest = (
                Entry.objects.count(),
                Outbox.objects.count(),
                Occurrence.objects.count(),
                Rendering.objects.count(),
            )
        assert state == ("open", False, 0, 0)
        assert rest == (0, 0, 0, 0)

    kills = killed_everywhere(lambda: share(scene), whole)
    with owner_role():
        car = Finding.objects.get(pk=scene.car.pk)
        assert (car.state, car.has_plan, PlanVersion.objects.count()) == ("in_progress", True, 1)
        assert (Outbox.objects.count(), Occurrence.objects.count(), Rendering.objects.count()) == (2, 2, 1)
    assert kills >= 5


def test_every_customer_is_told_once(scene: World, mailoutbox: list[Any]) -> None:
    share(scene)
    people = {scene.buyer.person_id, scene.other_buyer.person_id}
    later = timezone.now() + dt.timedelta(hours=1)

    def none_doubled() -> None:
        with owner_role():
            rows = Delivery.objects.values_list("entry_id", "person_id", "channel")
        assert not [row for row, times in Counter(rows).items() if times > 1]

    relayed = killed_everywhere(
        as_job(lambda: relay.relay(timezone.now() + dt.timedelta(hours=1))), none_doubled
    )
    with job_role():
        for hours in (2, 3, 4):
            relay.relay(timezone.now() + dt.timedelta(hours=hours))
            delivery.send(later + dt.timedelta(hours=hours), pause_seconds=0)
    with owner_role():
        told = Delivery.objects.filter(verb="findings.plan_shared")
        assert Outbox.objects.count() == 0
        assert sorted(told.values_list("person_id", "channel")) == sorted(
            (person, channel) for person in people for channel in (Channel.INBOX.value, Channel.EMAIL.value)
        )
        states = told.filter(channel=Channel.EMAIL).values_list("state", flat=True)
        assert set(states) == {DeliveryState.SENT.value}
    letters = Counter(letter.to[0] for letter in mailoutbox)
    assert letters == Counter([scene.buyer.person.email, scene.other_buyer.person.email])
    assert relayed >= 2


def test_pdf_is_made_once(scene: World) -> None:
    share(scene)
    with owner_role():
        paper = Rendering.objects.get()
    clock = timezone.now()

    def make() -> None:
        renderings.work(
            organisation_id=paper.organisation_id,
            person_id=paper.person_id,
            rendering_id=paper.pk,
            was_lost=True,
            clock=lambda: clock,
        )

    def at_most_one() -> None:
        with owner_role():
            assert Document.objects.count() == 0
            Rendering.objects.update(attempts=0)

    kills = killed_everywhere(make, at_most_one, step=7)
    with owner_role():
        assert Rendering.objects.get().state == Rendering.State.DONE
        assert Document.objects.count() == 1
    assert kills >= 3


def test_report_is_made_once_each_time_it_is_asked_for(scene: World) -> None:
    viewer, clock = scene.as_buyer, timezone.now()
    for times in (1, 2):
        with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
            audit = Audit.objects.get(pk=scene.car.audit_id)
            paper = ask_for_paper(viewer=viewer, kind=CAPR["xlsx"], subject=audit, at=clock)

        def make(paper: Rendering = paper) -> None:
            renderings.work(
                organisation_id=paper.organisation_id,
                person_id=paper.person_id,
                rendering_id=paper.pk,
                was_lost=True,
                clock=lambda: clock,
            )

        def none_doubled(times: int = times) -> None:
            with owner_role():
                assert Document.objects.count() == times - 1
                Rendering.objects.update(attempts=0)

        kills = killed_everywhere(make, none_doubled, step=9)
        with owner_role():
            assert Rendering.objects.get().state == Rendering.State.DONE
            assert Document.objects.count() == times
        assert kills >= 3


def test_audit_is_published_wholly_or_not_at_all() -> None:
    scene = world(publish=False)
    audit_id, firm = scene.car.audit_id, scene.as_firm
    with owner_role():
        Auditor.objects.create(
            audit_id=audit_id, name="R. Karim", grade="CSCA", apsca_number="21700001", is_lead=True
        )
        Audit.objects.filter(pk=audit_id).update(state="submitted", submitted_at=timezone.now())

    def publish() -> None:
        with acting(person_id=firm.person_id, organisation_id=firm.organisation_id):
            audit = Audit.objects.get(pk=audit_id)
            if audit.published_at is None:
                publish_audit(viewer=firm, audit=audit, at=timezone.now())

    def customers() -> int:
        with owner_role():
            return AuditAccess.objects.filter(audit_id=audit_id, bases__contains=["customer"]).count()

    def whole() -> None:
        with owner_role():
            assert Audit.objects.get(pk=audit_id).state == "submitted"
            assert (Entry.objects.count(), Outbox.objects.count()) == (0, 0)
        assert customers() == 0

    kills = killed_everywhere(publish, whole)
    with owner_role():
        assert Audit.objects.get(pk=audit_id).state == "published"
        verbs = Entry.objects.values_list("verb", flat=True)
        assert sorted(verbs) == ["findings.audit_published", "findings.car_raised"]
    assert customers() == 2
    assert kills >= 3
