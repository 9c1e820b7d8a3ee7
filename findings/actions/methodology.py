"""Looking after methodologies: loading a version from its file, and setting how long closing may take."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from findings.definitions.catalogue import Methodology, Named
from findings.models import (
    ClosurePolicy,
    ManagementElement,
    ManagementGrade,
    MethodologyVersion,
    ReviewPolicy,
    Section,
    WorkplaceRequirement,
)
from findings.permissions.methodology import can_look_after_methodologies
from findings.queries.methodology_diff import (
    Change,
    columns_of,
    compare,
    different,
    facts_of,
    refused,
    section_columns,
)
from ledger.entries import record
from ledger.refusals import Refusal
from organisations.visibility import Viewer

LOCK = 4713  # the name space of the advisory lock: one file at a time goes into a version
MOST_DAYS = 730
DEFAULT_DAYS = {"business_critical": 0, "critical": 30, "major": 60, "minor": 90}


def load_methodology(definition: Methodology) -> list[Change]:
    """Bring the tables into step with a definition, as the owner of the tables; again changes nothing.

    Promises: everything or nothing; what audits rest on stays (see `queries.methodology_diff.compare`); closure
    periods that were set here stay; a version that is new by a file of requirements alone gets placeholder periods.

    Returns:
        What changed, for the operator; empty when nothing did.

    Raises:
        Refusal: `methodology-in-use`, when audits rest on what would change.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, definition.key])
        version = MethodologyVersion.objects.filter(key=definition.key).first()
        changes = compare(version, definition)
        if stopped := refused(changes):
            raise Refusal("methodology-in-use", "\n".join(f"{one.thing}: {one.text}" for one in stopped))
        if changes:
            version = _version(version, definition)
            _sections(version, definition)
            _management(version, definition)
            _policies(version, definition)
            _review_window(version, definition)
    return changes


def load_as_operator(
    *, viewer: Viewer, definition: Methodology, expected: int | None = None, at: dt.datetime
) -> list[Change]:
    """Load a methodology as an editor of the operator. Promises as `load_methodology`, and a ledger entry.

    Args:
        expected: how many changes the person was shown; None when nobody was shown any.

    Raises:
        Forbidden: see `can_look_after_methodologies`.
        Refusal: `methodology-in-use`; `changed-meanwhile` when there are not as many changes as were shown.
    """
    can_look_after_methodologies(viewer).require()
    with transaction.atomic():
        changes = load_methodology(definition)
        if expected is not None and len(changes) != expected:
            sentence = _("The catalogue has changed since you looked. Please look at the differences again.")
            raise Refusal("changed-meanwhile", sentence)
        if changes:
            version = MethodologyVersion.objects.get(key=definition.key)
            record(
                verb="findings.methodology_loaded",
                by=viewer,
                subject=version,
                owner_id=viewer.organisation_id,
                at=at,
                data={"changes": [str(one) for one in changes[:500]], "count": len(changes)},
            )
    return changes


def set_closure_policy(
    *,
    viewer: Viewer,
    version: MethodologyVersion,
    severity: str,
    days: int,
    is_placeholder: bool,
    source: str,
    at: dt.datetime,
) -> ClosurePolicy:
    """Set how many days a site has to close a non-compliance of a severity, from the next finding on.

    Promises: findings that are written keep their dates; the change stands in the version's history for everyone;
    loading a catalogue leaves it alone; a ledger entry.

    Raises:
        Forbidden: see `can_look_after_methodologies`.
        Refusal: `no-such-severity`, `too-long`, or `source-missing` for a period that is no placeholder.
    """
    can_look_after_methodologies(viewer).require()
    if not 0 <= days <= MOST_DAYS:
        raise _wrong("too-long", "days", _("Choose a number of days from 0 to 730."))
    if not is_placeholder and not source.strip():
        sentence = _("Say where this period comes from, or call it a placeholder.")
        raise _wrong("source-missing", "source", sentence)
    with transaction.atomic():
        row = ClosurePolicy.objects.select_for_update().filter(version=version, severity=severity).first()
        if row is None:
            raise _wrong("no-such-severity", "severity", _("This version has no such severity."))
        before = {"days": row.days, "is_placeholder": row.is_placeholder, "source": row.source}
        row.days, row.is_placeholder, row.source, row.is_own = days, is_placeholder, source.strip(), True
        row.save(update_fields=["days", "is_placeholder", "source", "is_own"])
        record(
            verb="findings.closure_policy_set",
            by=viewer,
            subject=version,
            owner_id=viewer.organisation_id,
            at=at,
            data={"severity": severity, "before": before, "after": {"days": days, "source": row.source}},
        )
    return row


def _wrong(code: str, field: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, status=422, fields={field: [sentence]})


def _version(version: MethodologyVersion | None, definition: Methodology) -> MethodologyVersion:
    wanted: dict[str, Any] = {"name": definition.name, "version": definition.version}
    if version is None or not definition.is_partial:
        wanted |= facts_of(definition)
    if version is None:
        return MethodologyVersion.objects.create(key=definition.key, **wanted)
    _set(version, wanted)
    return version


def _sections(version: MethodologyVersion, definition: Methodology) -> None:
    kept = {section.code: section for section in version.sections.all()}
    for position, section in enumerate(definition.sections):
        row = kept.pop(section.code, None)
        fields = section_columns(definition, position, row)
        if row is None:
            row = Section.objects.create(version=version, code=section.code, **fields)
        else:
            _set(row, fields)
        _requirements(row, section.requirements)
    for gone in kept.values():
        gone.requirements.all().delete()
        gone.delete()


def _requirements(section: Section, wanted: list[Any]) -> None:
    kept = {row.item: row for row in section.requirements.all()}
    fresh = []
    for one in wanted:
        fields, row = columns_of(section.code, one), kept.pop(one.item, None)
        if row is None:
            fresh.append(
                WorkplaceRequirement(version_id=section.version_id, section=section, item=one.item, **fields)
            )
        else:
            _set(row, fields)
    WorkplaceRequirement.objects.bulk_create(fresh)
    for gone in kept.values():
        gone.delete()


def _management(version: MethodologyVersion, definition: Methodology) -> None:
    if definition.is_partial:
        return
    said = definition.management
    _named(ManagementElement, version, said.elements if said else [])
    _named(ManagementGrade, version, said.grades if said else [])


def _named(model: Any, version: MethodologyVersion, wanted: list[Named]) -> None:
    kept = {row.key: row for row in model.objects.filter(version=version)}
    for position, one in enumerate(wanted):
        row = kept.pop(one.key, None)
        if row is None:
            model.objects.create(version=version, key=one.key, title=one.title, position=position)
        else:
            _set(row, {"title": one.title, "position": position})
    for gone in kept.values():
        gone.delete()


def _policies(version: MethodologyVersion, definition: Methodology) -> None:
    kept = {row.severity: row for row in version.closure_policies.all()}
    days_of = definition.closure_days or (DEFAULT_DAYS if not kept else {})
    for severity, days in days_of.items():
        fields, row = {"days": days, "is_placeholder": definition.closure_is_placeholder}, kept.get(severity)
        if row is None:
            ClosurePolicy.objects.create(version=version, severity=severity, **fields)
        elif not row.is_own:
            _set(row, fields)


def _review_window(version: MethodologyVersion, definition: Methodology) -> None:
    if definition.review_window:
        ReviewPolicy.objects.update_or_create(version=version, defaults=definition.review_window)


def _set(row: models.Model, wanted: Mapping[str, Any]) -> None:
    changed = different(row, wanted)
    for field in changed:
        setattr(row, field, wanted[field])
    if changed:
        row.save(update_fields=changed)
