"""What an auditor photographed, hung on a finding."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from findings.models.audit import Audit, AuditAccess
from findings.models.finding import Finding
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class PhotoQuerySet(models.QuerySet["Photo"]):
    """Photos, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Photos of audits that `AuditAccess` opens to the viewer's organisation, within site limits."""
        if viewer is None:
            return self.none()
        access = AuditAccess.objects.filter(
            organisation_id=viewer.organisation_id, audit_id=models.OuterRef("audit_id")
        )
        rows = self.filter(models.Exists(access))
        if viewer.site_ids is not None:
            rows = rows.exclude(
                models.Q(audit__supplier_id=viewer.organisation_id)
                & ~models.Q(finding__site_id__in=viewer.site_ids)
            )
        return rows


class Photo(models.Model):
    """A photo of a finding, drawn anew without metadata; nothing about it changes once the audit is published."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    finding = models.ForeignKey(Finding, models.CASCADE, related_name="photos")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    audit_firm = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    document = models.ForeignKey(Document, models.PROTECT, related_name="+", verbose_name=_("picture"))
    thumbnail = models.ForeignKey(Document, models.PROTECT, related_name="+", verbose_name=_("small picture"))
    caption = models.CharField(_("what it shows"), max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    position = models.PositiveSmallIntegerField(_("place"))
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("added"))

    objects = PhotoQuerySet.as_manager()

    class Meta:
        ordering = ("position", "pk")
        verbose_name = _("photo")
        verbose_name_plural = _("photos")

    def __str__(self) -> str:
        return self.caption or str(_("Photo %(n)s") % {"n": self.position})
