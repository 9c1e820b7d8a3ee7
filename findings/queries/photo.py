"""Questions about photos."""

from django.db.models import QuerySet

from findings.models import Finding, Photo
from findings.queries.glance import may_have
from organisations.visibility import Viewer


def photos_of(viewer: Viewer, finding: Finding) -> QuerySet[Photo]:
    """Return the photos of a finding in the order in which they hang."""
    if not may_have(finding, "photos"):
        return Photo.objects.none()
    return Photo.objects.visible_to(viewer).filter(finding=finding).order_by("position", "pk")
