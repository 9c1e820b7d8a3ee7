"""The shape of an audit as a file: its parts and columns, in XLSX, JSON or pasted rows; and reading them as text.

What comes out of reading is the same for all three (`Content`): per part its rows, each with the line it stands on and
its values as text. What the values mean is judged later, against the audit they go into.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FORMAT, VERSION = "common-thread-audit", 1
MOST_ROWS = {"auditors": 10, "findings": 300, "management_systems": 120}
MOST_COLUMNS = 60
LONGEST_PASTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in JSON, its heading in English, other headings people use, and what belongs in it."""

    name: str
    heading: str
    says: str | Promise
    aliases: tuple[str, ...] = ()
    is_required: bool = False
    width: int = 18


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an audit: a sheet of a workbook, a member of the JSON."""

    name: str
    sheet: str
    columns: tuple[Column, ...]
    aliases: tuple[str, ...] = ()

    def column(self, heading: str) -> Column | None:
        """Return the column that a heading means, or None."""
        wanted = _plain(heading)
        for one in self.columns:
            if wanted in {_plain(one.name), _plain(one.heading), *map(_plain, one.aliases)}:
                return one
        return None


LANGUAGE = Column("language", "Language", _("The language it is written in, for example en or bn."), width=10)
AUDIT = Part(
    "audit",
    "Audit",
    (
        Column("site", "Site code", _("The code of the site here, for a new audit."), ("site",)),
        Column("methodology", "Methodology", _("The key of the methodology version, for example smeta-7.0.")),
        Column("kind", "Kind", _("Initial, periodic, full follow-up or partial follow-up."), ("audit type",)),
        Column("follows", "Follows audit", _("For a follow-up: the code of the published audit it follows.")),
        Column("notice", "Notice", _("Announced, semi-announced or unannounced."), ("announcement",)),
        Column("pillars", "Pillars", _("2 or 4.")),
        Column("starts_on", "First day", _("As 2026-03-03."), ("start date", "from")),
        Column("ends_on", "Last day", _("As 2026-03-04."), ("end date", "to")),
        Column("reference", "Reference elsewhere", _("Free text."), ("reference",)),
        Column("summary", "Summary", _("Free text.")),
    ),
)
AUDITORS = Part(
    "auditors",
    "Auditors",
    (
        Column("name", "Name", _("The auditor's name."), is_required=True, width=30),
        Column("grade", "APSCA grade", _("RA, ASCA or CSCA."), ("grade",), is_required=True),
        Column("apsca_number", "APSCA number", _("Eight digits."), ("number",), is_required=True),
        Column("validated_on", "Number checked on", _("As 2026-03-01."), ("validated on",)),
        Column("is_lead", "Lead", _("Yes for the one who leads."), ("lead auditor", "is lead"), width=8),
    ),
)
FINDINGS = Part(
    "findings",
    "Findings",
    (
        Column(
            "requirement",
            "Requirement",
            _("The code of the requirement, for example 5A.B."),
            ("wr", "wr code", "code", "clause", "workplace requirement", "requirement code"),
            is_required=True,
            width=14,
        ),
        Column(
            "title",
            "Title",
            _("What is the matter, in one line."),
            ("finding", "issue"),
            is_required=True,
            width=40,
        ),
        Column(
            "description",
            "What was found",
            _("What was found."),
            ("description", "details", "finding details"),
            is_required=True,
            width=70,
        ),
        Column(
            "severity",
            "Severity",
            _(
                "For a non-compliance only. Leave it empty where the requirement asks for collaborative action."
            ),
            ("grading", "level", "classification"),
        ),
        Column("verification", "Verification", _("Desktop review or follow-up visit; non-compliances only.")),
        Column("extent", "Extent", _("Isolated or systemic."), ("isolated or systemic",)),
        Column(
            "workers_affected", "Workers affected", _("A whole number."), ("workers", "number of workers")
        ),
        Column(
            "nature",
            "Kind",
            _("Empty for a breach; good example; observation, where the methodology has them."),
            ("nature", "type", "finding type"),
        ),
        Column(
            "objective_evidence",
            "Evidence seen",
            _("Documents, interviews, what was observed."),
            ("objective evidence", "evidence"),
            width=40,
        ),
        Column(
            "law_reference", "Local law", _("The law that applies."), ("law", "legal reference"), width=30
        ),
        LANGUAGE,
    ),
    ("non-compliances", "ncs", "findings list"),
)
MANAGEMENT = Part(
    "management_systems",
    "Management systems",
    (
        Column("section", "Section", _("The code of the section."), is_required=True, width=10),
        Column("element", "Element", _("What is graded."), is_required=True, width=36),
        Column("grade", "Grade", _("One of the grades of the methodology."), width=36),
        Column("note", "Note", _("Free text."), width=60),
        LANGUAGE,
    ),
    ("management", "management system"),
)
PARTS = (AUDIT, AUDITORS, FINDINGS, MANAGEMENT)
OURS = {"explanation", "requirements"}  # sheets of the template that say nothing of an audit
BY_NAME = {one.name: one for one in PARTS}


class Misshapen(ValueError):
    """A file or paste that cannot be read as an audit at all; `code` and `words` make the sentence."""

    def __init__(self, code: str, **words: str) -> None:
        super().__init__(code)
        self.code, self.words = code, words


@dataclass
class Content:
    """Rows by part, each `{"row": line, "values": {column: text}}`, and remarks on what was left out."""

    parts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    notes: list[dict[str, str]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {"parts": self.parts, "notes": self.notes}


def from_sheets(sheets: Sequence[tuple[str, list[tuple[int, list[str]]]]]) -> Content:
    """Read the sheets of a workbook; one sheet of another name is taken for the findings.

    Raises:
        Misshapen: `no-sheets`, `no-columns`, `column-twice` or `too-many`.
    """
    content = Content()
    known = {_plain(name): one for one in PARTS for name in (one.sheet, one.name, *one.aliases)}
    named = [(known.get(_plain(name)), name, rows) for name, rows in sheets]
    if not any(part for part, _name, _rows in named):
        filled = [(name, rows) for name, rows in sheets if rows]
        if len(filled) != 1:
            raise Misshapen("no-sheets", sheets=", ".join(one.sheet for one in PARTS))
        named = [(FINDINGS, *filled[0])]
    for part, name, rows in named:
        if part is None:
            if _plain(name) not in OURS and rows:
                content.notes.append({"code": "sheet-left-out", "name": name})
        elif part is AUDIT:
            content.parts["audit"] = _facts(rows, content)
        else:
            content.parts[part.name] = _table(part, rows, content, name)
    return content


def from_json(data: Any) -> Content:
    """Read the JSON of an audit; rows count from 1.

    Raises:
        Misshapen: `not-an-audit`, `not-a-list`, `not-an-object` or `too-many`.
    """
    if not isinstance(data, Mapping) or data.get("format") != FORMAT or data.get("version") != VERSION:
        raise Misshapen("not-an-audit", format=FORMAT, version=str(VERSION))
    content = Content()
    for name in sorted(set(data) - {"format", "version", *BY_NAME}):
        content.notes.append({"code": "member-left-out", "name": _text(name)[:80]})
    for part in PARTS:
        rows = data.get(part.name, {} if part is AUDIT else [])
        listed = [rows] if part is AUDIT else rows
        if not isinstance(listed, list):
            raise Misshapen("not-a-list", name=part.name)
        _require_few(part, len(listed))
        content.parts[part.name] = [
            {"row": number, "values": _members(part, row, number)}
            for number, row in enumerate(listed, start=1)
            if row
        ]
    return content


def from_paste(text: str) -> Content:
    """Read rows copied from a spreadsheet: cells parted by tabs, those of several lines in quotation marks.

    Columns are recognised by a line of headings, or by their order.

    Raises:
        Misshapen: `nothing-pasted`, `too-long`, `too-many`, `no-columns` or `column-twice`.
    """
    if len(text) > LONGEST_PASTE:
        raise Misshapen("too-long", most=str(LONGEST_PASTE))
    rows = [row for row in _pasted(text) if any(cell.strip() for cell in row[1])]
    if not rows:
        raise Misshapen("nothing-pasted")
    content = Content()
    if not _is_header(FINDINGS, rows[0][1]):
        rows = [(0, [one.heading for one in FINDINGS.columns]), *rows]
    content.parts["findings"] = _table(FINDINGS, rows, content, "")
    return content


def _pasted(text: str) -> list[tuple[int, list[str]]]:
    plain = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    for options in ({"strict": True}, {"quoting": csv.QUOTE_NONE}):  # the second: a stray quotation mark
        csv.field_size_limit(LONGEST_PASTE)
        reader: Any = csv.reader(io.StringIO(plain, newline=""), delimiter="\t", **options)
        rows, began = [], 1
        try:
            for cells in reader:
                rows.append((began, cells))
                began = reader.line_num + 1
        except csv.Error:
            continue
        return rows
    return []


def _is_header(part: Part, cells: Iterable[str]) -> bool:
    """Tell whether a line is one of headings: two of them known, and it names what must be there first."""
    known = [part.column(cell) for cell in cells if cell.strip()]
    return sum(one is not None for one in known) >= 2 and part.columns[0] in known


def _facts(rows: list[tuple[int, list[str]]], content: Content) -> list[dict[str, Any]]:
    """Read a sheet of names and values, one per line."""
    values, lines = {}, {}
    for line, cells in rows:
        name, value = (cells[0].strip(), cells[1].strip() if len(cells) > 1 else "")
        column = AUDIT.column(name)
        if column is None:
            if value and _plain(name) != "field":
                content.notes.append({"code": "field-left-out", "name": name[:80], "sheet": AUDIT.sheet})
        elif column.name in values:
            raise Misshapen("column-twice", name=name[:80], sheet=AUDIT.sheet)
        else:
            values[column.name], lines[column.name] = value, line
    return [{"row": min(lines.values(), default=1), "values": values, "lines": lines}] if values else []


def _table(
    part: Part, rows: list[tuple[int, list[str]]], content: Content, sheet: str
) -> list[dict[str, Any]]:
    if not rows:
        return []
    header, places = rows[0][1], {}
    for place, heading in enumerate(header):
        column = part.column(heading)
        if column is not None and column.name in places:
            raise Misshapen("column-twice", name=heading.strip()[:80], sheet=sheet)
        if column is not None:
            places[column.name] = place
        elif heading.strip():
            content.notes.append({"code": "column-left-out", "name": heading.strip()[:80], "sheet": sheet})
    missing = [one.heading for one in part.columns if one.is_required and one.name not in places]
    if missing:
        raise Misshapen("no-columns", names=", ".join(missing), sheet=sheet or part.sheet)
    found = []
    for line, cells in rows[1:]:
        values = {name: cells[place].strip() for name, place in places.items() if place < len(cells)}
        if any(values.values()):
            found.append({"row": line, "values": values})
    _require_few(part, len(found))
    return found


def _members(part: Part, row: Any, number: int) -> dict[str, str]:
    if not isinstance(row, Mapping):
        raise Misshapen("not-an-object", name=part.name, row=str(number))
    values = {}
    for name, value in row.items():
        if isinstance(value, list | Mapping):
            raise Misshapen("not-plain", name=f"{part.name}.{str(name)[:40]}", row=str(number))
        values[_text(name)[:80]] = _text(value)
    return values


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("\0", "").strip()


def _require_few(part: Part, count: int) -> None:
    most = MOST_ROWS.get(part.name)
    if most is not None and count > most:
        raise Misshapen("too-many", name=part.sheet, most=str(most), count=str(count))


def _plain(heading: str) -> str:
    """Return a heading without case, signs and the star of what must be filled."""
    return re.sub(r"[\W_]+", " ", heading.casefold()).strip()
