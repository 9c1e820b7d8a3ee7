"""YAML that knows where it stands: data with the line of each field, and faults that name file, line and field."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Where = tuple[str | int, ...]
Wrong = tuple[Where, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file: its line, the field as a path, and what is the matter."""

    file: str
    line: int
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.place}: {self.text}"


class DataFileError(ValueError):
    """A data file that cannot be used, with everything that is wrong in it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = list(faults)


@dataclass(frozen=True, slots=True)
class Placed:
    """What a file says, and on which line each field of it stands."""

    name: str
    data: Any
    lines: dict[Where, int]

    def refuse(self, wrong: Sequence[Wrong]) -> None:
        """Raise what is wrong, in the order of the lines; nothing for nothing."""
        faults = dict.fromkeys(
            Fault(self.name, self._line(where), ".".join(map(str, where)) or "file", text)
            for where, text in wrong
        )
        if faults:
            raise DataFileError(sorted(faults, key=lambda fault: fault.line))

    def _line(self, where: Where) -> int:
        """Return the line of a place, or of the nearest place around it."""
        while where not in self.lines and where:
            where = where[:-1]
        return self.lines.get(where, 1)


def read_placed(path: Path) -> Placed:
    """Return what a file says.

    Raises:
        DataFileError: it is not UTF-8 or not YAML, or a key stands twice in one place.
    """
    try:
        text = path.read_bytes().decode("utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except UnicodeDecodeError as error:
        raise DataFileError([Fault(path.name, 1, "file", "is not UTF-8")]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or "cannot be read"
        fault = Fault(path.name, mark.line + 1 if mark else 1, "file", f"is not YAML: {said}")
        raise DataFileError([fault]) from error
    placed = Placed(path.name, data, dict(_lines(node, ())) if node is not None else {})
    placed.refuse(list(_repeats(node, ())))
    return placed


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


def _repeats(node: yaml.Node | None, where: Where) -> Iterator[Wrong]:
    """Find keys that stand twice in one mapping: YAML would silently keep the last."""
    if isinstance(node, yaml.MappingNode):
        for key, count in Counter(str(key.value) for key, _value in node.value).items():
            if count > 1:
                yield (*where, key), "stands here twice"
        for key, value in node.value:
            yield from _repeats(value, (*where, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _repeats(value, (*where, number))
