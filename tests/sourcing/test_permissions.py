"""Sites, trade links, engagements, registers and evidence: who is refused what, and why."""

import pytest

from organisations.visibility import Capability, Role
from sourcing import permissions
from sourcing.permissions import (
    can_add_evidence,
    can_add_site,
    can_answer_engagement,
    can_answer_link,
    can_ask_for_audit,
    can_change_evidence,
    can_change_site,
    can_end_engagement,
    can_end_link,
    can_keep_register,
    can_propose_to_customer,
    can_propose_to_supplier,
    can_see_register,
    can_withdraw_link,
)
from tests.findings.permissions.asking import SITE, THEM, US, Line, answer, named, reader, thing, viewer

BUYER, SUPPLIER, FIRM = (Capability.BUYER, Capability.SUPPLIER, Capability.AUDIT_FIRM)
LIMITED = viewer(US, SUPPLIER, site_ids=frozenset({SITE}))


def link(**facts: object) -> object:
    """Return a trade link that they proposed to us, their supplier."""
    return thing(
        **({"supplier_id": US, "buyer_id": THEM, "proposed_by_id": THEM, "state": "proposed"} | facts)
    )


def engagement(**facts: object) -> object:
    """Return our engagement of their audit firm."""
    return thing(**({"supplier_id": US, "audit_firm_id": THEM, "site_id": SITE, "state": "active"} | facts))


def evidence(**facts: object) -> object:
    """Return evidence of ours."""
    return thing(**({"organisation_id": US, "is_retired": False, "sites": {SITE}} | facts))


OURS = {"proposed_by_id": US}
BOUGHT = {"supplier_id": THEM, "buyer_id": US}
IN_FORCE = {"state": "accepted"}
OVER = ("declined", "withdrawn", "ended")
LINES: list[Line] = [
    *((can_see_register, (one,), "") for one in (viewer(US, BUYER), reader(BUYER))),
    (can_see_register, (viewer(US, SUPPLIER),), "not-a-buyer"),
    (can_keep_register, (viewer(US, BUYER),), ""),
    (can_keep_register, (reader(BUYER),), "read-only-role"),
    (can_keep_register, (viewer(US, SUPPLIER),), "not-a-buyer"),
    *(
        line
        for check in (can_add_site, can_propose_to_customer)
        for line in (
            (check, (viewer(US, SUPPLIER),), ""),
            (check, (viewer(US, BUYER),), "not-a-supplier"),
            (check, (LIMITED,), "limited-to-sites"),
            (check, (reader(SUPPLIER),), "read-only-role"),
        )
    ),
    (can_change_site, (viewer(), thing(organisation_id=US)), ""),
    (can_change_site, (viewer(), thing(organisation_id=THEM)), "not-the-owner"),
    (can_change_site, (reader(), thing(organisation_id=US)), "read-only-role"),
    (can_propose_to_supplier, (viewer(US, BUYER),), ""),
    (can_propose_to_supplier, (viewer(US, SUPPLIER),), "not-a-buyer"),
    (can_propose_to_supplier, (reader(BUYER),), "read-only-role"),
    (can_answer_link, (viewer(), link()), ""),
    (can_answer_link, (viewer(), link(**OURS)), "own-proposal"),
    *((can_answer_link, (viewer(), link(state=one)), "answered") for one in ("accepted", *OVER)),
    (can_answer_link, (LIMITED, link()), "limited-to-sites"),
    (can_answer_link, (LIMITED, link(**BOUGHT)), ""),
    (can_answer_link, (reader(), link(**BOUGHT)), "read-only-role"),
    (can_answer_link, (reader(), link()), "read-only-role"),
    (can_withdraw_link, (viewer(), link(**OURS)), ""),
    (can_withdraw_link, (viewer(), link()), "not-your-proposal"),
    *((can_withdraw_link, (viewer(), link(**OURS, state=one)), "answered") for one in ("accepted", *OVER)),
    (can_withdraw_link, (LIMITED, link(**OURS)), "limited-to-sites"),
    (can_end_link, (viewer(), link(**IN_FORCE)), ""),
    *((can_end_link, (viewer(), link(state=one)), "not-in-force") for one in ("proposed", *OVER)),
    (can_end_link, (LIMITED, link(**IN_FORCE)), "limited-to-sites"),
    (can_ask_for_audit, (viewer(US, SUPPLIER),), ""),
    (can_ask_for_audit, (viewer(US, BUYER),), "not-a-supplier"),
    (can_ask_for_audit, (reader(SUPPLIER),), "read-only-role"),
    (can_answer_engagement, (viewer(THEM), engagement(state="proposed")), ""),
    (can_answer_engagement, (viewer(), engagement(state="proposed")), "not-the-firm"),
    *(
        (can_answer_engagement, (viewer(THEM), engagement(state=one)), "answered")
        for one in ("active", "ended")
    ),
    (can_answer_engagement, (reader(), engagement(audit_firm_id=US, state="proposed")), "read-only-role"),
    *((can_end_engagement, (one, engagement()), "") for one in (viewer(), viewer(THEM), LIMITED)),
    (can_end_engagement, (viewer(), engagement(state="proposed")), ""),
    (can_end_engagement, (viewer(THEM), engagement(state="proposed")), "not-running"),
    *(
        (can_end_engagement, (viewer(), engagement(state=one)), "not-running")
        for one in ("declined", "ended")
    ),
    (can_end_engagement, (LIMITED, engagement(site_id=0)), "limited-to-sites"),
    (can_end_engagement, (LIMITED, engagement(site_id=0, supplier_id=THEM, audit_firm_id=US)), ""),
    (can_end_engagement, (reader(), engagement()), "read-only-role"),
    (
        can_end_engagement,
        (viewer(US, role=Role.VIEWER, site_ids=frozenset({SITE})), engagement()),
        "read-only-role",
    ),
    *((can_add_evidence, (viewer(US, one),), "") for one in (SUPPLIER, BUYER, FIRM)),
    (can_add_evidence, (reader(SUPPLIER),), "read-only-role"),
    *((can_change_evidence, (one, evidence()), "") for one in (viewer(), LIMITED)),
    (can_change_evidence, (viewer(), evidence(sites=set())), ""),
    (can_change_evidence, (viewer(), evidence(organisation_id=THEM)), "not-the-owner"),
    (can_change_evidence, (viewer(), evidence(is_retired=True)), "evidence-retired"),
    *(
        (can_change_evidence, (LIMITED, evidence(sites=one)), "limited-to-sites")
        for one in (set(), {SITE, 11}, {11})
    ),
    (can_change_evidence, (reader(), evidence()), "read-only-role"),
]


class _Sites:
    """The sites that a piece of evidence is about, without a database."""

    class objects:
        @staticmethod
        def filter(*, evidence: object) -> "_Sites":
            found = _Sites()
            found.named = evidence.sites  # type: ignore[attr-defined]
            return found

    named: set[int]

    def values_list(self, _name: str, *, flat: bool) -> set[int]:
        assert flat
        return self.named


@pytest.fixture(autouse=True)
def _evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permissions, "EvidenceSite", _Sites)


@pytest.mark.parametrize("line", LINES, ids=named)
def test_trade_is_for_the_right_side_at_the_right_time(line: Line) -> None:
    assert answer(line) == line[2]
