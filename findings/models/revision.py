"""Corrections of published audits: each keeps the audit as it was before."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from findings.models.audit import Audit, AuditAccess
from findings.models.review import SiteReply
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class AuditRevisionQuerySet(models.QuerySet["AuditRevision"]):
    """Revisions, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Revisions of audits that `AuditAccess` opens to the viewer's organisation, within site limits."""
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


class AuditRevision(models.Model):
    """A correction of a published audit, with the audit as it was before: append-only.

    Inserting one is the only way in which published words change: a trigger takes the snapshot itself and
    applies `changes`, which is `{"audit": {column: value}, "auditors": [...], "findings": {code: {column: value}},
    "withdrawn": [code]}`, each part optional. A CAR keeps its kind and state, and has no severity or date to change.
    """

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="revisions", verbose_name=_("audit"))
    audit_firm = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    number = models.PositiveSmallIntegerField(_("number"), editable=False, default=0)
    reason = models.TextField(_("why it is corrected"), max_length=2000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    changes = models.JSONField(_("changes"))
    snapshot = models.JSONField(_("as it was before"), editable=False, default=dict)
    settles = models.ForeignKey(
        SiteReply, models.PROTECT, null=True, blank=True, related_name="revisions", verbose_name=_("dispute")
    )
    made_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(_("made"))

    objects = AuditRevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision of an audit")
        verbose_name_plural = _("revisions of audits")
        ordering = ("audit", "number")
        constraints = [
            models.UniqueConstraint(fields=["audit", "number"], name="revision_numbered_once"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="revision_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of audit {self.audit_id}"

    @property
    def before(self) -> dict[str, dict[str, Any]]:
        """The findings as they were, by code."""
        return {one["code"]: one for one in self.snapshot.get("findings", [])}
