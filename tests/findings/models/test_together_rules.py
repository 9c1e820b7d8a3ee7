"""The rules of calls, commitments, positions and introductions, asked of their guards alone."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from findings.models import (
    Call,
    CallStep,
    Commitment,
    CommitmentStep,
    CommitmentVersion,
    Introduction,
    IntroductionAsk,
    Position,
    PositionVersion,
)
from organisations.models import Membership
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories.world import World
from tests.findings.models.guarding import copied, row, said
from tests.findings.models.test_together_guards import SOON, scene

__all__ = ["scene"]
pytestmark = pytest.mark.django_db
Row = dict[str, Any]
NEXT = SOON + dt.timedelta(days=1)


def the(model: Any, **which: Any) -> Any:
    """Return the first row of a model, whoever may see it."""
    with owner_role():
        return model.objects.filter(**which).earliest("id")


def side(scene: World, name: str) -> Membership | None:
    """Return whom a word of the tables below means; nobody for a loader."""
    found: Membership | None = getattr(scene, name, None)
    return found


# ---------------------------------------------------------------- calls
CALL = """UPDATE findings_call SET state = %s, waits_for_id = %s, starts_at = %s, sequence = sequence + 1
           WHERE id = %s"""
WAITS, ASKED = "whoever proposes waits for the other side", "only the side that was asked answers"
THEIRS = "only a time that the other side proposed"
# From which state (the buyer asked the supplier), who, to which state, whom it then waits for, and what is said.
CALL_MOVES = [
    ("proposed", "supplier", "agreed", None, ""),
    ("proposed", "buyer", "agreed", None, ASKED),
    ("proposed", "other_buyer", "agreed", None, ASKED),
    ("proposed", "supplier", "declined", None, ""),
    ("proposed", "buyer", "declined", None, ASKED),
    ("proposed", "supplier", "proposed", "buyer", ""),
    ("proposed", "supplier", "proposed", "other_buyer", WAITS),
    ("agreed", "supplier", "proposed", "supplier", WAITS),
    ("agreed", "buyer", "proposed", "supplier", ""),
    ("agreed", "supplier", "agreed", None, ASKED),
    ("agreed", "supplier", "declined", None, ASKED),
    ("proposed", "buyer", "cancelled", None, ""),
    ("proposed", "supplier", "cancelled", None, "a call cannot go from proposed to cancelled"),
    ("agreed", "buyer", "cancelled", None, ""),
    ("agreed", "supplier", "cancelled", None, ""),
    ("declined", "buyer", "proposed", "supplier", WAITS),
    ("declined", "buyer", "cancelled", None, "a call cannot go from declined to cancelled"),
    ("cancelled", "buyer", "proposed", "supplier", WAITS),
    ("cancelled", "supplier", "agreed", None, ASKED),
    ("cancelled", None, "proposed", "supplier", ""),
    ("declined", None, "agreed", None, ""),
]


@pytest.mark.parametrize(("start", "who", "end", "waits", "words"), CALL_MOVES)
def test_call_moves(
    scene: World, start: str, who: str | None, end: str, waits: str | None, words: str
) -> None:
    call = the(Call)
    if start != "proposed":
        assert said(CALL, start, None, NEXT if start == "agreed" else None, call.pk, keep=True) == ""
    by, waits_for = side(scene, who) if who else None, side(scene, waits) if waits else None
    key = waits_for.organisation_id if waits_for else None
    assert said(CALL, end, key, SOON if end == "agreed" else None, call.pk, by=by) == words


def test_call_is_agreed_at_a_time_of_the_last_proposal(scene: World) -> None:
    call, step = the(Call), the(CallStep)
    agree = ("agreed", None)
    assert said(CALL, *agree, NEXT, call.pk, by=scene.supplier) == THEIRS
    # What was proposed in another call, or said since, is no proposal in this one.
    other: Row = {
        "customer_id": scene.other_buyer.organisation_id,
        "opened_by_id": scene.other_buyer.organisation_id,
    }
    assert copied("findings_call", call.pk, keep=True, **other) == ""
    with owner_role():
        second = Call.objects.exclude(pk=call.pk).get()
    theirs: Row = {
        "call_id": second.pk,
        "organisation_id": scene.other_buyer.organisation_id,
        "times": [NEXT],
    }
    assert copied("findings_callstep", step.pk, keep=True, **theirs) == ""
    assert copied("findings_callstep", step.pk, keep=True, kind="note", text="Soon", times=[NEXT]) == ""
    assert said(CALL, *agree, SOON, call.pk, by=scene.supplier) == ""
    assert said(CALL, *agree, NEXT, call.pk, by=scene.supplier) == THEIRS
    own: Row = {"organisation_id": scene.supplier.organisation_id, "kind": "proposed"}
    assert copied("findings_callstep", step.pk, keep=True, **own) == ""
    assert said(CALL, *agree, SOON, call.pk, by=scene.supplier) == THEIRS


def test_call_is_counted_kept_and_never_deleted(scene: World) -> None:
    call = the(Call)
    kept = "a call keeps its two sides and its CAR"
    for sql, words in (
        ("DELETE FROM findings_call WHERE id = %s", "a call is never deleted"),
        ("UPDATE findings_call SET code = 'OTHER' WHERE id = %s", kept),
        ("UPDATE findings_call SET customer_id = supplier_id WHERE id = %s", kept),
        ("UPDATE findings_call SET customer_zone = 'Asia/Dhaka' WHERE id = %s", ""),
        ("UPDATE findings_call SET minutes = minutes + 5 WHERE id = %s", "each change of a call is counted"),
    ):
        for by in (scene.supplier, scene.buyer, None):
            assert said(sql, call.pk, by=by) == words


GOES_ON = "this belongs to a CAR of a published audit that goes on"
BEGINS = "a call begins as the proposal of one of its two sides"


def test_what_is_done_together_is_about_a_car_that_goes_on(scene: World) -> None:
    nc = make.finding(make.audit(scene.site, scene.firm.organisation))
    early = make.car(nc.audit)
    first = {"findings_call": the(Call), "findings_commitment": the(Commitment)}
    first |= {"findings_introduction": the(Introduction)}
    for table, like in first.items():
        for wrong in (nc, early):
            assert copied(table, like.pk, finding_id=wrong.pk, state="asking") == GOES_ON
    make.publish(nc.audit)
    states = {
        "findings_call": "proposed",
        "findings_commitment": "offered",
        "findings_introduction": "asking",
    }
    for table, like in first.items():
        assert copied(table, like.pk, finding_id=nc.pk, state=states[table]) == GOES_ON
        assert copied(table, like.pk, finding_id=early.pk, state=states[table]) == ""
    later = make.audit(scene.site, scene.firm.organisation, ends_on=dt.date(2027, 3, 4))
    make.reassessment(scene.car, later)
    make.publish(later)
    close = (
        "UPDATE findings_finding SET state = 'closed', closed_at = now(), superseded_by_id = %s WHERE id = %s"
    )
    assert said(close, later.pk, scene.car.pk, keep=True) == ""
    for table, like in first.items():
        assert copied(table, like.pk, state=states[table]) == GOES_ON


def test_call_and_commitment_begin_with_a_customer_that_sees_the_audit(scene: World) -> None:
    call, promise, round_ = the(Call), the(Commitment), the(Introduction)
    stranger = scene.stranger.organisation_id
    only = "only a customer that sees the audit"
    for who in (stranger, scene.firm.organisation_id, scene.supplier.organisation_id):
        assert copied("findings_call", call.pk, customer_id=who) == only
        assert copied("findings_commitment", promise.pk, customer_id=who) == only
    agreed: Row = {"state": "agreed", "waits_for_id": None, "starts_at": SOON}
    assert copied("findings_call", call.pk, **agreed) == BEGINS
    assert copied("findings_call", call.pk, opened_by_id=stranger) == BEGINS
    assert copied("findings_commitment", promise.pk, state="confirmed") == "a commitment begins as an offer"
    assert copied("findings_commitment", promise.pk, progress="on_track") == "a commitment begins as an offer"
    for state in ("made", "ended"):
        words = "an introduction begins by asking"
        assert copied("findings_introduction", round_.pk, state=state, closed_at=timezone.now()) == words
    own: Row = {
        "opened_by_id": scene.supplier.organisation_id,
        "waits_for_id": None,
        "supplier_id": 0,
        "audit_id": 0,
    }
    assert copied("findings_call", call.pk, keep=True, code="SECOND", **own) == ""
    known = "supplier_id, audit_id, waits_for_id, supplier_zone"
    found = row(f"SELECT {known} FROM findings_call WHERE code = 'SECOND'")  # noqa: S608 - own words
    buyer, zone = scene.buyer.organisation_id, scene.site.timezone
    assert found == (scene.supplier.organisation_id, scene.car.audit_id, buyer, zone)


def test_only_two_sides_speak_of_a_call(scene: World) -> None:
    step = the(CallStep)
    words = "only the two sides of a call speak about it"
    for who in (scene.other_buyer, scene.stranger, scene.firm):
        assert copied("findings_callstep", step.pk, organisation_id=who.organisation_id) == words
    for who in (scene.buyer, scene.supplier):
        assert copied("findings_callstep", step.pk, organisation_id=who.organisation_id) == ""


# ---------------------------------------------------------------- commitments
PROMISE = "UPDATE findings_commitment SET state = %s, progress = %s WHERE id = %s"
# From which state, who, to which state with which progress, and whether they may.
PROMISE_MOVES = [
    ("offered", "supplier", "confirmed", "not_started", True),
    ("offered", "buyer", "confirmed", "not_started", False),
    ("offered", "other_buyer", "confirmed", "not_started", False),
    ("confirmed", "supplier", "offered", "not_started", False),
    ("confirmed", "buyer", "offered", "not_started", True),
    ("offered", "buyer", "withdrawn", "not_started", True),
    ("offered", "supplier", "withdrawn", "not_started", False),
    ("confirmed", "buyer", "withdrawn", "not_started", True),
    ("offered", "buyer", "offered", "on_track", True),
    ("offered", "supplier", "offered", "on_track", False),
    ("confirmed", "supplier", "confirmed", "on_track", False),
    ("offered", "supplier", "confirmed", "on_track", False),
    ("confirmed", None, "offered", "on_track", True),
]


@pytest.mark.parametrize(("start", "who", "end", "progress", "may"), PROMISE_MOVES)
def test_commitment_moves(
    scene: World, start: str, who: str | None, end: str, progress: str, may: bool
) -> None:
    promise = the(Commitment)
    if start != "offered":
        assert said(PROMISE, start, "not_started", promise.pk, keep=True) == ""
    refused = "" if may else f"this side cannot take a commitment from {start} to {end}"
    assert said(PROMISE, end, progress, promise.pk, by=side(scene, who) if who else None) == refused


def test_commitment_that_was_taken_back_stays_as_it_was(scene: World) -> None:
    promise, version = the(Commitment), the(CommitmentVersion)
    second: Row = {"customer_id": scene.other_buyer.organisation_id}
    assert copied("findings_commitment", promise.pk, keep=True, **second) == ""  # another one goes on
    assert copied("findings_commitmentversion", version.pk, number=2) == ""
    assert said(PROMISE, "withdrawn", "not_started", promise.pk, keep=True) == ""
    over = "a commitment that was taken back stays as it was"
    for by in (scene.buyer, scene.supplier, None):
        assert said(PROMISE, "offered", "not_started", promise.pk, by=by) == over
    assert copied("findings_commitmentversion", version.pk, number=2) == over


def test_commitment_keeps_its_sides_and_is_never_deleted(scene: World) -> None:
    promise = the(Commitment)
    for by in (scene.buyer, scene.supplier, None):
        away = said("DELETE FROM findings_commitment WHERE id = %s", promise.pk, by=by)
        assert away == "a commitment is never deleted"
        change = "UPDATE findings_commitment SET customer_id = supplier_id WHERE id = %s"
        assert said(change, promise.pk, by=by) == "a commitment keeps its two sides and its CAR"


STEP = """INSERT INTO findings_commitmentstep
            (commitment_id, organisation_id, kind, text, progress, language, at, version_number,
             supplier_id, customer_id, audit_id)
          VALUES (%s, %s, %s, 'Words', %s, '', now(), 1, 0, 0, 0)"""


@pytest.mark.parametrize(
    ("kind", "of"),
    [("confirmed", "supplier"), ("asked", "supplier")]
    + [(kind, "buyer") for kind in ("answered", "progress", "withdrawn")],
)
def test_each_side_speaks_of_its_own_part(scene: World, kind: str, of: str) -> None:
    promise, progress = the(Commitment), "on_track" if kind == "progress" else ""
    for who in ("supplier", "buyer"):
        own = side(scene, who)
        assert own is not None
        words = said(STEP, promise.pk, own.organisation_id, kind, progress)
        expected = "the customer speaks of what it does, the supplier of what it received"
        assert words == ("" if who == of else expected)
    with owner_role():
        assert not CommitmentStep.objects.exists()


# ---------------------------------------------------------------- positions
def test_position_is_withdrawn_once_and_nothing_else(scene: World) -> None:
    stated, version = the(Position), the(PositionVersion)
    only = "a position is only withdrawn, and that once"
    withdraw = "UPDATE findings_position SET state = 'withdrawn', withdrawn_at = now() WHERE id = %s"
    assert said("UPDATE findings_position SET code = 'OTHER' WHERE id = %s", stated.pk) == only
    assert said("DELETE FROM findings_position WHERE id = %s", stated.pk) == only
    assert copied("findings_positionversion", version.pk, number=2) == ""
    assert said(withdraw, stated.pk, keep=True) == ""
    assert said(withdraw, stated.pk) == only
    words = "a position that was withdrawn stays as it was"
    assert copied("findings_positionversion", version.pk, number=2) == words


# ---------------------------------------------------------------- introductions
MADE = "UPDATE findings_introduction SET state = 'made', closed_at = now() WHERE id = %s"
ENDED = "UPDATE findings_introduction SET state = 'ended', closed_at = now() WHERE id = %s"
TWO = "nobody is introduced to nobody: two have to agree"
ANSWER = """INSERT INTO findings_introductionanswer
              (ask_id, kind, contact_name, contact_email, has_read_notice, reason, language, at,
               supplier_id, customer_id, audit_id)
            VALUES (%s, %s, 'Ada', 'ada@example.org', true, '', '', now(), 0, 0, 0)"""


def asks(scene: World) -> list[int]:
    with owner_role():
        return list(IntroductionAsk.objects.order_by("id").values_list("id", flat=True))


def test_two_who_agree_are_introduced(scene: World) -> None:
    round_, (first, second) = the(Introduction), asks(scene)
    assert said(MADE, round_.pk) == TWO
    assert said(ANSWER, first, "agreed", keep=True) == ""
    assert said(MADE, round_.pk) == TWO
    assert said(ANSWER, second, "declined", keep=True) == ""
    assert said(MADE, round_.pk) == TWO
    assert said(ANSWER, second, "agreed", keep=True) == ""
    assert said(MADE, round_.pk) == ""
    assert said(ANSWER, first, "taken_back", keep=True) == ""
    assert said(MADE, round_.pk) == TWO
    assert said(ENDED, round_.pk) == ""
    assert said(ANSWER, first, "agreed", keep=True) == ""
    assert said(MADE, round_.pk, keep=True) == ""
    told = "SELECT count(*), count(DISTINCT customer_id), bool_or(other_name = %s) FROM findings_introduced"
    assert row(told, "Northfield Retail") == (2, 2, True)
    only = "an introduction is only completed or ended, and that once"
    for sql in (MADE, ENDED, "DELETE FROM findings_introduction WHERE id = %s"):
        assert said(sql, round_.pk) == only
    assert said(ANSWER, first, "taken_back") == "this introduction is over"


def test_whoever_lost_sight_of_the_audit_is_introduced_to_nobody(scene: World) -> None:
    round_, (first, second) = the(Introduction), asks(scene)
    for one in (first, second):
        assert said(ANSWER, one, "agreed", keep=True) == ""
    end = "UPDATE sourcing_tradelink SET state = 'ended', ended_at = now() WHERE buyer_id = %s"
    assert said(end, scene.other_buyer.organisation_id, keep=True) == ""
    assert said(MADE, round_.pk) == TWO


def test_introduction_keeps_its_car_while_it_asks(scene: World) -> None:
    round_ = the(Introduction)
    only = "an introduction is only completed or ended, and that once"
    assert said("UPDATE findings_introduction SET code = 'OTHER' WHERE id = %s", round_.pk) == only
    assert said("DELETE FROM findings_introduction WHERE id = %s", round_.pk) == only


def test_only_a_yes_is_taken_back_in_the_same_question(scene: World) -> None:
    first, second = asks(scene)
    words = "only a yes is taken back"
    assert said(ANSWER, first, "taken_back") == words
    assert said(ANSWER, first, "declined", keep=True) == ""
    assert said(ANSWER, first, "taken_back") == words
    assert said(ANSWER, second, "agreed", keep=True) == ""
    assert said(ANSWER, first, "taken_back") == words
    assert said(ANSWER, second, "taken_back") == ""


def test_only_customers_that_see_the_audit_are_asked(scene: World) -> None:
    first, _second = asks(scene)
    words = "only a customer that sees the audit is asked, while the round is open"
    for who in (scene.stranger, scene.firm, scene.supplier):
        assert copied("findings_introductionask", first, customer_id=who.organisation_id) == words
    close = "UPDATE findings_introduction SET state = 'ended', closed_at = now()"
    assert said(close, keep=True) == ""
    assert copied("findings_introductionask", first, customer_id=scene.buyer.organisation_id) == words
    assert said(ANSWER, first, "agreed") == "this introduction is over"
