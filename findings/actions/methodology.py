"""Loading a methodology version from its file; done by the operator, as the owner of the tables."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from findings.definitions.catalogue import Methodology
from findings.models import ClosurePolicy, Finding, MethodologyVersion, Section, WorkplaceRequirement
from ledger.refusals import Refusal


def load_methodology(definition: Methodology) -> list[str]:
    """Bring the tables into step with a definition; loading it again changes nothing.

    Promises: everything or nothing; what a finding rests on stays: a requirement with findings is neither
    removed nor turned from a non-compliance into a CAR or back.

    Args:
        definition: read and checked already.

    Returns:
        One line per change, for the operator; empty when nothing changed.

    Raises:
        Refusal: `requirement-in-use`, when findings rest on what would be removed or turned.
    """
    with transaction.atomic():
        version, changes = _version(definition)
        changes += _sections(version, definition)
        changes += _policies(version, definition)
    return changes


def _version(definition: Methodology) -> tuple[MethodologyVersion, list[str]]:
    wanted = {
        "name": definition.name,
        "version": definition.version,
        "live_from": definition.live_from,
        "has_observations": definition.has_observations,
        "is_illustrative": definition.is_illustrative,
        "source_note": definition.source_note,
    }
    version = MethodologyVersion.objects.select_for_update().filter(key=definition.key).first()
    if version is None:
        version = MethodologyVersion.objects.create(key=definition.key, **wanted)
        return version, [f"+ {version}"]
    return version, list(_set(version, wanted, str(version)))


def _sections(version: MethodologyVersion, definition: Methodology) -> list[str]:
    changes: list[str] = []
    kept = {section.code: section for section in version.sections.all()}
    wanted = {section.code for section in definition.sections}
    for position, section in enumerate(definition.sections):
        fields = {"title": section.title, "printed_code": section.printed_code, "position": position}
        row = kept.get(section.code)
        if row is None:
            row = Section.objects.create(version=version, code=section.code, **fields)
            changes.append(f"+ section {row}")
        else:
            changes += _set(row, fields, f"section {section.code}")
        changes += _requirements(row, section.requirements)
    for row in kept.values():
        if row.code not in wanted:
            changes += _requirements(row, [])
            row.delete()
            changes.append(f"- section {row}")
    return changes


def _requirements(section: Section, wanted: list[Any]) -> list[str]:
    changes: list[str] = []
    kept = {row.item: row for row in section.requirements.all()}
    fresh = []
    for one in wanted:
        fields = {
            "title": one.title,
            "printed_code": f"{section.code}.{one.item}",
            "is_car": one.is_car,
            "car_source": one.car_source,
            "ledger": one.ledger,
            "indicators": list(one.indicators),
            "sdg_targets": list(one.sdg_targets),
        }
        row = kept.pop(one.item, None)
        if row is None:
            fresh.append(
                WorkplaceRequirement(version_id=section.version_id, section=section, item=one.item, **fields)
            )
            continue
        if row.is_car != one.is_car:
            _require_unused(row)
        changes += _set(row, fields, row.printed_code)
    WorkplaceRequirement.objects.bulk_create(fresh)
    for row in kept.values():
        _require_unused(row)
        row.delete()
    return [*changes, *(f"+ {row}" for row in fresh), *(f"- {row}" for row in kept.values())]


def _policies(version: MethodologyVersion, definition: Methodology) -> list[str]:
    changes: list[str] = []
    kept = {row.severity: row for row in version.closure_policies.all()}
    for severity, days in definition.closure_days.items():
        fields = {"days": days, "is_placeholder": definition.closure_is_placeholder}
        row = kept.get(severity)
        if row is None:
            ClosurePolicy.objects.create(version=version, severity=severity, **fields)
            changes.append(f"+ {severity}: {days} days")
        else:
            changes += _set(row, fields, f"closure of {severity}")
    return changes


def _set(row: models.Model, wanted: Mapping[str, Any], name: str) -> Iterator[str]:
    """Set what differs, save it and tell of it."""
    different = [field for field, value in wanted.items() if getattr(row, field) != value]
    for field in different:
        yield f"~ {name}: {field}: {getattr(row, field)!r} -> {wanted[field]!r}"
        setattr(row, field, wanted[field])
    if different:
        row.save(update_fields=different)


def _require_unused(row: WorkplaceRequirement) -> None:
    if Finding.objects.filter(requirement=row).exists():
        raise Refusal(
            "requirement-in-use",
            _("%(code)s: findings rest on it. Load the change as a new version with a key of its own.")
            % {"code": row.printed_code},
        )
