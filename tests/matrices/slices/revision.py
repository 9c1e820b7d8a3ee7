"""Corrections of published audits: the firm of record makes them, whoever sees the audit reads old and new."""

from typing import Any

from django.utils import timezone

from findings.models import AuditRevision
from tests.matrices.cases import api, done, page, says, sent
from tests.matrices.oracle import _of_audit
from tests.matrices.principals import NORTH, READERS
from tests.matrices.world import World

FIRM: dict[str, Any] = {"ok": {"firm"}, "forbidden": NORTH | {"customer", "rival"}}
FORMS = {"auditors-TOTAL_FORMS": "1", "auditors-INITIAL_FORMS": "0"}
AUDITOR = {"auditors-0-name": "A lead", "auditors-0-grade": "RA", "auditors-0-apsca_number": "21700009"}
WHOLE = {"summary": "Other words.", "reason": "It was wrong.", **FORMS, **AUDITOR, "auditors-0-is_lead": "on"}
FINDING = {
    "title": "Other words",
    "description": "Seen again.",
    "severity": "minor",
    "due_on": "2027-05-01",
    "reason": "It was wrong.",
}


def build(world: World) -> None:
    """Correct the audit once, and the one far away."""
    for name in ("audit", "far_audit"):
        audit = world[name]
        world.things[f"revision_of_{name}"] = AuditRevision.objects.create(
            audit=audit,
            reason="x",
            changes={"audit": {"summary": "x"}},
            made_at=timezone.now(),
        )


def _snapshot(word: str, old: dict[str, Any]) -> dict[str, Any]:
    return {
        **old,
        "audit": {**old["audit"], "summary": word},
        "auditors": [{**one, "name": word, "apsca_number": word} for one in old["auditors"]],
        "findings": [
            {**one, "title": word, "description": word, "objective_evidence": word} for one in old["findings"]
        ],
    }


RULES: dict[str, Any] = {"findings.AuditRevision": _of_audit}
SHAPES = {
    "findings.AuditRevision.changes": lambda word, _old: {"audit": {"summary": word}},
    "findings.AuditRevision.snapshot": _snapshot,
}
PAGES = {
    "findings:audit_revise": {
        "get": page(**FIRM, of="audit"),
        "post": done(**FIRM, of="audit", body=says(**WHOLE)),
    },
    "findings:finding_revise": {
        "get": page(**FIRM, of="nc"),
        "post": done(**FIRM, of="nc", body=says(**FINDING)),
    },
    "findings:revision": {"get": page(READERS, of=("audit", 1))},
    "api-audit-revisions": {
        "get": api(READERS, of="audit"),
        "post": sent(
            **FIRM, of="audit", status=201, body=says(summary="Other words.", reason="It was wrong.")
        ),
    },
}
