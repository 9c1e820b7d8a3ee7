"""How anything inside a group is written down: the group is the subject, and the data holds codes alone.

An entry is read by the whole organisation of whoever acted, colleagues outside the group as well. So it says no title,
no text, no other person's name and nobody's choice.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models

from forum.models import Group
from ledger.entries import record
from ledger.lifecycles import Lifecycle
from ledger.models import Actor, Entry
from ledger.transitions import move


def tell(
    *, verb: str, by: Actor | None, group: Group, at: datetime, data: Mapping[str, Any] | None = None
) -> Entry:
    """Write an entry about something inside a group.

    Args:
        data: codes and ids only; `key`, the address of the group, is added, so that notices can lead there.
    """
    details = {**(data or {}), "key": group.key}
    return record(verb=verb, by=by, subject=group, owner_id=None, at=at, data=details)


def move_inside(
    subject: models.Model,
    *,
    to: str,
    lifecycle: Lifecycle,
    verb: str,
    by: Actor | None,
    group: Group,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    also: Iterable[str] = (),
) -> Entry:
    """Move the state of something inside a group, as `ledger.transitions.move`; the entry is about the group.

    Raises: Refusal `illegal-move`.
    """
    details = {"code": str(getattr(subject, "code", "")), **(data or {}), "key": group.key}
    return move(
        subject,
        to=to,
        lifecycle=lifecycle,
        verb=verb,
        by=by,
        owner_id=None,
        at=at,
        data=details,
        also=also,
        about=group,
    )
