"""Who shows evidence in an assessment, and which."""

from django.utils.translation import gettext as _

from ledger.refusals import ALLOWED, Decision, denied
from organisations.visibility import Viewer
from schemes.lifecycle import CLOSED_ASSESSMENTS, AssessmentState
from schemes.models import Assessment
from schemes.permissions.sides import for_the_member
from sourcing.models import Evidence


def can_show_evidence(viewer: Viewer, assessment: Assessment) -> Decision:
    """The member shows evidence while it answers, and again while a question waits for it."""
    decision = for_the_member(viewer, assessment)
    if not decision:
        return decision
    if assessment.state in CLOSED_ASSESSMENTS:
        return denied("assessment-closed", _("This assessment is closed. Nothing in it changes any more."))
    if assessment.state not in {AssessmentState.ANSWERING, AssessmentState.CLARIFICATION}:
        return denied("submitted-already", _("Your answers were sent. They stay as they were sent."))
    return decision


def can_take_evidence_back(viewer: Viewer, assessment: Assessment) -> Decision:
    """What was shown stays; before it is sent, nobody has seen it."""
    decision = can_show_evidence(viewer, assessment)
    if decision and assessment.state != AssessmentState.ANSWERING:
        return denied("submitted-already", _("What was shown stays where it was shown."))
    return decision


def can_attach(viewer: Viewer, evidence: Evidence) -> Decision:
    """An organisation shows its own evidence; none that shows workers, is internal, or was put away."""
    said = {"title": evidence.title}
    if evidence.organisation_id != viewer.organisation_id:
        return denied("not-the-owner", _("Only the organisation that added this can attach it."))
    if evidence.is_retired:
        return denied("evidence-retired", _("“%(title)s” was put away. Choose another.") % said)
    if evidence.shows_workers:
        return denied(
            "shows-workers",
            _(
                "“%(title)s” shows names, faces, ID or bank numbers of workers, so others cannot see it."
                " Cover these in a copy, add the copy, and attach that."
            )
            % said,
        )
    if evidence.confidentiality == Evidence.Confidentiality.INTERNAL:
        return denied(
            "evidence-internal",
            _("“%(title)s” is only for your own organisation. Change who may see it, or choose another.")
            % said,
        )
    return ALLOWED
