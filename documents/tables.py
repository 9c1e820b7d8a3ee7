"""Tables in and out: rows of a CSV or XLSX file read in a confined child, and CSV that no program obeys."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from documents import confined
from documents.formats import format_of

SECONDS = 60
MEMORY_MB = 512
MAX_COLUMNS = 200

# What a spreadsheet program may take for a formula or a command, also behind spaces and in full width.
_COMMAND = re.compile("^[\\s\u200b\ufeff]*[=+\\-@|%\t\r\n\x00\uff1d\uff0b\uff0d\uff20]|^[\t\r\n\x00]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds: its encoding or sheet by name, the header, and rows with the line each began on."""

    encoding: str
    sheet: str
    header: list[str]
    rows: list[tuple[int, list[str]]]


def read_table(content: IO[bytes], *, name: str, max_rows: int, max_columns: int = MAX_COLUMNS) -> Table:
    """Return the table in a CSV or XLSX file, read in a process with limits on time and memory.

    Args:
        content: an open file with a descriptor; untrusted.
        name: its name; the extension says how to read it.
        max_rows: more rows than this, the header not counted, are refused.
        max_columns: so are more columns.

    Raises:
        confined.Unfit: with the code of `documents.checks.tables.table`, "too-slow" or "too-large".
    """
    form = format_of(name)
    if form is None or form.extension not in {"csv", "txt", "xlsx"}:
        raise confined.Unfit("unknown-type")
    answer = confined.run(
        "documents.checks.tables:table",
        options={"extension": form.extension, "max_rows": max_rows, "max_columns": max_columns},
        source=content,
        timeout=SECONDS,
        memory_mb=MEMORY_MB,
    )
    said = json.loads(answer)
    return Table(
        said["encoding"], said["sheet"], said["header"], [(line, cells) for line, cells in said["rows"]]
    )


def safe_cell(value: object) -> str:
    """Return `value` as text that a spreadsheet program shows and never runs; numbers stay numbers.

    An apostrophe goes before what would be taken for a formula or a command; `original_cell` takes it off.
    """
    text = str(value).replace("\x00", "")
    if _COMMAND.match(str(value)) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def original_cell(text: str) -> str:
    """Return what `safe_cell` was given, when a list that we wrote comes back to us."""
    return text[1:] if text.startswith("'") and _COMMAND.match(text[1:]) else text


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Give rows as CSV in UTF-8 with its mark, so that spreadsheet programs read every script; each cell is safe."""
    yield b"\xef\xbb\xbf"
    for row in rows:
        line = io.StringIO()
        writer: Any = csv.writer(line, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
        writer.writerow([safe_cell(cell) for cell in row])
        yield line.getvalue().encode("utf-8", "replace")
