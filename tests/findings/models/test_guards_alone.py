"""What a single trigger refuses, on rows that hold nothing but what it asks about: each condition wrong in turn."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from ledger.acting import acting
from tests.visibility.bare import FUTURE, ME, PAST, SOMEBODY, Bare, Fact

pytestmark = pytest.mark.django_db
SUPPLIER, FIRM, CUSTOMER, STRANGER = 11, 12, 13, 14
SITE, AUDIT, NC = 401, 101, 201
SOON = "in a month"
DUE, LATER, EARLIER = "2026-05-01", "2026-06-01", "2026-04-01"
Facts = dict[str, Fact]
Change = dict[str, Any]  # "row.column" or "fact.column" → what stands there instead

NC_OF_AUDIT: Facts = {
    "nc": Fact(
        "findings_finding",
        {
            "id": NC,
            "audit_id": AUDIT,
            "kind": "nc",
            "state": "open",
            "due_by": DUE,
            "supplier_id": SUPPLIER,
            "audit_firm_id": FIRM,
            "site_id": SITE,
        },
    ),
    "audit": Fact(
        "findings_audit", {"id": AUDIT, "published_at": PAST, "site_id": SITE, "audit_firm_id": FIRM}
    ),
    "site": Fact("sourcing_site", {"id": SITE, "organisation_id": SUPPLIER}),
}
EXTENSION = Fact("findings_extension", {"id": 501, "finding_id": NC})
GIVEN = Fact("findings_extensionanswer", {"extension_id": 501})
ENGAGED = Fact("sourcing_siteaccess", {"organisation_id": STRANGER, "site_id": SITE, "bases": ["audit_firm"]})
DONE_BY = Fact("findings_correctiveaction", {"finding_id": NC, "person_id": ME, "recorded_by_firm": False})
WORKS_FOR = Fact(
    "organisations_membership", {"organisation_id": SUPPLIER, "person_id": ME, "is_active": True}
)
DRAFT: Facts = NC_OF_AUDIT | {"audit": NC_OF_AUDIT["audit"].but(published_at=None)}
PICTURE = Fact(
    "documents_document",
    {"id": 601, "audit_id": AUDIT, "kind": "photo", "organisation_id": FIRM, "media_type": "image/png"},
)
NOT_A_PICTURE = {"audit_id": 102, "kind": "plan", "organisation_id": STRANGER, "media_type": "text/plain"}
ACCESS = Fact("findings_auditaccess", {"audit_id": AUDIT, "organisation_id": CUSTOMER, "bases": ["customer"]})
ASK = Fact(
    "findings_introductionask",
    {"id": 701, "introduction_id": 801, "closed_at": None, "supplier_id": SUPPLIER, "customer_id": CUSTOMER},
)
ANSWER = Fact("findings_introductionanswer", {"id": 901, "ask_id": 701, "kind": "agreed"})

SCENES: dict[str, tuple[Facts, dict[str, Any]]] = {
    "findings_extension": (NC_OF_AUDIT, {"finding_id": NC}),
    "findings_extensionanswer": (
        NC_OF_AUDIT | {"extension": EXTENSION},
        {"extension_id": 501, "organisation_id": FIRM, "person_id": ME, "is_granted": True, "ends_on": LATER},
    ),
    "findings_followupitem": (
        NC_OF_AUDIT | {"next": DRAFT["audit"].but(id=102, kind="follow_up_full", parent_id=AUDIT)},
        {"audit_id": 102, "finding_id": NC},
    ),
    "findings_photo": (
        DRAFT | {"picture": PICTURE, "small": PICTURE.but(id=602)},
        {"finding_id": NC, "document_id": 601, "thumbnail_id": 602, "code": "x"},
    ),
    "findings_evidencerequest": (
        NC_OF_AUDIT | {"access": ACCESS},
        {"finding_id": NC, "asker_id": CUSTOMER, "state": "open"},
    ),
    "findings_share": (
        NC_OF_AUDIT,
        {"audit_id": AUDIT, "finding_id": None, "organisation_id": STRANGER, "email": "", "ends_at": SOON},
    ),
    "findings_translation": (
        NC_OF_AUDIT
        | {
            "access": ACCESS,
            "version": Fact("findings_planversion", {"id": 502, "plan_id": 301}),
            "plan": Fact("findings_actionplan", {"id": 301, "finding_id": NC}),
            "action": Fact("findings_correctiveaction", {"id": 503, "finding_id": NC}),
        },
        {
            "subject_kind": "findings.finding",
            "subject_id": NC,
            "finding_id": NC,
            "organisation_id": CUSTOMER,
            "is_shared": False,
            "words": {"title": "x"},
            "language": "bn",
        },
    ),
    "findings_variance": (
        NC_OF_AUDIT
        | {"access": ACCESS, "site_access": ENGAGED.but(organisation_id=CUSTOMER, bases=["customer"])},
        {"site_id": SITE, "buyer_id": CUSTOMER, "finding_id": NC, "state": "open"},
    ),
    "findings_verification": (
        NC_OF_AUDIT
        | {
            "nc": NC_OF_AUDIT["nc"].but(state="action_submitted", verification="desktop"),
            "audit": NC_OF_AUDIT["audit"].but(ends_on=DUE),
            "action": DONE_BY.but(id=503, number=2, person_id=SOMEBODY),
            "older": DONE_BY.but(id=504, number=1, person_id=SOMEBODY),
            "visit": NC_OF_AUDIT["audit"].but(id=102, kind="follow_up_full", ends_on=LATER),
        },
        {"action_id": 503, "organisation_id": FIRM, "person_id": ME, "method": "follow_up", "audit_id": 102},
    ),
    "findings_introductionanswer": (
        {"ask": ASK, "round": Fact("findings_introduction", {"id": 801, "state": "asking"})},
        {"ask_id": 701, "kind": "agreed"},
    ),
}
NOT_AN_NC, NOT_OUT = "only a non-compliance", "work on a non-compliance begins"
NO_MORE, NO_VERIFIER = "this non-compliance needs no more time", "only an audit firm of this site"
NOT_ITS, PICTURES = "a follow-up follows up", "a photo is a picture of its own firm"
OTHERS_ASK, WHO_ASKS = "others ask the site", "a customer asks, or the firm that verifies"
OVER, NO_YES = "this introduction is over", "only a yes is taken back"
ONLY_OWNER, NOT_A_CAR = "only the owner shares an audit", "a narrower share names a CAR of its audit"
NOT_PART, NOT_SEEN = (
    "a translation is of something that its finding has",
    "whoever translates sees the original",
)
NO_WORDS = "a translation is words by field"
NO_CUSTOMER, UNSEEN = (
    "a customer of the site raises a variance",
    "a variance names a finding that its customer sees",
)
NEWEST, NO_VISIT = "only the newest corrective action", "a visit is verified by its published follow-up audit"
OWN_WORK, A_VISIT = (
    "nobody verifies their own corrective action",
    "what needs a visit is not verified from a desk",
)
VERSION = {"row.subject_kind": "findings.planversion", "row.subject_id": 502}
ACTION = {"row.subject_kind": "findings.correctiveaction", "row.subject_id": 503}
AT_DESK = {"row.method": "desktop"}
CASES: list[tuple[str, Change, list[Fact], str]] = [
    ("findings_share", {}, [], ""),
    ("findings_share", {"by": SUPPLIER}, [], ""),
    ("findings_share", {"by": CUSTOMER}, [], ONLY_OWNER),
    ("findings_share", {"audit.published_at": None}, [], ONLY_OWNER),
    ("findings_share", {"row.finding_id": NC}, [], NOT_A_CAR),
    ("findings_share", {"row.finding_id": NC, "nc.kind": "car"}, [], ""),
    ("findings_share", {"row.finding_id": 202}, [NC_OF_AUDIT["nc"].but(id=203, kind="car")], NOT_A_CAR),
    ("findings_share", {"row.finding_id": NC, "nc.kind": "car", "nc.audit_id": 102}, [], NOT_A_CAR),
    ("findings_share", {"row.organisation_id": SUPPLIER}, [], "an owner shares with others"),
    ("findings_share", {"by": SUPPLIER, "row.ends_at": PAST}, [], "a share ends within a year"),
    ("findings_share", {"by": SUPPLIER, "row.ends_at": FUTURE}, [], "a share ends within a year"),
    ("findings_share", {"row.ends_at": FUTURE}, [], ""),
    ("findings_share", {"row.ends_at": PAST}, [], ""),
    ("findings_translation", {}, [], ""),
    ("findings_translation", VERSION, [], ""),
    ("findings_translation", ACTION, [], ""),
    (
        "findings_translation",
        {"row.subject_kind": "findings.share"},
        [],
        "only findings, plans and corrective",
    ),
    ("findings_translation", {"row.subject_id": 202}, [], NOT_PART),
    ("findings_translation", VERSION | {"version.id": 505}, [], NOT_PART),
    ("findings_translation", VERSION | {"plan.finding_id": 202}, [], NOT_PART),
    ("findings_translation", ACTION | {"action.id": 505}, [], NOT_PART),
    ("findings_translation", ACTION | {"action.finding_id": 202}, [], NOT_PART),
    ("findings_translation", {"row.organisation_id": STRANGER}, [], NOT_SEEN),
    ("findings_translation", {"access.audit_id": 102}, [], NOT_SEEN),
    ("findings_translation", {"row.organisation_id": FIRM, "row.is_shared": True}, [], ""),
    ("findings_translation", {"row.is_shared": True}, [], "only the supplier and the audit firm share"),
    ("findings_translation", {"row.words": ["x"]}, [], NO_WORDS),
    ("findings_translation", {"row.words": {"title": 1}}, [], NO_WORDS),
    ("findings_variance", {}, [], ""),
    ("findings_variance", {"row.finding_id": None, "access.audit_id": 102}, [], ""),
    ("findings_variance", {"row.state": "closed"}, [], NO_CUSTOMER),
    ("findings_variance", {"site_access.organisation_id": STRANGER}, [], NO_CUSTOMER),
    ("findings_variance", {"site_access.site_id": 402}, [], NO_CUSTOMER),
    ("findings_variance", {"site_access.bases": ["audit_firm"]}, [], NO_CUSTOMER),
    ("findings_variance", {"audit.published_at": None}, [], UNSEEN),
    ("findings_variance", {"access.organisation_id": STRANGER}, [], UNSEEN),
    ("findings_variance", {"access.audit_id": 102}, [], UNSEEN),
    ("findings_variance", {"nc.site_id": 402}, [], UNSEEN),
    ("findings_variance", {"access.audit_id": 102}, [NC_OF_AUDIT["audit"].but(id=102)], UNSEEN),
    ("findings_variance", {"row.finding_id": 202}, [], UNSEEN),
    ("findings_verification", {}, [], ""),
    ("findings_verification", AT_DESK, [], ""),
    ("findings_verification", AT_DESK | {"visit.id": 103}, [], ""),
    ("findings_verification", {"nc.verification": "follow_up"}, [], ""),
    ("findings_verification", {"nc.state": "open"}, [], NEWEST),
    ("findings_verification", {"row.action_id": 504}, [], NEWEST),
    (
        "findings_verification",
        {"row.organisation_id": STRANGER},
        [],
        "only an audit firm of this site verifies",
    ),
    ("findings_verification", {"action.person_id": ME}, [], OWN_WORK),
    ("findings_verification", AT_DESK | {"nc.verification": "follow_up"}, [], A_VISIT),
    ("findings_verification", AT_DESK | {"action.recorded_by_firm": True}, [], A_VISIT),
    ("findings_verification", {"visit.id": 103}, [], NO_VISIT),
    ("findings_verification", {"row.audit_id": AUDIT, "audit.kind": "follow_up_full"}, [], NO_VISIT),
    ("findings_verification", {"visit.site_id": 402}, [], NO_VISIT),
    ("findings_verification", {"visit.kind": "initial"}, [], NO_VISIT),
    ("findings_verification", {"visit.published_at": None}, [], NO_VISIT),
    ("findings_verification", {"visit.audit_firm_id": STRANGER}, [], NO_VISIT),
    ("findings_verification", {"visit.ends_on": EARLIER}, [], NO_VISIT),
    ("findings_extension", {}, [], ""),
    ("findings_extension", {"nc.kind": "car"}, [], NOT_AN_NC),
    ("findings_extension", {"audit.published_at": None}, [], NOT_OUT),
    ("findings_extension", {"nc.state": "closed"}, [], NO_MORE),
    ("findings_extension", {}, [EXTENSION], "one request for more time at a time"),
    ("findings_extension", {}, [EXTENSION, GIVEN], ""),
    ("findings_extension", {}, [EXTENSION, GIVEN.but(extension_id=502)], "one request"),
    ("findings_extension", {}, [EXTENSION.but(finding_id=202)], ""),
    ("findings_extensionanswer", {}, [], ""),
    ("findings_extensionanswer", {"nc.state": "closed"}, [], NO_MORE),
    ("findings_extensionanswer", {"row.organisation_id": STRANGER}, [], NO_VERIFIER),
    ("findings_extensionanswer", {"row.organisation_id": STRANGER}, [ENGAGED], ""),
    ("findings_extensionanswer", {"row.organisation_id": STRANGER}, [ENGAGED.but(site_id=402)], NO_VERIFIER),
    (
        "findings_extensionanswer",
        {"row.organisation_id": STRANGER},
        [ENGAGED.but(bases=["customer"])],
        NO_VERIFIER,
    ),
    ("findings_extensionanswer", {"row.organisation_id": CUSTOMER}, [ENGAGED], NO_VERIFIER),
    ("findings_extensionanswer", {"nc.supplier_id": FIRM}, [], NO_VERIFIER),
    ("findings_extensionanswer", {}, [DONE_BY], NO_VERIFIER),
    ("findings_extensionanswer", {}, [DONE_BY.but(recorded_by_firm=True)], ""),
    ("findings_extensionanswer", {}, [DONE_BY.but(person_id=SOMEBODY)], ""),
    ("findings_extensionanswer", {}, [DONE_BY.but(finding_id=202)], ""),
    ("findings_extensionanswer", {}, [WORKS_FOR], NO_VERIFIER),
    ("findings_extensionanswer", {}, [WORKS_FOR.but(is_active=False)], ""),
    ("findings_extensionanswer", {}, [WORKS_FOR.but(organisation_id=FIRM)], ""),
    ("findings_extensionanswer", {}, [WORKS_FOR.but(person_id=SOMEBODY)], ""),
    ("findings_extensionanswer", {"row.ends_on": DUE}, [], "more time ends later than the date that counts"),
    ("findings_extensionanswer", {"row.ends_on": EARLIER, "row.is_granted": False}, [], ""),
    ("findings_followupitem", {}, [], ""),
    ("findings_followupitem", {"next.kind": "follow_up_partial"}, [], ""),
    ("findings_followupitem", {"next.published_at": PAST}, [], "a published audit never changes"),
    ("findings_followupitem", {"next.kind": "initial"}, [], NOT_ITS),
    ("findings_followupitem", {"nc.kind": "car"}, [], NOT_ITS),
    ("findings_followupitem", {"next.parent_id": 103}, [], NOT_ITS),
    ("findings_followupitem", {"nc.state": "closed"}, [], "what is closed is not followed up"),
    ("findings_followupitem", {"nc.state": "action_submitted"}, [], ""),
    ("findings_photo", {}, [], ""),
    ("findings_photo", {"audit.published_at": PAST}, [], "a published audit never changes"),
    *(
        ("findings_photo", {f"{which}.{column}": value}, [], PICTURES)
        for which in ("picture", "small")
        for column, value in (
            ("audit_id", 102),
            ("kind", "plan"),
            ("organisation_id", 14),
            ("media_type", "text/plain"),
        )
    ),
    ("findings_photo", {"row.thumbnail_id": 603}, [], PICTURES),
    ("findings_evidencerequest", {}, [], ""),
    ("findings_evidencerequest", {"nc.kind": "car"}, [], ""),
    ("findings_evidencerequest", {"audit.published_at": None}, [], OTHERS_ASK),
    ("findings_evidencerequest", {"row.state": "answered"}, [], OTHERS_ASK),
    ("findings_evidencerequest", {"site.organisation_id": CUSTOMER}, [], OTHERS_ASK),
    ("findings_evidencerequest", {"access.audit_id": 102}, [], WHO_ASKS),
    ("findings_evidencerequest", {"access.bases": ["engaged"]}, [], WHO_ASKS),
    ("findings_evidencerequest", {"row.asker_id": STRANGER}, [], WHO_ASKS),
    ("findings_evidencerequest", {"row.asker_id": FIRM}, [], ""),
    ("findings_evidencerequest", {"row.asker_id": FIRM, "nc.kind": "car"}, [], WHO_ASKS),
    ("findings_introductionanswer", {}, [], ""),
    ("findings_introductionanswer", {"ask.closed_at": PAST}, [], OVER),
    ("findings_introductionanswer", {"round.state": "made"}, [], OVER),
    ("findings_introductionanswer", {"round.id": 802}, [], OVER),
    ("findings_introductionanswer", {"ask.id": 702}, [], OVER),
    ("findings_introductionanswer", {"ask.supplier_id": None}, [], OVER),
    ("findings_introductionanswer", {"row.kind": "taken_back"}, [], NO_YES),
    ("findings_introductionanswer", {"row.kind": "taken_back"}, [ANSWER], ""),
    ("findings_introductionanswer", {"row.kind": "taken_back"}, [ANSWER.but(ask_id=702)], NO_YES),
    (
        "findings_introductionanswer",
        {"row.kind": "taken_back"},
        [ANSWER, ANSWER.but(id=902, kind="declined")],
        NO_YES,
    ),
]


@pytest.mark.parametrize(("table", "change", "more", "words"), CASES)
def test_trigger_refuses(table: str, change: Change, more: list[Fact], words: str) -> None:
    facts, row = SCENES[table]
    named = facts | {"row": Fact(table, row)}
    for where, value in change.items():
        name, _, column = where.partition(".")
        if name != "by":
            named[name] = named[name].but(**{column: value})
    if named["row"].row.get("ends_at") == SOON:
        named["row"] = named["row"].but(ends_at=(timezone.now() + dt.timedelta(days=30)).isoformat())
    bare = Bare()
    for fact in [*(fact for name, fact in named.items() if name != "row"), *more]:
        bare.put(fact.table, [fact.row])
    with acting(person_id=ME, organisation_id=change.get("by")):
        found = bare.refusal(table, named["row"].row)
    assert found.startswith(words) if words else found == ""


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("subject_kind", "findings.planversion"),
        ("subject_id", 202),
        ("organisation_id", FIRM),
        ("language", "hi"),
        ("is_shared", True),
    ],
)
def test_translations_of_something_else_are_numbered_apart(column: str, value: Any) -> None:
    facts, row = SCENES["findings_translation"]
    bare = Bare()
    for fact in facts.values():
        bare.put(fact.table, [fact.row])
    bare.put("findings_translation", [row | {"number": 7, column: value}])
    assert bare.refusal("findings_translation", row) == ""
    assert bare.added("findings_translation", row, "number") == 1
    assert bare.added("findings_translation", row, "number") == 2
