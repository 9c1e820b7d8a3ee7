"""A plan as a workbook whose fields are known again when it comes back; every cell is text, none a formula."""

import io
import json
from typing import Any

import xlsxwriter
from django.conf import settings
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from findings.definitions.plan_file import (
    CAR,
    CAUSE,
    HEADING,
    MOST_ACTIONS,
    MOST_CAUSES,
    PARTS,
    PRINTS,
    code_of,
    code_of_ask,
    code_of_part,
)
from findings.forms.plan_words import hints, labels
from findings.models import ActionPlan
from findings.reports.plan_shape import PlanFile

LIMITS = {"what": 1000, "who": 250, "by_when": 40, "support": 500, "measure": 500}
SINGLE_LIMITS = {"investigation": 4000, "stakeholders": 4000, "initiatives": 2000, "completed_by": 160}
WIDTHS = {"what": 44, "who": 24, "by_when": 12, "support": 34, "measure": 34}


class _Writer:
    """One workbook in the making."""

    def __init__(self, content: PlanFile) -> None:
        self.content, self.target = content, io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = xlsxwriter.Workbook(self.target, options)
        plain = {"num_format": "@", "quote_prefix": True, "valign": "top", "text_wrap": True, "border": 1}
        self.open = self.book.add_format(plain | {"locked": False})
        self.read_only = self.book.add_format(plain | {"bg_color": "#E8EFEE"})
        self.head = self.book.add_format(
            {"bold": True, "bg_color": "#E8EFEE", "valign": "top", "text_wrap": True, "border": 1}
        )
        self.quiet = self.book.add_format({"font_color": "#5A6866", "text_wrap": True, "valign": "top"})
        self.labels, self.hints = labels(), hints()

    def write(self) -> bytes:
        """Write the three sheets, and return the file."""
        self._plan()
        self._causes()
        self._actions()
        self.book.set_properties({"title": self.content.title[:250], "keywords": self.content.code})
        self.book.close()
        return self.target.getvalue()

    def _sheet(self, name: str) -> Any:
        sheet = self.book.add_worksheet(name[:31])
        sheet.set_column(0, 0, 12, None, {"hidden": True})
        if get_language_bidi():
            sheet.right_to_left()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def _plan(self) -> None:
        sheet, line = self._sheet(_("Plan")), 0
        sheet.set_column(1, 1, 46)
        sheet.set_column(2, 2, 70)
        said = {"car": self.content.code, "prints": self.content.prints}
        sheet.write_string(0, 0, PRINTS)
        sheet.write_string(0, 1, json.dumps(said, separators=(",", ":")))
        sheet.set_row(0, None, None, {"hidden": True})
        for place, (label, words) in enumerate(self.content.facts):
            line += 1
            sheet.write_string(line, 0, CAR if place == 0 else f"{CAR}_fact")
            sheet.write_string(line, 1, label, self.head)
            sheet.write_string(line, 2, words, self.read_only)
        for name in ("investigation", "stakeholders", "initiatives"):
            line = self._single(sheet, line + 1, name)
        for ask, sentence, is_asked in self.content.asks:
            line += 1
            sheet.write_string(line, 0, code_of_ask(ask))
            sheet.write_string(line, 1, sentence, self.head)
            sheet.write_string(line, 2, _("Yes") if is_asked else _("No"), self.open)
            self._choose(sheet, line, [_("Yes"), _("No")])
        for name in ("rhythm", "dates", "completed_by", "language"):
            line = self._single(sheet, line + 1, name)
        sheet.write_string(
            line + 2,
            1,
            _("Fill in the white fields, save the file and upload it where you downloaded it."),
            self.quiet,
        )
        sheet.write_string(line + 3, 1, _("Causes and actions have sheets of their own."), self.quiet)

    def _single(self, sheet: Any, line: int, name: str) -> int:
        label = "\n".join(filter(None, [self.labels[name], self.hints.get(name, "")]))
        sheet.write_string(line, 0, code_of(name))
        sheet.write_string(line, 1, label, self.head)
        sheet.write_string(line, 2, self.content.singles[name], self.open)
        if name == "rhythm":
            self._choose(sheet, line, [str(word) for _key, word in ActionPlan.Rhythm.choices])
        elif name == "language":
            sheet.data_validation(
                line, 2, line, 2, self._listed([*settings.WRITING_LANGUAGES], self.hints[name], "warning")
            )
        elif name in SINGLE_LIMITS:
            sheet.data_validation(line, 2, line, 2, self._length(SINGLE_LIMITS[name]))
        return line

    def _choose(self, sheet: Any, line: int, words: list[str]) -> None:
        sheet.data_validation(line, 2, line, 2, self._listed(words, _("Choose one from the list."), "stop"))

    def _listed(self, words: list[str], message: str, kind: str) -> dict[str, Any]:
        """Return a rule with a list of choices; a list that is too long for a workbook is said in words only."""
        rule: dict[str, Any] = {"validate": "list", "source": words, "error_type": kind}
        if len(",".join(words)) > 255 or any("," in word for word in words):
            rule = {"validate": "length", "criteria": "<=", "value": 200, "error_type": kind}
        return rule | {"input_message": message[:250], "error_message": message[:250]}

    def _length(self, most: int) -> dict[str, Any]:
        said = _("At most %(n)s characters.") % {"n": most}
        return {"validate": "length", "criteria": "<=", "value": most, "error_message": said}

    def _causes(self) -> None:
        sheet = self._sheet(_("Causes"))
        sheet.set_column(1, 1, 110)
        sheet.write_string(0, 0, HEADING)
        sheet.write_string(0, 1, f"{self.labels['cause']}\n{self.hints['cause']}", self.head)
        self._codes(sheet, [CAUSE])
        for number in range(max(MOST_CAUSES, len(self.content.causes))):
            words = self.content.causes[number] if number < len(self.content.causes) else ""
            sheet.write_string(2 + number, 1, words, self.open)
        sheet.data_validation(2, 1, 1 + MOST_CAUSES, 1, self._length(1000))
        sheet.freeze_panes(1, 0)

    def _actions(self) -> None:
        sheet = self._sheet(_("Actions"))
        sheet.write_string(0, 0, HEADING)
        self._codes(sheet, [code_of_part(part) for part in PARTS])
        for column, part in enumerate(PARTS, start=1):
            sheet.set_column(column, column, WIDTHS[part])
            sheet.write_string(0, column, self.labels[part], self.head)
            for number in range(MOST_ACTIONS):
                known = self.content.actions[number] if number < len(self.content.actions) else {}
                sheet.write_string(2 + number, column, str(known.get(part) or ""), self.open)
            rule = self._length(LIMITS[part])
            if part == "by_when":
                rule = rule | {"input_message": _("Year and month, for example 2027-03.")}
            sheet.data_validation(2, column, 1 + MOST_ACTIONS, column, rule)
        sheet.freeze_panes(1, 0)

    def _codes(self, sheet: Any, codes: list[str]) -> None:
        """Write the codes of the columns into a hidden row, by which they are known wherever they are moved."""
        sheet.write_string(1, 0, HEADING)
        for column, code in enumerate(codes, start=1):
            sheet.write_string(1, column, code)
        sheet.set_row(1, None, None, {"hidden": True})


def plan_as_xlsx(content: PlanFile) -> bytes:
    """Return a plan as a workbook that can be read back in."""
    return _Writer(content).write()
