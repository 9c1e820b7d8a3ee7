"""Which files we take: by name, by content and by a parser that reads them. Everything else is refused.

Why three tests: four bytes of a ZIP header look like a Word file to a content sniffer, and `%PDF-` followed
by a script looks like a PDF (measured), while a name can say anything.
"""

from dataclasses import dataclass

MAX_BYTES = 25 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
MAX_NAME_LENGTH = 150


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file that we take.

    Args:
        extension: the one extension under which it is stored, without the dot.
        media_type: what it is served as.
        check: the `module:function` in `documents.checks` that parses it, in a process of its own.
    """

    extension: str
    media_type: str
    check: str


_OFFICE = "application/vnd.openxmlformats-officedocument"
PDF = Format("pdf", "application/pdf", "pdfs:pdf")
JPEG = Format("jpg", "image/jpeg", "images:image")
PNG = Format("png", "image/png", "images:image")
WEBP = Format("webp", "image/webp", "images:image")
DOCX = Format("docx", f"{_OFFICE}.wordprocessingml.document", "zips:office")
XLSX = Format("xlsx", f"{_OFFICE}.spreadsheetml.sheet", "zips:office")
CSV = Format("csv", "text/csv", "texts:text")
TXT = Format("txt", "text/plain", "texts:text")

FORMATS = (PDF, JPEG, PNG, WEBP, DOCX, XLSX, CSV, TXT)
BY_EXTENSION = {each.extension: each for each in FORMATS} | {"jpeg": JPEG}
# Kept only where a reader of its own has taken it in first; nobody uploads it as a file among others.
JSON = Format("json", "application/json", "texts:text")
BY_MEDIA_TYPE = {each.media_type: each for each in (*FORMATS, JSON)}
ACCEPT = ",".join(f".{extension}" for extension in BY_EXTENSION)


def format_of(name: str) -> Format | None:
    """Return the format that the extension of `name` promises, or None when we do not take it."""
    _stem, dot, extension = name.rpartition(".")
    return BY_EXTENSION.get(extension.lower()) if dot else None
