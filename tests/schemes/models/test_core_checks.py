"""Every CHECK constraint of memberships and assessments as a table of truth: what it lets in, and what it refuses.

Asked as `tests/findings/models/test_checks.py` does it: each constraint alone, so that no trigger answers in its place.
"""

import json
from typing import Any

import pytest
from django.db import connection

from tests.findings.models.test_checks import both_or_neither, product, says, split

pytestmark = pytest.mark.django_db
DAY, LATER, TIME, AFTER = "2026-05-01", "2026-05-02", "2026-05-01T09:00:00Z", "2026-05-01T10:00:00Z"
STANDINGS = ("applied", "improving", "member", "on_notice", "removed", "withdrawn")
STEPS = ("answering", "submitted", "in_assessment", "clarification", "proposed", "decided", "withdrawn")
Truth = tuple[list[dict[str, Any]], list[dict[str, Any]]]


def known(column: str, *values: str) -> Truth:
    """Return the truth about a column that holds one of a few words."""
    return [{column: one} for one in values], [{column: "other"}, {column: ""}]


def timed(column: str, states: set[str], *, free: set[str] | frozenset[str] = frozenset()) -> Truth:
    """Return the truth about a time that an assessment has in some states; in `free` ones it may have it."""
    return split(
        product(state=[*STEPS], **{column: [TIME, None]}),
        lambda row: row["state"] in free or (row[column] is not None) == (row["state"] in states),
    )


HAS_LEVEL = {"level": "gold", "level_rank": 3, "level_title": "Gold", "edition_id": 1}
NO_LEVEL = {"level": "", "level_rank": None, "level_title": "", "edition_id": None}
TRUTH: dict[str, Truth] = {
    # Memberships.
    "scheme_membership_state_is_known": known("state", *STANDINGS),
    "scheme_membership_is_of_another": ([{"member_id": 1, "body_id": 2}], [{"member_id": 1, "body_id": 1}]),
    "scheme_membership_level_is_whole": (
        [HAS_LEVEL, NO_LEVEL],
        [
            *({**HAS_LEVEL, key: NO_LEVEL[key]} for key in HAS_LEVEL),
            *({**NO_LEVEL, key: value} for key, value in HAS_LEVEL.items()),
        ],
    ),
    "scheme_member_has_a_level_and_dates": split(
        product(
            state=[*STANDINGS],
            level=["gold", ""],
            anchor_on=[DAY, None],
            joined_on=[DAY, None],
            next_due_on=[DAY, None],
        ),
        lambda row: (
            row["state"] not in {"member", "on_notice"}
            or (row["level"] != "" and None not in {row["anchor_on"], row["joined_on"], row["next_due_on"]})
        ),
    ),
    "scheme_applicant_has_no_level": split(
        product(state=[*STANDINGS], level=["gold", ""]),
        lambda row: row["state"] not in {"applied", "improving"} or row["level"] == "",
    ),
    "scheme_membership_improves_by_a_day": both_or_neither("improve_by", DAY, STANDINGS, {"improving"}),
    "scheme_membership_ends_on_a_day": both_or_neither("ended_on", DAY, STANDINGS, {"removed", "withdrawn"}),
    # Assessments.
    "assessment_state_is_known": known("state", *STEPS),
    "assessment_has_its_subject": split(
        product(
            kind=["initial", "interim", "rating", "check"],
            membership_id=[1, None],
            subject_label=["Words", ""],
        ),
        lambda row: (
            row["membership_id"] is not None
            if row["kind"] in {"initial", "interim"}
            else row["membership_id"] is None and row["subject_label"] != ""
        ),
    ),
    "assessment_submitted_has_its_time": timed(
        "submitted_at", set(STEPS) - {"answering", "withdrawn"}, free={"withdrawn"}
    ),
    "assessment_proposed_has_its_time": timed("proposed_at", {"proposed", "decided"}, free={"withdrawn"}),
    "assessment_decided_has_its_time": split(
        product(
            state=[*STEPS], decided_at=[TIME, None], result=[{}, None], is_improvement_shown=[True, None]
        ),
        lambda row: (
            row["decided_at"] is not None
            if row["state"] == "decided"
            else (row["decided_at"], row["result"], row["is_improvement_shown"]) == (None, None, None)
        ),
    ),
    "assessment_withdrawn_has_its_time": timed("withdrawn_at", {"withdrawn"}),
    # People.
    "assignment_role_is_known": known("role", "assessor", "second_rater", "decider"),
    "assignment_ends_after_it_begins": (
        [{"assigned_at": TIME, "ended_at": one} for one in (None, TIME, AFTER)],
        [{"assigned_at": AFTER, "ended_at": TIME}],
    ),
    "declaration_says_which_interest": split(
        product(has_conflict=[True, False], is_supporter=[True, False], words=["Words", ""]),
        lambda row: row["words"] != "" or not (row["has_conflict"] or row["is_supporter"]),
    ),
    # Answers, scores, evidence, questions.
    "answer_version_begins_at_one": ([{"version": 1}], [{"version": 0}]),
    "answer_is_relevant_or_says_why_not": split(
        product(is_relevant=[True, False], reason=["Words", ""], claimed=["gold", ""]),
        lambda row: row["reason"] == "" if row["is_relevant"] else row["claimed"] == "",
    ),
    "score_version_begins_at_one": ([{"version": 1}], [{"version": 0}]),
    "score_is_relevant_or_says_why_not": split(
        product(
            is_relevant=[True, False],
            reason=["Words", ""],
            value=["gold", ""],
            is_working_towards=[True, False],
        ),
        lambda row: (
            row["reason"] == ""
            if row["is_relevant"]
            else (row["value"], row["is_working_towards"]) == ("", False)
        ),
    ),
    "score_works_towards_by_a_month": split(
        product(is_working_towards=[True, False], likely_on=[DAY, None], towards_plan=["Words", ""]),
        lambda row: row["is_working_towards"] or (row["likely_on"], row["towards_plan"]) == (None, ""),
    ),
    "score_likely_in_a_month": ([{"likely_on": DAY}, {"likely_on": None}], [{"likely_on": LATER}]),
    "scheme_evidence_points_at_a_criterion": ([{"criteria": ["c1"]}], [{"criteria": []}]),
    "clarification_asks_something": says("question"),
    "clarification_answered_has_its_time": split(
        product(answer=["Words", ""], answered_at=[TIME, None]),
        lambda row: (row["answer"] != "") == (row["answered_at"] is not None),
    ),
    # Decisions and what follows.
    "decision_outcome_is_known": known(
        "outcome", "award", "improve", "continue", "move_up", "notice", "down", "remove", "uphold_appeal"
    ),
    "decision_has_reasons": says("reasons"),
    "decision_takes_back_by_an_appeal": split(
        product(outcome=["award", "uphold_appeal"], takes_back_id=[1, None]),
        lambda row: (row["outcome"] == "uphold_appeal") == (row["takes_back_id"] is not None),
    ),
    "decision_is_not_backdated": (
        [{"decided_at": "2026-05-01T23:59:59Z", "effective_on": DAY}],
        [
            {"decided_at": TIME, "effective_on": "2026-04-30"},
            {"decided_at": TIME, "effective_on": LATER},
            {"decided_at": "2026-05-01T23:59:59-02:00", "effective_on": DAY},
        ],
    ),
    "improvement_says_what_to_do": says("what"),
    "improvement_notice_says_what_must_be_done": says("words"),
    "appeal_state_is_known": known("state", "open", "upheld", "rejected", "withdrawn"),
    "appeal_has_reasons": says("reasons"),
    "appeal_answered_has_its_time_and_words": split(
        product(
            state=["open", "upheld", "rejected", "withdrawn"], decided_at=[TIME, None], words=["Words", ""]
        ),
        lambda row: (
            (row["decided_at"] is not None) == (row["state"] != "open")
            and (row["words"] != "") == (row["state"] in {"upheld", "rejected"})
        ),
    ),
    "certificate_ends_after_it_begins": (
        [{"issued_on": DAY, "expires_on": LATER}],
        [{"issued_on": DAY, "expires_on": DAY}],
    ),
    "certificate_code_is_long": (
        [{"code": "0123456789ABCDEF"}],
        [{"code": "0123456789ABCDE"}, {"code": "0123456789abcdef"}, {"code": "0123456789ABCDEF-"}],
    ),
    "certificate_follows_another": (
        [{"id": 1, "superseded_by_id": None}, {"id": 1, "superseded_by_id": 2}],
        [{"id": 1, "superseded_by_id": 1}],
    ),
}
TABLES = (
    "schememembership",
    "assessment",
    "proposal",
    "assignment",
    "declaration",
    "answer",
    "score",
    "scoreversion",
    "evidenceuse",
    "clarification",
    "decision",
    "improvementitem",
    "improvementnotice",
    "appeal",
    "certificate",
    "registerentry",
)
OURS = """SELECT c.conname, c.conrelid::regclass::text, pg_get_expr(c.conbin, c.conrelid)
            FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
           WHERE c.contype = 'c' AND t.relname = ANY(%s) AND c.conname NOT LIKE '%%\\_check'"""


def _constraints() -> dict[str, tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(OURS, [[f"schemes_{one}" for one in TABLES]])
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
