"""Every CHECK constraint as a table of truth: rows that it lets in, and rows that it refuses, whoever writes them.

Each constraint is read from the database and asked alone about the columns it speaks of, so that no trigger and no
other constraint answers in its place.
"""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

Row = dict[str, Any]
pytestmark = pytest.mark.django_db
KINDS = ("nc", "car", "observation", "good_example")
STATES = {
    "nc": {"open", "action_submitted", "verified_closed", "superseded", "withdrawn"},
    "car": {"open", "in_progress", "closed"},
    "observation": {"recorded"},
    "good_example": {"recorded"},
}
DAY, LATER, TIME = "2026-05-01", "2026-05-02", "2026-05-01T09:00:00Z"


def product(**values: list[Any]) -> Iterator[Row]:
    """Yield a row for every combination of the values."""
    for some in itertools.product(*values.values()):
        yield dict(zip(values, some, strict=True))


def one_of(column: str, *states: str, **values: Any) -> Iterator[Row]:
    """Yield a row for each state of a column."""
    for state in states:
        yield {column: state, **values}


def split(rows: Iterator[Row], rule: Any) -> tuple[list[Row], list[Row]]:
    """Return the rows for which `rule` holds, and the others."""
    every = list(rows)
    return [row for row in every if rule(row)], [row for row in every if not rule(row)]


def says(column: str) -> tuple[list[Row], list[Row]]:
    """Return the truth about a text that must not be empty."""
    return [{column: "Words"}], [{column: ""}]


def both_or_neither(column: str, value: Any, states: Any, ends: Any) -> tuple[list[Row], list[Row]]:
    """Return the truth about a column that is filled in some states and in no other."""
    rows = product(state=[*states], **{column: [value, None]})
    return split(rows, lambda row: (row[column] is not None) == (row["state"] in ends))


AUDIT_STATES = ("scheduled", "in_progress", "submitted", "published", "superseded")
CURRENCY = ([{"currency": "EUR"}], [{"currency": "eur"}, {"currency": ""}])
TRUTH: dict[str, tuple[list[Row], list[Row]]] = {
    # CARs: no date, no severity, no verification; closed by a later audit alone.
    "car_has_no_date_severity_or_verification": split(
        product(
            kind=[*KINDS],
            due_on=[DAY, None],
            severity=["major", None],
            verification=["desktop", "follow_up", None],
        ),
        lambda row: row["kind"] != "car" or {row["due_on"], row["severity"], row["verification"]} == {None},
    ),
    "car_has_no_extended_date": split(
        product(kind=[*KINDS], due_by=[DAY, None]), lambda row: row["kind"] != "car" or row["due_by"] is None
    ),
    "car_closed_only_by_a_later_audit": split(
        product(
            kind=[*KINDS],
            state=["open", "in_progress", "closed"],
            closed_at=[TIME, None],
            superseded_by_id=[1, None],
        ),
        lambda row: (
            row["kind"] != "car"
            or {row["state"] == "closed", row["closed_at"] is not None, row["superseded_by_id"] is not None}
            in ({True}, {False})
        ),
    ),
    "finding_state_fits_its_kind": split(
        product(kind=[*KINDS], state=sorted(set().union(*STATES.values()))),
        lambda row: row["state"] in STATES[row["kind"]],
    ),
    "nc_has_severity_and_date": split(
        product(kind=[*KINDS], due_on=[DAY, None], severity=["major", None]),
        lambda row: row["kind"] != "nc" or None not in row.values(),
    ),
    "only_a_car_continues_or_has_a_plan": split(
        product(kind=[*KINDS], has_plan=[True, False], predecessor_id=[1, None]),
        lambda row: row["kind"] == "car" or (not row["has_plan"] and row["predecessor_id"] is None),
    ),
    "audit_ends_after_it_starts": (
        [{"starts_on": DAY, "ends_on": DAY}, {"starts_on": DAY, "ends_on": LATER}],
        [{"starts_on": LATER, "ends_on": DAY}],
    ),
    "audit_follow_up_has_a_parent": split(
        product(kind=["initial", "periodic", "follow_up_full", "follow_up_partial"], parent_id=[1, None]),
        lambda row: row["kind"].startswith("follow_up") == (row["parent_id"] is not None),
    ),
    "audit_published_has_its_time": both_or_neither(
        "published_at", TIME, AUDIT_STATES, {"published", "superseded"}
    ),
    # Plans and answers.
    "named_dates_are_named": (
        [{"rhythm": 0, "named_dates": [DAY]}, {"rhythm": 3, "named_dates": []}],
        [{"rhythm": 0, "named_dates": []}],
    ),
    "a_call_proposes_times": (
        [{"kind": "call", "proposed_times": [TIME]}, {"kind": "confirm", "proposed_times": []}],
        [{"kind": "call", "proposed_times": []}],
    ),
    "a_no_to_a_rhythm_says_why": (
        [{"is_accepted": True, "reason": ""}, {"is_accepted": False, "reason": "Too often"}],
        [{"is_accepted": False, "reason": ""}],
    ),
    # Shares.
    "share_ends_within_a_year": (
        [
            {"granted_at": TIME, "ends_at": "2027-05-02T09:00:00Z"},
            {"granted_at": TIME, "ends_at": "2026-05-01T10:00Z"},
        ],
        [{"granted_at": TIME, "ends_at": "2027-05-02T09:00:01Z"}, {"granted_at": TIME, "ends_at": TIME}],
    ),
    "share_has_a_reason": says("reason"),
    "share_has_one_recipient": split(
        product(email=["a@example.org", ""], organisation_id=[1, None]),
        lambda row: (row["email"] == "") == (row["organisation_id"] is not None),
    ),
    # Evidence.
    "evidence_declined_with_a_reason": (
        [{"state": "declined", "answer": "Lost"}, {"state": "answered", "answer": ""}],
        [{"state": "declined", "answer": ""}],
    ),
    "evidence_request_answered_has_its_time": both_or_neither(
        "answered_at",
        TIME,
        ("open", "answered", "declined", "withdrawn"),
        {"answered", "declined", "withdrawn"},
    ),
    "evidence_for_two_names_the_other": split(
        product(audience=["audit", "pair", "owner"], counterpart_id=[1, None]),
        lambda row: (row["audience"] == "pair") == (row["counterpart_id"] is not None),
    ),
    # Audits from files, comments and revisions.
    "audit_import_applied_has_its_audit": split(
        product(state=["previewed", "applied", "discarded"], applied_at=[TIME, None], audit_id=[1, None]),
        lambda row: (
            row["applied_at"] is not None and row["audit_id"] is not None
            if row["state"] == "applied"
            else row["applied_at"] is None
        ),
    ),
    "audit_import_goes_somewhere": (
        [{"makes_audit": True, "audit_id": None}, {"makes_audit": False, "audit_id": 1}],
        [{"makes_audit": False, "audit_id": None}],
    ),
    "review_days_within_bounds": (
        [{"days": 5, "least": 5, "most": 5}, {"days": 5, "least": 1, "most": 30}],
        [
            {"days": 4, "least": 5, "most": 9},
            {"days": 10, "least": 5, "most": 9},
            {"days": 0, "least": 0, "most": 9},
        ],
    ),
    "answer_has_a_reason": split(
        product(
            state=["said", "open", "accepted", "kept", "taken_back"],
            answered_at=[TIME, None],
            answer=["Yes", ""],
        ),
        lambda row: (
            {row["state"] in {"accepted", "kept"}, row["answered_at"] is not None, row["answer"] != ""}
            in ({True}, {False})
        ),
    ),
    "only_a_dispute_has_a_life": split(
        product(kind=["comment", "dispute", "fine"], state=["said", "open", "kept"]),
        lambda row: (row["kind"] == "dispute") == (row["state"] != "said"),
    ),
    "reply_says_something": split(
        product(kind=["comment", "dispute", "fine", "finished"], text=["Words", ""]),
        lambda row: row["kind"] in {"fine", "finished"} or row["text"] != "",
    ),
    "revision_has_a_reason": says("reason"),
    "more_needed_says_what": split(
        product(result=["closed", "more_needed"], note=["Words", ""]),
        lambda row: row["result"] != "more_needed" or row["note"] != "",
    ),
    # Non-compliances.
    "corrective_action_of_a_site_is_whole": split(
        product(
            recorded_by_firm=[True, False],
            done_on=[DAY, None],
            whys=[["Why"], [], None, ["Why"] * 5, ["Why"] * 6],
            prevention=["Words", ""],
            responsible=["Somebody", ""],
            cause=["training", ""],
        ),
        lambda row: (
            row["recorded_by_firm"]
            or (
                row["done_on"] is not None
                and (row["whys"] is None or 1 <= len(row["whys"]) <= 5)
                and "" not in (row["prevention"], row["responsible"], row["cause"])
            )
        ),
    ),
    "corrective_action_says_what_was_done": says("correction"),
    "verification_on_a_visit_names_it": split(
        product(method=["desktop", "follow_up"], audit_id=[1, None]),
        lambda row: (row["method"] == "follow_up") == (row["audit_id"] is not None),
    ),
    "verification_says_what_more_is_needed": split(
        product(result=["closed", "more_needed"], reason=["Words", ""]),
        lambda row: row["result"] == "closed" or row["reason"] != "",
    ),
    "extension_has_a_reason": says("reason"),
    "extension_is_later": (
        [{"due_by": DAY, "wanted_on": LATER}],
        [{"due_by": DAY, "wanted_on": DAY}, {"due_by": LATER, "wanted_on": DAY}],
    ),
    "extension_granted_until_a_day_or_refused_with_a_reason": split(
        product(is_granted=[True, False], ends_on=[DAY, None], reason=["Words", ""]),
        lambda row: (
            row["ends_on"] is not None
            if row["is_granted"]
            else row["ends_on"] is None and row["reason"] != ""
        ),
    ),
    "translation_names_its_language": says("language"),
    "translation_says_something": ([{"words": {"title": "Une issue"}}], [{"words": {}}]),
    "variance_names_its_clause": split(
        product(requirement_id=[1, None], clause=["4.2", ""]),
        lambda row: row["requirement_id"] is not None or row["clause"] != "",
    ),
    "variance_reply_says_something": split(
        product(kind=["answer", "question", "closing"], message=["Words", ""]),
        lambda row: row["kind"] == "closing" or row["message"] != "",
    ),
    # Together.
    "a_call_lasts_minutes": ([{"minutes": 10}, {"minutes": 480}], [{"minutes": 9}, {"minutes": 481}]),
    "a_proposed_call_waits_for_one_side": both_or_neither(
        "waits_for_id", 1, ("proposed", "agreed", "declined", "cancelled"), {"proposed"}
    ),
    "an_agreed_call_has_a_time": both_or_neither(
        "starts_at", TIME, ("proposed", "agreed", "declined", "cancelled"), {"agreed"}
    ),
    "a_call_step_has_words": split(
        product(kind=["proposed", "agreed", "declined", "cancelled", "joining", "note"], text=["Words", ""]),
        lambda row: row["kind"] in {"proposed", "agreed"} or row["text"] != "",
    ),
    "a_call_step_names_times": split(
        product(kind=["proposed", "agreed", "declined", "cancelled", "joining", "note"], times=[[TIME], []]),
        lambda row: row["kind"] not in {"proposed", "agreed"} or row["times"] != [],
    ),
    "a_commitment_step_has_words": split(
        product(kind=["confirmed", "asked", "answered", "progress", "withdrawn"], text=["Words", ""]),
        lambda row: row["kind"] in {"confirmed", "progress"} or row["text"] != "",
    ),
    "a_commitment_step_names_progress": split(
        product(kind=["confirmed", "asked", "answered", "progress", "withdrawn"], progress=["done", ""]),
        lambda row: (row["kind"] == "progress") == (row["progress"] != ""),
    ),
    "a_commitment_ends_after_it_begins": split(
        product(from_on=[DAY, LATER, None], to_on=[DAY, None]),
        lambda row: None in row.values() or row["to_on"] >= row["from_on"],
    ),
    "a_commitment_says_something": says("text"),
    "a_committed_amount_has_a_currency": (
        [{"amount": None, "currency": ""}, {"amount": 0.5, "currency": "EUR"}],
        [
            {"amount": 5, "currency": ""},
            {"amount": 0, "currency": "EUR"},
            {"amount": 5, "currency": "eur"},
            {"amount": None, "currency": "EUR"},
        ],
    ),
    "a_closed_introduction_says_when": both_or_neither(
        "closed_at", TIME, ("asking", "made", "ended"), {"made", "ended"}
    ),
    "a_yes_names_a_contact_and_read_the_notice": split(
        product(kind=["agreed", "declined"], contact_name=["Ada", ""], has_read_notice=[True, False]),
        lambda row: row["kind"] != "agreed" or (row["contact_name"] != "" and row["has_read_notice"]),
    ),
    "a_withdrawn_position_says_when": both_or_neither(
        "withdrawn_at", TIME, ("stated", "withdrawn"), {"withdrawn"}
    ),
    "a_position_ends_after_it_begins": (
        [{"valid_from": DAY, "valid_until": None}, {"valid_from": DAY, "valid_until": DAY}],
        [{"valid_from": LATER, "valid_until": DAY}],
    ),
    "a_position_says_something": says("text"),
    # Figures.
    "refund_group_has_currency": CURRENCY,
    "refund_group_has_workers": ([{"workers": 1}], [{"workers": 0}]),
    "refund_group_paid_something": ([{"fee": 0.01}], [{"fee": 0}]),
    "refund_payment_is_more_than_nothing": split(
        product(amount=[1, 0, -1], takes_back_id=[1, None], workers=[1, 0], workers_settled=[0, -1]),
        lambda row: (
            row["takes_back_id"] is None and row["workers"] >= 1 and row["workers_settled"] >= 0
            if row["amount"] > 0
            else row["amount"] < 0 and row["takes_back_id"] is not None
        ),
    ),
    "refund_payment_names_a_customer_that_pays": split(
        product(payer=["supplier", "customer"], customer_id=[1, None]),
        lambda row: (row["payer"] == "customer") == (row["customer_id"] is not None),
    ),
    "wage_group_in_order": (
        [{"lowest": 1, "median": 1}],
        [{"lowest": 0, "median": 1}, {"lowest": 2, "median": 1}],
    ),
    "wage_group_of_at_least_five": ([{"workers": 5}], [{"workers": 4}]),
    "wage_review_has_benchmark": ([{"amount": 0.01}], [{"amount": 0}]),
    "wage_review_has_currency": CURRENCY,
    # Cases.
    "incident_closed_has_a_time": both_or_neither(
        "closed_at", TIME, ("reported", "acting", "closed"), {"closed"}
    ),
    "incident_says_what_happened": says("what_happened"),
    "incident_demand_answered_by_words_or_task": split(
        product(answer=["Words", ""], answered_at=[TIME, None], task_id=[1, None]),
        lambda row: (row["answer"] != "" or row["task_id"] is not None) == (row["answered_at"] is not None),
    ),
    "incident_demand_says_what": says("text"),
    "incident_address_waits_for_a_while": split(
        product(expires_at=[TIME, None], joined_at=[TIME, None], person_id=[1, None]),
        lambda row: (
            row["person_id"] is not None
            if row["expires_at"] is None
            else (row["joined_at"], row["person_id"]) == (None, None)
        ),
    ),
    "incident_member_is_a_person_or_an_address": split(
        product(person_id=[1, None], email=["a@example.org", ""]),
        lambda row: row["person_id"] is not None or row["email"] != "",
    ),
    "incident_report_says_both": split(
        product(what_was_done=["Words", ""], what_changes=["Words", ""]), lambda row: "" not in row.values()
    ),
    "incident_step_says_something": says("text"),
    "incident_step_with_one_names_it": split(
        product(audience=["all", "site", "one"], organisation_id=[1, None]),
        lambda row: (row["audience"] == "one") == (row["organisation_id"] is not None),
    ),
    "incident_task_says_what": says("what"),
}
OURS = """SELECT c.conname, c.conrelid::regclass::text, pg_get_expr(c.conbin, c.conrelid)
            FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
           WHERE c.contype = 'c' AND t.relname LIKE 'findings\\_%%' AND c.conname NOT LIKE '%%\\_check'"""


def _constraints() -> dict[str, tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(OURS.replace("%%", "%"))
        return {name: (table, text) for name, table, text in cursor.fetchall()}


def test_every_check_constraint_has_its_table_of_truth() -> None:
    assert sorted(_constraints()) == sorted(TRUTH)


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_check_constraint_lets_in_what_is_true_and_refuses_the_rest(name: str) -> None:
    table, text = _constraints()[name]
    asked = f"SELECT ({text}) IS NOT FALSE FROM jsonb_populate_record(NULL::{table}, %s)"  # noqa: S608 - own names
    let_in, refused = TRUTH[name]
    with connection.cursor() as cursor:
        for row, expected in [*((row, True) for row in let_in), *((row, False) for row in refused)]:
            cursor.execute(asked.replace("%s", "$row$" + json.dumps(row) + "$row$"))
            assert cursor.fetchone() == (expected,), row
