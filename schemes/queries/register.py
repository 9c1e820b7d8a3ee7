"""The public register: members who consent, as everybody may read them."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, F, Func, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Coalesce

from ledger.refusals import NotVisible
from schemes.models import RegisterEntry, Scheme
from schemes.models.definition import Subject

MOST_WORDS = 10


def scheme_with_register(key: str) -> Scheme:
    """Return a scheme that organisations are members of.

    Raises:
        NotVisible: there is none, or it is not public.
    """
    rows = Scheme.objects.visible_to(None).filter(subject=Subject.ORGANISATION)
    found = None if "\0" in key else rows.filter(key=key).select_related(None).first()
    if found is None:
        raise NotVisible
    return found


def schemes_with_registers() -> QuerySet[Scheme]:
    """Return the public schemes that organisations are members of, with how many stand in the register."""
    rows: Any = Scheme.objects.visible_to(None).filter(subject=Subject.ORGANISATION)
    entries = RegisterEntry.objects.visible_to(None).filter(scheme=OuterRef("pk")).order_by()
    number = Subquery(entries.values("scheme").annotate(n=Count("pk")).values("n"))
    found: QuerySet[Scheme] = rows.annotate(registered=Coalesce(number, 0))
    return found


def register_of(
    scheme: Scheme, *, words: str = "", country: str = "", level: str = ""
) -> QuerySet[RegisterEntry]:
    """Return the entries of a scheme's register that fit.

    Args:
        words: each has to stand in the name, in any order; letters count alike however a keyboard writes them (wide or
            narrow, accents apart or in one), and capitals as small ones.
        country: two letters. level: key of a level.
    """
    rows: Any = RegisterEntry.objects.visible_to(None).filter(scheme=scheme)
    if country:
        rows = rows.filter(country=country)
    if level:
        rows = rows.filter(level=level)
    asked = unicodedata.normalize("NFKC", words.replace("\0", "")).split()[:MOST_WORDS]
    if asked:
        rows = rows.annotate(spelling=_Spelling(F("name")))
    for word in asked:
        rows = rows.filter(spelling__icontains=word)
    found: QuerySet[RegisterEntry] = rows
    return found


def countries_in(scheme: Scheme) -> list[str]:
    """Return the countries that the register names."""
    rows = RegisterEntry.objects.visible_to(None).filter(scheme=scheme).exclude(country="")
    return list(rows.order_by("country").values_list("country", flat=True).distinct())


def levels_in(scheme: Scheme) -> list[tuple[str, str]]:
    """Return key and title of the levels that the register names, highest first."""
    rows = RegisterEntry.objects.visible_to(None).filter(scheme=scheme)
    found = rows.order_by("-level_rank", "level").values_list("level", "level_title", "level_rank").distinct()
    return list({key: title for key, title, _rank in found}.items())


REGISTER_COLUMNS = (
    "name",
    "country",
    "level",
    "level_title",
    "since_on",
    "joined_on",
    "history",
)


def public_row(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the register says of a member: the same words on the page, in the table and over the API.

    Args:
        entry: the values of `REGISTER_COLUMNS`.
    """
    return {
        "name": entry["name"],
        "country": entry["country"],
        "level": entry["level"],
        "level_title": entry["level_title"],
        "since": entry["since_on"],
        "member_since": entry["joined_on"],
        "history": [
            {"level": one["level"], "title": one["title"], "on": one["on"]} for one in entry["history"]
        ],
    }


class _Spelling(Func):
    """A text with every letter in its one form: `normalize(name, NFKC)`."""

    function = "normalize"
    template = "%(function)s(%(expressions)s, NFKC)"
    output_field = TextField()

    def __init__(self, expression: Any) -> None:
        super().__init__(expression)
