"""Events of the demo world: a series with sessions past and to come, one of them full."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from config.demo.cast import gather_cast
from config.demo.events import schedule_events
from config.demo.stage import Stage
from config.demo.trade import open_sites
from forum.models import Event, EventPlace, Material, Registration, Series
from tests.conftest import owner_role


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Play the events alone; nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic(), owner_role():
        stage = Stage(timezone.now())
        gather_cast(stage)
        open_sites(stage)
        schedule_events(stage)
        stage.play()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def seen_by_owner(played: None, db: None) -> Iterator[None]:
    """Look at every row."""
    with owner_role():
        yield


pytestmark = pytest.mark.usefixtures("seen_by_owner")


def test_a_series_has_seven_sessions_past_and_to_come() -> None:
    sessions = Event.objects.filter(series=Series.objects.get()).order_by("starts_at")
    assert [one.state for one in sessions] == ["held"] * 4 + ["published"] * 3
    assert len({one.tags[0] for one in sessions}) == 7


def test_the_next_session_is_full_and_some_wait() -> None:
    full = Event.objects.filter(series__isnull=False, state="published").order_by("starts_at")[0]
    assert full.places_held == full.capacity
    assert Registration.objects.filter(event=full, state="waiting").count() == 3


def test_whoever_came_has_a_note_and_a_certificate() -> None:
    assert Material.objects.exclude(released_at=None).count() == 4
    assert set(EventPlace.objects.filter(event__state="held").values_list("attendance", flat=True)) == {
        "attended",
        "absent",
    }
    assert not Event.objects.filter(state="held", certificates_at=None).exists()
