"""Who may say what was done about a non-compliance, who verifies it, and who gives more time."""

from django.utils.translation import gettext as _

from findings.lifecycle import FindingState
from findings.models import Extension, Finding, Verification
from findings.queries.corrective import is_of_the_site, is_verifier
from ledger.refusals import ALLOWED, Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Viewer


def can_submit_action(viewer: Viewer, finding: Finding) -> Decision:
    """The site says what it did while its non-compliance is open, or while what it sent waits for the firm."""
    decision = _of_published_nc(finding)
    if not decision:
        return decision
    if viewer.organisation_id != finding.supplier_id:
        return denied("not-your-site", _("Only the supplier itself says what was done at its site."))
    if finding.state not in {FindingState.OPEN, FindingState.ACTION_SUBMITTED}:
        return denied("nc-ended", _("This non-compliance is at its end. There is nothing more to send."))
    return can_edit(viewer)


def can_verify(viewer: Viewer, finding: Finding, *, method: str = Verification.Method.DESKTOP) -> Decision:
    """The audit firm of record, or one engaged for the site, verifies; nobody verifies their own action.

    Args:
        method: a value of `Verification.Method`. From a desk only what the auditor said can be checked from one;
            on a visit also what the site has sent nothing about.
    """
    decision = _judges(viewer, finding)
    if not decision:
        return decision
    is_visit = method == Verification.Method.FOLLOW_UP
    if not is_visit and finding.verification != Finding.Verification.DESKTOP:
        return denied(
            "needs-a-visit",
            _("This has to be seen on a follow-up visit. It cannot be closed from documents."),
        )
    waiting = {FindingState.ACTION_SUBMITTED, FindingState.OPEN if is_visit else ""}
    if finding.state not in waiting:
        return denied("nothing-to-verify", _("There is no corrective action that waits for you."))
    return can_edit(viewer)


def can_ask_extension(viewer: Viewer, finding: Finding) -> Decision:
    """The site asks for more time while its non-compliance is open."""
    decision = _of_published_nc(finding)
    if not decision:
        return decision
    if viewer.organisation_id != finding.supplier_id:
        return denied("not-your-site", _("Only the supplier itself asks for more time."))
    if finding.state != FindingState.OPEN:
        return denied("no-time-needed", _("Nothing is waiting for you here, so no more time is needed."))
    return can_edit(viewer)


def can_answer_extension(viewer: Viewer, extension: Extension) -> Decision:
    """The audit firm of record, or one engaged for the site, gives more time; never the site or a customer."""
    decision = _judges(viewer, extension.finding)
    if not decision:
        return decision
    if hasattr(extension, "answer"):
        return denied("extension-answered", _("This request has its answer already."))
    if extension.finding.state != FindingState.OPEN:
        return denied("no-time-needed", _("The site has acted meanwhile. It needs no more time."))
    return can_edit(viewer)


def _judges(viewer: Viewer, finding: Finding) -> Decision:
    decision = _of_published_nc(finding)
    if not decision:
        return decision
    if viewer.organisation_id == finding.supplier_id:
        return denied("own-action", _("Nobody checks their own work. The audit firm does this."))
    if not is_verifier(viewer, finding):
        return denied("not-your-audit", _("Only the audit firm of this audit, or one engaged for this site."))
    if is_of_the_site(viewer, finding):
        return denied(
            "own-action", _("You belong to this site or wrote this for it. A colleague has to check it.")
        )
    return ALLOWED


def _of_published_nc(finding: Finding) -> Decision:
    if finding.kind != Finding.Kind.NON_COMPLIANCE:
        return denied(
            "not-a-non-compliance", _("Only a non-compliance has a date, a corrective action and a check.")
        )
    if finding.audit.published_at is None:
        return denied("audit-not-published", _("The audit is not published yet. This begins after that."))
    return ALLOWED
