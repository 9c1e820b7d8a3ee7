"""Who reads which row of findings by the row policies alone: every ground, and each condition wrong in turn."""

from typing import Any

import pytest

from tests.visibility.bare import (
    FUTURE,
    ME,
    OTHER,
    OWN,
    PAST,
    SOMEBODY,
    THAT,
    THIS,
    Columns,
    Fact,
    Held,
    Row,
    Rule,
    assert_shown,
    both,
    either,
    mine,
    own,
    policed,
    says,
    there,
)

pytestmark = pytest.mark.django_db
ONE, TWO = 201, 202  # findings
PLAN, PLAN_OF_TWO = 301, 302
ACCESS = Fact(
    "findings_auditaccess",
    {"organisation_id": OWN, "audit_id": THIS, "owner_id": OTHER, "bases": ["customer"]},
)
GRANT = Fact(
    "findings_auditgrant",
    {
        "content_object_id": THIS,
        "finding_id": None,
        "user_id": ME,
        "organisation_id": None,
        "ends_at": FUTURE,
        "share_id": THIS,
    },
)
NAMED = Fact(
    "findings_incidentaccess",
    {
        "incident_id": THIS,
        "person_id": ME,
        "organisation_id": OWN,
        "side": "site",
        "is_introduced": False,
        "expires_at": None,
    },
)
LINK = Fact("sourcing_tradelink", {"supplier_id": OWN, "buyer_id": OTHER, "state": "accepted"})
SITE = Fact("sourcing_siteaccess", {"organisation_id": OWN, "site_id": THIS, "bases": ["customer"]})
PLANS: Held = tuple(
    Fact("findings_actionplan", {"id": plan, "finding_id": finding, "audit_id": THIS})
    for plan, finding in ((PLAN, ONE), (PLAN_OF_TWO, TWO))
)
GRANTS = (
    GRANT,
    GRANT.but(organisation_id=OWN),
    GRANT.but(organisation_id=OTHER),
    GRANT.but(user_id=SOMEBODY),
    GRANT.but(ends_at=PAST),
    GRANT.but(finding_id=ONE),
    GRANT.but(finding_id=ONE, organisation_id=OWN),
    GRANT.but(finding_id=ONE, organisation_id=OTHER),
    GRANT.but(finding_id=ONE, user_id=SOMEBODY),
    GRANT.but(finding_id=ONE, ends_at=PAST),
    GRANT.but(content_object_id=THAT, share_id=THAT),
)
OF_AUDITS: list[Held] = [
    (),
    (ACCESS,),
    (ACCESS.but(bases=["owner"], owner_id=OWN),),
    (ACCESS.but(bases=["audit_firm"]),),
    (ACCESS.but(bases=["customer", "engaged"]),),
    (ACCESS.but(organisation_id=OTHER),),
    (ACCESS.but(organisation_id=OTHER, owner_id=OWN),),
    (ACCESS.but(audit_id=THAT),),
    *((grant, *PLANS) for grant in GRANTS),
]
OF_CASES: list[Held] = [
    (),
    *((NAMED.but(side=side),) for side in ("site", "customer", "outside")),
    *((NAMED.but(side="customer", is_introduced=True, expires_at=at),) for at in (FUTURE, PAST)),
    (NAMED.but(person_id=SOMEBODY),),
    (NAMED.but(organisation_id=OTHER),),
    (NAMED.but(incident_id=THAT),),
]
OF_LINKS: list[Held] = [
    (),
    (LINK,),
    (LINK.but(state="ended"),),
    (LINK.but(supplier_id=OTHER),),
    (LINK.but(supplier_id=OTHER, buyer_id=OWN),),
    (LINK.but(buyer_id=OWN),),
]
OF_SITES: list[Held] = [(), (SITE,), (SITE.but(organisation_id=OTHER),), (SITE.but(site_id=THAT),)]


# ---------------------------------------------------------------- grounds
def seen(column: str = "audit_id", *, basis: str = "", owner: bool = False) -> Rule:
    """Say that the organisation sees the audit: for that reason, or as the owner of its site."""
    return there(
        "findings_auditaccess",
        lambda fact, row: (
            fact["organisation_id"] == OWN
            and fact["audit_id"] == row[column]
            and (not basis or basis in fact["bases"])
            and (not owner or fact["owner_id"] == OWN)
        ),
    )


def _in_force(fact: Row) -> bool:
    return fact["user_id"] == ME and fact["organisation_id"] in {None, OWN} and fact["ends_at"] == FUTURE


def granted(column: str = "audit_id", *, finding: str = "") -> Rule:
    """Say that the audit was shared with this person, or the one finding that the column `finding` names."""
    return there(
        "findings_auditgrant",
        lambda fact, row: (
            _in_force(fact)
            and fact["content_object_id"] == row[column]
            and (fact["finding_id"] is None or (finding != "" and fact["finding_id"] == row[finding]))
        ),
    )


def granted_plan(row: Row, held: Held) -> bool:
    """Say that the audit, or the CAR of the plan, was shared with this person."""
    of_plan = {PLAN: ONE, PLAN_OF_TWO: TWO}
    return granted(finding="finding_id")(row | {"finding_id": of_plan[row["plan_id"]]}, held)


def reads_plan(row: Row, held: Held) -> bool:
    """Say that the plan is there and its audit seen, or shared as `granted_plan` says."""
    of_plan = row | {"audit_id": THIS}
    return any(fact in held for fact in PLANS) and (seen()(of_plan, held) or granted_plan(of_plan, held))


def named(column: str = "incident_id", also: Any = lambda fact, row: True) -> Rule:
    """Say that the person is named in the case for this organisation, and what else is asked of the two."""
    return there(
        "findings_incidentaccess",
        lambda fact, row: (
            (fact["person_id"], fact["organisation_id"], fact["incident_id"]) == (ME, OWN, row[column])
            and fact["expires_at"] != PAST
            and also(fact, row)
        ),
    )


def _site_or_own(fact: Row, row: Row) -> bool:
    return bool(fact["side"] == "site" or row["organisation_id"] == OWN)


def _member(fact: Row, row: Row) -> bool:
    is_introduced = fact["is_introduced"] and row["agreed_at"] and row["introduced_at"]
    return _site_or_own(fact, row) or row["side"] == "site" or bool(is_introduced)


def linked(row: Row, held: Held) -> bool:
    """Say that the row is of a customer whose link with this supplier is in force."""
    wanted = (OWN, row["organisation_id"], "accepted")
    return any(
        (fact.row["supplier_id"], fact.row["buyer_id"], fact.row["state"]) == wanted
        for fact in held
        if fact.table == "sourcing_tradelink"
    )


# ---------------------------------------------------------------- columns
EITHER = (OWN, OTHER)
AUDITS: Columns = {"audit_id": (THIS, THAT)}
FINDINGS: Columns = {"finding_id": (ONE, TWO)}
FIRM: Columns = {"audit_firm_id": EITHER}
ORGANISATION: Columns = {"organisation_id": EITHER}
PERSON: Columns = {"person_id": (ME, SOMEBODY)}
PAIR: Columns = {"supplier_id": EITHER, "customer_id": EITHER}
CASES: Columns = {"incident_id": (THIS, THAT)}
PLANNED: Columns = {"plan_id": (PLAN, PLAN_OF_TWO)}
AS_CUSTOMER = both(own("customer_id"), seen(basis="customer"))
Spec = tuple[Columns, Rule, list[Held]]
READS: dict[str, Spec] = {
    "findings_actionplan": (AUDITS | FINDINGS, either(seen(), granted(finding="finding_id")), OF_AUDITS),
    "findings_audit": (
        {"audit_firm_id": (OTHER, OWN)},
        either(own("audit_firm_id"), seen("id"), granted("id")),
        OF_AUDITS,
    ),
    "findings_auditaccess": (ORGANISATION, own("organisation_id"), [()]),
    "findings_auditgrant": (
        {"user_id": (ME, SOMEBODY), "organisation_id": (OWN, OTHER, None), "ends_at": (FUTURE, PAST)},
        lambda row, _held: _in_force(row),
        [()],
    ),
    "findings_auditimport": (ORGANISATION, own("organisation_id"), OF_AUDITS),
    "findings_auditor": (AUDITS | FIRM, either(own("audit_firm_id"), seen(), granted()), OF_AUDITS),
    "findings_auditrevision": (AUDITS, either(seen(), granted()), OF_AUDITS),
    "findings_call": (AUDITS | PAIR, either(own("supplier_id"), AS_CUSTOMER), OF_AUDITS),
    "findings_callstep": (
        AUDITS | PAIR | ORGANISATION,
        either(own("supplier_id", "organisation_id"), AS_CUSTOMER),
        OF_AUDITS,
    ),
    "findings_commitment": (AUDITS | PAIR, either(own("supplier_id"), AS_CUSTOMER), OF_AUDITS),
    "findings_commitmentstep": (
        AUDITS | PAIR | ORGANISATION,
        either(own("supplier_id", "organisation_id"), AS_CUSTOMER),
        OF_AUDITS,
    ),
    "findings_commitmentversion": (PAIR | AUDITS, own("supplier_id", "customer_id"), OF_AUDITS),
    "findings_correctiveaction": (AUDITS, seen(), OF_AUDITS),
    "findings_correctiveactiondraft": ({"supplier_id": EITHER}, own("supplier_id"), OF_AUDITS),
    "findings_evidencerequest": (
        {"asker_id": EITHER, "supplier_id": EITHER},
        own("asker_id", "supplier_id"),
        OF_AUDITS,
    ),
    "findings_evidenceuse": (
        AUDITS
        | FINDINGS
        | {
            "owner_id": EITHER,
            "audience": ("audit", "pair", "owner"),
            "counterpart_id": (OWN, OTHER, None),
            "subject_kind": ("findings.planversion", "findings.planupdate", "findings.correctiveaction"),
        },
        either(
            own("owner_id"),
            both(either(says("audience", "audit"), own("counterpart_id")), seen()),
            both(
                says("audience", "audit"),
                says("subject_kind", "findings.planversion", "findings.planupdate"),
                granted(finding="finding_id"),
            ),
        ),
        OF_AUDITS,
    ),
    "findings_extension": (AUDITS, seen(), OF_AUDITS),
    "findings_extensionanswer": (AUDITS, seen(), OF_AUDITS),
    "findings_finding": (
        {"audit_firm_id": (OTHER, OWN)} | AUDITS,
        either(own("audit_firm_id"), seen(), granted(finding="id")),
        OF_AUDITS,
    ),
    "findings_findingdraft": (FIRM | PERSON, both(mine(), own("audit_firm_id")), OF_AUDITS),
    "findings_followupitem": (AUDITS | FIRM, either(own("audit_firm_id"), seen(), granted()), OF_AUDITS),
    "findings_incident": (
        {"opener_named_at": (PAST, None), "opened_by_id": (ME, SOMEBODY), "opened_for_id": EITHER},
        either(named("id"), both(says("opener_named_at", None), mine("opened_by_id"), own("opened_for_id"))),
        OF_CASES,
    ),
    "findings_incidentaccess": (ORGANISATION | PERSON, both(mine(), own("organisation_id")), [()]),
    "findings_incidentdemand": (CASES | ORGANISATION, named(also=_site_or_own), OF_CASES),
    "findings_incidentmember": (
        CASES
        | ORGANISATION
        | {"side": ("site", "customer"), "agreed_at": (None, PAST), "introduced_at": (None, PAST)},
        named(also=_member),
        OF_CASES,
    ),
    "findings_incidentread": (
        CASES | PERSON,
        named(also=lambda fact, row: fact["side"] == "site" or row["person_id"] == ME),
        OF_CASES,
    ),
    "findings_incidentreport": (CASES, named(), OF_CASES),
    "findings_incidentstep": (
        CASES | ORGANISATION | {"audience": ("all", "site")},
        named(also=lambda fact, row: _site_or_own(fact, row) or row["audience"] == "all"),
        OF_CASES,
    ),
    "findings_incidenttask": (
        CASES | {"organisation_id": (OWN, OTHER, None)},
        named(also=lambda fact, row: _site_or_own(fact, row) or row["organisation_id"] is None),
        OF_CASES,
    ),
    "findings_introduced": (AUDITS | PAIR, either(own("supplier_id"), AS_CUSTOMER), OF_AUDITS),
    "findings_introduction": ({"supplier_id": EITHER}, own("supplier_id"), OF_AUDITS),
    "findings_introductionanswer": (PAIR, own("supplier_id", "customer_id"), OF_AUDITS),
    "findings_introductionask": (AUDITS | PAIR, either(own("supplier_id"), AS_CUSTOMER), OF_AUDITS),
    "findings_managementrating": (AUDITS | FIRM, either(own("audit_firm_id"), seen()), OF_AUDITS),
    "findings_photo": (AUDITS | FIRM, either(own("audit_firm_id"), seen()), OF_AUDITS),
    "findings_plandraft": ({"supplier_id": EITHER}, own("supplier_id"), OF_AUDITS),
    "findings_planresponse": (
        AUDITS | ORGANISATION,
        either(own("organisation_id"), seen(owner=True)),
        OF_AUDITS,
    ),
    "findings_planupdate": (AUDITS | PLANNED, either(seen(), granted_plan), OF_AUDITS),
    "findings_planversion": (AUDITS | PLANNED, either(seen(), granted_plan), OF_AUDITS),
    "findings_position": (ORGANISATION, either(own("organisation_id"), linked), OF_LINKS),
    "findings_positionversion": (ORGANISATION, either(own("organisation_id"), linked), OF_LINKS),
    "findings_reassessment": (AUDITS | FIRM, either(own("audit_firm_id"), seen(), granted()), OF_AUDITS),
    "findings_refundgroup": (PLANNED, reads_plan, [*OF_AUDITS, *((*held, *PLANS) for held in OF_AUDITS[:8])]),
    "findings_refundpayment": (
        AUDITS | {"customer_id": EITHER},
        either(own("customer_id"), seen(owner=True)),
        OF_AUDITS,
    ),
    "findings_rhythmanswer": (
        AUDITS | ORGANISATION,
        either(own("organisation_id"), seen(owner=True)),
        OF_AUDITS,
    ),
    "findings_rhythmrequest": (
        AUDITS | ORGANISATION,
        either(own("organisation_id"), seen(owner=True)),
        OF_AUDITS,
    ),
    "findings_savedview": (ORGANISATION, own("organisation_id"), OF_AUDITS),
    "findings_share": (
        {"owner_id": (OTHER, OWN)},
        either(
            own("owner_id"),
            there("findings_auditgrant", lambda fact, row: _in_force(fact) and fact["share_id"] == row["id"]),
        ),
        OF_AUDITS,
    ),
    "findings_sitereply": (
        AUDITS | FINDINGS | FIRM | {"supplier_id": EITHER, "is_retired": (True, False)},
        either(
            both(either(says("is_retired", False), own("audit_firm_id", "supplier_id")), seen()),
            both(says("is_retired", False), granted(finding="finding_id")),
        ),
        OF_AUDITS,
    ),
    "findings_sitestanding": (
        {"site_id": (THIS, THAT)},
        there(
            "sourcing_siteaccess",
            lambda fact, row: (fact["organisation_id"], fact["site_id"]) == (OWN, row["site_id"]),
        ),
        OF_SITES,
    ),
    "findings_standing": (ORGANISATION, own("organisation_id"), [()]),
    "findings_subscription": (ORGANISATION | PERSON, both(mine(), own("organisation_id")), [()]),
    "findings_tableexport": (ORGANISATION | PERSON, both(mine(), own("organisation_id")), [()]),
    "findings_translation": (
        AUDITS | ORGANISATION | {"is_shared": (True, False)},
        both(either(says("is_shared", True), own("organisation_id")), seen()),
        OF_AUDITS,
    ),
    "findings_understanding": ({"supplier_id": EITHER}, own("supplier_id"), OF_AUDITS),
    "findings_variance": (
        {"buyer_id": EITHER, "supplier_id": EITHER},
        own("buyer_id", "supplier_id"),
        OF_AUDITS,
    ),
    "findings_variancereply": (
        {"buyer_id": EITHER, "supplier_id": EITHER},
        own("buyer_id", "supplier_id"),
        OF_AUDITS,
    ),
    "findings_verification": ({"of_audit_id": (THIS, THAT)}, seen("of_audit_id"), OF_AUDITS),
    "findings_wagegroup": (PLANNED, reads_plan, [*OF_AUDITS, *((*held, *PLANS) for held in OF_AUDITS[:8])]),
    "findings_wagereview": (PLANNED, reads_plan, [*OF_AUDITS, *((*held, *PLANS) for held in OF_AUDITS[:8])]),
}

# Read by everybody: methodologies, and what follows from them.
OPEN = {
    "findings_closurepolicy",
    "findings_closurepolicychange",
    "findings_managementelement",
    "findings_managementgrade",
    "findings_methodologyversion",
    "findings_reviewpolicy",
    "findings_section",
    "findings_workplacerequirement",
}


@pytest.mark.parametrize("table", READS)
def test_rows_are_read_by_those_who_may(table: str) -> None:
    columns, rule, holdings = READS[table]
    assert_shown(table, columns, rule, holdings, first=ONE if table == "findings_finding" else THIS)


def test_every_table_of_findings_is_asked() -> None:
    assert policed("findings") == OPEN | READS.keys()
