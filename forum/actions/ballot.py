"""The verbs of a ballot: call it, vote, hand a vote over, withdraw it; time closes it."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from forum.actions.inside import move_inside, tell
from forum.lifecycle import BALLOT, BallotState
from forum.models import Ballot, BallotHandover, BallotTally, Group, Majority, QuorumUnit, Seat
from forum.permissions.ballot import can_call, can_hand_over, can_take_back, can_vote, can_withdraw
from forum.queries.ballot import cast_counts, electorate, own_holding
from forum.queries.counting import result_of, turnouts
from ledger.refusals import NotVisible, Refusal
from organisations.visibility import Viewer

CALLED, VOTED, WITHDRAWN = "forum.ballot_called", "forum.ballot_voted", "forum.ballot_withdrawn"
CLOSED, CLOSES_SOON = "forum.ballot_closed", "forum.ballot_closes_soon"
HANDED, TAKEN_BACK = "forum.vote_handed_over", "forum.vote_taken_back"
FEWEST, MOST = 2, 12


def call_ballot(
    *,
    viewer: Viewer,
    group: Group,
    question: str,
    choices: Sequence[str],
    opens_at: dt.datetime,
    closes_at: dt.datetime,
    is_secret: bool,
    rule: str = Majority.HALF,
    quorum: Mapping[str, int] | None = None,
    quorum_unit: str = QuorumUnit.SEATS,
    details: str = "",
    language: str = "",
    at: dt.datetime,
) -> Ballot:
    """Put a question to the seats of a group; its words and rules never change from now on.

    Promises: the seats are told, and a day before it closes those that have not voted; it closes by itself.
    Raises: Forbidden; Refusal "too-few-choices", "same-choice-twice", "closes-before-it-opens", "closes-in-the-past".
    """
    said = [one.strip() for one in choices if one.strip()]
    _check(said, opens_at, closes_at, at)
    asked = dict(sorted((quorum or {}).items()))
    with transaction.atomic():
        can_call(viewer, group).require()
        ballot = Ballot.objects.create(
            group=group,
            organisation_id=viewer.organisation_id,
            question=question.strip(),
            details=details.strip(),
            language=language,
            choices=said,
            is_secret=is_secret,
            rule=rule,
            quorum_of=list(asked),
            quorum_least=list(asked.values()),
            quorum_unit=quorum_unit,
            opens_at=opens_at,
            closes_at=closes_at,
            called_at=at,
        )
        tell(verb=CALLED, by=viewer, group=group, at=at, data={"code": ballot.code})
    return ballot


def _check(said: Sequence[str], opens_at: dt.datetime, closes_at: dt.datetime, at: dt.datetime) -> None:
    if not FEWEST <= len(said) <= MOST:
        raise _refused("too-few-choices", "choices", _("Give between two and twelve choices."))
    if len({one.lower() for one in said}) < len(said):
        raise _refused("same-choice-twice", "choices", _("Two choices are the same."))
    if closes_at <= opens_at:
        raise _refused("closes-before-it-opens", "closes_at", _("A ballot closes after it opens."))
    if closes_at <= at:
        raise _refused("closes-in-the-past", "closes_at", _("Choose a moment in the future."))


def vote(*, viewer: Viewer, ballot: Ballot, choice: int, at: dt.datetime) -> None:
    """Cast the vote of the viewer's seat; in an open ballot the newest counts, in a secret one it is final.

    Promises: the entry says that this person voted and never what; a secret choice stands apart from the seat.
    Raises: Forbidden; Refusal "no-such-choice", "vote-refused".
    """
    if not 0 <= choice <= len(ballot.choices):
        raise _refused("no-such-choice", "choice", _("Choose one of the answers."))
    with transaction.atomic():
        holding = own_holding(viewer, ballot.group)
        can_vote(viewer, ballot, holding, at=at).require()
        if holding is None:
            raise NotVisible
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT app.vote(%s, %s, %s, %s)", [ballot.pk, holding.seat_id, choice, at])
        except IntegrityError as error:  # between our look and the vote it was closed, or somebody was faster
            raise Refusal(
                "vote-refused",
                _("Your vote was not taken: this ballot, or your seat in it, has changed just now."),
            ) from error
        tell(verb=VOTED, by=viewer, group=ballot.group, at=at, data={"code": ballot.code})


def hand_over(*, viewer: Viewer, ballot: Ballot, seat: Seat, at: dt.datetime) -> BallotHandover:
    """Let the seat's alternate vote in the holder's place, in this ballot.

    Raises: Forbidden; Refusal "no-alternate", "handed-over-already".
    """
    with transaction.atomic():
        can_hand_over(viewer, ballot, seat, at=at).require()
        try:
            with transaction.atomic():
                made = BallotHandover.objects.create(
                    ballot=ballot, seat=seat, organisation_id=viewer.organisation_id, at=at
                )
        except IntegrityError as error:
            if "ballot_handed_over_once" in str(error):
                raise Refusal("handed-over-already", _("This vote is handed over already.")) from error
            raise Refusal("no-alternate", _("This vote cannot be handed over.")) from error
        data = {"code": ballot.code, "seat": seat.code}
        tell(verb=HANDED, by=viewer, group=ballot.group, at=at, data=data)
    return made


def take_back(*, viewer: Viewer, ballot: Ballot, seat: Seat, at: dt.datetime) -> None:
    """Let the holder vote again; what the alternate has voted in an open ballot counts until the holder votes.

    Raises: Forbidden; Refusal "not-handed-over".
    """
    with transaction.atomic():
        can_take_back(viewer, ballot, seat, at=at).require()
        rows = BallotHandover.objects.visible_to(viewer).in_force().filter(ballot=ballot, seat=seat)
        if not rows.update(taken_back_at=at):
            raise Refusal("not-handed-over", _("This vote is not handed over."))
        data = {"code": ballot.code, "seat": seat.code}
        tell(verb=TAKEN_BACK, by=viewer, group=ballot.group, at=at, data=data)


def withdraw_ballot(
    *, viewer: Viewer, ballot: Ballot, reason: str, language: str = "", at: dt.datetime
) -> None:
    """Call a ballot off, with a reason; what was cast is never counted.

    Raises: Forbidden; Refusal "reason-missing", "illegal-move".
    """
    if not reason.strip():
        raise _refused("reason-missing", "reason", _("Say why."))
    with transaction.atomic():
        can_withdraw(viewer, ballot, at=at).require()
        ballot.withdrawn_at, ballot.reason, ballot.reason_language = at, reason.strip(), language
        move_inside(
            ballot,
            to=BallotState.WITHDRAWN,
            lifecycle=BALLOT,
            verb=WITHDRAWN,
            by=viewer,
            group=ballot.group,
            at=at,
            also=["withdrawn_at", "reason", "reason_language"],
        )


def close_ballot(*, ballot_id: int, at: dt.datetime) -> bool:
    """Close a ballot whose time is over and count it, once; return whether this call did.

    Votes share the row that is locked here, so each is in before the count or finds the ballot closed.
    """
    with transaction.atomic():
        rows = Ballot.objects.select_for_update(of=("self",)).select_related("group")
        ballot = rows.filter(pk=ballot_id, state=BallotState.CALLED, closes_at__lte=at).first()
        if ballot is None:
            return False
        counts = cast_counts(ballot)
        seats, voted = electorate(ballot)
        quorum = dict(zip(ballot.quorum_of, ballot.quorum_least, strict=True))
        lines = turnouts(seats=seats, voted=voted, quorum=quorum, unit=ballot.quorum_unit)
        result = result_of(counts=counts, rule=ballot.rule, turnout=lines)
        ballot.closed_at, ballot.counts = at, counts
        ballot.outcome, ballot.winner = result.outcome, result.winner
        ballot.turnout_of = [one.constituency for one in lines]
        ballot.turnout_seats = [one.seats for one in lines]
        ballot.turnout_voted = [one.voted for one in lines]
        ballot.turnout_needed = [one.needed for one in lines]
        move_inside(
            ballot,
            to=BallotState.CLOSED,
            lifecycle=BALLOT,
            verb=CLOSED,
            by=None,
            group=ballot.group,
            at=at,
            also=[
                *("closed_at", "counts", "outcome", "winner"),
                *("turnout_of", "turnout_seats", "turnout_voted", "turnout_needed"),
            ],
        )
        BallotTally._base_manager.filter(ballot=ballot).delete()
    return True


def _refused(code: str, field: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, fields={field: [sentence]}, status=422)
