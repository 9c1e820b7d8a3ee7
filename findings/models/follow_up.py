"""What a follow-up audit follows up."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from findings.models.audit import Audit, AuditAccess
from findings.models.finding import Finding
from organisations.models import Organisation
from organisations.visibility import Viewer


class FollowUpItemQuerySet(models.QuerySet["FollowUpItem"]):
    """Items, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Items of follow-up audits that `AuditAccess` opens to the viewer's organisation, within site limits."""
        if viewer is None:
            return self.none()
        access = AuditAccess.objects.filter(
            organisation_id=viewer.organisation_id, audit_id=models.OuterRef("audit_id")
        )
        rows = self.filter(models.Exists(access))
        if viewer.site_ids is not None:
            own = models.Q(audit__supplier_id=viewer.organisation_id)
            rows = rows.exclude(own & ~models.Q(audit__site_id__in=viewer.site_ids))
        return rows


class FollowUpItem(models.Model):
    """A non-compliance that a follow-up audit looks at again, and what the auditor saw. Never a CAR."""

    class Result(models.TextChoices):
        CLOSED = "closed", _("Put right: it can be closed")
        MORE_NEEDED = "more_needed", _("More is needed")

    audit = models.ForeignKey(Audit, models.CASCADE, related_name="follow_up_items")
    audit_firm = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="follow_up_items")
    result = models.CharField(_("result"), max_length=12, choices=Result.choices, blank=True, default="")
    note = models.TextField(_("what was seen"), max_length=4000, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")

    objects = FollowUpItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("followed up")
        verbose_name_plural = _("followed up")
        constraints = [
            models.UniqueConstraint(fields=["audit", "finding"], name="followed_up_once_per_audit"),
            models.CheckConstraint(
                condition=~models.Q(result="more_needed") | ~models.Q(note=""),
                name="more_needed_says_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id}: {self.result}"
