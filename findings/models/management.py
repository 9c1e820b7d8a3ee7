"""How well a site is managed, apart from what was found: per section and element one of the version's grades."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from findings.models.audit import Audit, AuditAccess
from findings.models.methodology import MethodologyVersion, Section
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class ManagementElement(models.Model):
    """One part of a management system that each section is looked at for: policies and procedures, say."""

    version = models.ForeignKey(MethodologyVersion, models.CASCADE, related_name="management_elements")
    key = models.SlugField(_("key"), max_length=40)
    title = models.CharField(_("title"), max_length=160)
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        ordering = ("version", "position")
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="management_element_once_per_version")
        ]

    def __str__(self) -> str:
        return self.title


class ManagementGrade(models.Model):
    """One step of the ladder on which elements are graded; the lowest stands first."""

    version = models.ForeignKey(MethodologyVersion, models.CASCADE, related_name="management_grades")
    key = models.SlugField(_("key"), max_length=40)
    title = models.CharField(_("title"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        ordering = ("version", "position")
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="management_grade_once_per_version")
        ]

    def __str__(self) -> str:
        return self.title


class ManagementRatingQuerySet(models.QuerySet["ManagementRating"]):
    """Ratings, as far as a viewer may see their audits."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Ratings of audits that `AuditAccess` opens to the viewer's organisation, within site limits."""
        if viewer is None:
            return self.none()
        access = AuditAccess.objects.filter(
            organisation_id=viewer.organisation_id, audit_id=models.OuterRef("audit_id")
        )
        rows = self.filter(models.Exists(access))
        if viewer.site_ids is not None:
            rows = rows.exclude(
                models.Q(audit__supplier_id=viewer.organisation_id)
                & ~models.Q(audit__site_id__in=viewer.site_ids)
            )
        return rows


class ManagementRating(models.Model):
    """The grade of one element in one section of an audit, with a note.

    Written while the audit is in progress; triggers hold that against raw SQL.
    """

    audit = models.ForeignKey(Audit, models.CASCADE, related_name="management_ratings")
    audit_firm = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    section = models.ForeignKey(Section, models.PROTECT, related_name="+", verbose_name=_("section"))
    element = models.ForeignKey(ManagementElement, models.PROTECT, related_name="+")
    grade = models.ForeignKey(ManagementGrade, models.PROTECT, related_name="+", verbose_name=_("grade"))
    note = models.TextField(_("note"), max_length=2000, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    rated_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    rated_at = models.DateTimeField(_("rated"))

    objects = ManagementRatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating of a management system")
        verbose_name_plural = _("ratings of management systems")
        constraints = [
            models.UniqueConstraint(
                fields=["audit", "section", "element"], name="management_rated_once_per_audit"
            )
        ]

    def __str__(self) -> str:
        return f"{self.section_id} × {self.element_id}: {self.grade_id}"
