"""API tokens: a person lets a program act for them in one organisation."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.entries import record
from ledger.refusals import Refusal
from organisations.models import ApiToken
from organisations.models.secrets import hash_secret, new_token
from organisations.permissions import can_make_token, can_revoke_token
from organisations.visibility import SCOPES, Viewer

LONGEST_DAYS = 365


def make_token(
    *, viewer: Viewer, name: str, scopes: Collection[str], days: int, at: datetime
) -> tuple[ApiToken, str]:
    """Make a token and return it with its secret, which is never shown again.

    Promises: kept as a hash; acts as the maker's membership and ends with it; one ledger entry; the maker and
    the organisation's admins are told.
    Raises: Forbidden; Refusal `bad-scopes`, `bad-expiry`.
    """
    can_make_token(viewer).require()
    if not scopes or not set(scopes) <= SCOPES:
        raise Refusal("bad-scopes", _("Choose what the token may do, from the list."), status=422)
    if not 1 <= days <= LONGEST_DAYS:
        raise Refusal("bad-expiry", _("A token lasts from 1 to 365 days."), status=422)
    secret = new_token()
    with transaction.atomic():
        token = ApiToken.objects.create(
            organisation_id=viewer.organisation_id,
            person_id=viewer.person_id,
            name=name,
            token_hash=hash_secret(secret),
            scopes=sorted(scopes),
            expires_at=at + timedelta(days=days),
        )
        record(
            verb="organisations.token_made",
            by=viewer,
            subject=token,
            owner_id=viewer.organisation_id,
            at=at,
            data={"scopes": token.scopes, "days": days},
        )
    return token, secret


def revoke_token(*, viewer: Viewer, token: ApiToken, at: datetime) -> ApiToken:
    """End a token: the very next request with it is refused. Revoking twice changes nothing.

    Raises: Forbidden, unless it is the viewer's own or the viewer is an admin.
    """
    can_revoke_token(viewer, token).require()
    with transaction.atomic():
        locked = ApiToken.objects.visible_to(viewer).select_for_update().get(pk=token.pk)
        if locked.revoked_at is None:
            locked.revoked_at = at
            locked.save(update_fields=["revoked_at"])
            record(
                verb="organisations.token_revoked",
                by=viewer,
                subject=locked,
                owner_id=locked.organisation_id,
                at=at,
            )
    return locked
