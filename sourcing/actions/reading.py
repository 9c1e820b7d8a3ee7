"""Reading an uploaded list: what a worker does between the upload and the preview."""

import tempfile
from collections.abc import Mapping
from typing import Any

import structlog
from django.db import OperationalError
from django.utils import timezone

from documents.confined import Unfit
from documents.storage import open_bytes
from documents.tables import Table, read_table
from ledger.acting import acting
from ledger.transitions import move
from organisations.queries import viewer_for
from sourcing.actions.rows import in_chunks, row_of, write
from sourcing.actions.working import MOST_ATTEMPTS, Beacon, By, Clock, LostClaim, beacon, claim, still_ours
from sourcing.lifecycle import IMPORT, ImportState
from sourcing.models import SiteImport
from sourcing.queries.classifying import Judged, classify
from sourcing.queries.imports import (
    LONG_FROM,
    MAX_ROWS,
    decisions_of,
    register_state,
    register_to_compare,
    verdict_counts,
)
from sourcing.queries.lines import Line, read_lines, understand

log = structlog.get_logger(__name__)


class Unreadable(Exception):
    """The file as a whole cannot be read; `code` and `values` are for `queries.remarks`."""

    def __init__(self, code: str, values: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code, self.values = code, dict(values or {})


def read_import(
    *,
    organisation_id: int,
    person_id: int,
    import_id: int,
    was_lost: bool = False,
    clock: Clock = timezone.now,
) -> bool:
    """Read the list and give each line its verdict, or say why the file cannot be read; tell whether it was read.

    Promises: state uploaded → previewed with all lines, or → refused with none; killed at any moment, it can run
    again; the register is not touched.
    """
    by = By(person_id, organisation_id)
    with acting(**by._asdict()):
        claimed = claim(import_id, state=ImportState.UPLOADED, at=clock(), was_lost=was_lost)
    if claimed is None:
        return False
    try:
        with beacon(claimed, by, clock) as lit:
            _read(claimed, by, lit, clock)
    except LostClaim:
        return False
    except Unreadable as unreadable:
        _refuse(claimed, by, unreadable, clock)
        return False
    except OperationalError:
        raise  # the database went away; the lease runs out and the sweep rings again
    except Exception:
        log.exception("import_not_read", site_import=claimed.code)
        _refuse(claimed, by, Unreadable("unreadable"), clock)
        return False
    return True


def _read(claimed: SiteImport, by: By, lit: Beacon, clock: Clock) -> None:
    if claimed.attempts > MOST_ATTEMPTS:
        raise Unreadable("died")
    table = _table(claimed, by)
    columns = understand(table.header)
    if columns.missing:
        found = ", ".join(name.strip() for name in table.header if name.strip())[:300]
        missing = columns.missing[0]
        raise Unreadable("column-missing", {"missing": missing, "example": missing, "found": found})
    if not table.rows:
        raise Unreadable("no-rows")
    lines = read_lines(table.rows, columns, len(table.header))
    claimed.encoding = table.encoding
    claimed.columns = {
        "header": table.header,
        "fields": columns.fields,
        "further": list(columns.further),
        "unused": list(columns.unused),
        "sheet": table.sheet,
    }
    judged, mark = _judge(claimed, by, lines, lit)
    _keep(claimed, by, judged, mark, lit, clock)


def _table(claimed: SiteImport, by: By) -> Table:
    """Read the file in a confined child, outside of any transaction."""
    with acting(**by._asdict()):
        document = claimed.document
    with open_bytes(document) as stored, tempfile.TemporaryFile(prefix="list-") as content:
        while chunk := stored.read(256 * 1024):
            content.write(chunk)
        content.flush()
        try:
            return read_table(content, name=document.name, max_rows=MAX_ROWS)
        except Unfit as unfit:
            raise Unreadable(unfit.code) from unfit


def _judge(claimed: SiteImport, by: By, lines: list[Line], lit: Beacon) -> tuple[list[Judged], list[Any]]:
    """Compare with the register as it is now; no transaction is open while we think."""
    with acting(**by._asdict()):
        viewer = viewer_for(**by._asdict())
        if viewer is None:
            raise Unreadable("person-left")
        mark = register_state(viewer)
        register = register_to_compare(viewer, {line.values["country"] for line in lines if not line.errors})
        decisions = decisions_of(viewer)
    total = 2 * len(lines)
    return list(classify(lines, register, decisions, told=lambda done: lit.tell(done, total))), mark


def _keep(
    claimed: SiteImport, by: By, judged: list[Judged], mark: list[Any], lit: Beacon, clock: Clock
) -> None:
    """Write every line and say "previewed", all in one transaction."""
    with acting(**by._asdict()):
        claimed.rows.all().delete()
        done, total = len(judged), 2 * len(judged)
        for chunk in in_chunks(judged):
            write([row_of(one, claimed) for one in chunk])
            done += len(chunk)
            lit.tell(done, total)
        ours = still_ours(claimed)
        ours.encoding, ours.columns, ours.read_at = claimed.encoding, claimed.columns, clock()
        ours.rows_total = ours.rows_done = len(judged)
        ours.summary = {"register": mark, **verdict_counts(ours)}
        counts = {key: value for key, value in ours.summary.items() if key != "register"}
        move(
            ours,
            to=ImportState.PREVIEWED,
            lifecycle=IMPORT,
            verb="sourcing.import_read",
            by=by,
            owner_id=by.organisation_id,
            at=clock(),
            data={**counts, "lines": len(judged), "is_long": len(judged) >= LONG_FROM},
            also=[
                "encoding", "columns", "read_at", "rows_total", "rows_done", "summary",
                "claim", "leased_until", "attempts",
            ],
        )  # fmt: skip


def _refuse(claimed: SiteImport, by: By, why: Unreadable, clock: Clock) -> None:
    """Say why the file cannot be read; nothing else is kept of it."""
    with acting(**by._asdict()):
        try:
            ours = still_ours(claimed)
        except LostClaim:
            return
        ours.rows.all().delete()
        ours.refusal, ours.summary, ours.rows_total, ours.rows_done = why.code, {"why": why.values}, 0, 0
        move(
            ours,
            to=ImportState.REFUSED,
            lifecycle=IMPORT,
            verb="sourcing.import_refused",
            by=by,
            owner_id=by.organisation_id,
            at=clock(),
            data={"code": why.code, "values": why.values},
            also=["refusal", "summary", "rows_total", "rows_done", "claim", "leased_until", "attempts"],
        )
