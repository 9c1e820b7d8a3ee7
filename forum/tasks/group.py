"""Invitations that end, and what the night looks at: whether the doors of groups stand as they should."""

from datetime import datetime

from forum.actions.group import INVITATION_OVER
from forum.actions.participant import end_invitation
from forum.queries.drift import drift
from ledger.models import Occurrence
from ledger.registry import nightly, occurrence


@occurrence(INVITATION_OVER)
def invitation_over(row: Occurrence, at: datetime) -> None:
    """Nobody answered in time."""
    end_invitation(participant_id=row.subject_id, at=at)


class GroupAccessDrifted(RuntimeError):
    """The table that says who enters a group differs from its rule."""


@nightly("forum.access")
def check_access(at: datetime) -> None:
    """Raise the alarm when somebody enters more or less than the rule gives."""
    found = drift()
    if found:
        raise GroupAccessDrifted(str(found))
