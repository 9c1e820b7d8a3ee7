"""What the assessor says about one criterion, and every version of it."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from schemes.models.assessment import Assessment
from schemes.models.definition import Criterion
from schemes.visibility import Side, once


class ScoreQuerySet(models.QuerySet["Score"]):
    """Scores, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The scheme body's always; the member's once decided."""
        return once(self, viewer, first=Side.BODY, then="decided_at")


class ScoreVersionQuerySet(models.QuerySet["ScoreVersion"]):
    """Versions of scores, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The scheme body's always; the member's once decided."""
        return once(self, viewer, first=Side.BODY, then="decided_at")


class ScoreFacts(models.Model):
    """What a score and each of its versions say.

    `value` is the key of a level, or of a value of the edition's scale; empty means that none is reached (on a ladder)
    or that it was not assessed (in a rubric), which is not the same as the lowest value.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="%(class)ss")
    member = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", editable=False)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+", verbose_name=_("criterion"))
    value = models.CharField(_("level reached"), max_length=40, blank=True, default="")
    is_relevant = models.BooleanField(_("relevant"), default=True)
    reason = models.TextField(_("why it is not relevant"), max_length=2000, blank=True)
    rationale = models.TextField(_("rationale"), max_length=10_000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    # Codes of `schemes.EvidenceUse`.
    relied_on = ArrayField(
        models.CharField(max_length=12), verbose_name=_("evidence relied on"), default=list, blank=True
    )
    is_working_towards = models.BooleanField(_("works towards the next level"), default=False)
    towards_plan = models.TextField(_("how"), max_length=4000, blank=True)
    likely_on = models.DateField(_("likely reached in"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", editable=False)
    saved_at = models.DateTimeField(_("saved"))

    class Meta:
        abstract = True


class Score(ScoreFacts):
    """The score of one criterion as it stands.

    `version` counts the savings: an UPDATE that does not say the next number is refused by the database. Every version
    is kept in `ScoreVersion` by a trigger.
    """

    objects = ScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion"], name="score_once_per_criterion"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="score_version_begins_at_one"),
            models.CheckConstraint(
                condition=models.Q(is_relevant=True, reason="")
                | models.Q(is_relevant=False, value="", is_working_towards=False),
                name="score_is_relevant_or_says_why_not",
            ),
            models.CheckConstraint(
                condition=models.Q(is_working_towards=True) | models.Q(likely_on=None, towards_plan=""),
                name="score_works_towards_by_a_month",
            ),
            models.CheckConstraint(
                condition=models.Q(likely_on=None) | models.Q(likely_on__day=1),
                name="score_likely_in_a_month",
            ),
        ]

    def __str__(self) -> str:
        return f"score of criterion {self.criterion_id}"

    @property
    def is_whole(self) -> bool:
        """Whether it says enough to be proposed: a rationale, or why it is not relevant; a plan with a month."""
        if not self.is_relevant:
            return bool(self.reason.strip())
        plans = not self.is_working_towards or bool(self.towards_plan.strip() and self.likely_on)
        return bool(self.rationale.strip()) and plans


class ScoreVersion(ScoreFacts):
    """A score as it was saved once; append-only, written by a trigger."""

    score = models.ForeignKey(Score, models.PROTECT, related_name="versions")

    objects = ScoreVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a score")
        verbose_name_plural = _("versions of scores")
        ordering = ("version",)
        constraints = [
            models.UniqueConstraint(fields=["score", "version"], name="score_version_numbered_once"),
        ]

    def __str__(self) -> str:
        return f"version {self.version} of score {self.score_id}"
