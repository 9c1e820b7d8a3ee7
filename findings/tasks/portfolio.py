"""What happens on the morning of a digest."""

from datetime import datetime

from findings.actions.portfolio import DIGEST, tell_digest
from ledger.models import Occurrence
from ledger.registry import occurrence


@occurrence(DIGEST)
def digest(row: Occurrence, at: datetime) -> None:
    """Tell of everything since last time, however long ago that was, in one letter."""
    tell_digest(subscription_id=row.subject_id, at=at)
