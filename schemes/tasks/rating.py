"""What time brings to a rating: the right of reply runs out."""

from datetime import datetime

from ledger.entries import record
from ledger.models import Occurrence
from ledger.registry import occurrence
from schemes.lifecycle import RatingState
from schemes.models import Rating


@occurrence("schemes.rating_reply_over")
def rating_reply_over(due: Occurrence, at: datetime) -> None:
    """Tell those who rate that the initiative has had its say; nothing, if the rating was taken back meanwhile."""
    rating = Rating.objects.select_related("initiative").get(pk=due.subject_id)
    if rating.state != RatingState.WITH_INITIATIVE or rating.reply_until is None or rating.reply_until > at:
        return
    record(
        verb="schemes.rating_reply_over",
        by=None,
        subject=rating,
        owner_id=rating.body_id,
        at=at,
        data={"initiative": rating.initiative.name},
    )
