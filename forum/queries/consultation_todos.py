"""What consultations let wait for co-leads, as a part of the one statement of the home page."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from forum.lifecycle import RoundState
from forum.models import ConsultationRound, GroupAccess
from organisations.queries.waiting import part
from organisations.visibility import Viewer


def parts_of_consultations(viewer: Viewer, *, at: dt.datetime, on: dt.date) -> "Iterator[QuerySet[Any, Any]]":
    """Give the rounds that are closed and not answered, of groups that the viewer leads."""
    led = GroupAccess.objects.visible_to(viewer).filter(
        group_id=OuterRef("group_id"), is_co_lead=True, group__state="active"
    )
    rows = ConsultationRound.objects.visible_to(viewer).filter(Exists(led), state=RoundState.CLOSED)
    yield part(
        rows,
        "forum_consultation",
        code="consultation__code",
        who="group__title",
        note="consultation__title",
        state="state",
        order=("closed_at", "pk"),
    )
