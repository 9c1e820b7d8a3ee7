"""What follows from a post for those who want a letter a day or a week, and what happens on their morning."""

from collections.abc import Sequence
from datetime import datetime

from forum.actions.discussion import POSTED
from forum.actions.news import DIGEST, expect_letters, tell_news
from ledger.models import Entry, Occurrence
from ledger.registry import occurrences, reaction_to_many


@reaction_to_many(POSTED)
def plan_letters(entries: Sequence[Entry]) -> None:
    """Plan the next letter of everybody in these groups."""
    expect_letters(group_ids=sorted({one.subject_id for one in entries}), at=min(one.at for one in entries))


@occurrences(DIGEST)
def letters(rows: Sequence[Occurrence], at: datetime) -> None:
    """Tell of everything since last time, however long ago that was, in one letter."""
    tell_news(choice_ids=[one.subject_id for one in rows], at=at)
