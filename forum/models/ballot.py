"""Ballots: one vote per seat, open or secret, with a quorum by constituency and a result that is counted once."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from forum.lifecycle import BallotState
from forum.models.group import Group, InsideQuerySet, SignedInside
from forum.models.seat import Constituency, Seat
from ledger.codes import new_code
from organisations.visibility import Viewer

ABSTAIN = 0  # the choice that stands beside those of every ballot; the others count from 1


class Majority(models.TextChoices):
    """What a choice needs in order to win; abstentions never count as votes for or against."""

    MOST = "most", _("The most votes: more than every other choice")
    HALF = "half", _("More than half of the votes, without abstentions")
    TWO_THIRDS = "two_thirds", _("At least two thirds of the votes, without abstentions")


class QuorumUnit(models.TextChoices):
    """What the numbers of a quorum count."""

    SEATS = "seats", _("Seats")
    PERCENT = "percent", _("Per cent of the filled seats")


class BallotOutcome(models.TextChoices):
    """What came out of it."""

    CHOSEN = "chosen", _("Decided")
    TIE = "tie", _("A tie: nothing is decided")
    SHORT = "short", _("No choice has the majority it needs")
    NO_VOTES = "no_votes", _("Nobody voted for a choice")
    NO_QUORUM = "no_quorum", _("Not enough seats voted: the ballot decides nothing")


class BallotQuerySet(InsideQuerySet["Ballot"]):
    """Ballots."""

    def running(self, at: dt.datetime) -> "BallotQuerySet":
        """Those in which one can vote at this moment."""
        return self.filter(state=BallotState.CALLED, opens_at__lte=at, closes_at__gt=at)


class Ballot(SignedInside):
    """A question put to the seats of a group by a co-lead.

    Its words and rules never change once it is called. The counts stand in it from the moment it is closed, all at
    once, and are frozen then; before that, nobody reads any.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    question = models.CharField(_("question"), max_length=300)
    details = models.TextField(_("what it is about"), max_length=4000, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    choices = ArrayField(models.CharField(max_length=200), verbose_name=_("choices"))
    is_secret = models.BooleanField(_("secret"))
    rule = models.CharField(_("majority"), max_length=12, choices=Majority.choices)
    quorum_unit = models.CharField(
        _("quorum counts"), max_length=8, choices=QuorumUnit.choices, default=QuorumUnit.SEATS
    )
    # In step: the third constituency needs the third number.
    quorum_of = ArrayField(models.CharField(max_length=12), verbose_name=_("quorum of"), default=list)
    quorum_least = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("at least"), default=list)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    called_at = models.DateTimeField(_("called"))
    state = models.CharField(
        _("state"),
        max_length=10,
        default=BallotState.CALLED,
        choices=[
            (BallotState.CALLED.value, _("Called")),
            (BallotState.CLOSED.value, _("Closed")),
            (BallotState.WITHDRAWN.value, _("Withdrawn")),
        ],
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    reason = models.TextField(_("reason"), max_length=1000, blank=True, default="")
    reason_language = models.CharField(_("language"), max_length=12, blank=True, default="")
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    outcome = models.CharField(
        _("result"), max_length=10, choices=BallotOutcome.choices, blank=True, default=""
    )
    winner = models.PositiveSmallIntegerField(_("chosen"), null=True, blank=True)
    # Abstentions first, then each choice.
    counts = ArrayField(models.PositiveIntegerField(), verbose_name=_("votes"), null=True)
    # In step again: constituencies with a filled seat or a quorum, their filled seats, those that voted, those needed.
    turnout_of = ArrayField(models.CharField(max_length=12), null=True)
    turnout_seats = ArrayField(models.PositiveSmallIntegerField(), null=True)
    turnout_voted = ArrayField(models.PositiveSmallIntegerField(), null=True)
    turnout_needed = ArrayField(models.PositiveSmallIntegerField(), null=True)

    objects = BallotQuerySet.as_manager()

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        constraints = [
            models.CheckConstraint(condition=~models.Q(question=""), name="ballot_asks_something"),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")), name="ballot_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=models.Q(choices__len__gte=2, choices__len__lte=12), name="ballot_has_choices"
            ),
            models.CheckConstraint(
                condition=models.Q(quorum_of__len=models.F("quorum_least__len"))
                & models.Q(quorum_of__contained_by=Constituency.values),
                name="ballot_quorum_is_in_step",
            ),
            models.CheckConstraint(
                condition=models.Q(rule__in=Majority.values, quorum_unit__in=QuorumUnit.values),
                name="ballot_rules_are_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state="closed", closed_at__isnull=False, counts__isnull=False, withdrawn_at=None
                )
                & ~models.Q(outcome="")
                | models.Q(
                    state="withdrawn", withdrawn_at__isnull=False, closed_at=None, counts=None, outcome=""
                )
                | models.Q(state="called", withdrawn_at=None, closed_at=None, counts=None, outcome=""),
                name="ballot_result_follows_the_state",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="chosen", winner__gte=1)
                | ~models.Q(outcome="chosen") & models.Q(winner=None),
                name="ballot_winner_follows_the_result",
            ),
        ]
        indexes = [models.Index(fields=["group", "-closes_at", "-id"], name="ballot_of_group")]

    def __str__(self) -> str:
        return self.question

    @property
    def is_closed(self) -> bool:
        """Whether its result stands."""
        return self.state == BallotState.CLOSED

    def is_open_at(self, at: dt.datetime) -> bool:
        """Whether one can vote at this moment."""
        return self.state == BallotState.CALLED and self.opens_at <= at < self.closes_at

    def phase(self, at: dt.datetime) -> str:
        """Return how it stands at a moment, as `web.statuses` names it."""
        if self.state != BallotState.CALLED:
            return str(self.state)
        return "coming" if at < self.opens_at else "open" if at < self.closes_at else "counting"

    def numbered(self) -> list[tuple[int, str]]:
        """Return the choices with their numbers, the abstention last."""
        return [*enumerate(self.choices, 1), (ABSTAIN, _now("Abstain"))]

    def chosen_words(self) -> str:
        """Return the words of the winner; empty where nothing is decided."""
        return "" if self.winner is None else self.choices[self.winner - 1]


class BallotPaperQuerySet(InsideQuerySet["BallotPaper"]):
    """Papers."""


class BallotPaper(models.Model):
    """That a seat has voted in a ballot, and nothing more: written by `app.vote` alone.

    It carries no time, and a secret ballot keeps nothing else per seat.
    """

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="papers")
    group = models.ForeignKey(Group, models.PROTECT, related_name="+", editable=False)
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    constituency = models.CharField(_("constituency"), max_length=12, choices=Constituency.choices)
    organisation_name = models.CharField(_("organisation"), max_length=200, editable=False)
    by_alternate = models.BooleanField(_("by its alternate"))

    objects = BallotPaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("ballot paper")
        verbose_name_plural = _("ballot papers")
        constraints = [
            models.UniqueConstraint(fields=["ballot", "seat"], name="ballot_one_vote_per_seat"),
        ]

    def __str__(self) -> str:
        return self.organisation_name


class BallotVoteQuerySet(InsideQuerySet["BallotVote"]):
    """Votes of open ballots."""

    def visible_to(self, viewer: Viewer | None) -> "BallotVoteQuerySet":
        """After the close everybody inside reads all; before it, one reads those of one's own organisation."""
        rows = super().visible_to(viewer)
        if viewer is None:
            return rows
        return rows.filter(
            models.Q(ballot__state=BallotState.CLOSED) | models.Q(organisation_id=viewer.organisation_id)
        )

    def counted(self) -> "BallotVoteQuerySet":
        """The newest of each seat: the one that counts."""
        later = BallotVote._base_manager.filter(
            ballot=models.OuterRef("ballot"),
            seat=models.OuterRef("seat"),
            number__gt=models.OuterRef("number"),
        )
        return self.filter(~models.Exists(later))


class BallotVote(SignedInside):
    """What a seat said in an open ballot; changing it is a new row, the newest counts. Written by `app.vote` alone."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="votes")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(_("number"))
    choice = models.PositiveSmallIntegerField(_("choice"))
    by_alternate = models.BooleanField(_("by its alternate"))
    at = models.DateTimeField(_("voted"))

    objects = BallotVoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [
            models.UniqueConstraint(fields=["ballot", "seat", "number"], name="ballot_vote_once_per_number"),
        ]

    def __str__(self) -> str:
        return f"vote {self.number} of seat {self.seat_id} in ballot {self.ballot_id}"


class BallotTallyQuerySet(models.QuerySet["BallotTally"]):
    """Running counts."""

    def visible_to(self, viewer: Viewer | None) -> "BallotTallyQuerySet":
        """Nobody; whoever asks."""
        return self.none()


class BallotTally(models.Model):
    """How often a choice was made in a secret ballot that is not closed: one row per choice, made with the ballot.

    No vote has a row of its own, so there is no order, number or time that could be laid beside the papers. No person
    reads this table, through whatever page; the counts go into the ballot when it closes, and the rows away.
    """

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="+")
    choice = models.PositiveSmallIntegerField(_("choice"))
    votes = models.PositiveIntegerField(_("votes"), default=0)

    objects = BallotTallyQuerySet.as_manager()

    class Meta:
        verbose_name = _("running count")
        verbose_name_plural = _("running counts")
        constraints = [
            models.UniqueConstraint(fields=["ballot", "choice"], name="ballot_tally_once_per_choice")
        ]

    def __str__(self) -> str:
        return f"ballot {self.ballot_id}"


class BallotHandoverQuerySet(InsideQuerySet["BallotHandover"]):
    """Votes handed over."""

    def in_force(self) -> "BallotHandoverQuerySet":
        """Those not taken back."""
        return self.filter(taken_back_at=None)


class BallotHandover(SignedInside):
    """That a seat's alternate votes in its holder's place in one ballot: said by the holder, or by a co-lead when the
    holder cannot."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="handovers")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    by_co_lead = models.BooleanField(_("by a co-lead"), editable=False, default=False)
    at = models.DateTimeField(_("handed over"))
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    objects = BallotHandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("vote handed over")
        verbose_name_plural = _("votes handed over")
        constraints = [
            models.UniqueConstraint(
                fields=["ballot", "seat"],
                condition=models.Q(taken_back_at=None),
                name="ballot_handed_over_once",
            ),
        ]

    def __str__(self) -> str:
        return f"seat {self.seat_id} in ballot {self.ballot_id}"
