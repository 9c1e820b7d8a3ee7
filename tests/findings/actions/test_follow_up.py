"""What a follow-up looks at, what becomes of it at publication, and what is found again."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from findings.actions.audit import open_audit, start_audit
from findings.actions.follow_up import choose_scope, note_result, raise_again
from findings.actions.publication import publish_audit
from findings.lifecycle import AuditState, FindingState
from findings.models import Audit, Finding, FollowUpItem, Verification
from findings.models.facts import AuditFacts, NamedAuditor
from findings.queries.follow_up import items_of, repeats_of
from ledger.refusals import Forbidden, NotVisible, Refusal
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.findings.conftest import AT, House

DAY = dt.date(2026, 5, 20)
LEAD = [NamedAuditor("Rita Rahman", "CSCA", "21700123", is_lead=True)]


def _facts(kind: str) -> AuditFacts:
    return AuditFacts(kind=kind, notice="announced", pillars=2, starts_on=DAY, ends_on=DAY)


@pytest.fixture
def before(house: House) -> Audit:
    """Return a published audit: one non-compliance needs a visit, one does not, and there is a CAR."""
    audit = house.audit(kind="initial")
    make.finding(audit, title="Blocked exit", verification="follow_up")
    make.finding(audit, title="No register", verification="desktop")
    make.car(audit, title="Agents charge fees")
    house.to(audit, AuditState.SUBMITTED)
    return house.to(audit, AuditState.PUBLISHED)


def _follow_up(house: House, before: Audit, kind: str = "follow_up_full") -> Audit:
    with house.as_(house.firm) as viewer:
        audit = open_audit(
            viewer=viewer,
            site=house.north,
            version=house.version,
            facts=_facts(kind),
            auditors=LEAD,
            parent=before,
            at=AT,
        )
        return start_audit(viewer=viewer, audit=audit, at=AT)


def _of(before: Audit, title: str) -> Finding:
    with owner_role():
        return Finding.objects.select_related("audit", "requirement").get(audit=before, title=title)


def _titles(house: House, audit: Audit) -> list[str]:
    with house.as_(house.firm) as viewer:
        return [one.finding.title for one in items_of(viewer, audit)]


def _choose(house: House, audit: Audit, *findings: Finding) -> None:
    with house.as_(house.firm) as viewer:
        choose_scope(viewer=viewer, audit=audit, findings=findings, at=AT)


def _note(house: House, audit: Audit, finding: Finding, result: str, **more: Any) -> None:
    with house.as_(house.firm) as viewer:
        note_result(viewer=viewer, audit=audit, finding=finding, result=result, at=AT, **more)


def _publish(house: House, audit: Audit) -> None:
    house.to(audit, AuditState.SUBMITTED)
    with house.as_(house.firm) as viewer:
        publish_audit(viewer=viewer, audit=Audit.objects.select_related("version").get(pk=audit.pk), at=AT)


def test_full_follow_up_looks_at_all_that_needs_a_visit(house: House, before: Audit) -> None:
    assert _titles(house, _follow_up(house, before)) == ["Blocked exit"]
    assert _titles(house, _follow_up(house, before, "follow_up_partial")) == []


def test_partial_follow_up_looks_at_what_was_chosen(house: House, before: Audit) -> None:
    audit = _follow_up(house, before, "follow_up_partial")
    _choose(house, audit, _of(before, "No register"))
    assert _titles(house, audit) == ["No register"]
    _choose(house, audit, _of(before, "Blocked exit"))
    assert _titles(house, audit) == ["Blocked exit"]


def test_car_is_never_followed_up(house: House, before: Audit) -> None:
    audit, car = _follow_up(house, before), _of(before, "Agents charge fees")
    with pytest.raises(Refusal) as caught:
        _choose(house, audit, car)
    assert caught.value.code == "not-followable"
    with house.as_(house.firm), pytest.raises(IntegrityError), transaction.atomic():
        FollowUpItem.objects.create(audit=audit, finding=car)


def test_finding_of_another_audit_is_not_followed_up_by_raw_sql(house: House, before: Audit) -> None:
    other = make.finding(house.audit(kind="initial"))
    audit = _follow_up(house, before)
    with house.as_(house.firm), pytest.raises(IntegrityError), transaction.atomic():
        FollowUpItem.objects.create(audit=audit, finding=other)


def test_publication_waits_for_each_and_applies_what_was_seen(house: House, before: Audit) -> None:
    audit = _follow_up(house, before)
    exit_, register = _of(before, "Blocked exit"), _of(before, "No register")
    _choose(house, audit, exit_, register)
    _note(house, audit, exit_, "closed", note="The exit is clear.")
    with pytest.raises(Refusal) as caught:
        _publish(house, audit)
    assert list(caught.value.fields) == ["follow-up-not-done"]
    house.to(audit, AuditState.IN_PROGRESS)
    _note(house, audit, register, "more_needed", note="The register has no hours.")
    _publish(house, audit)
    with house.as_(house.buyer):
        exit_.refresh_from_db()
        register.refresh_from_db()
        assert (exit_.state, register.state) == (FindingState.VERIFIED_CLOSED, FindingState.OPEN)
        said = dict(Verification.objects.values_list("finding_id", "reason"))
        assert said == {exit_.pk: "The exit is clear.", register.pk: "The register has no hours."}
        assert set(Verification.objects.values_list("method", "audit_id")) == {("follow_up", audit.pk)}


def test_nothing_moves_before_publication(house: House, before: Audit) -> None:
    audit, finding = _follow_up(house, before), _of(before, "Blocked exit")
    _note(house, audit, finding, "closed")
    with house.as_(house.supplier):
        finding.refresh_from_db()
        assert finding.state == FindingState.OPEN


def test_more_needed_says_what(house: House, before: Audit) -> None:
    audit = _follow_up(house, before)
    with pytest.raises(Refusal) as caught:
        _note(house, audit, _of(before, "Blocked exit"), "more_needed")
    assert caught.value.code == "note-missing"
    with pytest.raises(NotVisible):
        _note(house, audit, _of(before, "No register"), "closed")


def test_other_firm_neither_chooses_nor_notes(house: House, before: Audit) -> None:
    audit = _follow_up(house, before)
    with house.as_(house.other_firm) as viewer, pytest.raises((Forbidden, Audit.DoesNotExist)):
        choose_scope(viewer=viewer, audit=audit, findings=[], at=AT)


def test_published_follow_up_stays_as_it_is(house: House, before: Audit) -> None:
    audit = _follow_up(house, before)
    _note(house, audit, _of(before, "Blocked exit"), "closed")
    _publish(house, audit)
    for change in (lambda rows: rows.delete(), lambda rows: rows.update(note="Softer")):
        with house.as_(house.firm), pytest.raises(IntegrityError), transaction.atomic():
            change(FollowUpItem.objects.filter(audit=audit))  # type: ignore[no-untyped-call]


def test_finding_is_raised_again_with_its_words_and_its_past(house: House, before: Audit) -> None:
    audit, earlier = house.audit(ends_on=DAY), _of(before, "Blocked exit")
    with house.as_(house.firm) as viewer:
        again = raise_again(viewer=viewer, audit=audit, earlier=earlier, at=AT)
        assert (again.title, again.requirement_id, again.severity) == (
            "Blocked exit",
            earlier.requirement_id,
            "major",
        )
        assert repeats_of(viewer, again)[0] == earlier
        with pytest.raises(Refusal) as caught:
            raise_again(viewer=viewer, audit=audit, earlier=earlier, at=AT)
        assert caught.value.code == "raised-already"
    with house.as_(house.buyer) as viewer:
        assert repeats_of(viewer, earlier) == (None, [])


def test_car_is_looked_at_anew_and_not_raised_again(house: House, before: Audit) -> None:
    audit = house.audit(ends_on=DAY)
    with house.as_(house.firm) as viewer, pytest.raises(Refusal) as caught:
        raise_again(viewer=viewer, audit=audit, earlier=_of(before, "Agents charge fees"), at=AT)
    assert caught.value.code == "not-before"


def test_what_was_not_found_before_is_not_found_again_by_raw_sql(house: House, before: Audit) -> None:
    audit = house.audit(ends_on=DAY)
    finding, same_audit = make.finding(audit), make.finding(audit)
    for earlier in (same_audit, _of(before, "Agents charge fees")):
        with house.as_(house.firm), pytest.raises(IntegrityError), transaction.atomic():
            Finding.objects.filter(pk=finding.pk).update(repeats=earlier)
