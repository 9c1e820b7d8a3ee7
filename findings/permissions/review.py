"""Who may say what about an audit before and after publication, and who answers."""

from django.utils.translation import gettext as _

from findings.lifecycle import AuditState, FindingState, ReplyState
from findings.models import Audit, Finding, SiteReply
from ledger.refusals import Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Viewer

ENDED = frozenset(
    {
        FindingState.VERIFIED_CLOSED,
        FindingState.SUPERSEDED,
        FindingState.CLOSED,
        FindingState.WITHDRAWN,
    }
)


def can_reply(viewer: Viewer, audit: Audit) -> Decision:
    """The site speaks for itself, from the day it is sent the audit. Customers and auditors do not speak for it."""
    if viewer.organisation_id != audit.supplier_id:
        return denied("not-your-site", _("Only the supplier itself comments on what was found at its site."))
    if audit.state in {AuditState.SCHEDULED, AuditState.IN_PROGRESS}:
        return denied("not-sent-yet", _("The audit firm has not sent you this audit yet."))
    return can_edit(viewer)


def can_review(viewer: Viewer, audit: Audit) -> Decision:
    """The site reads a submitted audit finding by finding; after publication it replies beside each finding."""
    decision = can_reply(viewer, audit)
    if decision and audit.state != AuditState.SUBMITTED:
        return denied(
            "review-over", _("The audit is published. You can still comment on the page of each finding.")
        )
    return decision


def can_dispute(viewer: Viewer, audit: Audit, finding: Finding | None) -> Decision:
    """The site disputes what is still open; what is closed is history."""
    if finding is not None and finding.state in ENDED:
        return denied("nothing-to-dispute", _("This is closed. You can still leave a comment."))
    if finding is None and audit.state == AuditState.SUPERSEDED:
        return denied(
            "nothing-to-dispute", _("A later audit has taken its place. You can still leave a comment.")
        )
    return can_reply(viewer, audit)


def can_take_back_dispute(viewer: Viewer, reply: SiteReply) -> Decision:
    """The site takes back a dispute while it waits."""
    if viewer.organisation_id != reply.supplier_id:
        return denied("not-your-site", _("Only the supplier itself can take back what it said."))
    if reply.state != ReplyState.OPEN:
        return denied("dispute-over", _("This dispute is answered. It cannot be taken back any more."))
    return can_edit(viewer)


def can_answer_dispute(viewer: Viewer, reply: SiteReply) -> Decision:
    """The audit firm of record answers each dispute once."""
    if viewer.organisation_id != reply.audit_firm_id:
        return denied("not-your-audit", _("Only the audit firm of this audit can do this."))
    if reply.state != ReplyState.OPEN:
        return denied("dispute-over", _("This dispute has its answer already, or was taken back."))
    return can_edit(viewer)


def can_revise(viewer: Viewer, audit: Audit) -> Decision:
    """Only the audit firm of record corrects a published audit; the old words stay readable."""
    if viewer.organisation_id != audit.audit_firm_id:
        return denied("not-your-audit", _("Only the audit firm of this audit can do this."))
    if not audit.is_published:
        return denied(
            "not-published", _("This audit is not published. Take it back to work and change it there.")
        )
    return can_edit(viewer)
