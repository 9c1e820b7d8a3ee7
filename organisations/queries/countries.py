"""Countries by their two-letter codes, in the reader's language."""

import gettext as gettext_files
from functools import lru_cache

import pycountry
from django.utils.translation import get_language


@lru_cache(maxsize=64)
def _names(language: str) -> dict[str, str]:
    """Return the names of all countries in `language`; English where a language has none."""
    wanted = [language.replace("-", "_"), language.partition("-")[0]]
    words = gettext_files.translation("iso3166-1", pycountry.LOCALES_DIR, languages=wanted, fallback=True)
    found = {
        country.alpha_2: words.gettext(getattr(country, "common_name", country.name))
        for country in pycountry.countries
    }
    return dict(sorted(found.items(), key=lambda item: item[1]))


def country_names() -> dict[str, str]:
    """Return code → name of every country, by name, in the language in force."""
    return _names(get_language() or "en")


def country_name(code: str) -> str:
    """Return the country's name in the language in force, or the code itself when it is unknown."""
    return country_names().get(code.upper(), code)
