"""Who brings an audit in from a file."""

from findings.models import Audit, AuditImport
from findings.permissions.audit import can_enter_findings, can_open_audits
from ledger.refusals import Decision
from organisations.visibility import Viewer


def can_bring_in(viewer: Viewer, audit: Audit | None) -> Decision:
    """Whoever may enter findings of the audit, or open a new one, may bring them in from a file."""
    return can_open_audits(viewer) if audit is None else can_enter_findings(viewer, audit)


def can_apply_import(viewer: Viewer, brought: AuditImport) -> Decision:
    """As for bringing it in, at the time of applying."""
    return can_bring_in(viewer, brought.audit)
