"""A person's own translation of a finding, a plan or a corrective action, beside the original that counts."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from findings.models.audit import Audit, AuditAccess
from findings.models.finding import Finding
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class TranslationQuerySet(models.QuerySet["Translation"]):
    """Translations, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """One's own and those shared, while the viewer's organisation sees the audit; within site limits."""
        if viewer is None:
            return self.none()
        own = viewer.organisation_id
        access = AuditAccess.objects.filter(organisation_id=own, audit_id=models.OuterRef("audit_id"))
        rows = self.filter(models.Exists(access), models.Q(is_shared=True) | models.Q(organisation_id=own))
        if viewer.site_ids is not None:
            rows = rows.exclude(
                models.Q(audit__supplier_id=own) & ~models.Q(audit__site_id__in=viewer.site_ids)
            )
        return rows

    def newest(self) -> Self:
        """The last version of each organisation's translation of a thing into a language, shared and own apart."""
        return self.order_by(
            "subject_kind", "subject_id", "organisation_id", "language", "is_shared", "-number"
        ).distinct("subject_kind", "subject_id", "organisation_id", "language", "is_shared")


class Translation(models.Model):
    """One version of a translation; append-only, the next version leaves it as it was.

    Who speaks is the organisation, not the product: a translation is marked with its name and never takes the place
    of the original. Only the supplier and the audit firm of record share theirs with all who see the original; a
    customer's would tell the other customers who it is.
    """

    SUBJECTS: ClassVar[tuple[str, ...]] = (
        "findings.finding",
        "findings.planversion",
        "findings.correctiveaction",
    )

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    # A finding that is struck out before publication takes its translations along, by a trigger.
    finding = models.ForeignKey(Finding, models.DO_NOTHING, related_name="translations")
    subject_kind = models.CharField(max_length=60)
    subject_id = models.PositiveBigIntegerField()
    language = models.CharField(_("language"), max_length=12)
    words = models.JSONField(_("words"), help_text=_("By the name of the field that they translate."))
    # What the original said then, as a sum: whoever reads later learns whether it has been corrected since.
    original = models.CharField(max_length=64, editable=False)
    is_shared = models.BooleanField(_("shared with all who see the original"), default=False)
    number = models.PositiveIntegerField(_("version"), editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organisation_name = models.CharField(_("translated by"), max_length=200, editable=False)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    made_at = models.DateTimeField(_("written"))

    objects = TranslationQuerySet.as_manager()

    class Meta:
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "organisation", "language", "is_shared", "number"],
                name="translation_numbered_once",
            ),
            models.CheckConstraint(condition=~models.Q(language=""), name="translation_names_its_language"),
            models.CheckConstraint(condition=~models.Q(words={}), name="translation_says_something"),
        ]
        indexes = [models.Index(fields=["finding", "subject_kind"], name="translation_by_finding")]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id} in {self.language}"
