"""Who is told of corrective actions, their verification, dates and more time; words in `templates/findings/mail/`."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from findings.actions.due_dates import DUE, LATE, SOON
from findings.lifecycle import FindingState
from findings.models import Audit, Finding
from findings.queries.corrective import firms_to_verify
from ledger.models import Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice
from organisations.queries import people_of

FINDING, AUDIT = "findings:finding", "findings:audit"


def _finding(entry: Entry) -> Finding:
    return Finding.objects.select_related("audit").get(pk=entry.subject_id)


@notice("findings.action_submitted", route="findings:finding")
def _firm_that_verifies(entry: Entry) -> Iterable[Recipient]:
    """The firm that verifies, while something waits for it."""
    finding = _finding(entry)
    is_waiting = finding.state == FindingState.ACTION_SUBMITTED
    return people_of(firms_to_verify(finding)) if is_waiting else ()


@notice("findings.extension_asked", route="findings:finding")
def _firm_that_is_asked(entry: Entry) -> Iterable[Recipient]:
    """The firm that gives more time, while the site still needs it."""
    finding = _finding(entry)
    return people_of(firms_to_verify(finding)) if finding.state == FindingState.OPEN else ()


def _site(entry: Entry) -> Iterable[Recipient]:
    """The supplier's members who work on the site."""
    finding = _finding(entry)
    return people_of([finding.supplier_id], site_id=finding.site_id)


def _site_in_time(entry: Entry) -> Iterable[Recipient]:
    """The supplier's members who work on the site, while anything of what the letter says is still open."""
    audit = Audit.objects.get(pk=entry.subject_id)
    on = entry.at.date()
    rows = Finding.objects.non_compliances().filter(audit_id=audit.pk, state=FindingState.OPEN)
    is_open = rows.filter(due_by__lt=on).exists() if entry.verb == LATE else rows.exists()
    return people_of([audit.supplier_id], site_id=audit.site_id) if is_open else ()


for _verb in (
    "findings.non_compliance_verified",
    "findings.more_needed",
    "findings.extension_granted",
    "findings.extension_refused",
):
    notice(_verb, route=FINDING)(_site)
for _verb in (SOON, DUE, LATE):
    notice(_verb, route=AUDIT)(_site_in_time)

phrase("findings.action_submitted", _("%(who)s sent what was done about “%(what)s”."), route=FINDING)
phrase("findings.action_changed", _("%(who)s sent a better version about “%(what)s”."), route=FINDING)
phrase("findings.action_seen", _("%(who)s wrote down what a visit saw about “%(what)s”."), route=FINDING)
phrase("findings.non_compliance_verified", _("%(who)s verified and closed “%(what)s”."), route=FINDING)
phrase("findings.more_needed", _("%(who)s asked for more about “%(what)s”."), route=FINDING)
phrase("findings.extension_asked", _("%(who)s asked for more time for “%(what)s”."), route=FINDING)
phrase("findings.extension_granted", _("%(who)s gave more time for “%(what)s”."), route=FINDING)
phrase("findings.extension_refused", _("%(who)s gave no more time for “%(what)s”."), route=FINDING)
phrase(SOON, _("Dates of the audit %(what)s are near."), route=AUDIT)
phrase(DUE, _("Non-compliances of the audit %(what)s are due."), route=AUDIT)
phrase(LATE, _("Non-compliances of the audit %(what)s are past their date."), route=AUDIT)
