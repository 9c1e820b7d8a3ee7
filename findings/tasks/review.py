"""What happens when a site's time to comment is nearly over, and when it is."""

from datetime import datetime

from findings.actions.review import REVIEW_OVER, REVIEW_SOON, tell_of_review
from ledger.models import Occurrence
from ledger.registry import occurrence


@occurrence(REVIEW_SOON)
def review_soon(row: Occurrence, at: datetime) -> None:
    """A few days before the end."""
    tell_of_review(audit_id=row.subject_id, verb=REVIEW_SOON, ends_at=_ends_at(row), at=at)


@occurrence(REVIEW_OVER)
def review_over(row: Occurrence, at: datetime) -> None:
    """At the end of the last day, where the site is."""
    tell_of_review(audit_id=row.subject_id, verb=REVIEW_OVER, ends_at=_ends_at(row), at=at)


def _ends_at(row: Occurrence) -> datetime:
    return datetime.fromisoformat(row.data["ends_at"])
