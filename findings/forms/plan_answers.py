"""Short answers as people write them in a file, in many languages, digits and orders: yes, a month, a day."""

import re
import unicodedata
from datetime import date
from functools import cache

from django.conf import settings
from django.utils import dates
from django.utils.translation import gettext, override

from findings.models import ActionPlan
from web.languages import name_of

YES = (
    "yes y x ✓ ✔ ☑ ☒ true 1 ja oui sí si sim da ya có ndiyo evet opo tak"
    " 是 はい 예 네 ใช่ হ্যাঁ हाँ हां نعم ہاں بله"
)
NO = (
    "no n - – — ☐ false 0 nein non não nee nu tidak không hapana hayır hindi nie"
    " 否 不 いいえ 아니요 ไม่ না नहीं لا نہیں نه"
)
DASHES = re.compile(r"[\u2010-\u2015\u2212]")
MONTH_FORMS = (
    re.compile(r"(?P<y>\d{4})\s*[-/.]\s*(?P<m>\d{1,2})(\s*[-/.]\s*\d{1,2})?([T ]00:00(:00)?)?"),
    re.compile(r"(?P<m>\d{1,2})\s*[-/.]\s*(?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月"),
)
DAY_FORMS = (
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})([T ]00:00(:00)?)?"),
    re.compile(r"(?P<d>\d{1,2})\.\s*(?P<m>\d{1,2})\.\s*(?P<y>\d{4})"),
)
NAMED_MONTH = re.compile(r"(?P<name>[^\d,]+?)[\s,]*(?:de\s+|del\s+)?(?P<y>\d{4})")
BUDDHIST_FROM, BUDDHIST = 2400, 543


def yes_or_no(said: str) -> bool | None:
    """Return what an answer means; an empty one is no, and one that is neither is None."""
    word = said.strip().strip(".!").casefold()
    if not word or word in NO.split() or word in _spoken("No"):
        return False
    return True if word in YES.split() or word in _spoken("Yes") else None


def month_in(said: str) -> str | None:
    """Return a month as 2027-03, whatever way it is written; None for what is no month."""
    text = _plain(said)
    for form in MONTH_FORMS:
        if match := form.fullmatch(text):
            return _month(int(match["y"]), int(match["m"]))
    if match := NAMED_MONTH.fullmatch(text):
        number = _names().get(match["name"].strip(" .").casefold())
        return _month(int(match["y"]), number) if number else None
    return None


def day_in(said: str) -> str | None:
    """Return a day as 2027-03-31; None for what is no day, or one that could be read in two ways."""
    for form in DAY_FORMS:
        if match := form.fullmatch(_plain(said)):
            try:
                return date(_year(int(match["y"])), int(match["m"]), int(match["d"])).isoformat()
            except ValueError:
                return None
    return None


def rhythm_in(said: str) -> str | None:
    """Return how often is reported, as the form's value; None for what is none of the four."""
    word = _plain(said).casefold()
    for key, label in ActionPlan.Rhythm.choices:
        if word == str(key) or word in _spoken(str(label)) or word == str(label).casefold():
            return str(key)
    return None


def language_in(said: str) -> str | None:
    """Return a language's code; empty when none is said, None when it is not one that people write in here."""
    word = _plain(said).casefold()
    if not word:
        return ""
    first = re.split(r"\s", word, maxsplit=1)[0]
    if first in settings.WRITING_LANGUAGES:
        return str(first)
    return next((one for one in settings.WRITING_LANGUAGES if _plain(name_of(one)).casefold() == word), None)


def _plain(said: str) -> str:
    """Return a text on one line, with the digits and dashes of a keyboard and none of the marks of direction."""
    kept = (each for each in unicodedata.normalize("NFKC", said) if unicodedata.category(each) != "Cf")
    text = "".join(str(unicodedata.decimal(each, each)) for each in kept)
    return " ".join(DASHES.sub("-", text).split())


def _month(year: int, month: int) -> str | None:
    return f"{_year(year):04}-{month:02}" if 1 <= month <= 12 and _year(year) >= 1900 else None


def _year(year: int) -> int:
    return year - BUDDHIST if year > BUDDHIST_FROM else year


def _spoken(word: str) -> set[str]:
    """Return a word of ours in each language that our pages speak."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.add(gettext(word).casefold())
    return found


@cache
def _names() -> dict[str, int]:
    """Return the names of months, long and short, in every language that people write in here."""
    found: dict[str, int] = {}
    for code in settings.WRITING_LANGUAGES:
        with override(code):
            for table in (dates.MONTHS, dates.MONTHS_3, dates.MONTHS_AP, dates.MONTHS_ALT):
                for number, name in table.items():
                    found.setdefault(str(name).strip(" .").casefold(), number)
    return found
