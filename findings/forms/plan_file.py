"""Reading a plan that was filled in away from the screen, in Word or Excel, into the fields of its form."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from documents import confined
from documents.books import read_book
from documents.formats import DOCX, XLSX
from documents.sentences import refuse
from documents.uploads import checked_upload
from documents.words import read_words
from findings.definitions.plan_file import (
    NOTE,
    PARTS,
    SINGLES,
    base_from,
    code_of,
    code_of_ask,
)
from findings.forms.plan_answers import day_in, language_in, month_in, rhythm_in, yes_or_no
from findings.forms.plan_found import Found, from_book, from_words
from findings.forms.plan_typed import DATES, MOST_ROWS
from findings.forms.plan_words import labels
from findings.models import Action, Ask, Finding, PlanContent
from ledger.refusals import Refusal

MOST_LINES = 500
MOST_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Unread:
    """Something in the file that could not be taken over as it stands.

    Args:
        label: the field, for people. words: what stands there. sentence: what to do.
    """

    label: str
    words: str
    sentence: str


@dataclass
class CameBack:
    """What a file says, field by field.

    Args:
        values: the fields that the file has, as `values_of` gives them; those it has no more are not among them.
        prints: fingerprints of what the file began with; empty when its program has dropped them.
    """

    values: dict[str, Any] = field(default_factory=dict)
    prints: dict[str, str] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def over(self, theirs: Mapping[str, Any]) -> dict[str, Any]:
        """Return the whole plan as this file would have it: what it lacks stays as it stands now."""
        whole = {name: one for name, one in theirs.items() if _group(name) in self.missing_names}
        return whole | self.values

    def base(self, theirs: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the file began with, for comparing."""
        return base_from(self.prints, self.over(theirs), theirs)

    @property
    def missing_names(self) -> frozenset[str]:
        """The fields that the file has no more."""
        known = {_group(name) for name in self.values}
        wanted = {*SINGLES, "asks", "causes", "actions"}
        return frozenset(wanted - known - self._emptied)

    _emptied: set[str] = field(default_factory=set)

    @property
    def content(self) -> PlanContent:
        """The plan that the file says, in the one shape of plans."""
        said = self.values
        return PlanContent(
            root_causes=tuple(one["why"] for name, one in said.items() if name.startswith("causes-")),
            stakeholders=_lines(said.get("stakeholders")),
            investigation=str(said.get("investigation") or ""),
            initiatives=_lines(said.get("initiatives")),
            actions=tuple(
                Action(**{**one, "by_when": one["by_when"] if month_in(one["by_when"]) else ""})
                for name, one in said.items()
                if name.startswith("actions-")
            ),
            asks=frozenset(said.get("asks") or ()),
        )


def read_plan_file(file: "UploadedFile[bytes]", finding: Finding) -> CameBack:
    """Read a plan that came back, in a process of its own; nothing is kept of the file, and nothing is saved.

    Raises:
        Refusal: a code of `documents.sentences`; `another-plan` for the file of another CAR; `not-our-file`
            when nothing in it can be known again.
    """
    with checked_upload(file, extensions={DOCX.extension, XLSX.extension}) as (extension, content):
        try:
            if extension == DOCX.extension:
                found = from_words(read_words(content, note=NOTE))
            else:
                found = from_book(read_book(content, max_rows=MOST_LINES, max_columns=MOST_COLUMNS))
        except confined.Unfit as unfit:
            code = "too-large" if unfit.code.startswith("too-many") else unfit.code
            raise refuse(code) from unfit
    _require_same(found, finding)
    return _judged(found)


def _require_same(found: Found, finding: Finding) -> None:
    note = _note(found)
    for said in (str(note.get("car") or ""), found.car):
        if said and finding.code not in said.upper():
            sentence = _(
                "This is the plan of another matter (%(other)s). Upload it there; here it is %(code)s."
            )
            values = {"other": said[:20], "code": finding.code}
            raise Refusal("another-plan", sentence % values, status=422)
    if not found.is_known:
        raise Refusal(
            "not-our-file",
            _(
                "We did not find the fields of the plan in this file. Download the plan as Word or Excel here and"
                " fill that in. If this is a plan of your own, upload it as a file instead."
            ),
            status=422,
        )


def _note(found: Found) -> dict[str, Any]:
    try:
        said = json.loads(found.note) if found.note else {}
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _judged(found: Found) -> CameBack:
    """Turn what stands in the fields into what they mean; what cannot be is said, not dropped."""
    came, words = CameBack(), labels()
    prints = _note(found).get("prints")
    if isinstance(prints, dict):
        came.prints = {str(name): str(one) for name, one in list(prints.items())[:200]}
    for name in ("investigation", "stakeholders", "initiatives", "completed_by"):
        if (said := found.singles.get(code_of(name))) is not None:
            came.values[name] = said
    _take_choice(came, found, "rhythm", words["rhythm"], rhythm_in, _("Choose one of the four answers."))
    _take_choice(
        came, found, "language", words["language"], language_in, _("Write its short code, such as bn.")
    )
    _take_dates(came, found, words["dates"])
    _take_asks(came, found)
    _take_causes(came, found)
    _take_actions(came, found, words["by_when"])
    names = {**words, "asks": _("What do you ask of your customers?")}
    names |= {"causes": _("Why does it happen?"), "actions": _("What will be done?")}
    came.missing = [names[one] for one in names if one in came.missing_names]
    return came


def _take_choice(came: CameBack, found: Found, name: str, label: str, read: Any, sentence: str) -> None:
    said = found.singles.get(code_of(name))
    if said is None:
        return
    value = read(said)
    if value is None:
        came.unread.append(Unread(label, said, sentence))
    else:
        came.values[name] = value


def _take_dates(came: CameBack, found: Found, label: str) -> None:
    said = found.singles.get(code_of("dates"))
    if said is None:
        return
    came._emptied.add("dates")
    days: list[str] = []
    for line in _lines(said.replace(",", "\n").replace(";", "\n")):
        day = day_in(line)
        if day is None or len(days) == len(DATES):
            sentence = _("Write a day as 2027-03-31.") if day is None else _("Six dates at most.")
            came.unread.append(Unread(label, line, sentence))
        else:
            days.append(day)
    came.values |= {name: days[place] if place < len(days) else "" for place, name in enumerate(DATES)}


def _take_asks(came: CameBack, found: Found) -> None:
    asked, is_there = [], False
    for ask in Ask:
        said = found.singles.get(code_of_ask(ask.value))
        if said is None:
            continue
        is_there, answer = True, yes_or_no(said)
        if answer is None:
            came.unread.append(Unread(str(ask.label), said, _("Answer yes or no.")))
        elif answer:
            asked.append(ask.value)
    if is_there:
        came.values["asks"] = sorted(asked)


def _take_causes(came: CameBack, found: Found) -> None:
    if found.causes is None:
        return
    came._emptied.add("causes")
    for place, said in enumerate(one for one in found.causes if one.strip()):
        if place < MOST_ROWS:
            came.values[f"causes-{place}"] = {"why": said}
        else:
            came.unread.append(
                Unread(_("Cause %(n)s") % {"n": place + 1}, said, _("There are too many rows."))
            )


def _take_actions(came: CameBack, found: Found, label: str) -> None:
    if found.actions is None:
        return
    came._emptied.add("actions")
    rows = [one for one in found.actions if any(said.strip() for said in one.values())]
    for place, row in enumerate(rows):
        action = {part: row.get(part, "") for part in PARTS}
        name = _("Action %(n)s") % {"n": place + 1}
        if place >= MOST_ROWS:
            came.unread.append(
                Unread(name, " · ".join(filter(None, action.values())), _("There are too many rows."))
            )
            continue
        if action["by_when"]:
            month = month_in(action["by_when"])
            if month is None:
                sentence = _("Write the month as year and month, for example 2027-03.")
                came.unread.append(Unread(f"{name}: {label}", action["by_when"], sentence))
            action["by_when"] = month or action["by_when"]
        came.values[f"actions-{place}"] = action


def _group(name: str) -> str:
    if name in DATES:
        return "dates"
    head = name.partition("-")[0]
    return head if head in {"causes", "actions"} else name


def _lines(said: Any) -> tuple[str, ...]:
    return tuple(line.strip() for line in str(said or "").splitlines() if line.strip())
