"""Applying a list that a person has looked through: all of it, once, or nothing."""

from datetime import datetime
from typing import Any

import structlog
from django.db import OperationalError, connection
from django.db.models import Q
from django.utils import timezone

from ledger.acting import acting
from ledger.transitions import move
from organisations.queries import viewer_for
from organisations.visibility import Viewer
from sourcing.actions.rows import CHUNK, complete_entries, link_entries, link_found, rewrite, row_of
from sourcing.actions.working import (
    MOST_ATTEMPTS,
    Beacon,
    By,
    Clock,
    LostClaim,
    beacon,
    claim,
    let_go,
    still_ours,
)
from sourcing.lifecycle import IMPORT, ImportState
from sourcing.models import ImportRow, RegisterEntry, SiteImport
from sourcing.queries.classifying import classify
from sourcing.queries.imports import (
    LONG_FROM,
    decisions_of,
    line_of,
    register_state,
    register_to_compare,
    undecided,
    verdict_counts,
)
from sourcing.queries.normalising import normal_name

log = structlog.get_logger(__name__)

Verdict, Decision = ImportRow.Verdict, ImportRow.Decision
REGISTER_LOCK = 4712  # the name space of the advisory lock: one list at a time goes into a register
BECOMES_ENTRY = Q(verdict=Verdict.NEW) | Q(verdict=Verdict.POSSIBLE, decision=Decision.DIFFERENT)
IS_ENTRY = Q(verdict=Verdict.MATCH) | Q(verdict=Verdict.POSSIBLE, decision=Decision.SAME)


class Busy(Exception):
    """Another list is going into this register at the moment."""


class Back(Exception):
    """The list goes back to the person; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def apply_import(
    *,
    organisation_id: int,
    person_id: int,
    import_id: int,
    was_lost: bool = False,
    clock: Clock = timezone.now,
) -> bool:
    """Take every line of the list into the register, as the person decided; tell whether it was done.

    Promises: all lines in one transaction with the state applying → applied and one ledger entry, or none; killed at
    any moment, it can run again with the same result. When the register has changed since the list was read,
    lines are compared anew; if that raises new questions, it goes back to previewed.
    """
    by = By(person_id, organisation_id)
    with acting(**by._asdict()):
        claimed = claim(import_id, state=ImportState.APPLYING, at=clock(), was_lost=was_lost)
    if claimed is None:
        return False
    try:
        with beacon(claimed, by, clock) as lit, acting(**by._asdict()):
            return _apply(claimed, by, lit, clock)
    except LostClaim:
        return False
    except Busy:
        with acting(**by._asdict()):
            let_go(claimed, at=clock())
        return False
    except Back as back:
        _give_back(claimed, by, back.code, clock())
        return False
    except OperationalError:
        raise  # the database went away; the lease runs out and the sweep rings again
    except Exception:
        log.exception("import_not_applied", site_import=claimed.code)
        _give_back(claimed, by, "failed", clock())
        return False


def _apply(claimed: SiteImport, by: By, lit: Beacon, clock: Clock) -> bool:
    if claimed.attempts > MOST_ATTEMPTS:
        raise Back("died")
    _enter_register(by.organisation_id)
    viewer = viewer_for(**by._asdict())
    if viewer is None:
        raise Back("person-left")
    if claimed.summary.get("register") != register_state(viewer):
        _judge_again(claimed, viewer)
    if undecided(claimed).exists():
        mark = register_state(viewer)
        _move_back(
            claimed, by, "register-changed", clock(), summary={"register": mark, **verdict_counts(claimed)}
        )
        return False
    created = _create(claimed, lit)
    link_found(claimed)
    completed = complete_entries(claimed)
    _finish(claimed, by, {"created": created, "completed": completed}, clock())
    return True


def _enter_register(organisation_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, %s)", [REGISTER_LOCK, organisation_id % 2_147_483_647]
        )
        if not cursor.fetchone()[0]:
            raise Busy


def _judge_again(claimed: SiteImport, viewer: Viewer) -> None:
    """Compare the lines with the register as it is now; what a person said in this list to be the same stays."""
    rows = {row.line: row for row in claimed.rows.order_by("line")}
    lines = [line_of(row) for row in rows.values()]
    countries = {line.values["country"] for line in lines if not line.errors}
    changed = []
    for judged in classify(lines, register_to_compare(viewer, countries), decisions_of(viewer)):
        row, now = rows[judged.line.number], row_of(judged, claimed)
        if row.decision == Decision.SAME and row.candidate_id is not None:
            continue
        before = (row.verdict, row.candidate_id)
        row.verdict, row.reason, row.candidate_id = now.verdict, now.reason, now.candidate_id
        row.score, row.values, row.decision = now.score, now.values, Decision.NONE
        if (row.verdict, row.candidate_id) != before:
            changed.append(row)
    rewrite(changed)


def _create(claimed: SiteImport, lit: Beacon) -> int:
    """Add an entry for every line that is a new place; return how many."""
    wanted = claimed.rows.filter(BECOMES_ENTRY).order_by("line")
    total, done, last = wanted.count(), 0, 0
    while rows := list(wanted.filter(line__gt=last)[:CHUNK]):
        entries = RegisterEntry.objects.bulk_create([_entry_of(row) for row in rows])
        link_entries([(row.pk, entry.pk) for row, entry in zip(rows, entries, strict=True)])
        done, last = done + len(rows), rows[-1].line
        lit.tell(done, total)
    return done


def _entry_of(row: ImportRow) -> RegisterEntry:
    values = row.values
    return RegisterEntry(
        organisation_id=row.organisation_id,
        name=values["name"],
        country=values["country"],
        address=values["address"],
        sector=values["sector"],
        latitude=values["latitude"],
        longitude=values["longitude"],
        match_key=normal_name(values["name"]),
    )


def _finish(claimed: SiteImport, by: By, came: dict[str, int], at: datetime) -> None:
    possible = claimed.rows.filter(verdict=Verdict.POSSIBLE)
    summary: dict[str, Any] = {
        **verdict_counts(claimed),
        **came,
        "decided_same": possible.filter(decision=Decision.SAME).count(),
        "decided_different": possible.filter(decision=Decision.DIFFERENT).count(),
    }
    ours = still_ours(claimed)
    ours.summary, ours.applied_at, ours.refusal, ours.rows_done = summary, at, "", ours.rows_total
    move(
        ours,
        to=ImportState.APPLIED,
        lifecycle=IMPORT,
        verb="sourcing.import_applied",
        by=by,
        owner_id=by.organisation_id,
        at=at,
        data={**summary, "lines": ours.rows_total, "is_long": ours.rows_total >= LONG_FROM},
        also=["summary", "applied_at", "refusal", "rows_done", "claim", "leased_until", "attempts"],
    )


def _give_back(claimed: SiteImport, by: By, code: str, at: datetime) -> None:
    with acting(**by._asdict()):
        try:
            _move_back(claimed, by, code, at, summary=claimed.summary)
        except LostClaim:
            return


def _move_back(claimed: SiteImport, by: By, code: str, at: datetime, *, summary: dict[str, Any]) -> None:
    """Return the list to its person with the reason; nothing of it is in the register."""
    ours = still_ours(claimed)
    ours.refusal, ours.summary, ours.rows_done = code, summary, ours.rows_total
    move(
        ours,
        to=ImportState.PREVIEWED,
        lifecycle=IMPORT,
        verb="sourcing.import_given_back",
        by=by,
        owner_id=by.organisation_id,
        at=at,
        data={"code": code},
        also=["refusal", "summary", "rows_done", "claim", "leased_until", "attempts"],
    )
