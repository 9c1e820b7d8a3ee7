"""Questions about what is known of purchasing categories, in the reader's language."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from sourcing.definitions.categories import Category, categories

AS_THEY_ARE = frozenset({"key", "version", "as_of", "level", "url", "sectors"})


def known_categories() -> list[Category]:
    """Return every category in order, in the reader's language."""
    return [_in_words(one) for one in categories().values()]


def category_named(key: str) -> Category | None:
    """Return a category by its key, in the reader's language; None for a key that no file has."""
    found = categories().get(key)
    return _in_words(found) if found else None


def categories_for(sectors: Iterable[str]) -> list[Category]:
    """Return the categories that sites of these sectors belong to, in order.

    Args:
        sectors: as suppliers wrote them. A category is recognised by the beginning of a word or of a name in them.
    """
    texts = [f" {sector.casefold()}" for sector in sectors]
    return [
        _in_words(one)
        for one in categories().values()
        if any(f" {word}" in text for word in one.sectors for text in texts)
    ]


def _in_words(thing: Any) -> Any:
    """Return a thing of a data file with each of its texts in the reader's language."""
    names = [one.name for one in fields(thing) if one.name not in AS_THEY_ARE]
    return replace(thing, **{name: _said(getattr(thing, name)) for name in names})


def _said(value: Any) -> Any:
    if isinstance(value, str):
        return _(value) if value else value
    if isinstance(value, tuple):
        return tuple(_said(one) for one in value)
    return _in_words(value) if is_dataclass(value) else value
