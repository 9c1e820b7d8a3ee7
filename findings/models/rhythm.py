"""How often a plan is reported on, as agreed between the site and each of its customers."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from findings.models.audit import Audit
from findings.models.plan import ActionPlan
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class RhythmQuerySet(models.QuerySet["RhythmRequest"]):
    """Wishes for another rhythm, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Return wishes that the viewer's organisation wrote or received, within site limits."""
        if viewer is None:
            return self.none()
        own = viewer.organisation_id
        rows = self.filter(models.Q(organisation_id=own) | models.Q(supplier_id=own))
        if viewer.site_ids is not None:
            rows = rows.exclude(models.Q(supplier_id=own) & ~models.Q(audit__site_id__in=viewer.site_ids))
        return rows


class RhythmRequest(models.Model):
    """A customer's wish for another rhythm of reports; stays between that customer and the supplier. Append-only."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    plan = models.ForeignKey(ActionPlan, models.PROTECT, related_name="rhythm_requests")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("customer")
    )
    rhythm = models.PositiveSmallIntegerField(_("how often"), choices=ActionPlan.Rhythm.choices)
    named_dates = ArrayField(models.DateField(), verbose_name=_("dates"), default=list, blank=True)
    reason = models.TextField(_("why"), max_length=1000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked"))

    objects = RhythmQuerySet.as_manager()

    class Meta:
        verbose_name = _("wish for another rhythm")
        verbose_name_plural = _("wishes for another rhythm")
        ordering = ("asked_at", "pk")
        indexes = [models.Index(fields=["plan", "organisation"], name="rhythm_request_by_plan")]

    def __str__(self) -> str:
        return self.code

    @property
    def dates(self) -> list[date]:
        """The dates it names, in order."""
        return sorted(self.named_dates)


class RhythmAnswer(models.Model):
    """The site's yes or no to a wish, with a reason for a no. Append-only."""

    request = models.OneToOneField(RhythmRequest, models.PROTECT, related_name="answer")
    plan = models.ForeignKey(ActionPlan, models.PROTECT, related_name="+", editable=False)
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    is_accepted = models.BooleanField(_("accepted"))
    reason = models.TextField(_("why"), max_length=1000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_accepted=True) | ~models.Q(reason=""), name="a_no_to_a_rhythm_says_why"
            )
        ]

    def __str__(self) -> str:
        return f"answer to {self.request_id}"
