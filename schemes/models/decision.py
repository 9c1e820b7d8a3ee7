"""What the scheme body decided, and what the member has to do then."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from schemes.lifecycle import Outcome
from schemes.models.assessment import Assessment
from schemes.models.definition import Criterion, Edition
from schemes.models.membership import SchemeMembership
from schemes.visibility import of_either

OUTCOME_LABELS = {
    Outcome.AWARD: _("Level awarded"),
    Outcome.IMPROVE: _("Not yet: time to improve"),
    Outcome.CONTINUE: _("Continues"),
    Outcome.MOVE_UP: _("Moves up"),
    Outcome.NOTICE: _("Improvement notice"),
    Outcome.DOWN: _("Moved one level down"),
    Outcome.REMOVE: _("Removed"),
    Outcome.UPHOLD_APPEAL: _("Appeal upheld"),
}


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Decisions, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those about the viewer's own organisation, and those of its schemes."""
        return of_either(self, viewer)


class Decision(models.Model):
    """One decision about a membership; append-only.

    Made by somebody who neither scored nor is close to the member, never above what the rule gives, effective on the
    day it is made. The database fills in what was before.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="decisions")
    membership = models.ForeignKey(SchemeMembership, models.PROTECT, related_name="decisions", editable=False)
    member = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    outcome = models.CharField(
        _("decision"),
        max_length=14,
        choices=[(key.value, label) for key, label in OUTCOME_LABELS.items()],
    )
    # Keys, titles and ranks of levels as the editions that gave them have them; empty for none.
    edition_before = models.ForeignKey(Edition, models.PROTECT, null=True, related_name="+", editable=False)
    level_before = models.CharField(_("level before"), max_length=40, blank=True, default="", editable=False)
    title_before = models.CharField(_("level before"), max_length=80, blank=True, default="", editable=False)
    rank_before = models.PositiveSmallIntegerField(null=True, editable=False)
    edition_after = models.ForeignKey(Edition, models.PROTECT, null=True, related_name="+", editable=False)
    level_after = models.CharField(_("level after"), max_length=40, blank=True, default="")
    title_after = models.CharField(_("level after"), max_length=80, blank=True, default="", editable=False)
    rank_after = models.PositiveSmallIntegerField(null=True, editable=False)
    state_before = models.CharField(_("state before"), max_length=10, editable=False)
    state_after = models.CharField(_("state after"), max_length=10, editable=False)
    # Of an appeal that was upheld: the decision that it takes back.
    takes_back = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="taken_back_by",
        verbose_name=_("takes back"),
    )
    reasons = models.TextField(_("reasons"), max_length=10_000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", editable=False)
    decided_at = models.DateTimeField(_("decided"))
    # The day of `decided_at` in UTC; `decision_is_not_backdated` holds it (`schemes/migrations/0002_core.py`).
    effective_on = models.DateField(_("effective on"), editable=False)
    # The database's own clock, whatever `decided_at` says.
    recorded_at = models.DateTimeField(_("recorded"), editable=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=[one.value for one in Outcome]),
                name="decision_outcome_is_known",
            ),
            models.CheckConstraint(condition=~models.Q(reasons=""), name="decision_has_reasons"),
            models.UniqueConstraint(
                fields=["assessment"],
                condition=~models.Q(outcome="uphold_appeal"),
                name="decision_once_per_assessment",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="uphold_appeal", takes_back__isnull=False)
                | ~models.Q(outcome="uphold_appeal") & models.Q(takes_back=None),
                name="decision_takes_back_by_an_appeal",
            ),
        ]
        indexes = [models.Index(fields=["membership", "-id"], name="decision_newest")]

    def __str__(self) -> str:
        return self.code

    @property
    def owner_id(self) -> int:
        """The organisation whose data this is: the member."""
        return self.member_id


class ItemQuerySet(models.QuerySet["ImprovementItem"]):
    """Items of improvement schedules, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those of the viewer's own organisation, and those of its schemes."""
        return of_either(self, viewer)


class ImprovementItem(models.Model):
    """One line of an improvement schedule: what to do, by when. The member says when it is done."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="items")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+", editable=False)
    member = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("criterion")
    )
    what = models.TextField(_("what to do"), max_length=2000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    by_on = models.DateField(_("by"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of an improvement schedule")
        verbose_name_plural = _("improvement schedule")
        ordering = ("by_on", "pk")
        constraints = [
            models.CheckConstraint(condition=~models.Q(what=""), name="improvement_says_what_to_do"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def owner_id(self) -> int:
        """The organisation whose data this is: the member."""
        return self.member_id


class NoticeQuerySet(models.QuerySet["ImprovementNotice"]):
    """Improvement notices, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those of the viewer's own organisation, and those of its schemes."""
        return of_either(self, viewer)

    def in_force(self) -> Self:
        """Those that no later decision has closed."""
        return self.filter(closed_at=None)


class ImprovementNotice(models.Model):
    """What must be done so as not to be moved one level down, or removed from the lowest."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="notice")
    membership = models.ForeignKey(SchemeMembership, models.PROTECT, related_name="notices", editable=False)
    member = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    words = models.TextField(_("what must be done"), max_length=10_000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    answer_by = models.DateField(_("by"))
    opened_at = models.DateTimeField(_("given"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("improvement notice")
        verbose_name_plural = _("improvement notices")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(words=""), name="improvement_notice_says_what_must_be_done"
            ),
            models.UniqueConstraint(
                fields=["membership"],
                condition=models.Q(closed_at=None),
                name="improvement_notice_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def owner_id(self) -> int:
        """The organisation whose data this is: the member."""
        return self.member_id
