"""API tokens that still open something."""

from datetime import datetime

from organisations.models import ApiToken
from organisations.models.token import ApiTokenQuerySet
from organisations.visibility import Role, Viewer


def tokens_of(viewer: Viewer, at: datetime) -> ApiTokenQuerySet:
    """Return the viewer's own tokens for their organisation; admins see everybody's, to be able to end them."""
    rows = ApiToken.objects.visible_to(viewer).filter(revoked_at=None, expires_at__gt=at)
    if not viewer.is_at_least(Role.ADMIN):
        rows = rows.filter(person_id=viewer.person_id)
    return rows.select_related("person").order_by("name", "pk")
