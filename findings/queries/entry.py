"""Questions of whoever enters findings."""

from findings.models import Audit, Finding, FindingDraft
from findings.models.finding import FindingQuerySet
from organisations.visibility import Viewer


def finding_draft_of(viewer: Viewer, audit: Audit, finding: Finding | None = None) -> FindingDraft | None:
    """Return what the viewer has typed so far: of a new finding of the audit, or of a change of one."""
    return FindingDraft.objects.filter(
        person_id=viewer.person_id, audit_firm_id=viewer.organisation_id, audit=audit, finding=finding
    ).first()


def typed_in(draft: FindingDraft | None) -> dict[str, list[str]]:
    """Return the fields that a draft keeps; empty when it keeps none."""
    return dict(draft.content.get("typed", {})) if draft else {}


def last_entered(viewer: Viewer, audit: Audit) -> Finding | None:
    """Return the finding that the viewer wrote last in this audit: the next one often resembles it."""
    rows = Finding.objects.visible_to(viewer).filter(audit=audit, created_by_id=viewer.person_id)
    return rows.select_related("requirement__section").order_by("-pk").first()


def entered_so_far(viewer: Viewer, audit: Audit) -> FindingQuerySet:
    """Return the findings of an audit, the latest first, with their requirements."""
    rows = Finding.objects.visible_to(viewer).filter(audit=audit)
    return rows.select_related("requirement__section").order_by("-pk")
