"""Reading the code of a workplace requirement as people print it.

A requirement has a section code and an item letter. `1.A` is item A of section 1 while `1A` is a section; `5A.B`
and `5.A.B` are the same item of section 5A; a bare `5.A` can be item A of section 5 or section 5A itself, which
is printed that way as well, so it is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_SHAPE = re.compile(r"[0-9A-Z]{1,6}(\.[0-9A-Z]{1,4}){0,2}")


class CodeFault(StrEnum):
    """Why a code cannot be read; stable, for programs."""

    UNREADABLE = "unreadable"
    UNKNOWN_SECTION = "unknown-section"
    SECTION_ONLY = "section-only"
    AMBIGUOUS = "ambiguous"


SENTENCES: dict[CodeFault, str | Promise] = {
    CodeFault.UNREADABLE: _(
        "“%(code)s” is not a requirement code. Write section and item, for example 5A.B."
    ),
    CodeFault.UNKNOWN_SECTION: _("“%(code)s” names no section of this methodology version."),
    CodeFault.SECTION_ONLY: _(
        "“%(code)s” is a whole section. Add the letter of the item, for example %(code)s.A."
    ),
    CodeFault.AMBIGUOUS: _(
        "“%(code)s” can mean an item of section %(section)s or the section %(other)s. "
        "Write the item in full, for example %(other)s.A."
    ),
}


class CodeError(ValueError):
    """A code that cannot be read, or can be read in two ways."""

    def __init__(self, fault: CodeFault, **words: str) -> None:
        super().__init__(fault.value)
        self.fault, self._words = fault, words

    @property
    def sentence(self) -> str:
        """What is wrong, in the language in force."""
        return str(SENTENCES[self.fault]) % self._words


@dataclass(frozen=True, slots=True)
class RequirementCode:
    """Section and item, apart."""

    section: str
    item: str

    def __str__(self) -> str:
        return f"{self.section}.{self.item}"


def parse_code(text: str, sections: Mapping[str, str]) -> RequirementCode:
    """Return section and item of a printed code.

    Args:
        text: as printed; case, blanks and a final full stop do not matter.
        sections: the section codes of the version, each with the code as printed if that differs, else "";
            `{"5": "", "5A": "5.A"}`.

    Raises:
        CodeError: unreadable, no such section, a section without an item, or two readings.
    """
    code = re.sub(r"\s", "", text).upper().removesuffix(".")
    if not _SHAPE.fullmatch(code):
        raise CodeError(CodeFault.UNREADABLE, code=text.strip()[:40])
    parts = code.split(".")
    if len(parts) == 1:
        fault = CodeFault.SECTION_ONLY if code in sections else CodeFault.UNKNOWN_SECTION
        raise CodeError(fault, code=code)
    if len(parts) == 3:
        return _item(parts[0] + parts[1], parts[2], code, sections)
    for section, printed in sections.items():
        if printed == code and section != code and parts[0] in sections:
            raise CodeError(CodeFault.AMBIGUOUS, code=code, section=parts[0], other=section)
    if parts[0] not in sections and "".join(parts) in sections:
        raise CodeError(CodeFault.SECTION_ONLY, code="".join(parts))
    return _item(parts[0], parts[1], code, sections)


def _item(section: str, item: str, code: str, sections: Mapping[str, str]) -> RequirementCode:
    if section not in sections:
        raise CodeError(CodeFault.UNKNOWN_SECTION, code=code)
    if not item.isalpha():
        raise CodeError(CodeFault.UNREADABLE, code=code)
    return RequirementCode(section, item)
