"""Whom a ballot waits for: whoever is to vote for a seat, once, and nobody else."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from config.todos import todos_of
from forum.actions.ballot import hand_over, take_back
from ledger.acting import acting
from organisations.visibility import Viewer
from tests.factories import forum as make
from tests.factories import forum_work as work


@pytest.fixture
def room(db: Any) -> make.Room:
    return make.group("audit-quality")


def _waits_for(room: make.Room) -> set[str]:
    found = set()
    for name in ("staff", "lead", "buyer", "second", "supplier", "guest", "outsider", "stranger"):
        who: Viewer = getattr(room, name)
        at = timezone.now()
        with acting(person_id=who.person_id, organisation_id=who.organisation_id):
            rows = todos_of(who, at=at, on=at.date())
        if any(row.kind == "group_ballot" for row in rows):
            found.add(name)
    return found


def _done(who: Viewer, act: Any, **about: Any) -> None:
    with acting(person_id=who.person_id, organisation_id=who.organisation_id):
        act(viewer=who, at=timezone.now(), **about)


def test_a_ballot_waits_for_the_holders_of_seats_until_their_seats_have_voted(room: make.Room) -> None:
    ballot = work.ballot(room.group, room.lead)
    assert _waits_for(room) == {"buyer", "supplier"}
    work.cast(ballot, room.buyer, room.seats["buyer"].pk, 1)
    assert _waits_for(room) == {"supplier"}
    work.called_off(ballot, room.lead)
    assert _waits_for(room) == set()


def test_a_vote_that_is_handed_over_waits_for_the_alternate(room: make.Room) -> None:
    about = {"ballot": work.ballot(room.group, room.lead), "seat": room.seats["buyer"]}
    _done(room.buyer, hand_over, **about)
    assert _waits_for(room) == {"second", "supplier"}
    _done(room.buyer, take_back, **about)
    assert _waits_for(room) == {"buyer", "supplier"}


def test_home_leads_to_the_ballot(room: make.Room, client_for: Any) -> None:
    ballot = work.ballot(room.group, room.lead)
    client: Client = client_for(make.membership_of(room.buyer).person, room.buyer.organisation_id)
    assert "asks for the vote of your seat" in client.get("/").content.decode()
    answer = client.get(f"/forum/ballots/{ballot.code}/")
    assert answer.headers["Location"] == f"/forum/groups/audit-quality/ballots/{ballot.code}/"
    outside: Client = client_for(make.membership_of(room.outsider).person, room.outsider.organisation_id)
    assert outside.get(f"/forum/ballots/{ballot.code}/").status_code == 404
