"""Workbooks of several sheets: every text is a text, whatever it begins with, and dates are dates."""

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

Cell = str | int | dt.date | None
WIDEST = 60


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: its name, its headings and its rows."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def workbook(pages: Iterable[Page]) -> bytes:
    """Return a workbook with these sheets."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        head = book.add_format({"bold": True, "valign": "top", "text_wrap": True, "bg_color": "#E8EFEE"})
        text = book.add_format({"valign": "top", "text_wrap": True, "quote_prefix": True})
        plain = book.add_format({"valign": "top"})
        day = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"})
        for page in pages:
            sheet = book.add_worksheet(page.name[:31])
            widths = [len(one) + 2 for one in page.header]
            for place, words in enumerate(page.header):
                sheet.write_string(0, place, words, head)
            for number, row in enumerate(page.rows, start=1):
                for place, cell in enumerate(row):
                    _write(sheet, number, place, cell, (text, plain, day))
                    widths[place] = max(widths[place], min(len(str(cell or "")) + 2, WIDEST))
            for place, width in enumerate(widths):
                sheet.set_column(place, place, min(max(width, 10), WIDEST))
            sheet.freeze_panes(1, 0)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
    return target.getvalue()


def _write(sheet: Any, number: int, place: int, cell: Cell, formats: tuple[Any, Any, Any]) -> None:
    text, plain, day = formats
    if cell is None or cell == "":
        return
    if isinstance(cell, dt.date):
        sheet.write_datetime(number, place, dt.datetime.combine(cell, dt.time()), day)
    elif isinstance(cell, int):
        sheet.write_number(number, place, cell, plain)
    else:
        sheet.write_string(number, place, cell[:32_767], text)
