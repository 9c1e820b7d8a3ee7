"""Who may do what with audits, findings and action plans."""

from django.utils.translation import gettext as _

from findings.lifecycle import AuditState, FindingState
from findings.models import ActionPlan, Audit, Finding, Share
from findings.queries.audit import is_engaged
from findings.queries.plan import bases_of, is_customer
from findings.visibility import Basis
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


def can_understand(viewer: Viewer, finding: Finding) -> Decision:
    """The site walks through step 1 while its CAR is not closed."""
    return _site_works_on(viewer, finding)


def can_share_plan(viewer: Viewer, finding: Finding) -> Decision:
    """The site writes, uploads and shares the plan of its CAR once the audit is published."""
    return _site_works_on(viewer, finding)


def can_update_plan(viewer: Viewer, finding: Finding) -> Decision:
    """The site reports on a plan that is shared, while the CAR is in progress."""
    decision = _site_works_on(viewer, finding)
    if decision and finding.state != FindingState.IN_PROGRESS:
        return denied("no-plan-yet", _("Share an action plan first. Then you can report what changed."))
    return decision


def can_respond(viewer: Viewer, plan: ActionPlan) -> Decision:
    """A customer answers a plan it can read. Auditors do not: they never assess a plan."""
    if not is_customer(viewer, plan.audit_id):
        return denied("not-a-customer", _("Only customers of this supplier can answer its plan."))
    if plan.finding.state == FindingState.CLOSED:
        return denied("car-closed", _("A later audit has closed this. There is nothing to answer any more."))
    return can_edit(viewer)


def can_share_outside(viewer: Viewer, audit: Audit) -> Decision:
    """The owner alone shows a published audit of its site, or a CAR of it, to somebody outside."""
    if not audit.is_published:
        return denied(
            "audit-not-published", _("The audit is not published yet. You can share it after that.")
        )
    if Basis.OWNER not in bases_of(viewer, audit.pk):
        return denied("not-your-site", _("Only the supplier itself shares what was found at its site."))
    return can_edit(viewer)


def can_end_share(viewer: Viewer, share: Share) -> Decision:
    """Whoever works for the owner ends a share at once; its recipient has nothing to end."""
    if viewer.organisation_id != share.owner_id:
        return denied("not-your-share", _("Only the supplier who shared this can end it."))
    return can_edit(viewer)


def _site_works_on(viewer: Viewer, finding: Finding) -> Decision:
    if not finding.is_car:
        return denied("not-a-car", _("Only a finding that asks for collaborative action has an action plan."))
    if viewer.organisation_id != finding.supplier_id:
        return denied("not-your-site", _("Only the supplier itself works on the plan of its site."))
    if finding.audit.published_at is None:
        return denied(
            "audit-not-published", _("The audit is not published yet. You can share a plan after that.")
        )
    if finding.state == FindingState.CLOSED:
        return denied(
            "car-closed", _("A later audit has closed this. Please work on the new finding, if there is one.")
        )
    return can_edit(viewer)
