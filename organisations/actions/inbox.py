"""Reading the inbox."""

from collections.abc import Iterable
from datetime import datetime

from ledger.models import Delivery
from organisations.models import Membership
from organisations.queries.inbox import inbox_of


def mark_read(*, delivery: Delivery, at: datetime) -> None:
    """Note that its reader opened `delivery`; the first time counts."""
    if delivery.read_at is None:
        delivery.read_at = at
        delivery.save(update_fields=["read_at"])


def mark_all_read(*, person_id: int, memberships: Iterable[Membership], at: datetime) -> int:
    """Note that the person has seen everything in their inbox; return how many were new."""
    return inbox_of(person_id, memberships).unread().order_by().update(read_at=at)
