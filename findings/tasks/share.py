"""What happens when a share ends by its date."""

from datetime import datetime

from findings.actions.share import SHARE_OVER, tell_of_end
from ledger.models import Occurrence
from ledger.registry import occurrence


@occurrence(SHARE_OVER)
def share_over(row: Occurrence, at: datetime) -> None:
    """When a share has ended by its date; the database has closed it to the second already."""
    tell_of_end(share_id=row.subject_id, at=at)
