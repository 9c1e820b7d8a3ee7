"""A plan as its form holds it: made from a version, taken apart for comparing, and put together after a merge.

`typed` is what a browser sends, name → values. `values` is the same by what it means: one entry for each field that
stands once, one for each cause and each action. Rows that two people added are both kept; a row that both changed
is asked about as a whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from findings.models import PlanContent, PlanVersion
from web.merging import BOTH, Conflict, Merge, merge, settled, unpacked

Typed = Mapping[str, Sequence[str]]
DATES = tuple(f"date_{n}" for n in range(1, 7))
SINGLES = (
    "completed_by",
    "stakeholders",
    "investigation",
    "initiatives",
    "asks",
    "rhythm",
    *DATES,
    "language",
)
ROWS = {"causes": ("why",), "actions": ("what", "who", "by_when", "support", "measure")}
MOST_ROWS = 40
NAMES = (*SINGLES, *(f"{prefix}-{n}" for prefix in ROWS for n in range(MOST_ROWS)))
LABELS = {
    "completed_by": gettext_lazy("Who fills in this plan?"),
    "stakeholders": gettext_lazy("Who needs to be involved?"),
    "investigation": gettext_lazy("What have you looked into so far?"),
    "initiatives": gettext_lazy("Programmes or studies that work on this"),
    "asks": gettext_lazy("What do you ask of your customers?"),
    "rhythm": gettext_lazy("How often will you report what has changed?"),
    "language": gettext_lazy("Language you write in"),
}


@dataclass(frozen=True, slots=True)
class RowConflict(Conflict):
    """A cause or an action that both changed; both can always stay, as two rows."""

    @property
    def can_be_both(self) -> bool:
        """Tell whether both have something to keep."""
        return bool(self.mine and self.theirs)


def typed_of(
    content: PlanContent, *, completed_by: str, rhythm: int, named_dates: Sequence[date], language: str
) -> dict[str, list[str]]:
    """Return a plan's words as the form would send them."""
    values: dict[str, Any] = {
        "completed_by": completed_by,
        "stakeholders": "\n".join(content.stakeholders),
        "investigation": content.investigation,
        "initiatives": "\n".join(content.initiatives),
        "asks": sorted(content.asks),
        "rhythm": str(rhythm),
        "language": language,
    }
    values |= {name: one.isoformat() for name, one in zip(DATES, named_dates, strict=False)}
    values |= {f"causes-{n}": {"why": why} for n, why in enumerate(content.root_causes)}
    values |= {
        f"actions-{n}": {part: getattr(one, part) for part in ROWS["actions"]}
        for n, one in enumerate(content.actions)
    }
    return typed_from(values)


def typed_of_version(version: PlanVersion) -> dict[str, list[str]]:
    """Return a shared version as the form would send it, with its plan's rhythm."""
    return typed_of(
        version.said,
        completed_by=version.completed_by,
        rhythm=version.plan.rhythm,
        named_dates=version.plan.named_dates,
        language=version.language,
    )


def as_query(typed: Typed) -> QueryDict:
    """Return typed words as data for forms."""
    data = QueryDict(mutable=True)
    for name, found in typed.items():
        data.setlist(name, list(found))
    return data


def values_of(typed: Typed) -> dict[str, Any]:
    """Return what typed words mean, field by field; empty rows are None."""
    values: dict[str, Any] = {name: (list(typed.get(name, [])) or [""])[-1] for name in SINGLES}
    values["asks"] = sorted(typed.get("asks", []))
    for prefix, parts in ROWS.items():
        for n in range(MOST_ROWS):
            row = {part: (list(typed.get(f"{prefix}-{n}-{part}", [])) or [""])[-1] for part in parts}
            if any(one.strip() for one in row.values()):
                values[f"{prefix}-{n}"] = row
    return values


def typed_from(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return typed words that mean `values`; rows move up where one was empty, and an empty one follows."""
    typed = {name: [str(values.get(name) or "")] for name in SINGLES if name != "asks"}
    typed["asks"] = list(values.get("asks") or [])
    for prefix, parts in ROWS.items():
        rows = _rows(values, prefix)
        typed[f"{prefix}-TOTAL_FORMS"] = [str(min(len(rows) + 1, MOST_ROWS))]
        typed[f"{prefix}-INITIAL_FORMS"] = ["0"]
        for n, row in enumerate(rows):
            for part in parts:
                typed[f"{prefix}-{n}-{part}"] = [str(row.get(part) or "")]
    return typed


def merge_typed(base: str, mine: Typed, theirs: Typed) -> Merge:
    """Merge what two people typed since the form was opened.

    Args:
        base: what the form was opened with, as its hidden field brings it back.
    """
    before = {name: one for name, one in (unpacked(base, NAMES) or {}).items() if one is not None}
    own, other = values_of(mine), values_of(theirs)
    for prefix in ROWS:
        own = _moved(before, own, other, prefix)
    everything = {name: own.get(name) for name in dict.fromkeys((*own, *other))}
    found = merge(before, everything, other)
    return Merge(found.values, [_for_people(one) for one in found.conflicts], found.taken)


def settle(sent: Typed, theirs: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what was sent, with each field as its answer says; of a row, both means two rows."""
    values = values_of(sent)
    plain = {
        name: "" if name.partition("-")[0] in ROWS and one == BOTH else one for name, one in answers.items()
    }
    chosen = settled(values, theirs, {**answers, **plain})
    for name, row in values.items():
        prefix = name.partition("-")[0]
        if prefix in ROWS and answers.get(f"keep-{name}") == BOTH and theirs.get(name):
            chosen[name] = theirs[name]
            chosen[f"{prefix}-{_next(chosen, prefix)}"] = row
    return typed_from(chosen)


def names_of(fields: Sequence[str]) -> list[str]:
    """Return fields by their names for people, each once."""
    return list(dict.fromkeys(_label(one) for one in fields))


def _rows(values: Mapping[str, Any], prefix: str) -> list[Mapping[str, Any]]:
    found = [values.get(f"{prefix}-{n}") for n in range(2 * MOST_ROWS)]
    return [one for one in found if one][:MOST_ROWS]


def _next(values: Mapping[str, Any], prefix: str) -> int:
    """Return the first place after every row."""
    return max((n + 1 for n in range(2 * MOST_ROWS) if values.get(f"{prefix}-{n}")), default=0)


def _moved(
    before: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any], prefix: str
) -> dict[str, Any]:
    """Put rows that I added behind those that the other added, so that neither stands in the other's place."""
    start = _next(before, prefix)
    added = [row for n in range(start, MOST_ROWS) if (row := mine.get(f"{prefix}-{n}"))]
    came = [row for n in range(start, MOST_ROWS) if (row := theirs.get(f"{prefix}-{n}"))]
    kept = {name: row for name, row in mine.items() if not _is_from(name, prefix, start)}
    if not came:
        return {**kept, **{f"{prefix}-{start + n}": row for n, row in enumerate(added)}}
    fresh = [row for row in added if row not in came]
    behind = _next(theirs, prefix)
    kept |= {f"{prefix}-{start + n}": row for n, row in enumerate(came) if row in added}
    return {**kept, **{f"{prefix}-{behind + n}": row for n, row in enumerate(fresh)}}


def _is_from(name: str, prefix: str, start: int) -> bool:
    head, _dash, number = name.partition("-")
    return head == prefix and number.isdecimal() and int(number) >= start


def _for_people(one: Conflict) -> Conflict:
    label = _label(one.name)
    if one.name.partition("-")[0] in ROWS:
        return RowConflict(one.name, one.base, _text(one.mine), _text(one.theirs), label)
    return Conflict(one.name, one.base, _text(one.mine), _text(one.theirs), label)


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "\n".join(str(one) for one in value.values() if one)
    return ", ".join(value) if isinstance(value, list) else str(value or "")


def _label(name: str) -> str:
    prefix, _dash, number = name.partition("-")
    if prefix == "causes":
        return _("Cause %(n)s") % {"n": int(number) + 1}
    if prefix == "actions":
        return _("Action %(n)s") % {"n": int(number) + 1}
    if name in DATES:
        return _("Dates of reports")
    return str(LABELS.get(name, name))
