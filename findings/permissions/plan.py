"""Who may do what with the action plan of a CAR."""

from django.utils.translation import gettext as _

from findings.lifecycle import FindingState
from findings.models import ActionPlan, Finding, RhythmRequest
from findings.queries.plan import is_customer
from ledger.refusals import Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Viewer


def can_understand(viewer: Viewer, finding: Finding) -> Decision:
    """The site walks through step 1 while its CAR is not closed."""
    return site_works_on(viewer, finding)


def can_share_plan(viewer: Viewer, finding: Finding) -> Decision:
    """The site writes, uploads and shares the plan of its CAR once the audit is published."""
    return site_works_on(viewer, finding)


def can_update_plan(viewer: Viewer, finding: Finding) -> Decision:
    """The site reports on a plan that is shared, while the CAR is in progress."""
    decision = site_works_on(viewer, finding)
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


def can_ask_for_rhythm(viewer: Viewer, plan: ActionPlan) -> Decision:
    """A customer that can answer the plan can ask for another rhythm of reports."""
    return can_respond(viewer, plan)


def can_answer_rhythm(viewer: Viewer, request: RhythmRequest) -> Decision:
    """The site that reports says yes or no to a customer's wish, while there is something to report."""
    if viewer.organisation_id == request.organisation_id:
        return denied("own-request", _("The supplier has to answer this."))
    return can_update_plan(viewer, request.plan.finding)


def can_keep_ledger(viewer: Viewer, finding: Finding, ledger: str) -> Decision:
    """The site keeps the figures that this requirement asks for, once its plan is shared."""
    if finding.requirement.ledger != ledger:
        return denied("no-such-figures", _("The plan of this finding does not keep these figures."))
    return can_update_plan(viewer, finding)


def site_works_on(viewer: Viewer, finding: Finding) -> Decision:
    """The supplier works on the plan of its CAR from the publication of the audit until a later one closes it."""
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
