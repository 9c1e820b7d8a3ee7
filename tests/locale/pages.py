"""Reading a page as its reader does: what is visible, and what of it gettext never saw."""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pycountry
from django.conf import settings

from config.pseudo import CLOSE, OPEN
from tests.matrices.canaries import WORD
from web.languages import name_of

SPOKEN = ("aria-label", "title", "placeholder", "alt", "content", "data-label", "data-confirm", "label")
BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "head",
        "header",
        "hr",
        "html",
        "label",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    }
)
# Keys are named as keyboards name them.
UNSEEN = frozenset({"script", "style", "template", "code", "pre", "svg", "kbd"})
# Names that are the same in every language, and values that people typed or the world was built with.
NAMES = [
    settings.PRODUCT_NAME,
    *(str(label) for _code, label in settings.LANGUAGES),
    *(name_of(code) for code in settings.WRITING_LANGUAGES),
    "Bengali",
    "English",
    "Invented 1.0",
    "Invented",
    "APSCA",
    "CSV",
    "JSON",
    "XLSX",
    "PDF",
    "API",
    "UTC",
    "GMT",
    "TOTP",
    "Mill",
    "Authorization: Bearer",
    "Section 1A",
    "Section 3",
    "Section 5A",
    "London",
    # What the world's methodology calls its grades, and what its people typed into lists.
    "Not addressed",
    "Some",
    "Robust",
    "Boxes stood before the exit",
    "There is no other place for them",
    "Red",
    # The world's scheme, as its certificates keep it, and its levels.
    "Fair work",
    "Bronze",
    "Silver",
    "Gold",
]
# What a list's header may literally say, and what the world was built with: a title, a scheme's criteria and marks.
VERBATIM = frozenset(
    {
        *("name", "country", "address", "sector", "lat", "lng", "A plan"),
        *("Kind", "Title *", "What was found *", "Evidence seen", "Local law", "Workers affected", "Extent"),
        *(f"What criterion {number} asks." for number in (1, 2, 3)),
        "2 · Most",
        "body",  # who gave a certificate
    }
)
COUNTRIES = {one.name for one in pycountry.countries} | {
    one.common_name for one in pycountry.countries if hasattr(one, "common_name")
}
TECHNICAL = re.compile(
    r"[\w.+-]+@[\w.-]+|https?://\S+|/[\w/.-]+/|\b[\w-]+\.(?:txt|csv|xlsx|pdf)\b"  # addresses, files
    r"|\([A-Z]{2}\)"  # countries, in brackets after a place
    r"|\b[A-Z][a-z]+/[A-Z][\w/+-]+"  # time zones
    r"|\b(?:\d[\d,.]*\s)?(?:USD|GBP)\b|\b[0-9a-f]{64}\b"  # amounts, checksums
    r"|(?-i:\bRA\b)"  # a grade of auditors; as a whole word, since codes may begin so
    r"|(?-i:\b[0-9A-Z]{4}(?: [0-9A-Z]{4}){4}\b)"  # a certificate's code, as printed
    r'|<a href="[^"\s]+"|<img src="[^"\s]+"|\b(?:alt|width|height)="'  # a badge for other pages; its words count
    r"|\bQZ\w*|\bct_\S+|\b\d+(?:\.\d+)?\s?(?:kB|MB|B)\b|\b[0-9A-Z]{8,12}\b|\b\d+[A-Z]?\.[A-Z]\b",
    re.IGNORECASE,
)
LETTERS = re.compile(r"[^\W\d_]{2,}")


# Lists of names that the world's registries keep; the countries' own names are translated with the first language.
REGISTERS = frozenset({"timezone", "zone", "country", "language", "currency"})


class Page(HTMLParser):
    """Collects texts outside of brackets; a message with markup inside spans several text nodes."""

    def __init__(self) -> None:
        super().__init__()
        self.bare: list[str] = []
        self._depth = 0
        self._hidden = 0
        self._in_register = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at spoken attributes, and begin anew at each block."""
        given = dict(attrs)
        if tag in UNSEEN:
            self._hidden += 1
        if tag == "select":
            self._in_register = (given.get("name") or "").rpartition("-")[2] in REGISTERS
        if tag in BLOCKS:
            self._depth = 0
        if self._in_register:
            return
        for name in SPOKEN:
            is_spoken = name != "content" or given.get("name") == "description"
            if (text := given.get(name)) and is_spoken:
                self.bare.extend(outside(text))
        if tag == "input" and given.get("type") in {"submit", "button", "reset"}:
            self.bare.extend(outside(given.get("value") or ""))

    def handle_endtag(self, tag: str) -> None:
        """Begin anew after each block."""
        if tag in UNSEEN:
            self._hidden = max(0, self._hidden - 1)
        if tag == "select":
            self._in_register = False
        if tag in BLOCKS:
            self._depth = 0

    def handle_data(self, data: str) -> None:
        """Keep what stands outside of brackets."""
        if self._hidden or self._in_register:
            return
        piece = ""
        for character in data:
            if character == OPEN:
                self._depth += 1
            elif character == CLOSE:
                self._depth = max(0, self._depth - 1)
                piece += " "
            elif self._depth == 0:
                piece += character
        self.bare.extend(_words(piece))


def outside(text: str) -> list[str]:
    """Return the words of one text that stand outside of brackets."""
    depth, kept = 0, ""
    for character in text:
        depth += (character == OPEN) - (character == CLOSE)
        kept += character if depth == 0 and character not in {OPEN, CLOSE} else ""
    return _words(kept)


def _words(text: str) -> list[str]:
    """Return what remains of a text without names, canaries and technical words, if it has letters."""
    rest = " ".join(text.replace("\u00ad", "").split())
    if rest in COUNTRIES | VERBATIM:
        return []
    for name in (*NAMES, *(one for one in COUNTRIES if one in rest)):
        rest = rest.replace(name, " ")
    rest = WORD.sub(" ", TECHNICAL.sub(" ", rest))
    return [" ".join(text.split())] if LETTERS.search(rest) else []


def untranslated(html: str) -> list[str]:
    """Return the texts of a page that were never given to gettext."""
    page = Page()
    page.feed(html)
    return page.bare


APPS = ("config", "documents", "findings", "forum", "ledger", "organisations", "schemes", "sourcing", "web")


@cache
def _sources() -> list[tuple[str, str]]:
    root = Path(settings.BASE_DIR)
    files = [
        *root.glob("templates/**/*.html"),
        *(path for app in APPS for path in root.glob(f"{app}/**/*.py")),
    ]
    return [(str(path.relative_to(root)), path.read_text(encoding="utf-8")) for path in sorted(files)]


def where_is(text: str) -> str:
    """Say in which source file a text stands, as well as can be told."""
    found = (name for name, source in _sources() if text[:60] in source)
    return next(found, "not in the source as it stands: a name, a choice or a part of a sentence?")
