"""Who grades how a site is managed."""

from django.utils.translation import gettext as _

from findings.models import Audit
from findings.permissions.audit import can_enter_findings
from findings.queries.management import has_management
from ledger.refusals import Decision, denied
from organisations.visibility import Viewer


def can_rate_management(viewer: Viewer, audit: Audit) -> Decision:
    """The audit firm grades while the audit is in progress, if its methodology version asks for it."""
    decision = can_enter_findings(viewer, audit)
    if decision and not has_management(audit):
        return denied(
            "no-management-systems", _("This methodology version does not grade management systems.")
        )
    return decision
