"""Finding the fields of a plan in the tables of a Word file or the sheets of a workbook, whatever became of them.

A field is known by its code first (a content control, a bookmark, a hidden word, a hidden column), by its heading
second, and the table of actions by its five columns last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from django.utils.translation import get_language

from documents.books import Sheet
from documents.words import Cell, Words
from findings.definitions.plan_file import (
    CAR,
    CAUSE,
    HEADING,
    PARTS,
    PRINTS,
    SINGLES,
    code_of,
    code_of_ask,
    code_of_part,
    inside,
)
from findings.forms.plan_words import labels
from findings.models import Ask

STANDING_ONCE = (CAR, *(code_of(name) for name in SINGLES), *(code_of_ask(ask.value) for ask in Ask))
PART_OF = {code_of_part(part): part for part in PARTS}
COLUMNS = {CAUSE, *PART_OF}
EVERY = {*STANDING_ONCE, *COLUMNS}


@dataclass
class Found:
    """What stands in the fields of a file, as written; None for causes or actions that it has no place for any more.

    Args:
        singles: what stands in the fields that stand once, by their codes.
        note: what its maker left in it for its reader, as JSON.
    """

    singles: dict[str, str] = field(default_factory=dict)
    causes: list[str] | None = None
    actions: list[dict[str, str]] | None = None
    note: str = ""

    @property
    def car(self) -> str:
        """The number of the CAR as it stands in the file."""
        return self.singles.get(CAR, "")

    @property
    def is_known(self) -> bool:
        """Tell whether anything that can be filled in was known again."""
        return bool(self.singles.keys() - {CAR}) or self.causes is not None or self.actions is not None


def from_words(words: Words) -> Found:
    """Return what stands in the tables of a Word file."""
    found = Found(note=words.note)
    for table in words.tables:
        marks = {code for row in table for cell in row for code in _codes(cell)}
        if marks & ({*PART_OF} | {inside(one) for one in PART_OF}) or _has_shape(table, marks):
            found.actions = (found.actions or []) + _actions(table)
        elif marks & {CAUSE, inside(CAUSE)}:
            found.causes = (found.causes or []) + _causes(table)
        else:
            for row in table:
                _single(found, row)
    return found


def from_book(sheets: Sequence[Sheet]) -> Found:
    """Return what stands in the sheets of a workbook."""
    found = Found()
    for sheet in sheets:
        rows = [cells for _line, cells in sheet.rows]
        columns = _columns(rows)
        if columns.keys() & COLUMNS:
            _columned(found, rows, columns)
            continue
        for cells in rows:
            if cells[0] == PRINTS and len(cells) > 1:
                found.note = cells[1]
                continue
            place, code = next(
                ((n, one) for n, cell in enumerate(cells) for one in [_known(cell)] if one in STANDING_ONCE),
                (0, ""),
            )
            if code:
                start = max(place + 1, 2) if cells[0] == code else place + 1
                rest = [one for one in cells[start:] if one.strip()]
                found.singles.setdefault(code, rest[0].strip() if rest else "")
    return found


def _codes(cell: Cell) -> set[str]:
    """Return what a cell is known by; its heading counts when nothing else is left."""
    known = {one for one in cell.codes if one.removeprefix("in_") in EVERY}
    heading = _known(cell.text)
    return known or ({heading} if heading else set())


def _known(text: str) -> str:
    """Return the code that stands in a text or that its first line is the heading of."""
    first = text.strip().split("\n", maxsplit=1)[0].strip()
    return first if first in EVERY else _headings(get_language()).get(_folded(first), _trailing(first))


def _trailing(first: str) -> str:
    """Return the code at the end of a heading: a hidden word that came to light."""
    last = first[max(first.rfind("ct_"), 0) :]
    return last if last in EVERY else ""


@cache
def _headings(_language: str | None) -> dict[str, str]:
    words = labels()
    found = {_folded(words[name]): code_of(name) for name in SINGLES}
    found |= {_folded(words[part]): code_of_part(part) for part in PARTS}
    found |= {_folded(str(ask.label)): code_of_ask(ask.value) for ask in Ask}
    return found | {_folded(words["cause"]): CAUSE}


def _folded(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalnum())


def _has_shape(table: list[list[Cell]], marks: set[str]) -> bool:
    return not marks and len(table) > 1 and all(len(row) == len(PARTS) for row in table)


def _single(found: Found, row: list[Cell]) -> None:
    for place, cell in enumerate(row):
        for code in _codes(cell):
            name = code.removeprefix("in_")
            if name not in STANDING_ONCE:
                continue
            if code.startswith("in_"):
                found.singles[name] = cell.text
            elif place + 1 < len(row) and name not in found.singles:
                found.singles[name] = row[-1].text


def _causes(table: list[list[Cell]]) -> list[str]:
    said = []
    for row in table:
        if any(CAUSE in _codes(cell) for cell in row):
            continue
        filled = [cell for cell in row if inside(CAUSE) in cell.codes] or row
        said.append(max((cell.text for cell in filled), key=len, default=""))
    return said


def _actions(table: list[list[Cell]]) -> list[dict[str, str]]:
    """Return each row by its parts: by the codes of its cells, or by the column they stand in."""
    order, said = list(PARTS), []
    for number, row in enumerate(table):
        heads = [next((PART_OF[one] for one in _codes(cell) if one in PART_OF), "") for cell in row]
        if any(heads):
            order = heads
            continue
        if number == 0 and not any(_codes(cell) for cell in row):
            continue
        one: dict[str, str] = {}
        for place, cell in enumerate(row):
            own = [PART_OF[code[3:]] for code in cell.codes if code.startswith("in_") and code[3:] in PART_OF]
            part = own[0] if own else order[place] if place < len(order) else ""
            if part:
                one[part] = "\n".join(filter(None, [one.get(part, ""), cell.text]))
        said.append(one)
    return said


def _columns(rows: Iterable[Sequence[str]]) -> dict[str, int]:
    """Return the columns of a sheet by their codes; by their headings where the codes are gone."""
    found: dict[str, int] = {}
    for cells in rows:
        here = {code: n for n, cell in enumerate(cells) if (code := cell.strip()) in COLUMNS}
        found = found or here
    for cells in rows:
        here = {code: n for n, cell in enumerate(cells) if (code := _known(cell)) in COLUMNS}
        if not found and (len(here) >= len(PARTS) - 1 or CAUSE in here):
            found = here
    return found


def _columned(found: Found, rows: Sequence[Sequence[str]], columns: dict[str, int]) -> None:
    filled = [
        cells
        for cells in rows
        if cells[0] != HEADING
        and not any(_known(cells[n]) in columns for n in columns.values() if n < len(cells))
    ]

    def said(cells: Sequence[str], code: str) -> str:
        place = columns.get(code, len(cells))
        return cells[place].strip() if place < len(cells) else ""

    if CAUSE in columns:
        found.causes = (found.causes or []) + [said(cells, CAUSE) for cells in filled]
    else:
        found.actions = (found.actions or []) + [
            {part: said(cells, code) for code, part in PART_OF.items()} for cells in filled
        ]
