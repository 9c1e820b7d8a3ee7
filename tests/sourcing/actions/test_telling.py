"""Who is told of what, in which words; and what follows from an acceptance without anyone asking."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail

from ledger import delivery, relay
from ledger.models import Delivery
from organisations.models import Organisation
from organisations.visibility import Role
from sourcing.actions.engagement import accept_engagement, ask_for_audit, end_engagement
from sourcing.actions.link import (
    accept_as_supplier,
    decline_link,
    end_link,
    propose_to_supplier,
    withdraw_link,
)
from sourcing.models import Engagement, RegisterEntry, TradeLink
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.sourcing.conftest import World

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
AsJob = Callable[[], AbstractContextManager[None]]


def _told(as_job: AsJob) -> list[tuple[str, str]]:
    """Relay and send; return (address, subject) of the letters, and empty the post box."""
    with as_job():
        relay.relay(NOW)
        delivery.send(NOW, pause_seconds=0)
    letters = sorted((one.to[0], str(one.subject)) for one in mail.outbox)
    mail.outbox.clear()
    return letters


def _address(world: World, of: Organisation) -> str:
    return world.admins[of.pk].email


def _entry(world: World, name: str) -> RegisterEntry:
    with owner_role():
        return RegisterEntry.objects.create(organisation=world.buyer, name=name, country="BD", match_key=name)


def test_proposal_is_told_to_admins_and_editors_of_the_other_end_only(world: World, as_job: AsJob) -> None:
    editor = people.membership(world.supplier, role=Role.EDITOR).person
    people.membership(world.supplier, role=Role.VIEWER)
    with world.as_(world.buyer) as viewer:
        propose_to_supplier(viewer=viewer, code=world.supplier.code, message="Good day", at=NOW)
    subject = "A customer asks to see your sites"
    assert _told(as_job) == sorted([(_address(world, world.supplier), subject), (editor.email, subject)])


def test_letter_says_who_asks_but_its_subject_names_nobody(world: World, as_job: AsJob) -> None:
    with world.as_(world.buyer) as viewer:
        propose_to_supplier(viewer=viewer, code=world.supplier.code, message="Good day & thanks", at=NOW)
    with as_job():
        relay.relay(NOW)
        delivery.send(NOW, pause_seconds=0)
    letter = mail.outbox[0]
    assert "Bright Stores" not in letter.subject
    assert "Bright Stores asks you for a trade link for all your sites." in letter.body
    assert "Good day & thanks" in letter.body


def test_acceptance_is_told_and_points_the_register_at_the_sites(world: World, as_job: AsJob) -> None:
    known, strange = _entry(world, "N. Mill"), _entry(world, "Unknown Mill")
    with world.as_(world.buyer) as viewer:
        link = propose_to_supplier(viewer=viewer, code=world.supplier.code, entries=[known, strange], at=NOW)
    _told(as_job)
    with world.as_(world.supplier) as viewer:
        accept_as_supplier(viewer=viewer, link=link, covers_all_sites=False, places={0: world.north}, at=NOW)
    assert _told(as_job) == [(_address(world, world.buyer), "Your trade link is accepted")]
    with owner_role():
        known.refresh_from_db()
        strange.refresh_from_db()
    assert (known.site_id, strange.site_id) == (world.north.pk, None)


@pytest.mark.parametrize(
    ("verb", "subject"),
    [("decline", "Your trade link is declined"), ("withdraw", None), ("end", "A trade link has ended")],
)
def test_end_of_a_link_is_told_to_the_other_end(
    world: World, as_job: AsJob, verb: str, subject: str | None
) -> None:
    with world.as_(world.buyer) as viewer:
        link = propose_to_supplier(viewer=viewer, code=world.supplier.code, at=NOW)
    _told(as_job)
    if verb == "withdraw":
        with world.as_(world.buyer) as viewer:
            withdraw_link(viewer=viewer, link=link, at=NOW)
        told = (_address(world, world.supplier), "A request for a trade link is taken back")
    else:
        _answer(world, link, verb)
        told = (_address(world, world.buyer), subject or "")
    assert told in _told(as_job)


def _answer(world: World, link: TradeLink, verb: str) -> None:
    with world.as_(world.supplier) as viewer:
        if verb == "decline":
            decline_link(viewer=viewer, link=link, reason="We do not know you", at=NOW)
        else:
            accept_as_supplier(viewer=viewer, link=link, covers_all_sites=True, at=NOW)
            end_link(viewer=viewer, link=link, at=NOW)


def test_engagement_is_told_at_every_turn(world: World, as_job: AsJob) -> None:
    firm, supplier = _address(world, world.firm), _address(world, world.supplier)
    with world.as_(world.supplier) as viewer:
        (engagement,) = ask_for_audit(viewer=viewer, audit_firm=world.firm, sites=[world.north], at=NOW)
    assert _told(as_job) == [(firm, "A supplier asks you for an audit")]
    with world.as_(world.firm) as viewer:
        accept_engagement(viewer=viewer, engagement=engagement, at=NOW)
    assert _told(as_job) == [(supplier, "The audit firm has accepted")]
    with world.as_(world.supplier) as viewer:
        end_engagement(viewer=viewer, engagement=engagement, at=NOW)
    assert _told(as_job) == [(firm, "An engagement has ended")]


def test_taken_back_before_it_was_told_is_not_told_as_open(world: World, as_job: AsJob) -> None:
    with world.as_(world.buyer) as viewer:
        link = propose_to_supplier(viewer=viewer, code=world.supplier.code, at=NOW)
        withdraw_link(viewer=viewer, link=link, at=NOW)
    assert [subject for _to, subject in _told(as_job)] == ["A request for a trade link is taken back"]


def test_nobody_else_is_told(world: World, as_job: AsJob) -> None:
    with world.as_(world.buyer) as viewer:
        propose_to_supplier(viewer=viewer, code=world.supplier.code, at=NOW)
    _told(as_job)
    with owner_role():
        told: Any = set(Delivery.objects.values_list("organisation_id", flat=True))
        assert Engagement.objects.count() == 0
    assert told == {world.supplier.pk}
