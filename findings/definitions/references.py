"""Soft checks of outside references: they warn, they never refuse."""

import re

from django.utils.translation import gettext as _

_AUDIT = re.compile(r"ZAA\d+", re.IGNORECASE)
_APSCA = re.compile(r"(RA|ASCA|CSCA)?[ -]?\d{8}", re.IGNORECASE)


def doubt_about_audit(reference: str) -> str:
    """Return a sentence when an audit reference does not look like one (`ZAA` and digits), else ""."""
    if not reference or _AUDIT.search(reference):
        return ""
    return _(
        "“%(text)s” does not look like an audit reference, which has ZAA and digits in it. Please check it."
    ) % {"text": reference}


def doubt_about_auditor(number: str) -> str:
    """Return a sentence when an APSCA number does not look like one (eight digits), else ""."""
    if not number or _APSCA.fullmatch(number.strip()):
        return ""
    return _("“%(text)s” does not look like an APSCA number, which has eight digits. Please check it.") % {
        "text": number
    }
