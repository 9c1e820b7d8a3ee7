"""The rules of review, publication and revision, asked of their guards alone."""

import datetime as dt
import json
from typing import Any

import pytest

from findings.models import Audit, AuditRevision, Finding, ReviewPolicy, SiteReply
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.findings.conftest import AT, House
from tests.findings.models.guarding import By, copied, row, said

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
ENDS = AT + 7 * DAY


@pytest.fixture
def sent(house: House) -> Audit:
    """Return an audit with two findings that the site may comment on for a week."""
    audit = house.audit(kind="initial")
    make.finding(audit, title="Blocked exit")
    make.car(audit, title="Agents charge fees")
    with owner_role():
        audit.state, audit.submitted_at, audit.review_ends_at = "submitted", AT, ENDS
        audit.save(update_fields=["state", "submitted_at", "review_ends_at"])
    return audit


def finding(of: Audit, title: str = "Blocked exit") -> Finding:
    with owner_role():
        return Finding.objects.get(audit=of, title=title)


def reply(of: Audit, kind: str = "dispute", about: Finding | None = None, **fields: Any) -> SiteReply:
    """Make something that the site said."""
    with owner_role():
        given = {"said_at": AT, "text": "" if kind == "finished" else "The boxes were gone."} | fields
        made = SiteReply.objects.create(audit=of, finding=about, kind=kind, **given)
        made.refresh_from_db()
        return made


# ---------------------------------------------------------------- time to comment, and publication
SUBMIT = "UPDATE findings_audit SET state = 'submitted', submitted_at = %s, review_ends_at = %s WHERE id = %s"


@pytest.mark.parametrize(
    ("begun", "ends", "is_long"),
    [
        (AT, AT + 3 * DAY, True),
        (AT, AT + 3 * DAY - 2 * HOUR, True),
        (AT, AT + 3 * DAY - 3 * HOUR, False),
        (AT, None, False),
        (None, AT + 3 * DAY, False),
    ],
)
def test_site_has_its_days_to_comment(house: House, begun: Any, ends: Any, is_long: bool) -> None:
    audit = house.audit()
    with owner_role():
        ReviewPolicy.objects.update_or_create(
            version=house.version, defaults={"least": 3, "days": 5, "most": 9}
        )
        ReviewPolicy.objects.create(version=make.version("other-2.0"), least=20, days=25, most=30)
    words = "" if is_long else "the site has at least 3 days to comment"
    assert said(SUBMIT, begun, ends, audit.pk, by=house.firm) == words
    assert said(SUBMIT, begun, ends, audit.pk) == ""  # a loader
    keep = "UPDATE findings_audit SET submitted_at = %s, review_ends_at = %s WHERE id = %s"
    assert said(keep, begun, ends, audit.pk, by=house.firm) == ""  # not sent by this


def test_time_to_comment_stays_as_the_site_was_told(house: House, sent: Audit) -> None:
    words = "the time to comment stays as the site was told"
    for change in (
        "submitted_at = now()",
        "review_ends_at = now()",
        "state = 'published', review_ends_at = now()",
    ):
        at = ", published_at = now()" if "published" in change else ""
        sql = f"UPDATE findings_audit SET {change}{at} WHERE id = %s"  # noqa: S608 - own words
        assert said(sql, sent.pk, by=house.firm) == words
    back = "UPDATE findings_audit SET state = 'in_progress', submitted_at = NULL, review_ends_at = NULL WHERE id = %s"
    assert said(back, sent.pk, by=house.firm) == ""
    assert said("UPDATE findings_audit SET summary = 'x' WHERE id = %s", sent.pk, by=house.firm) == ""


PUBLISH = "UPDATE findings_audit SET state = 'published', published_at = %s WHERE id = %s"
EARLY, ANSWERED = "the site can still comment", "a dispute is answered before publication"


def test_publication_waits_for_the_end_or_the_site(house: House, sent: Audit) -> None:
    def publish(at: dt.datetime, by: By = house.firm) -> str:
        return said(PUBLISH, at, sent.pk, by=by)

    assert publish(ENDS - HOUR) == EARLY
    assert publish(ENDS - HOUR, None) == ""  # a loader
    assert publish(ENDS) == ""
    other = house.audit(kind="initial")
    with owner_role():
        other.state, other.submitted_at, other.review_ends_at = "submitted", AT, ENDS
        other.save(update_fields=["state", "submitted_at", "review_ends_at"])
    reply(other, "finished")
    reply(sent, "fine", finding(sent))
    reply(sent, "finished", said_at=AT - HOUR)  # of what was sent before
    assert publish(ENDS - HOUR) == EARLY
    reply(sent, "finished")
    assert publish(ENDS - HOUR) == ""


def test_publication_waits_for_the_answer_to_a_dispute(house: House, sent: Audit) -> None:
    other = house.audit(kind="initial")
    house.to(other, "submitted")
    reply(other)
    reply(sent, "comment", finding(sent))
    assert said(PUBLISH, ENDS, sent.pk, by=house.firm) == ""
    dispute = reply(sent, "dispute", finding(sent))
    assert said(PUBLISH, ENDS, sent.pk, by=house.firm) == ANSWERED
    assert said("UPDATE findings_audit SET summary = 'x' WHERE id = %s", sent.pk, by=house.firm) == ""
    kept = "UPDATE findings_sitereply SET state = 'kept', answer = 'x', answered_at = now() WHERE id = %s"
    assert said(kept, dispute.pk, keep=True) == ""
    assert said(PUBLISH, ENDS, sent.pk, by=house.firm) == ""


# ---------------------------------------------------------------- what a site says
OVER = "a review is finished before publication, for the whole audit"


def test_site_replies_to_what_it_was_sent(house: House, sent: Audit, car: Finding) -> None:
    like = reply(sent, "comment", finding(sent)).pk

    def said_of(audit: Audit, kind: str, about: Finding | None) -> str:
        given = {
            "audit_id": audit.pk,
            "kind": kind,
            "finding_id": about.pk if about else None,
            "text": "Words",
        }
        return copied("findings_sitereply", like, **dict[str, Any](given))

    working = house.audit()
    for kind in ("comment", "dispute", "fine", "finished"):
        assert said_of(working, kind, None) == "a site replies to an audit that it has been sent"
        expected = OVER if kind == "finished" else ""
        assert said_of(sent, kind, finding(sent)) == expected
        assert said_of(sent, kind, None) == ""
        late = OVER if kind in {"fine", "finished"} else ""
        assert said_of(car.audit, kind, None) == late
    assert said_of(sent, "comment", car) == "a reply is about a finding of its audit"
    close = "UPDATE findings_finding SET state = 'superseded' WHERE id = %s"
    nc = finding(car.audit)
    assert said(close, nc.pk, keep=True) == ""
    assert said_of(car.audit, "dispute", nc) == "what is closed is disputed no more"
    assert said_of(car.audit, "comment", nc) == ""
    for state in ("open", "in_progress"):
        if state == "in_progress":
            make.plan(finding(car.audit, "Agents charge fees"))
        assert said_of(car.audit, "dispute", car) == ""


def test_reply_begins_with_what_its_audit_says(house: House, sent: Audit) -> None:
    like = reply(sent, "comment", finding(sent)).pk
    wrong: dict[str, Any] = {"is_retired": True, "supplier_id": 0, "audit_firm_id": 0, "finding_title": "x"}
    for code, kind, state in (("A", "dispute", "open"), ("B", "comment", "said")):
        assert (
            copied("findings_sitereply", like, keep=True, code=code, kind=kind, state="kept", **wrong) == ""
        )
        known = "state, is_retired, supplier_id, audit_firm_id, finding_title"
        found = row(f"SELECT {known} FROM findings_sitereply WHERE code = %s", code)  # noqa: S608 - own words
        assert found == (state, False, house.supplier.pk, house.firm.pk, "Blocked exit")


STAYS = "what a site said never changes, and it is answered once"
BACK, FIRM = "a site takes back its own dispute", "the audit firm answers a dispute"
ANSWER = """UPDATE findings_sitereply SET state = %s, answer = CASE WHEN %s = 'taken_back' THEN '' ELSE 'x' END,
              answered_at = CASE WHEN %s <> 'taken_back' THEN now() END WHERE id = %s"""


@pytest.mark.parametrize(
    ("state", "who", "words"),
    [
        ("taken_back", "supplier", ""),
        ("taken_back", "firm", BACK),
        ("taken_back", "other_firm", BACK),
        ("taken_back", None, ""),
        ("kept", "firm", ""),
        ("kept", "supplier", FIRM),
        ("kept", "other_firm", FIRM),
        ("kept", None, ""),
        ("accepted", "firm", ""),
        ("accepted", "supplier", FIRM),
        ("said", None, "a dispute is answered or taken back"),
        ("said", "firm", "a dispute is answered or taken back"),
    ],
)
def test_dispute_is_answered_by_the_firm_and_taken_back_by_the_site(
    house: House, sent: Audit, state: str, who: str | None, words: str
) -> None:
    dispute = reply(sent, "dispute", finding(sent))
    by = getattr(house, who) if who else None
    assert said(ANSWER, state, state, state, dispute.pk, by=by) == words
    assert said(ANSWER, "kept", "kept", "kept", dispute.pk, keep=True) == ""
    assert said(ANSWER, state, state, state, dispute.pk, by=by) in {STAYS, ""}
    if state != "kept":
        assert said(ANSWER, state, state, state, dispute.pk, by=by) == STAYS


@pytest.mark.parametrize("kind", ["comment", "dispute"])
def test_what_a_site_said_stays(house: House, sent: Audit, kind: str) -> None:
    somebody, other = house.admins[house.supplier.pk].person_id, house.admins[house.firm.pk].person_id
    own = reply(sent, kind, finding(sent), said_by_id=somebody)
    change = "UPDATE findings_sitereply SET {} WHERE id = %s"
    for by in (house.supplier, house.firm, None):
        for what in ("text = 'Fine'", "is_retired = true", "finding_id = NULL", "said_at = now()"):
            assert said(change.format(what), own.pk, by=by) == STAYS
        assert said("DELETE FROM findings_sitereply WHERE id = %s", own.pk, by=by) == "what a site said stays"
        assert said(change.format(f"said_by_id = {other}"), own.pk, by=by) == STAYS
    assert said(change.format("said_by_id = NULL"), own.pk) == ""  # a person who is forgotten
    if kind == "comment":
        assert said(ANSWER, "kept", "kept", "kept", own.pk, by=house.firm) == STAYS
        assert said(change.format(f"answered_by_id = {other}"), own.pk) == STAYS


def test_accepting_after_publication_takes_a_revision_that_settles_it(house: House, car: Finding) -> None:
    first, second = reply(car.audit, "dispute", car), reply(car.audit, "dispute", finding(car.audit))
    accept = ("accepted",) * 3
    words = "after publication a dispute is accepted by a revision"
    assert said(ANSWER, *accept, first.pk, by=house.firm) == words
    with owner_role():
        AuditRevision.objects.create(
            audit=car.audit, reason="x", changes={"audit": {"summary": "New"}}, settles=second, made_at=AT
        )
    assert said(ANSWER, *accept, first.pk, by=house.firm) == words
    assert said(ANSWER, *accept, second.pk, by=house.firm) == ""
    assert said(ANSWER, "kept", "kept", "kept", first.pk, by=house.firm) == ""


def test_disputed_finding_goes_after_its_answer(house: House, sent: Audit) -> None:
    own, away = finding(sent), "DELETE FROM findings_finding WHERE id = %s"
    reply(sent, "dispute", finding(sent, "Agents charge fees"))
    comment = reply(sent, "comment", own)
    dispute = reply(sent, "dispute", own)
    words = "a dispute is answered before its finding goes"
    assert said(away, own.pk) == words
    assert said(ANSWER, "taken_back", "taken_back", "taken_back", dispute.pk, keep=True) == ""
    assert said(away, own.pk, keep=True) == ""
    known = "SELECT finding_id, is_retired, finding_title FROM findings_sitereply WHERE id = %s"
    assert row(known, comment.pk) == (None, True, "Blocked exit")


# ---------------------------------------------------------------- revisions
REVISE = """INSERT INTO findings_auditrevision (audit_id, reason, language, changes, settles_id, made_at,
                                                 number, snapshot, audit_firm_id)
            VALUES (%s, 'x', '', %s, %s, now(), 0, '{}', 0)"""
WORDS = "a revision corrects the words of a finding of its audit"
NC_ONLY = "only a non-compliance has a severity or a date"
PARTS = "a revision changes the audit, its auditors and its findings"
AUDIT = "a revision corrects the summary and the auditors of an audit"
LEAD = {"name": "Ada", "grade": "CSCA", "apsca_number": "1", "is_lead": True}


def revised(audit: Audit, changes: Any, settles: SiteReply | None = None, keep: bool = False) -> str:
    return said(REVISE, audit.pk, json.dumps(changes), settles.pk if settles else None, keep=keep)


# What it changes ({nc}, {car} and {other} are codes), and what is said.
REVISIONS: list[tuple[Any, str]] = [
    ({}, ""),
    ({"audit": {"summary": "New"}}, ""),
    ({"audit": {"summary": "New", "state": "submitted"}}, AUDIT),
    ({"audit": {"published_at": None}}, AUDIT),
    ({"auditors": [LEAD]}, ""),
    ({"auditors": [LEAD, {**LEAD, "is_lead": False}]}, ""),
    ({"auditors": []}, "one auditor leads"),
    ({"auditors": [LEAD, {**LEAD, "name": "Bo"}]}, "one auditor leads"),
    ({"findings": {"{nc}": {"title": "New", "severity": "minor", "due_on": "2026-09-09"}}}, ""),
    ({"findings": {"{car}": {"title": "New", "description": "New"}}}, ""),
    ({"findings": {"{nc}": {"state": "withdrawn"}}}, WORDS),
    ({"findings": {"{nc}": {"title": "New", "kind": "car"}}}, WORDS),
    ({"findings": {"{other}": {"title": "New"}}}, WORDS),
    ({"findings": {"NONE": {"title": "New"}}}, WORDS),
    ({"findings": {"{car}": {"severity": "minor"}}}, NC_ONLY),
    ({"findings": {"{car}": {"due_on": "2026-09-09"}}}, NC_ONLY),
    ({"withdrawn": ["{nc}"]}, ""),
    ({"withdrawn": ["{car}"]}, NC_ONLY),
    ({"withdrawn": ["{other}"]}, "a revision withdraws a finding of its audit"),
    ({"withdrawn": ["NONE"]}, "a revision withdraws a finding of its audit"),
    ({"site": 1}, PARTS),
    ({"site": 1, "audit": {"summary": "New"}}, PARTS),
    ([], PARTS),
    ("words", PARTS),
]


@pytest.mark.parametrize(("changes", "words"), REVISIONS)
def test_revision_changes_words_of_its_audit(house: House, car: Finding, changes: Any, words: str) -> None:
    beside = make.finding(house.audit(kind="initial"), title="Beside")
    house.to(beside.audit, "submitted")
    house.to(beside.audit, "published")
    text = json.dumps(changes)
    for name, one in {"nc": finding(car.audit), "car": car, "other": beside}.items():
        text = text.replace("{" + name + "}", one.code)
    assert revised(car.audit, json.loads(text)).startswith(words)
    if not words:
        assert revised(car.audit, json.loads(text), keep=True) == ""
        with owner_role():
            beside.refresh_from_db()
            beside.audit.refresh_from_db()
            assert (beside.title, beside.state, beside.audit.summary) == ("Beside", "open", "")
            assert beside.audit.auditors.get().name == "Rita Rahman"
            untouched = [one for one in Finding.objects.filter(audit=car.audit) if one.code not in text]
            assert {one.state for one in untouched} <= {"open"}
            assert {one.title for one in untouched} <= {"Agents charge fees", "Blocked exit"}


def test_revision_settles_an_open_dispute_of_its_published_audit(
    house: House, sent: Audit, car: Finding
) -> None:
    new = {"audit": {"summary": "New"}}
    words = "a revision settles an open dispute of its audit"
    assert revised(sent, new) == "only a published audit has revisions"
    own, foreign = reply(car.audit, "dispute", car), reply(sent, "dispute", finding(sent))
    assert revised(car.audit, new, own) == ""
    assert revised(car.audit, new, foreign) == words
    assert revised(car.audit, new, reply(car.audit, "comment", car)) == words
    for number in (1, 2):
        assert revised(car.audit, new, keep=True) == ""
        newest = "SELECT max(number), max(audit_firm_id) FROM findings_auditrevision WHERE audit_id = %s"
        assert row(newest, car.audit_id) == (number, house.firm.pk)
    assert revised(car.audit, new) == ""


def test_only_what_is_open_is_withdrawn(house: House, car: Finding) -> None:
    nc = finding(car.audit)
    assert said("UPDATE findings_finding SET state = 'superseded' WHERE id = %s", nc.pk, keep=True) == ""
    words = "a revision withdraws what is open, and moves nothing else"
    assert revised(car.audit, {"withdrawn": [nc.code]}) == words
