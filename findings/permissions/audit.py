"""Who may do what with audits and their findings."""

from django.utils.translation import gettext as _

from findings.lifecycle import AuditState
from findings.models import Audit
from findings.queries.audit import is_engaged
from ledger.refusals import Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Capability, Viewer
from sourcing.models import Site


def can_open_audits(viewer: Viewer) -> Decision:
    """Editors of an audit firm record audits."""
    if not viewer.has(Capability.AUDIT_FIRM):
        return denied("not-an-audit-firm", _("Only an audit firm records audits."))
    return can_edit(viewer)


def can_open_audit(viewer: Viewer, site: Site) -> Decision:
    """An audit firm records audits of a site while it is engaged for it."""
    if not is_engaged(viewer, site.pk):
        return denied("not-engaged", _("Your organisation is not engaged for this site."))
    return can_open_audits(viewer)


def can_work_on_audit(viewer: Viewer, audit: Audit) -> Decision:
    """Only the audit firm of record works on an audit, and only until it is published; never the site or a customer."""
    if viewer.organisation_id != audit.audit_firm_id:
        return denied("not-your-audit", _("Only the audit firm of this audit can do this."))
    if audit.is_published:
        return denied("audit-published", _("This audit is published. A published audit never changes."))
    return can_edit(viewer)


def can_enter_findings(viewer: Viewer, audit: Audit) -> Decision:
    """Findings are written while the audit is in progress, not while the site reads them."""
    if audit.state == AuditState.SCHEDULED:
        return can_work_on_audit(viewer, audit) and denied(
            "audit-not-started", _("Start the audit first. Then you can enter findings.")
        )
    if audit.state == AuditState.SUBMITTED:
        return can_work_on_audit(viewer, audit) and denied(
            "audit-with-the-site", _("The site is reading this audit. Take it back to work first.")
        )
    return can_work_on_audit(viewer, audit)
