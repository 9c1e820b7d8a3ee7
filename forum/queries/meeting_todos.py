"""What meetings let wait for a member, as parts of the one statement of the home page."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from forum.lifecycle import MinutesState
from forum.models import GroupAccess, Meeting, Minutes
from forum.queries.meeting import own_attendance
from forum.queries.minutes import waiting_for_reply
from organisations.queries.waiting import part
from organisations.visibility import Viewer

SOON = dt.timedelta(hours=24)


def parts_of_meetings(viewer: Viewer, *, at: dt.datetime, on: dt.date) -> "Iterator[QuerySet[Any, Any]]":
    """Give the parts: meetings within a day, minutes to look at, and for co-leads minutes to record or publish."""
    away = own_attendance(viewer).filter(meeting=OuterRef("pk"), answer="not")
    near = Meeting.objects.visible_to(viewer).ahead(at).filter(~Exists(away), starts_at__lt=at + SOON)
    yield part(near, "forum_meeting", who="group__title", note="title", order=("starts_at", "pk"))
    to_read = waiting_for_reply(viewer, at=at).filter(group__state="active")
    yield _minutes(to_read, "forum_minutes", on="open_until")
    led = GroupAccess.objects.visible_to(viewer).filter(
        group_id=OuterRef("group_id"), is_co_lead=True, group__state="active"
    )
    mine = Minutes.objects.visible_to(viewer).filter(Exists(led))
    yield _minutes(mine.filter(state=MinutesState.PROPOSED, open_until__lte=at), "forum_minutes_over")
    yield _minutes(mine.filter(state=MinutesState.APPROVED), "forum_minutes_publish")


def _minutes(rows: "QuerySet[Minutes, Minutes]", kind: str, **more: Any) -> "QuerySet[Any, Any]":
    said = {"who": "group__title", "note": "meeting__title", "state": "state", "order": ("open_until", "pk")}
    return part(rows, kind, **(said | more))
