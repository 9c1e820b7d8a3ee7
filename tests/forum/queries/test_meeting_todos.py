"""What meetings let wait for people."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from config.todos import todos_from, todos_of
from ledger.acting import acting
from organisations.visibility import Viewer
from tests.factories import forum as make
from tests.factories import forum_meetings as held

pytestmark = pytest.mark.django_db


def _waiting(who: Viewer) -> list[tuple[str, str]]:
    at = timezone.now()
    with acting(person_id=who.person_id, organisation_id=who.organisation_id):
        rows = todos_of(who, at=at, on=at.date())
    assert len(todos_from(rows, at.date())) == min(len(rows), 8)
    return sorted(
        (row.kind, row.note) for row in rows if row.kind.startswith(("forum_meeting", "forum_minutes"))
    )


def test_a_meeting_within_a_day_and_minutes_to_read_wait_for_those_inside() -> None:
    room: Any = make.group("audit-quality")
    soon = timezone.now() + dt.timedelta(hours=5)
    near = held.meeting(room.group, room.lead, title="Near", starts_at=soon)
    held.meeting(room.group, room.lead, title="Far")
    for name in ("proposed", "approved", "published"):
        meeting = held.meeting(room.group, room.lead, state="held", title=name)
        held.minutes(meeting, room.lead, state=name)
    held.attendance(near, room.supplier, answer="not")
    held.reply(
        held.minutes(
            held.meeting(room.group, room.lead, state="held", title="mine"), room.lead, state="proposed"
        ),
        room.supplier,
    )
    near_one, read = ("forum_meeting", "Near"), ("forum_minutes", "proposed")
    mine = ("forum_minutes", "mine")
    assert _waiting(room.buyer) == [near_one, mine, read]
    assert _waiting(room.supplier) == [read]
    assert _waiting(room.guest) == [near_one]
    assert _waiting(room.lead) == [near_one, mine, read, ("forum_minutes_publish", "approved")]
    assert _waiting(room.outsider) == []
