"""What is due for members: their next assessment, and the end of their time to improve."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from ledger.models import Entry, Occurrence
from ledger.models.subjects import kind_of
from ledger.registry import nightly, occurrences, reaction_to_many
from schemes.actions import calendar, interim
from schemes.actions.decision import VERBS
from schemes.actions.membership import WITHDRAWN
from schemes.models import Assessment, Decision, SchemeMembership


@occurrences(calendar.INTERIM)
def interim_due(rows: Sequence[Occurrence], at: datetime) -> None:
    """On the day of the first reminder: the member begins to answer."""
    interim.open_interims(rows, at=at)


@occurrences(calendar.IMPROVE_BY)
def improve_by(rows: Sequence[Occurrence], at: datetime) -> None:
    """The morning after the last day to improve."""
    interim.tell_time_to_improve_is_over(rows, at=at)


@occurrences(calendar.NOTICE_BY)
def notice_by(rows: Sequence[Occurrence], at: datetime) -> None:
    """The morning after the last day of an improvement notice."""
    interim.tell_notice_is_over(rows, at=at)


def _dates_change(entries: Sequence[Entry]) -> None:
    """Something was decided, or a member has left: the calendar follows."""
    calendar.plan_calendar([one.subject_id for one in entries], at=max(one.at for one in entries))


for _verb in {*VERBS.values(), WITHDRAWN}:
    reaction_to_many(_verb)(_dates_change)


class RhythmBroken(RuntimeError):
    """Somebody is a member whom nothing will ever have assessed again."""


@nightly("schemes.rhythm")
def check_rhythm(at: datetime) -> None:
    """Raise the alarm when a member has neither an assessment under way nor a day on which the next one opens."""
    busy = Assessment.objects.under_way().filter(membership=OuterRef("pk"))
    planned = Occurrence.objects.filter(
        kind=calendar.INTERIM,
        subject_kind=kind_of(SchemeMembership),
        subject_id=OuterRef("pk"),
        done_at=None,
        cancelled_at=None,
    )
    just_now = Decision.objects.filter(membership=OuterRef("pk"), decided_at__gt=at - timedelta(days=1))
    rows = SchemeMembership.objects.members().exclude(Exists(busy) | Exists(planned) | Exists(just_now))
    if found := list(rows.order_by("pk").values_list("code", flat=True)[:20]):
        raise RhythmBroken(", ".join(found))
