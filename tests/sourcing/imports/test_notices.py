"""Whoever waits long for a list is told when it is ready; nobody is told of a short one."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.utils import timezone

from ledger import relay
from ledger.acting import acting
from ledger.models import Delivery
from organisations.models import Organisation
from organisations.visibility import Viewer
from tests.factories import organisations
from tests.sourcing.imports.conftest import apply, lines, read


def told(viewer: Viewer, as_job: Callable[[], AbstractContextManager[None]]) -> list[tuple[str, str, str]]:
    """Relay, and return verb, channel and title of what the person was sent."""
    with as_job():
        relay.relay(timezone.now())
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        rows = Delivery.objects.filter(person_id=viewer.person_id).order_by("pk")
        return [(one.entry.verb, one.channel, one.title) for one in rows.select_related("entry")]


def test_a_long_list_is_told_of_when_it_is_in_the_register(
    buyer: Organisation,
    viewer: Viewer,
    as_job: Callable[[], AbstractContextManager[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sourcing.actions.applying.LONG_FROM", 1)
    colleague = organisations.viewer(buyer)
    apply(viewer, read(viewer, lines("China,Alpha Shoes,Rose Road 12,,,"), "spring.csv"))
    title = "Your list is in the register: spring.csv"
    assert told(viewer, as_job) == [
        ("sourcing.import_applied", "inbox", title),
        ("sourcing.import_applied", "email", title),
    ]
    assert told(colleague, as_job) == []


def test_a_long_list_is_told_of_when_it_is_ready_to_check(
    viewer: Viewer, as_job: Callable[[], AbstractContextManager[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sourcing.actions.reading.LONG_FROM", 1)
    read(viewer, lines("China,Alpha Shoes,Rose Road 12,,,"), "spring.csv")
    assert {title for _verb, _channel, title in told(viewer, as_job)} == {
        "Your list is ready to check: spring.csv"
    }


def test_nobody_is_told_of_a_short_list(
    viewer: Viewer, as_job: Callable[[], AbstractContextManager[None]]
) -> None:
    apply(viewer, read(viewer, lines("China,Alpha Shoes,Rose Road 12,,,")))
    assert told(viewer, as_job) == []
