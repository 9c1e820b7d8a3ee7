"""Reading the tables of a Word file: the child's side of `documents.words`.

Everything that a cell can be known by comes along: tags of content controls, names of bookmarks and hidden words.
What was struck out with changes tracked is not said any more; what was put in is.
"""

import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.etree import ElementTree

from documents.confined import TooLarge, Unfit

MAIN = "word/document.xml"
NOTE = re.compile(r"customXml/[^/]+\.xml", re.IGNORECASE)
MAX_XML = 20 * 1024 * 1024
MAX_NOTE = 256 * 1024
MOST_TABLES = 60
MOST_ROWS = 500
MOST_CELLS = 20
MOST_LETTERS = 500_000
CHUNK = 256 * 1024
EMPTY = "(nothing filled in)"

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_GONE = frozenset(f"{_W}{name}" for name in ("del", "moveFrom", "pPr", "tblPr", "tcPr", "sectPr")) | {
    _FALLBACK
}
_BREAKS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": " ", f"{_W}noBreakHyphen": "-"}

Element = ElementTree.Element


class _Builder(ElementTree.TreeBuilder):
    """A tree of a part that defines nothing of its own."""

    def doctype(self, *_said: Any) -> None:
        """Refuse what only a hand-made file has."""
        raise Unfit("active")


def tables(source: BinaryIO, target: BinaryIO, *, note: str) -> None:
    """Write `{"tables": [[[{"text", "codes"}, …], …], …], "note": …}` as JSON to `target`.

    Args:
        note: the root of the custom part whose text is wanted, as `{namespace}name`.

    Raises:
        Unfit: "unreadable", "active", "too-deep" or "too-large".
    """
    source.seek(0)
    try:
        with zipfile.ZipFile(source) as archive:
            body = _parsed(archive, MAIN, MAX_XML)
            found = [_table(one) for one in _limited(_within(body, f"{_W}tbl"), MOST_TABLES)]
            said = {"tables": found, "note": _note(archive, note)}
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, NotImplementedError, EOFError, ValueError):
        raise Unfit("unreadable") from None
    except RecursionError:
        raise Unfit("too-deep") from None
    if sum(map(len, found)) > MOST_ROWS:
        raise TooLarge
    if sum(len(cell["text"]) for one in found for row in one for cell in row) > MOST_LETTERS:
        raise TooLarge
    target.write(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))


def _parsed(archive: zipfile.ZipFile, name: str, most: int) -> Element:
    """Read one part; Word's strict way of writing it is read as the usual one."""
    parser, size = ElementTree.XMLParser(target=_Builder()), 0  # noqa: S314 no DTD, in a child
    with archive.open(name) as opened:
        while chunk := opened.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise TooLarge
            parser.feed(chunk)
    root = parser.close()
    for each in root.iter():
        if isinstance(each.tag, str) and each.tag.startswith(_STRICT):
            each.tag = _W + each.tag.removeprefix(_STRICT)
            each.attrib = {name.replace(_STRICT, _W): value for name, value in each.attrib.items()}
    return root


def _note(archive: zipfile.ZipFile, wanted: str) -> str:
    for name in archive.namelist():
        if NOTE.fullmatch(name) and archive.getinfo(name).file_size <= MAX_NOTE:
            root = _parsed(archive, name, MAX_NOTE)
            if root.tag == wanted:
                return "".join(root.itertext())
    return ""


def _limited(found: Iterator[tuple[Element, list[str]]], most: int) -> Iterator[Element]:
    for number, (one, _codes) in enumerate(found):
        if number == most:
            raise TooLarge
        yield one


def _table(table: Element) -> list[list[dict[str, Any]]]:
    rows: list[list[dict[str, Any]]] = []
    for row, _codes in _within(table, f"{_W}tr"):
        if row.find(f"{_W}trPr/{_W}del") is not None:
            continue
        cells: list[dict[str, Any]] = []
        for cell, codes in _within(row, f"{_W}tc"):
            if len(cells) == MOST_CELLS:
                raise TooLarge
            cells.append(_cell(cell, codes))
        rows.append(cells)
    return rows


def _within(element: Element, tag: str, codes: tuple[str, ...] = ()) -> Iterator[tuple[Element, list[str]]]:
    """Give the nearest elements of a kind, whatever wraps them, each with the tags of the controls around it."""
    for child in element:
        if child.tag == tag:
            yield child, list(codes)
        elif child.tag not in _GONE:
            own = (_tag(child), *[EMPTY] * _is_placeholder(child)) if child.tag == f"{_W}sdt" else ()
            yield from _within(child, tag, (*codes, *own))


def _cell(cell: Element, codes: list[str]) -> dict[str, Any]:
    pieces: list[str] = []
    _read(cell, pieces, codes)
    lines = [] if EMPTY in codes else "".join(pieces).replace("\0", "").split("\n")
    return {"text": "\n".join(line.strip() for line in lines).strip(), "codes": codes}


def _read(element: Element, pieces: list[str], codes: list[str]) -> None:
    """Gather the words below an element, and by what it can be known."""
    for child in element:
        tag = child.tag
        if tag in _GONE:
            continue
        if tag == f"{_W}bookmarkStart":
            codes.append(child.get(f"{_W}name", ""))
        elif tag == f"{_W}sdt":
            codes.append(_tag(child))
            if not _is_placeholder(child):
                _read(child, pieces, codes)
        elif tag == f"{_W}r" and _is_hidden(child):
            codes.append("".join(one.text or "" for one in child.iter(f"{_W}t")).strip())
        elif tag == f"{_W}t":
            pieces.append(child.text or "")
        elif tag in _BREAKS:
            pieces.append(_BREAKS[tag])
        else:
            _read(child, pieces, codes)
            if tag == f"{_W}p":
                pieces.append("\n")


def _is_placeholder(control: Element) -> bool:
    """Tell whether a control only shows what its program asks for, and nobody has filled it in."""
    return control.find(f"{_W}sdtPr/{_W}showingPlcHdr") is not None


def _tag(control: Element) -> str:
    found = control.find(f"{_W}sdtPr/{_W}tag")
    return found.get(f"{_W}val", "") if found is not None else ""


def _is_hidden(run: Element) -> bool:
    found = run.find(f"{_W}rPr/{_W}vanish")
    return found is not None and found.get(f"{_W}val", "true") not in {"0", "false", "off"}
