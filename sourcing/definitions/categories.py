"""Purchasing categories: what usually goes wrong there, what helps, and where that is known from.

One data file for each category in the folder beside this module, checked against `schema.json`; the sources that they
name stand together in `sources.yaml`. A change of what a file says is a new version of it.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator

from sourcing.definitions.placed import DataFileError, Placed, Where, Wrong, read_placed

FOLDER = Path(__file__).parent / "categories"
SOURCES = "sources.yaml"
LEVELS = ("site", "project", "country")


@dataclass(frozen=True, slots=True)
class Source:
    """A public work that something is known from; `url` is empty where no address is certain."""

    key: str
    title: str
    publisher: str
    year: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing said, in a title and a few sentences, with where it is known from.

    Args:
        level: of a risk: where it lies, one of `LEVELS`; empty otherwise.
        is_invented: of a story: made up to show how something can go, about no real workplace.
    """

    title: str
    text: str
    sources: tuple[Source, ...] = ()
    level: str = ""
    is_invented: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A label, licence or certificate: who gives it by which document, what it covers and what it does not.

    `year` of the document and `url` of its owner stand there only where they are certain.
    """

    name: str
    owner: str
    standard: str
    covers: str
    leaves_out: str
    year: int | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    """What is known about one purchasing category.

    Args:
        key: in the address, and the tag of events about it. as_of: year and month of the state of knowledge.
        sectors: beginnings of words by which a site's sector is recognised, in small letters.
    """

    key: str
    version: str
    as_of: str
    position: int
    title: str
    about: str
    sectors: tuple[str, ...]
    risks: tuple[Point, ...]
    contract: tuple[Point, ...]
    stories: tuple[Point, ...]
    labels: tuple[Label, ...]
    dos: tuple[str, ...]
    donts: tuple[str, ...]

    @property
    def sources(self) -> list[Source]:
        """Everything it names, each once, by publisher and year."""
        named = {
            one.key: one for point in (*self.risks, *self.contract, *self.stories) for one in point.sources
        }
        return sorted(named.values(), key=lambda one: (one.publisher, one.year, one.title))

    @property
    def label(self) -> str:
        """Its title in the reader's language."""
        return _(self.title)


@cache
def categories() -> dict[str, Category]:
    """Return every category by its key, in order; read once per process.

    Raises:
        DataFileError: naming file, line and field of everything that is wrong.
    """
    return read_folder(FOLDER)


def read_folder(folder: Path) -> dict[str, Category]:
    """Return the categories of a folder. Raises as `categories`."""
    schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    sources = _sources(read_placed(folder / SOURCES), schema)
    paths = [path for path in sorted(folder.glob("*.yaml")) if path.name != SOURCES]
    found = [_category(read_placed(path), schema, sources) for path in paths]
    unused = set(sources) - {one.key for category in found for one in category.sources}
    if unused:
        placed = read_placed(folder / SOURCES)
        numbers = {one["key"]: number for number, one in enumerate(placed.data)}
        placed.refuse([((numbers[key],), "is named by no category") for key in unused])
    return {one.key: one for one in sorted(found, key=lambda one: (one.position, one.key))}


def _sources(placed: Placed, schema: dict[str, Any]) -> dict[str, Source]:
    placed.refuse(list(_shape(placed, schema | schema["$defs"]["sources"])))
    keys = [one["key"] for one in placed.data]
    placed.refuse([((number,), "stands twice") for number, key in enumerate(keys) if key in keys[:number]])
    return {one["key"]: Source(**one) for one in placed.data}


def _category(placed: Placed, schema: dict[str, Any], sources: dict[str, Source]) -> Category:
    placed.refuse(list(_shape(placed, schema)))
    placed.refuse(list(_meaning(placed, sources)))
    data = placed.data
    points = {part: tuple(_points(data[part], sources)) for part in ("risks", "contract", "stories")}
    lists = {part: tuple(data[part]) for part in ("sectors", "dos", "donts")}
    labels = tuple(Label(**one) for one in data["labels"])
    return Category(**(data | points | lists | {"labels": labels}))


def _points(rows: Iterable[dict[str, Any]], sources: dict[str, Source]) -> Iterator[Point]:
    for row in rows:
        yield Point(**(row | {"sources": tuple(sources[key] for key in row.get("sources", ()))}))


def _shape(placed: Placed, schema: dict[str, Any]) -> Iterator[Wrong]:
    for error in Draft202012Validator(schema).iter_errors(placed.data):
        yield tuple(error.absolute_path), error.message


def _meaning(placed: Placed, sources: dict[str, Source]) -> Iterator[Wrong]:
    """Find what a schema cannot: names that lead nowhere, and what has no ground."""
    data = placed.data
    if data["key"] != placed.name.removesuffix(".yaml"):
        yield ("key",), "is not the name of the file"
    for level in LEVELS:
        if not any(risk["level"] == level for risk in data["risks"]):
            yield ("risks",), f"names no risk at the level “{level}”"
    for part in ("risks", "contract", "stories"):
        for number, row in enumerate(data[part]):
            where: Where = (part, number)
            for place, key in enumerate(row.get("sources", ())):
                if key not in sources:
                    yield (*where, "sources", place), f"is not in {SOURCES}"
            if part == "stories" and bool(row.get("is_invented")) == bool(row.get("sources")):
                yield where, "is either invented or has a source"


__all__ = ["LEVELS", "Category", "DataFileError", "Label", "Point", "Source", "categories", "read_folder"]
