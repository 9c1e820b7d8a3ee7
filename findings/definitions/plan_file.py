"""How the fields of a plan are known again in a Word or Excel file that was filled away from the screen.

Every field has a code. In a Word file it is the tag of a content control, the name of a bookmark and a hidden word, so
that one is left whatever a word processor does with the others; in a workbook it stands in a hidden row or column.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

CAR = "ct_car"
SINGLES = ("completed_by", "language", "investigation", "stakeholders", "initiatives", "rhythm", "dates")
CAUSE = "ct_cause"
PARTS = ("what", "who", "by_when", "support", "measure")
PRINTS = "ct_prints"
HEADING = "ct_heading"
NOTE = "{urn:common-thread:plan-file}note"
MOST_CAUSES = 20
MOST_ACTIONS = 40
PRINT_LETTERS = 12


def code_of(name: str) -> str:
    """Return the code of a field that stands once."""
    return f"ct_{name}"


def inside(code: str) -> str:
    """Return the code of the place where a field is filled in, as against that of its heading."""
    return f"in_{code}"


def code_of_part(part: str) -> str:
    """Return the code of one column of the actions."""
    return f"ct_action_{part}"


def code_of_ask(ask: str) -> str:
    """Return the code of one thing that may be asked of customers."""
    return f"ct_ask_{ask}"


def prints_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Return a fingerprint of each field that says something: enough to see later who changed it since.

    Not the words themselves: whoever takes a sentence out of their file does not hand it on unseen.
    """
    return {name: _print(value) for name, value in values.items() if _plain(value) is not None}


def base_from(
    prints: Mapping[str, str], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what a file began with, as far as that can be told from fingerprints: for comparing, not for reading.

    A field that neither reads as it did then gets a value that equals nothing.
    """
    base: dict[str, Any] = {}
    for name, known in prints.items():
        if known == _print(mine.get(name)):
            base[name] = mine.get(name)
        elif known == _print(theirs.get(name)):
            base[name] = theirs.get(name)
        else:
            base[name] = {"what": "\ufffc", "why": "\ufffc"} if "-" in name else "\ufffc"
    return base


def _print(value: Any) -> str:
    said = json.dumps(_plain(value), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:PRINT_LETTERS]


def _plain(value: Any) -> Any:
    """Return a value without what does not count: spaces around, kinds of line ends, parts that say nothing."""
    if isinstance(value, str):
        return "\n".join(line.strip() for line in value.splitlines()).strip() or None
    if isinstance(value, Mapping):
        return {name: said for name, one in value.items() if (said := _plain(one)) is not None} or None
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value] or None
    return value
