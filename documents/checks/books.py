"""Reading all sheets of a workbook, or a JSON document: the child's side of `documents.books`.

Everything is bounded before it is built, as in `tables`.
"""

import io
import json
import zipfile
from typing import Any, BinaryIO

import python_calamine

from documents.checks.tables import _cell, _require_bounds
from documents.confined import Unfit

MOST_SHEETS = 12
LONGEST = 32_767  # what a cell of a workbook can hold


def book(source: BinaryIO, target: BinaryIO, *, max_rows: int, max_columns: int) -> None:
    """Write `{"sheets": [{"name", "rows": [[line, [cell, …]], …]}]}` as JSON to `target`.

    Lines count from 1 as a person sees them; blank lines and hidden sheets are left out.

    Raises:
        Unfit: "too-many-sheets", "too-many-rows", "too-many-columns" or "unreadable".
    """
    source.seek(0)
    _require_bounds(source, max_rows, max_columns)
    source.seek(0)
    try:
        opened = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(source.read()))
        names = [
            one.name
            for one in opened.sheets_metadata
            if one.visible == python_calamine.SheetVisibleEnum.Visible
            and one.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        if len(names) > MOST_SHEETS:
            raise Unfit("too-many-sheets")
        sheets = [_sheet(opened, name, max_rows) for name in names]
    except (python_calamine.CalamineError, ValueError, zipfile.BadZipFile):
        raise Unfit("unreadable") from None
    _answer(target, {"sheets": sheets})


def _sheet(opened: Any, name: str, max_rows: int) -> dict[str, Any]:
    rows: list[list[Any]] = []
    for line, cells in enumerate(opened.get_sheet_by_name(name).to_python(skip_empty_area=False), start=1):
        texts = [_cell(value).replace("\0", "")[:LONGEST] for value in cells]
        if not any(text.strip() for text in texts):
            continue
        if len(rows) > max_rows:
            raise Unfit("too-many-rows")
        rows.append([line, texts])
    return {"name": name, "rows": rows}


def tree(source: BinaryIO, target: BinaryIO, *, max_bytes: int) -> None:
    """Write the JSON document in `source` to `target` again, read strictly: no name twice, no NaN, no NUL.

    Raises:
        Unfit: "too-big", "not-json" or "name-twice".
    """
    source.seek(0)
    content = source.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise Unfit("too-big")
    try:
        found = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_refuse)
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise Unfit("not-json") from None
    _answer(target, found)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unfit("name-twice")
    return found


def _refuse(_constant: str) -> None:
    raise Unfit("not-json")


def _answer(target: BinaryIO, found: Any) -> None:
    said = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    target.write(said.encode("utf-8", "replace"))
