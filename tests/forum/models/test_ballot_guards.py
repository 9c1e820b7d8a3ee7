# ruff: noqa: S608 (names of this file only)
"""What the database itself refuses about ballots, whoever writes SQL as the role app."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from forum.models import Ballot, BallotPaper, BallotTally, BallotVote
from ledger.acting import acting
from organisations.visibility import Viewer
from tests.conftest import job_role, owner_role
from tests.factories import forum as make
from tests.factories import forum_work as work


def _as(who: Viewer) -> Any:
    return acting(person_id=who.person_id, organisation_id=who.organisation_id)


def _sql(who: Viewer | None, sql: str, *params: Any) -> list[tuple[Any, ...]]:
    person, organisation = (who.person_id, who.organisation_id) if who else (None, None)
    with acting(person_id=person, organisation_id=organisation), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall()) if cursor.description else [(cursor.rowcount,)]


def _refused(who: Viewer | None, sql: str, *params: Any) -> str:
    with pytest.raises(DatabaseError) as refused:
        _sql(who, sql, *params)
    return str(refused.value)


@pytest.fixture
def room(db: Any) -> make.Room:
    return make.group("audit-quality")


VOTE = "SELECT app.vote(%s, %s, %s, %s)"


def test_nobody_writes_papers_votes_or_counts_beside_the_door(room: make.Room) -> None:
    secret, shown = work.ballot(room.group, room.lead, is_secret=True), work.ballot(room.group, room.lead)
    work.cast(secret, room.buyer, room.seats["buyer"].pk, 1)
    work.cast(shown, room.buyer, room.seats["buyer"].pk, 1)
    for who in (room.buyer, room.lead, room.staff, room.supplier):
        for table in ("forum_ballotpaper", "forum_ballotvote", "forum_ballottally"):
            for sql in (
                f"DELETE FROM {table}",
                f"UPDATE {table} SET id = id",
                f"INSERT INTO {table} DEFAULT VALUES",
            ):
                assert "permission denied" in _refused(who, sql)


def test_nobody_reads_a_running_count(room: make.Room) -> None:
    secret = work.ballot(room.group, room.lead, is_secret=True)
    work.cast(secret, room.buyer, room.seats["buyer"].pk, 2)
    with owner_role():
        assert BallotTally._base_manager.get(choice=2).votes == 1
    for who in (*room.inside, room.outsider, room.stranger, None):
        assert _sql(who, "SELECT count(*) FROM forum_ballottally") == [(0,)]


def test_a_secret_vote_leaves_no_row_that_ties_the_seat_to_the_choice(room: make.Room) -> None:
    """Two ballots that differ in who chose what differ in nothing else that is written down."""
    written = []
    for buyer, supplier in ((1, 2), (2, 1)):
        ballot = work.ballot(room.group, room.lead, is_secret=True)
        work.cast(ballot, room.buyer, room.seats["buyer"].pk, buyer)
        work.cast(ballot, room.supplier, room.seats["supplier"].pk, supplier)
        with owner_role():
            papers = BallotPaper.objects.filter(ballot=ballot).order_by("seat_id")
            tally = BallotTally._base_manager.filter(ballot=ballot).order_by("choice")
            written.append(
                (
                    list(papers.values("seat_id", "constituency", "organisation_name", "by_alternate")),
                    list(tally.values("choice", "votes")),
                    BallotVote._base_manager.filter(ballot=ballot).count(),
                )
            )
    assert written[0] == written[1]
    assert {one.name for one in BallotPaper._meta.get_fields() if "Date" in type(one).__name__} == set()


def test_votes_of_others_are_read_after_the_close_alone(room: make.Room) -> None:
    shown = work.ballot(room.group, room.lead)
    work.cast(shown, room.buyer, room.seats["buyer"].pk, 1)
    count = "SELECT count(*) FROM forum_ballotvote"
    assert _sql(room.buyer, count) == [(1,)]
    for who in (room.lead, room.staff, room.supplier, room.guest, room.outsider, room.stranger):
        assert _sql(who, count) == [(0,)]
    work.closed(shown)
    assert [_sql(who, count) for who in room.inside] == [[(1,)]] * 6
    assert _sql(room.outsider, count) == _sql(room.stranger, count) == [(0,)]


@pytest.mark.parametrize("is_secret", [False, True])
def test_the_door_lets_the_person_of_the_seat_in_and_nobody_else(room: make.Room, is_secret: bool) -> None:
    ballot, now = work.ballot(room.group, room.lead, is_secret=is_secret), timezone.now()
    seat, other = room.seats["buyer"].pk, room.seats["supplier"].pk
    for who in (room.guest, room.outsider, room.stranger, None):
        assert "the people inside a group vote" in _refused(who, VOTE, ballot.pk, seat, 1, now)
    for who in (room.lead, room.staff, room.supplier):
        assert "whoever sits on a seat votes" in _refused(who, VOTE, ballot.pk, seat, 1, now)
    assert "whoever sits on a seat votes" in _refused(room.buyer, VOTE, ballot.pk, other, 1, now)
    assert "an alternate votes in" in _refused(room.second, VOTE, ballot.pk, seat, 1, now)
    for choice in (-1, 3, None):
        assert "one of the choices" in _refused(room.buyer, VOTE, ballot.pk, seat, choice, now)
    _sql(room.buyer, VOTE, ballot.pk, seat, 1, now)


def test_a_seat_of_another_group_does_not_vote(room: make.Room) -> None:
    elsewhere = make.group("joint-remediation")
    make.participant(room.group, elsewhere.buyer)
    ballot = work.ballot(room.group, room.lead)
    sql, seat = VOTE, elsewhere.seats["buyer"].pk
    assert "whoever sits" in _refused(elsewhere.buyer, sql, ballot.pk, seat, 1, timezone.now())


@pytest.mark.parametrize("is_secret", [False, True])
def test_neither_clock_lets_a_vote_in_before_or_after(room: make.Room, is_secret: bool) -> None:
    """The moment a caller names and the database's own clock both have to lie within the ballot."""
    now, seat = timezone.now(), room.seats["buyer"].pk
    hours = timedelta(hours=3)
    times = {"is_secret": is_secret, "called_at": now - 2 * hours}
    over = work.ballot(room.group, room.lead, opens_at=now - 2 * hours, closes_at=now - hours, **times)
    coming = work.ballot(room.group, room.lead, opens_at=now + hours, closes_at=now + 2 * hours, **times)
    running = work.ballot(room.group, room.lead, **times)
    for ballot, moment in (
        (over, now - hours * 1.5),
        (over, now),
        (coming, now + hours * 1.5),
        (coming, now),
        (running, running.closes_at),
        (running, running.opens_at - hours),
    ):
        assert "while a ballot is open" in _refused(room.buyer, VOTE, ballot.pk, seat, 1, moment)


def test_the_newest_seat_of_an_organisation_that_has_voted_has_no_second_vote(room: make.Room) -> None:
    ballot = work.ballot(room.group, room.lead)
    work.cast(ballot, room.buyer, room.seats["buyer"].pk, 1)
    with owner_role():
        seat = room.seats["buyer"]
        seat.ended_at = timezone.now()
        seat.save(update_fields=["ended_at"])
    again = make.seat(room.group, room.buyer.organisation_id, holder=room.buyer)
    assert "has voted" in _refused(room.buyer, VOTE, ballot.pk, again.pk, 2, timezone.now())
    assert work.closed(ballot).counts == [0, 1, 0]


def test_what_a_ballot_asks_never_changes(room: make.Room) -> None:
    ballot = work.ballot(room.group, room.lead)
    assert "permission denied" in _refused(room.lead, "UPDATE forum_ballot SET question = 'Other?'")
    assert _sql(room.buyer, "UPDATE forum_ballot SET state = 'withdrawn', withdrawn_at = now()") == [(0,)]
    assert "permission denied" in _refused(room.lead, "DELETE FROM forum_ballot")
    with pytest.raises(DatabaseError, match="stays as it was called"), owner_role(), transaction.atomic():
        Ballot._base_manager.filter(pk=ballot.pk).update(closes_at=timezone.now() + timedelta(days=9))


def test_nobody_closes_a_ballot_by_hand_and_the_result_is_frozen(room: make.Room) -> None:
    ballot = work.ballot(room.group, room.lead)
    work.cast(ballot, room.buyer, room.seats["buyer"].pk, 1)
    refused = _refused(room.lead, "UPDATE forum_ballot SET state = 'closed'")
    assert "time closes a ballot" in refused
    now = timezone.now()
    result = {"state": "closed", "outcome": "no_votes", "counts": [0, 0, 0], "closed_at": ballot.closes_at}
    with pytest.raises(DatabaseError, match="every paper is counted"), job_role(), transaction.atomic():
        Ballot._base_manager.filter(pk=ballot.pk).update(**result)
    with pytest.raises(DatabaseError, match="time closes a ballot"), job_role(), transaction.atomic():
        Ballot._base_manager.filter(pk=ballot.pk).update(**{**result, "counts": [0, 1, 0], "closed_at": now})
    work.closed(ballot)
    for change in ({"counts": [1, 0, 0]}, {"winner": 2}, {"state": "called"}, {"outcome": "tie"}):
        with pytest.raises(DatabaseError), owner_role(), transaction.atomic():
            Ballot._base_manager.filter(pk=ballot.pk).update(**change)
    with pytest.raises(DatabaseError), owner_role(), transaction.atomic():
        BallotPaper._base_manager.filter(ballot=ballot).delete()


def test_only_the_holder_or_a_co_lead_hands_over(room: make.Room) -> None:
    ballot, seat = work.ballot(room.group, room.lead), room.seats["buyer"]
    sql = """INSERT INTO forum_ballothandover (ballot_id, seat_id, group_id, organisation_id, person_name,
             organisation_name, by_co_lead, at) VALUES (%s, %s, %s, %s, '', '', false, now())"""
    for who in (room.second, room.supplier, room.guest):
        assert "the holder hands" in _refused(
            who, sql, ballot.pk, seat.pk, room.group.pk, who.organisation_id
        )
    for who in (room.outsider, room.stranger):
        assert _refused(who, sql, ballot.pk, seat.pk, room.group.pk, who.organisation_id)
    _sql(room.lead, sql, ballot.pk, seat.pk, room.group.pk, room.lead.organisation_id)
    assert _sql(room.lead, "SELECT by_co_lead FROM forum_ballothandover") == [(True,)]
    assert "permission denied" in _refused(room.lead, "UPDATE forum_ballothandover SET seat_id = 1")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_secret", [False, True])
def test_a_seat_that_votes_ten_times_at_once_has_one_vote(is_secret: bool) -> None:
    room = make.group("audit-quality")
    ballot, seat = work.ballot(room.group, room.lead, is_secret=is_secret), room.seats["buyer"].pk
    done: list[bool] = []

    def cast(choice: int) -> None:
        try:
            work.cast(ballot, room.buyer, seat, choice)
            done.append(True)
        except DatabaseError:
            done.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=cast, args=(1 + one % 2,)) for one in range(10)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(done) == (1 if is_secret else 10)
    assert sum(work.closed(ballot).counts or []) == 1
