"""Who of a scheme body reads what a member sent, and what was made of it."""

from ledger.refusals import ALLOWED, Decision, denied
from organisations.visibility import Role, Viewer
from schemes.models import Assessment
from schemes.permissions.assessment import may_judge
from schemes.permissions.sides import for_the_body
from schemes.queries.independence import HINDRANCES


def can_look_inside(viewer: Viewer, assessment: Assessment) -> Decision:
    """Answers, evidence and scores open to whoever may judge; to readers, who never do; and to all once it is closed.

    An interest that was declared keeps them closed for good.
    """
    if viewer.organisation_id != assessment.body_id:
        return for_the_body(viewer, assessment)
    if not viewer.is_at_least(Role.EDITOR):
        return ALLOWED
    decision = may_judge(viewer, assessment)
    if not decision and decision.code == "not-declared":
        is_closed = assessment.is_closed
        return ALLOWED if is_closed else denied("not-declared", str(HINDRANCES["not-declared"]))
    return decision
