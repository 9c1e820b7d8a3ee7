"""Asking for a certificate of attendance."""

import datetime as dt

from documents.models import Rendering
from documents.renderings import request_rendering
from forum.models import EventPlace
from forum.permissions.event import can_take_certificate
from forum.queries.event_papers import CERTIFICATE
from organisations.visibility import Viewer


def ask_for_certificate(*, viewer: Viewer, place: EventPlace, at: dt.datetime) -> Rendering:
    """Have a certificate made for the viewer's organisation; one that is on its way is waited for.

    Raises:
        Forbidden: see `can_take_certificate`.
    """
    can_take_certificate(viewer, place, place.event).require()
    return request_rendering(by=viewer, kind=CERTIFICATE, subject=place, at=at)
