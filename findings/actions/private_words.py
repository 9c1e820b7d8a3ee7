"""Keeping workers' names out of figures about groups: what plainly points at one person is refused."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from ledger.refusals import Refusal

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w")
# Seven digits and more, spaced or not, are a phone or document number; money and years are shorter.
_NUMBER = re.compile(r"(?<![\d.,])\+?\d(?:[ ()/-]?\d){6,}(?![\d.,]*\d)")
_DOCUMENT = re.compile(r"\b[A-Z]{1,3}[- ]?\d{5,}\b")
_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Md|Sri|Smt)\b\.? +[^\W\d_]", re.UNICODE)


def refuse_people(**texts: str) -> None:
    """Refuse texts with an e-mail address, a phone number or the number of a document in them.

    Raises:
        Refusal: `names-a-person`, with the fields.
    """
    said = _("Please name no worker here: take out e-mail addresses, phone numbers and document numbers.")
    found = {name: [said] for name, text in texts.items() if _is_plain(text)}
    if found:
        raise Refusal("names-a-person", said, status=422, fields=found)


def may_be_people(texts: Mapping[str, str]) -> list[str]:
    """Return the names of texts that may hold somebody's name; worth a question, no more."""
    return [name for name, text in texts.items() if _TITLE.search(text)]


def _is_plain(text: str) -> bool:
    return any(pattern.search(text) for pattern in (_EMAIL, _NUMBER, _DOCUMENT))
