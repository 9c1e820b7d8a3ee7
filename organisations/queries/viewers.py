"""Building the Viewer: the one way for pages, API and tasks."""

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from organisations.models import Membership
from organisations.visibility import Capability, Role, Viewer


def memberships_of(person_id: int) -> list[Membership]:
    """Return the person's active memberships with their organisations, by name; each knows `has_factor`."""
    factors = Authenticator.objects.filter(user_id=OuterRef("person_id"))
    return list(
        Membership.objects.active()
        .annotate(has_factor=Exists(factors))
        .filter(person_id=person_id)
        .select_related("organisation")
        .order_by("organisation__name", "pk")
    )


def viewer_from(membership: Membership, *, scopes: frozenset[str] | None = None) -> Viewer:
    """Return the Viewer of an active membership."""
    return Viewer(
        person_id=membership.person_id,
        organisation_id=membership.organisation_id,
        role=Role(membership.role),
        capabilities=frozenset(Capability(name) for name in membership.organisation.capabilities),
        site_ids=None if membership.site_ids is None else frozenset(membership.site_ids),
        scopes=scopes,
    )


def viewer_for(*, person_id: int, organisation_id: int) -> Viewer | None:
    """Return the Viewer as of now, for a task that acts later; None once the membership has ended."""
    membership = (
        Membership.objects.active()
        .select_related("organisation")
        .filter(person_id=person_id, organisation_id=organisation_id)
        .first()
    )
    return viewer_from(membership) if membership else None
