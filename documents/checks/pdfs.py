"""PDF files: read to the last object, and refused when they would do more than be read."""

from typing import BinaryIO

import pikepdf

from documents.checks.sniffing import require_content
from documents.checks.zips import ends_like_a_zip
from documents.confined import TooLarge, Unfit

MAX_OBJECTS = 300_000
MAX_DEPTH = 60
TAIL_BYTES = 2048
# ISO 32000-2, 12.6.4: the actions that run, send, open or carry something.
ACTIVE_ACTIONS = frozenset(
    ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition", "/RichMediaExecute")
)
CARRIED = frozenset(("/EmbeddedFile", "/Filespec"))
ACTIVE_KEYS = frozenset(("/JS", "/JavaScript", "/XFA", "/RichMedia", "/EF", "/EmbeddedFiles"))


def pdf(source: BinaryIO, target: BinaryIO, *, extension: str) -> None:
    """Accept a PDF that begins and ends as one, opens, and holds no script, action or other file.

    Raises:
        Unfit: "wrong-content", "unreadable", "encrypted", "active" or "carries-files".
    """
    head = require_content(source, extension)
    if not head.startswith(b"%PDF-"):
        raise Unfit("wrong-content")
    _require_tail(source)
    try:
        with pikepdf.open(source, suppress_warnings=True) as opened:
            if len(opened.objects) > MAX_OBJECTS:
                raise TooLarge
            if len(opened.pages) == 0:
                raise Unfit("unreadable")
            _look_through(opened)
    except pikepdf.PasswordError:
        raise Unfit("encrypted") from None
    except pikepdf.PdfError:
        raise Unfit("unreadable") from None


def _require_tail(source: BinaryIO) -> None:
    """Refuse bytes after the end: a second file may hide there and open as something else."""
    size = source.seek(0, 2)
    source.seek(max(0, size - TAIL_BYTES))
    tail = source.read()
    _before, mark, after = tail.rpartition(b"%%EOF")
    if not mark or after.strip(b"\0 \t\r\n\f") or ends_like_a_zip(tail):
        raise Unfit("wrong-content")
    source.seek(0)


def _look_through(opened: pikepdf.Pdf) -> None:
    _look_at(opened.trailer, MAX_DEPTH, follow=False)
    for each in opened.objects:
        _look_at(each, MAX_DEPTH, follow=True)


def _look_at(each: object, depth: int, *, follow: bool) -> None:
    """Walk the direct parts of one object; indirect ones have their own turn."""
    if depth == 0:
        raise Unfit("too-deep")
    if isinstance(each, pikepdf.Array):
        for item in each.as_list():
            if not _is_elsewhere(item):
                _look_at(item, depth - 1, follow=follow)
    elif isinstance(each, (pikepdf.Dictionary, pikepdf.Stream)):
        _judge(each)
        for key in each.keys():  # noqa: SIM118 a stream's keys, not its bytes
            if not _is_elsewhere(each[key]):
                _look_at(each[key], depth - 1, follow=follow)


def _is_elsewhere(item: object) -> bool:
    return isinstance(item, pikepdf.Object) and item.is_indirect


def _judge(each: pikepdf.Object) -> None:
    keys = set(each.keys())
    if _name(each, "/Type") in CARRIED and (keys & {"/EF"} or _name(each, "/Type") == "/EmbeddedFile"):
        raise Unfit("carries-files")
    if keys & {"/EF", "/EmbeddedFiles"}:
        raise Unfit("carries-files")
    if keys & ACTIVE_KEYS or _name(each, "/S") in ACTIVE_ACTIONS:
        raise Unfit("active")


def _name(each: pikepdf.Object, key: str) -> str:
    value = each.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""
