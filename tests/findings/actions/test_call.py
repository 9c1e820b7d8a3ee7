"""Calls: proposed, agreed, in both calendars, and between two."""

import datetime as dt

import pytest
from django.core import mail
from icalendar import Calendar

from findings.actions.call import (
    agree_call,
    cancel_call,
    decline_call,
    propose_call,
    propose_times,
    say_how_to_join,
    write_note,
)
from findings.actions.plan import respond
from findings.models import ActionPlan, Call, CallStep, Finding, PlanResponse
from ledger.delivery import send
from ledger.models import Occurrence
from ledger.occurrences import tick
from ledger.refusals import Forbidden, Refusal
from organisations.models import Organisation
from sourcing.models import TradeLink
from tests.factories import findings as make
from tests.factories.world import World
from tests.findings.actions.between import (
    NOW,
    SOON,
    Role,
    agreed,
    asked,
    car,
    eyes,
    only,
    seen,
    told,
    with_customers,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(as_owner: Role) -> World:
    return with_customers(as_owner)


def test_call_stays_between_the_two(scene: World) -> None:
    call = asked(scene, text="About fees", joining="https://meet.example.org/1")
    assert seen(scene, Call) == only(1, 1)
    assert seen(scene, CallStep) == only(2, 2)
    assert (call.state, call.waits_for_id) == ("proposed", scene.supplier.organisation_id)


def test_supplier_proposes_to_each_customer_apart(scene: World) -> None:
    with eyes(scene.as_supplier):
        both = list(Organisation.objects.filter(name__in=["Northfield Retail", "Eastgate Stores"]))
        propose_call(
            viewer=scene.as_supplier, finding=car(scene), times=[SOON], text="Outline", customers=both, at=NOW
        )
    assert seen(scene, Call) == only(2, 1, 1)
    assert seen(scene, CallStep) == only(2, 1, 1)


def test_supplier_names_at_least_one_of_its_own_customers(scene: World, as_owner: Role) -> None:
    with as_owner():
        stranger = Organisation.objects.get(pk=scene.stranger.organisation_id)
    with eyes(scene.as_supplier), pytest.raises(Refusal, match="no-customer-chosen"):
        propose_call(viewer=scene.as_supplier, finding=car(scene), times=[SOON], customers=[stranger], at=NOW)


@pytest.mark.parametrize("who", ["as_firm", "as_stranger"])
def test_only_supplier_and_customers_propose_calls(scene: World, who: str) -> None:
    viewer = getattr(scene, who)
    with eyes(viewer), pytest.raises((Forbidden, Finding.DoesNotExist)):
        propose_call(viewer=viewer, finding=car(scene), times=[SOON], at=NOW)


def test_both_sides_propose_until_a_time_fits(scene: World) -> None:
    call = asked(scene)
    with eyes(scene.as_supplier):
        later = SOON + dt.timedelta(hours=5)
        propose_times(viewer=scene.as_supplier, call=call, times=[later], at=NOW)
        with pytest.raises(Forbidden, match="other-side-answers"):
            agree_call(viewer=scene.as_supplier, call=Call.objects.get(), starts_at=later, at=NOW)
    with eyes(scene.as_buyer):
        with pytest.raises(Refusal, match="not-proposed"):
            agree_call(viewer=scene.as_buyer, call=Call.objects.get(), starts_at=SOON, at=NOW)
        call = agree_call(viewer=scene.as_buyer, call=Call.objects.get(), starts_at=later, at=NOW)
    assert (call.state, call.starts_at, call.sequence) == ("agreed", later, 2)


def test_no_with_a_reason_ends_a_call(scene: World) -> None:
    call = asked(scene)
    with eyes(scene.as_supplier):
        with pytest.raises(Refusal, match="words-missing"):
            decline_call(viewer=scene.as_supplier, call=call, reason=" ", at=NOW)
        assert decline_call(viewer=scene.as_supplier, call=call, reason="Eid", at=NOW).state == "declined"


def test_asking_for_a_call_in_an_answer_opens_one(scene: World) -> None:
    make.plan(scene.car)
    with eyes(scene.as_buyer):
        plan = ActionPlan.objects.select_related("finding__audit").get()
        respond(
            viewer=scene.as_buyer,
            plan=plan,
            kind="call",
            message="Let us talk",
            proposed_times=[SOON],
            at=NOW,
        )
        assert Call.objects.get().steps.get().text == "Let us talk"


def test_agreed_call_reaches_both_calendars(scene: World, as_job: Role) -> None:
    agreed(scene)
    letters = told(as_job)
    assert sorted(letters) == [
        ("call_agreed", scene.supplier.person.email),
        ("call_agreed", scene.buyer.person.email),
        ("call_proposed", scene.supplier.person.email),
    ]
    with as_job():
        send(NOW, pause_seconds=0)
    (letter,) = [one for one in mail.outbox if one.to == [scene.buyer.person.email]]
    (file,) = [part for part in letter.attachments if part[0] == "call.ics"]
    assert file[2] == "text/calendar; method=REQUEST"
    calendar = Calendar.from_ical(file[1])
    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["SEQUENCE"], event.decoded("DTSTART")) == ("REQUEST", 1, SOON)
    assert str(event["ATTENDEE"]).lower() == f"mailto:{scene.buyer.person.email}"
    assert 'text/calendar; method="REQUEST"' in letter.message().as_string()


def test_called_off_call_leaves_both_calendars(scene: World, as_job: Role) -> None:
    call = agreed(scene)
    with eyes(scene.as_buyer):
        cancel_call(viewer=scene.as_buyer, call=call, reason="Ill", at=NOW)
    told(as_job)
    with as_job():
        send(NOW, pause_seconds=0)
    files = [
        Calendar.from_ical(part[1])
        for one in mail.outbox
        for part in one.attachments
        if part[0] == "call.ics"
    ]
    # What went out late carries the truth of the moment: the same event, called off, with the higher number.
    events = [one.walk("VEVENT")[0] for one in files]
    assert {str(one["METHOD"]) for one in files} == {"CANCEL"}
    assert {int(one["SEQUENCE"]) for one in events} == {2}  # type: ignore[arg-type]
    assert len({str(one["UID"]) for one in events}) == 1
    assert {str(one["STATUS"]) for one in events} == {"CANCELLED"}


def test_reminders_follow_the_time(scene: World, as_job: Role) -> None:
    call = agreed(scene)
    told(as_job)
    with eyes(scene.as_supplier):
        propose_times(viewer=scene.as_supplier, call=call, times=[SOON + dt.timedelta(days=2)], at=NOW)
    told(as_job)
    with as_job():
        assert not Occurrence.objects.filter(cancelled_at=None).exists()
    with eyes(scene.as_buyer):
        moved = SOON + dt.timedelta(days=2)
        agree_call(viewer=scene.as_buyer, call=Call.objects.get(), starts_at=moved, at=NOW)
    told(as_job)
    with as_job():
        rows = Occurrence.objects.filter(cancelled_at=None).order_by("due_at")
        assert [(row.kind, row.due_at) for row in rows] == [
            ("findings.call_tomorrow", moved - dt.timedelta(days=1)),
            ("findings.call_soon", moved - dt.timedelta(hours=1)),
        ]
        tick(moved - dt.timedelta(hours=20))
    reminders = [line for line in told(as_job, moved - dt.timedelta(hours=20)) if line[0] == "call_tomorrow"]
    assert sorted(person for _verb, person in reminders) == [
        scene.supplier.person.email,
        scene.buyer.person.email,
    ]


def test_notes_are_written_after_the_call_began_and_stay(scene: World) -> None:
    call = agreed(scene)
    with eyes(scene.as_buyer):
        with pytest.raises(Forbidden, match="call-not-yet"):
            write_note(viewer=scene.as_buyer, call=call, text="We pay half.", at=NOW)
        write_note(viewer=scene.as_buyer, call=call, text="We pay half.", at=SOON + dt.timedelta(hours=1))
        say_how_to_join(viewer=scene.as_buyer, call=call, joining="+44 20 7946 0000", at=NOW)
    assert seen(scene, CallStep) == only(4, 4)


def test_customer_whose_link_ended_keeps_only_its_own_words(scene: World, as_owner: Role) -> None:
    call = asked(scene, text="Ours")
    with eyes(scene.as_supplier):
        propose_times(viewer=scene.as_supplier, call=call, times=[SOON], text="Theirs", at=NOW)
    with as_owner():
        TradeLink.objects.filter(buyer_id=scene.buyer.organisation_id).update(state="ended", ended_at=NOW)
    with eyes(scene.as_buyer):
        assert Call.objects.count() == 0
        assert [step.text for step in CallStep.objects.all()] == ["Ours"]


def test_customer_that_asks_for_a_call_or_agrees_to_one_has_answered_the_plan(scene: World) -> None:
    make.plan(scene.car)
    asked(scene, text="Let us talk")
    with eyes(scene.as_supplier):
        other = list(Organisation.objects.filter(name="Eastgate Stores"))
        (call,) = propose_call(
            viewer=scene.as_supplier, finding=car(scene), times=[SOON], customers=other, at=NOW
        )
    with eyes(scene.as_other_buyer):
        agree_call(viewer=scene.as_other_buyer, call=Call.objects.get(pk=call.pk), starts_at=SOON, at=NOW)
    assert seen(scene, PlanResponse) == only(2, 1, 1)
