"""What time brings, for many members at once: interim assessments, reminders, and telling of days that are over.

Handlers call these as the role job, perhaps long after the day: each looks at how things stand now. As many statements
for two hundred rows as for one.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from ledger.dates import date_in
from ledger.entries import draft, record_all
from ledger.models import Entry, Occurrence
from ledger.occurrences import schedule_all
from schemes.actions.assessment import OPENED, names
from schemes.actions.calendar import (
    answer_dates,
    assessment_rows,
    editions_in_force,
    interim_due_on,
    zone_of,
)
from schemes.actions.overdue import tell_later
from schemes.lifecycle import AssessmentState, MembershipState
from schemes.models import Assessment, SchemeMembership

REMINDED = "schemes.reminded"
OVERDUE = "schemes.overdue"
IMPROVE_OVER = "schemes.improve_over"
NOTICE_OVER = "schemes.notice_over"


def open_interims(rows: Sequence[Occurrence], *, at: dt.datetime) -> list[Assessment]:
    """Open the interim assessment that each row stands for, with the member's last answers and its reminders.

    One is left out when the member has left, is being assessed already, or has got another date meanwhile. A date that
    is past already, after a long standstill, moves: every member has time to answer.
    """
    members = _locked(row.subject_id for row in rows)
    ids = list(members)
    busy = set(
        Assessment.objects.under_way().filter(membership__in=ids).values_list("membership_id", flat=True)
    )
    editions = editions_in_force(one.scheme_id for one in members.values())
    notices, previous = answer_dates(ids), _last_decided(ids)
    opened: list[Assessment] = []
    for row in rows:
        member = members.get(row.subject_id)
        edition = editions.get(member.scheme_id) if member else None
        if member is None or edition is None or member.pk in busy:
            continue
        due = interim_due_on(member, notices.get(member.pk))
        if due is None or due.isoformat() != row.data["due_on"]:
            continue
        busy.add(member.pk)
        rhythm = edition.content.rhythm
        least = min(rhythm.reminders_days, default=0) if rhythm else 0
        today = date_in(zone_of(member), at)
        opened.append(
            Assessment(
                edition=edition,
                membership=member,
                member_id=member.member_id,
                body_id=member.body_id,
                subject_label=member.member_name,
                kind=Assessment.Kind.INTERIM,
                due_on=due if due > today else today + dt.timedelta(days=least),
                previous_id=previous.get(member.pk),
                opened_at=at,
            )
        )
    Assessment.objects.bulk_create(opened)
    record_all(
        draft(
            verb=OPENED,
            by=None,
            subject=one,
            owner_id=one.member_id,
            at=at,
            data={**names(one), "kind": one.kind, "due_on": one.due_on.isoformat() if one.due_on else ""},
        )
        for one in opened
    )
    dates = (
        assessment_rows(one, one.membership, one.edition.content.rhythm) for one in opened if one.membership
    )
    schedule_all(row for of_one in dates for row in of_one if row.due_at > at)
    return opened


def remind(rows: Sequence[Occurrence], *, at: dt.datetime) -> list[Entry]:
    """Remind members of the date by which their answers are due; not of one that has moved or passed."""
    found = _assessments(row.subject_id for row in rows)
    told = []
    for row in rows:
        one = found.get(row.subject_id)
        if one is None or one.state != AssessmentState.ANSWERING or not _is_current(row, one, at):
            continue
        left = (one.due_on - _today(one, at)).days if one.due_on else 0
        told.append(_of_assessment(REMINDED, one, at, count=left))
    return record_all(told)


def escalate(rows: Sequence[Occurrence], *, at: dt.datetime) -> list[Entry]:
    """Tell that a date was missed: both sides where answers are missing, the scheme body where a decision is.

    The scheme body hears of it once a day, of all members together.

    The first time is about answers only: a decision takes some days.
    """
    found = _assessments(row.subject_id for row in rows)
    told = []
    for row in rows:
        one = found.get(row.subject_id)
        if one is None or one.is_closed or not _is_current(row, one, at):
            continue
        waits_for = "member" if one.state == AssessmentState.ANSWERING else "body"
        if waits_for == "body" and row.data["is_first"]:
            continue
        late = (_today(one, at) - one.due_on).days if one.due_on else 0
        told.append(_of_assessment(OVERDUE, one, at, count=late, waits_for=waits_for))
    written = record_all(told)
    tell_later([(found[entry.subject_id].body_id, entry) for entry in written], at=at)
    return written


def tell_time_to_improve_is_over(rows: Sequence[Occurrence], *, at: dt.datetime) -> list[Entry]:
    """Bring a member whose months to improve are over before the scheme body, which has to decide now."""
    members = _members(row.subject_id for row in rows)
    sent = _with_the_body(members)
    written = record_all(
        _of_membership(IMPROVE_OVER, members[row.subject_id], row, at, has_sent=row.subject_id in sent)
        for row in rows
        if row.subject_id in members
        and members[row.subject_id].state == MembershipState.IMPROVING
        and str(members[row.subject_id].improve_by) == row.data["by"]
    )
    return _told_to_bodies(written, members, at)


def tell_notice_is_over(rows: Sequence[Occurrence], *, at: dt.datetime) -> list[Entry]:
    """Bring a member whose improvement notice has come to its day before the scheme body."""
    members = _members(row.subject_id for row in rows)
    dates, sent = answer_dates(list(members)), _with_the_body(members)
    written = record_all(
        _of_membership(NOTICE_OVER, members[row.subject_id], row, at, has_sent=row.subject_id in sent)
        for row in rows
        if str(dates.get(row.subject_id)) == row.data["by"]
    )
    return _told_to_bodies(written, members, at)


def _told_to_bodies(
    written: list[Entry], members: Mapping[int, SchemeMembership], at: dt.datetime
) -> list[Entry]:
    tell_later([(members[entry.subject_id].body_id, entry) for entry in written], at=at)
    return written


def _members(ids: Iterable[int]) -> dict[int, SchemeMembership]:
    rows = SchemeMembership.objects.select_related("scheme", "person").filter(pk__in=set(ids))
    return {one.pk: one for one in rows.order_by("pk")}


def _locked(ids: Iterable[int]) -> dict[int, SchemeMembership]:
    rows = SchemeMembership.objects.select_for_update(of=("self",)).select_related("person")
    return {one.pk: one for one in rows.filter(pk__in=set(ids)).order_by("pk")}


def _assessments(ids: Iterable[int]) -> dict[int, Assessment]:
    rows = Assessment.objects.select_related("edition__scheme", "membership__person")
    return rows.defer("edition__source", "edition__data").in_bulk(set(ids))


def _last_decided(membership_ids: Sequence[int]) -> dict[int, int]:
    rows = Assessment.objects.filter(membership__in=membership_ids, state=AssessmentState.DECIDED)
    newest = rows.order_by("membership_id", "-pk").distinct("membership_id")
    return dict(newest.values_list("membership_id", "pk"))


def _with_the_body(membership_ids: Iterable[int]) -> set[int]:
    """Return the memberships whose answers lie with the scheme body."""
    rows = Assessment.objects.under_way().exclude(state=AssessmentState.ANSWERING)
    return set(rows.filter(membership__in=list(membership_ids)).values_list("membership_id", flat=True))


def _today(assessment: Assessment, at: dt.datetime) -> dt.date:
    return date_in(zone_of(assessment.membership), at) if assessment.membership else at.date()


def _is_current(row: Occurrence, assessment: Assessment, at: dt.datetime) -> bool:
    """Tell whether a row stands for the date as it is now, and no later row says the same already."""
    until = dt.date.fromisoformat(row.data["until"])
    return str(assessment.due_on) == row.data["due_on"] and _today(assessment, at) < until


def _of_assessment(verb: str, assessment: Assessment, at: dt.datetime, **data: object) -> Entry:
    details = {**names(assessment), "due_on": str(assessment.due_on), **data}
    return draft(verb=verb, by=None, subject=assessment, owner_id=assessment.member_id, at=at, data=details)


def _of_membership(
    verb: str, membership: SchemeMembership, row: Occurrence, at: dt.datetime, *, has_sent: bool
) -> Entry:
    details = {
        "scheme": membership.scheme.title,
        "member": membership.member_name,
        "body": membership.body_name,
        "by": row.data["by"],
        "has_sent": has_sent,
    }
    return draft(verb=verb, by=None, subject=membership, owner_id=membership.member_id, at=at, data=details)
