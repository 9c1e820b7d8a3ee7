"""Work inside groups, as the owner of the tables may make it."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from forum.actions.ballot import close_ballot
from forum.models import Ballot, BallotPaper, BallotVote, Group, Majority, Seat
from ledger.acting import acting
from organisations.visibility import Viewer
from tests.conftest import job_role, owner_role

HOUR = timedelta(hours=1)


def ballot(of: Group, by: Viewer, **fields: Any) -> Ballot:
    """Call a ballot, open and running for an hour unless told otherwise."""
    now = timezone.now()
    given: dict[str, Any] = {
        "question": "Shall we publish the guide?",
        "language": "en",
        "choices": ["Yes", "No"],
        "is_secret": False,
        "rule": Majority.HALF,
        "opens_at": now - HOUR,
        "closes_at": now + HOUR,
        "called_at": now - HOUR,
    } | fields
    with owner_role():
        made = Ballot.objects.create(
            group=of, person_id=by.person_id, organisation_id=by.organisation_id, **given
        )
        made.refresh_from_db()
        return made


def cast(made: Ballot, who: Viewer, seat_id: int, choice: int) -> None:
    """Cast a vote as somebody, straight through the database's own door."""
    with (
        acting(person_id=who.person_id, organisation_id=who.organisation_id),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT app.vote(%s, %s, %s, %s)", [made.pk, seat_id, choice, timezone.now()])


def counted(of: Group, by: Viewer, votes: dict[Seat, tuple[Viewer, int]], **fields: Any) -> Ballot:
    """Make an open ballot of the past hour with these votes in it, closed by time."""
    now = timezone.now()
    made = ballot(of, by, closes_at=now - HOUR / 60, **fields)
    with owner_role():
        for seat, (who, choice) in votes.items():
            BallotPaper.objects.create(
                ballot=made,
                group=of,
                seat=seat,
                constituency=seat.constituency,
                organisation_name=seat.organisation_name,
                by_alternate=False,
            )
            BallotVote.objects.create(
                ballot=made,
                seat=seat,
                number=1,
                choice=choice,
                by_alternate=False,
                at=now - HOUR / 2,
                person_id=who.person_id,
                organisation_id=who.organisation_id,
            )
    return closed(made)


def closed(made: Ballot) -> Ballot:
    """Let time close a ballot."""
    with job_role():
        close_ballot(ballot_id=made.pk, at=made.closes_at)
    with owner_role():
        made.refresh_from_db()
        return made


def called_off(made: Ballot, by: Viewer) -> None:
    """Let a co-lead withdraw a ballot."""
    with acting(person_id=by.person_id, organisation_id=by.organisation_id):
        Ballot.objects.filter(pk=made.pk).update(
            state="withdrawn", withdrawn_at=timezone.now(), reason="A wrong word", reason_language="en"
        )
    with owner_role():
        made.refresh_from_db()
