"""What an auditor has typed so far."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from findings.models.audit import Audit
from findings.models.finding import Finding
from organisations.models import Organisation, Person


class FindingDraft(models.Model):
    """A finding half written, or a change of one: only the person who types it sees it, while acting for its firm.

    One per person and audit for a new finding, and one per person and finding for a change. It goes when the
    finding is saved.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    audit = models.ForeignKey(Audit, models.CASCADE, related_name="+")
    audit_firm = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    finding = models.ForeignKey(Finding, models.CASCADE, null=True, blank=True, related_name="+")
    content = models.JSONField(_("content"), default=dict)
    saved_at = models.DateTimeField(_("saved"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "audit", "finding"], name="finding_draft_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"draft of person {self.person_id} in audit {self.audit_id}"
