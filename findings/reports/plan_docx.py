"""A plan as a Word file in the template's layout, whose fields are known again when it comes back."""

import io
import json
import unicodedata
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

import docx
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from findings.definitions.plan_file import (
    CAR,
    CAUSE,
    NOTE,
    PARTS,
    code_of,
    code_of_ask,
    code_of_part,
    inside,
)
from findings.forms.plan_words import hints, labels
from findings.models import ActionPlan
from findings.reports.plan_shape import PlanFile
from web.languages import is_right_to_left

SPARE_CAUSES = 3
SPARE_ACTIONS = 3
LABEL_MM = 55
WIDTH_MM = 170
INK, QUIET = RGBColor(0x1D, 0x2B, 0x2A), RGBColor(0x5A, 0x68, 0x66)


class _Writer:
    """One Word file in the making."""

    def __init__(self, content: PlanFile) -> None:
        self.content = content
        self.book = docx.Document()
        self.labels, self.hints = labels(), hints()
        self.bookmarks = 0

    def write(self) -> bytes:
        """Write everything, and return the file."""
        self._prepare()
        self.heading(_("Collaborative action plan"), level=1)
        self.paragraph(
            _(
                "Fill in the white fields, save the file and upload it where you downloaded it. You see it there"
                " before anybody else does. Please do not write names of workers."
            )
        )
        self._facts()
        self.heading(_("Why does it happen?"))
        self.paragraph(self.hints["cause"])
        self._causes()
        self.heading(_("What was looked into, and who is needed"))
        self._singles(("investigation", "stakeholders", "initiatives"))
        self.heading(_("What will be done?"))
        self.paragraph(self.hints["actions"])
        self._actions()
        self.heading(str(_("What do you ask of your customers?")))
        self._asks()
        self.heading(_("About this plan"))
        self._singles(("rhythm", "dates", "completed_by", "language"))
        self._leave_note()
        target = io.BytesIO()
        self.book.save(target)
        return target.getvalue()

    def _prepare(self) -> None:
        for section in self.book.sections:
            section.page_width, section.page_height = Mm(210), Mm(297)
            section.left_margin = section.right_margin = Mm(20)
            section.top_margin = section.bottom_margin = Mm(18)
        normal = self.book.styles["Normal"]
        normal.font.size = Pt(10)
        normal.paragraph_format.space_after = Pt(3)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), (get_language() or "en-gb").split("-x", maxsplit=1)[0])
        normal.element.get_or_add_rPr().append(language)
        core = self.book.core_properties
        core.title, core.author, core.comments = self.content.title[:250], "", ""
        core.subject, core.keywords = _("Collaborative action plan"), self.content.code

    def heading(self, words: str, level: int = 2) -> None:
        """Write a heading."""
        made = self.book.add_heading(level=level)
        self._run(made, words).font.color.rgb = INK

    def paragraph(self, words: str) -> None:
        """Write a line of help."""
        run = self._run(self.book.add_paragraph(), words)
        run.font.size, run.font.color.rgb = Pt(9), QUIET

    def _facts(self) -> None:
        table = self._table(len(self.content.facts), (LABEL_MM, WIDTH_MM - LABEL_MM))
        for place, (label, words) in enumerate(self.content.facts):
            row = table.rows[place].cells
            self._label(row[0], label, CAR if place == 0 else "")
            is_quoted = place >= len(self.content.facts) - 2
            self._words(row[1], words, self.content.facts_language if is_quoted else "")
            _shade(row[1])
            _wrap(row[1], CAR if place == 0 else f"{CAR}_fact_{place}", label, is_locked=True)

    def _causes(self) -> None:
        causes = self.content.causes
        table = self._table(1 + len(causes) + SPARE_CAUSES, (WIDTH_MM,))
        self._label(table.rows[0].cells[0], self.labels["cause"], CAUSE)
        _repeat(table.rows[0])
        for row, words in zip(table.rows[1:], (*causes, *[""] * SPARE_CAUSES), strict=True):
            self._words(row.cells[0], words)
            _wrap(row.cells[0], CAUSE, self.labels["cause"])

    def _singles(self, names: Iterable[str]) -> None:
        known, wanted = self.content.singles, tuple(names)
        table = self._table(len(wanted), (LABEL_MM, WIDTH_MM - LABEL_MM))
        for row, name in zip(table.rows, wanted, strict=True):
            self._label(row.cells[0], self.labels[name], code_of(name), self.hints.get(name, ""))
            if name == "rhythm":
                self._choice(row.cells[1], code_of(name), known[name], [str(one) for one in _rhythms()])
            else:
                self._words(row.cells[1], known[name])
                _wrap(row.cells[1], code_of(name), self.labels[name])

    def _actions(self) -> None:
        actions = self.content.actions
        table = self._table(1 + len(actions) + SPARE_ACTIONS, (46, 28, 22, 37, 37))
        for cell, part in zip(table.rows[0].cells, PARTS, strict=True):
            self._label(cell, self.labels[part], code_of_part(part))
        _repeat(table.rows[0])
        for row, action in zip(table.rows[1:], (*actions, *[{}] * SPARE_ACTIONS), strict=True):
            for cell, part in zip(row.cells, PARTS, strict=True):
                self._words(cell, str(action.get(part) or ""))
                _wrap(cell, code_of_part(part), self.labels[part])

    def _asks(self) -> None:
        asks = self.content.asks
        table = self._table(len(asks), (WIDTH_MM - 25, 25))
        for row, (name, sentence, is_asked) in zip(table.rows, asks, strict=True):
            self._label(row.cells[0], sentence, code_of_ask(name))
            said = _("Yes") if is_asked else _("No")
            self._choice(row.cells[1], code_of_ask(name), said, [_("Yes"), _("No")])

    def _table(self, rows: int, widths: tuple[int, ...]) -> Any:
        table = self.book.add_table(rows=rows, cols=len(widths), style="Table Grid")
        table.autofit = False
        if get_language_bidi():
            table._tbl.tblPr.insert(1, OxmlElement("w:bidiVisual"))
        for row in table.rows:
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = Mm(width)
        return table

    def _label(self, cell: Any, words: str, code: str, hint: str = "") -> None:
        """Write what a field is called, with the bookmark and the hidden word by which it is known."""
        paragraph = cell.paragraphs[0]
        run = self._run(paragraph, words)
        run.bold, run.font.color.rgb = True, INK
        if code:
            hidden = paragraph.add_run(code)
            hidden.font.hidden = True
            self._bookmark(paragraph, code)
        if hint:
            help_run = self._run(cell.add_paragraph(), hint)
            help_run.font.size, help_run.font.color.rgb = Pt(8), QUIET
        _shade(cell)

    def _bookmark(self, paragraph: Any, code: str) -> None:
        self.bookmarks += 1
        for kind in ("w:bookmarkStart", "w:bookmarkEnd"):
            mark = OxmlElement(kind)
            mark.set(qn("w:id"), str(self.bookmarks))
            if kind == "w:bookmarkStart":
                mark.set(qn("w:name"), code)
            paragraph._p.append(mark)

    def _words(self, cell: Any, words: str, language: str | None = None) -> None:
        """Write what a person said, line by line, in its own direction."""
        language = self.content.said_language if language is None else language
        lines = _clean(words).split("\n")
        for number, line in enumerate(lines):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            self._run(paragraph, line, language)

    def _choice(self, cell: Any, code: str, said: str, choices: list[str]) -> None:
        """Write a field in which one of a few answers is chosen."""
        run = self._run(cell.paragraphs[0], said)
        control = _control(inside(code), code)
        listed = OxmlElement("w:dropDownList")
        for word in choices:
            item = OxmlElement("w:listItem")
            item.set(qn("w:displayText"), word)
            item.set(qn("w:value"), word)
            listed.append(item)
        control[0].append(listed)
        _take_in(control, run._r)

    def _run(self, paragraph: Any, words: str, language: str = "") -> Any:
        run = paragraph.add_run(_clean(words))
        if is_right_to_left(language) if language else _begins_right(words):
            paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
            run.font.rtl = True
        return run

    def _leave_note(self) -> None:
        """Leave a part that no reader sees: which CAR it is, and fingerprints of what the file begins with."""
        space, name = NOTE[1:].split("}")
        said = json.dumps({"car": self.content.code, "prints": self.content.prints}, separators=(",", ":"))
        blob = (
            f'<?xml version="1.0" encoding="UTF-8"?><{name} xmlns="{space}">{escape(said)}</{name}>'.encode()
        )
        main = self.book.part
        part = Part(PackURI("/customXml/item2.xml"), "application/xml", blob, main.package)
        main.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)


def plan_as_docx(content: PlanFile) -> bytes:
    """Return a plan as a Word file that can be read back in."""
    return _Writer(content).write()


def _rhythms() -> list[Any]:
    return [word for _key, word in ActionPlan.Rhythm.choices]


def _control(code: str, alias: str) -> Any:
    control, known = OxmlElement("w:sdt"), OxmlElement("w:sdtPr")
    for kind, value in (("w:alias", alias[:60]), ("w:tag", code)):
        made = OxmlElement(kind)
        made.set(qn("w:val"), value)
        known.append(made)
    control.append(known)
    control.append(OxmlElement("w:sdtContent"))
    return control


def _wrap(cell: Any, code: str, alias: str, *, is_locked: bool = False) -> None:
    """Put a content control around a cell, as Word itself does for a whole cell."""
    control = _control(inside(code), alias)
    if is_locked:
        lock = OxmlElement("w:lock")
        lock.set(qn("w:val"), "sdtContentLocked")
        control[0].append(lock)
    _take_in(control, cell._tc)


def _take_in(control: Any, element: Any) -> None:
    element.addprevious(control)
    control[1].append(element)


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", "E8EFEE")):
        shade.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _repeat(row: Any) -> None:
    """Let the headings stand again on the next page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _clean(words: str) -> str:
    """Leave out what XML cannot hold."""
    plain = "\n".join(words.splitlines())
    return "".join(each for each in plain if each in "\n\t" or unicodedata.category(each) not in {"Cc", "Cs"})


def _begins_right(words: str) -> bool:
    """Tell whether the first letter with a direction runs from right to left."""
    directions = (unicodedata.bidirectional(each) for each in words)
    return next((one for one in directions if one in {"L", "R", "AL"}), "L") != "L"
