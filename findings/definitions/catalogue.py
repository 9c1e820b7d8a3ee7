"""Reading a methodology file: every fault with file, line and field, and nothing half-read."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from findings.definitions import sheet
from findings.definitions.faults import DefinitionError, Fault, Where
from findings.definitions.indicators import INDICATORS

FOLDER = Path(__file__).parent
LARGEST = 2_000_000  # bytes; a methodology has a few hundred requirements


@dataclass(frozen=True, slots=True)
class Requirement:
    """One workplace requirement as the file has it."""

    item: str
    title: str
    is_car: bool = False
    car_source: str = ""
    ledger: str = ""
    indicators: list[str] = field(default_factory=list)
    sdg_targets: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Section:
    """One section with its requirements."""

    code: str
    title: str
    requirements: list[Requirement]
    printed_code: str = ""
    pillars: int | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """An element of management, or a grade for it."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Management:
    """How a version grades management: `assessment` is a value of `ManagementSystems`, the lowest grade first."""

    assessment: str
    elements: list[Named]
    grades: list[Named]


@dataclass(frozen=True, slots=True)
class Methodology:
    """One methodology version as its file has it; `closure_days` by severity, `review_window` as `ReviewPolicy`.

    A file of requirements alone (`is_partial`, a CSV) says nothing of closure, management, dates and notes: what is
    loaded already stays.
    """

    key: str
    name: str
    version: str
    sections: list[Section]
    closure_days: dict[str, int]
    closure_is_placeholder: bool
    live_from: dt.date | None = None
    has_observations: bool = False
    is_illustrative: bool = True
    source_note: str = ""
    management: Management | None = None
    review_window: dict[str, Any] | None = None
    is_partial: bool = False


class _Loader(yaml.SafeLoader):
    """Safe YAML in which dates stay text, so that the schema judges what was written."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def shipped() -> list[Path]:
    """Return the files that come with the product."""
    return sorted(FOLDER.glob("*.yaml"))


def read(path: Path) -> Methodology:
    """Return the methodology version in a YAML or CSV file.

    Raises:
        DefinitionError: the file is not in shape, repeats a code, or names an indicator that there is not; each
            fault says file, line and field.
        OSError: there is no such file.
    """
    if path.stat().st_size > LARGEST:
        raise DefinitionError([Fault(path.name, 1, "file", "larger than 2 MB")])
    return read_bytes(path.name, path.read_bytes())


def read_bytes(name: str, content: bytes) -> Methodology:
    """Return the methodology version in the content of a file; its name says how to read it.

    Raises:
        DefinitionError: as for `read`.
    """
    if len(content) > LARGEST:
        raise DefinitionError([Fault(name, 1, "file", "larger than 2 MB")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DefinitionError([Fault(name, 1, "file", "is not UTF-8")]) from error
    is_partial = name.lower().endswith(".csv")
    if is_partial:
        data, lines = sheet.parse(name, text)
        repeats: list[tuple[Where, str]] = []
    else:
        node, data = _parse(name, text)
        lines = dict(_lines(node, ())) if node is not None else {}
        repeats = list(_repeats(node))
    shape = [*_shape(data, is_partial=is_partial), *repeats]
    return _checked(name, data, lines, shape)


def _parse(name: str, text: str) -> tuple[yaml.Node | None, Any]:
    try:
        for token in yaml.scan(text, Loader=_Loader):
            if isinstance(token, yaml.AliasToken):  # a few of them can stand for millions of lines
                where = token.start_mark.line + 1
                raise DefinitionError([Fault(name, where, "file", "uses an alias (*); write it out")])
        return yaml.compose(text, Loader=_Loader), yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        said = f"is not YAML: {getattr(error, 'problem', error)}"
        raise DefinitionError([Fault(name, line, "file", said)]) from error
    except RecursionError as error:
        raise DefinitionError([Fault(name, 1, "file", "is nested too deeply")]) from error


def _checked(name: str, data: Any, lines: dict[Where, int], shape: list[tuple[Where, str]]) -> Methodology:
    faults = [
        Fault(name, _line(lines, where), _place(where), text)
        for where, text in sorted(shape, key=lambda fault: _line(lines, fault[0]))
    ]
    faults = faults or [
        Fault(name, _line(lines, where), _place(where), text) for where, text in _meaning(data)
    ]
    if faults:
        raise DefinitionError(faults)
    return _build(data)


def _shape(data: Any, *, is_partial: bool) -> Iterator[tuple[Where, str]]:
    schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    if is_partial:
        schema["required"].remove("closure_policy")
    for error in Draft202012Validator(schema).iter_errors(data):
        yield tuple(error.absolute_path), error.message


def _repeats(node: yaml.Node | None, where: Where = ()) -> Iterator[tuple[Where, str]]:
    """Find keys that stand twice in one mapping: YAML would silently keep the last."""
    if isinstance(node, yaml.MappingNode):
        for key, count in Counter(str(key.value) for key, _ in node.value).items():
            if count > 1:
                yield (*where, key), "stands here twice"
        for key, value in node.value:
            yield from _repeats(value, (*where, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _repeats(value, (*where, number))


def _meaning(data: dict[str, Any]) -> Iterator[tuple[Where, str]]:
    """Find what a schema cannot say: repeated codes, unknown indicators, impossible dates."""
    try:
        dt.date.fromisoformat(data.get("live_from", "2000-01-01"))
    except ValueError:
        yield ("live_from",), f"{data['live_from']!r} is not a date"
    for part in ("elements", "grades"):
        keys = [one["key"] for one in data.get("management_systems", {}).get(part, [])]
        for at, key in enumerate(keys):
            if keys.index(key) != at:
                yield ("management_systems", part, at, "key"), f"{key!r} is here already"
    window = data.get("review_window")
    if window and not window["least"] <= window["days"] <= window["most"]:
        yield ("review_window", "days"), f"{window['days']} is not from {window['least']} to {window['most']}"
    sections = [one["code"] for one in data["sections"]]
    for at, section in enumerate(data["sections"]):
        if sections.index(section["code"]) != at:
            yield ("sections", at, "code"), f"section {section['code']} is here already"
        items = [one["item"] for one in section["requirements"]]
        for number, requirement in enumerate(section["requirements"]):
            where: Where = ("sections", at, "requirements", number)
            if items.index(requirement["item"]) != number:
                yield (*where, "item"), f"{section['code']}.{requirement['item']} is here already"
            for indicator in requirement.get("indicators", []):
                if indicator.partition(":")[0] not in INDICATORS:
                    yield (*where, "indicators"), f"{indicator!r} is none of the ILO indicators"


def _lines(node: yaml.Node, where: Where) -> Iterator[tuple[Where, int]]:
    yield where, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*where, str(key.value))
            yield from _lines(value, inner)
            yield inner, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _lines(value, (*where, number))


def _line(lines: dict[Where, int], where: Where) -> int:
    """Return the line of a place, or of the nearest place around it."""
    while where not in lines and where:
        where = where[:-1]
    return lines.get(where, 1)


def _place(where: Where) -> str:
    return ".".join(str(part) for part in where) or "file"


def _build(data: dict[str, Any]) -> Methodology:
    is_partial = "closure_policy" not in data
    policy = dict(data.get("closure_policy", {}))
    is_placeholder = policy.pop("is_placeholder", True)
    live_from, management = data.get("live_from"), data.get("management_systems")
    return Methodology(
        key=data["key"],
        name=data["name"],
        version=data["version"],
        live_from=dt.date.fromisoformat(live_from) if live_from else None,
        has_observations=data.get("has_observations", False),
        is_illustrative=data.get("is_illustrative", True),
        source_note=data.get("source_note", ""),
        closure_days=policy,
        closure_is_placeholder=is_placeholder,
        management=_management(management) if management else None,
        review_window=data.get("review_window"),
        is_partial=is_partial,
        sections=[
            Section(
                code=section["code"],
                title=section["title"],
                printed_code=section.get("printed_code", ""),
                pillars=section.get("pillars"),
                requirements=[Requirement(**one) for one in section["requirements"]],
            )
            for section in data["sections"]
        ],
    )


def _management(data: dict[str, Any]) -> Management:
    return Management(
        assessment=data["assessment"],
        elements=[Named(**one) for one in data["elements"]],
        grades=[Named(**one) for one in data["grades"]],
    )
