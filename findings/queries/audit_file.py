"""An audit as a file: what its firm downloads is what it can bring in again."""

from dataclasses import fields
from typing import Any

from findings.definitions.audit_file import AUDIT, AUDITORS, FINDINGS, FORMAT, MANAGEMENT, VERSION, Part
from findings.models import Audit, Finding
from findings.models.facts import Said
from findings.queries.audit import findings_of
from findings.queries.management import grid_of
from organisations.visibility import Viewer
from sourcing.models import Site

RECORDED = {Finding.Kind.OBSERVATION, Finding.Kind.GOOD_EXAMPLE}
SAID = frozenset(one.name for one in fields(Said))


def audit_as_data(viewer: Viewer, audit: Audit) -> dict[str, Any]:
    """Return an audit in the shape of the JSON file; what is not said is left out of a row."""
    site = Site.objects.visible_to(viewer).filter(pk=audit.site_id).values_list("code", flat=True).first()
    parent = None
    if audit.parent_id:
        parent = Audit.objects.visible_to(viewer).filter(pk=audit.parent_id).first()
    facts = {
        "site": site or "",
        "methodology": audit.version.key,
        "kind": audit.kind,
        "follows": parent.code if parent else "",
        "notice": audit.notice,
        "pillars": audit.pillars,
        "starts_on": audit.starts_on.isoformat(),
        "ends_on": audit.ends_on.isoformat(),
        "reference": audit.reference,
        "summary": audit.summary,
    }
    return {
        "format": FORMAT,
        "version": VERSION,
        AUDIT.name: _filled(facts),
        AUDITORS.name: [_auditor(one) for one in audit.auditors.order_by("-is_lead", "pk")],
        FINDINGS.name: [_finding(one) for one in findings_of(viewer, audit)],
        MANAGEMENT.name: _grades(viewer, audit),
    }


def _auditor(one: Any) -> dict[str, Any]:
    return _filled(
        {
            "name": one.name,
            "grade": one.grade,
            "apsca_number": one.apsca_number,
            "validated_on": one.validated_on.isoformat() if one.validated_on else "",
            "is_lead": one.is_lead,
        }
    )


def _finding(one: Finding) -> dict[str, Any]:
    said = {column.name: getattr(one, column.name) for column in FINDINGS.columns if column.name in SAID}
    code = f"{one.requirement.section.code}.{one.requirement.item}"
    return _filled({"requirement": code, "nature": one.kind if one.kind in RECORDED else "", **said})


def _grades(viewer: Viewer, audit: Audit) -> list[dict[str, Any]]:
    return [
        _filled(
            {
                "section": cell.section.code,
                "element": cell.element.key,
                "grade": cell.rating.grade.key,
                "note": cell.rating.note,
                "language": cell.rating.language,
            }
        )
        for cell in grid_of(viewer, audit).cells
        if cell.rating
    ]


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in ("", None, False)}


def example() -> dict[str, Any]:
    """Return a small audit in the shape of the JSON file, for those who write programs."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "audit": {
            "site": "8H2KQW4T",
            "methodology": "smeta-7.0",
            "kind": "periodic",
            "notice": "semi_announced",
            "pillars": 2,
            "starts_on": "2026-03-03",
            "ends_on": "2026-03-04",
        },
        "auditors": [{"name": "Rita Rahman", "grade": "CSCA", "apsca_number": "21700123", "is_lead": True}],
        "findings": [
            {
                "requirement": "3.B",
                "title": "A fire exit on the second floor was blocked",
                "description": "Cartons stood in front of the exit at 10:40. They were moved at once.",
                "severity": "major",
                "verification": "desktop",
                "extent": "isolated",
                "workers_affected": 120,
                "language": "en",
            },
            {
                "requirement": "1A.C",
                "title": "Workers paid agents for their jobs",
                "description": "Eleven of twenty workers interviewed paid an agent at home.",
            },
        ],
        "management_systems": [
            {"section": "3", "element": "policies", "grade": "some", "note": "Reviewed in 2024."}
        ],
    }


def schema() -> dict[str, Any]:
    """Return the JSON schema of the file; what a column may hold beyond its type is judged row by row."""
    listed = {one.name: {"type": "array", "items": _object(one)} for one in (AUDITORS, FINDINGS, MANAGEMENT)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An audit",
        "type": "object",
        "required": ["format", "version"],
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            AUDIT.name: _object(AUDIT),
            **listed,
        },
    }


NUMBERS, FLAGS = {"pillars", "workers_affected"}, {"is_lead"}


def _object(part: Part) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [one.name for one in part.columns if one.is_required],
        "properties": {
            one.name: {"type": _type(one.name), "description": str(one.says)} for one in part.columns
        },
    }


def _type(name: str) -> list[str]:
    if name in NUMBERS:
        return ["integer", "string", "null"]
    return ["boolean", "string", "null"] if name in FLAGS else ["string", "null"]
