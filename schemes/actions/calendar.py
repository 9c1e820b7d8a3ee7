"""The calendar of a membership: which rows of the ledger say what is due, and when.

Dates are dates where the member is: in the time zone of whoever applied. The rows belong to no organisation, so that
nobody but the scheduler can call a deadline off.
"""

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise

from django.conf import settings
from django.db import connection, models, transaction

from ledger.dates import date_in, moment
from ledger.models import Occurrence
from ledger.models.subjects import kind_of
from ledger.occurrences import draft
from schemes.definitions.edition import Rhythm
from schemes.lifecycle import MEMBERS, AssessmentState, EditionState, MembershipState
from schemes.models import Assessment, Edition, ImprovementNotice, SchemeMembership

INTERIM = "schemes.interim_due"
REMINDER = "schemes.reminder"
ESCALATION = "schemes.escalation"
IMPROVE_BY = "schemes.improve_by"
NOTICE_BY = "schemes.notice_by"
KINDS = (INTERIM, REMINDER, ESCALATION, IMPROVE_BY, NOTICE_BY)
MORNING = dt.time(8)
DAY = dt.timedelta(days=1)
Key = tuple[str, str, int, dt.date | dt.datetime]


@transaction.atomic
def plan_calendar(membership_ids: Iterable[int], *, at: dt.datetime) -> None:
    """Bring the rows of memberships in step with how they stand; as many statements for many as for one.

    Promises: what is no longer due is called off, what is due newly is there once, what was done stays done. A row
    whose day has come while no scheduler ran stays, so that nothing is lost.
    """
    ids = sorted(set(membership_ids))
    _one_at_a_time(ids)
    memberships = SchemeMembership.objects.filter(pk__in=ids).select_related("person")
    under_way = {one.membership_id: one for one in Assessment.objects.under_way().filter(membership__in=ids)}
    rhythms = _rhythms(memberships, under_way.values())
    notices = answer_dates(ids)
    known = {key_of(row): row for row in _rows_about(memberships, under_way.values())}
    wanted: dict[Key, Occurrence] = {}
    for one in memberships:
        found, notice = under_way.get(one.pk), notices.get(one.pk)
        rhythm = rhythms.get((one.scheme_id, found.edition_id if found else None))
        for row in rows_of(one, found, rhythm, notice, at=at):
            was = known.get(key_of(row))
            if row.due_at >= at or (was is not None and was.cancelled_at is None):
                wanted[key_of(row)] = row
    _keep(known, wanted, at)


def rows_of(
    membership: SchemeMembership,
    assessment: Assessment | None,
    rhythm: Rhythm | None,
    answer_by: dt.date | None,
    *,
    at: dt.datetime,
) -> list[Occurrence]:
    """Return every row that a membership and its assessment have as they stand, those of days gone as well."""
    if assessment is None:
        rows = _opening(membership, rhythm, answer_by, at)
    else:
        rows = assessment_rows(assessment, membership, rhythm)
    zone = zone_of(membership)
    if membership.state == MembershipState.IMPROVING and membership.improve_by is not None:
        rows.append(_after(IMPROVE_BY, membership, membership.improve_by, zone))
    if answer_by is not None:
        rows.append(_after(NOTICE_BY, membership, answer_by, zone))
    return rows


def assessment_rows(
    assessment: Assessment, membership: SchemeMembership, rhythm: Rhythm | None
) -> list[Occurrence]:
    """Return the reminders of an assessment, as long as it is with the member, and what follows when it is overdue.

    Each knows the day on which the next one says the same: after a standstill only the newest is told.
    """
    due = assessment.due_on
    if rhythm is None or due is None:
        return []
    zone, rows = zone_of(membership), []
    opened = date_in(zone, assessment.opened_at)
    if assessment.state == AssessmentState.ANSWERING:
        days = [due - dt.timedelta(days=n) for n in sorted(set(rhythm.reminders_days), reverse=True)]
        for day, until in pairwise([*days, due + DAY]):
            if day > opened:
                data = {"due_on": due.isoformat(), "until": until.isoformat()}
                rows.append(_on(REMINDER, assessment, day, zone, data))
    days = [due + dt.timedelta(days=n) for n in sorted(set(rhythm.escalate_days))]
    for place, (day, until) in enumerate(pairwise([*days, dt.date.max])):
        if membership.improve_by is not None and day <= membership.improve_by + DAY:
            continue  # the end of the time to improve is told that day, in words of its own
        said = {"due_on": due.isoformat(), "until": until.isoformat(), "is_first": place == 0}
        rows.append(_on(ESCALATION, assessment, day, zone, said))
    return rows


def interim_due_on(membership: SchemeMembership, answer_by: dt.date | None) -> dt.date | None:
    """Return when a member's next interim assessment is due: by its rhythm, or with its notice if that ends before."""
    if membership.state not in MEMBERS or membership.next_due_on is None:
        return None
    return min(membership.next_due_on, answer_by) if answer_by else membership.next_due_on


def answer_dates(membership_ids: Sequence[int]) -> dict[int, dt.date]:
    """Return by when the improvement notices in force are to be answered, by membership."""
    rows = ImprovementNotice.objects.in_force().filter(membership__in=membership_ids)
    return dict(rows.values_list("membership_id", "answer_by"))


def editions_in_force(scheme_ids: Iterable[int]) -> dict[int, Edition]:
    """Return the edition by which assessments begin now, by scheme, without the text of its file."""
    rows = Edition.objects.in_force().filter(scheme_id__in=set(scheme_ids))
    return {one.scheme_id: one for one in rows.select_related("scheme").defer("source")}


def zone_of(membership: SchemeMembership) -> zoneinfo.ZoneInfo:
    """Return the time zone in which a member's dates begin: of whoever applied, or else the installation's."""
    return zone_called(membership.person.timezone if membership.person else "")


def key_of(row: Occurrence) -> Key:
    """Return what makes two rows the same: one kind for one thing on one date, or at one moment."""
    return row.kind, row.subject_kind, row.subject_id, row.due_on or row.due_at


@cache
def zone_called(name: str) -> zoneinfo.ZoneInfo:
    """Return a time zone by its name; the installation's for a name that nobody knows."""
    try:
        return zoneinfo.ZoneInfo(name or settings.TIME_ZONE)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(settings.TIME_ZONE)


def _opening(
    membership: SchemeMembership, rhythm: Rhythm | None, answer_by: dt.date | None, at: dt.datetime
) -> list[Occurrence]:
    """Return the row that opens the next interim assessment: on the day of the first reminder, or now."""
    due = interim_due_on(membership, answer_by)
    if due is None or rhythm is None:
        return []
    zone, data = zone_of(membership), {"due_on": due.isoformat()}
    opens = due - dt.timedelta(days=max(rhythm.reminders_days, default=0))
    if moment(opens, zone, MORNING) >= at:
        return [_on(INTERIM, membership, opens, zone, data)]
    return [draft(INTERIM, membership, at, None, data)]


def _on(
    kind: str, subject: models.Model, day: dt.date, zone: dt.tzinfo, data: Mapping[str, object]
) -> Occurrence:
    return draft(kind, subject, moment(day, zone, MORNING), None, data, due_on=day)


def _after(kind: str, membership: SchemeMembership, day: dt.date, zone: dt.tzinfo) -> Occurrence:
    return _on(kind, membership, day + DAY, zone, {"by": day.isoformat()})


def _one_at_a_time(ids: Sequence[int]) -> None:
    """Let nobody else plan the same calendars until this transaction ends: the last to plan sees how things stand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_advisory_xact_lock(hashtextextended('schemes.calendar', id)))"
            " FROM (SELECT id FROM unnest(%s::bigint[]) AS id ORDER BY id) AS wanted",
            [list(ids)],
        )


def _rhythms(
    memberships: Iterable[SchemeMembership], under_way: Iterable[Assessment]
) -> dict[tuple[int, int | None], Rhythm | None]:
    """Return the rhythm of each edition, by scheme and edition; that of the edition in force stands under None."""
    schemes = {one.scheme_id for one in memberships}
    named = models.Q(pk__in={one.edition_id for one in under_way})
    in_force = models.Q(scheme_id__in=schemes, state=EditionState.PUBLISHED)
    found: dict[tuple[int, int | None], Rhythm | None] = {}
    for edition in Edition.objects.filter(named | in_force).defer("source"):
        found[edition.scheme_id, edition.pk] = edition.content.rhythm
        if edition.state == EditionState.PUBLISHED:
            found[edition.scheme_id, None] = edition.content.rhythm
    return found


def _rows_about(
    memberships: Iterable[SchemeMembership], under_way: Iterable[Assessment]
) -> models.QuerySet[Occurrence]:
    """Return every row about memberships, done and called off as well, and of their assessments as far as they wait."""
    ids = [one.pk for one in memberships]
    theirs = Assessment.objects.filter(membership__in=ids).values("pk")
    of_membership = models.Q(subject_kind=kind_of(SchemeMembership), subject_id__in=ids)
    of_assessment = models.Q(subject_kind=kind_of(Assessment), subject_id__in=theirs)
    is_open = models.Q(done_at=None, cancelled_at=None)
    of_this_one = models.Q(subject_id__in=[one.pk for one in under_way])
    rows = Occurrence.objects.filter(of_membership | of_assessment & (is_open | of_this_one))
    return rows.filter(kind__in=KINDS)


def _keep(known: Mapping[Key, Occurrence], wanted: Mapping[Key, Occurrence], at: dt.datetime) -> None:
    """Call off what is not wanted, bring back what is wanted again, and write what is new."""
    waiting = {key: row for key, row in known.items() if row.done_at is None}
    over = [row.pk for key, row in waiting.items() if key not in wanted and row.cancelled_at is None]
    open_ones = Occurrence.objects.filter(done_at=None, cancelled_at=None)
    open_ones.filter(pk__in=over).update(cancelled_at=at)
    again = []
    for key, row in waiting.items():
        now = wanted.get(key)
        if now is None or (row.cancelled_at is None and (row.due_at, row.data) == (now.due_at, now.data)):
            continue
        row.due_at, row.next_try_at, row.data = now.due_at, now.due_at, now.data
        row.attempts, row.error, row.cancelled_at, row.parked_at = 0, "", None, None
        again.append(row)
    columns = ["due_at", "next_try_at", "data", "attempts", "error", "cancelled_at", "parked_at"]
    Occurrence.objects.filter(done_at=None).bulk_update(again, columns)
    fresh = [row for key, row in wanted.items() if key not in known]
    Occurrence.objects.bulk_create(fresh, ignore_conflicts=True)
