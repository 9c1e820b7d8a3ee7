"""Two people change one thing: the second sees what the first did, and nothing that either wrote is lost.

Pure values, field by field. A page hands out what it was opened with (`packed`, in a hidden field), and on the way
back compares three things: that base, what this person sent (mine) and what stands there now (theirs).

    meeting = merge(base, mine, theirs)
    meeting.conflicts   # fields that both changed, each in another way: `components/merge.html` asks about them
    meeting.values      # everything else decided already: whoever changed a field alone is right

The person answers with `keep-<field>` = mine, theirs or both; `settled` puts the answers into what was sent.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

MINE, THEIRS, BOTH = "mine", "theirs", "both"
ANSWER = "keep-"  # the name of the field with the answer begins so
LONGEST = 200_000  # characters of a packed base


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that two people changed, each in another way since it read `base`."""

    name: str
    base: Any
    mine: Any
    theirs: Any
    label: str = ""

    @property
    def can_be_both(self) -> bool:
        """Tell whether one can stand after the other: words on lines, and lists."""
        lists = isinstance(self.mine, list) and isinstance(self.theirs, list)
        texts = isinstance(self.mine, str) and isinstance(self.theirs, str)
        return bool(self.mine and self.theirs) and (
            lists or (texts and ("\n" in self.mine + self.theirs or len(self.mine + self.theirs) > 120))
        )

    @property
    def answer_name(self) -> str:
        """The name of the form field that says what stays."""
        return f"{ANSWER}{self.name}"


@dataclass(frozen=True, slots=True)
class Merge:
    """What comes of two changes.

    Args:
        values: field → value; in a field with a conflict, mine.
        conflicts: what a person must decide.
        taken: fields that only the other one changed; their value is in `values`.
    """

    values: dict[str, Any]
    conflicts: list[Conflict] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Tell whether nobody has to decide anything."""
        return not self.conflicts


def merge(
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    *,
    labels: Mapping[str, str] | None = None,
) -> Merge:
    """Merge two changes of `base`, field by field.

    Args:
        base: what both began with; a field that it lacks counts as empty.
        mine: what this person sends; its fields, in its order, are those that are merged.
        theirs: what stands there now.
        labels: field → its name for people.
    """
    merged = Merge(dict(mine))
    for name, value in mine.items():
        before, other = base.get(name), theirs.get(name)
        if same(value, other) or same(other, before):
            continue
        if same(value, before):
            merged.values[name] = other
            merged.taken.append(name)
        else:
            label = str((labels or {}).get(name, name))
            merged.conflicts.append(Conflict(name, before, value, other, label))
    return merged


def same(one: Any, other: Any) -> bool:
    """Tell whether two values say the same; line ends, spaces around and kinds of emptiness do not count."""
    return bool(_plain(one) == _plain(other))


def settled(sent: Mapping[str, Any], theirs: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was sent, with each field as its answer says; a field without an answer stays mine.

    Args:
        answers: the posted data, in which `keep-<field>` may stand.
    """
    values = dict(sent)
    for name, value in sent.items():
        answer, other = answers.get(f"{ANSWER}{name}"), theirs.get(name)
        if answer == THEIRS:
            values[name] = other
        elif answer == BOTH:
            values[name] = _joined(other, value)
    return values


def packed(values: Mapping[str, Any]) -> str:
    """Return values as text for a hidden field."""
    return json.dumps({name: _plain(value) for name, value in values.items()}, ensure_ascii=False)


def unpacked(text: str, names: Iterable[str]) -> dict[str, Any] | None:
    """Read a hidden field again; None for what never came from `packed`.

    It is only ever compared with, so whoever forges it is merely asked, or not asked, about their own words.
    """
    if not text or len(text) > LONGEST:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return {name: found.get(name) for name in names} if isinstance(found, dict) else None


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it, in one way of writing."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return "\n".join(value.splitlines()).strip() or None
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value] or None
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    return value if isinstance(value, bool | int | float) else str(value)


def _joined(first: Any, second: Any) -> Any:
    """Put one after the other, whatever both have in common once."""
    if isinstance(first, list) and isinstance(second, list):
        return [*first, *(one for one in second if one not in first)]
    return "\n\n".join(str(one).strip() for one in (first, second) if one not in (None, ""))
