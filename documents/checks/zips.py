"""Word and Excel files: ZIP archives, walked entry by entry, counted while reading, never unpacked."""

import zipfile
from typing import IO, BinaryIO

from documents.checks.sniffing import require_content
from documents.confined import TooLarge, Unfit

MAX_ENTRIES = 1000
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 100
RATIO_FROM = 1024 * 1024  # below a megabyte a high ratio harms nobody and is common in tiny XML
CHUNK = 64 * 1024
END_OF_DIRECTORY = b"PK\x05\x06"
END_BYTES = 22
REQUIRED = {
    "docx": ("[Content_Types].xml", "_rels/.rels", "word/document.xml"),
    "xlsx": ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"),
}
MACROS = ("vbaproject.bin", "vbadata.xml", "/macrosheets/", "/activex/", "/dialogsheets/")
ENCRYPTED = 0x1
SYMLINK = 0o120000
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def office(source: BinaryIO, target: BinaryIO, *, extension: str) -> None:
    """Accept a Word or Excel file of bounded size with its parts in place and nothing that runs.

    Raises:
        Unfit: "wrong-content", "unreadable", "encrypted", "active", "carries-files" or "too-large".
    """
    require_content(source, extension)
    _require_bounds(source)
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
            _require_names(entries, extension)
            _read_all(archive, entries)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, UnicodeError):
        raise Unfit("unreadable") from None


def ends_like_a_zip(tail: bytes) -> bool:
    """Tell whether a ZIP reader would find a directory at the end of these bytes."""
    return END_OF_DIRECTORY in tail


def _require_bounds(source: BinaryIO) -> None:
    """Require it to begin at the first byte and end at the last: no second file before or behind."""
    size = source.seek(0, 2)
    if size < END_BYTES:
        raise Unfit("unreadable")
    source.seek(size - END_BYTES)
    end = source.read(END_BYTES)
    source.seek(0)
    if not end.startswith(END_OF_DIRECTORY) or source.read(4) != b"PK\x03\x04":
        raise Unfit("wrong-content")
    source.seek(0)


def _require_names(entries: list[zipfile.ZipInfo], extension: str) -> None:
    if len(entries) > MAX_ENTRIES:
        raise TooLarge
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) != len(names) or not all(_is_safe(entry) for entry in entries):
        raise Unfit("unreadable")
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise Unfit("encrypted")
    if not set(REQUIRED[extension]) <= set(names):
        raise Unfit("wrong-content")
    lower = [f"/{name.lower()}" for name in names]
    if any(mark in name for name in lower for mark in MACROS):
        raise Unfit("active")
    if any("/embeddings/" in name and not name.endswith((".xlsx", ".docx", "/")) for name in lower):
        raise Unfit("carries-files")


def _is_safe(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename.replace("\\", "/")
    parts = name.split("/")
    is_link = (entry.external_attr >> 16) & 0o170000 == SYMLINK
    return not (name.startswith("/") or ".." in parts or ":" in parts[0] or "\0" in name or is_link) and (
        entry.compress_type in METHODS
    )


def _read_all(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Read every entry to its end and count: sizes in the headers are only what the sender says."""
    unpacked = 0
    for entry in entries:
        with archive.open(entry) as opened:
            unpacked += _read(opened, entry, MAX_UNPACKED - unpacked)


def _read(opened: IO[bytes], entry: zipfile.ZipInfo, room: int) -> int:
    name = entry.filename.lower()
    is_xml = name.endswith((".xml", ".rels"))
    size, before = 0, b""
    while chunk := opened.read(CHUNK):
        size += len(chunk)
        if size > room or (size > RATIO_FROM and size > MAX_RATIO * max(1, entry.compress_size)):
            raise TooLarge
        if is_xml:
            _refuse_active_xml(before + chunk, name)
            before = chunk[-400:]
    return size


def _refuse_active_xml(piece: bytes, name: str) -> None:
    """Refuse entity definitions, macro content types and references to programs or templates elsewhere."""
    plain = piece.replace(b"\0", b"").lower()  # UTF-16 parts, too
    if b"<!doctype" in plain or b"<!entity" in plain or b"macroenabled" in plain:
        raise Unfit("active")
    if name.endswith(".rels") and b'targetmode="external"' in plain:
        outward = (
            b"/attachedtemplate",
            b"/oleobject",
            b"/frame",
            b"/externallink",
            b"/image",
            b"/subdocument",
        )
        for relation in plain.split(b"<relationship ")[1:]:
            element = relation.partition(b">")[0]
            if b'targetmode="external"' in element and any(kind + b'"' in element for kind in outward):
                raise Unfit("active")
