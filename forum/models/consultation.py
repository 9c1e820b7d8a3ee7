"""Consultations: a group puts a document out, clause by clause, in rounds."""

import datetime as dt
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.lifecycle import BEGUN_ROUNDS, RoundState
from forum.models.group import Group, GroupAccess, SignedInside
from ledger.codes import new_code
from organisations.visibility import Viewer

BEGUN = [one.value for one in BEGUN_ROUNDS]
MOST_CLAUSES = 120


def entered(viewer: Viewer) -> models.QuerySet[GroupAccess]:
    """Return the rows that let the viewer into the group of the row outside."""
    return GroupAccess.objects.visible_to(viewer).filter(group_id=models.OuterRef("group_id"))


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    """Consultations."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The people of its group always; once it was opened every member, and everybody if it is public."""
        begun = models.Q(opened_at__isnull=False)
        if viewer is None:
            return self.filter(begun, is_public=True)
        return self.filter(begun | models.Exists(entered(viewer)))


class Consultation(SignedInside):
    """What a group asks others about. Whether the public is asked stays as it was when the first round opened."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    group_title = models.CharField(_("group"), max_length=200, default="", editable=False)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("what it is about"), max_length=4000, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    is_public = models.BooleanField(_("open to the public"), default=False)
    begun_at = models.DateTimeField(_("begun"))
    opened_at = models.DateTimeField(_("first opened"), null=True, blank=True, editable=False)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="consultation_has_a_title"),
        ]
        indexes = [
            models.Index(fields=["-opened_at", "-id"], name="consultation_newest"),
            models.Index(fields=["group", "-id"], name="consultation_of_group"),
        ]

    def __str__(self) -> str:
        return self.title


class ConsultationRoundQuerySet(models.QuerySet["ConsultationRound"]):
    """Rounds."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The people of the group always; others once it was opened."""
        begun = models.Q(state__in=BEGUN)
        if viewer is None:
            return self.filter(begun, is_public=True)
        return self.filter(begun | models.Exists(entered(viewer)))


class ConsultationRound(models.Model):
    """One round: a version of the document, the hours in which one comments, and in the end the answers.

    `group` and `is_public` are copies of the consultation's, kept by trigger.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    group = models.ForeignKey(Group, models.PROTECT, related_name="+", editable=False)
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="rounds")
    is_public = models.BooleanField(_("open to the public"), default=False, editable=False)
    number = models.PositiveSmallIntegerField(_("round"), default=0, editable=False)
    note = models.TextField(_("what is new in this round"), max_length=2000, blank=True, default="")
    note_language = models.CharField(_("language"), max_length=12, blank=True, default="")
    state = models.CharField(
        _("state"),
        max_length=10,
        default=RoundState.DRAFT,
        choices=[
            (RoundState.DRAFT.value, _("Draft")),
            (RoundState.PLANNED.value, _("Announced")),
            (RoundState.OPEN.value, _("Open")),
            (RoundState.CLOSED.value, _("Closed")),
            (RoundState.ANSWERED.value, _("Answered")),
        ],
    )
    zone = models.CharField(_("time zone"), max_length=64, blank=True, default="")
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    outcome = models.TextField(_("what came of it"), max_length=8000, blank=True, default="")
    outcome_language = models.CharField(_("language"), max_length=12, blank=True, default="")

    objects = ConsultationRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round of a consultation")
        verbose_name_plural = _("rounds of consultations")
        ordering = ("consultation", "-number")
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="consultation_round_once"),
            models.CheckConstraint(
                condition=models.Q(state="draft")
                | models.Q(
                    state__in=["planned", "open", "closed", "answered"],
                    opens_at__isnull=False,
                    closes_at__isnull=False,
                )
                & ~models.Q(zone=""),
                name="consultation_window_is_set",
            ),
            models.CheckConstraint(
                condition=models.Q(closes_at=None) | models.Q(closes_at__gt=models.F("opens_at")),
                name="consultation_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "planned", "open"], closed_at=None, answered_at=None)
                | models.Q(state="closed", closed_at__isnull=False, answered_at=None)
                | models.Q(state="answered", closed_at__isnull=False, answered_at__isnull=False)
                & ~models.Q(outcome=""),
                name="consultation_times_follow_the_state",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def is_open_at(self, at: dt.datetime) -> bool:
        """Whether one can comment at this moment."""
        return (
            self.state == RoundState.OPEN
            and self.opens_at is not None
            and self.closes_at is not None
            and self.opens_at <= at < self.closes_at
        )

    @property
    def is_begun(self) -> bool:
        """Whether its words stay as they are."""
        return self.state in BEGUN_ROUNDS


class ConsultationClauseQuerySet(models.QuerySet["ConsultationClause"]):
    """Clauses."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """As their round."""
        begun = models.Q(round__state__in=BEGUN)
        if viewer is None:
            return self.filter(begun, round__is_public=True)
        return self.filter(begun | models.Exists(entered(viewer)))


class ConsultationClause(models.Model):
    """The words of a clause in one round; `identity` stays with it from round to round, whatever its label or place."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    group = models.ForeignKey(Group, models.PROTECT, related_name="+", editable=False)
    round = models.ForeignKey(ConsultationRound, models.PROTECT, related_name="clauses")
    identity = models.CharField(_("identity"), max_length=12, default=new_code)
    position = models.PositiveSmallIntegerField(_("place"))
    label = models.CharField(_("number"), max_length=20, blank=True, default="")
    title = models.CharField(_("heading"), max_length=200, blank=True, default="")
    text = models.TextField(_("text"), max_length=20_000)

    objects = ConsultationClauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("clause of a consultation")
        verbose_name_plural = _("clauses of consultations")
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["round", "identity"], name="consultation_clause_once_per_round"),
            models.CheckConstraint(condition=~models.Q(text=""), name="consultation_clause_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.title}".strip() or self.code
