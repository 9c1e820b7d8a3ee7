"""Calls, commitments, standing positions and introductions: what each does, and what stays between two."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
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
from findings.actions.commitment import (
    ask_about_commitment,
    change_commitment,
    commit_support,
    confirm_commitment,
    say_progress,
    withdraw_commitment,
)
from findings.actions.introduction import (
    agree_to_introduction,
    complete_introduction,
    decline_introduction,
    end_introduction,
    propose_introduction,
    take_back_agreement,
)
from findings.actions.plan import respond, share_plan
from findings.actions.position import change_position, state_position, withdraw_position
from findings.models import (
    ActionPlan,
    Call,
    CallStep,
    Commitment,
    CommitmentStep,
    CommitmentVersion,
    Finding,
    Introduced,
    Introduction,
    IntroductionAnswer,
    IntroductionAsk,
    PlanContent,
    PlanResponse,
    Position,
    PositionVersion,
)
from findings.models.said import Stance, Support
from findings.queries.introduction import introduced_to
from findings.queries.plan import answers_waiting, story_of
from findings.queries.position import positions_on
from findings.queries.together import customers_at, sides_of
from ledger.acting import acting
from ledger.delivery import send
from ledger.models import Delivery, Occurrence
from ledger.occurrences import tick
from ledger.refusals import Forbidden, Refusal
from ledger.relay import relay
from organisations.models import Membership, Organisation
from organisations.queries import viewer_from
from organisations.visibility import Capability, Viewer
from sourcing.models import TradeLink
from tests.factories import findings as make
from tests.factories.organisations import membership, organisation
from tests.factories.sourcing import link
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db
Role = Callable[[], AbstractContextManager[None]]
NOW = timezone.now().replace(microsecond=0)
SOON = NOW + dt.timedelta(days=3)
EVERYONE = ("as_supplier", "as_buyer", "as_other_buyer", "as_firm", "as_stranger")


@pytest.fixture
def scene(as_owner: Role) -> World:
    made = world()
    with as_owner():
        for one in (made.buyer, made.other_buyer):
            Organisation.objects.filter(pk=one.organisation_id).update(capabilities=[Capability.BUYER])
    return made


def eyes(viewer: Viewer) -> Any:
    return acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


def car(scene: World) -> Finding:
    rows = Finding.objects.select_related("audit", "requirement__section", "requirement__version")
    return rows.get(pk=scene.car.pk)


def seen(scene: World, model: type[Any]) -> dict[str, int]:
    """Return how many rows each side sees through row security alone, and through `visible_to`."""
    found = {}
    for who in EVERYONE:
        viewer = getattr(scene, who)
        with eyes(viewer):
            found[who] = model.objects.count()
            assert model.objects.visible_to(viewer).count() == found[who]
    return found


def only(supplier: int, buyer: int, other: int = 0) -> dict[str, int]:
    return {
        "as_supplier": supplier,
        "as_buyer": buyer,
        "as_other_buyer": other,
        "as_firm": 0,
        "as_stranger": 0,
    }


# ---------------------------------------------------------------- calls
def asked(scene: World, **more: Any) -> Call:
    """Have the buyer ask for a call."""
    with eyes(scene.as_buyer):
        return propose_call(
            viewer=scene.as_buyer,
            finding=car(scene),
            times=[SOON, SOON + dt.timedelta(days=1)],
            at=NOW,
            **more,
        )[0]


def agreed(scene: World) -> Call:
    call = asked(scene)
    with eyes(scene.as_supplier):
        return agree_call(viewer=scene.as_supplier, call=call, starts_at=SOON, at=NOW)


def told(as_job: Role, at: dt.datetime = NOW) -> list[tuple[str, str]]:
    with as_job():
        relay(at)
        rows = Delivery.objects.filter(channel="email").order_by("pk")
        return [
            (row.verb.removeprefix("findings."), row.person.email)  # type: ignore[union-attr]
            for row in rows.select_related("person")
        ]


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


# ---------------------------------------------------------------- commitments
MONEY = Support(kind="money", text="We pay half of the fees back.", amount=Decimal(5000), currency="GBP")


def committed(scene: World) -> Commitment:
    with eyes(scene.as_buyer):
        return commit_support(viewer=scene.as_buyer, finding=car(scene), support=MONEY, at=NOW)


def test_commitment_stays_between_the_two(scene: World) -> None:
    commitment = committed(scene)
    with eyes(scene.as_supplier):
        confirm_commitment(viewer=scene.as_supplier, commitment=commitment, at=NOW)
        ask_about_commitment(viewer=scene.as_supplier, commitment=commitment, text="When?", at=NOW)
    for model, count in ((Commitment, 1), (CommitmentVersion, 1), (CommitmentStep, 2)):
        assert seen(scene, model) == only(count, count)


def test_changed_commitment_keeps_its_words_and_asks_anew(scene: World) -> None:
    commitment = committed(scene)
    with eyes(scene.as_supplier):
        confirm_commitment(viewer=scene.as_supplier, commitment=commitment, at=NOW)
    with eyes(scene.as_buyer):
        change_commitment(
            viewer=scene.as_buyer, commitment=commitment, support=Support(kind="time", text="A year"), at=NOW
        )
        commitment = Commitment.objects.get()
        assert commitment.state == "offered"
        assert [one.text for one in commitment.versions.all()] == [MONEY.text, "A year"]


def test_customer_says_how_it_goes_and_takes_it_back_with_a_reason(scene: World) -> None:
    commitment = committed(scene)
    with eyes(scene.as_buyer):
        say_progress(viewer=scene.as_buyer, commitment=commitment, progress="behind", at=NOW)
        with pytest.raises(Refusal, match="words-missing"):
            withdraw_commitment(viewer=scene.as_buyer, commitment=commitment, reason="", at=NOW)
        withdraw_commitment(viewer=scene.as_buyer, commitment=commitment, reason="No budget", at=NOW)
        commitment = Commitment.objects.get()
        assert (commitment.state, commitment.progress) == ("withdrawn", "behind")
        with pytest.raises(Forbidden, match="commitment-taken-back"):
            say_progress(viewer=scene.as_buyer, commitment=commitment, progress="on_track", at=NOW)


def test_each_side_does_its_own_part(scene: World) -> None:
    commitment = committed(scene)
    with eyes(scene.as_buyer), pytest.raises(Forbidden, match="not-your-site"):
        confirm_commitment(viewer=scene.as_buyer, commitment=commitment, at=NOW)
    with eyes(scene.as_supplier):
        with pytest.raises(Forbidden, match="not-your-commitment"):
            withdraw_commitment(viewer=scene.as_supplier, commitment=commitment, reason="x", at=NOW)
        with pytest.raises(Forbidden, match="own-actions-in-plan"):
            commit_support(viewer=scene.as_supplier, finding=car(scene), support=MONEY, at=NOW)


def test_amount_without_a_currency_is_refused(scene: World) -> None:
    support = Support(kind="money", text="Half", amount=Decimal(1))
    with eyes(scene.as_buyer), pytest.raises(Refusal, match="currency-missing"):
        commit_support(viewer=scene.as_buyer, finding=car(scene), support=support, at=NOW)


# ---------------------------------------------------------------- standing positions
def stance(**changes: Any) -> Stance:
    said = {
        "text": "Pay fees back.",
        "contact": "Ada",
        "valid_from": NOW.date(),
        "support": "We share",
        **changes,
    }
    return Stance(**said)


def stated(scene: World, **changes: Any) -> Position:
    with eyes(scene.as_buyer):
        return state_position(
            viewer=scene.as_buyer,
            requirement=car(scene).requirement,
            in_all_versions=True,
            stance=stance(**changes),
            at=NOW,
        )


def on_car(scene: World, viewer: Viewer) -> list[Position]:
    customers = [scene.buyer.organisation_id, scene.other_buyer.organisation_id]
    with eyes(viewer):
        return positions_on(viewer, car(scene), on=NOW.date(), customers=customers)


def test_position_is_read_by_the_buyers_suppliers_alone(scene: World) -> None:
    stated(scene)
    assert seen(scene, Position) == only(1, 1)
    assert seen(scene, PositionVersion) == only(1, 1)
    assert len(on_car(scene, scene.as_supplier)) == 1
    assert on_car(scene, scene.as_other_buyer) == []


def test_position_counts_from_and_until_its_days(scene: World) -> None:
    stated(scene, valid_from=NOW.date() + dt.timedelta(days=1))
    assert on_car(scene, scene.as_supplier) == []
    with eyes(scene.as_buyer):
        position = Position.objects.select_related("requirement").get()
        change_position(
            viewer=scene.as_buyer, position=position, stance=stance(valid_until=NOW.date()), at=NOW
        )
    assert len(on_car(scene, scene.as_supplier)) == 1
    with eyes(scene.as_buyer):
        withdraw_position(viewer=scene.as_buyer, position=position, at=NOW)
        assert position.versions.count() == 2
    assert on_car(scene, scene.as_supplier) == []


def test_position_answers_plans_only_when_its_buyer_says_so(scene: World) -> None:
    with eyes(scene.as_supplier):
        content = PlanContent(root_causes=("Fees",), asks=frozenset({"confirm"}))
        share_plan(
            viewer=scene.as_supplier, finding=scene.car, content=content, completed_by="HR", rhythm=3, at=NOW
        )
    stated(scene)
    with eyes(scene.as_buyer):
        assert answers_waiting(scene.as_buyer).count() == 1
        position = Position.objects.select_related("requirement").get()
        change_position(viewer=scene.as_buyer, position=position, stance=stance(answers_plans=True), at=NOW)
        assert answers_waiting(scene.as_buyer).count() == 0
    with eyes(scene.as_other_buyer):
        assert answers_waiting(scene.as_other_buyer).count() == 1
    with eyes(scene.as_supplier):
        finding = car(scene)
        sides = sides_of(
            scene.as_supplier,
            finding,
            story_of(scene.as_supplier, finding),
            customers=customers_at(scene.as_supplier, finding, scene.supplier.organisation),
            on=NOW.date(),
        )
        waiting = {side.organisation.name: side.waiting_since is not None for side in sides}
    assert waiting == {"Eastgate Stores": True, "Northfield Retail": False}


def test_second_position_on_a_requirement_is_refused(scene: World) -> None:
    stated(scene)
    with pytest.raises(Refusal, match="already-stated"):
        stated(scene)


def test_suppliers_concerned_are_told_of_a_position(scene: World, as_job: Role) -> None:
    stated(scene)
    assert told(as_job) == [("position_stated", scene.supplier.person.email)]


def test_customer_sees_its_own_part_alone(scene: World) -> None:
    committed(scene)
    stated(scene)
    for who, names in (
        ("as_buyer", ["Northfield Retail"]),
        ("as_other_buyer", ["Eastgate Stores"]),
        ("as_firm", []),
    ):
        viewer = getattr(scene, who)
        with eyes(viewer):
            own = getattr(scene, who.removeprefix("as_")).organisation
            finding = car(scene)
            at_it = customers_at(viewer, finding, own)
            sides = sides_of(viewer, finding, None, customers=at_it, on=NOW.date())
            assert [side.organisation.name for side in sides] == names
    assert sides == []


# ---------------------------------------------------------------- introductions
@pytest.fixture
def third(scene: World) -> Membership:
    """A third customer."""
    customer = organisation("Westmere Foods", Capability.BUYER)
    link(customer, scene.site.organisation)
    return membership(customer)


def round_of(scene: World, *names: str) -> Introduction:
    make.plan(scene.car)
    with eyes(scene.as_supplier):
        chosen = list(Organisation.objects.filter(name__in=names))
        return propose_introduction(viewer=scene.as_supplier, finding=car(scene), customers=chosen, at=NOW)


def ask_of(viewer: Viewer) -> IntroductionAsk:
    return IntroductionAsk.objects.visible_to(viewer).select_related("finding__audit").get()


def say_yes(viewer: Viewer, name: str = "Ada") -> None:
    with eyes(viewer):
        agree_to_introduction(
            viewer=viewer, ask=ask_of(viewer), contact_name=name, has_read_notice=True, at=NOW
        )


def names_known(viewer: Viewer, scene: World) -> list[str]:
    with eyes(viewer):
        return [one.other_name for one in introduced_to(viewer, car(scene))]


def test_each_is_asked_alone(scene: World) -> None:
    round_of(scene, "Northfield Retail", "Eastgate Stores")
    assert seen(scene, IntroductionAsk) == only(2, 1, 1)
    assert seen(scene, Introduction) == only(1, 0, 0)
    say_yes(scene.as_buyer)
    assert seen(scene, IntroductionAnswer) == only(1, 1)
    assert seen(scene, Introduced) == only(0, 0)


def test_two_are_introduced_once_both_agreed(scene: World, as_job: Role) -> None:
    round_of(scene, "Northfield Retail", "Eastgate Stores")
    say_yes(scene.as_buyer, "Ada")
    told(as_job)
    assert names_known(scene.as_buyer, scene) == names_known(scene.as_other_buyer, scene) == []
    say_yes(scene.as_other_buyer, "Bo")
    letters = told(as_job, timezone.now() + dt.timedelta(minutes=5))
    assert names_known(scene.as_buyer, scene) == ["Eastgate Stores"]
    assert names_known(scene.as_other_buyer, scene) == ["Northfield Retail"]
    assert sorted(person for verb, person in letters if verb == "introduced") == [
        scene.buyer.person.email,
        scene.other_buyer.person.email,
    ]
    with eyes(scene.as_buyer):
        assert Introduced.objects.get().contact_name == "Bo"
        assert not Organisation.objects.filter(name="Eastgate Stores").exists()
    assert seen(scene, Introduced) == only(2, 1, 1)


def test_no_is_told_to_the_supplier_alone(scene: World, as_job: Role) -> None:
    introduction = round_of(scene, "Northfield Retail", "Eastgate Stores")
    say_yes(scene.as_buyer)
    before = len(told(as_job))
    with eyes(scene.as_other_buyer):
        decline_introduction(
            viewer=scene.as_other_buyer, ask=ask_of(scene.as_other_buyer), reason="No", at=NOW
        )
    assert told(as_job)[before:] == [("introduction_declined", scene.supplier.person.email)]
    with eyes(scene.as_buyer):
        assert ask_of(scene.as_buyer).closed_at is None
    with eyes(scene.as_supplier):
        with pytest.raises(Refusal, match="too-few-agreed"):
            complete_introduction(viewer=scene.as_supplier, introduction=introduction, at=NOW)
        end_introduction(viewer=scene.as_supplier, introduction=introduction, at=NOW)
    letters = [line for line in told(as_job) if line[0] == "introduction_over"]
    assert letters == [("introduction_over", scene.buyer.person.email)]
    assert names_known(scene.as_buyer, scene) == names_known(scene.as_other_buyer, scene) == []


def test_of_three_those_who_agreed_are_introduced_when_the_supplier_closes(
    scene: World, third: Membership, as_job: Role
) -> None:
    introduction = round_of(scene, "Northfield Retail", "Eastgate Stores", "Westmere Foods")
    say_yes(scene.as_buyer)
    say_yes(scene.as_other_buyer)
    told(as_job)
    assert names_known(scene.as_buyer, scene) == []
    with eyes(scene.as_supplier):
        complete_introduction(viewer=scene.as_supplier, introduction=introduction, at=NOW)
    assert names_known(scene.as_buyer, scene) == ["Eastgate Stores"]
    assert names_known(viewer_from(third), scene) == []


def test_yes_is_taken_back_before_it_is_made(scene: World, as_job: Role) -> None:
    round_of(scene, "Northfield Retail", "Eastgate Stores")
    say_yes(scene.as_buyer)
    with eyes(scene.as_buyer):
        take_back_agreement(viewer=scene.as_buyer, ask=ask_of(scene.as_buyer), at=NOW)
    say_yes(scene.as_other_buyer)
    told(as_job)
    assert names_known(scene.as_other_buyer, scene) == []
    say_yes(scene.as_buyer)
    told(as_job)
    assert names_known(scene.as_other_buyer, scene) == ["Northfield Retail"]
    with eyes(scene.as_buyer), pytest.raises(Forbidden, match="introduction-over"):
        take_back_agreement(viewer=scene.as_buyer, ask=ask_of(scene.as_buyer), at=NOW)


def test_yes_needs_the_notice_on_competition_law(scene: World) -> None:
    round_of(scene, "Northfield Retail", "Eastgate Stores")
    with eyes(scene.as_buyer), pytest.raises(Refusal, match="notice-not-read"):
        agree_to_introduction(
            viewer=scene.as_buyer,
            ask=ask_of(scene.as_buyer),
            contact_name="Ada",
            has_read_notice=False,
            at=NOW,
        )


def test_introduction_needs_two_and_one_round_at_a_time(scene: World) -> None:
    with pytest.raises(Refusal, match="too-few-customers"):
        round_of(scene, "Northfield Retail")
    with eyes(scene.as_supplier):
        both = list(Organisation.objects.filter(name__in=["Northfield Retail", "Eastgate Stores"]))
        propose_introduction(viewer=scene.as_supplier, finding=car(scene), customers=both, at=NOW)
        with pytest.raises(Refusal, match="already-asking"):
            propose_introduction(viewer=scene.as_supplier, finding=car(scene), customers=both, at=NOW)
