"""Audits brought in from files, seen and applied by the firm that brought them; and given out to whoever sees them."""

from typing import Any

from django.utils import timezone

from documents.models import Document
from findings.models import AuditImport
from tests.conftest import owner_role
from tests.factories import findings as audits
from tests.factories import sourcing as places
from tests.matrices.cases import NO_ONE, Case, api, done, page, says, sent
from tests.matrices.oracle import _own
from tests.matrices.principals import FIRMS, MEMBERS, READERS

ROWS = "Requirement\tTitle\tWhat was found\tSeverity\n3.B\tExit\tSeen\tminor\n"
GOOD = {"requirement": "3.B", "title": "x", "description": "x", "severity": "minor"}


def _content(**values: str) -> dict[str, Any]:
    return {"parts": {"findings": [{"row": 2, "values": GOOD | values}]}, "notes": []}


def _brought(organisation: Any, person: Any, audit: Any, document: Any = None) -> AuditImport:
    return AuditImport.objects.create(
        organisation=organisation,
        person=person,
        audit=audit,
        makes_audit=False,
        document=document,
        source="xlsx" if document else "paste",
        file_name="x",
        content=_content(),
        uploaded_at=timezone.now(),
    )


def build(world: Any) -> None:
    """Something brought for the draft, one with its file, one put away, and another firm's."""
    from tests.matrices.world import _document  # the world imports the slices

    firm, other = world.organisations["firm"], world.organisations["other_firm"]
    kept = _document(firm, world.people["firm"], Document.Kind.IMPORT)
    things = world.things
    things["brought"] = _brought(firm, world.people["firm"], world["draft"])
    things["brought_file"] = _brought(firm, world.people["firm"], world["draft"], kept)
    others = audits.audit(world["north"], other, kind="initial")
    things["brought_by_other"] = _brought(other, world.people["other_firm"], others)
    over = _brought(firm, world.people["firm"], world["draft"])
    over.state = AuditImport.State.DISCARDED
    over.save(update_fields=["state"])


PAGES: dict[str, dict[str, Case]] = {
    "findings:audit_import_new": {
        "get": page(FIRMS),
        "post": page(NO_ONE, otherwise=dict.fromkeys(FIRMS, 422)),
    },
    "findings:audit_import_template": {"get": page(FIRMS)},
    "findings:audit_import": {
        "get": page({"firm"}, of="draft"),
        "post": page(NO_ONE, of="draft", otherwise={"firm": 422}),
    },
    "findings:findings_paste": {
        "get": page({"firm"}, of="draft"),
        "post": done({"firm"}, of="draft", body=says(rows=ROWS)),
    },
    "findings:audit_file": {"get": page(READERS, of=("audit", "json"))},
    "findings:audit_import_rows": {"get": page({"firm"}, of="brought")},
    "findings:audit_import_apply": {"post": done({"firm"}, of="brought")},
    "findings:audit_import_discard": {"post": done({"firm"}, of="brought")},
    "findings:audit_import_file": {"get": page({"firm"}, of="brought_file")},
    "api-audit-export": {"get": api(READERS, of="audit")},
    "api-audit-imports": {
        "get": api(),
        "post": sent(
            {"firm"},
            status=201,
            body=lambda world: {"audit": world["draft"].code, "rows": ROWS},
            otherwise=dict.fromkeys(MEMBERS - {"firm"}, 404),
        ),
    },
    "api-audit-import-files": {"post": sent(NO_ONE, otherwise=dict.fromkeys(MEMBERS, 415))},
    "api-audit-import-schema": {"get": api()},
    "api-audit-import": {"get": api({"firm"}, of="brought")},
    "api-audit-import-apply": {"post": sent({"firm"}, of="brought")},
    "api-audit-import-discard": {"post": sent({"firm"}, of="brought")},
}
RULES = {"findings.AuditImport": _own}
SHAPES = {
    "findings.AuditImport.content": lambda word, _old: _content(title=word, description=word),
    "findings.AuditImport.summary": lambda _word, old: old,
}
LISTS = {"api-audit-imports": "firm"}
NO_LISTS = {
    "findings:audit_import_new": "a form",
    "findings:audit_import_template": "no rows",
    "api-audit-import-schema": "no rows",
}


def grow(small: Any) -> None:
    """One more thing that the firm brought."""
    firm = small.firm.organisation
    with owner_role():
        site = places.site(small.supplier.organisation)
        _brought(firm, small.firm.person, audits.audit(site, firm))
