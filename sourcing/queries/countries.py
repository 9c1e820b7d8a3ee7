"""Which country a word means: ISO 3166-1 in many spellings, and suggestions for misspellings."""

import difflib
import gettext
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import pycountry

LANGUAGES = ("de", "es", "fr", "it", "nl", "pt", "tr", "zh_CN")
MOST_SUGGESTIONS = 3
LIKENESS = 0.7

# What lists call countries beyond the names in ISO 3166-1; keys as `_key` makes them.
OTHER_NAMES = {
    "america": "US",
    "bosnia": "BA",
    "britain": "GB",
    "brunei": "BN",
    "burma": "MM",
    "cape verde": "CV",
    "china mainland": "CN",
    "congo kinshasa": "CD",
    "czech republic": "CZ",
    "democratic republic of congo": "CD",
    "drc": "CD",
    "east timor": "TL",
    "england": "GB",
    "great britain": "GB",
    "holland": "NL",
    "hong kong sar": "HK",
    "hong kong china": "HK",
    "iran": "IR",
    "ivory coast": "CI",
    "korea": "KR",
    "korea republic": "KR",
    "korea rep": "KR",
    "korea south": "KR",
    "laos": "LA",
    "lao pdr": "LA",
    "macao sar": "MO",
    "macau": "MO",
    "macedonia": "MK",
    "mainland china": "CN",
    "moldova": "MD",
    "myanmar burma": "MM",
    "north korea": "KP",
    "northern ireland": "GB",
    "p r china": "CN",
    "peoples republic of china": "CN",
    "pr china": "CN",
    "prc": "CN",
    "republic of korea": "KR",
    "republic of turkey": "TR",
    "russia": "RU",
    "s korea": "KR",
    "scotland": "GB",
    "south korea": "KR",
    "swaziland": "SZ",
    "syria": "SY",
    "taiwan china": "TW",
    "taiwan roc": "TW",
    "tanzania": "TZ",
    "the netherlands": "NL",
    "the philippines": "PH",
    "turkey": "TR",
    "turkiye": "TR",
    "u a e": "AE",
    "u k": "GB",
    "u s": "US",
    "u s a": "US",
    "uae": "AE",
    "uk": "GB",
    "united states of america usa": "US",
    "venezuela": "VE",
    "viet nam": "VN",
    "vietnam": "VN",
    "wales": "GB",
}


@dataclass(frozen=True, slots=True)
class Found:
    """The country a word means, `""` when none does; then `suggestions` may hold near misses (codes)."""

    code: str
    suggestions: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def find_country(text: str) -> Found:
    """Return the two-letter code that `text` means, whatever its case, accents, language or form."""
    key = _key(text)
    if not key:
        return Found("")
    code = _names().get(key) or _names().get(key.removeprefix("the "))
    if code:
        return Found(code)
    near = difflib.get_close_matches(key, _english(), n=12, cutoff=LIKENESS) if len(key) > 3 else []
    codes = list(dict.fromkeys(_english()[each] for each in near))
    return Found("", tuple(codes[:MOST_SUGGESTIONS]))


@lru_cache(maxsize=512)
def country_words(code: str) -> frozenset[str]:
    """Return every one-word or longer spelling that means this country, for trimming it off addresses."""
    return frozenset(name for name, owner in _names().items() if owner == code and len(name) > 3)


@lru_cache(maxsize=1)
def _english() -> dict[str, str]:
    """Return every English spelling and code with its country's code."""
    known: dict[str, str] = {}
    for country in pycountry.countries:
        for field in ("alpha_2", "alpha_3", "name", "official_name", "common_name"):
            if name := getattr(country, field, ""):
                known.setdefault(_key(name), country.alpha_2)
    return known | OTHER_NAMES


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Return every known spelling with its code; one that means two countries in two languages is left out."""
    foreign: dict[str, set[str]] = {}
    for language in LANGUAGES:
        translated = gettext.translation(
            "iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True
        ).gettext
        for country in pycountry.countries:
            foreign.setdefault(_key(translated(country.name)), set()).add(country.alpha_2)
    clear = {name: next(iter(codes)) for name, codes in foreign.items() if name and len(codes) == 1}
    return clear | _english()


def _key(text: str) -> str:
    """Return `text` without case, accents, brackets, apostrophes and punctuation."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(each for each in plain if not unicodedata.combining(each))
    bare = re.sub("['`\u2019]", "", bare).replace("\u0131", "i")
    return " ".join(re.sub(r"[^\w]+|_", " ", bare).split())
