"""Plain text and CSV: an encoding that we can name, and nothing that is not text."""

import codecs
from typing import BinaryIO

from documents.checks.sniffing import HEAD_BYTES, refuse_markup
from documents.confined import Unfit

CHUNK = 256 * 1024
ALLOWED_CONTROLS = "\t\n\r\f"
CONTROLS = frozenset(chr(number) for number in (*range(0x20), 0x7F)) - frozenset(ALLOWED_CONTROLS)
BINARY_HEADS = (
    b"PK\x03\x04",
    b"\x7fELF",
    b"MZ\x90",
    b"GIF8",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"\xd0\xcf\x11\xe0",
)


def text(source: BinaryIO, target: BinaryIO, *, extension: str) -> None:
    """Write the name of the encoding to `target`: utf-8, utf-16 (with its mark) or windows-1252.

    windows-1252 is the last guess, since spreadsheet programs in the field still write it; it refuses five
    byte values and we refuse control characters, so that binary files do not pass as text.

    Raises:
        Unfit: "wrong-content" for markup and programs, "not-text" for control characters, NUL or no encoding.
    """
    head = source.read(HEAD_BYTES)
    refuse_markup(head)
    if head.startswith(BINARY_HEADS):
        raise Unfit("wrong-content")
    for encoding in _candidates(head):
        if _reads_as(source, encoding):
            target.write(encoding.encode())
            return
    raise Unfit("not-text")


def _candidates(head: bytes) -> tuple[str, ...]:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    return ("utf-8", "windows-1252")


def _reads_as(source: BinaryIO, encoding: str) -> bool:
    source.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := source.read(CHUNK):
            if not CONTROLS.isdisjoint(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
