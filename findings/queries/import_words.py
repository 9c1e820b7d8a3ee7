"""Why a file or a paste cannot be read as an audit, and what was left out of it, in words that say what to do."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise] = {
    "not-a-workbook": _("Choose an Excel file (XLSX) or a JSON file. This is another type of file."),
    "no-sheets": _("No sheet has a name that we know. Name them as in the template: %(sheets)s."),
    "no-columns": _(
        "On “%(sheet)s”, columns are missing: %(names)s. Keep the line of headings from the template."
    ),
    "column-twice": _("“%(name)s” stands there twice. Keep one of them."),
    "too-many": _("“%(name)s” has %(count)s rows; at most %(most)s are taken at once. Split it."),
    "too-many-rows": _(
        "A sheet of this file goes on for more rows than an audit can have, perhaps empty ones with a format. "
        "Copy the rows with something in them into a fresh template and upload that."
    ),
    "too-many-columns": _(
        "A sheet of this file has more columns than we read. Copy what matters into a fresh template."
    ),
    "too-many-sheets": _("This file has more sheets than we read. Keep those of the template."),
    "nothing-pasted": _("Paste the rows first: select them in your spreadsheet, copy, and paste here."),
    "too-long": _("This is too much at once: at most %(most)s characters. Paste fewer rows."),
    "not-json": _("This is not JSON. The API page of the documentation shows an example."),
    "name-twice": _("In this JSON a name stands twice in one object. Keep one of them."),
    "not-an-audit": _(
        "This JSON is not an audit: it must say “format”: “%(format)s” and “version”: %(version)s."
    ),
    "not-a-list": _("In this JSON “%(name)s” must be a list."),
    "not-an-object": _("In this JSON, row %(row)s of “%(name)s” must be an object."),
    "not-plain": _("In this JSON, row %(row)s: “%(name)s” must be text, a number, yes or no."),
}
NOTES: dict[str, Promise] = {
    "sheet-left-out": _("The sheet “%(name)s” is not one of ours and is left out."),
    "column-left-out": _("The column “%(name)s” is not known and is left out."),
    "field-left-out": _("The line “%(name)s” of the sheet Audit is not known and is left out."),
    "member-left-out": _("“%(name)s” is not known and is left out."),
}


def sentence_of(code: str, words: Mapping[str, str]) -> str | None:
    """Return why something cannot be read, or None when this is not one of these reasons."""
    return str(SENTENCES[code]) % words if code in SENTENCES else None


def note_of(note: Mapping[str, str]) -> str:
    """Return what was left out, in words."""
    return str(NOTES.get(note.get("code", ""), "%(name)s")) % {"name": note.get("name", "")}
