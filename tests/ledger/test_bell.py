"""Ringing for a worker."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from celery import Celery, current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from ledger import bell


class Belfry:
    """Takes the place of the broker."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, tuple[object, ...], str, object]] = []
        self.is_down = False
        self.asked = 0

    def send_task(
        self, name: str, *, args: tuple[object, ...], queue: str, expires: object, **_more: Any
    ) -> None:
        self.asked += 1
        if self.is_down:
            raise OperationalError("connection refused")
        self.heard.append((name, args, queue, expires))


@pytest.fixture
def belfry(monkeypatch: pytest.MonkeyPatch, db: None) -> Belfry:
    """Listen to the bell."""
    found = Belfry()
    monkeypatch.setattr(current_app, "send_task", found.send_task)
    monkeypatch.setattr(bell, "_silent_until", 0.0)
    return found


Commits = Callable[..., Any]


def ring_and_roll_back() -> None:
    with transaction.atomic():
        bell.ring("ledger.relay")
        raise ZeroDivisionError


def test_ring_is_heard_after_the_commit_and_once(
    belfry: Belfry, django_capture_on_commit_callbacks: Commits
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            bell.ring("ledger.relay")
        bell.ring("documents.render", 1, 2, queue="default")
        assert belfry.heard == []
    assert belfry.heard == [
        ("ledger.relay", (), "system", 60),
        ("documents.render", (1, 2), "default", None),
    ]


def test_ring_is_not_heard_when_the_transaction_rolls_back(
    belfry: Belfry, django_capture_on_commit_callbacks: Commits
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(ZeroDivisionError):
            ring_and_roll_back()
        bell.ring("ledger.send")
    assert [name for name, *_ in belfry.heard] == ["ledger.send"]


def test_ring_is_heard_when_an_equal_one_was_rolled_back(
    belfry: Belfry, django_capture_on_commit_callbacks: Commits
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(ZeroDivisionError):
            ring_and_roll_back()
        bell.ring("ledger.relay")
    assert [name for name, *_ in belfry.heard] == ["ledger.relay"]


def test_ring_harms_nobody_when_the_broker_is_down_and_rests_a_while(
    belfry: Belfry, django_capture_on_commit_callbacks: Commits
) -> None:
    belfry.is_down = True
    for _ in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            bell.ring("ledger.relay")
    assert (belfry.asked, belfry.heard) == (1, [])


def test_ring_does_not_keep_a_page_waiting_when_no_broker_answers(
    db: None, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Commits
) -> None:
    """With the transport options of the settings, against a port on which nobody listens."""
    nobody = Celery("nobody", broker="redis://127.0.0.1:1/0", set_as_current=False)
    nobody.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    monkeypatch.setattr(current_app, "send_task", nobody.send_task)
    monkeypatch.setattr(bell, "_silent_until", 0.0)
    began = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        bell.ring("ledger.relay")
    assert time.monotonic() - began < 2
    assert bell._silent_until > began
