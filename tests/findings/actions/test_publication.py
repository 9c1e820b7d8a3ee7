"""Publication: what it closes, what it supersedes, whom it lets in, whom it tells, and when it refuses."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from findings.actions.finding import reassess_car
from findings.actions.publication import publish_audit
from findings.lifecycle import AuditState, FindingState
from findings.models import Audit, Auditor, Finding, Reassessment
from findings.models.facts import Said
from ledger.models import Delivery, Entry
from ledger.refusals import Refusal
from ledger.relay import relay
from organisations.models import Organisation
from organisations.visibility import Role
from sourcing.lifecycle import EngagementState
from sourcing.models import Engagement
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories import organisations as people
from tests.factories import sourcing as places
from tests.findings.conftest import AT, House

AsJob = Callable[[], AbstractContextManager[None]]
STILL = Said(title="Fees are still paid", description="Two agents still charge.")


def _periodic(house: House, **fields: Any) -> Audit:
    return house.audit(AuditState.SUBMITTED, ends_on=dt.date(2026, 5, 20), **fields)


def _reassess(
    house: House, audit: Audit, car: Finding, result: str, firm: Organisation | None = None
) -> None:
    with owner_role():
        Audit.objects.filter(pk=audit.pk).update(state=AuditState.IN_PROGRESS)
    with house.as_(firm or house.firm) as viewer:
        reassess_car(
            viewer=viewer,
            audit=audit,
            car=car,
            result=result,
            said=STILL if result == Reassessment.Result.STILL_SHORT else None,
            at=AT,
        )
    with owner_role():
        Audit.objects.filter(pk=audit.pk).update(state=AuditState.SUBMITTED)


def _publish(house: House, audit: Audit, firm: Organisation | None = None) -> Audit:
    with house.as_(firm or house.firm) as viewer:
        return publish_audit(viewer=viewer, audit=audit, at=AT)


def _refused(house: House, audit: Audit) -> dict[str, list[str]]:
    with house.as_(house.firm) as viewer, pytest.raises(Refusal) as caught:
        publish_audit(viewer=viewer, audit=audit, at=AT)
    assert caught.value.code == "not-ready"
    return caught.value.fields


def test_customers_see_nothing_before_publication_and_the_audit_after_it(house: House) -> None:
    audit = house.audit(AuditState.SUBMITTED)
    found = make.finding(audit)

    def seen(who: Organisation) -> tuple[int, int]:
        with house.as_(who) as viewer:
            return (
                Audit.objects.visible_to(viewer).count(),
                Finding.objects.visible_to(viewer).filter(pk=found.pk).count(),
            )

    assert [seen(one) for one in (house.buyer, house.rival, house.stranger)] == [(0, 0)] * 3
    _publish(house, audit)
    assert [seen(one) for one in (house.buyer, house.rival, house.stranger)] == [(1, 1), (1, 1), (0, 0)]


def test_met_car_is_closed_by_the_periodic_audit(house: House, car: Finding) -> None:
    audit = _periodic(house)
    _reassess(house, audit, car, Reassessment.Result.MET)
    _publish(house, audit)
    with house.as_(house.supplier):
        car.refresh_from_db()
        assert (car.state, car.superseded_by_id, car.closed_at) == (FindingState.CLOSED, audit.pk, AT)
        closing = Entry.objects.about(car).get(verb="findings.car_closed")
        assert closing.data == {"result": "met", "audit": audit.code, "before": "open", "after": "closed"}


def test_car_that_still_falls_short_goes_on_in_a_new_one_and_keeps_its_age(
    house: House, car: Finding
) -> None:
    audit = _periodic(house)
    _reassess(house, audit, car, Reassessment.Result.STILL_SHORT)
    _publish(house, audit)
    with house.as_(house.supplier):
        car.refresh_from_db()
        successor = Finding.objects.get(predecessor=car)
        assert (car.state, successor.state) == (FindingState.CLOSED, FindingState.OPEN)
        assert (successor.raised_on, successor.first_raised_on) == (dt.date(2026, 5, 20), dt.date(2026, 3, 4))
        assert (successor.due_on, successor.severity, successor.verification) == (None, None, None)
        assert Entry.objects.about(successor).get(verb="findings.car_raised").data["continues"] is True


def test_car_with_a_plan_is_closed_as_well(house: House, car: Finding) -> None:
    make.plan(car)
    audit = _periodic(house)
    _reassess(house, audit, car, Reassessment.Result.MET)
    _publish(house, audit)
    with house.as_(house.supplier):
        car.refresh_from_db()
        assert car.state == FindingState.CLOSED


def test_publication_waits_for_every_open_car(house: House, car: Finding) -> None:
    with owner_role():
        before = house.audit(ends_on=dt.date(2026, 3, 10), kind="initial")
    second = make.car(before, requirement=make.requirement("5A.A"))
    house.to(house.to(before, AuditState.SUBMITTED), AuditState.PUBLISHED)
    audit = _periodic(house)
    assert "2" in _refused(house, audit)["cars-not-reassessed"][0]
    _reassess(house, audit, car, Reassessment.Result.MET)
    assert "1" in _refused(house, audit)["cars-not-reassessed"][0]
    with house.as_(house.supplier):
        car.refresh_from_db()
        assert car.state == FindingState.OPEN
    _reassess(house, audit, second, Reassessment.Result.MET)
    assert _publish(house, audit).state == AuditState.PUBLISHED


def test_car_of_another_site_does_not_wait(house: House, car: Finding) -> None:
    places.engagement(house.south, house.firm)
    elsewhere = house.audit(AuditState.SUBMITTED, site=house.south, ends_on=dt.date(2026, 5, 20))
    assert _publish(house, elsewhere).state == AuditState.PUBLISHED
    with house.as_(house.supplier):
        car.refresh_from_db()
        assert car.state == FindingState.OPEN


def test_still_short_without_its_new_car_is_not_done(house: House, car: Finding) -> None:
    audit = _periodic(house)
    make.reassessment(car, audit, Reassessment.Result.STILL_SHORT)
    assert list(_refused(house, audit)) == ["cars-not-reassessed"]


@pytest.mark.parametrize("kind", ["initial", "follow_up_full"])
def test_other_audits_close_and_supersede_nothing(house: House, car: Finding, kind: str) -> None:
    parent = car.audit if kind != "initial" else None
    audit = house.audit(AuditState.SUBMITTED, kind=kind, parent=parent, ends_on=dt.date(2026, 5, 20))
    _publish(house, audit)
    with house.as_(house.supplier):
        car.refresh_from_db()
        assert car.state == FindingState.OPEN
        assert Audit.objects.get(pk=car.audit_id).state == AuditState.PUBLISHED


def test_periodic_audit_supersedes_the_earlier_one_and_its_open_non_compliances(
    house: House, car: Finding
) -> None:
    audit = _periodic(house)
    kept = make.finding(audit, title="Blocked exit again")
    _reassess(house, audit, car, Reassessment.Result.MET)
    _publish(house, audit)
    with house.as_(house.supplier):
        assert Audit.objects.get(pk=car.audit_id).state == AuditState.SUPERSEDED
        states = dict(Finding.objects.non_compliances().values_list("title", "state"))
        assert states == {"Blocked exit": FindingState.SUPERSEDED, kept.title: FindingState.OPEN}
        assert Finding.objects.get(title="Blocked exit").superseded_by_id == audit.pk


def test_another_engaged_firm_closes_and_supersedes_too(house: House, car: Finding) -> None:
    audit = house.audit(AuditState.SUBMITTED, firm=house.other_firm, ends_on=dt.date(2026, 5, 20))
    _reassess(house, audit, car, Reassessment.Result.MET, house.other_firm)
    _publish(house, audit, house.other_firm)
    with house.as_(house.supplier):
        car.refresh_from_db()
        assert (car.state, car.superseded_by_id) == (FindingState.CLOSED, audit.pk)
        assert Audit.objects.get(pk=car.audit_id).state == AuditState.SUPERSEDED


def test_own_code_of_a_buyer_neither_asks_nor_supersedes(house: House, car: Finding) -> None:
    with owner_role():
        own = type(house.version).objects.create(key="own-1.0", name="Own code", version="1.0")
    audit = _periodic(house)
    with owner_role():
        Audit.objects.filter(pk=audit.pk).update(version=own)
    _publish(house, audit)
    with house.as_(house.supplier):
        car.refresh_from_db()
        assert car.state == FindingState.OPEN


def test_audit_without_a_lead_auditor_is_not_published(house: House) -> None:
    audit = house.audit(AuditState.SUBMITTED, lead=False)
    assert list(_refused(house, audit)) == ["no-lead-auditor"]
    with owner_role():
        Auditor.objects.create(audit=audit, name="R", grade="RA", apsca_number="21700123", is_lead=True)
    assert _publish(house, audit).published_at == AT


def test_audit_is_not_published_before_its_last_day(house: House) -> None:
    audit = house.audit(AuditState.SUBMITTED, kind="initial", ends_on=dt.date(2026, 6, 2))
    assert list(_refused(house, audit)) == ["not-over"]


def test_periodic_audit_is_not_published_after_the_engagement(house: House, car: Finding) -> None:
    audit = _periodic(house)
    _reassess(house, audit, car, Reassessment.Result.MET)
    with owner_role():
        ended = Engagement.objects.get(audit_firm=house.firm, site=house.north)
        ended.state, ended.ended_at = EngagementState.ENDED, AT
        ended.save(update_fields=["state", "ended_at"])
    assert "engagement-ended" in _refused(house, audit)


def test_failure_halfway_leaves_nothing_published(
    house: House, car: Finding, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit = _periodic(house)
    _reassess(house, audit, car, Reassessment.Result.MET)

    def fail(*_args: object, **_named: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr("findings.actions.publication._supersede_audit", fail)
    with house.as_(house.firm) as viewer, pytest.raises(RuntimeError):
        publish_audit(viewer=viewer, audit=audit, at=AT)
    with owner_role():
        audit.refresh_from_db()
        car.refresh_from_db()
        assert (audit.state, car.state) == (AuditState.SUBMITTED, FindingState.OPEN)
        assert not Entry.objects.filter(verb="findings.audit_published").exists()


def _told(verb: str) -> set[tuple[int, int]]:
    with owner_role():
        rows = Delivery.objects.filter(verb=verb, channel="inbox").values_list("person_id", "organisation_id")
        return set(rows)


def _admin(house: House, of: Organisation) -> tuple[int, int]:
    return (house.viewer(of).person_id, of.pk)


def test_publication_tells_the_site_and_its_customers_and_nobody_else(
    house: House, car: Finding, as_job: AsJob
) -> None:
    reader = house.member(house.buyer, Role.VIEWER)
    elsewhere = house.member(house.supplier, Role.EDITOR, [house.south.pk])
    here = house.member(house.supplier, Role.EDITOR, [house.north.pk])
    audit = _periodic(house)
    _reassess(house, audit, car, Reassessment.Result.STILL_SHORT)
    _publish(house, audit)
    with as_job():
        relay(AT)
    site = {_admin(house, house.supplier), (here.person_id, house.supplier.pk)}
    assert _told("findings.audit_published") == site | {
        _admin(house, house.buyer),
        _admin(house, house.rival),
    }
    assert _told("findings.car_raised") == site
    assert reader.person_id not in {person for person, _ in _told("findings.audit_published")}
    assert elsewhere.person_id not in {person for person, _ in _told("findings.car_raised")}
    with owner_role():
        successor = Finding.objects.get(predecessor=car)
        paths = set(Delivery.objects.filter(verb="findings.car_raised").values_list("path", flat=True))
    assert paths == {f"/findings/{successor.code}/"}


def test_car_notice_says_that_it_is_not_a_failure(house: House, as_job: AsJob) -> None:
    audit = house.audit(AuditState.SUBMITTED)
    make.car(audit, title="Agents charge fees")
    _publish(house, audit)
    with as_job():
        relay(AT)
    from ledger.registry import notice_for
    from ledger.words import letter_of

    notice = notice_for("findings.car_raised")
    assert notice is not None
    with owner_role():
        told = Delivery.objects.filter(verb="findings.car_raised").select_related(
            "entry", "person", "organisation"
        )
        letter = letter_of(notice, told[0])
    assert letter.subject == "Something at North Mill to work on together with your customers"
    assert "This is not a failure" in letter.text
    assert "North Mill" in letter.text


def test_submission_tells_the_site_only(house: House, as_job: AsJob) -> None:
    from findings.actions.audit import submit_audit

    audit = house.audit()
    with house.as_(house.firm) as viewer:
        submit_audit(viewer=viewer, audit=audit, at=AT)
    with as_job():
        relay(AT)
    assert _told("findings.audit_submitted") == {_admin(house, house.supplier)}


def test_customer_whose_link_ended_is_not_told(house: House, as_job: AsJob) -> None:
    people.organisation("Bystander")
    audit = house.audit(AuditState.SUBMITTED)
    with owner_role():
        ended = house.rival.links_as_buyer.get()
        ended.state, ended.ended_at = "ended", AT
        ended.save(update_fields=["state", "ended_at"])
    _publish(house, audit)
    with as_job():
        relay(AT)
    assert _told("findings.audit_published") == {_admin(house, house.supplier), _admin(house, house.buyer)}
