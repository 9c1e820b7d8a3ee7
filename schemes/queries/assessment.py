"""What an assessment still waits for."""

from schemes.models import Answer, Assessment, Clarification, Criterion, Edition, Proposal, Scheme


def edition_in_force(scheme: Scheme) -> Edition | None:
    """Return the edition by which assessments of a scheme begin now."""
    return Edition.objects.in_force().filter(scheme=scheme).first()


def unanswered(assessment: Assessment) -> list[Criterion]:
    """Return the criteria that the member has not said enough about yet, in the edition's order."""
    whole = {one.criterion_id for one in Answer.objects.filter(assessment=assessment) if one.is_whole}
    return [one for one in Criterion.objects.filter(edition_id=assessment.edition_id) if one.pk not in whole]


def open_questions(assessment: Assessment) -> int:
    """Return how many clarifications wait for the member."""
    return Clarification.objects.unanswered().filter(assessment=assessment).count()


def newest_proposal(assessment: Assessment) -> Proposal | None:
    """Return what lies before whoever decides, as far as one may see it."""
    return Proposal.objects.filter(assessment=assessment).order_by("-pk").first()
