"""What the member says about one criterion."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from schemes.models.assessment import Assessment
from schemes.models.definition import Criterion
from schemes.visibility import Side, once


class SchemeAnswerQuerySet(models.QuerySet["Answer"]):
    """Answers, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The member's own always; the scheme body's once submitted."""
        return once(self, viewer, first=Side.MEMBER, then="submitted_at")


class Answer(models.Model):
    """The member's self-assessment of one criterion; it stands as it was sent from the day of submission on.

    `version` counts the savings: an UPDATE that does not say the next number is refused by the database, so that two
    colleagues never overwrite each other.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="answers")
    member = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", editable=False)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+", verbose_name=_("criterion"))
    text = models.TextField(_("what you do"), max_length=10_000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    claimed = models.CharField(_("level you see yourselves at"), max_length=40, blank=True, default="")
    is_relevant = models.BooleanField(_("relevant to us"), default=True)
    reason = models.TextField(_("why it is not relevant"), max_length=2000, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    saved_at = models.DateTimeField(_("saved"))

    objects = SchemeAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion"], name="answer_once_per_criterion"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="answer_version_begins_at_one"),
            models.CheckConstraint(
                condition=models.Q(is_relevant=True, reason="") | models.Q(is_relevant=False, claimed=""),
                name="answer_is_relevant_or_says_why_not",
            ),
        ]

    def __str__(self) -> str:
        return f"answer on criterion {self.criterion_id}"

    @property
    def is_whole(self) -> bool:
        """Whether it says enough to be sent: words, or why the criterion is not relevant."""
        return bool((self.text if self.is_relevant else self.reason).strip())
