"""More time for a non-compliance: the site asks, the audit firm answers; both append-only.

The date in the audit never moves. The date that counts is `Finding.due_by`: the end of the latest extension granted,
or the date in the audit.
"""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from findings.models.audit import Audit, AuditAccess
from findings.models.finding import Finding
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class ExtensionQuerySet(models.QuerySet["Extension"]):
    """Requests for more time, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Requests about findings of audits that `AuditAccess` opens to the viewer, within site limits."""
        if viewer is None:
            return self.none()
        access = AuditAccess.objects.filter(
            organisation_id=viewer.organisation_id, audit_id=models.OuterRef("audit_id")
        )
        rows = self.filter(models.Exists(access))
        if viewer.site_ids is not None:
            rows = rows.exclude(
                models.Q(supplier_id=viewer.organisation_id) & ~models.Q(finding__site_id__in=viewer.site_ids)
            )
        return rows

    def unanswered(self) -> Self:
        """Requests to which the audit firm has said nothing yet."""
        return self.filter(answer=None)


class Extension(models.Model):
    """The site asks for more time, with a reason and the date it proposes."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="extensions")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    due_by = models.DateField(_("due when asked"), editable=False)
    wanted_on = models.DateField(_("new date proposed"))
    reason = models.TextField(_("reason"), max_length=2000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    asked_at = models.DateTimeField(_("asked"))

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wanted_on__gt=models.F("due_by")), name="extension_is_later"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="extension_has_a_reason"),
        ]
        indexes = [models.Index(fields=["asked_at", "id"], name="extension_oldest")]

    def __str__(self) -> str:
        return self.code

    @property
    def owner_id(self) -> int:
        """The organisation whose data this is: the supplier."""
        return self.supplier_id


class ExtensionAnswer(models.Model):
    """What the audit firm said: granted until a day, or refused; with a reason."""

    extension = models.OneToOneField(Extension, models.PROTECT, related_name="answer")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="+", editable=False)
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    is_granted = models.BooleanField(_("granted"))
    ends_on = models.DateField(_("new date"), null=True, blank=True)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organisation_name = models.CharField(_("audit firm"), max_length=200, default="", editable=False)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    answered_at = models.DateTimeField(_("answered"))

    class Meta:
        verbose_name = _("answer to an extension")
        verbose_name_plural = _("answers to extensions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_granted=True, ends_on__isnull=False)
                | models.Q(is_granted=False, ends_on=None) & ~models.Q(reason=""),
                name="extension_granted_until_a_day_or_refused_with_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["finding"], name="extension_answer_of")]

    def __str__(self) -> str:
        return f"{self.extension_id}: {self.ends_on or 'refused'}"
