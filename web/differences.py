"""What changed between two texts, word by word; pure, so that pages, PDFs and tests say the same."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from typing import Literal

Kind = Literal["same", "removed", "added"]

# Words keep the marks of their script; Chinese and Japanese, which leave no spaces, are read sign by sign.
_PIECES = re.compile(
    r"\s+|[\u3040-\u30ff\u3400-\u9fff]|[.,;:!?()\[\]\"“”‘’«»…–—]|[^\s\u3040-\u30ff\u3400-\u9fff.,;:!?()\[\]\"“”‘’«»…–—]+"
)
_MOST = 6_000_000  # pairs of words; beyond that whole lines are compared
_ALIKE = 0.4  # how much of two lines of a list must agree for one to be the other, rewritten
_SHORT = 200  # characters; lines as short as this are compared sign by sign, longer ones word by word
_STEPS = 6_000_000  # what one comparison may cost, half a second; one word in long rows would cost hours


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, went or came."""

    kind: Kind
    text: str


class _Matcher(SequenceMatcher[str]):
    """Compares within bounds: what is left when the steps are used up counts as rewritten."""

    def __init__(self, before: Sequence[str], after: Sequence[str], steps: list[int] | None = None) -> None:
        super().__init__(None, before, after, autojunk=False)
        self._lines = before
        self._often = Counter(after)
        self._steps = [_STEPS] if steps is None else steps  # shared by whoever is given the same list

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        """Find it as ever, as long as there are steps."""
        end = len(self._lines) if ahi is None else ahi
        self._steps[0] -= sum(1 + self._often[one] for one in self._lines[alo:end])
        if self._steps[0] < 0:
            return Match(alo, blo, 0)
        return super().find_longest_match(alo, ahi, blo, bhi)


def differences(before: str, after: str) -> list[Piece]:
    """Return the pieces of both texts in reading order; what went stands before what came in its place.

    Promises: the texts of same and removed pieces make up `before`, those of same and added ones `after`; bounded
    time, whatever the texts are.
    """
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if len(old) * len(new) > _MOST:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return list(_joined(_pieces(old, new)))


def is_changed(before: str, after: str) -> bool:
    """Tell whether two texts say different things; spaces at the ends are nothing."""
    return before.strip() != after.strip()


def paired(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, str]]:
    """Put the lines of two lists side by side: ("", new) came, (old, "") went, others stayed or were rewritten."""
    rows: list[tuple[str, str]] = []
    steps = [_STEPS]
    for what, i, j, k, m in _Matcher(before, after).get_opcodes():
        if what == "equal":
            rows += zip(before[i:j], after[k:m], strict=True)
        else:
            rows += _rewritten(list(before[i:j]), list(after[k:m]), steps)
    return rows


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for what, i, j, k, m in _Matcher(old, new).get_opcodes():
        if what == "equal":
            yield Piece("same", "".join(old[i:j]))
            continue
        if i < j:
            yield Piece("removed", "".join(old[i:j]))
        if k < m:
            yield Piece("added", "".join(new[k:m]))


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Draw changes together that only a space parts: three words that went read better as one stretch."""
    gone = come = ""
    for piece in (*pieces, Piece("same", "")):
        if piece.kind == "removed":
            gone += piece.text
        elif piece.kind == "added":
            come += piece.text
        elif piece.text and not piece.text.strip() and gone and come and "\n" not in piece.text:
            gone, come = gone + piece.text, come + piece.text
        else:
            if gone:
                yield Piece("removed", gone)
            if come:
                yield Piece("added", come)
            if piece.text:
                yield piece
            gone = come = ""


def _rewritten(old: list[str], new: list[str], steps: list[int]) -> list[tuple[str, str]]:
    """Pair each line that went with the first that came and is much alike; the others stand alone."""
    rows: list[tuple[str, str]] = []
    for line in old:
        like = next((one for one in new if _are_alike(line, one, steps)), None)
        if like is None:
            rows.append((line, ""))
            continue
        place = new.index(like)
        rows += [("", one) for one in new[:place]]
        rows.append((line, like))
        new = new[place + 1 :]
    return [*rows, *(("", one) for one in new)]


def _are_alike(line: str, other: str, steps: list[int]) -> bool:
    steps[0] -= 2 * (len(line) + len(other))
    if steps[0] < 0:
        return False
    if max(len(line), len(other)) <= _SHORT:
        return _Matcher(line, other, steps).ratio() >= _ALIKE
    return _Matcher(_PIECES.findall(line), _PIECES.findall(other), steps).ratio() >= _ALIKE
