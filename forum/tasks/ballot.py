"""What time brings to a ballot: its last day, and its end. Rows of nobody's organisation, planned by a reaction."""

from datetime import datetime, timedelta

from forum.actions.ballot import CALLED, CLOSED, CLOSES_SOON, close_ballot
from forum.actions.inside import tell
from forum.lifecycle import BallotState
from forum.models import Ballot
from ledger.models import Entry, Occurrence
from ledger.occurrences import schedule
from ledger.registry import occurrence, reaction

WARNING = timedelta(days=1)


@reaction(CALLED)
def expect_end(entry: Entry) -> None:
    """Plan the end of a ballot and, where it lasts longer than that, the letter of a day before."""
    ballot = Ballot.objects.filter(code=entry.data.get("code")).first()
    if ballot is None:
        return
    schedule(CLOSED, ballot, ballot.closes_at, None)
    if ballot.closes_at - ballot.opens_at > WARNING:
        schedule(CLOSES_SOON, ballot, ballot.closes_at - WARNING, None)


@occurrence(CLOSED)
def close(row: Occurrence, at: datetime) -> None:
    """Count it."""
    close_ballot(ballot_id=row.subject_id, at=at)


@occurrence(CLOSES_SOON)
def warn(row: Occurrence, at: datetime) -> None:
    """Remind the seats that have not voted; too late is not at all."""
    rows = Ballot.objects.select_related("group").filter(pk=row.subject_id, state=BallotState.CALLED)
    ballot = rows.filter(closes_at__gt=at).first()
    if ballot is not None:
        tell(verb=CLOSES_SOON, by=None, group=ballot.group, at=at, data={"code": ballot.code})
