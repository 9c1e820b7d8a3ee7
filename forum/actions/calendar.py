"""The address of a person's own calendar: made, made anew, ended."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from forum.models import CalendarLink
from ledger.entries import Alone, record
from organisations.visibility import Viewer

MADE, ENDED = "forum.calendar_made", "forum.calendar_ended"
SECRET_BYTES = 24


def make_calendar(*, viewer: Viewer, at: datetime) -> str:
    """Make an address for the viewer's calendar and return its secret, which is told this once.

    Promises: an address made before opens nothing any more; the database keeps a fingerprint alone.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        _end(viewer, at)
        link = CalendarLink.objects.create(
            person_id=viewer.person_id, secret_hash=fingerprint(secret), created_at=at
        )
        record(verb=MADE, by=Alone(viewer.person_id), subject=link, owner_id=None, at=at)
    return secret


def end_calendar(*, viewer: Viewer, at: datetime) -> None:
    """End the address of the viewer's calendar; nothing happens where there is none."""
    with transaction.atomic():
        for link in _end(viewer, at):
            record(verb=ENDED, by=Alone(viewer.person_id), subject=link, owner_id=None, at=at)


def fingerprint(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _end(viewer: Viewer, at: datetime) -> list[CalendarLink]:
    rows = list(CalendarLink.objects.visible_to(viewer).in_force().select_for_update())
    for link in rows:
        link.ended_at = at
        link.save(update_fields=["ended_at"])
    return rows
