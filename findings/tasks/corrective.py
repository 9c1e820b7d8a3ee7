"""What happens when dates of non-compliances come near, and when something moves them."""

from datetime import datetime

from findings.actions.due_dates import KINDS, plan_reminders, remind
from findings.models import Finding
from ledger.models import Entry, Occurrence
from ledger.registry import occurrence, reaction


def _date_comes(row: Occurrence, at: datetime) -> None:
    """On the day that a reminder stands for; what was closed or moved meanwhile is left out."""
    if row.due_on is not None:
        remind(kind=row.kind, audit_id=row.subject_id, on=row.due_on, at=at)


for _kind in KINDS:
    occurrence(_kind)(_date_comes)


@reaction("findings.audit_published")
def _dates_begin(entry: Entry) -> None:
    """A published audit gives the site its dates."""
    plan_reminders(audit_id=entry.subject_id, at=entry.at)


def _dates_move(entry: Entry) -> None:
    """Something was sent, verified, sent back, extended or put aside: the audit's reminders follow."""
    audit = Finding.objects.filter(pk=entry.subject_id).values_list("audit_id", flat=True).first()
    if audit is not None:
        plan_reminders(audit_id=audit, at=entry.at)


for _verb in (
    "findings.action_submitted",
    "findings.more_needed",
    "findings.non_compliance_verified",
    "findings.extension_granted",
    "findings.non_compliance_superseded",
):
    reaction(_verb)(_dates_move)
