"""What is wrong in an edition's file, and where."""

from collections.abc import Sequence
from dataclasses import dataclass

Where = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file: its line, the field as a path, and what is the matter."""

    file: str
    line: int
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.place}: {self.text}"


class DefinitionError(ValueError):
    """A file that cannot be loaded, with everything that is wrong in it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = list(faults)
