"""What single triggers refuse when a finding or an audit is added, changed or deleted: each condition wrong in turn.

Nothing else is there to stop it: no constraint, no other trigger, no policy. So what two rules keep together is asked
of each of them.
"""

from typing import Any

import pytest

from findings.models import Finding
from ledger.acting import acting
from tests.factories import findings as make
from tests.findings.conftest import House
from tests.findings.models.guarding import row as one_row
from tests.visibility.bare import ME, PAST, Bare, Fact

pytestmark = pytest.mark.django_db
SUPPLIER, FIRM, STRANGER = 11, 12, 14
SITE, AUDIT, LATER_AUDIT, CAR, NC, PLAN = 401, 101, 102, 201, 202, 301
BEFORE, DUE, LATER, EARLIER = "2019-01-01T00:00:00Z", "2026-05-01", "2026-06-01", "2026-04-01"
Facts = dict[str, Fact]
Change = dict[str, Any]  # "row.column" or "fact.column" → what stands there instead
GONE: Any = None

OWN = Fact(
    "findings_audit",
    {
        "id": AUDIT,
        "kind": "periodic",
        "state": "published",
        "published_at": PAST,
        "ends_on": DUE,
        "version_id": 1,
        "site_id": SITE,
        "supplier_id": SUPPLIER,
        "audit_firm_id": FIRM,
    },
)
AFTER = OWN.but(id=LATER_AUDIT, ends_on=LATER)
CAR_ROW = {
    "id": CAR,
    "audit_id": AUDIT,
    "kind": "car",
    "state": "open",
    "has_plan": False,
    "site_id": SITE,
    "supplier_id": SUPPLIER,
    "audit_firm_id": FIRM,
    "requirement_id": 501,
    "title": "Agents charge fees",
    "root_cause": "",
}
NC_ROW = CAR_ROW | {"id": NC, "kind": "nc", "severity": "major", "due_on": DUE, "due_by": DUE}
PLANNED: Facts = {
    "plan": Fact("findings_actionplan", {"id": PLAN, "finding_id": CAR}),
    "version": Fact("findings_planversion", {"plan_id": PLAN, "shared_at": PAST}),
}
LOOKED: Facts = {
    "later": AFTER,
    "looked": Fact("findings_reassessment", {"audit_id": LATER_AUDIT, "car_id": CAR, "result": "met"}),
}
ACTION = Fact(
    "findings_correctiveaction",
    {"id": 601, "finding_id": NC, "number": 2, "organisation_id": SUPPLIER},
)
SAID = Fact("findings_verification", {"action_id": 601, "result": "closed"})


def placed(facts: Facts, table: str, row: dict[str, Any], wrong: Change) -> tuple[Bare, dict[str, Any]]:
    """Put facts there, some of them wrong; return the tables and the row."""
    named = facts | {"row": Fact(table, row)}
    for where, value in wrong.items():
        name, _, column = where.partition(".")
        if name != "by":
            named[name] = named[name].but(**{column: value})
    bare = Bare()
    for name, fact in named.items():
        if name != "row":
            bare.put(fact.table, [fact.row])
    return bare, named["row"].row


def refusal(
    table: str,
    trigger: str,
    facts: Facts,
    row: dict[str, Any],
    change: Change | None,
    wrong: Change,
    within: int | None = None,
) -> Any:
    """Change a row while facts stand there, some of them wrong; return what the trigger says."""
    bare, row = placed(facts, table, row, wrong)
    with acting(person_id=ME, organisation_id=wrong.get("by")):
        return bare.moved(table, row, change, trigger=trigger, within=within)


# ---------------------------------------------------------------- what happens to a finding at all
KEEPS, WORDS = (
    "a finding keeps its audit, kind and requirement",
    "what a published finding says never changes",
)
ONLY_A_PLAN = "only a shared action plan takes a CAR from open to in progress"
ONLY_LATER = "only a later periodic audit closes a CAR"
BEGIN = {"state": "in_progress"}
CLOSE = {"state": "closed", "closed_at": PAST, "superseded_by_id": LATER_AUDIT}
DRAFT = {"own.published_at": None}
OF_A_CAR: list[tuple[Change | None, Change, str]] = [
    (GONE, {}, "a finding of a published audit is never deleted"),
    (GONE, DRAFT, ""),
    ({"title": "x"}, DRAFT, ""),
    ({"title": "x"}, DRAFT | {"by": FIRM}, ""),
    ({"title": "x"}, DRAFT | {"by": STRANGER}, "only its own firm writes a finding"),
    ({"state": "in_progress"}, DRAFT, "a finding moves on only after publication"),
    *(
        ({column: value}, state, KEEPS)
        for state in ({}, DRAFT)
        for column, value in (
            *(("audit_id", 102), ("site_id", 1), ("supplier_id", 1), ("audit_firm_id", 1), ("kind", "nc")),
            *(("requirement_id", 1), ("predecessor_id", 1), ("first_raised_on", DUE)),
        )
    ),
    ({"title": "x"}, {}, WORDS),
    ({"due_on": DUE}, {}, WORDS),
    ({"severity": "major"}, {}, WORDS),
    ({"verification": "desktop"}, {}, WORDS),
    ({"has_plan": True}, {}, ""),
    ({"closed_at": PAST}, {}, "how a CAR closed never changes"),
    ({"superseded_by_id": 102}, {}, "how a CAR closed never changes"),
    *(({column: value}, {"row.kind": "nc"}, "") for column, value in (*CLOSE.items(), ("state", "x"))),
    (BEGIN, {}, ""),
    (BEGIN, {"version.shared_at": BEFORE}, ONLY_A_PLAN),
    (BEGIN, {"version.plan_id": 302}, ONLY_A_PLAN),
    (BEGIN, {"plan.finding_id": 202}, ONLY_A_PLAN),
    (BEGIN, {"row.state": "withdrawn"}, "a CAR cannot go from withdrawn to in_progress"),
    (BEGIN, {"row.state": "closed"}, "a CAR cannot go from closed to in_progress"),
    ({"state": "withdrawn"}, {}, "a CAR cannot go from open to withdrawn"),
    ({"state": "open"}, {"row.state": "in_progress"}, "a CAR cannot go from in_progress to open"),
    (CLOSE, {}, ""),
    (CLOSE, {"row.state": "in_progress"}, ""),
    (CLOSE, {"row.state": "withdrawn"}, "a CAR cannot go from withdrawn to closed"),
    (CLOSE | {"state": "withdrawn"}, {}, "a CAR cannot go from open to withdrawn"),
    (CLOSE | {"superseded_by_id": 103}, {}, ONLY_LATER),
    (CLOSE | {"superseded_by_id": AUDIT}, {"looked.audit_id": AUDIT}, ONLY_LATER),
    (CLOSE, {"looked.audit_id": 103}, ONLY_LATER),
    (CLOSE, {"looked.car_id": 203}, ONLY_LATER),
    (CLOSE, {"later.site_id": 402}, ONLY_LATER),
    *((CLOSE, {"later.kind": kind}, ONLY_LATER) for kind in ("initial", "follow_up_full")),
    (CLOSE, {"later.published_at": None}, ONLY_LATER),
    (CLOSE, {"later.ends_on": EARLIER}, ONLY_LATER),
    (CLOSE, {"later.ends_on": DUE}, ""),
    (CLOSE, {"looked.result": "still_short"}, ONLY_LATER),
    (CLOSE, {"looked.result": "still_short", "looked.successor_id": 203}, ""),
]


@pytest.mark.parametrize(("change", "wrong", "words"), OF_A_CAR)
def test_guard_of_findings_refuses(change: Change | None, wrong: Change, words: str) -> None:
    facts = {"own": OWN} | PLANNED | LOOKED
    assert refusal("findings_finding", "guard", facts, CAR_ROW, change, wrong) == words


# ---------------------------------------------------------------- which side does what
BY_PLAN, WHY = (
    "a shared plan says itself that it is there",
    "the supplier says why a non-compliance came about",
)
ENDED, ASIDE = "how a finding ended never changes", "only a later periodic audit puts a finding aside"
SET_ASIDE = {"state": "superseded", "superseded_by_id": LATER_AUDIT}
FIRMS, SUPPLIERS = {"by": FIRM}, {"by": SUPPLIER}
SENT = {"row.state": "action_submitted"}


def _side(before: str, after: str) -> str:
    return f"this side cannot take a finding from {before} to {after}"


OF_A_SIDE: list[tuple[Change, Change, str]] = [
    ({"has_plan": True}, SUPPLIERS, BY_PLAN),
    ({"has_plan": True}, {}, ""),
    ({"has_plan": True}, SUPPLIERS | {"own.published_at": None}, ""),
    ({"has_plan": True}, SUPPLIERS | {"own.id": 103}, ""),
    ({"root_cause": "x"}, SUPPLIERS, ""),
    ({"root_cause": "x"}, FIRMS, WHY),
    ({"root_cause": "x"}, SUPPLIERS | {"row.kind": "car"}, WHY),
    ({"root_cause": "x"}, {"row.kind": "car"}, ""),
    ({"closed_at": PAST}, FIRMS | {"row.kind": "car"}, ""),
    ({"closed_at": PAST}, FIRMS, ENDED),
    ({"superseded_by_id": 102}, FIRMS, ENDED),
    ({"title": "x"}, FIRMS, ""),
    ({"title": "x"}, FIRMS | {"row.state": "verified_closed", "row.closed_at": PAST}, ""),
    ({"state": "verified_closed", "closed_at": PAST}, FIRMS | SENT, ""),
    ({"state": "verified_closed", "closed_at": PAST}, FIRMS | SENT | {"row.closed_at": BEFORE}, ENDED),
    ({"state": "open", "closed_at": PAST}, FIRMS | SENT, ENDED),
    ({"state": "verified_closed", "superseded_by_id": 102}, FIRMS | SENT, ENDED),
    ({"superseded_by_id": 102}, FIRMS | {"row.state": "superseded"}, ENDED),
    (SET_ASIDE, FIRMS, ""),
    (SET_ASIDE, FIRMS | SENT, ""),
    (SET_ASIDE, SUPPLIERS, ""),
    (SET_ASIDE, FIRMS | {"row.state": "verified_closed"}, _side("verified_closed", "superseded")),
    (SET_ASIDE | {"superseded_by_id": 103}, FIRMS, ASIDE),
    (SET_ASIDE | {"superseded_by_id": AUDIT}, FIRMS, ASIDE),
    (SET_ASIDE, FIRMS | {"later.site_id": 402}, ASIDE),
    (SET_ASIDE, FIRMS | {"later.kind": "initial"}, ASIDE),
    (SET_ASIDE, FIRMS | {"later.published_at": None}, ASIDE),
    (SET_ASIDE, FIRMS | {"later.ends_on": EARLIER}, ASIDE),
    (SET_ASIDE, FIRMS | {"later.ends_on": DUE}, ""),
    (SET_ASIDE, {"later.site_id": 402}, ""),
    ({"state": "action_submitted"}, SUPPLIERS, ""),
    ({"state": "action_submitted"}, FIRMS, ""),
    ({"state": "withdrawn"}, FIRMS, _side("open", "withdrawn")),
    ({"state": "verified_closed"}, FIRMS, _side("open", "verified_closed")),
    ({"state": "verified_closed"}, FIRMS | SENT, ""),
    ({"state": "verified_closed"}, SUPPLIERS | SENT, _side("action_submitted", "verified_closed")),
    ({"state": "open"}, FIRMS | SENT, ""),
    ({"state": "open"}, SUPPLIERS | SENT, _side("action_submitted", "open")),
    ({"state": "withdrawn"}, FIRMS | SENT, _side("action_submitted", "withdrawn")),
    ({"state": "open"}, FIRMS | {"row.state": "withdrawn"}, _side("withdrawn", "open")),
]


@pytest.mark.parametrize(("change", "wrong", "words"), OF_A_SIDE)
def test_each_side_moves_a_finding_as_far_as_its_part_goes(change: Change, wrong: Change, words: str) -> None:
    facts = {"own": OWN, "later": AFTER}
    assert refusal("findings_finding", "guard_process", facts, NC_ROW, change, wrong) == words


@pytest.mark.parametrize(("before", "after", "words"), [(False, True, ""), (True, False, BY_PLAN)])
def test_another_trigger_says_that_a_plan_is_there_and_never_takes_it_back(
    before: bool, after: bool, words: str
) -> None:
    wrong = SUPPLIERS | {"row.has_plan": before}
    found = refusal(
        "findings_finding", "guard_process", {"own": OWN}, CAR_ROW, {"has_plan": after}, wrong, within=0
    )
    assert found == words


# ---------------------------------------------------------------- what a non-compliance rests on
def _writer(before: str) -> str:
    return f"only a new corrective action, by its writer, takes a finding from {before} to action_submitted"


def _verifies(before: str, after: str) -> str:
    return f"only a verification takes a finding from {before} to {after}"


SEND, END, BACK = {"state": "action_submitted"}, {"state": "verified_closed"}, {"state": "open"}
UNSAID, MORE = {"said.action_id": 602}, {"said.result": "more_needed"}
ON_AN_ACTION: list[tuple[Change, Change, str]] = [
    (SEND, UNSAID, ""),
    (SEND, UNSAID | SUPPLIERS, ""),
    (SEND, UNSAID | FIRMS, _writer("open")),
    (SEND, {}, _writer("open")),
    (SEND, UNSAID | {"action.finding_id": 203}, ""),
    (SEND, UNSAID | {"action.finding_id": 203, "older.finding_id": 203}, _writer("open")),
    (SEND, UNSAID | {"row.state": "superseded"}, _writer("superseded")),
    (END, SENT, ""),
    (END, SENT | MORE, _verifies("action_submitted", "verified_closed")),
    (END, SENT | UNSAID, _verifies("action_submitted", "verified_closed")),
    (END, {}, _verifies("open", "verified_closed")),
    (BACK, SENT | MORE, ""),
    (BACK, SENT, _verifies("action_submitted", "open")),
    (BACK, SENT | UNSAID, _verifies("action_submitted", "open")),
    (BACK, MORE | {"row.state": "superseded"}, _verifies("superseded", "open")),
    *(({"state": "superseded"}, wrong, "") for wrong in ({}, MORE, SENT, SENT | UNSAID)),
    *(({"state": state}, {"row.kind": "car"}, "") for state in ("in_progress", "closed")),
]


@pytest.mark.parametrize(("change", "wrong", "words"), ON_AN_ACTION)
def test_non_compliance_moves_on_with_what_justifies_it(change: Change, wrong: Change, words: str) -> None:
    older = ACTION.but(id=603, number=1, organisation_id=FIRM)
    facts = {"action": ACTION, "older": older, "said": SAID}
    assert refusal("findings_finding", "guard_action", facts, NC_ROW, change, wrong) == words


# ---------------------------------------------------------------- the date that counts
MOVES_DATE = "only an extension that is granted moves a date"
EXTENDED = Fact("findings_extensionanswer", {"finding_id": NC, "ends_on": LATER, "is_granted": True})
DATES: list[tuple[Change, Change, str]] = [
    ({"due_by": LATER}, {}, ""),
    ({"due_by": LATER}, {"more.finding_id": 203}, MOVES_DATE),
    ({"due_by": LATER}, {"more.is_granted": False}, MOVES_DATE),
    ({"due_by": EARLIER}, {}, MOVES_DATE),
    ({"due_by": None}, {}, MOVES_DATE),
    ({"due_by": LATER}, {"row.kind": "car"}, MOVES_DATE),
    ({"due_on": LATER}, {}, ""),
    ({"due_on": EARLIER}, {"more.finding_id": 203}, ""),
]


@pytest.mark.parametrize(("change", "wrong", "words"), DATES)
def test_date_that_counts_moves_by_an_extension(change: Change, wrong: Change, words: str) -> None:
    assert refusal("findings_finding", "due_by", {"more": EXTENDED}, NC_ROW, change, wrong) == words


@pytest.mark.parametrize(("kind", "counts"), [("nc", DUE), ("car", None), ("observation", None)])
def test_date_that_counts_begins_as_the_audit_said(kind: str, counts: str | None) -> None:
    bare, given = Bare(), {**NC_ROW, "kind": kind, "due_by": LATER}
    assert bare.refusal("findings_finding", given, trigger="due_by") == ""
    del given["id"]
    assert bare.added("findings_finding", given, "due_by::text") == counts


# ---------------------------------------------------------------- how a finding begins
IS_A_CAR = "whether a breach is a CAR is a property of the requirement"
CONTINUES = "a CAR continues an earlier CAR of the same site"
UNSENT = OWN.but(published_at=None)
PUBLISHED = "a published audit never changes"
NOT_A_CAR = {"asked.is_car": False}
CONTINUED = {"row.predecessor_id": 203}
BEGUN: list[tuple[Change, str]] = [
    ({}, ""),
    ({"own.published_at": PAST}, PUBLISHED),
    ({"asked.version_id": 2}, "the requirement belongs to another methodology version"),
    (NOT_A_CAR, IS_A_CAR),
    ({"row.kind": "nc"}, IS_A_CAR),
    ({"row.kind": "nc"} | NOT_A_CAR, ""),
    ({"row.kind": "nc", "row.state": "action_submitted"} | NOT_A_CAR, ""),
    *(
        ({"row.kind": "observation", "row.state": "recorded", "asked.is_car": is_car}, "")
        for is_car in (True, False)
    ),
    *(({"row.state": state}, "a CAR begins open") for state in ("in_progress", "closed")),
    (CONTINUED, ""),
    (CONTINUED | {"before.kind": "nc"}, CONTINUES),
    (CONTINUED | {"before.site_id": 402}, CONTINUES),
]
FOUND_AGAIN = "what is found again was found before, at the same site"
AGAIN: list[tuple[Change, str]] = [
    ({}, ""),
    ({"row.repeats_id": None}, ""),
    ({"row.repeats_id": 204}, FOUND_AGAIN),
    ({"before.site_id": 402}, FOUND_AGAIN),
    ({"before.kind": "observation"}, FOUND_AGAIN),
    ({"before.kind": "car"}, FOUND_AGAIN),
    ({"before.kind": "car", "row.kind": "car"}, FOUND_AGAIN),
    ({"before.audit_id": LATER_AUDIT}, FOUND_AGAIN),
    ({"own.published_at": None}, FOUND_AGAIN),
]


def _begun(trigger: str, facts: Facts, row: dict[str, Any], wrong: Change) -> str:
    bare, row = placed(facts, "findings_finding", row, wrong)
    return bare.refusal("findings_finding", row, trigger=trigger)


@pytest.mark.parametrize(("wrong", "words"), BEGUN)
def test_finding_begins_as_its_requirement_says(wrong: Change, words: str) -> None:
    asked = Fact("findings_workplacerequirement", {"id": 501, "version_id": 1, "is_car": True})
    before = Fact("findings_finding", CAR_ROW | {"id": 203})
    facts = {"own": UNSENT, "asked": asked, "before": before}
    assert _begun("fill", facts, CAR_ROW, wrong) == words


@pytest.mark.parametrize(("wrong", "words"), AGAIN)
def test_what_is_found_again_was_found_before(wrong: Change, words: str) -> None:
    facts = {
        "own": OWN,
        "later": AFTER.but(published_at=None),
        "before": Fact("findings_finding", NC_ROW | {"id": 203}),
    }
    row = NC_ROW | {"audit_id": LATER_AUDIT, "repeats_id": 203}
    assert _begun("found_again", facts, row, wrong) == words


@pytest.mark.parametrize(
    ("kind", "state", "by", "words"),
    [
        ("nc", "open", FIRM, ""),
        ("nc", "action_submitted", FIRM, "a non-compliance begins open"),
        ("nc", "action_submitted", None, ""),
        ("car", "in_progress", FIRM, ""),
    ],
)
def test_non_compliance_begins_open(kind: str, state: str, by: int | None, words: str) -> None:
    with acting(person_id=ME, organisation_id=by):
        assert _begun("begin_open", {}, NC_ROW | {"kind": kind, "state": state}, {}) == words


# ---------------------------------------------------------------- revisions
NO_PROCESS, NC_ALONE, MOVES = (
    "a revision corrects words, and no process",
    "only a non-compliance has a severity or a date, or is withdrawn",
    "a revision withdraws what is open, and moves nothing else",
)
REVISED: list[tuple[Change, Change, str]] = [
    ({"title": "x", "description": "x"}, {}, ""),
    ({"severity": "minor", "due_on": LATER, "due_by": LATER}, {}, ""),
    ({"root_cause": "x"}, {}, NO_PROCESS),
    ({"kind": "observation"}, {}, NO_PROCESS),
    ({"closed_at": PAST}, {}, NO_PROCESS),
    ({"has_plan": True}, {"row.kind": "car"}, NO_PROCESS),
    ({"title": "x"}, {"row.kind": "car"}, ""),
    *(
        ({column: value}, {"row.kind": kind}, NC_ALONE)
        for kind in ("car", "observation", "good_example")
        for column, value in (("severity", "minor"), ("due_on", LATER), ("state", "withdrawn"))
    ),
    ({"state": "withdrawn"}, {}, ""),
    ({"state": "withdrawn"}, SENT, ""),
    ({"state": "withdrawn"}, {"row.state": "verified_closed"}, MOVES),
    ({"state": "superseded"}, {}, MOVES),
    ({"title": "x"}, {"row.state": "verified_closed"}, ""),
]


@pytest.mark.parametrize(("change", "wrong", "words"), REVISED)
def test_revision_changes_words_of_a_finding(change: Change, wrong: Change, words: str) -> None:
    for within, said in ((AUDIT, words), (LATER_AUDIT, ""), (None, "")):
        assert refusal("findings_finding", "guard_revised", {}, NC_ROW, change, wrong, within) == said


@pytest.mark.parametrize(
    ("change", "words"),
    [({"summary": "x"}, ""), ({"state": "submitted"}, "a revision corrects words only")]
    + [({column: None}, "a revision corrects words only") for column in ("published_at", "ends_on")],
)
def test_revision_changes_words_of_an_audit(change: Change, words: str) -> None:
    for within, said in ((AUDIT, words), (LATER_AUDIT, ""), (None, "")):
        assert refusal("findings_audit", "guard_revised", {}, OWN.row, change, {}, within) == said


# ---------------------------------------------------------------- audits
ITS_FIRM, BY_LATER = (
    "only its own firm works on an audit",
    "an audit is superseded by a later periodic audit only",
)
SUPERSEDE = {"state": "superseded"}
OPEN = {"row.published_at": None, "row.state": "in_progress"}
OF_AN_AUDIT: list[tuple[Change | None, Change, str]] = [
    (GONE, {}, "an audit is never deleted"),
    (GONE, OPEN, "an audit is never deleted"),
    *(
        ({column: 1}, {}, "an audit keeps its site and its firm")
        for column in ("site_id", "audit_firm_id", "supplier_id")
    ),
    ({"summary": "x"}, OPEN, ""),
    ({"summary": "x"}, OPEN | FIRMS, ""),
    ({"summary": "x"}, OPEN | SUPPLIERS, ITS_FIRM),
    ({"summary": "x"}, SUPPLIERS, ITS_FIRM),
    ({"summary": "x"}, FIRMS, PUBLISHED),
    ({"summary": "x"}, {}, PUBLISHED),
    (SUPERSEDE, OPEN | SUPPLIERS, ITS_FIRM),
    (SUPERSEDE, OPEN, "an audit cannot go from in_progress to superseded"),
    (SUPERSEDE, SUPPLIERS, ""),
    (SUPERSEDE, {}, ""),
    (SUPERSEDE | {"summary": "x"}, {}, PUBLISHED),
    ({"state": "submitted"}, {}, PUBLISHED),
    ({"summary": "x"}, {"row.state": "superseded"}, PUBLISHED),
    ({"state": "published"}, {"row.state": "superseded"}, PUBLISHED),
    (SUPERSEDE, {"row.state": "superseded"}, PUBLISHED),
    (SUPERSEDE, {"later.id": AUDIT + 2, "later.site_id": 402}, BY_LATER),
    (SUPERSEDE, {"later.kind": "initial"}, BY_LATER),
    (SUPERSEDE, {"later.published_at": None}, BY_LATER),
    (SUPERSEDE, {"later.ends_on": EARLIER}, BY_LATER),
    (SUPERSEDE, {"later.ends_on": DUE}, ""),
]


@pytest.mark.parametrize(("change", "wrong", "words"), OF_AN_AUDIT)
def test_guard_of_audits_refuses(change: Change | None, wrong: Change, words: str) -> None:
    assert refusal("findings_audit", "guard", {"later": AFTER}, OWN.row, change, wrong) == words


STAYS, STILL, DISPUTED = (
    "the time to comment stays as the site was told",
    "the site can still comment",
    "a dispute is answered before publication",
)
TOLD, ENDS, SOONER = "2026-05-10T00:00:00Z", "2026-05-20T00:00:00Z", "2026-05-15T00:00:00Z"
SUBMITTED = {"row.state": "submitted", "by": FIRM}
PUBLISH, EARLY = ({"state": "published", "published_at": at} for at in (ENDS, SOONER))
FINISHED = {"reply.kind": "finished"}
REVIEWED: list[tuple[Change, Change, str]] = [
    ({"review_ends_at": SOONER}, SUBMITTED, STAYS),
    ({"submitted_at": SOONER}, SUBMITTED, STAYS),
    ({"state": "published", "review_ends_at": SOONER}, SUBMITTED, STAYS),
    ({"review_ends_at": SOONER}, SUBMITTED | {"by": None}, ""),
    ({"review_ends_at": SOONER, "state": "in_progress"}, SUBMITTED, ""),
    ({"review_ends_at": SOONER}, SUBMITTED | {"row.state": "published"}, ""),
    ({"review_ends_at": SOONER}, SUBMITTED | {"row.state": "in_progress"}, ""),
    ({"summary": "x"}, SUBMITTED, ""),
    (PUBLISH, SUBMITTED, ""),
    (EARLY, SUBMITTED, STILL),
    (EARLY, SUBMITTED | {"by": None}, ""),
    (EARLY, SUBMITTED | FINISHED, ""),
    (EARLY, SUBMITTED | FINISHED | {"reply.audit_id": 103}, STILL),
    (EARLY, SUBMITTED | FINISHED | {"reply.said_at": PAST}, STILL),
    (EARLY, SUBMITTED | {"row.state": "in_progress"}, ""),
    (EARLY | {"state": "submitted"}, SUBMITTED, ""),
    ({"summary": "x"}, SUBMITTED | {"row.state": "published", "row.published_at": SOONER}, ""),
    (PUBLISH, SUBMITTED | {"reply.state": "open"}, DISPUTED),
    (PUBLISH, SUBMITTED | {"reply.state": "open", "reply.audit_id": 103}, ""),
    ({"state": "in_progress"}, SUBMITTED | {"reply.state": "open"}, ""),
    (PUBLISH, SUBMITTED | {"reply.state": "open", "row.state": "in_progress"}, ""),
]


@pytest.mark.parametrize(("change", "wrong", "words"), REVIEWED)
def test_publication_waits_for_the_site(change: Change, wrong: Change, words: str) -> None:
    told = {"kind": "comment", "said_at": SOONER, "state": "kept", "audit_id": AUDIT}
    row = OWN.row | {"published_at": None, "submitted_at": TOLD, "review_ends_at": ENDS}
    facts = {"reply": Fact("findings_sitereply", told)}
    assert refusal("findings_audit", "guard_review", facts, row, change, wrong) == words


def test_firm_sees_the_audit_that_it_makes(house: House) -> None:
    asked = "SELECT bases FROM findings_auditaccess WHERE audit_id = %s AND organisation_id = %s"
    assert one_row(asked, house.audit().pk, house.firm.pk) == (["audit_firm"],)


# ---------------------------------------------------------------- plans
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, ""),
        ({"car.kind": "nc"}, "a plan belongs to a CAR of a published audit"),
        ({"own.published_at": None}, "a plan belongs to a CAR of a published audit"),
        ({"row.finding_id": 204}, "a plan belongs to a CAR of a published audit"),
    ],
)
@pytest.mark.parametrize("table", ["actionplan", "plandraft", "understanding"])
def test_plan_belongs_to_a_car_of_a_published_audit(table: str, wrong: Change, words: str) -> None:
    facts = {"own": OWN, "car": Fact("findings_finding", CAR_ROW)}
    bare, row = placed(facts, f"findings_{table}", {"finding_id": CAR}, wrong)
    assert bare.refusal(f"findings_{table}", row) == words


CARRIED = "a plan is carried on from that of an earlier CAR"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, ""),
        ({"row.carried_from_id": None}, ""),
        ({"next.predecessor_id": None}, CARRIED),
        ({"next.predecessor_id": 204}, CARRIED),
        ({"between.predecessor_id": None}, CARRIED),
        ({"earlier.finding_id": 204}, CARRIED),
        ({"row.plan_id": 303}, CARRIED),
        ({"row.carried_from_id": 702}, CARRIED),
    ],
)
def test_plan_is_carried_on_along_the_chain_of_cars(wrong: Change, words: str) -> None:
    facts = {
        "first": Fact("findings_finding", CAR_ROW),
        "between": Fact("findings_finding", CAR_ROW | {"id": 203, "predecessor_id": CAR}),
        "next": Fact("findings_finding", CAR_ROW | {"id": 205, "predecessor_id": 203}),
        "earlier": PLANNED["plan"],
        "later": Fact("findings_actionplan", {"id": 302, "finding_id": 205}),
        "version": PLANNED["version"].but(id=701, number=3),
    }
    bare, row = placed(facts, "findings_planversion", {"plan_id": 302, "carried_from_id": 701}, wrong)
    assert bare.refusal("findings_planversion", row, trigger="fill_carried") == words


@pytest.mark.parametrize(("carried", "number"), [(701, 3), (None, None)])
def test_carried_plan_says_which_version_it_goes_on_from(carried: int | None, number: int | None) -> None:
    facts = {
        "first": Fact("findings_finding", CAR_ROW),
        "next": Fact("findings_finding", CAR_ROW | {"id": 205, "predecessor_id": CAR}),
        "earlier": PLANNED["plan"],
        "later": Fact("findings_actionplan", {"id": 302, "finding_id": 205}),
        "version": PLANNED["version"].but(id=701, number=3),
    }
    given = {"plan_id": 302, "carried_from_id": carried, "carried_version": 9}
    bare, row = placed(facts, "findings_planversion", given, {})
    assert bare.refusal("findings_planversion", row, trigger="fill_carried") == ""
    assert bare.added("findings_planversion", row, "carried_version") == number


def test_car_that_moves_on_is_counted_beside_the_non_compliances(house: House, car: Finding) -> None:
    asked = "SELECT nc_major, car_open, car_in_progress FROM findings_sitestanding WHERE site_id = %s"
    assert one_row(asked, house.north.pk) == (1, 1, 0)
    make.plan(car)
    assert one_row(asked, house.north.pk) == (1, 0, 1)


# ---------------------------------------------------------------- what goes along
STRUCK_OUT: dict[str, tuple[str, list[dict[str, Any]], str, list[Any]]] = {
    "hangs": ("findings_findingdraft", [{"finding_id": NC}, {"finding_id": 203}], "finding_id", [203]),
    "translations": ("findings_translation", [{"finding_id": NC}, {"finding_id": 203}], "finding_id", [203]),
    "replies": (
        "findings_sitereply",
        [{"finding_id": NC, "state": "kept"}, {"finding_id": 203, "state": "open"}],
        "finding_id",
        [203, None],
    ),
    "uses_on_delete": (
        "findings_evidenceuse",
        [
            {"finding_id": NC, "owner_id": FIRM, "audience": "audit"},
            {"finding_id": NC, "owner_id": SUPPLIER, "audience": "audit"},
            {"finding_id": 203, "owner_id": FIRM, "audience": "audit"},
        ],
        "counterpart_id",
        [FIRM, None],
    ),
}


@pytest.mark.parametrize("trigger", STRUCK_OUT)
def test_what_hangs_on_a_finding_goes_with_it(trigger: str) -> None:
    table, rows, column, left = STRUCK_OUT[trigger]
    bare = Bare()
    bare.put(table, rows)
    bare.mute(table)
    ask = f"SELECT array_agg({column} ORDER BY {column}) FROM {table}"  # noqa: S608 - our own tables
    assert bare.moved("findings_finding", NC_ROW, GONE, trigger=trigger, ask=ask) == left


def test_dispute_is_answered_before_its_finding_goes() -> None:
    reply = Fact("findings_sitereply", {"finding_id": NC, "state": "open"})
    words = "a dispute is answered before its finding goes"
    assert refusal("findings_finding", "replies", {"reply": reply}, NC_ROW, GONE, {}) == words


@pytest.mark.parametrize(("state", "left"), [("published", [103]), ("submitted", [AUDIT, 103])])
def test_drafts_have_served_once_their_audit_is_published(state: str, left: list[int]) -> None:
    bare = Bare()
    bare.put("findings_findingdraft", [{"audit_id": AUDIT}, {"audit_id": 103}])
    ask = "SELECT array_agg(audit_id ORDER BY audit_id) FROM findings_findingdraft"
    row = OWN.row | {"state": "in_progress"}
    assert bare.moved("findings_audit", row, {"state": state}, trigger="drafts", ask=ask) == left
