"""Reading a table out of a CSV or XLSX file: the child's side of `documents.tables`.

Everything is bounded before it is built: characters and lines of a CSV, rows and columns of a sheet as its
XML says them, since a single cell in row 1,048,576 would make a sheet of a billion cells.
"""

import codecs
import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, BinaryIO

import python_calamine

from documents.checks.texts import text
from documents.confined import Unfit

LONGEST_CELL = 4000
DELIMITERS = ",;\t|"
CHUNK = 256 * 1024
ROW = re.compile(rb"<(?:\w+:)?row\b(?:[^>]*?\sr=\"(\d+)\")?")
CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?\sr=\"([A-Z]+)\d+\"")

Row = tuple[int, list[str]]


def table(source: BinaryIO, target: BinaryIO, *, extension: str, max_rows: int, max_columns: int) -> None:
    """Write `{"encoding", "sheet", "header", "rows": [[line, [cell, …]], …]}` as JSON to `target`.

    Lines count from 1 as a person sees them; blank lines are left out. The header is the first line that is not blank.

    Raises:
        Unfit: "no-header", "too-many-rows", "too-many-columns", "broken-quotes", "long-cell", "not-text",
            "wrong-content" or "unreadable".
    """
    said: dict[str, Any] = {"encoding": "", "sheet": ""}
    rows = (
        _csv_rows(source, said)
        if extension in {"csv", "txt"}
        else _xlsx_rows(source, said, max_rows, max_columns)
    )
    header: Row | None = None
    found: list[Row] = []
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > max_columns and any(cell.strip() for cell in cells[max_columns:]):
            raise Unfit("too-many-columns")
        if header is None:
            header = (line, cells[:max_columns])
            continue
        if len(found) == max_rows:
            raise Unfit("too-many-rows")
        found.append((line, [cell.replace("\0", "") for cell in cells[:max_columns]]))
    if header is None:
        raise Unfit("no-header")
    said |= {"header": header[1], "rows": found}
    target.write(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))


def _csv_rows(source: BinaryIO, said: dict[str, Any]) -> Iterator[Row]:
    encoding = _encoding(source)
    said["encoding"] = _name_of(source, encoding)
    source.seek(0)
    # A mark at the beginning is no part of the first column's name.
    reading = {"utf-8": "utf-8-sig", "utf-16": "utf-16"}.get(encoding, encoding)
    opened = io.TextIOWrapper(source, encoding=reading, newline="")
    opened.seek(0)
    head = opened.read(64 * 1024)
    opened.seek(0)
    csv.field_size_limit(LONGEST_CELL * 4)
    reader = csv.reader(opened, delimiter=_delimiter(head))
    began = 1
    try:
        for cells in reader:
            if any(len(cell) > LONGEST_CELL for cell in cells):
                raise Unfit("broken-quotes" if any("\n" in cell for cell in cells) else "long-cell")
            yield began, cells
            began = reader.line_num + 1
    except csv.Error:
        raise Unfit("broken-quotes") from None


def _encoding(source: BinaryIO) -> str:
    """Return the encoding as the door's own check finds it."""
    answer = io.BytesIO()
    source.seek(0)
    text(source, answer, extension="csv")
    return answer.getvalue().decode("ascii")


def _name_of(source: BinaryIO, encoding: str) -> str:
    """Name the encoding as exactly as the bytes allow: with its mark, or Latin-1 where the two do not differ."""
    source.seek(0)
    head = source.read(4)
    if encoding == "utf-8":
        return "UTF-8 with mark" if head.startswith(codecs.BOM_UTF8) else "UTF-8"
    if encoding == "utf-16":
        return "UTF-16"
    source.seek(0)
    is_windows = any(re.search(rb"[\x80-\x9f]", chunk) for chunk in iter(lambda: source.read(CHUNK), b""))
    return "Windows-1252" if is_windows else "Latin-1"


def _delimiter(head: str) -> str:
    """Return what parts the columns: the sign that the first line with any of them holds most often."""
    for line in head.splitlines():
        counts = {sign: _outside_quotes(line).count(sign) for sign in DELIMITERS}
        best = max(counts, key=lambda sign: counts[sign])
        if counts[best]:
            return best
    return ","


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _xlsx_rows(source: BinaryIO, said: dict[str, Any], max_rows: int, max_columns: int) -> Iterator[Row]:
    source.seek(0)
    _require_bounds(source, max_rows, max_columns)
    source.seek(0)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(source.read()))
        names = [
            one.name
            for one in book.sheets_metadata
            if one.visible == python_calamine.SheetVisibleEnum.Visible
            and one.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        for name in names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height:
                said["sheet"] = name
                break
        else:
            return
    except (python_calamine.CalamineError, ValueError, zipfile.BadZipFile):
        raise Unfit("unreadable") from None
    for line, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        texts = [_cell(value) for value in cells]
        if any(len(cell) > LONGEST_CELL for cell in texts):
            raise Unfit("long-cell")
        yield line, texts


def _cell(value: object) -> str:
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime() | date() | time():
            return value.isoformat()
    return str(value)


def _require_bounds(source: BinaryIO, max_rows: int, max_columns: int) -> None:
    """Count rows and columns in each sheet's XML and refuse before anything is built from it.

    A few hundred rows beyond the limit pass here, being perhaps blank; those with something in them are counted later.
    """
    with zipfile.ZipFile(source) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"/?xl/worksheets/[^/]+\.xml", name, re.IGNORECASE):
                rows = columns = 0
                with archive.open(name) as opened:
                    before = b""
                    while chunk := opened.read(CHUNK):
                        piece = before + chunk
                        end = piece.rfind(b">") + 1
                        piece, before = piece[:end], piece[end:][-CHUNK:]
                        for number in ROW.findall(piece):
                            rows = max(rows + 1, int(number or 0))
                        columns = max([columns, *(map(_column, set(CELL.findall(piece))))])
                        if rows > max_rows + 500:
                            raise Unfit("too-many-rows")
                        if columns > max_columns:
                            raise Unfit("too-many-columns")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:4]:
        number = number * 26 + letter - 64
    return number
