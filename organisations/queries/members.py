"""Who belongs to an organisation, and who has been asked to."""

from organisations.models import Invitation, Membership, Person
from organisations.models.invitation import InvitationQuerySet
from organisations.models.membership import MembershipQuerySet
from organisations.visibility import Viewer


def members_of(viewer: Viewer) -> MembershipQuerySet:
    """Return the active members of the viewer's organisation with their people."""
    return Membership.objects.visible_to(viewer).active().select_related("person")


def invitations_of(viewer: Viewer) -> InvitationQuerySet:
    """Return the invitations that wait for an answer or have run out unanswered, newest first."""
    return (
        Invitation.objects.visible_to(viewer)
        .pending()
        .select_related("invited_by")
        .order_by("-invited_at", "-id")
    )


def colleagues_ever(viewer: Viewer) -> list[Person]:
    """Return everyone who is or was a member, by name; for the filters of the activity page."""
    rows = Membership.objects.visible_to(viewer).select_related("person")
    return sorted((row.person for row in rows), key=lambda person: (str(person).lower(), person.pk))
