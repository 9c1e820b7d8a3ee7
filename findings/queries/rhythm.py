"""Questions about the rhythm of a plan."""

from findings.models import ActionPlan, RhythmRequest
from findings.queries.glance import may_have
from organisations.visibility import Viewer


def wishes_of(viewer: Viewer, plan: ActionPlan) -> list[tuple[RhythmRequest, bool]]:
    """Return the wishes for another rhythm that the viewer may read, oldest first, and whether each is open."""
    if not may_have(plan.finding, "rhythm"):
        return []
    rows = (
        RhythmRequest.objects.visible_to(viewer)
        .filter(plan=plan)
        .select_related("answer")
        .prefetch_related("organisation")
        .order_by("asked_at", "pk")
    )
    return [(one, not hasattr(one, "answer")) for one in rows]
