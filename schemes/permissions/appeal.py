"""Who contests a decision, and who answers."""

from django.utils.translation import gettext as _

from ledger.refusals import ALLOWED, Decision, denied
from organisations.visibility import Viewer
from schemes.lifecycle import AppealState, MembershipState, Outcome
from schemes.models import Appeal
from schemes.models import Decision as SchemeDecision
from schemes.permissions.assessment import may_judge
from schemes.permissions.sides import for_the_body, for_the_member
from schemes.queries.decision import newest_decision
from schemes.queries.independence import had_part_in


def can_appeal(viewer: Viewer, decision: SchemeDecision) -> Decision:
    """The member contests the newest decision about it, once."""
    allowed = for_the_member(viewer, decision)
    if not allowed:
        return allowed
    if decision.outcome == Outcome.UPHOLD_APPEAL:
        return denied("decided-for-you", _("This decision upheld your appeal."))
    if Appeal.objects.filter(decision=decision).exists():
        return denied("appealed-already", _("You have appealed from this decision already."))
    if decision.membership.state == MembershipState.WITHDRAWN:
        return denied("membership-ended", _("You have left this scheme. You can apply again."))
    newest = newest_decision(decision.membership)
    if newest is not None and newest.pk != decision.pk:
        return denied("newer-decision", _("There is a newer decision. You can appeal from that one."))
    return ALLOWED


def can_withdraw_appeal(viewer: Viewer, appeal: Appeal) -> Decision:
    """The member takes its appeal back while nobody has answered it."""
    return for_the_member(viewer, appeal) and _open(appeal)


def can_decide_appeal(viewer: Viewer, appeal: Appeal) -> Decision:
    """Somebody of the scheme body who had no part in the assessment or its decision."""
    decision = for_the_body(viewer, appeal) and _open(appeal)
    if not decision:
        return decision
    if had_part_in(viewer.person_id, appeal.assessment):
        return denied(
            "had-a-part",
            _("You had a part in what is contested. Somebody who had none has to answer the appeal."),
        )
    return may_judge(viewer, appeal.assessment)


def _open(appeal: Appeal) -> Decision:
    if appeal.state != AppealState.OPEN:
        return denied("appeal-answered", _("This appeal is at its end."))
    return ALLOWED
