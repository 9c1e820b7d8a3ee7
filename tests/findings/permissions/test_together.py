"""Calls, commitments, standing positions and introductions: who is refused what, and why."""

import datetime as dt

import pytest

from findings.permissions import together
from findings.permissions.together import (
    can_answer_call,
    can_answer_commitment,
    can_answer_introduction,
    can_cancel_call,
    can_change_commitment,
    can_change_position,
    can_close_introduction,
    can_commit,
    can_introduce,
    can_propose_call,
    can_propose_times,
    can_say_how_to_join,
    can_state_positions,
    can_work_together,
    can_write_note,
)
from organisations.visibility import Capability
from tests.findings.permissions.asking import (
    AUDIT,
    OTHERS,
    THEM,
    US,
    Line,
    answer,
    car,
    named,
    reader,
    thing,
    viewer,
)

NOW = dt.datetime(2026, 5, 1, 9, tzinfo=dt.UTC)
THEIR_CAR = {"supplier_id": THEM}


def call(**facts: object) -> object:
    """Return a call that we are asked about, with our customer."""
    given = {
        "supplier_id": US,
        "customer_id": THEM,
        "audit_id": AUDIT,
        "state": "proposed",
        "waits_for_id": US,
    }
    return thing(**({**given, "starts_at": None} | facts))


def commitment(**facts: object) -> object:
    """Return what we committed to a supplier of ours."""
    return thing(**({"supplier_id": THEM, "customer_id": US, "audit_id": AUDIT, "state": "offered"} | facts))


WORK = [
    ((viewer(), car()), ""),
    ((viewer(), car(**THEIR_CAR)), ""),
    ((viewer(), car(state="in_progress")), ""),
    ((viewer(OTHERS), car()), "not-a-customer"),
    ((viewer(), car(**THEIR_CAR, audit_id=0)), "not-a-customer"),
    ((viewer(), car(audit_id=0)), ""),
    ((viewer(), car(is_car=False)), "not-a-car"),
    ((viewer(), car(audit_state="submitted")), "audit-not-published"),
    ((viewer(), car(state="closed")), "car-closed"),
    ((reader(), car()), "read-only-role"),
]
FROM_THEM = {"supplier_id": THEM, "customer_id": US}
SIDES = [
    ({"waits_for_id": OTHERS}, OTHERS, "not-your-side"),
    (FROM_THEM | {"audit_id": 0}, US, "not-your-side"),  # a customer that does not see the audit any more
    ({"supplier_id": THEM, "customer_id": OTHERS}, US, "not-your-side"),
    (FROM_THEM, US, ""),
    ({}, US, ""),
]
LINES: list[Line] = [
    *((can_work_together, arguments, code) for arguments, code in WORK),
    *((can_propose_call, arguments, code) for arguments, code in WORK),
    *((can_answer_call, (viewer(who), call(**facts)), code) for facts, who, code in SIDES),
    *((can_propose_times, (viewer(who), call(**facts)), code) for facts, who, code in SIDES),
    *((can_say_how_to_join, (viewer(who), call(**facts)), code) for facts, who, code in SIDES),
    *(
        (can_cancel_call, (viewer(who), call(**{**facts, "waits_for_id": -1})), code)
        for facts, who, code in SIDES
    ),
    *(
        (check, (reader(), call(waits_for_id=waits)), "read-only-role")
        for check, waits in (
            *((can_answer_call, US), (can_propose_times, US)),
            *((can_cancel_call, THEM), (can_say_how_to_join, US)),
        )
    ),
    *((can_answer_call, (viewer(), call(state=one)), "no-answer-awaited") for one in ("agreed", "declined")),
    (can_answer_call, (viewer(), call(waits_for_id=THEM)), "other-side-answers"),
    (can_propose_times, (viewer(), call(waits_for_id=THEM)), "other-side-answers"),
    (can_propose_times, (viewer(), call(waits_for_id=THEM, state="agreed")), ""),
    (can_propose_times, (viewer(), call(waits_for_id=US, state="agreed")), ""),
    (can_propose_times, (viewer(), call(state="declined")), "call-over"),
    (can_propose_times, (viewer(), call(waits_for_id=THEM, state="cancelled")), "call-over"),
    (can_cancel_call, (viewer(), call()), "answer-instead"),
    (can_cancel_call, (viewer(), call(waits_for_id=THEM)), ""),
    (can_cancel_call, (viewer(), call(state="agreed")), ""),
    (can_cancel_call, (viewer(), call(state="agreed", waits_for_id=None)), ""),
    (can_cancel_call, (viewer(), call(state="declined")), "call-over"),
    (can_cancel_call, (viewer(), call(state="cancelled", waits_for_id=THEM)), "call-over"),
    (can_say_how_to_join, (viewer(), call(state="agreed")), ""),
    (can_say_how_to_join, (viewer(), call(state="cancelled")), "call-over"),
    *((can_commit, arguments, code) for arguments, code in WORK if arguments[1].supplier_id == THEM),
    (can_commit, (viewer(), car()), "own-actions-in-plan"),
    (can_commit, (viewer(), car(**THEIR_CAR, state="closed")), "car-closed"),
    (can_commit, (reader(), car(**THEIR_CAR)), "read-only-role"),
    (can_change_commitment, (viewer(), commitment()), ""),
    (can_change_commitment, (viewer(THEM), commitment()), "not-your-commitment"),
    (can_change_commitment, (viewer(), commitment(state="withdrawn")), "commitment-taken-back"),
    (can_change_commitment, (viewer(), commitment(audit_id=0)), "not-your-side"),
    (can_change_commitment, (reader(), commitment()), "read-only-role"),
    (can_answer_commitment, (viewer(THEM), commitment()), ""),
    (can_answer_commitment, (viewer(), commitment()), "not-your-site"),
    (can_answer_commitment, (viewer(THEM), commitment(state="withdrawn")), "commitment-taken-back"),
    (can_answer_commitment, (reader(), commitment(supplier_id=US)), "read-only-role"),
    (can_state_positions, (viewer(US, Capability.BUYER),), ""),
    (can_state_positions, (viewer(US, Capability.SUPPLIER),), "not-a-buyer"),
    (can_state_positions, (reader(Capability.BUYER),), "read-only-role"),
    (can_change_position, (viewer(), thing(organisation_id=US, state="stated")), ""),
    (can_change_position, (viewer(), thing(organisation_id=THEM, state="stated")), "not-your-position"),
    (can_change_position, (viewer(), thing(organisation_id=US, state="withdrawn")), "position-withdrawn"),
    (can_change_position, (reader(), thing(organisation_id=US, state="stated")), "read-only-role"),
    (can_introduce, (viewer(), car()), ""),
    (can_introduce, (viewer(), car(**THEIR_CAR)), "not-your-site"),
    (can_introduce, (viewer(), car(has_plan=False)), "no-plan-yet"),
    (can_introduce, (viewer(), car(state="closed")), "car-closed"),
    (can_close_introduction, (viewer(), thing(state="asking")), ""),
    *(
        (can_close_introduction, (viewer(), thing(state=one)), "introduction-over")
        for one in ("made", "ended")
    ),
    (can_close_introduction, (reader(), thing(state="asking")), "read-only-role"),
]
BEGUN = {"state": "agreed", "starts_at": NOW}
NOTES = [
    (BEGUN, viewer(), ""),
    (BEGUN | {"starts_at": NOW + dt.timedelta(seconds=1)}, viewer(), "call-not-yet"),
    (BEGUN | {"starts_at": None}, viewer(), "call-not-yet"),
    (BEGUN | {"state": "cancelled"}, viewer(), "call-not-yet"),
    (BEGUN, viewer(OTHERS), "not-your-side"),
    (BEGUN, reader(), "read-only-role"),
]
ASKS = [
    ({}, viewer(), ""),
    ({}, viewer(THEM), "not-asked"),
    ({"audit_id": 0}, viewer(), "not-asked"),
    ({"customer_id": THEM}, viewer(), "not-asked"),
    ({"closed_at": NOW}, viewer(), "introduction-over"),
    ({}, reader(), "read-only-role"),
]


@pytest.fixture(autouse=True)
def _customers(monkeypatch: pytest.MonkeyPatch) -> None:
    """We are a customer of whoever the audit is about."""
    monkeypatch.setattr(
        together, "is_customer", lambda viewer, audit_id: (viewer.organisation_id, audit_id) == (US, AUDIT)
    )


@pytest.mark.parametrize("line", LINES, ids=named)
def test_work_together_is_for_the_right_side_at_the_right_time(line: Line) -> None:
    assert answer(line) == line[2]


@pytest.mark.parametrize(("facts", "who", "code"), NOTES)
def test_notes_are_written_once_a_call_has_begun(facts: dict[str, object], who: object, code: str) -> None:
    assert can_write_note(who, call(**facts), at=NOW).code == code  # type: ignore[arg-type]


@pytest.mark.parametrize(("facts", "who", "code"), ASKS)
def test_introductions_are_answered_by_whoever_is_asked(
    facts: dict[str, object], who: object, code: str
) -> None:
    ask = thing(**({"customer_id": US, "audit_id": AUDIT, "closed_at": None} | facts))
    assert can_answer_introduction(who, ask).code == code  # type: ignore[arg-type]
