"""What loading a methodology would change, line by line, and what it may not."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from findings.definitions.catalogue import Methodology, Requirement
from findings.models import ManagementSystems, MethodologyVersion, ReviewPolicy

HINTS = frozenset(
    {"source_note", "live_from", "is_illustrative", "car_source", "indicators", "sdg_targets", "ledger"}
)
GRADING = frozenset({"management_systems", "pillars"})


class Effect(StrEnum):
    """What becomes of one thing; a `REFUSED` one stops all of it, a `KEPT` one stays as this installation has it."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    KEPT = "kept"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between a file and what is loaded."""

    effect: Effect
    thing: str
    text: str = ""

    def __str__(self) -> str:
        sign = {Effect.ADDED: "+", Effect.REMOVED: "-", Effect.REFUSED: "!", Effect.KEPT: "="}
        return f"{sign.get(self.effect, '~')} {self.thing}" + (f": {self.text}" if self.text else "")


@dataclass(frozen=True, slots=True)
class Use:
    """What rests on a version: audits on its catalogue, grades of some on how it grades management."""

    by_audits: bool
    by_grades: bool


def use_of(version: MethodologyVersion) -> Use:
    """Tell what rests on a version, audits that the asker cannot see included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT app.methodology_is_used(%s), app.management_is_rated(%s)", [version.pk, version.pk]
        )
        return Use(*cursor.fetchone())


def compare(version: MethodologyVersion | None, definition: Methodology) -> list[Change]:
    """Return how a definition differs from the version loaded under its key; empty when it does not.

    A version that audits rest on stays as it is, hints (indicators, SDG targets, notes, sources) apart; how
    management is graded stays once an audit is graded by it. Each such change is `REFUSED`.
    """
    if version is None:
        return list(_all_of(definition))
    use = use_of(version)
    return [
        *_fields(str(version), version, _facts(definition, version), use),
        *_sections(version, definition, use),
        *_management(version, definition, use),
        *_policies(version, definition),
        *_review_window(version, definition),
    ]


def _all_of(definition: Methodology) -> Iterator[Change]:
    yield Change(Effect.ADDED, f"{definition.name} {definition.version}")
    for section in definition.sections:
        yield Change(Effect.ADDED, f"section {section.code}", section.title)
        for one in section.requirements:
            yield Change(Effect.ADDED, f"{section.code}.{one.item}", one.title)
    if definition.management:
        for named in (*definition.management.elements, *definition.management.grades):
            yield Change(Effect.ADDED, named.key, named.title)
    for severity, days in definition.closure_days.items():
        yield Change(Effect.ADDED, f"closure of {severity}", f"{days} days")
    if definition.review_window:
        yield Change(Effect.ADDED, "days to comment", f"{definition.review_window['days']}")


def _facts(definition: Methodology, version: MethodologyVersion) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": definition.name, "version": definition.version}
    if definition.is_partial:
        return facts
    return facts | facts_of(definition)


def facts_of(definition: Methodology) -> dict[str, Any]:
    """Return the columns of a version that a whole file says."""
    return {
        "live_from": definition.live_from,
        "has_observations": definition.has_observations,
        "is_illustrative": definition.is_illustrative,
        "source_note": definition.source_note,
        "management_systems": (
            definition.management.assessment if definition.management else ManagementSystems.NONE
        ),
    }


def columns_of(section: str, one: Requirement) -> dict[str, Any]:
    """Return the columns of a requirement."""
    return {
        "title": one.title,
        "printed_code": f"{section}.{one.item}",
        "is_car": one.is_car,
        "car_source": one.car_source,
        "indicators": list(one.indicators),
        "sdg_targets": list(one.sdg_targets),
        "ledger": one.ledger,
    }


def section_columns(definition: Methodology, position: int, kept: Any = None) -> dict[str, Any]:
    """Return the columns of a section; a partial file leaves what it cannot say as it is `kept`."""
    section = definition.sections[position]
    columns: dict[str, Any] = {"title": section.title, "position": position}
    if not definition.is_partial or kept is None:
        columns |= {"printed_code": section.printed_code, "pillars": section.pillars}
    return columns


def _sections(version: MethodologyVersion, definition: Methodology, use: Use) -> Iterator[Change]:
    kept = {one.code: one for one in version.sections.prefetch_related("requirements")}
    for position, section in enumerate(definition.sections):
        row = kept.pop(section.code, None)
        if row is None:
            yield _judged(Effect.ADDED, f"section {section.code}", section.title, use.by_audits)
        else:
            yield from _fields(
                f"section {section.code}", row, section_columns(definition, position, row), use
            )
        items = {one.item: one for one in row.requirements.all()} if row else {}
        for one in section.requirements:
            found, name = items.pop(one.item, None), f"{section.code}.{one.item}"
            if found is None:
                yield _judged(Effect.ADDED, name, one.title, use.by_audits)
            else:
                yield from _fields(name, found, columns_of(section.code, one), use)
        for left in items.values():
            yield _judged(Effect.REMOVED, left.printed_code, left.title, use.by_audits)
    for gone in kept.values():
        yield _judged(Effect.REMOVED, f"section {gone.code}", gone.title, use.by_audits)
        for left in gone.requirements.all():
            yield _judged(Effect.REMOVED, left.printed_code, left.title, use.by_audits)


def _management(version: MethodologyVersion, definition: Methodology, use: Use) -> Iterator[Change]:
    if definition.is_partial:
        return
    said = definition.management
    for rows, wanted in (
        (version.management_elements.all(), said.elements if said else []),
        (version.management_grades.all(), said.grades if said else []),
    ):
        kept: dict[str, Any] = {row.key: row for row in rows}
        for position, one in enumerate(wanted):
            row = kept.pop(one.key, None)
            if row is None:
                yield _judged(Effect.ADDED, one.key, one.title, use.by_grades, is_grading=True)
                continue
            for name, value in (("title", one.title), ("position", position)):
                if getattr(row, name) != value:
                    text = f"{name}: {getattr(row, name)!r} -> {value!r}"
                    yield _judged(Effect.CHANGED, one.key, text, use.by_grades, is_grading=True)
        for row in kept.values():
            yield _judged(Effect.REMOVED, row.key, row.title, use.by_grades, is_grading=True)


def _review_window(version: MethodologyVersion, definition: Methodology) -> Iterator[Change]:
    row, wanted = ReviewPolicy.objects.filter(version=version).first(), definition.review_window
    if wanted and row is None:
        yield Change(Effect.ADDED, "days to comment", f"{wanted['days']}")
    elif wanted and (changed := different(row, wanted)):
        text = ", ".join(f"{name}: {getattr(row, name)!r} -> {wanted[name]!r}" for name in changed)
        yield Change(Effect.CHANGED, "days to comment", text)


def _policies(version: MethodologyVersion, definition: Methodology) -> Iterator[Change]:
    kept = {row.severity: row for row in version.closure_policies.all()}
    for severity, days in definition.closure_days.items():
        row, thing = kept.get(severity), f"closure of {severity}"
        if row is None:
            yield Change(Effect.ADDED, thing, f"{days} days")
        elif (row.days, row.is_placeholder) == (days, definition.closure_is_placeholder):
            continue
        elif row.is_own:
            yield Change(Effect.KEPT, thing, _("%(days)s days, as set here") % {"days": row.days})
        else:
            yield Change(Effect.CHANGED, thing, f"days: {row.days!r} -> {days!r}")


def _fields(thing: str, row: Any, wanted: Mapping[str, Any], use: Use) -> Iterator[Change]:
    for name in different(row, wanted):
        is_grading = name in GRADING
        is_used = use.by_grades if is_grading else use.by_audits and name not in HINTS
        text = f"{name}: {getattr(row, name)!r} -> {wanted[name]!r}"
        yield _judged(Effect.CHANGED, thing, text, is_used, is_grading=is_grading)


def different(row: Any, wanted: Mapping[str, Any]) -> list[str]:
    """Return the names of the columns that differ."""
    return [name for name, value in wanted.items() if getattr(row, name) != value]


def _judged(effect: Effect, thing: str, text: str, is_used: bool, *, is_grading: bool = False) -> Change:
    if not is_used:
        return Change(effect, thing, text)
    if is_grading:
        why = _("audits are graded by it. Load the change as a new version with a key of its own.")
    else:
        why = _(
            "audits and their findings rest on it. Load the change as a new version with a key of its own."
        )
    said = {
        Effect.ADDED: _("cannot be added"),
        Effect.CHANGED: _("cannot change"),
        Effect.REMOVED: _("cannot be removed"),
    }[effect]
    return Change(Effect.REFUSED, thing, f"{said} ({text}): {why}" if text else f"{said}: {why}")


def refused(changes: Iterable[Change]) -> list[Change]:
    """Return the changes that stop a file from being loaded."""
    return [one for one in changes if one.effect == Effect.REFUSED]


def counted(changes: Sequence[Change]) -> dict[Effect, int]:
    """Return how many changes there are of each kind."""
    return {effect: sum(one.effect == effect for one in changes) for effect in Effect}
