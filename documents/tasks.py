"""Each task looks into the database for what is to do, so a second run does nothing twice."""

from datetime import datetime
from typing import Any

from celery import shared_task
from django.utils import timezone

from documents import renderings, storage
from ledger.registry import nightly


@shared_task(name=renderings.TASK, bind=True)
def render(self: Any, organisation_id: int, person_id: int, rendering_id: int) -> bool:
    """Make one file, acting as the person who asked for it."""
    was_lost = bool((self.request.delivery_info or {}).get("redelivered"))
    return renderings.work(
        organisation_id=organisation_id, person_id=person_id, rendering_id=rendering_id, was_lost=was_lost
    )


@shared_task(name="documents.sweep")
def sweep() -> int:
    """Once a minute: ring for files that nobody has begun or whose worker fell silent."""
    return renderings.ring_pending(timezone.now())


@nightly("documents.orphans")
def remove_orphans(at: datetime) -> None:
    """Delete bytes that no document points at."""
    storage.sweep_orphans(at)
