"""Two languages that nobody speaks, for finding what would go wrong in any other.

`en-xa` reads like English with accents, brackets and a third more length: what shows without brackets was never
given to gettext. `ar-xb` is written from right to left. Both are computed when they are asked for, from the words in
the source, so there is no catalogue to keep; production does not know them.
"""

import re

from django.utils.translation import trans_real

OPEN, CLOSE = "⟦", "⟧"
PLACEHOLDER = re.compile(
    r"(%\([^)]*\)[-#0 +]*\d*(?:\.\d+)?[sdf]|%[sd%]|\{[^{}]*\}|<[^>]*>|&#?\w+;|https?://\S+)"
)
ACCENTS = str.maketrans("aceginorsuyzACEGINORSUYZ", "áçéğîñöŕšüýžÁÇÉĞÎÑÖŔŠÜÝŽ")
CONTEXT = "\x04"


def pseudo(text: str) -> str:
    """Return `text` accented, bracketed and a third longer; placeholders and markup stay as they are."""
    said = text.rpartition(CONTEXT)[2]
    body = said.strip()
    if not body:
        return said
    before, after = said[: len(said) - len(said.lstrip())], said[len(said.rstrip()) :]
    parts = PLACEHOLDER.split(body)
    shown = "".join(part if place % 2 else part.translate(ACCENTS) for place, part in enumerate(parts))
    letters = sum(len(part) for part in parts[::2])
    return f"{before}{OPEN}{shown}{'·' * -(-letters * 3 // 10)}{CLOSE}{after}"


class PseudoTranslation(trans_real.DjangoTranslation):
    """Answers every message with its pseudo form, ours and those of the packages alike; reads no catalogue."""

    def __init__(self, language: str) -> None:
        self._code = language

    def language(self) -> str:
        """Return the language's code."""
        return self._code

    def to_language(self) -> str:
        """Return the language's code, as for `lang` in a page."""
        return self._code

    def gettext(self, message: str) -> str:
        """Return the pseudo form of one message."""
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the pseudo form of the fitting one of two messages."""
        return pseudo(msgid1 if n == 1 else msgid2)


def install(*codes: str) -> None:
    """Make the languages `codes` speak pseudo; safe to call again."""
    spoken: dict[str, trans_real.DjangoTranslation] = vars(trans_real)["_translations"]
    for code in codes:
        if not isinstance(spoken.get(code), PseudoTranslation):
            spoken[code] = PseudoTranslation(code)
