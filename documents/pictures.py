"""Pages of a stored file as pictures, drawn when somebody first reads them and kept beside the file.

`<key of the file>.page<number>.png` in the storage is the whole cache: it belongs to its document, whoever reads it,
and goes when the document's bytes go. Rights are asked before, as for `documents.serve`.
"""

import contextlib
import tempfile
from collections.abc import Iterator
from typing import IO

from django.http import HttpResponse

from documents import confined
from documents.formats import BY_MEDIA_TYPE, Format
from documents.models import Document
from documents.serve import HEADERS
from documents.storage import open_bytes, put, storage

SECONDS = 20
MEMORY_MB = 1024


class NoPicture(Exception):
    """There is no picture of this page; the file can still be downloaded."""


def page_count(document: Document) -> int:
    """Return how many pages of a file can be shown: those of a PDF, one of a picture, none of anything else."""
    form = _format_of(document)
    if form is None:
        return 0
    if form.check.startswith("images:"):
        return 1
    if form.extension != "pdf":
        return 0
    try:
        return int(_run("count", document, {}))
    except NoPicture:
        return 0


def page_picture(document: Document, number: int) -> bytes:
    """Return one page as PNG; drawn within limits on time and memory the first time, read from storage after that.

    Raises:
        NoPicture: there is no such page, or it cannot be drawn.
    """
    form = _format_of(document)
    if form is None or not (form.extension == "pdf" or form.check.startswith("images:")):
        raise NoPicture
    key = f"{document.storage_key}.page{number}.png"
    if storage().exists(key):
        with storage().open(key, "rb") as kept:
            return bytes(kept.read())
    drawn = _run("page", document, {"extension": form.extension, "number": number})
    with tempfile.TemporaryFile() as content:
        content.write(drawn)
        with contextlib.suppress(FileExistsError):  # somebody reads the same page at the same time
            put(key, content)
    return drawn


def _format_of(document: Document) -> Format | None:
    return BY_MEDIA_TYPE.get(document.media_type.partition(";")[0])


def show(picture: bytes) -> HttpResponse:
    """Answer with a picture that a page of ours may show: no sniffing, no script, not for other sites."""
    response = HttpResponse(picture, content_type="image/png")
    for name, value in HEADERS.items():
        response[name] = value
    response["Content-Disposition"] = "inline"
    return response


def _run(function: str, document: Document, options: dict[str, object]) -> bytes:
    with open_bytes(document) as stored, _on_disk(stored) as source:
        try:
            return confined.run(
                f"documents.painting:{function}",
                options=options,
                source=source,
                timeout=SECONDS,
                memory_mb=MEMORY_MB,
            )
        except confined.Unfit as unfit:
            raise NoPicture from unfit


@contextlib.contextmanager
def _on_disk(stored: IO[bytes]) -> Iterator[IO[bytes]]:
    """Give the bytes as a file with a descriptor, which a storage over the network has not."""
    with tempfile.TemporaryFile(prefix="page-") as copy:
        while chunk := stored.read(1024 * 1024):
            copy.write(chunk)
        copy.flush()
        yield copy
