"""Names of countries in the reader's language, from ISO 3166-1 as pycountry ships it."""

import gettext
from functools import cache

import pycountry
from django.utils.translation import get_language


def country_name(code: str) -> str:
    """Return the name of the country with the two letters `code`; the code itself when it is unknown."""
    return _names(_language()).get(code, code)


def _language() -> str:
    return (get_language() or "en").replace("-", "_")


@cache
def _names(language: str) -> dict[str, str]:
    words = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)
    return {
        country.alpha_2: words.gettext(getattr(country, "common_name", None) or country.name)
        for country in pycountry.countries
    }
