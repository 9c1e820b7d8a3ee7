"""What in a text points at a person, in figures that are about groups of workers only."""

import re
from collections.abc import Mapping

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w")
# Seven digits and more, spaced or not, are a phone or document number; money and years are shorter.
_NUMBER = re.compile(r"(?<![\d.,])\+?\d(?:[ ()/-]?\d){6,}(?![\d.,]*\d)")
_DOCUMENT = re.compile(r"\b[A-Z]{1,3}[- ]?\d{5,}\b")
_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Md|Sri|Smt)\b\.? +[^\W\d_]", re.UNICODE)


def is_plainly_a_person(text: str) -> bool:
    """Tell whether a text has an e-mail address, a phone number or the number of a document in it."""
    return any(pattern.search(text) for pattern in (_EMAIL, _NUMBER, _DOCUMENT))


def may_be_people(texts: Mapping[str, str]) -> list[str]:
    """Return the names of texts that may hold somebody's name; worth a question, no more."""
    return [name for name, text in texts.items() if _TITLE.search(text)]
