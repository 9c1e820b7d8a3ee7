"""Corrective actions and their verification: the site says, its audit firm verifies, whoever sees the audit reads."""

import datetime as dt
from typing import Any

from django.utils import timezone

from findings.actions.corrective import submit_action, verify
from findings.lifecycle import NON_COMPLIANCE, AuditState, FindingState
from findings.models import Audit, CorrectiveActionDraft, Finding
from organisations.visibility import Viewer
from tests.factories import findings as audits
from tests.factories import sourcing as places
from tests.factories.corrections import action, said, verification
from tests.matrices.cases import Case, api, done, page, says, sent
from tests.matrices.lives import Life
from tests.matrices.oracle import _of_audit, _supplier_of_finding
from tests.matrices.principals import EDITORS, MEMBERS, NORTH, SUPPLIER

ONLOOKERS = {"onlooker", "customer", "rival", "firm"}
OTHERS_OF_FIRM = NORTH | {"customer", "rival"}
SAID = {
    "cause": "rules",
    "correction": "The exit is free.",
    "prevention": "A guard looks.",
    "responsible": "Safety officer",
    "done_on": "2026-03-20",
}
CLOSED = {"result": "closed"}


def build(world: Any) -> None:
    """Two non-compliances of an audit: one sent, sent back and sent again; one with a draft of the site."""
    firm = world.organisations["firm"]
    audit = audits.audit(world["north"], firm, kind="initial", ends_on=dt.date(2025, 2, 1))
    sent_one = audits.finding(audit, verification="desktop", due_on=dt.date(2025, 4, 2))
    open_one = audits.finding(audit, verification="desktop", due_on=dt.date(2025, 4, 2))
    world.things |= {"nc_audit": audit, "nc_sent": sent_one, "nc_open": open_one}
    audits.publish(audit)
    verification(action(sent_one), "more_needed")
    action(sent_one)
    visit = audits.audit(
        world["north"], firm, kind="follow_up_partial", parent=audit, ends_on=dt.date(2025, 2, 20)
    )
    world.things["visit"] = audits.publish(visit)
    far = world["far_nc"]
    action(far)
    for one in (open_one, far):
        CorrectiveActionDraft.objects.create(
            finding=one, content={"typed": {"why_1": ["x"]}}, saved_at=timezone.now()
        )


def _codes(name: str, **more: Any) -> Any:
    return lambda world: {"code": [world[name].code], **more}


def _listed(name: str, **more: Any) -> Any:
    return lambda world: {"codes": [world[name].code], **more}


PAGES: dict[str, dict[str, Case]] = {
    "findings:corrective_action": {
        "get": page(EDITORS, forbidden=ONLOOKERS, of="nc_open"),
        "post": done(EDITORS, forbidden=ONLOOKERS, of="nc_open", body=says(**SAID, why_1="Boxes")),
    },
    "findings:corrective_draft": {
        "post": page(EDITORS, forbidden=ONLOOKERS, of="nc_open", body=says(why_1="Boxes"), status=204)
    },
    "findings:corrective_check": {
        "get": page({"firm"}, forbidden=OTHERS_OF_FIRM, of="nc_sent"),
        "post": done({"firm"}, forbidden=OTHERS_OF_FIRM, of="nc_sent", body=says(**CLOSED)),
    },
    "findings:to_verify": {"get": page()},
    "findings:several": {
        "post": page(
            SUPPLIER | {"far_supplier"},
            body=_codes("nc_open", verb="submit"),
            otherwise=dict.fromkeys(MEMBERS - SUPPLIER - {"far_supplier"}, 404),
        )
    },
    "api-correction": {
        "get": api(NORTH | {"customer", "rival", "firm"}, of="nc_sent"),
        "post": sent(
            EDITORS, forbidden=ONLOOKERS, of="nc_open", status=201, body=says(**SAID, whys=["Boxes"])
        ),
    },
    "api-verify": {"post": sent({"firm"}, forbidden=OTHERS_OF_FIRM, of="nc_sent", body=says(**CLOSED))},
    "api-verifications": {"get": api()},
    "api-several-submit": {"post": sent(MEMBERS, body=_listed("nc_open", **SAID, whys=["Boxes"]))},
    "api-several-verify": {"post": sent(MEMBERS, body=_listed("nc_sent", **CLOSED))},
}
RULES = {
    "findings.CorrectiveAction": _of_audit,
    "findings.CorrectiveActionDraft": _supplier_of_finding,
    "findings.Verification": lambda known, reader, row: _of_audit(
        known, reader, {"audit_id": row["of_audit_id"]}
    ),
}
SHAPES = {
    "findings.CorrectiveActionDraft.content": lambda word, _old: {"typed": {"why_1": [word]}},
}


def _submit(viewer: Viewer, row: Any) -> Any:
    return submit_action(viewer=viewer, finding=row, said=said(), at=timezone.now())


def _answer(result: str) -> Any:
    def move(viewer: Viewer, row: Any) -> Any:
        return verify(
            viewer=viewer, finding=row, method="desktop", result=result, reason="x", at=timezone.now()
        )

    return move


def _on_a_visit(viewer: Viewer, row: Any) -> Any:
    rows = Audit.objects.filter(parent_id=row.audit_id, state=AuditState.PUBLISHED)
    return verify(
        viewer=viewer,
        finding=row,
        method="follow_up",
        result="more_needed",
        reason="x",
        audit=rows.first(),
        at=timezone.now(),
    )


SUBMITTED = FindingState.ACTION_SUBMITTED
LIVES = [
    Life(
        Finding,
        "nc_sent",
        NON_COMPLIANCE,
        {
            "send an action": (
                _submit,
                {FindingState.OPEN: SUBMITTED, SUBMITTED: SUBMITTED},
                EDITORS,
            ),
            "close": (_answer("closed"), {SUBMITTED: FindingState.VERIFIED_CLOSED}, frozenset({"firm"})),
            "send back": (_answer("more_needed"), {SUBMITTED: FindingState.OPEN}, frozenset({"firm"})),
            "send back on a visit": (
                _on_a_visit,
                {SUBMITTED: FindingState.OPEN, FindingState.OPEN: FindingState.OPEN},
                frozenset({"firm"}),
            ),
        },
        frozenset({"onlooker", "limited", "customer", "rival", "former_firm", "other_firm", "far_supplier"}),
    )
]
LISTS = {"findings:to_verify": "firm", "api-verifications": "firm"}


def grow(small: Any) -> None:
    """Add one non-compliance that waits for the firm."""
    site = places.site(small.supplier.organisation)
    places.engagement(site, small.firm.organisation)
    audit = audits.audit(site, small.firm.organisation)
    found = audits.finding(audit, verification="desktop")
    audits.publish(audit)
    action(found)
