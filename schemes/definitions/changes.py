"""What a new edition says otherwise than the one before, field by field; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from schemes.definitions.edition import CriterionData, EditionData
from schemes.definitions.words import rule_sentences
from sourcing.definitions.kinds import title_of

Effect = Literal["added", "changed", "removed"]
Said = dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Args:
        thing: what it is about, in words: “Criterion: Wages”. part: which of its fields; empty for the whole.
        before, after: the texts; empty where there is none.
    """

    effect: Effect
    thing: str
    part: str
    before: str
    after: str


def changes(before: EditionData | None, after: EditionData) -> list[Change]:
    """Return every difference in the order of the new edition; what went stands last.

    A thing that came or went is one change with its title; without an edition before, everything came.
    """
    old, new = (_said(before) if before else {}), _said(after)
    things = {thing for thing, _part in old}, {thing for thing, _part in new}
    found = []
    for (thing, part), text in new.items():
        if thing not in things[0]:
            if part == "":
                found.append(Change("added", thing, "", "", text))
        elif old.get((thing, part), "") != text:
            effect: Effect = "changed" if (thing, part) in old else "added"
            found.append(Change(effect, thing, part, old.get((thing, part), ""), text))
    for (thing, part), text in old.items():
        if (thing, part) not in new and (part == "" or thing in things[1]):
            found.append(Change("removed", thing, part, text, ""))
    return found + (_orders(before, after) if before else [])


def _orders(before: EditionData, after: EditionData) -> list[Change]:
    """Find lists whose things that stayed stand in another order; what came or went between them is no change."""
    lists = (
        (_("Order of the levels or values"), dict(before.choices()), dict(after.choices())),
        (_("Order of the criteria"), _titles(before.criteria), _titles(after.criteria)),
    )
    found = []
    for thing, old, new in lists:
        was, becomes = [key for key in old if key in new], [key for key in new if key in old]
        if was != becomes:
            words = ", ".join(old[key] for key in was), ", ".join(new[key] for key in becomes)
            found.append(Change("changed", thing, "", *words))
    return found


def _titles(criteria: tuple[CriterionData, ...]) -> dict[str, str]:
    return {one.key: one.title for one in criteria}


def _said(edition: EditionData) -> Said:
    return {
        (thing, part): text
        for thing, parts in _things(edition)
        for part, text in parts.items()
        if text or part == ""
    }


def _things(edition: EditionData) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield (
        _("The edition"),
        {
            "": edition.title,
            _("Scheme"): edition.scheme.title,
            _("What it is"): edition.scheme.about,
            _("What a result says"): edition.notice,
            _("Where it comes from"): edition.source,
            _("Language"): edition.language,
            _("Shape"): edition.shape,
        },
    )
    for level in edition.levels:
        parts = {
            "": level.title,
            _("What it is"): level.about,
            _("What it takes"): "\n".join(rule_sentences(edition, level.key)),
        }
        yield _("Level “%(key)s”") % {"key": level.key}, parts
    if edition.scale:
        for value in edition.scale.values:
            parts = {
                "": value.title,
                _("What it is"): value.about,
                _("Proof"): _("needed") if edition.scale.needs_proof(value.key) else "",
            }
            yield _("Value “%(key)s”") % {"key": value.key}, parts
    for group in edition.groups:
        yield _("Group “%(key)s”") % {"key": group.key}, {"": group.title, _("What it is"): group.about}
    titles = dict(edition.choices()), {group.key: group.title for group in edition.groups}
    for criterion in edition.criteria:
        parts = {
            "": criterion.title,
            _("Summary"): criterion.summary,
            _("Group"): titles[1].get(criterion.group, ""),
            _("Evidence that helps"): ", ".join(title_of(kind) for kind in criterion.evidence),
        }
        for step, questions in criterion.guidance.items():
            parts[_("Guidance for %(level)s") % {"level": titles[0][step]}] = "\n".join(questions)
        yield _("Criterion “%(key)s”") % {"key": criterion.key}, parts
    yield from _calendar(edition)


def _calendar(edition: EditionData) -> Iterator[tuple[str, Mapping[str, str]]]:
    if edition.rhythm:
        rhythm = edition.rhythm
        yield (
            _("The calendar"),
            {
                "": _("every %(months)s months") % {"months": rhythm.every_months},
                _("Reminders, days before"): _numbers(rhythm.reminders_days),
                _("Escalation, days after"): _numbers(rhythm.escalate_days),
                _("Months to improve"): _number(rhythm.improve_months),
                _("Months of a certificate"): _number(rhythm.certificate_months),
            },
        )
    if edition.rating:
        parts: dict[str, Any] = {
            "": _("%(count)s raters") % {"count": edition.rating.raters},
            _("Days to reply"): str(edition.rating.reply_days),
        }
        yield _("Rating"), parts


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _numbers(values: tuple[int, ...]) -> str:
    return ", ".join(map(str, values))
