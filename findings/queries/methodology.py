"""Questions about methodologies and their requirements: reference data, the same for everyone."""

import datetime as dt
import re
from dataclasses import dataclass
from difflib import get_close_matches

from django.db.models import prefetch_related_objects

from findings.definitions.codes import CodeError, CodeFault, parse_code
from findings.models import Finding, MethodologyVersion, WorkplaceRequirement


@dataclass(frozen=True)
class Search:
    """Requirements that fit what was typed, best first, and a word on a code that cannot be read as one."""

    rows: list[WorkplaceRequirement]
    doubt: str = ""


@dataclass(frozen=True)
class Term:
    """What a severity means for the site: how long it has, and until when."""

    severity: str
    days: int
    due_on: dt.date
    is_placeholder: bool


def requirements_of(version: MethodologyVersion) -> list[WorkplaceRequirement]:
    """Return all requirements of a version in the order of the catalogue, with their sections."""
    rows = WorkplaceRequirement.objects.filter(version=version).select_related("section")
    return list(rows.order_by("section__position", "item"))


def search_requirements(version: MethodologyVersion, text: str, *, limit: int = 12) -> Search:
    """Find requirements by code (`5A.B`, `5.A.B`, `5a`), by words of their titles, or by words much like those.

    A code in full gives the one requirement; a code that can be read in two ways gives both and says so.
    """
    rows = requirements_of(version)
    sections = {row.section.code: row.section.printed_code for row in rows}
    doubt = ""
    try:
        code = parse_code(text, sections)
    except CodeError as error:
        doubt = error.sentence if error.fault == CodeFault.AMBIGUOUS else ""
    else:
        exact = [row for row in rows if (row.section.code, row.item) == (code.section, code.item)]
        if exact:
            return Search(exact)
    return Search((_matching(rows, text) or _resembling(rows, text))[:limit], doubt)


def _matching(rows: list[WorkplaceRequirement], text: str) -> list[WorkplaceRequirement]:
    words = text.casefold().split()
    if not words:
        return []
    squeezed = "".join(words).replace(".", "").upper()
    by_code = [row for row in rows if (row.section.code + row.item).startswith(squeezed)]
    by_code.sort(key=lambda row: (row.section.code != squeezed, len(row.section.code)))
    by_words = [
        row
        for row in rows
        if row not in by_code and all(word in f"{row.title} {row.section.title}".casefold() for word in words)
    ]
    return by_code + by_words


def _resembling(rows: list[WorkplaceRequirement], text: str) -> list[WorkplaceRequirement]:
    """Return the rows in whose words every typed word is found but for a slip or two."""
    typed = [word for word in text.casefold().split() if len(word) > 3]
    if not typed:
        return []
    words = {row.pk: re.findall(r"\w+", f"{row.title} {row.section.title}".casefold()) for row in rows}
    known = sorted({word for own in words.values() for word in own})
    meant = [set(get_close_matches(word, known, n=6, cutoff=0.75)) for word in typed]
    return [row for row in rows if all(some & set(words[row.pk]) for some in meant)]


def terms(version: MethodologyVersion, raised_on: dt.date) -> list[Term]:
    """Return what each severity means by the version's closure policy, gravest first."""
    prefetch_related_objects([version], "closure_policies")  # once per version read, not once per question
    days = {policy.severity: policy for policy in version.closure_policies.all()}
    return [
        Term(
            severity,
            days[severity].days,
            raised_on + dt.timedelta(days=days[severity].days),
            days[severity].is_placeholder,
        )
        for severity in Finding.Severity.values
        if severity in days
    ]
