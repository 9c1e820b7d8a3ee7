"""Word files that people fill in and send back, read in a confined child: tables as rows of cells."""

import json
from dataclasses import dataclass
from typing import IO

from documents import confined

SECONDS = 30
MEMORY_MB = 768


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, line by line, and what it can be known by: controls, bookmarks, hidden words."""

    text: str
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Words:
    """The tables of a Word file, outermost ones only, and the note that its maker left in it."""

    tables: list[list[list[Cell]]]
    note: str


def read_words(content: IO[bytes], *, note: str) -> Words:
    """Return the tables of a DOCX file, read in a process with limits on time and memory.

    Args:
        content: an open file with a descriptor; untrusted, though the door has looked at it.
        note: the root of the custom part whose text is wanted, as `{namespace}name`.

    Raises:
        confined.Unfit: with a code of `documents.checks.words.tables`, "too-slow" or "too-large".
    """
    answer = confined.run(
        "documents.checks.words:tables",
        options={"note": note},
        source=content,
        timeout=SECONDS,
        memory_mb=MEMORY_MB,
    )
    said = json.loads(answer)
    return Words(
        [
            [[Cell(cell["text"], frozenset(cell["codes"]) - {""}) for cell in row] for row in table]
            for table in said["tables"]
        ],
        said["note"],
    )
