"""What happens behind the pages: lists are read and applied, registers follow accepted links, a nightly check.

A task takes ids, looks and makes one call; it is safe to run twice.
"""

from datetime import datetime
from typing import Any

from celery import shared_task
from django.utils import timezone

from ledger.models import Entry, Occurrence
from ledger.registry import nightly, occurrence, reaction
from sourcing.actions import applying, reading, working
from sourcing.actions.evidence import EXPIRING, tell_of_expiry
from sourcing.actions.link import connect_register
from sourcing.models import TradeLink
from sourcing.queries.drift import drift


class AccessDrifted(RuntimeError):
    """A table that says who sees what differs from its rule."""


@reaction("sourcing.link_accepted")
def point_register_at_sites(entry: Entry) -> None:
    """Connect the customer's register entries with the sites that the supplier said they are."""
    connect_register(link=TradeLink.objects.get(pk=entry.subject_id))


@occurrence(EXPIRING)
def evidence_expiring(row: Occurrence, at: datetime) -> None:
    """Some days before a piece of evidence expires."""
    tell_of_expiry(evidence_id=row.subject_id, expires_on=row.data["expires_on"], at=at)


@nightly("sourcing.access")
def check_access(at: datetime) -> None:
    """Raise the alarm when somebody sees more or less than the rules give."""
    found = [one for one in drift() if one]
    if found:
        raise AccessDrifted("; ".join(map(str, found)))


@shared_task(name=working.READ_TASK, bind=True)
def read_import(self: Any, organisation_id: int, person_id: int, import_id: int) -> bool:
    """Read one uploaded list, acting as the person who uploaded it."""
    return reading.read_import(
        organisation_id=organisation_id, person_id=person_id, import_id=import_id, was_lost=_was_lost(self)
    )


@shared_task(name=working.APPLY_TASK, bind=True)
def apply_import(self: Any, organisation_id: int, person_id: int, import_id: int) -> bool:
    """Apply one list, acting as the person who said so."""
    return applying.apply_import(
        organisation_id=organisation_id, person_id=person_id, import_id=import_id, was_lost=_was_lost(self)
    )


@shared_task(name="sourcing.sweep")
def sweep() -> int:
    """Once a minute: ring for lists that nobody has begun or whose worker fell silent."""
    return working.ring_pending(timezone.now())


def _was_lost(task: Any) -> bool:
    """Tell whether the broker gives this order again, the worker who had it having died."""
    return bool((task.request.delivery_info or {}).get("redelivered"))
