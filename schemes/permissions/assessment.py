"""Who answers, scores and decides in an assessment; and who may not, since they are too close to it."""

import datetime as dt

from django.utils.translation import gettext as _

from ledger.refusals import ALLOWED, Decision, denied
from organisations.permissions import can_administer
from organisations.visibility import Viewer
from schemes.lifecycle import CLOSED_ASSESSMENTS, AssessmentState
from schemes.models import Assessment, Assignment
from schemes.permissions.sides import for_the_body, for_the_member
from schemes.queries.independence import HINDRANCES, hindrance_of, roles_of, worked_on

RATERS = frozenset({Assignment.Role.ASSESSOR, Assignment.Role.SECOND_RATER})


def can_answer(viewer: Viewer, assessment: Assessment) -> Decision:
    """The member answers until it submits."""
    decision = for_the_member(viewer, assessment) and _not_closed(assessment)
    if decision and assessment.state != AssessmentState.ANSWERING:
        return denied("submitted-already", _("Your answers were sent. They stay as they were sent."))
    return decision


def can_submit(viewer: Viewer, assessment: Assessment) -> Decision:
    """The member sends its answers."""
    return can_answer(viewer, assessment)


def can_take_up(viewer: Viewer, assessment: Assessment, *, on: dt.date) -> Decision:
    """The scheme body goes on without the member once the assessment is overdue."""
    decision = for_the_body(viewer, assessment) and _not_closed(assessment)
    if not decision:
        return decision
    if assessment.state != AssessmentState.ANSWERING:
        return denied("submitted-already", _("The member has sent its answers."))
    if assessment.due_on is None or assessment.due_on >= on:
        return denied("not-overdue", _("The member still has time. You can take this up once it is overdue."))
    return decision


def can_reschedule(viewer: Viewer, assessment: Assessment) -> Decision:
    """The scheme body moves the date by which answers are due."""
    decision = for_the_body(viewer, assessment) and _not_closed(assessment)
    if decision and assessment.state != AssessmentState.ANSWERING:
        return denied("submitted-already", _("The member has sent its answers."))
    return decision


def can_assign(viewer: Viewer, assessment: Assessment) -> Decision:
    """Admins of the scheme body say who works on an assessment, and who decides."""
    decision = for_the_body(viewer, assessment) and _not_closed(assessment)
    return decision and can_administer(viewer)


def can_declare(viewer: Viewer, assessment: Assessment) -> Decision:
    """Everyone in the scheme body who assesses or decides says which interests they have."""
    return for_the_body(viewer, assessment)


def can_start(viewer: Viewer, assessment: Assessment) -> Decision:
    """An assessor begins once the member has submitted."""
    decision = _rates(viewer, assessment)
    if decision and assessment.state != AssessmentState.SUBMITTED:
        return denied("not-submitted", _("This is not waiting to be assessed."))
    return decision


def can_score(viewer: Viewer, assessment: Assessment) -> Decision:
    """An assessor scores while the assessment is in work, a clarification or not."""
    decision = _rates(viewer, assessment)
    if decision and assessment.state not in {AssessmentState.IN_ASSESSMENT, AssessmentState.CLARIFICATION}:
        return denied("not-in-assessment", _("Scores are given while an assessment is in work."))
    return decision


def can_ask(viewer: Viewer, assessment: Assessment) -> Decision:
    """An assessor asks the member while the assessment is in work."""
    return can_score(viewer, assessment)


def can_answer_question(viewer: Viewer, assessment: Assessment) -> Decision:
    """The member answers what it is asked."""
    decision = for_the_member(viewer, assessment) and _not_closed(assessment)
    if decision and assessment.state != AssessmentState.CLARIFICATION:
        return denied("nothing-asked", _("There is no question that waits for you."))
    return decision


def can_go_on(viewer: Viewer, assessment: Assessment) -> Decision:
    """An assessor need not wait for an answer."""
    decision = _rates(viewer, assessment)
    if decision and assessment.state != AssessmentState.CLARIFICATION:
        return denied("nothing-asked", _("This does not wait for the member."))
    return decision


def can_propose(viewer: Viewer, assessment: Assessment) -> Decision:
    """An assessor lays the result before whoever decides."""
    decision = _rates(viewer, assessment)
    if decision and assessment.state == AssessmentState.CLARIFICATION:
        return denied("question-open", _("A question still waits for the member."))
    if decision and assessment.state != AssessmentState.IN_ASSESSMENT:
        return denied("not-in-assessment", _("Only what is in assessment can be proposed."))
    return decision


def can_decide(viewer: Viewer, assessment: Assessment) -> Decision:
    """A second person, assigned to decide, who neither scored nor is close to the member."""
    decision = for_the_body(viewer, assessment) and _not_closed(assessment)
    if not decision:
        return decision
    if hindrance := hindrance_of(viewer.person_id, assessment):
        return denied(hindrance, HINDRANCES[hindrance])
    if worked_on(viewer.person_id, assessment):
        return denied("own-assessment", _("You worked on this assessment. A second person has to decide."))
    if Assignment.Role.DECIDER not in roles_of(viewer, assessment):
        return denied("not-assigned", _("You are not the one who decides here. An admin can assign you."))
    if assessment.state != AssessmentState.PROPOSED:
        return denied("nothing-proposed", _("Nothing has been proposed yet, so there is nothing to decide."))
    return ALLOWED


def can_send_back(viewer: Viewer, assessment: Assessment) -> Decision:
    """Whoever decides sends back what does not convince them."""
    return can_decide(viewer, assessment)


def may_judge(viewer: Viewer, assessment: Assessment) -> Decision:
    """Nobody judges an organisation they belong to, wrote for or support; a clean declaration comes first."""
    hindrance = hindrance_of(viewer.person_id, assessment)
    return denied(hindrance, HINDRANCES[hindrance]) if hindrance else ALLOWED


def _rates(viewer: Viewer, assessment: Assessment) -> Decision:
    decision = for_the_body(viewer, assessment) and _not_closed(assessment)
    if not decision:
        return decision
    decision = may_judge(viewer, assessment)
    if decision and not RATERS & roles_of(viewer, assessment):
        return denied("not-assigned", _("You do not work on this assessment. An admin can assign you."))
    return decision


def _not_closed(assessment: Assessment) -> Decision:
    if assessment.state in CLOSED_ASSESSMENTS:
        return denied("assessment-closed", _("This assessment is closed. Nothing in it changes any more."))
    return ALLOWED
