"""What became overdue, for the scheme body: gathered while it happens, told in one letter a day."""

import datetime as dt
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ledger.dates import date_in, moment
from ledger.entries import record
from ledger.models import Entry, Occurrence
from ledger.models.subjects import kind_of
from ledger.occurrences import draft, schedule_all
from organisations.models import Membership, Organisation
from organisations.visibility import Role
from schemes.actions.calendar import zone_called
from schemes.lifecycle import CLOSED_ASSESSMENTS, AssessmentState, MembershipState
from schemes.models import Assessment, ImprovementNotice, SchemeMembership

DIGEST = "schemes.overdue_digest"
TOLD = "schemes.overdue_told"
# Two hours after members' dates begin, so that what became overdue in the body's own part of the world is in it.
HOUR = dt.time(10)
DAY = dt.timedelta(days=1)
MOST = 50  # lines in one letter; the work list shows the rest
# Why something waits, the most urgent first; of two reasons about one member the first is told.
WHY = ("notice", "improve", "answers", "decision")
Zones = Mapping[int, zoneinfo.ZoneInfo]


def tell_later(found: Iterable[tuple[int, Entry]], *, at: dt.datetime) -> None:
    """Put entries on the list of their scheme body's next letter, in the transaction that writes them.

    Promises: each entry stands on one list, once. The list is the body's occurrence of a day, locked until this
    transaction ends; one whose letter has gone takes nothing more, and the next day's is begun.

    Args:
        found: pairs of a scheme body's key and an entry.
    """
    lists: dict[int, list[int]] = defaultdict(list)
    for body_id, entry in found:
        lists[body_id].append(entry.pk)
    bodies = Organisation.objects.in_bulk(sorted(lists)) if lists else {}
    zones = _zones(bodies)
    days = {pk: _next_day(zones[pk], at) for pk in bodies}
    while days:
        for row in _held([(bodies[pk], day, moment(day, zones[pk], HOUR)) for pk, day in days.items()]):
            if row.done_at is None:
                row.data["entries"] = [*row.data["entries"], *lists[row.subject_id]]
                row.save(update_fields=["data"])
                del days[row.subject_id]
            else:
                days[row.subject_id] += DAY


def tell(row: Occurrence, *, at: dt.datetime) -> Entry | None:
    """Tell a scheme body in one letter of what became overdue since the last and still waits; of nothing, nothing."""
    lines = _lines(list(Entry.objects.filter(pk__in=row.data["entries"]).order_by("pk")))
    if not lines:
        return None
    body = Organisation.objects.get(pk=row.subject_id)
    data: dict[str, Any] = {
        "day": row.due_on.isoformat() if row.due_on else "",
        "count": len(lines),
        "lines": lines[:MOST],
        "more": max(len(lines) - MOST, 0),
    }
    return record(verb=TOLD, by=None, subject=body, owner_id=body.pk, at=at, data=data)


def _next_day(zone: zoneinfo.ZoneInfo, at: dt.datetime) -> dt.date:
    """Return the day of the next letter: today, or tomorrow once its hour has come."""
    today = date_in(zone, at)
    return today if moment(today, zone, HOUR) > at else today + DAY


def _held(wanted: Sequence[tuple[Organisation, dt.date, dt.datetime]]) -> list[Occurrence]:
    """Return the list of each body for its day, made where there is none, and locked in one order."""
    schedule_all(draft(DIGEST, one, due_at, None, {"entries": []}, due_on=on) for one, on, due_at in wanted)
    days = {one.pk: on for one, on, _due_at in wanted}
    rows = Occurrence.objects.filter(kind=DIGEST, subject_kind=kind_of(Organisation), subject_id__in=days)
    held = rows.filter(due_on__in=set(days.values())).order_by("subject_id", "due_on")
    return [row for row in held.select_for_update(of=("self",)) if row.due_on == days[row.subject_id]]


def _zones(body_ids: Iterable[int]) -> Zones:
    """Return where scheme bodies are: in the time zone of the admin who has been there longest."""
    ids = sorted(body_ids)
    if not ids:
        return {}
    admins = Membership.objects.active().filter(organisation_id__in=ids, role=Role.ADMIN).order_by("-pk")
    known = dict(admins.values_list("organisation_id", "person__timezone"))
    return {one: zone_called(known.get(one, "")) for one in ids}


def _lines(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return what still waits, by reason and day: one line for one member of a scheme, the most urgent."""
    why = {**_of_assessments(entries), **_of_memberships(entries)}
    found: dict[int, dict[str, Any]] = {}
    for entry in entries:
        if entry.pk not in why:
            continue
        membership_id, reason = why[entry.pk]
        known = found.get(membership_id)
        if known is None or WHY.index(reason) <= WHY.index(known["why"]):
            found[membership_id] = {
                "why": reason,
                "member": entry.data["member"],
                "scheme": entry.data["scheme"],
                "on": entry.data.get("due_on") or entry.data["by"],
            }
    return sorted(found.values(), key=lambda one: (WHY.index(one["why"]), one["on"], one["member"]))


def _of_assessments(entries: Sequence[Entry]) -> dict[int, tuple[int, str]]:
    """Return the membership and the reason of each entry about an assessment that is still open, by entry."""
    ours = [one for one in entries if one.subject_kind == kind_of(Assessment)]
    rows = Assessment.objects.filter(pk__in=[one.subject_id for one in ours], membership__isnull=False)
    open_ones = rows.exclude(state__in=CLOSED_ASSESSMENTS).values_list("pk", "membership", "state")
    known = {
        pk: (membership, "answers" if state == AssessmentState.ANSWERING else "decision")
        for pk, membership, state in open_ones
    }
    return {one.pk: known[one.subject_id] for one in ours if one.subject_id in known}


def _of_memberships(entries: Sequence[Entry]) -> dict[int, tuple[int, str]]:
    """Return the membership and the reason of each entry about a time that is over and still undecided, by entry."""
    ours = [one for one in entries if one.subject_kind == kind_of(SchemeMembership)]
    ids = {one.subject_id for one in ours}
    improving = SchemeMembership.objects.filter(pk__in=ids, state=MembershipState.IMPROVING)
    on_notice = ImprovementNotice.objects.in_force().filter(membership__in=ids)
    waits = {
        **dict.fromkeys(improving.values_list("pk", flat=True), "improve"),
        **dict.fromkeys(on_notice.values_list("membership_id", flat=True), "notice"),
    }
    return {one.pk: (one.subject_id, waits[one.subject_id]) for one in ours if one.subject_id in waits}
