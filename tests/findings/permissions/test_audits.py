"""Audits, plans, evidence, shares and portfolios: who is refused what, and why."""

from collections.abc import Mapping
from typing import Any

import pytest

from findings.models import TableExport
from findings.permissions import audit as audits
from findings.permissions import evidence, management, plan, share
from findings.permissions.audit import can_enter_findings, can_open_audit, can_open_audits, can_work_on_audit
from findings.permissions.audit_import import can_apply_import, can_bring_in
from findings.permissions.evidence import (
    can_answer_request,
    can_ask_for_evidence,
    can_attach,
    can_attach_to_finding,
    can_take_back_request,
)
from findings.permissions.management import can_rate_management
from findings.permissions.methodology import can_look_after_methodologies
from findings.permissions.plan import (
    can_answer_rhythm,
    can_ask_for_rhythm,
    can_keep_ledger,
    can_respond,
    can_share_plan,
    can_understand,
    can_update_plan,
)
from findings.permissions.portfolio import (
    can_change_view,
    can_follow,
    can_keep_views,
    can_see_portfolio,
    can_take_list,
)
from findings.permissions.share import can_end_share, can_share_outside
from findings.visibility import Audience
from organisations.visibility import Capability, Role, Viewer
from tests.findings.permissions.asking import (
    AUDIT,
    OTHERS,
    SITE,
    THEM,
    US,
    Line,
    answer,
    audit,
    car,
    named,
    nc,
    reader,
    thing,
    viewer,
)

FIRM = viewer(THEM, Capability.AUDIT_FIRM)
FIRM_READER = viewer(THEM, Capability.AUDIT_FIRM, role=Role.VIEWER)
CUSTOMER = viewer(OTHERS, Capability.BUYER)
CUSTOMER_READER = viewer(OTHERS, Capability.BUYER, role=Role.VIEWER)
OPEN_STATES = ("scheduled", "in_progress", "submitted")
ENTERING = [
    ("in_progress", FIRM, ""),
    ("scheduled", FIRM, "audit-not-started"),
    ("submitted", FIRM, "audit-with-the-site"),
    ("published", FIRM, "audit-published"),
    ("superseded", FIRM, "audit-published"),
    *((state, viewer(), "not-your-audit") for state in (*OPEN_STATES, "published")),
    *((state, FIRM_READER, "read-only-role") for state in OPEN_STATES),
]
ON_A_PLAN: list[tuple[dict[str, Any], Viewer, str]] = [
    ({}, viewer(), ""),
    ({"state": "in_progress"}, viewer(), ""),
    ({"is_car": False}, viewer(), "not-a-car"),
    ({}, FIRM, "not-your-site"),
    ({}, CUSTOMER, "not-your-site"),
    ({"audit_state": "submitted"}, viewer(), "audit-not-published"),
    ({"state": "closed"}, viewer(), "car-closed"),
    ({}, reader(), "read-only-role"),
]
RESPONDING: list[tuple[dict[str, Any], dict[str, Any], Viewer, str]] = [
    ({}, {}, CUSTOMER, ""),
    ({"audit_id": 0}, {}, CUSTOMER, "not-a-customer"),
    ({}, {}, viewer(), "not-a-customer"),
    ({}, {}, FIRM, "not-a-customer"),
    ({}, {"state": "closed"}, CUSTOMER, "car-closed"),
    ({}, {}, CUSTOMER_READER, "read-only-role"),
]


def kept(**facts: object) -> object:
    """Return evidence of ours that may be shown."""
    given = {"organisation_id": US, "title": "Payroll", "is_retired": False, "shows_workers": False}
    return thing(**({**given, "confidentiality": "shareable"} | facts))


def a_plan(of: Mapping[str, Any], **facts: Any) -> object:
    """Return the plan of a CAR of ours."""
    return thing(**({"audit_id": AUDIT, "finding": car(**of)} | facts))


def asked(**facts: object) -> object:
    """Return a request for evidence that they made to us."""
    return thing(**({"supplier_id": US, "asker_id": THEM, "state": "open"} | facts))


def rhythm(who: int, **of: object) -> object:
    """Return a customer's wish for another rhythm."""
    return thing(organisation_id=who, plan=thing(finding=car(**of)))


WITH_FIGURES: dict[str, Any] = {"requirement": thing(ledger="refunds"), "state": "in_progress"}
LINES: list[Line] = [
    (can_open_audits, (FIRM,), ""),
    (can_open_audits, (FIRM_READER,), "read-only-role"),
    (can_open_audits, (viewer(),), "not-an-audit-firm"),
    (can_open_audit, (FIRM, thing(pk=SITE)), ""),
    (can_open_audit, (FIRM, thing(pk=0)), "not-engaged"),
    (can_open_audit, (viewer(THEM), thing(pk=SITE)), "not-an-audit-firm"),
    *((can_work_on_audit, (FIRM, audit(state=one)), "") for one in OPEN_STATES),
    *(
        (can_work_on_audit, (FIRM, audit(state=one)), "audit-published")
        for one in ("published", "superseded")
    ),
    (can_work_on_audit, (viewer(), audit(state="in_progress")), "not-your-audit"),
    (can_work_on_audit, (FIRM_READER, audit(state="in_progress")), "read-only-role"),
    *((can_enter_findings, (who, audit(state=state)), code) for state, who, code in ENTERING),
    *((can_bring_in, (who, audit(state=state)), code) for state, who, code in ENTERING),
    *((can_apply_import, (who, thing(audit=audit(state=state))), code) for state, who, code in ENTERING),
    (can_bring_in, (FIRM, None), ""),
    (can_bring_in, (viewer(), None), "not-an-audit-firm"),
    (can_apply_import, (viewer(), thing(audit=None)), "not-an-audit-firm"),
    *((can_rate_management, (who, audit(state=state)), code) for state, who, code in ENTERING),
    (can_rate_management, (FIRM, audit(state="in_progress", pk=0)), "no-management-systems"),
    (can_rate_management, (FIRM, audit(state="scheduled", pk=0)), "audit-not-started"),
    (can_look_after_methodologies, (viewer(US, Capability.OPERATOR),), ""),
    (can_look_after_methodologies, (viewer(US, Capability.AUDIT_FIRM),), "not-the-operator"),
    (can_look_after_methodologies, (reader(Capability.OPERATOR),), "read-only-role"),
    *((can_understand, (who, car(**facts)), code) for facts, who, code in ON_A_PLAN),
    *((can_share_plan, (who, car(**facts)), code) for facts, who, code in ON_A_PLAN),
    *((can_update_plan, (who, car(**facts)), code) for facts, who, code in ON_A_PLAN if code),
    (can_update_plan, (viewer(), car(state="in_progress")), ""),
    (can_update_plan, (viewer(), car(state="open")), "no-plan-yet"),
    *((can_respond, (who, a_plan(of, **facts)), code) for facts, of, who, code in RESPONDING),
    *((can_ask_for_rhythm, (who, a_plan(of, **facts)), code) for facts, of, who, code in RESPONDING),
    (can_answer_rhythm, (viewer(), rhythm(OTHERS, state="in_progress")), ""),
    (can_answer_rhythm, (CUSTOMER, rhythm(OTHERS, state="in_progress")), "own-request"),
    (can_answer_rhythm, (FIRM, rhythm(OTHERS, state="in_progress")), "not-your-site"),
    (can_answer_rhythm, (viewer(), rhythm(OTHERS)), "no-plan-yet"),
    (can_keep_ledger, (viewer(), car(**WITH_FIGURES), "refunds"), ""),
    (can_keep_ledger, (viewer(), car(**WITH_FIGURES), "wages"), "no-such-figures"),
    (can_keep_ledger, (viewer(), car(**(WITH_FIGURES | {"state": "open"})), "refunds"), "no-plan-yet"),
    *((can_attach, (viewer(), kept(), one), "") for one in Audience),
    *((can_attach, (viewer(), kept(shows_workers=True), one), "shows-workers") for one in ("audit", "pair")),
    (can_attach, (viewer(), kept(shows_workers=True), Audience.OWNER), ""),
    *(
        (can_attach, (viewer(), kept(confidentiality="internal"), one), "evidence-internal")
        for one in ("audit", "pair")
    ),
    (can_attach, (viewer(), kept(confidentiality="internal"), Audience.OWNER), ""),
    (can_attach, (viewer(), kept(is_retired=True), Audience.OWNER), "evidence-retired"),
    (can_attach, (viewer(), kept(organisation_id=THEM), Audience.AUDIT), "not-the-owner"),
    (can_attach, (reader(), kept(), Audience.AUDIT), "read-only-role"),
    *((can_attach_to_finding, (viewer(), nc(audit_state=one)), "") for one in ("submitted", "published")),
    (can_attach_to_finding, (FIRM, nc(audit_state="submitted")), ""),
    (can_attach_to_finding, (FIRM, nc()), "audit-published"),
    (can_attach_to_finding, (CUSTOMER, nc()), "not-your-finding"),
    (can_attach_to_finding, (reader(), nc()), "read-only-role"),
    (can_attach_to_finding, (FIRM_READER, nc(audit_state="submitted")), "read-only-role"),
    (can_ask_for_evidence, (CUSTOMER, nc()), ""),
    (can_ask_for_evidence, (CUSTOMER, car()), ""),
    (can_ask_for_evidence, (FIRM, nc()), ""),
    (can_ask_for_evidence, (FIRM, car()), "not-yours-to-ask"),
    (can_ask_for_evidence, (viewer(4), nc()), "not-yours-to-ask"),
    (can_ask_for_evidence, (viewer(), nc()), "your-own-site"),
    (can_ask_for_evidence, (CUSTOMER, nc(audit_state="submitted")), "audit-not-published"),
    (can_ask_for_evidence, (CUSTOMER_READER, nc()), "read-only-role"),
    (can_answer_request, (viewer(), asked()), ""),
    (can_answer_request, (FIRM, asked()), "not-asked"),
    (can_answer_request, (reader(), asked()), "read-only-role"),
    (can_take_back_request, (FIRM, asked()), ""),
    (can_take_back_request, (viewer(), asked()), "not-the-asker"),
    (can_take_back_request, (FIRM_READER, asked()), "read-only-role"),
    *(
        (check, (who, asked(state=one)), "request-answered")
        for check, who in ((can_answer_request, viewer()), (can_take_back_request, FIRM))
        for one in ("answered", "declined", "withdrawn")
    ),
    (can_share_outside, (viewer(), audit()), ""),
    (can_share_outside, (viewer(), audit(state="submitted")), "audit-not-published"),
    (can_share_outside, (CUSTOMER, audit()), "not-your-site"),
    (can_share_outside, (reader(), audit()), "read-only-role"),
    (can_end_share, (viewer(), thing(owner_id=US)), ""),
    (can_end_share, (viewer(), thing(owner_id=THEM)), "not-your-share"),
    (can_end_share, (reader(), thing(owner_id=US)), "read-only-role"),
    (can_see_portfolio, (CUSTOMER,), ""),
    (can_see_portfolio, (CUSTOMER_READER,), ""),
    (can_see_portfolio, (viewer(),), "not-a-buyer"),
    *((can_follow, (one,), "") for one in (CUSTOMER, CUSTOMER_READER)),
    (can_follow, (viewer(),), "not-a-buyer"),
    *((can_take_list, (CUSTOMER_READER, one.value), "") for one in TableExport.Kind),
    *(
        (can_take_list, (viewer(), one.value), "not-a-buyer" if one == TableExport.Kind.PORTFOLIO else "")
        for one in TableExport.Kind
    ),
    (can_keep_views, (CUSTOMER,), ""),
    (can_keep_views, (CUSTOMER_READER,), "read-only-role"),
    (can_keep_views, (viewer(),), "not-a-buyer"),
    (can_change_view, (CUSTOMER, thing(person_id=7)), ""),
    (can_change_view, (CUSTOMER, thing(person_id=8)), "not-your-view"),
    (can_change_view, (viewer(OTHERS, Capability.BUYER, role=Role.ADMIN), thing(person_id=8)), ""),
    (can_change_view, (CUSTOMER_READER, thing(person_id=7)), "read-only-role"),
    (can_change_view, (viewer(), thing(person_id=8)), "not-a-buyer"),
]


def _bases(viewer: Viewer, audit_id: int) -> frozenset[str]:
    """The site is ours, the others are its customers; the firm of record sees the audit."""
    known = {US: "owner", THEM: "audit_firm", OTHERS: "customer"}
    return frozenset({known.get(viewer.organisation_id, "")} if audit_id == AUDIT else ())


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "bases_of", _bases)
    monkeypatch.setattr(share, "bases_of", _bases)
    monkeypatch.setattr(plan, "is_customer", lambda viewer, audit: "customer" in _bases(viewer, audit))
    monkeypatch.setattr(
        audits, "is_engaged", lambda viewer, site: (viewer.organisation_id, site) == (THEM, SITE)
    )
    monkeypatch.setattr(management, "has_management", lambda audit: audit.pk == AUDIT)


@pytest.mark.parametrize("line", LINES, ids=named)
def test_audits_and_plans_are_for_the_right_side_at_the_right_time(line: Line) -> None:
    assert answer(line) == line[2]
