"""Reading an edition's file: every fault with file, line and field, and nothing half-read.

The text comes from a scheme body, so it is read with suspicion: no larger than `LARGEST`, no aliases (a few of them can
stand for millions of lines), no tags, no key twice, nothing that cannot be kept.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator

from schemes.definitions.edition import EditionData
from schemes.definitions.faults import DefinitionError, Fault, Where
from schemes.definitions.meaning import meaning
from schemes.definitions.shape import shape

FOLDER = Path(__file__).parent
LARGEST = 250_000  # bytes; the largest edition that comes with the product has a tenth of it
MOST_TOKENS = 40_000  # of YAML; the largest has a twentieth of them
DEEPEST = 40  # brackets within brackets
MOST_FAULTS = 200


@dataclass(frozen=True, slots=True)
class Read:
    """An edition as its file says it, with the text that was read and the text's SHA-256."""

    edition: EditionData
    data: dict[str, Any]
    source: str
    sha256: str


class _Loader(yaml.SafeLoader):
    """Safe YAML in which dates stay text and keys are what was written, `0:` as much as `"0":`."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping by the text of its keys; a key that is no text is left to the schema."""
        return {
            key.value
            if isinstance(key, yaml.ScalarNode)
            else _("a key that is no word"): self.construct_object(value, deep=True)
            for key, value in node.value
        }


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def shipped() -> list[Path]:
    """Return the files that come with the product, a folder for each scheme."""
    return sorted(FOLDER.glob("*/*.yaml"))


def read_path(path: Path) -> Read:
    """Return the edition in a file.

    Raises:
        DefinitionError: the file is not in shape or contradicts itself; each fault says file, line and field.
        OSError: there is no such file.
    """
    if path.stat().st_size > LARGEST:
        raise DefinitionError([_too_large(path.name)])
    return read_bytes(path.name, path.read_bytes())


def read_bytes(name: str, content: bytes) -> Read:
    """Return the edition in the content of a file. Raises as `read_path`."""
    if len(content) > LARGEST:
        raise DefinitionError([_too_large(name)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DefinitionError([Fault(name, line, "file", _("is not UTF-8"))]) from error
    return read_text(name, text)


def read_text(name: str, text: str) -> Read:
    """Return the edition that a text says; line ends are made the same first. Raises as `read_path`."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(text.encode(errors="surrogatepass")) > LARGEST:
        raise DefinitionError([_too_large(name)])
    node, data = _parse(name, text)
    lines = dict(_lines(node, ())) if node is not None else {}
    wrong = chain(_repeats(node), _unkept(data, ()), shape(data, _schema()))
    found = list(islice(wrong, MOST_FAULTS)) or list(islice(meaning(data), MOST_FAULTS))
    if found:
        raise DefinitionError(_faults(name, lines, found))
    return Read(EditionData.from_json(data), data, text, hashlib.sha256(text.encode()).hexdigest())


def _parse(name: str, text: str) -> tuple[yaml.Node | None, Any]:
    try:
        _scan(name, text)
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            return node, None if node is None else loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else _line_of(text, getattr(error, "position", 0))
        said = getattr(error, "problem", None) or getattr(error, "reason", None) or _("cannot be read")
        sentence = _("is not YAML: %(said)s") % {"said": said}
        raise DefinitionError([Fault(name, line, "file", sentence)]) from error
    except (RecursionError, ValueError) as error:
        if isinstance(error, DefinitionError):
            raise
        raise DefinitionError([Fault(name, 1, "file", _("cannot be read"))]) from error


def _scan(name: str, text: str) -> None:
    """Look over the tokens before anything is built of them."""
    depth = 0
    for number, token in enumerate(yaml.scan(text, Loader=_Loader)):
        sentence = _("has more parts than can be read") if number > MOST_TOKENS else ""
        if isinstance(token, yaml.AliasToken):
            sentence = _("uses an alias (*); write it out")
        elif isinstance(token, yaml.TagToken):
            sentence = _("uses a tag (!); leave it out")
        elif isinstance(
            token,
            yaml.BlockMappingStartToken
            | yaml.BlockSequenceStartToken
            | yaml.FlowMappingStartToken
            | yaml.FlowSequenceStartToken,
        ):
            depth += 1
            sentence = _("is nested too deeply") if depth > DEEPEST else ""
        elif isinstance(token, yaml.BlockEndToken | yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken):
            depth -= 1
        if sentence:
            raise DefinitionError([Fault(name, token.start_mark.line + 1, "file", sentence)])


def _repeats(node: yaml.Node | None, where: Where = ()) -> Iterator[tuple[Where, str]]:
    """Find keys that stand twice in one mapping: YAML would silently keep the last."""
    if isinstance(node, yaml.MappingNode):
        for key, count in Counter(str(key.value) for key, _value in node.value).items():
            if count > 1:
                yield (*where, key), _("stands here twice")
        for key, value in node.value:
            yield from _repeats(value, (*where, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _repeats(value, (*where, number))


def _unkept(data: Any, where: Where) -> Iterator[tuple[Where, str]]:
    """Find text that the database could not hold."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _unkept(str(key), where)
            yield from _unkept(value, (*where, str(key)))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _unkept(value, (*where, number))
    elif isinstance(data, str) and any(one == "\0" or "\ud800" <= one <= "\udfff" for one in data):
        yield where, _("holds a character that cannot be kept")


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


def _faults(name: str, lines: dict[Where, int], found: Sequence[tuple[Where, str]]) -> list[Fault]:
    faults = dict.fromkeys(Fault(name, _line(lines, where), _place(where), text) for where, text in found)
    return sorted(faults, key=lambda fault: fault.line)


def _line(lines: dict[Where, int], where: Where) -> int:
    """Return the line of a place, or of the nearest place around it."""
    while where not in lines and where:
        where = where[:-1]
    return lines.get(where, 1)


def _line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _place(where: Where) -> str:
    return ".".join(str(part) for part in where)[:200] or "file"


def _too_large(name: str) -> Fault:
    return Fault(name, 1, "file", _("is larger than %(size)s kB") % {"size": LARGEST // 1000})


@cache
def _schema() -> Any:
    return Draft202012Validator(json.loads((FOLDER / "schema.json").read_text(encoding="utf-8")))
