"""Decisions: a proposal, whether the seats agree, and each objection with its answer."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.lifecycle import DecisionState
from forum.models.ballot import Ballot
from forum.models.group import InsideQuerySet, SignedInside
from forum.models.seat import Seat
from ledger.codes import new_code


class GroupDecisionQuerySet(InsideQuerySet["Decision"]):
    """Decisions of groups."""


class Decision(SignedInside):
    """What somebody proposes and the group agrees on; its words never change.

    It rests on consensus: nobody on a seat objects, or each objection is answered. It may point to a ballot that
    settled the question.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    title = models.CharField(_("title"), max_length=200)
    proposal = models.TextField(_("proposal"), max_length=6000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    ballot = models.ForeignKey(
        Ballot, models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name=_("ballot")
    )
    meeting = models.ForeignKey(
        "forum.Meeting",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("meeting"),
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        default=DecisionState.PROPOSED,
        choices=[
            (DecisionState.PROPOSED.value, _("Proposed")),
            (DecisionState.CONSENSUS.value, _("Agreed by consensus")),
            (DecisionState.OBJECTED.value, _("Objected to")),
            (DecisionState.RESOLVED.value, _("Agreed, objections answered")),
            (DecisionState.WITHDRAWN.value, _("Withdrawn")),
        ],
    )
    proposed_at = models.DateTimeField(_("proposed"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    objects = GroupDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(title="") & ~models.Q(proposal=""), name="decision_proposes_something"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["proposed", "objected"], settled_at=None)
                | ~models.Q(state__in=["proposed", "objected"]) & models.Q(settled_at__isnull=False),
                name="decision_settled_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["group", "-proposed_at", "-id"], name="decision_of_group")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_settled(self) -> bool:
        """Whether nothing of it changes any more."""
        return self.settled_at is not None


class ObjectionQuerySet(InsideQuerySet["Objection"]):
    """Objections."""


class Objection(SignedInside):
    """Why a seat does not agree, and the answer of a co-lead; one for each seat, and both stay as they were said."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="objections")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"), max_length=4000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    raised_at = models.DateTimeField(_("raised"))
    answer = models.TextField(_("answer"), max_length=4000, blank=True, default="")
    answer_language = models.CharField(_("language"), max_length=12, blank=True, default="")
    answered_by_name = models.CharField(_("answered by"), max_length=254, default="", editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ("raised_at", "id")
        constraints = [
            models.UniqueConstraint(fields=["decision", "seat"], name="objection_once_per_seat"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="objection_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at=None)
                | ~models.Q(answer="") & models.Q(answered_at__isnull=False),
                name="objection_answered_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.organisation_name
