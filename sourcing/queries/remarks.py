"""What is said about a line of a list: kept as codes with values, told in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations.queries import country_name


class Remark(NamedTuple):
    """One thing to say about a line: its code and the values for the sentence."""

    code: str
    values: dict[str, Any]


# Why a line cannot be read.
ERRORS: dict[str, str | Promise] = {
    "name-missing": gettext_lazy("The name is missing."),
    "country-missing": gettext_lazy("The country is missing."),
    "country-unknown": gettext_lazy(
        "“%(text)s” is not a country we know. Write its name in English, or its two letters."
    ),
    "country-misspelt": gettext_lazy("“%(text)s” is not a country we know. Did you mean %(names)s?"),
    "too-long": gettext_lazy("The %(column)s is longer than %(limit)s characters."),
    "point-unreadable": gettext_lazy(
        "“%(text)s” is not a latitude or longitude in degrees, such as 23.8103."
    ),
    "point-outside": gettext_lazy(
        "The point %(text)s is not on earth: latitude goes from -90 to 90, longitude from -180 to 180."
    ),
    "too-many-cells": gettext_lazy(
        "This line has %(cells)s cells, the header has %(columns)s. Perhaps a comma stands outside quotation marks."
    ),
}
# What a person may want to look at in a line that can be read.
NOTES: dict[str, str | Promise] = {
    "strays-removed": gettext_lazy("Stray characters were taken out."),
    "garbled": gettext_lazy("This looks garbled. Perhaps it should be “%(text)s”."),
    "point-turned": gettext_lazy("Latitude and longitude were the wrong way round; we turned them."),
    "point-looks-turned": gettext_lazy("Latitude and longitude may be the wrong way round."),
    "point-zero": gettext_lazy("The point 0, 0 lies in the sea; it was left out."),
    "point-halved": gettext_lazy("Only half of the point is given; it was left out."),
    "repeats-line": gettext_lazy("The same as line %(line)s."),
}
KINDS: dict[str, str | Promise] = {
    "same-name": gettext_lazy("Same name, other address"),
    "same-address": gettext_lazy("Similar name, same address"),
    "similar-name": gettext_lazy("Similar name"),
    "same-place": gettext_lazy("Same name and place"),
    "same-line": gettext_lazy("Same line"),
    "decided": gettext_lazy("Decided before"),
}
COLUMN_NAMES: dict[str, str | Promise] = {
    "name": gettext_lazy("name"),
    "country": gettext_lazy("country"),
    "address": gettext_lazy("address"),
    "sector": gettext_lazy("sector"),
    "latitude": gettext_lazy("latitude"),
    "longitude": gettext_lazy("longitude"),
}
# Why a whole file cannot be read; the codes of `documents.checks.tables` and our own.
REFUSALS: dict[str, str | Promise] = {
    "broken-quotes": gettext_lazy(
        "A quotation mark in this file is opened and never closed, so its lines cannot be told apart."
        " Save it anew from your spreadsheet program."
    ),
    "column-missing": gettext_lazy(
        "This file has no column for the %(missing)s. Name one “%(example)s” and upload it again."
        " Its columns are: %(found)s."
    ),
    "died": gettext_lazy(
        "We could not read this file after several tries. Nothing was changed. Save a simpler copy and upload that."
    ),
    "long-cell": gettext_lazy(
        "A cell of this file holds more than 4,000 characters. Shorten it and upload the file again."
    ),
    "no-header": gettext_lazy("This file is empty. Its first line must name the columns."),
    "no-rows": gettext_lazy(
        "This file has a header and no lines below it. Add the places and upload it again."
    ),
    "not-text": gettext_lazy(
        "We could not read this file as text. Save it as CSV in UTF-8 and upload it again."
    ),
    "person-left": gettext_lazy(
        "The person who uploaded this list is no longer with your organisation. Upload it again."
    ),
    "too-large": gettext_lazy(
        "This file becomes too large when it is opened. Split it and upload the parts."
    ),
    "too-many-columns": gettext_lazy(
        "This file has more than 200 columns. Keep those of the template and upload it again."
    ),
    "too-many-rows": gettext_lazy(
        "This file has more than 50,000 lines. Split it and upload the parts one after the other."
    ),
    "too-slow": gettext_lazy("This file takes too long to read. Split it and upload the parts."),
    "unreadable": gettext_lazy(
        "We could not open this file; it may be damaged. Save a fresh copy and upload that."
    ),
    "wrong-content": gettext_lazy(
        "The name of this file does not fit what is inside. Save it as CSV or XLSX and upload it again."
    ),
}

# Why a list came back to its person instead of being applied.
GIVEN_BACK: dict[str, str | Promise] = {
    "register-changed": gettext_lazy(
        "Your register has changed since this list was read. Nothing was added yet: look at the lines again."
    ),
    "died": gettext_lazy(
        "We could not add this list after several tries. Nothing was changed. Please try again."
    ),
    "failed": gettext_lazy("We could not add this list. Nothing was changed. Please try again."),
    "person-left": gettext_lazy(
        "The person who applied this list is no longer with your organisation. Nothing was changed."
    ),
}


def error_sentences(remarks: Iterable[Iterable[Any]]) -> list[str]:
    """Return why a line cannot be read, in the language in force."""
    return [_say(ERRORS, code, values) for code, values in remarks]


def note_sentences(remarks: Iterable[Iterable[Any]]) -> list[str]:
    """Return what a line that can be read gives to think about, in the language in force."""
    return [_say(NOTES, code, values) for code, values in remarks]


def kind_name(code: str) -> str:
    """Return what a line and the place it may mean have in common."""
    return str(KINDS.get(code, code))


def refusal_sentence(code: str, values: Mapping[str, Any] | None = None) -> str:
    """Return why a whole file cannot be read; an unknown code reads as an unreadable file."""
    return _say(REFUSALS, code if code in REFUSALS else "unreadable", values or {})


def given_back_sentence(code: str) -> str:
    """Return why a list came back to its person; "" when it did not."""
    return str(GIVEN_BACK.get(code, GIVEN_BACK["failed"])) if code else ""


def _say(sentences: Mapping[str, str | Promise], code: str, values: Mapping[str, Any]) -> str:
    shown = dict(values)
    if "codes" in shown:
        shown["names"] = _(" or ").join(country_name(one) for one in shown["codes"])
    if "column" in shown:
        shown["column"] = COLUMN_NAMES.get(shown["column"], shown["column"])
    if "missing" in shown:
        shown["missing"] = COLUMN_NAMES.get(shown["missing"], shown["missing"])
    return str(sentences[code]) % shown
