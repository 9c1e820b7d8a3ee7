"""Calling a ballot, voting in it, handing a vote over, and what closing makes of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from forum.actions import ballot as act
from forum.models import Ballot, BallotHandover, BallotOutcome, BallotPaper, BallotTally, BallotVote
from forum.queries.ballot import own_votes, turnout_of
from ledger.acting import acting
from ledger.models import Entry, Occurrence
from ledger.occurrences import tick
from ledger.refusals import Forbidden, Refusal
from ledger.relay import relay
from organisations.visibility import Viewer
from tests.conftest import job_role, owner_role
from tests.factories import forum as make
from tests.factories import forum_work as work

DAY = timedelta(days=1)


def _as(who: Viewer) -> Any:
    return acting(person_id=who.person_id, organisation_id=who.organisation_id)


@pytest.fixture
def room(db: Any) -> make.Room:
    return make.group("audit-quality")


def _call(room: make.Room, who: Viewer | None = None, **fields: Any) -> Ballot:
    who, now = who or room.lead, timezone.now()
    given: dict[str, Any] = {
        "question": "Publish?",
        "choices": ["Yes", "No"],
        "opens_at": now - timedelta(minutes=1),
        "closes_at": now + 2 * DAY,
        "is_secret": False,
        "at": now,
    } | fields
    with _as(who):
        return act.call_ballot(viewer=who, group=room.group, **given)


def _vote(who: Viewer, ballot: Ballot, choice: int, at: datetime | None = None) -> None:
    with _as(who):
        act.vote(viewer=who, ballot=ballot, choice=choice, at=at or timezone.now())


def _refusal(who: Viewer, ballot: Ballot, choice: int = 1, at: datetime | None = None) -> str:
    with pytest.raises(Refusal) as refused:
        _vote(who, ballot, choice, at)
    return refused.value.code


def _tick(at: datetime) -> None:
    with job_role():
        relay(at)
        tick(at)


@pytest.mark.parametrize("is_secret", [False, True])
def test_a_ballot_is_called_voted_in_and_closed_by_time(room: make.Room, is_secret: bool) -> None:
    ballot = _call(room, is_secret=is_secret, quorum={"buyer": 1, "supplier": 1})
    _vote(room.buyer, ballot, 1)
    _vote(room.supplier, ballot, 0)
    with _as(room.buyer):
        assert BallotPaper.objects.visible_to(room.buyer).count() == 2
        assert Ballot.objects.visible_to(room.buyer).get().counts is None
    _tick(timezone.now())
    _tick(ballot.closes_at)
    with _as(room.guest):
        ballot = Ballot.objects.visible_to(room.guest).get()
        assert (ballot.state, ballot.counts, ballot.outcome, ballot.winner) == (
            "closed",
            [1, 1, 0],
            "chosen",
            1,
        )
        assert [(one.constituency, one.seats, one.voted, one.needed) for one in turnout_of(ballot)] == [
            ("buyer", 1, 1, 1),
            ("supplier", 1, 1, 1),
        ]
    with owner_role():
        assert BallotTally._base_manager.count() == 0


def test_closing_happens_once(room: make.Room) -> None:
    ballot = _call(room)
    _tick(timezone.now())
    _tick(ballot.closes_at - timedelta(hours=12))
    for _n in range(3):
        _tick(ballot.closes_at + timedelta(minutes=1))
    with job_role():
        assert not act.close_ballot(ballot_id=ballot.pk, at=ballot.closes_at + DAY)
    with owner_role():
        assert Entry.objects.filter(verb=act.CLOSED).count() == 1
        assert Entry.objects.filter(verb=act.CLOSES_SOON).count() == 1
        assert Occurrence.objects.filter(kind=act.CLOSED, done_at__isnull=False).count() == 1
        ballot.refresh_from_db()
    assert ballot.outcome == BallotOutcome.NO_VOTES


def test_entries_and_their_data_say_nothing_of_question_or_choice(room: make.Room) -> None:
    for is_secret in (False, True):
        _vote(room.buyer, _call(room, is_secret=is_secret, question="Shall we merge?"), 2)
    with owner_role():
        for entry in Entry.objects.filter(verb__in=(act.CALLED, act.VOTED)):
            assert entry.subject_label == room.group.title
            assert set(entry.data) == {"code", "key"}


def test_in_an_open_ballot_the_newest_vote_of_a_seat_counts_and_the_history_stays(room: make.Room) -> None:
    ballot = _call(room)
    for choice in (1, 2, 1, 2):
        _vote(room.buyer, ballot, choice)
    with _as(room.buyer):
        votes = own_votes(room.buyer, ballot, room.seats["buyer"])
        assert [one.choice for one in votes] == [2, 1, 2, 1]
    with _as(room.supplier):
        assert BallotVote.objects.visible_to(room.supplier).count() == 0
        assert BallotVote.objects.count() == 0
    ballot = work.closed(ballot)
    assert ballot.counts == [0, 0, 1]
    with _as(room.supplier):
        assert BallotVote.objects.visible_to(room.supplier).count() == 4


def test_in_a_secret_ballot_a_vote_is_final(room: make.Room) -> None:
    ballot = _call(room, is_secret=True)
    _vote(room.buyer, ballot, 1)
    assert _refusal(room.buyer, ballot, 2) == "has-voted"
    assert work.closed(ballot).counts == [0, 1, 0]


def test_people_without_a_seat_do_not_vote(room: make.Room) -> None:
    ballot = _call(room)
    for who in (room.guest, room.lead, room.staff):
        assert _refusal(who, ballot) == "no-seat"
    for who in (room.outsider, room.stranger):
        assert _refusal(who, ballot) == "outside-group"


def test_an_alternate_votes_in_the_holders_place_only(room: make.Room) -> None:
    ballot = _call(room)
    assert _refusal(room.second, ballot) == "holder-votes"
    with _as(room.buyer):
        act.hand_over(viewer=room.buyer, ballot=ballot, seat=room.seats["buyer"], at=timezone.now())
    _vote(room.second, ballot, 2)
    with _as(room.buyer):
        assert BallotPaper.objects.get().by_alternate
    _vote(room.buyer, ballot, 1)
    assert _refusal(room.second, ballot) == "holder-votes"
    assert work.closed(ballot).counts == [0, 1, 0]


def test_a_co_lead_hands_over_for_a_holder_who_cannot(room: make.Room) -> None:
    ballot, seat = _call(room, is_secret=True), room.seats["buyer"]
    with pytest.raises(Forbidden), _as(room.supplier):
        act.hand_over(viewer=room.supplier, ballot=ballot, seat=seat, at=timezone.now())
    with _as(room.lead):
        act.hand_over(viewer=room.lead, ballot=ballot, seat=seat, at=timezone.now())
        assert BallotHandover.objects.get().by_co_lead
    _vote(room.second, ballot, 2)
    assert _refusal(room.buyer, ballot) == "has-voted"


def test_what_was_handed_over_is_taken_back(room: make.Room) -> None:
    ballot, seat = _call(room), room.seats["buyer"]
    with _as(room.buyer):
        act.hand_over(viewer=room.buyer, ballot=ballot, seat=seat, at=timezone.now())
        with pytest.raises(Refusal) as refused:
            act.hand_over(viewer=room.buyer, ballot=ballot, seat=seat, at=timezone.now())
        assert refused.value.code == "handed-over-already"
        act.take_back(viewer=room.buyer, ballot=ballot, seat=seat, at=timezone.now())
        with pytest.raises(Refusal):
            act.take_back(viewer=room.buyer, ballot=ballot, seat=seat, at=timezone.now())
    assert _refusal(room.second, ballot) == "holder-votes"
    with pytest.raises(Refusal) as none, _as(room.supplier):
        act.hand_over(viewer=room.supplier, ballot=ballot, seat=room.seats["supplier"], at=timezone.now())
    assert none.value.code == "no-alternate"


@pytest.mark.parametrize("is_secret", [False, True])
def test_a_seat_whose_holder_changes_keeps_its_one_vote(room: make.Room, is_secret: bool) -> None:
    ballot, seat = _call(room, is_secret=is_secret), room.seats["buyer"]
    _vote(room.buyer, ballot, 1)
    with owner_role():
        seat.holdings.current().update(ended_at=timezone.now())
        seat.holdings.create(place="holder", person_id=room.second.person_id, since_at=timezone.now())
    if is_secret:
        assert _refusal(room.second, ballot) == "has-voted"
    else:
        _vote(room.second, ballot, 2)
    assert sum(work.closed(ballot).counts or []) == 1


def test_nobody_votes_before_or_after(room: make.Room) -> None:
    now = timezone.now()
    coming = _call(room, opens_at=now + DAY)
    assert _refusal(room.buyer, coming) == "ballot-not-open"
    running = _call(room)
    assert _refusal(room.buyer, running, at=running.closes_at) == "ballot-over"
    assert _refusal(room.buyer, work.closed(running)) == "ballot-over"


def test_a_ballot_withdrawn_is_never_counted(room: make.Room) -> None:
    ballot = _call(room)
    _vote(room.buyer, ballot, 1)
    with pytest.raises(Forbidden), _as(room.buyer):
        act.withdraw_ballot(viewer=room.buyer, ballot=ballot, reason="No", at=timezone.now())
    with _as(room.lead):
        act.withdraw_ballot(viewer=room.lead, ballot=ballot, reason="A wrong word", at=timezone.now())
    assert _refusal(room.buyer, ballot) == "ballot-over"
    _tick(timezone.now())
    _tick(ballot.closes_at)
    with _as(room.supplier):
        ballot = Ballot.objects.visible_to(room.supplier).get()
        assert (ballot.state, ballot.counts) == ("withdrawn", None)
        assert BallotVote.objects.count() == 0


def test_only_co_leads_call(room: make.Room) -> None:
    for who in (room.buyer, room.guest):
        with pytest.raises(Forbidden):
            _call(room, who)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"choices": ["Yes"]}, "too-few-choices"),
        ({"choices": ["Yes", " yes "]}, "same-choice-twice"),
        ({"closes_at": timezone.now() - 2 * DAY}, "closes-before-it-opens"),
        (
            {"opens_at": timezone.now() - 2 * DAY, "closes_at": timezone.now() - DAY},
            "closes-in-the-past",
        ),
    ],
)
def test_what_makes_no_ballot_is_refused(room: make.Room, fields: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        _call(room, **fields)
    assert refused.value.code == code


def test_a_choice_that_is_none_is_refused(room: make.Room) -> None:
    assert _refusal(room.buyer, _call(room), 3) == "no-such-choice"
