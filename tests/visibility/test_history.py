# ruff: noqa: S608 (numbers of this file only)
"""After any history the tables equal the rules, and the rules equal what the domain page says."""

import copy
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from findings.lifecycle import AuditState
from findings.models import Audit, Standing
from findings.queries.drift import audit_drift, standing_drift
from ledger import nights
from organisations.visibility import Capability
from sourcing.lifecycle import LinkState
from sourcing.models import Site, TradeLink
from sourcing.queries.drift import drift
from tests.conftest import job_role, owner_role
from tests.factories import findings as audits
from tests.factories import organisations as people
from tests.factories import sourcing as places
from tests.visibility import history, rule

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _owner() -> Iterator[None]:
    """Act as the owner, whose triggers are the same as everyone's, in every thread."""
    with owner_role():
        yield


def _assert_in_step() -> None:
    assert [str(one) for one in (*drift(), audit_drift(), *standing_drift()) if one] == []
    facts = rule.read_facts()
    assert rule.kept_site_access() == rule.site_access(facts)
    assert rule.kept_audit_access() == rule.audit_access(facts)
    assert rule.kept_acquaintance() == rule.acquaintance(facts)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_tables_equal_the_rules_after_a_concentrated_history(seed: int) -> None:
    cast = history.make_cast()
    # What threads come to differs from run to run: some histories go on until every corner has something in it.
    for more in range(0, 50, 10):
        history.run(cast, seed=seed + more, threads=4, events=80)
        _assert_in_step()
        if _has_every_corner():
            return
    pytest.fail("In five histories nothing happened in some corner.")


def _has_every_corner() -> bool:
    facts = rule.read_facts()
    return (
        min(len(facts.links), len(facts.engagements), len(facts.audits)) > 5
        and Standing.objects.filter(car_in_progress__gt=0).exists()
        and Standing.objects.filter(next_due_on__isnull=False).exists()
    )


def test_alarm_sounds_when_a_table_drifts() -> None:
    cast = history.make_cast()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM sourcing_site LIMIT 1")
        site = cursor.fetchone()[0]
        cursor.execute("DELETE FROM sourcing_siteaccess WHERE site_id = %s", [site])
        cursor.execute(
            """INSERT INTO sourcing_siteaccess (organisation_id, site_id, owner_id, bases)
               VALUES (%s, %s, %s, '{customer}')""",
            [cast.buyers[0], site, cast.suppliers[0]],
        )
    assert [str(one) for one in drift() if one] == ["sourcing_siteaccess: 1 stale, 1 missing"]
    with job_role():
        alarms = nights.run(datetime(2026, 5, 4, 3, tzinfo=UTC))
    assert alarms == ["sourcing.access"]


def test_site_that_changes_owner_takes_its_readers_along() -> None:
    old, new = people.organisation(), people.organisation()
    old_customer, new_customer = (people.organisation("", Capability.BUYER) for _number in range(2))
    firm = people.organisation("", Capability.AUDIT_FIRM)
    site = places.site(old)
    places.link(old_customer, old, site)
    places.link(new_customer, new)
    places.engagement(site, firm)
    audit = audits.publish(audits.audit(site, firm))
    Site.objects.filter(pk=site.pk).update(organisation=new)
    readers = {who for who, what in rule.kept_site_access() if what == site.pk}
    assert readers == {new.pk, new_customer.pk}
    assert {who for who, what in rule.kept_audit_access() if what == audit.pk} == {
        new.pk,
        new_customer.pk,
        firm.pk,
    }
    _assert_in_step()


class Elsewhere:
    """A second connection with a transaction of its own, led step by step."""

    def __init__(self, *steps: str) -> None:
        self.steps = steps
        self.is_through = [threading.Event() for _step in steps]
        self.may_go_on = [threading.Event() for _step in steps]
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        connection.settings_dict = copy.deepcopy(connection.settings_dict)  # this thread's role is its own
        try:
            with owner_role(), transaction.atomic(), connection.cursor() as cursor:
                for step, through, may_go_on in zip(self.steps, self.is_through, self.may_go_on, strict=True):
                    cursor.execute(step)
                    through.set()
                    may_go_on.wait(10)
        finally:
            connection.close()

    def waits(self, step: int) -> bool:
        """Tell whether step number `step` is still waiting for a lock after a moment."""
        return not self.is_through[step].wait(0.3)

    def finish(self) -> None:
        """Let every step run and the transaction commit."""
        for one in self.may_go_on:
            one.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


def _submitted(site: Site) -> Audit:
    audit = audits.audit(site, people.organisation("", Capability.AUDIT_FIRM))
    Audit.objects.filter(pk=audit.pk).update(state=AuditState.SUBMITTED)
    return audit


def test_link_that_ends_while_an_audit_is_published_leaves_nothing_behind() -> None:
    supplier, buyer = people.organisation(), people.organisation("", Capability.BUYER)
    site = places.site(supplier)
    link = places.link(buyer, supplier)
    audit = _submitted(site)
    with transaction.atomic():
        TradeLink.objects.filter(pk=link.pk).update(state=LinkState.ENDED)
        other = Elsewhere(
            f"UPDATE findings_audit SET state = 'published', published_at = now() WHERE id = {audit.pk}"
        )
        assert other.waits(0)
    other.finish()
    assert (buyer.pk, audit.pk) not in rule.kept_audit_access()
    _assert_in_step()


def test_audit_that_is_published_while_a_link_ends_leaves_nothing_behind() -> None:
    supplier, buyer = people.organisation(), people.organisation("", Capability.BUYER)
    site = places.site(supplier)
    link = places.link(buyer, supplier)
    audit = _submitted(site)
    with transaction.atomic():
        audits.publish(audit)
        other = Elsewhere(f"UPDATE sourcing_tradelink SET state = 'ended' WHERE id = {link.pk}")
        assert other.waits(0)
    other.finish()
    assert (buyer.pk, audit.pk) not in rule.kept_audit_access()
    _assert_in_step()


def test_finding_that_is_written_while_its_audit_is_published_is_counted() -> None:
    site = places.site(people.organisation())
    audit = audits.audit(site, people.organisation("", Capability.AUDIT_FIRM))
    with transaction.atomic():
        audits.finding(audit)
        other = Elsewhere(
            f"UPDATE findings_audit SET state = 'submitted' WHERE id = {audit.pk}",
            f"UPDATE findings_audit SET state = 'published', published_at = now() WHERE id = {audit.pk}",
        )
        assert other.waits(0)
    other.finish()
    assert Standing.objects.get(supplier=site.organisation, organisation=site.organisation).nc_major == 1
    _assert_in_step()


def test_three_at_once_site_moves_audit_is_published_and_the_new_owner_ends_a_link() -> None:
    old, new = people.organisation(), people.organisation()
    buyer = people.organisation("", Capability.BUYER)
    site = places.site(old)
    link = places.link(buyer, new)
    audit = _submitted(site)
    with transaction.atomic():
        Site.objects.filter(pk=site.pk).update(organisation=new)
        publishing = Elsewhere(
            f"UPDATE findings_audit SET state = 'published', published_at = now() WHERE id = {audit.pk}"
        )
        assert publishing.waits(0)
    assert not publishing.waits(0)
    ending = Elsewhere(f"UPDATE sourcing_tradelink SET state = 'ended' WHERE id = {link.pk}")
    assert ending.waits(0)  # it saw the old owner first, and locked the new one as well
    publishing.finish()
    ending.finish()
    assert (buyer.pk, audit.pk) not in rule.kept_audit_access()
    _assert_in_step()
