"""Random histories of one event: places, the waiting list, offers and capacity, held against a plain model."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from forum.actions.booking import change_booking
from forum.actions.event import change_event
from forum.actions.registration import (
    accept_offer,
    cancel_registration,
    decline_offer,
    register,
    register_group,
)
from forum.actions.waiting import end_offer, promote
from forum.lifecycle import HOLDING, OPEN_REGISTRATIONS, RegistrationState
from forum.models import Event, EventPlace, Registration
from forum.models.event_facts import EventSaid
from forum.queries.event import explained
from forum.queries.waiting import Because
from ledger.refusals import Refusal
from organisations.visibility import Capability, Viewer
from tests.conftest import job_role, owner_role
from tests.factories import forum_events as make
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db
HOUSES, PEOPLE = 3, 4
WAITING, OFFERED, PLACED = RegistrationState.WAITING, RegistrationState.OFFERED, RegistrationState.PLACED


def said_of(event: Event, **other: Any) -> EventSaid:
    """Return what an event says of itself, with something else in it."""
    names = (
        "title kind zone starts_at ends_at summary language tags place capacity per_organisation offer_hours"
    )
    return EventSaid(**({name: getattr(event, name) for name in names.split()} | other))


def refusal_of(do: Callable[[], Any]) -> str:
    """Do something and return the code with which it was refused; nothing when it was done."""
    try:
        do()
    except Refusal as refusal:
        return refusal.code
    return ""


class Places(RuleBasedStateMachine):
    """People of three organisations register, cancel, answer or let offers run out; the organiser changes capacity."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.now = timezone.now()

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    @initialize(capacity=st.integers(1, 5), share=st.one_of(st.none(), st.integers(1, 3)))
    def begin(self, capacity: int, share: int | None) -> None:
        host = people.organisation("Host", Capability.STAKEHOLDER)
        self.host = people.viewer(host)
        self.event = make.event(
            host, capacity=capacity, per_organisation=share, at=self.now, starts_in=dt.timedelta(days=60)
        )
        houses = [people.organisation(f"House {n}") for n in range(HOUSES)]
        self.people: list[Viewer] = [people.viewer(one) for one in houses for _ in range(PEOPLE)]
        self.left: set[int] = set()  # arrivals that are over

    def _rows(self, *states: str) -> list[Registration]:
        with owner_role():
            rows = Registration.objects.filter(event=self.event).select_related("event").order_by("arrival")
            return [one for one in rows if not states or one.state in states]

    def _viewer(self, row: Registration) -> Viewer:
        return next(one for one in self.people if one.person_id == row.person_id)

    def _pass_on(self) -> None:
        """Do what the relay does after each of these."""
        with job_role():
            promote(event_id=self.event.pk, at=self.now)

    @rule(who=st.integers(0, HOUSES * PEOPLE - 1))
    def someone_registers(self, who: int) -> None:
        viewer = self.people[who]
        with make.as_viewer(viewer):
            codes = {
                refusal_of(lambda: register(viewer=viewer, event=self.event, at=self.now))
                for _twice in range(2)
            }
        assert codes in ({""}, {"registered-elsewhere"})
        self._pass_on()

    @rule(who=st.integers(0, HOUSES * PEOPLE - 1), quantity=st.integers(1, 4))
    def some_register(self, who: int, quantity: int) -> None:
        viewer = self.people[who]
        with make.as_viewer(viewer):
            code = refusal_of(
                lambda: register_group(viewer=viewer, event=self.event, quantity=quantity, at=self.now)
            )
        assert code in {"", "too-many-places", "registered-elsewhere"}
        self._pass_on()

    @precondition(lambda self: bool(self._rows(*OPEN_REGISTRATIONS)))
    @rule(data=st.data())
    def someone_cancels(self, data: Any) -> None:
        row = data.draw(st.sampled_from(self._rows(*OPEN_REGISTRATIONS)))
        viewer = self._viewer(row)
        with make.as_viewer(viewer):
            cancel_registration(viewer=viewer, registration=row, at=self.now)
        self._pass_on()

    @precondition(lambda self: any(one.is_group for one in self._rows(*OPEN_REGISTRATIONS)))
    @rule(data=st.data(), quantity=st.integers(1, 4))
    def a_booking_changes(self, data: Any, quantity: int) -> None:
        row = data.draw(st.sampled_from([one for one in self._rows(*OPEN_REGISTRATIONS) if one.is_group]))
        viewer = self._viewer(row)
        with make.as_viewer(viewer):
            code = refusal_of(
                lambda: change_booking(viewer=viewer, registration=row, quantity=quantity, at=self.now)
            )
        assert code in (
            {"", "too-many-places", "no-room"} if quantity > row.quantity else {"", "too-many-places"}
        )
        self._pass_on()

    @precondition(lambda self: bool(self._rows(OFFERED)))
    @rule(data=st.data(), is_yes=st.booleans())
    def someone_answers(self, data: Any, is_yes: bool) -> None:
        row = data.draw(st.sampled_from(self._rows(OFFERED)))
        viewer = self._viewer(row)
        answer = accept_offer if is_yes else decline_offer
        with make.as_viewer(viewer):
            if row.offer_ends_at >= self.now:
                answer(viewer=viewer, registration=row, at=self.now)
            else:
                with pytest.raises(Refusal, match="offer-over"):
                    answer(viewer=viewer, registration=row, at=self.now)
        self._pass_on()

    @rule(hours=st.sampled_from([1, 24, 49]))
    def time_passes(self, hours: int) -> None:
        self.now += dt.timedelta(hours=hours)
        with job_role():
            for row in self._rows(OFFERED):
                end_offer(registration_id=row.pk, at=self.now)

    @rule(capacity=st.integers(1, 7))
    def capacity_changes(self, capacity: int) -> None:
        with owner_role():
            held = Event.objects.get(pk=self.event.pk).places_held
        said = said_of(self.event, capacity=capacity)
        with make.as_viewer(self.host):
            code = refusal_of(
                lambda: change_event(viewer=self.host, event=self.event, said=said, at=self.now)
            )
        assert code == ("capacity-below-places" if capacity < held else "")
        self._pass_on()

    @invariant()
    def everything_adds_up(self) -> None:
        if not hasattr(self, "event"):
            return
        with owner_role():
            event = Event.objects.get(pk=self.event.pk)
            rows = list(Registration.objects.filter(event=event).order_by("arrival"))
            held = sum(one.quantity for one in rows if one.state in HOLDING)
            assert event.places_held == held <= (event.capacity or held)
            assert event.waiting == sum(one.state == WAITING for one in rows)
            assert [one.arrival for one in rows] == list(range(1, len(rows) + 1))
            for house in {one.organisation_id for one in rows}:
                mine = sum(
                    one.quantity for one in rows if one.organisation_id == house and one.state in HOLDING
                )
                assert event.per_organisation is None or mine <= event.per_organisation
            for one in rows:
                places = EventPlace.objects.filter(registration=one)
                assert {place.is_held for place in places} == {one.state == PLACED}
                assert len(places) == one.quantity
            open_selves = [one.person_id for one in rows if one.is_open and one.kind == "self"]
            assert len(open_selves) == len(set(open_selves))
            # Nobody who fits goes on waiting, and everybody who waits has a reason.
            assert Because.NEXT not in {because for _one, because in explained(event)}


@pytest.mark.filterwarnings("ignore")
def test_random_histories_keep_places_and_line_in_order(db: None) -> None:
    run_state_machine_as_test(
        Places,
        settings=settings(
            max_examples=10,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
