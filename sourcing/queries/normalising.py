"""Making spellings comparable: pure functions, each idempotent, that never see the database.

`tidy` is for keeping and showing; `normal_name` and `address_tokens` are only for comparing.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from sourcing.queries.countries import country_words

_DIGIT = re.compile(r"\d")
_NO_WORD = re.compile(
    r"[\x00-\x2f\x3a-\x60\x7b-\x7f\s]+"
)  # in small letters; beyond ASCII `_latin` sees to it
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What stands for "some character was lost here" in exported lists.
LOST = "\ufffd\u25a1\u25a0\u2610\u25af"
# Letters that keep their accent in a decomposition, signs with a meaning, and apostrophes of every kind.
LETTERS: dict[int, str | None] = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h", "\u0131": "i"}
    | {"&": " and ", "+": " and ", "@": " at "}
) | dict.fromkeys(map(ord, "'`\u00b4\u02bc\u2018\u2019"))

# Legal forms that say nothing about which place it is, wherever they stand in a name …
FORMS_ANYWHERE = _set_of(
    """ltd limited limted ltda co company corp corporation inc incorporated llc llp plc pvt private pte pty
    sdn bhd berhad gmbh srl sarl sas eirl lda kft doo sro jsc tbk sirketi and"""
)
# … and those that are words of their own elsewhere: only at the end, or only at the beginning.
FORMS_LAST = _set_of(
    "sa ag kg ab as aps bv nv oy spa sl slu lp cv rl de ev kk yk sti san tic ve cia cie group the"
)
FORMS_FIRST = _set_of("pt cv ud ms messrs the")

GENERIC_PLACES = _set_of(
    """no number road rd street st lane ln avenue ave block blk floor fl building bldg unit plot house
    vill village dist district city town county province state area zone industrial industry park estate
    development economic and the of de la p o box post code thana ps po sub near"""
)


def tidy(text: str) -> str:
    """Return `text` as it shall be kept: composed, on one line, without controls and marks of loss."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(" " if _is_blank(each) else each for each in composed if not _is_stray(each))
    return re.sub(r"(?:\s*[,;])+\s*$", "", " ".join(kept.split())).strip()


def strays_in(text: str) -> bool:
    """Tell whether `tidy` takes out more than spaces and stray ends: controls or marks of lost characters."""
    return any(_is_stray(each) or (_is_blank(each) and each not in " \t\r\n\xa0") for each in text)


def unmangled(text: str) -> str:
    """Return what `text` was before UTF-8 was read as Windows-1252, or "" when it does not look mangled.

    Only a hint for people: nothing is replaced by it.
    """
    if not re.search(r"[ÃÂâÅÄÐÑ][\u0080-\u00bf\u2013-\u2122\u0152-\u0192]", text):
        return ""
    try:
        mended = text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return ""
    return mended if mended != text else ""


@lru_cache(maxsize=200_000)
def normal_name(name: str) -> str:
    """Return a name without case, accents, punctuation and legal forms; words in their order.

    At least one word stays whatever the name is made of, so "Co. Ltd." is not the same as nothing.
    """
    words = _words(name)
    bare = [word for word in words if word not in FORMS_ANYWHERE] or words
    while len(bare) > 1 and bare[-1] in FORMS_LAST:
        bare.pop()
    while len(bare) > 1 and bare[0] in FORMS_FIRST:
        bare.pop(0)
    return " ".join(bare)[:200].strip()


def address_tokens(address: str, country: str = "") -> tuple[str, ...]:
    """Return the words of an address that say where it is, sorted: no country, generic word or repeat."""
    text = " ".join(_words(address))
    if country and (pattern := _country_pattern(country)):
        text = pattern.sub(" ", text)
    words = {word.lstrip("0") or "0" if word.isdigit() else word for word in text.split()}
    return tuple(sorted(words - GENERIC_PLACES))


@lru_cache(maxsize=512)
def _country_pattern(country: str) -> re.Pattern[str] | None:
    names = sorted((" ".join(_words(name)) for name in country_words(country)), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b") if names else None


def numbers_in(words: Iterable[str]) -> frozenset[str]:
    """Return the words with a digit: plot, floor and unit numbers, which tell neighbours apart."""
    return frozenset(word for word in words if _DIGIT.search(word))


def _words(text: str) -> list[str]:
    plain = text.lower() if text.isascii() else _latin(text)
    plain = plain.translate(LETTERS)
    # Initials with points are one word: "S.A." is "sa", "P.T." is "pt".
    if "." in plain:
        plain = _INITIALS.sub(lambda found: found[0].replace(".", "") + " ", plain)
    return _NO_WORD.sub(" ", plain).split()


def _latin(text: str) -> str:
    """Return `text` folded, without the accents of Latin, Greek and Cyrillic; marks of other scripts are letters."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = unicodedata.normalize("NFC", "".join(each for each in plain if not 0x0300 <= ord(each) <= 0x036F))
    return "".join(each if each.isalnum() or each == "." or _is_mark(each) else _kept(each) for each in bare)


def _kept(each: str) -> str:
    return each if ord(each) in LETTERS else " "


def _is_mark(each: str) -> bool:
    return unicodedata.category(each) in {"Mn", "Mc"}


def _is_blank(each: str) -> bool:
    return each.isspace() or unicodedata.category(each) in {"Zs", "Zl", "Zp"}


def _is_stray(each: str) -> bool:
    return each in LOST or (
        unicodedata.category(each) in {"Cc", "Cf", "Cs", "Co", "Cn"} and not each.isspace()
    )
