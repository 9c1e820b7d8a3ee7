"""Two people press at the same moment: one of them wins, and nobody waits for ever."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from findings.actions.audit import take_back_audit
from findings.actions.publication import publish_audit
from findings.lifecycle import AuditState
from findings.models import Audit
from ledger.models import Entry
from ledger.refusals import Refusal
from tests.conftest import owner_role
from tests.findings.conftest import AT, House
from tests.ledger.roles import working_as

pytestmark = pytest.mark.django_db(transaction=True)


def _at_once(house: House, *actions: Callable[..., Audit], audit: Audit) -> list[str]:
    """Do these at the same time as the firm's admin; return what became of each."""
    start, ends = threading.Barrier(len(actions)), ["lost"] * len(actions)

    def run(number: int) -> None:
        try:
            with working_as("app"), house.as_(viewer):
                start.wait(timeout=10)
                actions[number](viewer=viewer, audit=audit, at=AT)
            ends[number] = "done"
        except Refusal as refusal:
            ends[number] = refusal.code
        finally:
            connection.close()

    viewer = house.viewer(house.firm)
    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(actions))]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=30)
    return ends


def test_audit_is_published_once(house: House) -> None:
    audit = house.audit(AuditState.SUBMITTED)
    ends = _at_once(house, publish_audit, publish_audit, publish_audit, audit=audit)
    assert sorted(ends) == ["audit-published", "audit-published", "done"]
    with owner_role():
        assert Entry.objects.filter(verb="findings.audit_published").count() == 1


def test_publishing_and_taking_back_at_once_leaves_one_of_them(house: House) -> None:
    audit = house.audit(AuditState.SUBMITTED)
    ends = _at_once(house, publish_audit, take_back_audit, audit=audit)
    with owner_role():
        audit.refresh_from_db()
    assert (audit.state, sorted(ends)) in [
        (AuditState.PUBLISHED, ["audit-published", "done"]),
        (AuditState.IN_PROGRESS, ["done", "illegal-move"]),
    ]
