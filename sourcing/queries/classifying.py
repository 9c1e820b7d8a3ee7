"""What each line of a list is to a register: new, there already, perhaps there, repeated, or not readable."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sourcing.models import ImportRow
from sourcing.queries.lines import Line
from sourcing.queries.matching import Candidate, Index, Likeness, Listed, Namesakes

Verdict = ImportRow.Verdict
STEP = 1000


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided about one line: the entry it is, and those it is not."""

    same: int | None = None
    different: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Judged:
    """A line with its verdict; `candidates` are entries, the first is the one meant or asked about."""

    line: Line
    verdict: ImportRow.Verdict
    reason: str = ""
    candidates: Sequence[Candidate] = field(default_factory=tuple)
    repeats: int | None = None


def classify(
    lines: Sequence[Line],
    register: Iterable[Listed],
    decisions: Mapping[str, Decided],
    *,
    told: Callable[[int], None] = lambda _done: None,
) -> Iterator[Judged]:
    """Give each line with its verdict, in their order.

    An error goes before everything; what a person decided goes before what we think; a repetition points
    at its first line.

    Args:
        lines: the whole list.
        register: the entries to compare with, keyed by their primary keys.
        decisions: by fingerprint.
        told: is called with the number of lines done, now and then.
    """
    readable = {line.number: line.listed() for line in lines if not line.errors}
    index, before = Index(register, readable.values()), Namesakes()
    for done, line in enumerate(lines, start=1):
        if line.errors:
            yield Judged(line, Verdict.ERROR, line.errors[0].code)
        else:
            yield _judge(line, readable[line.number], index, before, decisions)
        if done % STEP == 0:
            told(done)


def _judge(
    line: Line, place: Listed, index: Index, before: Namesakes, decisions: Mapping[str, Decided]
) -> Judged:
    repeated = before.certain(place)
    if repeated:
        return Judged(line, Verdict.REPEAT, "repeats-line", repeats=repeated.key)
    before.add(place)
    decided = decisions.get(place.fingerprint, Decided())
    if decided.same is not None:
        return Judged(line, Verdict.MATCH, "decided", [Candidate(decided.same, Likeness.SAME_LINE, 1.0)])
    found = index.candidates(place, besides=decided.different)
    if not found:
        return Judged(line, Verdict.NEW)
    verdict = Verdict.MATCH if found[0].likeness.is_certain else Verdict.POSSIBLE
    return Judged(line, verdict, found[0].likeness, found)
