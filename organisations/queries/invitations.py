"""An invitation, found by the secret of its link."""

from allauth.account.models import EmailAddress

from ledger.acting import present_secret
from ledger.refusals import NotVisible
from organisations.models import Invitation, Person
from organisations.models.secrets import hash_secret


def invitation_with(secret: str) -> Invitation:
    """Return the invitation whose link holds `secret`, whatever has become of it.

    Raises:
        NotVisible: no invitation has this secret.
    """
    digest = hash_secret(secret)
    present_secret(digest)
    rows = Invitation.objects.filter(token_hash=digest).select_related("organisation", "invited_by")
    found = rows.first()
    if found is None:
        raise NotVisible
    return found


def is_addressed_to(invitation: Invitation, person: Person) -> bool:
    """Tell whether `person` has shown to read mail at the address that was invited."""
    if person.email.lower() == invitation.email.lower():
        return True
    mine = EmailAddress.objects.filter(user=person, verified=True, email__iexact=invitation.email)
    return bool(mine.exists())
