"""What an assessor asks the member before a decision."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from schemes.models.assessment import Assessment
from schemes.models.definition import Criterion
from schemes.visibility import of_either


class ClarificationQuerySet(models.QuerySet["Clarification"]):
    """Clarifications, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those that the viewer's organisation is asked, or asks."""
        return of_either(self, viewer)

    def unanswered(self) -> Self:
        """Those that wait for the member."""
        return self.filter(answered_at=None)


class Clarification(models.Model):
    """One question about one criterion, or about the whole; answered once, neither ever changes."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="clarifications")
    member = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", editable=False)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("criterion")
    )
    question = models.TextField(_("question"), max_length=4000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    asked_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    asked_at = models.DateTimeField(_("asked"))
    answer = models.TextField(_("answer"), max_length=10_000, blank=True)
    answer_language = models.CharField(_("language of the answer"), max_length=12, blank=True, default="")
    answered_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = ClarificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("clarification")
        verbose_name_plural = _("clarifications")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(condition=~models.Q(question=""), name="clarification_asks_something"),
            models.CheckConstraint(
                condition=models.Q(answered_at=None, answer="")
                | models.Q(answered_at__isnull=False) & ~models.Q(answer=""),
                name="clarification_answered_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def owner_id(self) -> int | None:
        """The organisation whose data this is: the member."""
        return self.member_id
