"""Cases: the editor leads one, in which the admin of the same supplier is not named; both customers are, apart.

The onlooker's naming has ended. The audit firm, the operator and every token are nobody here.
"""

import datetime as dt
from typing import Any

from django.utils import timezone

from documents.models import Document, Rendering
from findings.actions.incident import CASE_PDF, close_incident, reopen_incident
from findings.actions.incident_work import add_step
from findings.lifecycle import INCIDENT, IncidentState
from findings.models import Incident, IncidentMember
from ledger.models.subjects import about
from organisations.models import Membership
from tests.factories import incidents as cases
from tests.matrices.cases import OTHERS, done, page, says
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row, _shown_to
from tests.matrices.principals import EDITORS, FIRMS
from tests.matrices.world import World
from tests.matrices.world import _document as keep_document

SITE = frozenset({"editor", "limited"})
CUSTOMERS = frozenset({"customer", "rival"})
NAMED = SITE | CUSTOMERS


# ---------------------------------------------------------------- the world
def build(world: World) -> None:
    """Open three cases: one at work, one closed, one that somebody is named in without having opened it."""
    things, own = world.things, _members(world)
    case = cases.incident(world["north"], own["editor"])
    named = {name: cases.named(case, own[name]) for name in ("limited", "onlooker", "customer", "rival")}
    IncidentMember.objects.filter(pk=named["customer"].pk).update(agreed_at=timezone.now())
    named["onlooker"].ended_at = timezone.now()
    named["onlooker"].save(update_fields=["ended_at"])
    lead = case.members.get(person=world.people["editor"])
    things |= {
        "case": case,
        "case_lead": lead,
        "case_customer": named["customer"],
        "case_site": named["limited"],
    }
    cases.step(lead)
    cases.step(lead, audience="site")
    things["case_step"] = _step_with_file(world, lead, named["customer"])
    for name in CUSTOMERS:
        cases.step(named[name], kind="word")
        task, demand = cases.task(named[name]), cases.demand(named[name])
        things |= {f"{name}_task": task, f"{name}_demand": demand}
    things |= {"case_task": things["customer_task"], "case_demand": things["customer_demand"]}
    cases.task(lead)
    _closed(world, own)
    told = cases.incident(world["north"], own["editor"])
    cases.named(told, own["limited"], joined_at=None)
    far = cases.incident(world["far_site"], own["far_supplier"])
    things |= {"case_told": told, "far_case": far}
    cases.report(far.members.get())


def _members(world: World) -> dict[str, Membership]:
    rows = Membership.objects.filter(is_active=True).select_related("person", "organisation")
    of = {one.person_id: one for one in rows}
    return {name: of[person.pk] for name, person in world.people.items() if person.pk in of}


def _step_with_file(world: World, lead: IncidentMember, customer: IncidentMember) -> Any:
    """Attach a file to what the supplier says to one customer."""
    owner, person = world.organisations["supplier"], world.people["editor"]
    kept = keep_document(owner, person, Document.Kind.EVIDENCE, incident=lead.incident)
    world.things["case_file"] = kept
    return cases.step(lead, audience="one", organisation_id=customer.organisation_id, document=kept)


def _closed(world: World, own: dict[str, Membership]) -> None:
    case = cases.incident(world["north"], own["editor"])
    cases.named(case, own["customer"])
    report, at = cases.report(case.members.get(person=world.people["editor"])), timezone.now()
    case.state, case.closed_at = IncidentState.CLOSED, at
    case.save(update_fields=["state", "closed_at"])
    owner, person = world.organisations["supplier"], world.people["editor"]
    Rendering.objects.create(
        kind=CASE_PDF,
        **about(report),
        incident=case,
        organisation=owner,
        person=person,
        state=Rendering.State.DONE,
        document=keep_document(owner, person, Document.Kind.REPORT, incident=case),
        requested_at=at,
        finished_at=at,
    )
    world.things["case_closed"] = case


def grow(small: Any) -> None:
    """Open one more case."""
    site = small.supplier.organisation.sites.order_by("pk").first()
    cases.incident(site, small.supplier, what_happened="Twelve people paid an agent before they came here.")


# ---------------------------------------------------------------- who sees a row
def _place(known: Facts, reader: Reader, incident: int) -> Row | None:
    """Return how the reader is named: in force, for the organisation they act for; a customer while it is one."""
    for row in known["findings.IncidentMember"].values():
        is_me = row["person_id"] == reader.person and row["organisation_id"] == reader.organisation
        if is_me and row["incident_id"] == incident and row["ended_at"] is None:
            site = known["findings.Incident"][incident]["site_id"]
            return row if row["side"] != "customer" or site in _shown_to(known, reader) else None
    return None


def _incident(known: Facts, reader: Reader, row: Row) -> bool:
    return _place(known, reader, row["id"]) is not None


def _is_site(known: Facts, reader: Reader, incident: int) -> bool:
    mine = _place(known, reader, incident)
    return mine is not None and mine["side"] == "site"


def _member(known: Facts, reader: Reader, row: Row) -> bool:
    """The supplier's people see everyone and are seen by everyone; others see their own organisation's."""
    mine = _place(known, reader, row["incident_id"])
    return mine is not None and (
        "site" in {mine["side"], row["side"]} or row["organisation_id"] == reader.organisation
    )


def _step(known: Facts, reader: Reader, row: Row) -> bool:
    mine = _place(known, reader, row["incident_id"])
    is_for_me = row["audience"] == "all" or (
        row["audience"] == "one" and row["organisation_id"] == reader.organisation
    )
    return mine is not None and (mine["side"] == "site" or is_for_me)


def _task(known: Facts, reader: Reader, row: Row) -> bool:
    mine = _place(known, reader, row["incident_id"])
    return mine is not None and (
        mine["side"] == "site" or row["organisation_id"] in {None, reader.organisation}
    )


def _demand(known: Facts, reader: Reader, row: Row) -> bool:
    mine = _place(known, reader, row["incident_id"])
    return mine is not None and (mine["side"] == "site" or row["organisation_id"] == reader.organisation)


def _report(known: Facts, reader: Reader, row: Row) -> bool:
    return _place(known, reader, row["incident_id"]) is not None


def _read(known: Facts, reader: Reader, row: Row) -> bool:
    return _is_site(known, reader, row["incident_id"]) or row["person_id"] == reader.person


def _file(known: Facts, reader: Reader, row: Row) -> bool:
    """With the line that brings it; a paper for named people of the organisation it was made for; one's own."""
    if _place(known, reader, row["incident_id"]) is None:
        return False
    steps = known["findings.IncidentStep"].values()
    if any(one["document_id"] == row["id"] and _step(known, reader, one) for one in steps):
        return True
    is_paper = row["kind"] == "report"
    is_mine = row["uploaded_by_id"] == reader.person
    return row["organisation_id"] == reader.organisation and (is_paper or is_mine)  # type: ignore[no-any-return]


def _paper(known: Facts, reader: Reader, row: Row) -> bool:
    is_ours = row["organisation_id"] == reader.organisation
    return is_ours and _place(known, reader, row["incident_id"]) is not None


RULES = {
    "findings.Incident": _incident,
    "findings.IncidentAccess": lambda _known, _reader, _row: False,
    "findings.IncidentMember": _member,
    "findings.IncidentStep": _step,
    "findings.IncidentTask": _task,
    "findings.IncidentDemand": _demand,
    "findings.IncidentReport": _report,
    "findings.IncidentRead": _read,
    "documents.Document in a case": _file,
    "documents.Rendering in a case": _paper,
}
KEPT = {
    "findings.IncidentStep.first_step": "names a step of the list",
    "answer_language": "as language",
    "findings.IncidentDemand.answer": "empty until it is answered, by a constraint",
    "findings.IncidentTask.outcome": "empty until it is done",
    "findings.IncidentMember.email": "empty for somebody chosen from a list",
}

# ---------------------------------------------------------------- every route
OTHERS["case"] = ("case_closed", "far_case", "case_told")
LEAD: dict[str, Any] = {"ok": {"editor"}, "forbidden": NAMED - {"editor"}, "of": "case"}
DUE = (timezone.now() + dt.timedelta(days=9)).date().isoformat()
OPENED = {"kind": "child", "what_happened": "A child carries bricks.", "supplier_email": "lead@example.net"}
PAGES = {
    "findings:incidents": {"get": page()},
    "findings:incident_new": {
        "get": page({*EDITORS, "limited", "far_supplier"} | FIRMS),
        "post": done(
            {*EDITORS, "firm"},
            body=lambda world: {**OPENED, "site": world["north"].code},
            otherwise=dict.fromkeys({"limited", "far_supplier", "former_firm", "other_firm"}, 422),
        ),
    },
    "findings:incident": {"get": page(NAMED, of="case")},
    "findings:incident_join": {"post": done(SITE, of="case_told")},
    "findings:incident_close": {
        "get": page(**LEAD),
        "post": done(**LEAD, body=says(what_was_done="All repaid", what_changes="No agents")),
    },
    "findings:incident_reopen": {
        "get": page({"editor"}, forbidden={"customer"}, of="case_closed"),
        "post": done({"editor"}, forbidden={"customer"}, of="case_closed", body=says(reason="Two more")),
    },
    "findings:incident_report_pdf": {
        "get": page({"editor", "customer"}, of=("case_closed", 1)),
        "post": done({"editor", "customer"}, of=("case_closed", 1)),
    },
    "findings:incident_report_file": {"get": page({"editor"}, of=("case_closed", 1))},
    "findings:incident_colleague": {
        "get": page(**LEAD),
        "post": done(
            **LEAD,
            body=lambda world: {"colleague": world["member_onlooker"].code, "role": "reader"},
        ),
    },
    "findings:incident_helper": {
        "get": page(**LEAD),
        "post": done(
            **LEAD,
            body=lambda world: {
                "organisation_code": world.organisations["stakeholder"].code,
                "email": "union@example.net",
                "role": "member",
            },
        ),
    },
    "findings:incident_inform": {
        "get": page(**LEAD),
        "post": done(**LEAD, body=lambda world: {world.organisations["rival"].code: "more@example.net"}),
    },
    "findings:incident_meet": {"post": done(NAMED, of="case", body=says(agrees="yes"))},
    "findings:incident_end": {
        "get": page({"editor", "customer"}, forbidden={"limited"}, of=("case", "case_customer")),
        "post": done({"editor", "customer"}, forbidden={"limited"}, of=("case", "case_customer")),
    },
    "findings:incident_lead": {
        "post": done(SITE, forbidden=CUSTOMERS, of=("case", "case_site")),
    },
    "findings:incident_introduce": {
        "post": done({"editor"}, forbidden={"limited", "customer"}, of=("case", "case_customer")),
    },
    "findings:incident_first_step": {"post": done(SITE, forbidden=CUSTOMERS, of=("case", "safe_now"))},
    "findings:incident_step": {
        "get": page(NAMED, of="case"),
        "post": done(NAMED, of="case", body=says(text="We called the union", audience="all")),
    },
    "findings:incident_file": {"get": page(SITE | {"customer"}, of=("case", "case_step"))},
    "findings:incident_task": {
        "get": page(SITE, forbidden=CUSTOMERS, of="case"),
        "post": done(
            SITE,
            forbidden=CUSTOMERS,
            of="case",
            body=lambda world: {"what": "Repay", "owner": world["case_lead"].code, "due_on": DUE},
        ),
    },
    "findings:incident_done": {
        "get": page(SITE | {"customer"}, of=("case", "case_task")),
        "post": done(SITE | {"customer"}, of=("case", "case_task"), body=says(outcome="Repaid")),
    },
    "findings:incident_demand": {
        "get": page(CUSTOMERS, forbidden=SITE, of="case"),
        "post": done(CUSTOMERS, forbidden=SITE, of="case", body=says(text="Repay within a month")),
    },
    "findings:incident_answer": {
        "get": page(SITE, forbidden={"customer"}, of=("case", "case_demand")),
        "post": done(SITE, forbidden={"customer"}, of=("case", "case_demand"), body=says(answer="We will")),
    },
}
LISTS = {"findings:incidents": "supplier"}
NO_LISTS = {"findings:incident_new": "a form"}


# ---------------------------------------------------------------- states and moves
def _step_of_work(viewer: Any, row: Any) -> Any:
    return add_step(viewer=viewer, incident=row, text="We called", at=timezone.now())


LIVES = [
    Life(
        Incident,
        "case",
        INCIDENT,
        {
            "work": (_step_of_work, {IncidentState.REPORTED: IncidentState.ACTING}, SITE),
            "close": (
                now(close_incident, "incident", what_was_done="Repaid", what_changes="No agents"),
                {
                    IncidentState.REPORTED: IncidentState.CLOSED,
                    IncidentState.ACTING: IncidentState.CLOSED,
                },
                frozenset({"editor"}),
            ),
            "open again": (
                now(reopen_incident, "incident", reason="Two more"),
                {IncidentState.CLOSED: IncidentState.ACTING},
                frozenset({"editor"}),
            ),
        },
        frozenset({"supplier", "onlooker", "customer", "rival", "firm", "operator", "far_supplier"}),
        with_state=lambda state: {"closed_at": timezone.now() if state == IncidentState.CLOSED else None},
    )
]
