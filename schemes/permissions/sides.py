"""On which side of an assessment somebody stands: the member or the scheme body."""

from typing import Protocol

from django.utils.translation import gettext as _

from ledger.refusals import Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Viewer


class BetweenTwo(Protocol):
    """What stands between a member and a scheme body."""

    @property
    def member_id(self) -> int | None:
        """The member."""

    @property
    def body_id(self) -> int:
        """The scheme body."""


def for_the_member(viewer: Viewer, thing: BetweenTwo) -> Decision:
    """Editors and admins of the member who look after all of it: an assessment is of the whole organisation."""
    if viewer.organisation_id != thing.member_id:
        return denied("not-your-organisation", _("Only the organisation that is assessed does this."))
    return of_the_whole(viewer)


def of_the_whole(viewer: Viewer) -> Decision:
    """Members limited to some sites do not speak for the organisation."""
    if viewer.site_ids is not None:
        return denied(
            "limited-to-sites",
            _("You look after some sites only. A colleague who looks after all of them has to do this."),
        )
    return can_edit(viewer)


def for_the_body(viewer: Viewer, thing: BetweenTwo) -> Decision:
    """Editors and admins of the scheme body."""
    if viewer.organisation_id != thing.body_id:
        return denied("not-your-scheme", _("Only the scheme body does this."))
    return can_edit(viewer)
