"""Giving and ending exceptional shares, and who is told."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from findings.actions.share import SHARE_OVER, end_share, last_day, share_outside
from findings.models import Share
from findings.tasks.access import check_grants
from ledger import delivery, occurrences, relay
from ledger.acting import acting
from ledger.models import Delivery, Entry, Occurrence
from ledger.refusals import Forbidden, Refusal
from organisations.models import Membership
from organisations.visibility import Capability, Role, Viewer
from tests.conftest import job_role, owner_role
from tests.factories import organisations as people
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> World:
    return world()


@pytest.fixture
def reader() -> Membership:
    return people.membership(people.organisation("Harbour Union", Capability.STAKEHOLDER), role=Role.EDITOR)


def give(scene: World, viewer: Viewer | None = None, **changes: Any) -> Share:
    viewer, at = viewer or scene.as_supplier, changes.pop("at", timezone.now())
    said = {"ends_on": at.date() + dt.timedelta(days=30), "reason": "They help us", **changes}
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        return share_outside(viewer=viewer, audit=scene.car.audit, at=at, **said)


def end(share: Share, viewer: Viewer) -> Share:
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        return end_share(viewer=viewer, share=share, at=timezone.now())


def told(at: dt.datetime | None = None) -> list[tuple[str, str]]:
    """Relay and send everything; return to whom which letter went."""
    mail.outbox.clear()
    now = at or timezone.now()
    with job_role():
        relay.relay(now)
        delivery.send(now, pause_seconds=0)
    return sorted((one.to[0], str(one.subject)) for one in mail.outbox)


def test_share_ends_with_its_last_day_where_the_site_is(scene: World) -> None:
    with owner_role():
        scene.site.timezone = "Asia/Dhaka"
        scene.site.save(update_fields=["timezone"])
    on = timezone.now().date() + dt.timedelta(days=10)
    share = give(scene, email="ngo@example.org", ends_on=on)
    assert share.ends_at == dt.datetime.combine(on, dt.time(18), tzinfo=dt.UTC)


def test_share_is_written_down_and_due_to_end(scene: World, reader: Membership) -> None:
    share = give(scene, organisation_code=reader.organisation.code.lower(), finding=scene.car)
    assert (share.owner_id, share.organisation_name, share.email) == (
        scene.supplier.organisation_id,
        "Harbour Union",
        "",
    )
    with owner_role():
        entry = Entry.objects.get(verb="findings.shared_outside")
        due = Occurrence.objects.get(kind=SHARE_OVER)
    assert (entry.subject_code, entry.owner_id) == (share.code, scene.supplier.organisation_id)
    assert (entry.data["recipient"], entry.data["reason"]) == ("Harbour Union", "They help us")
    assert due.due_at == share.ends_at


@pytest.mark.parametrize("who", ["as_buyer", "as_firm", "as_stranger"])
def test_only_the_owner_shares(scene: World, who: str) -> None:
    with pytest.raises(Forbidden):
        give(scene, getattr(scene, who), email="ngo@example.org")


def test_viewer_role_shares_nothing_and_editor_does(scene: World) -> None:
    onlooker = people.viewer(scene.supplier.organisation, Role.VIEWER)
    editor = people.viewer(scene.supplier.organisation, Role.EDITOR)
    with pytest.raises(Forbidden):
        give(scene, onlooker, email="ngo@example.org")
    assert give(scene, editor, email="ngo@example.org").granted_by_id == editor.person_id


def test_unpublished_audit_is_not_shared() -> None:
    with pytest.raises(Forbidden) as refused:
        give(world(publish=False), email="ngo@example.org")
    assert refused.value.code == "audit-not-published"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "one-recipient"),
        ({"email": "a@example.org", "organisation_code": "ABC"}, "one-recipient"),
        ({"organisation_code": "NOBODYHERE"}, "unknown-code"),
    ],
)
def test_share_needs_one_known_recipient(scene: World, said: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        give(scene, **said)
    assert refused.value.code == code


def test_colleague_and_own_organisation_are_not_outside(scene: World) -> None:
    with pytest.raises(Refusal) as refused:
        give(scene, email=scene.supplier.person.email.upper())
    assert refused.value.code == "already-inside"
    with pytest.raises(Refusal) as refused:
        give(scene, organisation_code=scene.supplier.organisation.code)
    assert refused.value.code == "unknown-code"


def test_end_is_within_a_year_from_today(scene: World) -> None:
    today = timezone.now().date()
    for on in (today - dt.timedelta(days=1), last_day(today) + dt.timedelta(days=1)):
        with pytest.raises(Refusal) as refused:
            give(scene, email="ngo@example.org", ends_on=on)
        assert refused.value.code == "not-within-a-year"
    assert give(scene, email="ngo@example.org", ends_on=last_day(today)).pk
    assert give(scene, email="other@example.org", ends_on=today).pk


def test_last_day_is_never_more_than_a_year_away() -> None:
    assert last_day(dt.date(2027, 6, 1)) == dt.date(2028, 5, 31)
    assert last_day(dt.date(2026, 6, 1)) == dt.date(2027, 6, 1)
    assert last_day(dt.date(2028, 2, 29)) == dt.date(2029, 2, 28)


def test_same_share_is_not_given_twice_but_again_after_its_end(scene: World) -> None:
    first = give(scene, email="ngo@example.org")
    with pytest.raises(Refusal) as refused:
        give(scene, email="NGO@example.org")
    assert refused.value.code == "already-shared"
    end(first, scene.as_supplier)
    assert give(scene, email="ngo@example.org").pk != first.pk


def test_answer_is_the_same_with_an_account_and_without(scene: World, reader: Membership) -> None:
    known, unknown = give(scene, email=reader.person.email), give(scene, email="nobody@example.org")
    told_apart = {"id", "code", "email", "granted_at"}
    rows = [
        {k: v for k, v in vars(one).items() if k not in told_apart | {"_state"}} for one in (known, unknown)
    ]
    assert rows[0] == rows[1]


def test_only_the_owner_ends_a_share(scene: World, reader: Membership) -> None:
    share = give(scene, email=reader.person.email)
    for who in (
        people.viewer(reader.organisation),
        scene.as_buyer,
        people.viewer(scene.supplier.organisation, Role.VIEWER),
    ):
        with pytest.raises(Forbidden):
            end(share, who)
    assert end(share, scene.as_supplier).state == "revoked"
    with pytest.raises(Refusal) as refused:
        end(share, scene.as_supplier)
    assert refused.value.code == "share-over"
    with owner_role():
        assert Occurrence.objects.get(kind=SHARE_OVER).cancelled_at is not None


def test_recipient_is_told_by_letter_and_inbox_and_nobody_else(scene: World, reader: Membership) -> None:
    share = give(scene, email=reader.person.email)
    assert told() == [
        (reader.person.email, "Surma Shoes shows you what an audit found at Surma Shoes, Unit 2")
    ]
    assert "They help us" in mail.outbox[0].body
    assert f"/shared/{share.code}/" in mail.outbox[0].body
    with owner_role():
        assert {one.person_id for one in Delivery.objects.filter(channel="inbox")} == {reader.person_id}


def test_address_without_an_account_gets_a_letter(scene: World) -> None:
    give(scene, email="nobody@example.org", finding=scene.car)
    assert [to for to, _subject in told()] == ["nobody@example.org"]


def test_organisation_means_its_editors_and_admins(scene: World, reader: Membership) -> None:
    admin = people.membership(reader.organisation)
    people.membership(reader.organisation, role=Role.VIEWER)
    give(scene, organisation_code=reader.organisation.code)
    assert {to for to, _subject in told()} == {reader.person.email, admin.person.email}


def test_letter_is_withheld_once_the_share_has_ended(scene: World, reader: Membership) -> None:
    share = give(scene, email=reader.person.email)
    end(share, scene.as_supplier)
    assert told() == [(reader.person.email, "Surma Shoes has ended what it shared with you")]


def test_both_sides_are_told_when_it_is_over(scene: World, reader: Membership) -> None:
    share = give(scene, email=reader.person.email)
    told()
    later = share.ends_at + dt.timedelta(minutes=1)
    with job_role():
        assert occurrences.tick(later) == 1
        assert occurrences.tick(later) == 0
    assert told(later) == sorted(
        (to, "What was shared about Surma Shoes, Unit 2 has ended")
        for to in (reader.person.email, scene.supplier.person.email)
    )


def test_nobody_is_told_of_the_date_after_an_early_end(scene: World, reader: Membership) -> None:
    share = give(scene, email=reader.person.email)
    end(share, scene.as_supplier)
    with job_role():
        assert occurrences.tick(share.ends_at + dt.timedelta(minutes=1)) == 0


def test_nightly_check_is_calm_while_grants_follow_their_rule(scene: World, reader: Membership) -> None:
    give(scene, email=reader.person.email)
    with job_role():
        check_grants(timezone.now())
