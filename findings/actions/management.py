"""Grading how a site is managed, cell by cell or many at once."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from findings.actions.audit import locked_audit
from findings.models import Audit, ManagementRating
from findings.models.facts import Rated
from findings.permissions.management import can_rate_management
from findings.queries.management import Cell, Grid, grid_of
from ledger.entries import record
from ledger.models import Entry
from ledger.refusals import Refusal
from organisations.visibility import Viewer

VERB = "findings.management_rated"
QUIET = dt.timedelta(hours=1)  # a grid of sixty cells, each saved by itself, is one line of history


def rate_management(
    *, viewer: Viewer, audit: Audit, ratings: Sequence[Rated], at: dt.datetime
) -> list[ManagementRating]:
    """Write down grades and notes; what is not named stays. Saying the same again changes nothing.

    Promises: all or nothing; one ledger entry per person, audit and hour.

    Returns:
        The ratings that are new or changed.

    Raises:
        Forbidden: see `can_rate_management`.
        Refusal: `no-such-cell`, `no-such-grade`, `note-without-grade`; its field is the cell.
    """
    with transaction.atomic():
        version, audit = audit.version, locked_audit(viewer, audit)
        if version.pk == audit.version_id:
            audit.version = version
        can_rate_management(viewer, audit).require()
        grid = grid_of(viewer, audit)
        changed, removed = [], 0
        for one in ratings:
            cell = _cell(grid, one)
            if not one.grade:
                removed += _take_away(cell)
            elif (row := _row(viewer, audit, grid, cell, one, at)) is not None:
                changed.append(row)
        _write(changed)
        if changed or removed:
            _record(viewer, audit, len(changed) + removed, at)
    return changed


def _cell(grid: Grid, said: Rated) -> Cell:
    cell = grid.cell(said.cell)
    if cell is None:
        sentence = _("There is no %(cell)s in this audit.") % {"cell": said.cell}
        raise Refusal("no-such-cell", sentence, status=422, fields={said.cell: [sentence]})
    if said.note and not said.grade:
        sentence = _("Choose a grade as well, so that the note can be kept.")
        raise Refusal("note-without-grade", sentence, status=422, fields={said.cell: [sentence]})
    return cell


def _row(
    viewer: Viewer, audit: Audit, grid: Grid, cell: Cell, said: Rated, at: dt.datetime
) -> ManagementRating | None:
    grade = grid.grade(said.grade)
    if grade is None:
        sentence = _("There is no grade “%(grade)s”.") % {"grade": said.grade}
        raise Refusal("no-such-grade", sentence, status=422, fields={said.cell: [sentence]})
    row = cell.rating or ManagementRating(audit=audit, section=cell.section, element=cell.element)
    language = said.language if said.note else ""
    if row.pk and (row.grade_id, row.note, row.language) == (grade.pk, said.note, language):
        return None
    row.grade, row.note, row.language = grade, said.note, language
    row.rated_by_id, row.rated_at = viewer.person_id, at
    row.audit_firm_id = audit.audit_firm_id
    return row


def _write(rows: Sequence[ManagementRating]) -> None:
    """Insert or overwrite: a cell that a colleague graded a moment ago takes the later word."""
    if rows:
        ManagementRating.objects.bulk_create(
            [_copy(row) for row in rows],
            update_conflicts=True,
            unique_fields=["audit", "section", "element"],
            update_fields=["grade", "note", "language", "rated_by", "rated_at"],
        )


def _copy(row: ManagementRating) -> ManagementRating:
    row.pk = None
    row._state.adding = True
    return row


def _take_away(cell: Cell) -> int:
    if cell.rating is None:
        return 0
    cell.rating.delete()
    return 1


def _record(viewer: Viewer, audit: Audit, count: int, at: dt.datetime) -> None:
    kind, person = Audit._meta.label_lower, viewer.person_id
    lately = Entry.objects.filter(subject_kind=kind, subject_id=audit.pk, verb=VERB, actor_id=person)
    if not lately.filter(at__gt=at - QUIET).exists():
        record(
            verb=VERB,
            by=viewer,
            subject=audit,
            owner_id=audit.audit_firm_id,
            at=at,
            data={"cells": count},
        )
