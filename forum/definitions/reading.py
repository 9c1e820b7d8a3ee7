"""Reading the file that the forum begins with; knows nothing of the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SHIPPED = Path(__file__).parent / "groups.yaml"
KINDS = ("topic", "national", "network")
ENTRIES = ("open", "request", "invitation")


class DefinitionError(ValueError):
    """The file says something that cannot be."""


@dataclass(frozen=True, slots=True)
class StageSaid:
    """One step of the cycle."""

    key: str
    title: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class GroupSaid:
    """One group, with its first charter."""

    key: str
    title: str
    summary: str
    purpose: str
    kind: str = "topic"
    stage: str = ""
    country: str = ""
    entry: str = "request"
    deliverables: tuple[str, ...] = ()
    sdg: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Beginning:
    """Everything that a file says."""

    language: str
    stages: tuple[StageSaid, ...]
    groups: tuple[GroupSaid, ...]
    notice: str


def read_beginning(path: Path = SHIPPED) -> Beginning:
    """Return what a file says.

    Raises: DefinitionError, with the place in the file; OSError.
    """
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as fault:
        raise DefinitionError(f"{path.name}: {fault}") from fault
    if not isinstance(said, dict):
        raise DefinitionError(f"{path.name}: write stages, groups and a notice.")
    stages = tuple(_made(StageSaid, one, f"{path.name}: stages") for one in said.get("stages", []))
    groups = tuple(_group(one, path.name, {one.key for one in stages}) for one in said.get("groups", []))
    for what, keys in (("stage", [one.key for one in stages]), ("group", [one.key for one in groups])):
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise DefinitionError(f"{path.name}: the {what} {', '.join(twice)} stands there twice.")
    return Beginning(str(said.get("language", "")), stages, groups, str(said.get("notice", "")).strip())


def _group(said: Any, file: str, stages: set[str]) -> GroupSaid:
    found: GroupSaid = _made(GroupSaid, said, f"{file}: groups")
    where = f"{file}: group {found.key}"
    if found.kind not in KINDS or found.entry not in ENTRIES:
        raise DefinitionError(
            f"{where}: kind is one of {', '.join(KINDS)}, entry one of {', '.join(ENTRIES)}."
        )
    if (found.kind == "topic") != bool(found.stage) or (found.stage and found.stage not in stages):
        raise DefinitionError(f"{where}: a topic names one of the stages; others name none.")
    if (found.kind == "national") != bool(found.country):
        raise DefinitionError(f"{where}: a national group names its country; others name none.")
    return found


def _made(shape: Any, said: Any, where: str) -> Any:
    if not isinstance(said, Mapping):
        raise DefinitionError(f"{where}: each is a list of names and values.")
    values = {str(k): tuple(map(str, v)) if isinstance(v, list) else str(v) for k, v in said.items()}
    try:
        return shape(**values)
    except TypeError as fault:
        raise DefinitionError(f"{where}, {said.get('key', '?')}: {fault}".split("__init__() ")[-1]) from fault
