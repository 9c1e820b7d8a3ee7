"""The rules of cases, asked of their guards alone: who is named by whom, who leads, who writes, and how it ends."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from findings.models import Incident, IncidentMember, IncidentTask
from organisations.models import Membership
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories import incidents as cases
from tests.factories import organisations as people
from tests.factories import sourcing as places
from tests.findings.models.guarding import copied, row, said
from tests.findings.models.test_incident import Scene, scene

__all__ = ["scene"]
pytestmark = pytest.mark.django_db
NAMES = "whoever leads a case for the supplier names people"
LEADS = "the supplier leads a case"
MEMBER, TASK = "findings_incidentmember", "findings_incidenttask"


def member(of: Incident, who: Membership) -> IncidentMember:
    with owner_role():
        return IncidentMember.objects.get(
            incident=of, person_id=who.person_id, organisation_id=who.organisation_id
        )


def name(scene: Scene, who: Membership, by: Any = None, like: Any = None, **changes: Any) -> str:
    """Name somebody as a member of the case of the scene, or of the one of `like`."""
    like = like or scene.buyer
    given: dict[str, Any] = {
        "organisation_id": who.organisation_id,
        "person_id": who.person_id,
        "email": "",
        "role": "member",
    }
    given |= {"side": "outside", "joined_at": None, "ended_at": None, "expires_at": None}
    given |= changes
    return copied(MEMBER, like.pk, by=by, **given)


def by_address(scene: Scene, who: Membership, by: Any = None, like: Any = None, **changes: Any) -> str:
    """Name somebody by address."""
    late = timezone.now() + dt.timedelta(days=9)
    return name(
        scene, who, by, like, **{"person_id": None, "email": " New@Example.org", "expires_at": late} | changes
    )


@pytest.fixture
def firms(scene: Scene) -> Incident:
    """A case that the audit firm has opened and leads, with a colleague and somebody of the supplier."""
    made = cases.incident(scene.world.site, scene.world.firm)
    cases.named(made, scene.admin)
    return made


# ---------------------------------------------------------------- naming
def test_lead_of_the_supplier_names_colleagues_and_others_by_address(scene: Scene) -> None:
    lead = scene.world.supplier
    assert name(scene, scene.admin, lead) == ""
    assert name(scene, scene.admin, lead, role="lead") == ""
    for who in (scene.world.firm, scene.world.stranger, scene.world.buyer, scene.admin):
        assert by_address(scene, who, lead) == ""
        assert by_address(scene, who, lead, role="lead") == ("" if who is scene.admin else LEADS)
    for who in (scene.world.firm, scene.world.stranger):
        assert name(scene, who, lead) == "people elsewhere are named by address"


def test_nobody_else_names_anybody(scene: Scene) -> None:
    elsewhere = people.membership(people.organisation(), scene.world.supplier.person)
    for by in (scene.reader, scene.ended, scene.admin, scene.world.buyer, scene.world.firm, elsewhere):
        assert name(scene, scene.admin, by) == NAMES
        assert by_address(scene, scene.world.firm, by) == NAMES


def test_firm_that_opened_a_case_tells_no_customer(scene: Scene, firms: Incident) -> None:
    firm, lead = scene.world.firm, member(firms, scene.world.firm)
    colleague = people.membership(firm.organisation)
    assert name(scene, colleague, firm, lead) == ""
    assert by_address(scene, scene.world.supplier, firm, lead) == ""
    assert by_address(scene, scene.world.supplier, firm, lead, role="lead") == ""
    for who in (scene.world.buyer, scene.world.stranger):
        assert by_address(scene, who, firm, lead) == NAMES
    assert name(scene, colleague, firm, lead, role="lead") == LEADS


def test_named_person_is_an_active_member(scene: Scene) -> None:
    words = "a named person is a member of their organisation"
    stranger, own = scene.world.stranger, scene.world.supplier.organisation_id
    assert name(scene, stranger, organisation_id=own) == words
    assert name(scene, stranger, scene.world.supplier, organisation_id=own) == words
    assert name(scene, stranger) == ""
    with owner_role():
        stranger.is_active = False
        stranger.save(update_fields=["is_active"])
    assert name(scene, stranger) == words


def test_opener_whose_naming_ended_names_nobody(scene: Scene) -> None:
    opener = scene.world.supplier
    assert name(scene, scene.admin, opener, role="lead") == ""
    cases.named(scene.incident, scene.admin, role="lead")
    end = "UPDATE findings_incidentmember SET ended_at = now() WHERE id = %s"
    assert said(end, scene.lead.pk, keep=True) == ""
    assert name(scene, opener, opener) == NAMES
    assert name(scene, opener, opener, role="lead") == NAMES


def test_side_is_the_one_that_the_site_says(scene: Scene) -> None:
    elsewhere = places.site(scene.world.supplier.organisation)
    apart, former = people.membership(people.organisation()), people.membership(people.organisation())
    places.link(apart.organisation, scene.world.supplier.organisation, elsewhere)
    make.audit(scene.world.site, former.organisation)  # audited it once, and is not engaged
    world = scene.world
    asked = {"site": scene.admin, "customer": people.membership(world.buyer.organisation), "firm": world.firm}
    for code, who in {**asked, "outside": world.stranger, "apart": apart, "former": former}.items():
        assert name(scene, who, code=code, keep=True) == ""
        found = row("SELECT side, organisation_name FROM findings_incidentmember WHERE code = %s", code)
        side = {"apart": "outside", "former": "firm"}.get(code, code)
        assert found == (side, who.organisation.name)


def test_lead_says_who_named_and_until_when_and_nothing_else(scene: Scene) -> None:
    now = timezone.now()
    said_too = {
        "joined_at": now,
        "agreed_at": now,
        "introduced_at": now,
        "named_by_id": scene.admin.person_id,
    }
    lead = scene.world.supplier
    assert name(scene, scene.admin, lead, code="PERSON", keep=True, **said_too | {"expires_at": now}) == ""
    late = {"expires_at": now + dt.timedelta(days=300), "joined_at": None}
    assert by_address(scene, scene.world.firm, lead, code="ADDRESS", keep=True, **late) == ""
    known = "email, joined_at, agreed_at, introduced_at, named_by_id, expires_at < now() + interval '8 days'"
    asked = f"SELECT {known} FROM findings_incidentmember WHERE code = %s"  # noqa: S608 - own words
    assert row(asked, "PERSON") == ("", None, None, None, lead.person_id, None)
    assert row(asked, "ADDRESS") == ("new@example.org", None, None, None, lead.person_id, True)


# ---------------------------------------------------------------- what changes in a naming
AGREES = "only a named person opens and agrees"
CHANGES = "only whoever leads a case changes who is named"
ENDS = "naming changes by ending it, once"
SOMEBODY = "somebody leads a case"


def change(of: IncidentMember, what: str, by: Any = None, keep: bool = False) -> str:
    return said(f"UPDATE findings_incidentmember SET {what} WHERE id = %s", of.pk, by=by, keep=keep)  # noqa: S608


# Whose naming, what of it, who changes it, and what is said.
NAMINGS = [
    ("buyer", "email = 'x'", "lead", ENDS),
    ("buyer", "side = 'site'", None, ENDS),
    ("ended", "role = 'reader'", "lead", ENDS),
    ("ended", "ended_at = NULL", None, ENDS),
    ("buyer", "agreed_at = now()", "buyer", ""),
    ("buyer", "agreed_at = now()", "lead", AGREES),
    ("buyer", "agreed_at = now()", "other", AGREES),
    ("buyer", "joined_at = now()", "lead", AGREES),
    ("buyer", "agreed_at = now()", None, ""),
    ("buyer", "introduced_at = now()", "lead", ""),
    ("buyer", "introduced_at = now()", "buyer", CHANGES),
    ("buyer", "introduced_at = now()", "reader", CHANGES),
    ("reader", "role = 'member'", "lead", ""),
    ("reader", "role = 'member'", "reader", CHANGES),
    ("reader", "role = 'lead'", "reader", CHANGES),
    ("buyer", "role = 'reader'", "lead", ""),
    ("buyer", "role = 'reader'", "buyer", CHANGES),
    ("buyer", "role = 'lead'", "lead", LEADS),
    ("buyer", "role = 'lead'", None, LEADS),
    ("reader", "role = 'lead'", None, ""),
    ("buyer", "ended_at = now()", "lead", ""),
    ("buyer", "ended_at = now()", "buyer", ""),
    ("buyer", "ended_at = now()", "other", CHANGES),
    ("buyer", "ended_at = now()", "reader", CHANGES),
    ("reader", "ended_at = now()", "reader", ""),
    ("lead", "ended_at = now()", "lead", SOMEBODY),
    ("lead", "role = 'member'", "lead", SOMEBODY),
    ("lead", "role = 'member'", None, SOMEBODY),
    ("lead", "introduced_at = now()", "lead", ""),
]


def seats(scene: Scene) -> dict[str, Membership]:
    world = scene.world
    return {
        **{"lead": world.supplier, "buyer": world.buyer, "other": world.other_buyer},
        **{"reader": scene.reader, "ended": scene.ended},
    }


@pytest.mark.parametrize(("of", "what", "by", "words"), NAMINGS)
def test_naming_changes(scene: Scene, of: str, what: str, by: str | None, words: str) -> None:
    who = seats(scene)
    own = member(scene.incident, who[of])
    assert change(own, what, who[by] if by else None) == words


def test_naming_is_never_deleted(scene: Scene) -> None:
    away = "DELETE FROM findings_incidentmember WHERE id = %s"
    for by in (scene.world.supplier, None):
        assert said(away, scene.buyer.pk, by=by) == "naming is ended, never deleted"


def test_nobody_opens_for_somebody_else(scene: Scene) -> None:
    colleague = people.membership(scene.world.stranger.organisation)
    called = cases.called(scene.incident, colleague.person.email, colleague.organisation_id)
    opens = "person_id = {}, joined_at = now()"
    for by in (scene.world.supplier, scene.world.stranger, scene.world.buyer):
        assert change(called, opens.format(by.person_id), by) == AGREES
    assert change(called, opens.format(scene.world.stranger.person_id), colleague) == AGREES
    assert change(called, opens.format(colleague.person_id), colleague, keep=True) == ""
    found = row("SELECT person_name, expires_at FROM findings_incidentmember WHERE id = %s", called.pk)
    assert found == (colleague.person.name, None)


def test_firm_that_leads_changes_its_own_people_only(scene: Scene, firms: Incident) -> None:
    firm = scene.world.firm
    own = cases.named(firms, people.membership(firm.organisation))
    supplier, lead = member(firms, scene.admin), member(firms, firm)
    assert change(own, "ended_at = now()", firm) == ""
    assert change(own, "role = 'reader'", firm) == ""
    assert change(supplier, "ended_at = now()", firm) == CHANGES
    assert change(supplier, "role = 'reader'", firm) == CHANGES
    assert change(own, "introduced_at = now()", firm) == CHANGES
    assert change(lead, "agreed_at = now()", firm) == ""
    assert change(own, "role = 'lead'", firm) == LEADS


def test_case_is_always_led_by_somebody(scene: Scene) -> None:
    again = cases.incident(scene.world.site, scene.world.supplier)  # another case has a lead of its own
    assert again.pk
    second = cases.named(scene.incident, scene.admin, role="lead", joined_at=None)
    step_down = ("role = 'member'", "ended_at = now()")
    for what in step_down:
        assert change(scene.lead, what) == SOMEBODY
    assert change(second, "joined_at = now()", keep=True) == ""
    for what in step_down:
        assert change(scene.lead, what) == ""
        assert change(second, what) == ""
    assert change(second, "ended_at = now()", keep=True) == ""
    for what in step_down:
        assert change(scene.lead, what) == SOMEBODY


def test_somebody_of_the_supplier_takes_the_lead_that_nobody_has(scene: Scene) -> None:
    cases.incident(scene.world.site, scene.admin)  # a case that somebody leads
    worker = cases.named(scene.incident, people.membership(scene.world.supplier.organisation))
    with owner_role():
        own = Membership.objects.get(person=worker.person)
    other = cases.named(scene.incident, people.membership(scene.world.supplier.organisation))
    reader = member(scene.incident, scene.reader)
    assert change(worker, "role = 'lead'", own) == CHANGES
    with owner_role():
        Membership.objects.filter(pk=scene.world.supplier.pk).update(is_active=False)
    assert change(reader, "role = 'lead'", scene.reader) == CHANGES
    assert change(scene.buyer, "role = 'lead'", scene.world.buyer) in {CHANGES, LEADS}
    assert change(other, "role = 'lead'", own) == CHANGES
    assert change(worker, "role = 'reader'", own) == CHANGES
    assert change(worker, "role = 'lead'", own) == ""


# ---------------------------------------------------------------- opening and ending a case
def opened(who: Membership) -> dict[str, Any]:
    """Return the columns that say who opened a case."""
    return {"opened_for_id": who.organisation_id, "opened_by_id": who.person_id}


def test_case_is_opened_by_the_supplier_or_an_auditor_of_its_site(scene: Scene) -> None:
    world, like = scene.world, scene.incident.pk
    elsewhere = places.site(people.organisation("Far Mill"))
    for who in (world.supplier, world.firm):
        for found in (None, world.car.pk):
            assert copied("findings_incident", like, finding_id=found, **opened(who)) == ""
    words = "the supplier or an auditor of the site opens a case"
    for who in (world.buyer, world.stranger):
        assert copied("findings_incident", like, **opened(who)) == words
    other = make.car(make.audit(elsewhere, world.firm.organisation))
    beside = people.membership(people.organisation("Second Look"))
    places.engagement(world.site, beside.organisation)
    came = "a case comes from a finding at its site"
    assert copied("findings_incident", like, finding_id=other.pk) == came
    assert copied("findings_incident", like, finding_id=world.car.pk, **opened(beside)) == came


STATE = "UPDATE findings_incident SET state = %s, closed_at = CASE WHEN %s = 'closed' THEN now() END WHERE id = %s"
LIFE = {("reported", "acting"), ("reported", "closed"), ("acting", "closed"), ("closed", "acting")}


@pytest.mark.parametrize("start", ["reported", "acting", "closed"])
@pytest.mark.parametrize("end", ["reported", "acting", "closed"])
def test_case_moves_as_it_may(scene: Scene, start: str, end: str) -> None:
    if start != "reported":
        assert said(STATE, start, start, scene.incident.pk, keep=True) == ""
    words = "" if (start, end) in LIFE else f"a case does not go from {start} to {end}"
    assert said(STATE, end, end, scene.incident.pk) == words
    for by in (scene.world.supplier, scene.reader):
        ends = words == "" and "closed" in (start, end) and by is scene.reader
        refused = "whoever leads a case closes it and opens it again" if ends else words
        assert said(STATE, end, end, scene.incident.pk, by=by) == refused


def test_case_closes_with_a_report_of_its_own_since_it_was_opened_again(scene: Scene) -> None:
    close, key = ("closed", "closed"), scene.incident.pk
    bare = cases.incident(scene.world.site, scene.world.supplier)
    words = "a case closes with a report"
    assert said(STATE, *close, bare.pk) == words
    assert said(STATE, *close, key, keep=True) == ""
    again = "UPDATE findings_incident SET state = 'acting', closed_at = NULL, reopened_at = %s WHERE id = %s"
    assert said(again, timezone.now() + dt.timedelta(hours=1), key, keep=True) == ""
    assert said(STATE, *close, key) == words


def test_what_a_case_says_stays(scene: Scene) -> None:
    for by in (scene.world.supplier, None):
        away = "DELETE FROM findings_incident WHERE id = %s"
        assert said(away, scene.incident.pk, by=by) == "a case is closed, never deleted"
        for what in ("what_happened = 'x'", "opener_named_at = NULL", "code = 'x'"):
            sql = f"UPDATE findings_incident SET {what}, state = 'acting' WHERE id = %s"  # noqa: S608 - own words
            assert said(sql, scene.incident.pk, by=by) == "what a case says stays as it was written"


# ---------------------------------------------------------------- steps, tasks, requests
STEP = """INSERT INTO findings_incidentstep (code, incident_id, kind, first_step, text, language, audience,
            organisation_id, organisation_name, author_name, author_organisation, member_id, at, document_id)
          VALUES ('STEP', %s, %s, '', 'x', '', %s, %s, '', '', '', %s, now(), %s)"""
EVERYONE = "only the supplier writes to everyone"


def step(
    scene: Scene, by: Any, audience: str, to: int | None, who: int, kind: str = "word", file: Any = None
) -> str:
    return said(STEP, scene.incident.pk, kind, audience, to, who, file, by=by)


def test_others_write_to_the_supplier_alone(scene: Scene) -> None:
    world, lead = scene.world, scene.lead.pk
    own, other = world.buyer.organisation_id, world.other_buyer.organisation_id
    for by in (world.buyer, None):
        assert step(scene, by, "one", own, scene.buyer.pk) == ""
        assert step(scene, by, "all", None, scene.buyer.pk) == EVERYONE
        assert step(scene, by, "site", None, scene.buyer.pk) == EVERYONE
        assert step(scene, by, "one", other, scene.buyer.pk) == EVERYONE
    for by in (world.supplier, None):
        for audience, to in (("all", None), ("site", None), ("one", own), ("one", other)):
            assert step(scene, by, audience, to, lead) == ""
        for to in (world.stranger.organisation_id, world.supplier.organisation_id):
            assert step(scene, by, "one", to, lead) == "an organisation of this case"


def test_step_is_written_by_somebody_of_its_case(scene: Scene) -> None:
    words, world = "a step is written by a named person", scene.world
    other = cases.incident(world.site, scene.admin)
    cases.named(other, people.membership(people.organisation("Elsewhere")))
    foreign = member(other, scene.admin).pk
    assert step(scene, None, "all", None, foreign) == words
    for by in (scene.admin, scene.ended, world.firm):
        assert step(scene, by, "all", None, scene.lead.pk) == words
    with owner_role():
        far = IncidentMember.objects.get(incident=other, organisation__name="Elsewhere").organisation_id
    assert step(scene, None, "one", far, scene.lead.pk) == "an organisation of this case"
    assert step(scene, world.buyer, "all", None, scene.lead.pk) == EVERYONE  # in the name of the lead


@pytest.fixture
def closed(scene: Scene) -> Scene:
    assert said(STATE, "closed", "closed", scene.incident.pk, keep=True) == ""
    return scene


def test_closed_case_takes_nothing_but_who_and_whether(closed: Scene) -> None:
    words, lead = "a closed case is opened again first", closed.lead.pk
    for kind in ("word", "done", "state", "people"):
        expected = "" if kind in {"state", "people"} else words
        assert step(closed, closed.world.supplier, "all", None, lead, kind) == expected
    with owner_role():
        task = IncidentTask.objects.filter(owner_id=lead).earliest("id")
    assert copied(TASK, task.pk) == words
    for table in ("demand", "report"):
        key = row(f"SELECT min(id) FROM findings_incident{table}")[0]  # noqa: S608 - own words
        assert copied(f"findings_incident{table}", key) == words


def test_file_of_a_step_is_of_its_case_and_writer(scene: Scene) -> None:
    other = cases.incident(scene.world.site, scene.world.supplier)
    person, words = scene.world.supplier.person_id, "a file of this case"
    file = """INSERT INTO documents_document (code, organisation_id, uploaded_by_id, name, media_type, size, sha256,
                kind, storage_key, created_at, incident_id)
              VALUES (%s, %s, %s, 'a.pdf', 'application/pdf', 1, repeat('0', 64), 'evidence', %s, now(), %s)"""
    own = scene.world.supplier.organisation_id
    for code, uploader, of in (
        ("FILE1", person, scene.incident.pk),
        ("FILE2", scene.reader.person_id, scene.incident.pk),
        ("FILE3", person, other.pk),
    ):
        assert said(file, code, own, uploader, code, of, keep=True) == ""
    with owner_role():
        keys = [row("SELECT id FROM documents_document WHERE code = %s", f"FILE{n}")[0] for n in (1, 2, 3)]
    for key, expected in zip(keys, ("", words, words), strict=True):
        assert step(scene, scene.world.supplier, "all", None, scene.lead.pk, file=key) == expected


def test_task_is_given_by_the_supplier_or_a_colleague(scene: Scene) -> None:
    world, words = scene.world, "a task is given by the supplier or a colleague"
    with owner_role():
        like = IncidentTask.objects.filter(owner=scene.lead).earliest("id").pk
    other = cases.incident(world.site, world.supplier)
    ended = member(scene.incident, scene.ended)
    for by in (world.supplier, scene.reader, None):
        for owner in (scene.lead, scene.buyer, scene.other):
            assert copied(TASK, like, by=by, owner_id=owner.pk) == ""
        for owner in (ended, member(other, world.supplier)):
            assert copied(TASK, like, by=by, owner_id=owner.pk) == words
    assert copied(TASK, like, by=world.buyer, owner_id=scene.buyer.pk) == ""
    for owner in (scene.lead, scene.other):
        assert copied(TASK, like, by=world.buyer, owner_id=owner.pk) == words
    for by in (world.firm, world.stranger):
        assert copied(TASK, like, by=by, owner_id=scene.lead.pk) == words
    for owner, expected in ((scene.lead, None), (scene.buyer, world.buyer.organisation_id)):
        wrong, code = world.stranger.organisation_id, f"GIVEN{owner.pk}"
        assert copied(TASK, like, keep=True, owner_id=owner.pk, organisation_id=wrong, code=code) == ""
        found = row("SELECT organisation_id FROM findings_incidenttask WHERE code = %s", code)
        assert found == (expected,)


def test_task_is_done_once_by_its_owner_or_the_supplier(scene: Scene) -> None:
    with owner_role():
        key = IncidentTask.objects.get(owner=scene.buyer).pk
    done = "UPDATE findings_incidenttask SET done_at = now(), outcome = 'x' WHERE id = %s"
    for by in (scene.world.buyer, scene.world.supplier, scene.reader, None):
        assert said(done, key, by=by) == ""
    for by in (scene.world.other_buyer, scene.admin, scene.ended):
        words = "its owner or the supplier says that a task is done"
        assert said(done, key, by=by) == words
    once = "a task changes by being done, once"
    assert said("UPDATE findings_incidenttask SET what = 'x' WHERE id = %s", key) == once
    assert said("DELETE FROM findings_incidenttask WHERE id = %s", key) == once
    assert said(done, key, keep=True) == ""
    assert said(done, key) == once


def test_request_is_answered_once_by_words_or_a_task_that_the_asker_reads(scene: Scene) -> None:
    key = row(
        "SELECT id FROM findings_incidentdemand WHERE organisation_id = %s", scene.buyer.organisation_id
    )[0]
    answer = (
        "UPDATE findings_incidentdemand SET answer = 'x', answered_at = now(), task_id = %s WHERE id = %s"
    )
    with owner_role():
        tasks = {one.owner_id: one.pk for one in IncidentTask.objects.all()}
    far = cases.task(member(cases.incident(scene.world.site, scene.world.supplier), scene.world.supplier))
    for task in (None, tasks[scene.buyer.pk], tasks[scene.lead.pk]):
        assert said(answer, task, key) == ""
    for task in (tasks[scene.other.pk], far.pk):
        assert said(answer, task, key) == "a task that the asker can read"
    once = "a request is answered, once"
    assert said("UPDATE findings_incidentdemand SET text = 'x' WHERE id = %s", key) == once
    assert said("DELETE FROM findings_incidentdemand WHERE id = %s", key) == once
    assert said(answer, None, key, keep=True) == ""
    assert said(answer, None, key) == once


def test_others_ask_the_supplier(scene: Scene) -> None:
    like = row("SELECT min(id) FROM findings_incidentdemand")[0]
    words, far = "others ask the supplier", cases.incident(scene.world.site, scene.world.supplier)
    foreign = cases.named(far, scene.world.buyer)
    for asker, expected in ((scene.buyer, ""), (scene.lead, words), (foreign, words)):
        assert copied("findings_incidentdemand", like, member_id=asker.pk) == expected
    for by in (scene.world.supplier, scene.reader, scene.admin, scene.world.firm):
        assert copied("findings_incidentdemand", like, by=by) == words
    wrong: dict[str, Any] = {
        "answer": "x",
        "answered_at": timezone.now(),
        "member_id": scene.other.pk,
        "code": "ASKED",
    }
    assert copied("findings_incidentdemand", like, by=scene.world.buyer, keep=True, **wrong) == ""
    known = "SELECT member_id, answer, answered_at FROM findings_incidentdemand WHERE code = 'ASKED'"
    assert row(known) == (scene.buyer.pk, "", None)


def test_report_is_signed_by_a_lead(scene: Scene) -> None:
    like = row("SELECT min(id) FROM findings_incidentreport")[0]
    assert copied("findings_incidentreport", like, by=scene.world.supplier) == ""
    second = cases.named(scene.incident, scene.admin, role="lead")
    far = cases.incident(scene.world.site, scene.world.supplier)
    for wrong in (scene.buyer, member(scene.incident, scene.reader), member(far, scene.world.supplier)):
        assert "author_name" in copied("findings_incidentreport", like, member_id=wrong.pk)
    assert copied("findings_incidentreport", like, member_id=second.pk, keep=True) == ""
    newest = "SELECT author_name, number FROM findings_incidentreport ORDER BY id DESC LIMIT 1"
    assert row(newest) == (scene.admin.person.name, 2)
