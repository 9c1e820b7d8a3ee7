"""A member contests a decision."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from schemes.lifecycle import AppealState
from schemes.models.assessment import Assessment
from schemes.models.decision import Decision
from schemes.models.membership import SchemeMembership
from schemes.visibility import of_either


class AppealQuerySet(models.QuerySet["Appeal"]):
    """Appeals, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those of the viewer's own organisation, and those of its schemes."""
        return of_either(self, viewer)


class Appeal(models.Model):
    """One appeal per decision; decided by somebody who had no part in the assessment."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="appeal")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="appeals", editable=False)
    membership = models.ForeignKey(SchemeMembership, models.PROTECT, related_name="appeals", editable=False)
    member = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    state = models.CharField(
        _("state"),
        max_length=10,
        default=AppealState.OPEN,
        choices=[
            (AppealState.OPEN.value, _("Open")),
            (AppealState.UPHELD.value, _("Upheld")),
            (AppealState.REJECTED.value, _("Rejected")),
            (AppealState.WITHDRAWN.value, _("Taken back")),
        ],
    )
    reasons = models.TextField(_("why you appeal"), max_length=10_000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    appealed_at = models.DateTimeField(_("appealed"))
    words = models.TextField(_("answer"), max_length=10_000, blank=True)
    words_language = models.CharField(_("language of the answer"), max_length=12, blank=True, default="")
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", editable=False)
    decided_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[one.value for one in AppealState]), name="appeal_state_is_known"
            ),
            models.CheckConstraint(condition=~models.Q(reasons=""), name="appeal_has_reasons"),
            models.CheckConstraint(
                condition=models.Q(state__in=["upheld", "rejected"], decided_at__isnull=False)
                & ~models.Q(words="")
                | models.Q(state="withdrawn", decided_at__isnull=False, words="")
                | models.Q(state="open", decided_at=None, words=""),
                name="appeal_answered_has_its_time_and_words",
            ),
        ]
        indexes = [models.Index(fields=["body", "state", "appealed_at", "id"], name="appeal_oldest")]

    def __str__(self) -> str:
        return self.code

    @property
    def owner_id(self) -> int:
        """The organisation whose data this is: the member."""
        return self.member_id
