"""An audit as a workbook: the template to fill, and the download that can be brought in again.

Every cell is written as text, marked so that a spreadsheet program takes none for a formula, also when it is edited.
Words that are chosen from a list are in English, so that a file reads alike whoever opens it.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import override

from findings.definitions.audit_file import AUDIT, AUDITORS, FINDINGS, MANAGEMENT, MOST_ROWS, Column, Part
from findings.models import Audit, Auditor, Finding, MethodologyVersion
from findings.queries.audit_file import audit_as_data
from findings.queries.management import grid_of
from findings.queries.methodology import requirements_of
from organisations.visibility import Viewer

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHOICES: dict[str, Iterable[tuple[str, Any]]] = {
    "severity": Finding.Severity.choices,
    "verification": Finding.Verification.choices,
    "extent": Finding.Extent.choices,
    "notice": Audit.Notice.choices,
    "nature": [one for one in Finding.Kind.choices if one[0] in {"observation", "good_example"}],
}
KINDS = {"grade": [(one, one) for one in Auditor.Grade.values], "is_lead": [("yes", "Yes"), ("no", "No")]}
LONGEST_LIST = 255  # characters that a spreadsheet program takes in a list of choices


@dataclass
class _Book:
    """A workbook in the making, with its formats."""

    book: Any
    head: Any
    text: Any
    wrap: Any


def template(version: MethodologyVersion | None) -> bytes:
    """Return an empty workbook; with a version its requirements are listed and its cells of management prepared."""
    data: dict[str, Any] = {"audit": {"methodology": version.key} if version else {}}
    if version:
        sections = version.sections.order_by("position")
        elements = version.management_elements.order_by("position")
        data["management_systems"] = [
            {"section": section.code, "element": element.key} for section in sections for element in elements
        ]
    return _workbook(data, version)


def audit_as_book(viewer: Viewer, audit: Audit) -> bytes:
    """Return an audit as a workbook that can be brought in again; cells not graded yet are there, empty."""
    data = audit_as_data(viewer, audit)
    said = {(one["section"], one["element"]): one for one in data["management_systems"]}
    data["management_systems"] = [
        said.get(
            (cell.section.code, cell.element.key),
            {"section": cell.section.code, "element": cell.element.key},
        )
        for cell in grid_of(viewer, audit).cells
    ]
    return _workbook(data, audit.version)


def _workbook(data: Mapping[str, Any], version: MethodologyVersion | None) -> bytes:
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    plain = {"num_format": "@", "quote_prefix": True, "valign": "top"}
    made = _Book(
        book,
        book.add_format({"bold": True, "bg_color": "#E8EFEE", "valign": "top"}),
        book.add_format(plain),
        book.add_format(plain | {"text_wrap": True}),
    )
    words = _words(version)
    _audit_sheet(made, data.get("audit", {}), words)
    for part in (AUDITORS, FINDINGS, MANAGEMENT):
        _sheet(made, part, data.get(part.name, []), words)
    if version:
        _requirements(made, version)
    _explanation(made, version)
    book.close()
    return target.getvalue()


def _words(version: MethodologyVersion | None) -> dict[tuple[str, str], dict[str, str]]:
    """Return the English words of every choice, by part and column."""
    found: dict[tuple[str, str], Iterable[tuple[str, Any]]] = {
        **{(part.name, name): values for part in (AUDIT, FINDINGS) for name, values in CHOICES.items()},
        (AUDIT.name, "kind"): Audit.Kind.choices,
        (AUDIT.name, "pillars"): [("2", "2"), ("4", "4")],
        **{(AUDITORS.name, name): values for name, values in KINDS.items()},
    }
    if version:
        found[MANAGEMENT.name, "element"] = [
            (one.key, one.title) for one in version.management_elements.all()
        ]
        found[MANAGEMENT.name, "grade"] = [(one.key, one.title) for one in version.management_grades.all()]
    with override("en"):
        return {place: {key: str(word) for key, word in values} for place, values in found.items()}


def _audit_sheet(made: _Book, facts: Mapping[str, Any], words: Mapping[Any, Mapping[str, str]]) -> None:
    sheet = made.book.add_worksheet(AUDIT.sheet)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 60)
    sheet.write_string(0, 0, "Field", made.head)
    sheet.write_string(0, 1, "Value", made.head)
    for line, column in enumerate(AUDIT.columns, start=1):
        known = words.get((AUDIT.name, column.name), {})
        value = str(facts.get(column.name, ""))
        sheet.write_string(line, 0, column.heading, made.head)
        sheet.write_string(line, 1, known.get(value, value), made.wrap)
        _offer(sheet, column, known, line, line, 1)


def _sheet(
    made: _Book, part: Part, rows: Sequence[Mapping[str, Any]], words: Mapping[Any, Mapping[str, str]]
) -> None:
    sheet = made.book.add_worksheet(part.sheet)
    sheet.freeze_panes(1, 0)
    most = MOST_ROWS[part.name]
    for place, column in enumerate(part.columns):
        known = words.get((part.name, column.name), {})
        form = made.wrap if column.width >= 30 else made.text
        sheet.set_column(place, place, column.width, form)
        sheet.write_string(0, place, column.heading + (" *" if column.is_required else ""), made.head)
        sheet.write_comment(0, place, str(column.says))
        for line, row in enumerate(rows, start=1):
            value = row.get(column.name, "")
            said = ("yes" if value else "no") if isinstance(value, bool) else str(value or "")
            if said:
                sheet.write_string(line, place, known.get(said, said), form)
        _offer(sheet, column, known, 1, most, place)


def _offer(sheet: Any, column: Column, known: Mapping[str, str], first: int, last: int, place: int) -> None:
    """Let a cell be chosen from a list, as long as a spreadsheet program takes one that long."""
    source = list(known.values())
    if source and len(",".join(source)) <= LONGEST_LIST:
        sheet.data_validation(
            first,
            place,
            last,
            place,
            {
                "validate": "list",
                "source": source,
                "error_type": "warning",
                "error_title": column.heading[:32],
                "error_message": _("Please choose from the list."),
            },
        )


def _requirements(made: _Book, version: MethodologyVersion) -> None:
    """List the requirements and let the findings choose from them."""
    rows = requirements_of(version)
    sheet = made.book.add_worksheet("Requirements")
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 1, 100)
    sheet.set_column(2, 2, 16)
    for place, heading in enumerate(("Code", "Title", "Breach is")):
        sheet.write_string(0, place, heading, made.head)
    for line, row in enumerate(rows, start=1):
        sheet.write_string(line, 0, f"{row.section.code}.{row.item}", made.text)
        sheet.write_string(line, 1, row.title, made.wrap)
        sheet.write_string(line, 2, "CAR" if row.is_car else "Non-compliance", made.text)
    if rows:
        made.book.get_worksheet_by_name(FINDINGS.sheet).data_validation(
            1,
            0,
            MOST_ROWS[FINDINGS.name],
            0,
            {
                "validate": "list",
                "source": f"=Requirements!$A$2:$A${len(rows) + 1}",
                "error_type": "warning",
                "error_message": _("Please choose a code from the sheet Requirements."),
            },
        )


def _explanation(made: _Book, version: MethodologyVersion | None) -> None:
    sheet = made.book.add_worksheet("Explanation")
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 110)
    lines: list[tuple[str, str]] = [
        (_("How to fill this"), _("One line for each finding. Columns with * must be filled.")),
        (
            _("Codes"),
            _(
                "Write section and item: 5A.B and 5.A.B are the same. 1.A is item A of section 1, 1A is a section."
            ),
        ),
        (
            _("Severity"),
            _(
                "Whether a breach is worked on together (CAR) is said by the methodology. Leave severity and "
                "verification empty for those: the sheet Requirements names them."
            ),
        ),
        (_("Nothing is written at once"), _("After the upload you see each row and what becomes of it.")),
    ]
    if version and version.is_illustrative:
        lines.append((_("Requirements"), _("An illustrative catalogue, not the scheme owner's list.")))
    for part in (AUDIT, AUDITORS, FINDINGS, MANAGEMENT):
        lines.append((part.sheet, ""))
        lines += [(one.heading, str(one.says)) for one in part.columns]
    for line, (name, text) in enumerate(lines):
        sheet.write_string(line, 0, name, made.head if not text else made.text)
        sheet.write_string(line, 1, text, made.wrap)
