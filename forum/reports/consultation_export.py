"""All comments of a round with their responses as a file: the rows, columns and order of the screen."""

import io
from collections.abc import Iterable, Iterator, Sequence

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.tables import csv_lines
from forum.models import ConsultationComment, ConsultationRound
from forum.queries.consultation import comments_of, with_responses
from ledger.refusals import NotVisible
from organisations.visibility import Viewer
from web.dates import clock_text

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
AT_ONCE = 500


def comments_file(viewer: Viewer | None, asked: ConsultationRound, form: str) -> tuple[str, bytes]:
    """Return the media type and the content of the file. Raises: NotVisible: there is no such form."""
    if form not in MEDIA:
        raise NotVisible
    rows = comment_rows(viewer, asked)
    return MEDIA[form], b"".join(csv_lines([_header(), *rows])) if form == "csv" else _xlsx(rows)


def comment_rows(viewer: Viewer | None, asked: ConsultationRound) -> Iterator[list[str]]:
    """Give a row for each comment, clause by clause, as the reader sees them; times in the reader's zone."""
    found = comments_of(viewer, asked).order_by("clause__position", "made_at", "pk")
    for lot in _in_lots(found.iterator(chunk_size=AT_ONCE)):
        for one, told in with_responses(viewer, lot):
            yield [
                one.code,
                str(one.clause) if one.clause else _("The document as a whole"),
                one.name,
                one.organisation_name,
                _("Public") if one.from_public else _("Member"),
                one.text if one.is_shown else _("Hidden by a co-lead"),
                _moment(one),
                str(told.get_verdict_display()) if told else "",
                told.reason if told else "",
            ]


def _header() -> list[str]:
    return [
        _("Code"),
        _("Clause"),
        _("Name"),
        _("Organisation"),
        _("From"),
        _("Comment"),
        _("Made (%(zone)s)") % {"zone": timezone.get_current_timezone_name()},
        _("Response"),
        _("Reason"),
    ]


def _moment(one: ConsultationComment) -> str:
    local = timezone.localtime(one.made_at)
    return f"{local:%Y-%m-%d} {clock_text(local)}"


def _in_lots(rows: Iterable[ConsultationComment]) -> Iterator[list[ConsultationComment]]:
    lot: list[ConsultationComment] = []
    for row in rows:
        lot.append(row)
        if len(lot) == AT_ONCE:
            yield lot
            lot = []
    if lot:
        yield lot


def _xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    """Write texts as texts, whatever they begin with: no cell is ever a formula or a link."""
    target = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_("Comments")[:31])
        head = book.add_format({"bold": True, "valign": "top", "text_wrap": True})
        text = book.add_format({"valign": "top", "text_wrap": True, "quote_prefix": True})
        sheet.freeze_panes(1, 0)
        for place, width in enumerate((14, 24, 20, 20, 10, 60, 18, 18, 60)):
            sheet.set_column(place, place, width)
        for number, row in enumerate([_header(), *rows]):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell.replace("\x00", "")[:32_767], text if number else head)
    return target.getvalue()
