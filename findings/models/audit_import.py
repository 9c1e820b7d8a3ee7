"""A file or pasted rows on their way into an audit: kept as read, judged anew whenever somebody looks."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from findings.models.audit import Audit
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class AuditImportQuerySet(models.QuerySet["AuditImport"]):
    """Imports, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The imports of the viewer's own organisation."""
        return self.none() if viewer is None else self.filter(organisation_id=viewer.organisation_id)


class AuditImport(models.Model):
    """What an audit firm brought, row by row: previewed → applied all at once, or put away.

    `audit` is the audit it goes into; empty until it is applied when it makes a new one. What was applied or put
    away never changes; a trigger holds that.
    """

    class Source(models.TextChoices):
        XLSX = "xlsx", _("Excel file")
        JSON = "json", _("JSON file")
        PASTE = "paste", _("Pasted rows")

    class State(models.TextChoices):
        PREVIEWED = "previewed", _("Ready to check")
        APPLIED = "applied", _("Applied")
        DISCARDED = "discarded", _("Put away")

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="audit_imports")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    audit = models.ForeignKey(Audit, models.PROTECT, null=True, blank=True, related_name="imports")
    makes_audit = models.BooleanField(_("makes a new audit"))
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    source = models.CharField(_("source"), max_length=8, choices=Source.choices)
    file_name = models.CharField(_("file name"), max_length=150)
    content = models.JSONField(_("as in the file"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PREVIEWED)
    summary = models.JSONField(_("what came of it"), default=dict, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded"))
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)

    objects = AuditImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of an audit")
        verbose_name_plural = _("imports of audits")
        indexes = [models.Index(fields=["organisation", "-uploaded_at", "-id"], name="audit_import_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="applied", applied_at__isnull=False, audit__isnull=False)
                | ~models.Q(state="applied") & models.Q(applied_at=None),
                name="audit_import_applied_has_its_audit",
            ),
            models.CheckConstraint(
                condition=models.Q(makes_audit=True) | models.Q(audit__isnull=False),
                name="audit_import_goes_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def owner_id(self) -> int:
        """The organisation whose data this is."""
        return self.organisation_id
