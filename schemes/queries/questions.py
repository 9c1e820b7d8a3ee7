"""What assessors asked, and what was answered."""

from organisations.visibility import Viewer
from schemes.models import Assessment, Clarification


def questions_of(viewer: Viewer, assessment: Assessment) -> list[Clarification]:
    """Return the clarifications of an assessment: those that wait first, then the newest."""
    rows = Clarification.objects.visible_to(viewer).filter(assessment=assessment).select_related("criterion")
    found = list(rows.order_by("-pk"))
    return sorted(found, key=lambda one: one.answered_at is not None)
