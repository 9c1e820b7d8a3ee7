"""The broker killed with -9 while plans are shared: work goes on, and the next tick tells everyone once."""

import datetime as dt
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import Celery
from django.utils import timezone

from documents import renderings
from documents.models import Rendering
from findings.actions.plan import share_plan
from findings.models import Finding, PlanVersion
from ground.ports import free_port
from ground.valkey import find_server
from ledger import bell, delivery, relay
from ledger.acting import acting
from ledger.models import Delivery, Outbox
from tests.conftest import job_role, owner_role
from tests.factories.world import World, world
from tests.journey.test_killed import CONTENT

pytestmark = pytest.mark.django_db(transaction=True)


class Broker:
    """A real Valkey of its own that can be killed and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = [
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--dir",
            str(self.folder),
            "--appendonly",
            "yes",
        ]
        self.process = subprocess.Popen([find_server(), *options], stdout=subprocess.DEVNULL)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                self.client().ping()
            except redis.ConnectionError:
                time.sleep(0.05)
            else:
                return
        pytest.fail("Valkey did not start.")

    def client(self) -> "redis.Redis":
        return redis.Redis(port=self.port, socket_timeout=2)

    def kill(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    made = Broker(tmp_path)
    made.start()
    app = Celery("trial", broker=f"redis://127.0.0.1:{made.port}/0", set_as_current=False)
    app.conf.broker_transport_options = {"socket_connect_timeout": 1, "max_retries": 1}
    monkeypatch.setattr("celery.current_app", app)
    monkeypatch.setattr(bell, "_silent_until", 0.0)
    yield made
    app.close()
    made.kill()


def share(scene: World) -> None:
    viewer = scene.as_supplier
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        share_plan(
            viewer=viewer,
            finding=Finding.objects.get(pk=scene.car.pk),
            content=CONTENT,
            completed_by="HR manager",
            rhythm=3,
            at=timezone.now(),
        )


def test_nothing_is_lost_or_doubled(broker: Broker, mailoutbox: list[Any]) -> None:
    scene = world()
    share(scene)
    assert broker.client().llen("system") + broker.client().llen("default") >= 2

    broker.kill()
    since = time.monotonic()
    share(scene)
    assert time.monotonic() - since < 10
    with owner_role():
        assert PlanVersion.objects.count() == 2
        assert Outbox.objects.count() >= 2

    broker.start()
    later = timezone.now() + dt.timedelta(minutes=5)
    with job_role():
        for minutes in range(3):
            relay.relay(later + dt.timedelta(minutes=minutes))
            delivery.send(later + dt.timedelta(minutes=minutes), pause_seconds=0)
        renderings.ring_pending(later)
    with owner_role():
        papers = list(Rendering.objects.all())
        told = Counter(
            Delivery.objects.filter(verb="findings.plan_shared").values_list("person_id", "channel")
        )
    people = (scene.buyer.person_id, scene.other_buyer.person_id)
    assert told == {(person, channel): 2 for person in people for channel in ("inbox", "email")}
    letters = Counter(letter.extra_headers["Message-ID"] for letter in mailoutbox)
    assert (len(letters), set(letters.values())) == (4, {1})
    for paper in papers:
        ids: dict[str, Any] = {"organisation_id": paper.organisation_id, "person_id": paper.person_id}
        assert renderings.work(**ids, rendering_id=paper.pk)
        assert not renderings.work(**ids, rendering_id=paper.pk)
    with owner_role():
        assert list(Rendering.objects.values_list("state", flat=True)) == ["done", "done"]
