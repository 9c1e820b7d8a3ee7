"""What a schema cannot say about an edition: names that stand twice, and names that stand for nothing."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from schemes.definitions.faults import Where
from sourcing.definitions.kinds import kinds

RESERVED = ("load", "editions")  # keys that would stand where a page of ours stands
Found = Iterator[tuple[Where, str]]


def meaning(data: dict[str, Any]) -> Found:
    """Yield each place where a file that is in shape contradicts itself, and how."""
    if data["scheme"]["key"] in RESERVED:
        yield ("scheme", "key"), _("is a word that the platform uses itself")
    levels = [one["key"] for one in data.get("levels", [])]
    values = [one["key"] for one in data.get("scale", {}).get("values", [])]
    groups = [one["key"] for one in data.get("groups", [])]
    for part, keys in (
        (("levels",), levels),
        (("scale", "values"), values),
        (("groups",), groups),
        (("criteria",), [one["key"] for one in data["criteria"]]),
    ):
        yield from _twice(part, keys)
    for number, level in enumerate(data.get("levels", [])):
        yield from _rung(("levels", number), level, levels)
    proof = data.get("scale", {}).get("proof_from")
    if proof is not None:
        yield from _named(("scale", "proof_from"), proof, values)
    for number, criterion in enumerate(data["criteria"]):
        yield from _criterion(("criteria", number), criterion, levels or values, groups)


def _twice(part: Where, keys: list[str]) -> Found:
    for number, key in enumerate(keys):
        if keys.index(key) != number:
            yield (*part, number, "key"), _("“%(key)s” is here already") % {"key": key}


def _rung(where: Where, level: dict[str, Any], levels: list[str]) -> Found:
    if "all_at" in level:
        yield from _named((*where, "all_at"), level["all_at"], levels)
    if "share" in level:
        yield from _named((*where, "share", "at"), level["share"]["at"], levels)
    months = level.get("rest", {}).get("months", [])
    if months != sorted(months):
        yield (*where, "rest", "months"), _("begins with the longer of the two")


def _criterion(where: Where, criterion: dict[str, Any], steps: list[str], groups: list[str]) -> Found:
    if "group" in criterion:
        yield from _named((*where, "group"), criterion["group"], groups)
    elif groups:
        yield where, _("“group” is missing")
    for step in criterion.get("guidance", {}):
        yield from _named((*where, "guidance", step), step, steps)
    for number, kind in enumerate(criterion.get("evidence", [])):
        yield from _named((*where, "evidence", number), kind, kinds())


def _named(where: Where, name: str, known: Iterable[str]) -> Found:
    if name not in known:
        said = {"name": name, "known": ", ".join(known) or "–"}
        yield where, _("“%(name)s” is none of: %(known)s") % said
