"""Who reads which row of organisations, sites, papers and the ledger by the row policies alone."""

import pytest

from ledger.acting import acting
from tests.visibility.bare import (
    FUTURE,
    ME,
    OTHER,
    OWN,
    PAST,
    SECRET,
    SOMEBODY,
    THAT,
    THIS,
    Bare,
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
EITHER = (OWN, OTHER)
ORGANISATION: Columns = {"organisation_id": EITHER}
PERSON: Columns = {"person_id": (ME, SOMEBODY)}
KNOWN = Fact("organisations_organisationaccess", {"organisation_id": OWN, "target_id": THIS})
MEMBER = Fact(
    "organisations_membership",
    {"organisation_id": THIS, "person_id": ME, "is_active": True, "role": "viewer"},
)
INVITED = Fact("organisations_invitation", {"organisation_id": THIS, "token_hash": SECRET})
SITE = Fact("sourcing_siteaccess", {"organisation_id": OWN, "site_id": THIS, "bases": ["customer"]})
LINK = Fact("sourcing_tradelink", {"id": THIS, "supplier_id": OTHER, "buyer_id": OTHER})
ACCESS = Fact("findings_auditaccess", {"organisation_id": OWN, "audit_id": THIS, "bases": ["customer"]})
GRANT = Fact(
    "findings_auditgrant",
    {
        "content_object_id": THIS,
        "finding_id": None,
        "user_id": ME,
        "organisation_id": None,
        "ends_at": FUTURE,
    },
)
PLAN = Fact("findings_actionplan", {"id": 301, "finding_id": 201, "audit_id": THIS})
VERSION = Fact("findings_planversion", {"plan_id": 301, "audit_id": THIS})
REPORT = Fact("findings_planupdate", {"plan_id": 301, "audit_id": THIS})
USED = Fact("findings_evidenceuse", {"owner_id": OWN})
NAMED = Fact(
    "findings_incidentaccess",
    {"incident_id": THIS, "person_id": ME, "organisation_id": OWN, "side": "site", "expires_at": None},
)
STEP = Fact("findings_incidentstep", {"incident_id": THIS, "organisation_id": OWN, "audience": "all"})
ANSWERED = Fact("schemes_evidenceuse", {"member_id": OWN})
INSIDE = Fact("forum_groupaccess", {"group_id": THIS, "person_id": ME, "organisation_id": OWN})
HANDED_OUT = Fact("forum_material", {"organiser_id": OWN})

OF_ORGANISATIONS: list[Held] = [
    (),
    *((fact,) for fact in (KNOWN, KNOWN.but(organisation_id=OTHER), KNOWN.but(target_id=THAT))),
    *((fact,) for fact in (MEMBER, MEMBER.but(person_id=SOMEBODY), MEMBER.but(is_active=False))),
    (MEMBER.but(organisation_id=THAT),),
    (MEMBER.but(organisation_id=OWN, person_id=SOMEBODY),),
    (INVITED,),
    (INVITED.but(token_hash="x" * 64),),
    (INVITED.but(organisation_id=THAT),),
    (INVITED.but(organisation_id=OWN, token_hash="x" * 64),),
]
OF_SITES: list[Held] = [(), (SITE,), (SITE.but(organisation_id=OTHER),), (SITE.but(site_id=THAT),)]
OF_LINKS: list[Held] = [
    (),
    *((LINK.but(**end),) for end in ({}, {"supplier_id": OWN}, {"buyer_id": OWN})),
    (LINK.but(id=THAT, supplier_id=OWN),),
]


TRIPLE = range(THIS, THIS + 64, 3)  # every third of the papers, so that each kind of them is used and is not


def used(fact: Fact) -> Held:
    """Return the fact for every third of the papers."""
    return tuple(fact.but(document_id=key) for key in TRIPLE)


SHARED = GRANT.but(finding_id=201)
OF_PAPERS: list[Held] = [
    (),
    *((fact,) for fact in (ACCESS, ACCESS.but(organisation_id=OTHER), ACCESS.but(audit_id=THAT))),
    *((GRANT.but(**row),) for row in ({}, {"organisation_id": OWN}, {"organisation_id": OTHER})),
    *((GRANT.but(**row),) for row in ({"user_id": SOMEBODY}, {"ends_at": PAST}, {"content_object_id": THAT})),
    (SHARED, PLAN),
    *(
        (SHARED.but(**row), PLAN, *used(fact))
        for fact in (VERSION, REPORT)
        for row in ({}, {"organisation_id": OWN}, {"organisation_id": OTHER}, {"user_id": SOMEBODY})
    ),
    *((SHARED.but(ends_at=PAST), PLAN, *used(fact)) for fact in (VERSION, REPORT)),
    used(USED),
    used(ANSWERED),
    used(HANDED_OUT),
    used(STEP),
    (NAMED,),
    (NAMED, *used(STEP)),
    (NAMED.but(expires_at=FUTURE),),
    *((NAMED.but(**row), *used(STEP)) for row in ({"expires_at": PAST}, {"incident_id": THAT})),
    *(
        (NAMED.but(**row),)
        for row in ({"expires_at": PAST}, {"person_id": SOMEBODY}, {"organisation_id": OTHER})
    ),
    *(
        (INSIDE.but(**row),)
        for row in ({}, {"person_id": SOMEBODY}, {"organisation_id": OTHER}, {"group_id": THAT})
    ),
]


# ---------------------------------------------------------------- grounds
def met(row: Row, held: Held) -> bool:
    """Say that the other one is met in trade, has this person as a member, or invites whoever holds this secret."""
    wanted = (
        (KNOWN.table, {"organisation_id": OWN, "target_id": row["id"]}),
        (MEMBER.table, {"organisation_id": row["id"], "person_id": ME, "is_active": True}),
        (INVITED.table, {"organisation_id": row["id"], "token_hash": SECRET}),
    )
    return any(
        fact.table == table and fact.row.items() >= parts.items() for fact in held for table, parts in wanted
    )


def _in_force(fact: Row, row: Row) -> bool:
    is_mine = fact["user_id"] == ME and fact["organisation_id"] in {None, OWN} and fact["ends_at"] == FUTURE
    return is_mine and bool(fact["content_object_id"] == row["audit_id"])


SEEN = there(
    ACCESS.table, lambda fact, row: (fact["organisation_id"], fact["audit_id"]) == (OWN, row["audit_id"])
)
GRANTED = there(GRANT.table, lambda fact, row: _in_force(fact, row) and fact["finding_id"] is None)
GRANTED_CAR = there(GRANT.table, lambda fact, row: _in_force(fact, row) and fact["finding_id"] == 201)
IN_CASE = there(
    NAMED.table,
    lambda fact, row: (
        (fact["person_id"], fact["organisation_id"], fact["incident_id"]) == (ME, OWN, row["incident_id"])
        and fact["expires_at"] != PAST
    ),
)
IN_GROUP = there(
    INSIDE.table,
    lambda fact, row: (
        (fact["person_id"], fact["organisation_id"], fact["group_id"]) == (ME, OWN, row["group_id"])
    ),
)


def used_in(fact: Fact) -> Rule:
    """Say that the paper is used there."""
    return there(fact.table, lambda one, row: bool(one["document_id"] == row["id"]))


NO_CASE, NO_GROUP = says("incident_id", None), says("group_id", None)
PAPER = either(
    both(
        NO_GROUP,
        NO_CASE,
        either(
            own("organisation_id"),
            SEEN,
            GRANTED,
            both(GRANTED_CAR, either(used_in(VERSION), used_in(REPORT))),
            used_in(USED),
            used_in(ANSWERED),
        ),
    ),
    both(
        NO_GROUP,
        says("incident_id", THIS),
        IN_CASE,
        either(
            both(own("organisation_id"), either(mine("uploaded_by_id"), says("kind", "report"))),
            used_in(STEP),
        ),
    ),
    both(says("group_id", THIS), IN_GROUP),
    both(NO_CASE, used_in(HANDED_OUT)),
)
RENDERING = both(
    own("organisation_id"),
    either(
        both(NO_GROUP, NO_CASE),
        both(NO_GROUP, says("incident_id", THIS), IN_CASE),
        both(says("group_id", THIS), IN_GROUP),
    ),
)
ON_LINK = there(
    LINK.table,
    lambda fact, row: fact["id"] == row["link_id"] and OWN in {fact["supplier_id"], fact["buyer_id"]},
)

# ---------------------------------------------------------------- columns
Spec = tuple[Columns, Rule, list[Held]]
HELD_BY_PAPER: Columns = {"audit_id": (THIS, THAT), "incident_id": (None, THIS), "group_id": (None, THIS)}
NONE: list[Held] = [()]
OWN_ALONE: Spec = (ORGANISATION, own("organisation_id"), NONE)
WITH_SECRET: Spec = (
    ORGANISATION | {"token_hash": (SECRET, "x" * 64)},
    either(own("organisation_id"), says("token_hash", SECRET)),
    NONE,
)
READS: dict[str, Spec] = {
    "documents_document": (
        {"organisation_id": (OTHER, OWN), "uploaded_by_id": (ME, SOMEBODY), "kind": ("report", "plan")}
        | HELD_BY_PAPER,
        PAPER,
        OF_PAPERS,
    ),
    "documents_rendering": (ORGANISATION | HELD_BY_PAPER, RENDERING, OF_PAPERS),
    "ledger_delivery": (ORGANISATION | PERSON, mine(), NONE),
    "ledger_entry": (
        {"organisation_id": (OWN, OTHER, None), "owner_id": EITHER, "actor_id": (ME, SOMEBODY)},
        either(own("organisation_id", "owner_id"), both(says("organisation_id", None), mine("actor_id"))),
        NONE,
    ),
    "ledger_occurrence": OWN_ALONE,
    "ledger_readlog": (ORGANISATION | {"owner_id": EITHER}, own("organisation_id", "owner_id"), NONE),
    "organisations_apitoken": WITH_SECRET,
    "organisations_invitation": WITH_SECRET,
    "organisations_membership": (ORGANISATION | PERSON, either(own("organisation_id"), mine()), NONE),
    "organisations_organisation": (
        {"is_listed": (False, True)},
        either(says("is_listed", True), met),
        OF_ORGANISATIONS,
    ),
    "organisations_organisationaccess": OWN_ALONE,
    "sourcing_engagement": (
        {"supplier_id": EITHER, "audit_firm_id": EITHER},
        own("supplier_id", "audit_firm_id"),
        NONE,
    ),
    "sourcing_evidence": OWN_ALONE,
    "sourcing_evidencesite": OWN_ALONE,
    "sourcing_externalid": OWN_ALONE,
    "sourcing_importrow": OWN_ALONE,
    "sourcing_matchdecision": OWN_ALONE,
    "sourcing_registerentry": OWN_ALONE,
    "sourcing_site": (
        {"organisation_id": (OTHER, OWN)},
        either(
            own("organisation_id"),
            there(
                SITE.table, lambda fact, row: (fact["organisation_id"], fact["site_id"]) == (OWN, row["id"])
            ),
        ),
        OF_SITES,
    ),
    "sourcing_siteaccess": OWN_ALONE,
    "sourcing_siteimport": OWN_ALONE,
    "sourcing_tradelink": (
        {"supplier_id": EITHER, "buyer_id": EITHER},
        own("supplier_id", "buyer_id"),
        NONE,
    ),
    "sourcing_tradelinksite": ({"link_id": (THIS, THAT)}, ON_LINK, OF_LINKS),
}
OPEN = {"ledger_heartbeat"}  # says that the workers live, and nothing of anybody
CLOSED = {"ledger_outbox"}


@pytest.mark.parametrize("table", READS)
def test_rows_are_read_by_those_who_may(table: str) -> None:
    assert_shown(table, *READS[table])


def test_own_organisation_is_read_whatever_else_is_true() -> None:
    rule = either(own("id"), says("is_listed", True))
    assert_shown("organisations_organisation", {"id": EITHER, "is_listed": (False,)}, rule, NONE)


def test_nobody_reads_the_outbox() -> None:
    bare = Bare()
    with acting(person_id=ME, organisation_id=OWN):
        bare.put("ledger_outbox", [{"id": THIS}])
        assert bare.shown("ledger_outbox") == set()


@pytest.mark.parametrize("app", ["documents", "ledger", "organisations", "sourcing"])
def test_every_table_is_asked(app: str) -> None:
    asked = OPEN | CLOSED | READS.keys()
    assert policed(app) == {table for table in asked if table.startswith(f"{app}_")}
