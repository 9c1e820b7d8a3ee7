"""Lists as files: the rows, columns and order of the screen."""

import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from documents.formats import BY_EXTENSION
from documents.models import Document, Rendering
from documents.renderings import File, ViewerIds, rendering
from documents.tables import csv_lines
from findings.actions.portfolio import TABLE
from findings.forms.finding import CarFilters, NonComplianceFilters
from findings.models import Finding, TableExport
from findings.queries.finding import cars, non_compliances
from findings.queries.portfolio import ORDERS as PORTFOLIO_ORDERS
from findings.queries.portfolio import cell_values, chosen, portfolio, wanted_from
from findings.queries.review import with_disputes
from ledger.reads import Seen, log_reads
from ledger.refusals import NotVisible, Refusal
from organisations.queries import viewer_for
from organisations.visibility import Viewer
from web.countries import country_name
from web.statuses import look_of

AT_ONCE = 1000
MOST_ROWS = 100_000
Cell = str | int | dt.date | None


@dataclass(frozen=True)
class Sheet:
    """A list: its name, its header, and what makes its rows for a viewer."""

    title: str
    header: Sequence[str]
    rows: Callable[[Viewer, Mapping[str, Any], dt.date], Iterator[Sequence[Cell]]]


@rendering(TABLE, stored_as=Document.Kind.REPORT)
def table(wanted: Rendering, ids: ViewerIds) -> File:
    """Write the list that somebody wished for, as they may see it now."""
    viewer = viewer_for(person_id=ids.person_id, organisation_id=ids.organisation_id)
    wish = TableExport.objects.visible_to(viewer).filter(pk=wanted.subject_id).first()
    if viewer is None or wish is None:
        raise NotVisible
    sheet, today = sheet_of(wish.kind), timezone.localdate()
    rows = sheet.rows(viewer, wish.asked, today)
    write = _xlsx if wish.format == TableExport.Format.XLSX else _csv
    name = f"{slugify(sheet.title)}-{today:%Y-%m-%d}.{wish.format}"
    return File(name, BY_EXTENSION[wish.format].media_type, write(sheet, _limited(rows)))


def sheet_of(kind: str) -> Sheet:
    """Return the list of a kind, in the language in force."""
    return {
        TableExport.Kind.PORTFOLIO: _portfolio_sheet,
        TableExport.Kind.NON_COMPLIANCES: _nc_sheet,
        TableExport.Kind.CARS: _car_sheet,
    }[TableExport.Kind(kind)]()


def portfolio_header() -> dict[str, str]:
    """Return the columns of a portfolio by the names that `cell_values` uses, in the order of the screen."""
    return {
        "supplier": _("Supplier"),
        "code": _("Code"),
        "country": _("Country"),
        "sites": _("Sites"),
        "business_critical": _("Business critical"),
        "critical": _("Critical"),
        "major": _("Major"),
        "minor": _("Minor"),
        "overdue": _("Overdue"),
        "next_due_on": _("Next date"),
        "waiting": _("Waiting for the auditor"),
        "car_open": _("Working together: no plan yet"),
        "car_in_progress": _("Working together: plan in progress"),
        "oldest_car_on": _("Oldest issue worked on together, since"),
        "last_audit_on": _("Last audit"),
        "next_audit_on": _("Next full audit expected"),
        "days_to_answer": _("Days to answer, on average"),
        "days_to_plan": _("Days to a plan, on average"),
    }


def _portfolio_sheet() -> Sheet:
    header = portfolio_header()

    def rows(viewer: Viewer, asked: Mapping[str, Any], today: dt.date) -> Iterator[Sequence[Cell]]:
        found = portfolio(viewer, wanted_from(asked), on=today).order_by(*chosen(asked, PORTFOLIO_ORDERS))
        for row in found.iterator(chunk_size=AT_ONCE):
            values = cell_values(row, on=today) | {"country": country_name(row.supplier_country)}
            yield [values[name] for name in header]

    return Sheet(_("Suppliers"), list(header.values()), rows)


def _nc_sheet() -> Sheet:
    def rows(viewer: Viewer, asked: Mapping[str, Any], today: dt.date) -> Iterator[Sequence[Cell]]:
        found = with_disputes(non_compliances(viewer, on=today, **NonComplianceFilters(asked).wanted()))
        for one in _read(viewer, found.order_by("-raised_on", "-pk")):
            is_late = one.state == "open" and one.due_by is not None and one.due_by < today
            yield [
                one.code,
                one.title,
                one.requirement.printed_code,
                one.requirement.title,
                one.audit.supplier_name,
                one.audit.site_name,
                country_name(one.audit.site_country),
                str(look_of("severity", one.severity).word),
                str(look_of("nc", "overdue" if is_late else one.state).word),
                _("yes") if one.is_disputed else "",  # type: ignore[attr-defined]
                one.raised_on,
                one.due_by,
                one.workers_affected,
            ]

    return Sheet(
        _("Non-compliances"),
        [
            _("Code"),
            _("Non-compliance"),
            _("Requirement"),
            _("Title of the requirement"),
            _("Supplier"),
            _("Site"),
            _("Country"),
            _("Severity"),
            _("Status"),
            _("Disputed"),
            _("Raised"),
            _("Due"),
            _("Workers affected"),
        ],
        rows,
    )


def _car_sheet() -> Sheet:
    def rows(viewer: Viewer, asked: Mapping[str, Any], today: dt.date) -> Iterator[Sequence[Cell]]:
        found = cars(viewer, **CarFilters(asked).wanted())
        for one in _read(viewer, found.order_by("first_raised_on", "pk")):
            yield [
                one.code,
                one.title,
                one.requirement.printed_code,
                one.requirement.title,
                one.audit.supplier_name,
                one.audit.site_name,
                country_name(one.audit.site_country),
                str(look_of("car", one.state).word),
                one.first_raised_on,
                one.raised_on,
                one.workers_affected,
            ]

    return Sheet(
        _("Working together"),
        [
            _("Code"),
            _("Finding"),
            _("Requirement"),
            _("Title of the requirement"),
            _("Supplier"),
            _("Site"),
            _("Country"),
            _("Status"),
            _("First raised"),
            _("Raised again"),
            _("Workers affected"),
        ],
        rows,
    )


def _read(viewer: Viewer, found: "QuerySet[Finding]") -> Iterator[Finding]:
    """Give findings with their relatives, a thousand at a time, and note for their owners who took them away."""
    for one in _in_lots(found.select_related("requirement", "audit").iterator(chunk_size=AT_ONCE)):
        seen = [Seen(row.pk, row.code, row.title, row.supplier_id) for row in one]
        log_reads(by=viewer, model=Finding, seen=seen, at=timezone.now())
        yield from one


def _in_lots(rows: Iterable[Finding]) -> Iterator[list[Finding]]:
    lot: list[Finding] = []
    for row in rows:
        lot.append(row)
        if len(lot) == AT_ONCE:
            yield lot
            lot = []
    if lot:
        yield lot


def _limited(rows: Iterable[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    for number, row in enumerate(rows):
        if number == MOST_ROWS:
            raise Refusal(
                "list-too-long", _("This list has more than 100,000 rows. Please narrow it by filters.")
            )
        yield row


def _csv(sheet: Sheet, rows: Iterable[Sequence[Cell]]) -> bytes:
    return b"".join(csv_lines(_plain_rows(sheet, rows)))


def _plain_rows(sheet: Sheet, rows: Iterable[Sequence[Cell]]) -> Iterator[list[object]]:
    yield list(sheet.header)
    for row in rows:
        yield [
            "" if cell is None else cell.isoformat() if isinstance(cell, dt.date) else cell for cell in row
        ]


def _xlsx(sheet: Sheet, rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write row by row in constant memory; a text is a text there, whatever it begins with, and never a formula."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        page, bold = book.add_worksheet(sheet.title[:31]), book.add_format({"bold": True})
        page.freeze_panes(1, 0)
        page.set_column(0, len(sheet.header) - 1, 16)
        for place, words in enumerate(sheet.header):
            page.write_string(0, place, words, bold)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                _write(page, number, place, cell)
    return target.getvalue()


def _write(page: Any, number: int, place: int, cell: Cell) -> None:
    if cell is None:
        return
    if isinstance(cell, dt.date):
        page.write_datetime(number, place, dt.datetime.combine(cell, dt.time()))
    elif isinstance(cell, int):
        page.write_number(number, place, cell)
    else:
        page.write_string(number, place, cell)
