"""Invitations with the secret of their link, as the invitee would find it in the letter."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone

from ledger.acting import acting
from organisations.actions.invitation import invite
from organisations.models import Invitation, Organisation
from organisations.models.secrets import invitation_secret
from organisations.visibility import Role, Viewer
from tests.factories import organisations as make

Invited = Callable[..., tuple[Invitation, str]]


@pytest.fixture
def invited(db: None) -> Invited:
    """Return a function that invites an address and gives the invitation with its secret."""

    def send(
        of: Organisation | None = None,
        email: str = "mina@example.org",
        role: Role = Role.EDITOR,
        by: Viewer | None = None,
        at: datetime | None = None,
    ) -> tuple[Invitation, str]:
        viewer = by or make.viewer(of or make.organisation())
        with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
            invitation = invite(viewer=viewer, email=email, role=role, at=at or timezone.now())
        return invitation, invitation_secret(invitation.code)

    return send
