"""Workbooks and JSON documents that people send, read in a confined child; sheets as rows of text."""

import json
from dataclasses import dataclass
from typing import IO, Any

from documents import confined

SECONDS = 60
MEMORY_MB = 512
JSON_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet by its name, its rows with the line each stands on; blank lines are left out."""

    name: str
    rows: list[tuple[int, list[str]]]


def read_book(content: IO[bytes], *, max_rows: int, max_columns: int) -> list[Sheet]:
    """Return the visible sheets of an XLSX file, read in a process with limits on time and memory.

    Args:
        content: an open file with a descriptor; untrusted, though the door has looked at it.

    Raises:
        confined.Unfit: with a code of `documents.checks.books.book`, "too-slow" or "too-large".
    """
    answer = confined.run(
        "documents.checks.books:book",
        options={"max_rows": max_rows, "max_columns": max_columns},
        source=content,
        timeout=SECONDS,
        memory_mb=MEMORY_MB,
    )
    return [
        Sheet(one["name"], [(line, cells) for line, cells in one["rows"]])
        for one in json.loads(answer)["sheets"]
    ]


def read_json(content: IO[bytes]) -> Any:
    """Return the JSON document in a file of at most 5 MB, read in a process with limits.

    Raises:
        confined.Unfit: with a code of `documents.checks.books.tree`, "too-slow", "too-large" or "too-deep".
    """
    answer = confined.run(
        "documents.checks.books:tree",
        options={"max_bytes": JSON_BYTES},
        source=content,
        timeout=SECONDS,
        memory_mb=MEMORY_MB,
    )
    return json.loads(answer)
