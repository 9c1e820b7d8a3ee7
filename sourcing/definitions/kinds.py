"""Kinds of evidence, read from the data files beside this module: each with its checklist of what makes it trustworthy.

A file says which version of its questions it holds. Answers are kept with that version, so a later change of the
questions never changes what somebody said.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator

FOLDER = Path(__file__).parent / "evidence"


class KindError(ValueError):
    """A data file that cannot be used, with what is wrong in it."""


@dataclass(frozen=True, slots=True)
class Check:
    """One question about a piece of evidence, to be answered yes, no or not known, and why it matters."""

    key: str
    ask: str
    why: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of evidence.

    Args:
        key: what stands in `Evidence.kind`. version: of its questions. position: its place in lists.
        usual_months: how long such a piece usually counts; 0 when nothing usual can be said.
        often_shows_workers: whether it tends to hold personal data of workers.
    """

    key: str
    version: str
    position: int
    title: str
    about: str
    usual_months: int
    often_shows_workers: bool
    checks: tuple[Check, ...]

    @property
    def label(self) -> str:
        """Its title in the reader's language."""
        return _(self.title)

    @property
    def meaning(self) -> str:
        """What belongs to it, in the reader's language."""
        return _(self.about)


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind by its key, in order; read once per process.

    Raises:
        KindError: naming the file and what is wrong with it.
    """
    schema = Draft202012Validator(json.loads((FOLDER / "schema.json").read_text(encoding="utf-8")))
    found = [read(path, schema) for path in sorted(FOLDER.glob("*.yaml"))]
    return {kind.key: kind for kind in sorted(found, key=lambda kind: (kind.position, kind.key))}


def read(path: Path, schema: Any) -> Kind:
    """Return the kind that a file describes, or say what is wrong with it."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    for error in schema.iter_errors(data):
        place = ".".join(str(part) for part in error.absolute_path) or "file"
        raise KindError(f"{path.name}: {place}: {error.message}")
    keys = [one["key"] for one in data["checks"]]
    if data["key"] != path.stem or len(set(keys)) != len(keys):
        raise KindError(f"{path.name}: the file is named by its key, and no question stands twice")
    return Kind(**(data | {"checks": tuple(Check(**one) for one in data["checks"])}))


def title_of(key: str) -> str:
    """Return what a kind is called in the reader's language; one that no file describes is named by its key."""
    kind = kinds().get(key)
    return kind.label if kind else key.replace("_", " ").capitalize()
