"""Corrections after publication: what changes, what stays readable, and what nothing can change."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from findings.actions.review import say
from findings.actions.revision import Correction, revise_audit
from findings.lifecycle import FindingState, ReplyState
from findings.models import Audit, Auditor, AuditRevision, Finding, SiteReply
from findings.models.facts import NamedAuditor
from findings.queries.audit import tallies
from findings.queries.finding import counts_of_non_compliances
from findings.queries.revision import compared
from ledger.models import Delivery, Entry, Outbox
from ledger.refusals import Forbidden, NotVisible, Refusal
from ledger.relay import relay
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.findings.conftest import AT, House

AsJob = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def nc(car: Finding) -> Finding:
    """Return the open non-compliance of the published audit."""
    with owner_role():
        return Finding.objects.select_related("audit__version").get(audit=car.audit, title="Blocked exit")


def _revise(house: House, audit: Audit, who: Any = None, **correction: Any) -> AuditRevision:
    settles = correction.pop("settles", None)
    with house.as_(who or house.firm) as viewer:
        return revise_audit(
            viewer=viewer,
            audit=audit,
            correction=Correction(**correction),
            reason="The photo is of another building.",
            settles=settles,
            at=AT,
        )


def _refused(house: House, audit: Audit, **correction: Any) -> str:
    with pytest.raises(Refusal) as caught:
        _revise(house, audit, **correction)
    return caught.value.code


def test_correction_changes_the_words_and_keeps_the_old_ones(house: House, nc: Finding) -> None:
    said = {"title": "Exit partly blocked", "severity": "minor", "due_on": dt.date(2026, 7, 1)}
    revision = _revise(house, nc.audit, findings={nc.code: said})
    with house.as_(house.buyer) as viewer:
        now = Finding.objects.visible_to(viewer).get(pk=nc.pk)
        assert (now.title, now.severity, now.due_on) == tuple(said.values())
        read = AuditRevision.objects.visible_to(viewer).get(pk=revision.pk)
    assert (read.number, read.before[nc.code]["title"], read.before[nc.code]["severity"]) == (
        1,
        "Blocked exit",
        "major",
    )
    changed = next(one for one in compared(read) if one.is_changed)
    assert [(one.before, one.after) for one in changed.lines if one.is_changed] == [
        ("Blocked exit", "Exit partly blocked"),
        ("Major", "Minor"),
        (nc.due_on.isoformat() if nc.due_on else "", "2026-07-01"),
    ]


def test_second_correction_keeps_what_the_first_made(house: House, nc: Finding) -> None:
    _revise(house, nc.audit, findings={nc.code: {"title": "Second"}})
    again = _revise(house, nc.audit, findings={nc.code: {"title": "Third"}})
    assert (again.number, again.before[nc.code]["title"]) == (2, "Second")


def test_withdrawn_non_compliance_counts_nowhere_and_stays_readable(house: House, nc: Finding) -> None:
    _revise(house, nc.audit, withdrawn=[nc.code])
    with house.as_(house.buyer) as viewer:
        assert Finding.objects.visible_to(viewer).get(pk=nc.pk).state == FindingState.WITHDRAWN
        assert sum(counts_of_non_compliances(viewer, on=dt.date(2027, 1, 1)).values()) == 0
        assert tallies(viewer, [nc.audit])[nc.audit_id].non_compliances == 0
    with house.as_(house.supplier):
        entry = Entry.objects.about(nc).get(verb="findings.finding_withdrawn")
        assert (entry.data["before"], entry.data["after"]) == ("open", "withdrawn")


def test_summary_and_auditors_are_corrected(house: House, nc: Finding) -> None:
    named = [
        NamedAuditor("Rita Rahman", "CSCA", "21700999", is_lead=True),
        NamedAuditor("New", "RA", "21700124"),
    ]
    revision = _revise(house, nc.audit, summary="Better words.", auditors=named)
    with owner_role():
        audit = Audit.objects.get(pk=nc.audit_id)
        assert audit.summary == "Better words."
        assert set(Auditor.objects.filter(audit=audit).values_list("apsca_number", flat=True)) == {
            "21700999",
            "21700124",
        }
    assert [one["apsca_number"] for one in revision.snapshot["auditors"]] == ["21700123"]


@pytest.mark.parametrize("said", [{"severity": "minor"}, {"due_on": dt.date(2027, 1, 1)}])
def test_car_is_given_no_severity_or_date_by_a_correction(
    house: House, car: Finding, said: dict[str, Any]
) -> None:
    assert _refused(house, car.audit, findings={car.code: said}) == "car-has-none"
    _revise(house, car.audit, findings={car.code: {"description": "Two agents charge fees."}})
    with owner_role():
        car.refresh_from_db()
        assert (car.description, car.severity, car.due_on, car.state) == (
            "Two agents charge fees.",
            None,
            None,
            "open",
        )


def test_car_is_not_withdrawn(house: House, car: Finding) -> None:
    assert _refused(house, car.audit, withdrawn=[car.code]) == "car-has-none"


def test_correction_that_changes_nothing_or_empties_is_refused(house: House, nc: Finding) -> None:
    assert _refused(house, nc.audit, findings={nc.code: {"title": "Blocked exit"}}) == "nothing-changed"
    assert _refused(house, nc.audit, findings={nc.code: {"title": " "}}) == "words-missing"
    assert _refused(house, nc.audit, auditors=[NamedAuditor("A", "RA", "1")]) == "no-lead-auditor"
    early = {"due_on": nc.raised_on - dt.timedelta(days=1)}
    assert _refused(house, nc.audit, findings={nc.code: early}) == "before-it-was-raised"


def test_finding_of_another_audit_is_not_found(house: House, nc: Finding) -> None:
    other = make.finding(house.audit(kind="initial"))
    with pytest.raises(NotVisible):
        _revise(house, nc.audit, findings={other.code: {"title": "X"}})


@pytest.mark.parametrize("who", ["supplier", "buyer", "other_firm"])
def test_only_the_firm_of_record_corrects(house: House, nc: Finding, who: str) -> None:
    with pytest.raises(Forbidden):
        _revise(house, nc.audit, getattr(house, who), summary="No.")


def test_audit_that_is_not_published_is_changed_and_not_revised(house: House) -> None:
    with pytest.raises(Forbidden):
        _revise(house, house.audit(kind="initial"), summary="No.")


def test_dispute_is_settled_by_the_correction(house: House, nc: Finding) -> None:
    with house.as_(house.supplier) as viewer:
        reply = say(viewer=viewer, audit=nc.audit, finding=nc, kind="dispute", text="Not us.", at=AT)
    _revise(house, nc.audit, withdrawn=[nc.code], settles=reply)
    with house.as_(house.buyer) as viewer:
        read = SiteReply.objects.visible_to(viewer).get(pk=reply.pk)
    assert (read.state, read.answer) == (ReplyState.ACCEPTED, "The photo is of another building.")


def test_site_and_customers_are_told(house: House, nc: Finding, as_job: AsJob) -> None:
    _revise(house, nc.audit, withdrawn=[nc.code])
    with as_job():
        Outbox.objects.update(next_try_at=AT)
        relay(AT)
    with owner_role():
        told = set(
            Delivery.objects.filter(verb="findings.audit_revised").values_list("organisation_id", flat=True)
        )
    assert told == {house.supplier.pk, house.buyer.pk, house.rival.pk}


RAW = {
    "words": "UPDATE findings_finding SET title = 'Softer' WHERE id = {nc}",
    "withdrawn": "UPDATE findings_finding SET state = 'withdrawn' WHERE id = {nc}",
    "summary": "UPDATE findings_audit SET summary = 'Softer' WHERE id = {audit}",
    "auditor gone": "DELETE FROM findings_auditor WHERE audit_id = {audit}",
    "old revision": "UPDATE findings_auditrevision SET snapshot = '{{}}' WHERE audit_id = {audit}",
    "revision gone": "DELETE FROM findings_auditrevision WHERE audit_id = {audit}",
}


@pytest.mark.parametrize("what", RAW)
def test_raw_sql_changes_nothing_of_a_published_audit(house: House, nc: Finding, what: str) -> None:
    _revise(house, nc.audit, summary="First correction.")
    pretend = f"SELECT set_config('app.revising', '{nc.audit_id}', true); "  # a setting alone opens nothing
    statement = pretend + RAW[what].format(nc=nc.pk, audit=nc.audit_id)
    with (
        house.as_(house.firm),
        pytest.raises((IntegrityError, ProgrammingError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


BENT = {
    "severity of a CAR": {"findings": {"{car}": {"severity": "minor"}}},
    "date of a CAR": {"findings": {"{car}": {"due_on": "2027-01-01"}}},
    "CAR withdrawn": {"withdrawn": ["{car}"]},
    "state": {"findings": {"{nc}": {"state": "verified_closed"}}},
    "kind": {"findings": {"{nc}": {"kind": "observation"}}},
    "foreign finding": {"findings": {"{other}": {"title": "X"}}},
    "published again": {"audit": {"published_at": None}},
    "nobody leads": {"auditors": []},
    "no severity": {"findings": {"{nc}": {"severity": None}}},
    "anything": {"site": 1},
}


@pytest.mark.parametrize("what", BENT)
def test_revision_by_raw_sql_changes_words_only(house: House, nc: Finding, car: Finding, what: str) -> None:
    import json

    other = make.finding(house.audit(kind="initial"))
    changes = json.dumps(BENT[what])
    for name, one in {"car": car, "nc": nc, "other": other}.items():
        changes = changes.replace("{" + name + "}", one.code)
    with house.as_(house.firm) as viewer, pytest.raises(IntegrityError), transaction.atomic():
        AuditRevision.objects.create(
            audit=nc.audit, reason="x", changes=json.loads(changes), made_by_id=viewer.person_id, made_at=AT
        )
    with owner_role():
        nc.refresh_from_db()
        assert (nc.state, nc.kind, nc.title) == ("open", "nc", "Blocked exit")


def test_snapshot_is_taken_by_the_database(house: House, nc: Finding) -> None:
    with house.as_(house.firm) as viewer:
        made = AuditRevision.objects.create(
            audit=nc.audit,
            number=7,
            reason="x",
            changes={"audit": {"summary": "New."}},
            snapshot={"findings": []},
            made_by_id=viewer.person_id,
            made_at=AT,
        )
        made.refresh_from_db()
    assert (made.number, len(made.snapshot["findings"])) == (1, 2)
