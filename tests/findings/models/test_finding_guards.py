"""What the guards of findings and audits say, asked alone: each condition of a rule wrong in turn."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from findings.lifecycle import AuditState
from findings.models import ActionPlan, Audit, Auditor, Finding, PlanVersion, WorkplaceRequirement
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories.corrections import action, extension, granted, verification
from tests.findings.conftest import AT, House
from tests.findings.models.guarding import copied, row, said

NEXT_YEAR = dt.date(2027, 3, 4)
Case = Callable[[House, Finding], Any]


def later(
    house: House, of: Finding | None, result: str = "met", *, publish: bool = True, **fields: Any
) -> Audit:
    """Make an audit of next year, of the same site and by the same firm, that looked at `of`."""
    site, ends_on = fields.pop("site", house.north), fields.pop("ends_on", NEXT_YEAR)
    made = make.audit(site, house.firm, ends_on=ends_on, **fields)
    if of is not None:
        make.reassessment(of, made, result)
    return make.publish(made) if publish else made


# ---------------------------------------------------------------- how a CAR closes
CLOSE = "UPDATE findings_finding SET state = 'closed', closed_at = now(), superseded_by_id = %s WHERE id = %s"
ONLY_LATER = "only a later periodic audit closes a CAR"


def _another_car(house: House, _car: Finding) -> Audit:
    other = make.car(make.audit(house.north, house.firm, ends_on=dt.date(2026, 3, 5)))
    make.publish(other.audit)
    return later(house, other)


def _another_audit(house: House, car: Finding) -> Audit:
    later(house, car)
    return later(house, None, ends_on=dt.date(2027, 4, 4))


CLOSES_NOT: dict[str, Case] = {
    "it looked at another CAR": _another_car,
    "another audit looked at it": _another_audit,
    "another site": lambda house, car: later(house, car, site=house.south),
    "an initial audit": lambda house, car: later(house, car, kind="initial"),
    "a follow-up": lambda house, car: later(house, car, kind="follow_up_full", parent_id=car.audit_id),
    "not published": lambda house, car: later(house, car, publish=False),
    "earlier": lambda house, car: later(house, car, ends_on=dt.date(2026, 3, 3)),
    "falls short, and no new CAR": lambda house, car: later(house, car, "still_short"),
}


@pytest.mark.parametrize("why", CLOSES_NOT)
@pytest.mark.parametrize("start", ["open", "in_progress"])
def test_car_is_closed_by_no_other_audit(house: House, car: Finding, start: str, why: str) -> None:
    if start == "in_progress":
        make.plan(car)
    assert said(CLOSE, CLOSES_NOT[why](house, car).pk, car.pk) == ONLY_LATER


def test_car_is_not_closed_by_its_own_audit(house: House) -> None:
    found = make.car(house.audit())
    make.reassessment(found, found.audit)
    make.publish(found.audit)
    assert said(CLOSE, found.audit_id, found.pk) == ONLY_LATER


@pytest.mark.parametrize("day", [NEXT_YEAR, dt.date(2026, 3, 4)])
def test_car_is_closed_by_an_audit_that_ended_no_earlier(house: House, car: Finding, day: dt.date) -> None:
    assert said(CLOSE, later(house, car, ends_on=day).pk, car.pk) == ""


def test_car_is_closed_where_a_new_one_goes_on(house: House, car: Finding) -> None:
    audit = make.audit(house.north, house.firm, ends_on=NEXT_YEAR)
    successor = make.car(audit, predecessor=car)
    make.reassessment(car, audit, "still_short", successor=successor)
    make.publish(audit)
    assert said(CLOSE, audit.pk, car.pk) == ""
    assert successor.first_raised_on == car.raised_on


@pytest.fixture
def closed(house: House, car: Finding) -> Finding:
    make.plan(car)
    assert said(CLOSE, later(house, car).pk, car.pk, keep=True) == ""
    return car


@pytest.mark.parametrize("state", ["open", "in_progress"])
def test_closed_car_stays_closed(closed: Finding, state: str) -> None:
    back = "UPDATE findings_finding SET state = %s, closed_at = NULL, superseded_by_id = NULL WHERE id = %s"
    assert said(back, state, closed.pk) == f"a CAR cannot go from closed to {state}"


@pytest.mark.parametrize("change", ["closed_at = '2030-01-01'", "superseded_by_id = audit_id"])
def test_how_a_car_closed_never_changes(closed: Finding, change: str) -> None:
    sql = f"UPDATE findings_finding SET {change} WHERE id = %s"  # noqa: S608 - own words
    assert said(sql, closed.pk) == "how a CAR closed never changes"


# ---------------------------------------------------------------- how a CAR gets going
BEGIN = "UPDATE findings_finding SET state = 'in_progress' WHERE id = %s"
ONLY_A_PLAN = "only a shared action plan takes a CAR from open to in progress"


def test_plan_of_another_car_takes_nothing_forward(house: House, car: Finding) -> None:
    other = make.car(make.audit(house.north, house.firm))
    make.publish(other.audit)
    make.plan(other)
    assert said(BEGIN, car.pk) == ONLY_A_PLAN


@pytest.mark.parametrize(("hours", "words"), [(-1, ONLY_A_PLAN), (0, ""), (1, "")])
def test_plan_counts_from_publication_on(car: Finding, hours: int, words: str) -> None:
    with owner_role():
        car.audit.refresh_from_db()
        assert car.audit.published_at is not None
        at = car.audit.published_at + dt.timedelta(hours=hours)
        plan = ActionPlan.objects.create(finding=car, anchor_on=at.date(), first_shared_at=at)
        PlanVersion.objects.create(plan=plan, number=1, content={}, completed_by="HR", shared_at=at)
    assert said(BEGIN, car.pk) == words


def test_car_in_progress_does_not_go_back(car: Finding) -> None:
    make.plan(car)
    back = "UPDATE findings_finding SET state = 'open' WHERE id = %s"
    assert said(back, car.pk) == "a CAR cannot go from in_progress to open"


@pytest.mark.parametrize("kind", ["nc", "observation", "good_example"])
def test_plan_belongs_to_a_car_alone(house: House, kind: str) -> None:
    found = make.finding(house.audit(), kind)
    make.publish(found.audit)
    insert = """INSERT INTO findings_actionplan
        (code, finding_id, audit_id, supplier_id, rhythm, anchor_on, updates_shared, first_shared_at)
        VALUES ('PLAN000001', %s, 1, 1, 3, '2026-04-01', 0, now())"""
    assert said(insert, found.pk) == "a plan belongs to a CAR of a published audit"


def test_plan_and_its_words_name_their_supplier_and_audit(house: House, car: Finding) -> None:
    plan = make.plan(car)
    ours = (house.supplier.pk, car.audit_id)
    assert (plan.supplier_id, plan.audit_id) == ours
    assert row("SELECT supplier_id, audit_id FROM findings_planversion WHERE plan_id = %s", plan.pk) == ours


# ---------------------------------------------------------------- before and after publication
def test_before_publication_its_own_firm_alone_writes(house: House) -> None:
    found = make.car(house.audit())
    write = "UPDATE findings_finding SET description = 'Seen twice', root_cause = 'x' WHERE id = %s"
    assert said(write, found.pk) == ""
    assert said(write, found.pk, by=house.firm) == ""
    for other in (house.other_firm, house.supplier, house.buyer):
        assert said(write, found.pk, by=other) == "only its own firm writes a finding"


@pytest.mark.parametrize(("kind", "state"), [("car", "in_progress"), ("nc", "withdrawn")])
def test_before_publication_nothing_moves(house: House, kind: str, state: str) -> None:
    found = make.finding(house.audit(), kind)
    move = "UPDATE findings_finding SET state = %s WHERE id = %s"
    assert said(move, state, found.pk) == "a finding moves on only after publication"


def test_before_publication_a_finding_can_go(house: House) -> None:
    found = make.car(house.audit())
    assert said("DELETE FROM findings_finding WHERE id = %s", found.pk, by=house.firm) == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("title = 'softer'", "what a published finding says never changes"),
        ("language = 'fr'", "what a published finding says never changes"),
        ("has_plan = NOT has_plan", "a shared plan says itself that it is there"),
        ("root_cause = 'Agents'", "the supplier says why a non-compliance came about"),
        ("raised_on = '2020-01-01'", "what a published finding says never changes"),
        ("first_raised_on = '2020-01-01'", "a finding keeps its audit, kind and requirement"),
        ("site_id = site_id + 1", "a finding keeps its audit, kind and requirement"),
        ("supplier_id = supplier_id + 1", "a finding keeps its audit, kind and requirement"),
        ("audit_firm_id = audit_firm_id + 1", "a finding keeps its audit, kind and requirement"),
        ("requirement_id = requirement_id + 1", "a finding keeps its audit, kind and requirement"),
        ("predecessor_id = id", "a finding keeps its audit, kind and requirement"),
    ],
)
def test_published_car_keeps_its_words(house: House, car: Finding, change: str, words: str) -> None:
    sql = f"UPDATE findings_finding SET {change} WHERE id = %s"  # noqa: S608 - own words
    for by in (house.supplier, house.firm):
        assert said(sql, car.pk, by=by) == words


def test_has_plan_is_said_by_a_plan_and_never_taken_back(house: House, car: Finding) -> None:
    other = make.car(make.audit(house.north, house.firm))
    make.publish(other.audit)
    asked = "SELECT has_plan FROM findings_finding WHERE id = %s"
    with owner_role():
        plan, _empty = (
            ActionPlan.objects.create(finding=one, anchor_on=AT.date(), first_shared_at=AT)
            for one in (car, other)
        )
    version = """INSERT INTO findings_planversion (plan_id, supplier_id, audit_id, number, content, completed_by,
                   shared_at, language, carried_plan) VALUES (%s, 0, 0, 1, '{}', 'HR', now(), '', '')"""
    assert said(version, plan.pk, by=house.supplier, keep=True) == ""
    assert (row(asked, car.pk), row(asked, other.pk)) == ((True,), (False,))
    away = "UPDATE findings_finding SET has_plan = false WHERE id = %s"
    assert said(away, car.pk, by=house.supplier) == "a shared plan says itself that it is there"


# ---------------------------------------------------------------- how a finding begins
def begun(audit: Audit, kind: str = "car", state: str = "open", keep: bool = False, **wrong: Any) -> str:
    """Begin a finding, in a copy of another, and return what the guards say."""
    with owner_role():
        like = Finding.objects.earliest("id")
    requirement = wrong.pop("requirement", None) or make.requirement("1A.C" if kind == "car" else "3.B")
    is_nc = kind == "nc"
    given: dict[str, Any] = {
        **{"severity": "major" if is_nc else None, "due_on": "2026-05-05" if is_nc else None, "due_by": None},
        **{"code": "BEGUN00001", "raised_on": "2026-03-04", "predecessor_id": None},
        # What the database says itself, whatever is sent.
        **{
            "first_raised_on": "2001-01-01",
            "has_plan": True,
            "site_id": 0,
            "supplier_id": 0,
            "audit_firm_id": 0,
        },
        **{"audit_id": audit.pk, "kind": kind, "state": state, "requirement_id": requirement.pk},
    }
    return copied("findings_finding", like.pk, keep=keep, **given | wrong)


def test_car_begins_open_by_its_requirement(house: House, car: Finding) -> None:
    audit = house.audit()
    assert begun(audit) == ""
    assert begun(audit, "nc") == ""
    for state in ("in_progress", "closed"):
        assert begun(audit, state=state) == "a CAR begins open"
    for kind, code in (("car", "3.B"), ("nc", "1A.C")):
        words = begun(audit, kind, requirement=make.requirement(code))
        assert words == "whether a breach is a CAR is a property of the requirement"
    for kind in ("observation", "good_example"):
        for code in ("3.B", "1A.C"):
            assert begun(audit, kind, "recorded", requirement=make.requirement(code)) == ""


def test_requirement_is_of_the_methodology_of_the_audit(house: House, car: Finding) -> None:
    make.version("other-2.0")
    with owner_role():
        other = WorkplaceRequirement.objects.get(version__key="other-2.0", printed_code="1A.C")
    assert begun(house.audit(), requirement=other) == "the requirement belongs to another methodology version"


def test_published_audit_takes_no_finding(house: House, car: Finding) -> None:
    assert begun(car.audit) == "a published audit never changes"


def test_finding_begins_with_what_its_audit_says(house: House, car: Finding) -> None:
    audit = house.audit()
    assert begun(audit, keep=True) == ""
    known = "site_id, supplier_id, audit_firm_id, first_raised_on, has_plan"
    found = row(f"SELECT {known} FROM findings_finding WHERE code = 'BEGUN00001'")  # noqa: S608 - own words
    assert found == (house.north.pk, house.supplier.pk, house.firm.pk, dt.date(2026, 3, 4), False)


def test_car_continues_an_earlier_car_of_its_site(house: House, car: Finding) -> None:
    with owner_role():
        nc = Finding.objects.get(audit=car.audit, kind="nc")
    here = make.audit(house.north, house.firm, ends_on=NEXT_YEAR)
    there = make.audit(house.south, house.firm, ends_on=NEXT_YEAR)
    words = "a CAR continues an earlier CAR of the same site"
    assert begun(here, predecessor_id=car.pk) == ""
    assert begun(here, predecessor_id=nc.pk) == words
    assert begun(there, predecessor_id=car.pk) == words


FOUND_AGAIN = "what is found again was found before, at the same site"


def test_what_is_found_again_was_found_before(house: House, car: Finding) -> None:
    with owner_role():
        nc = Finding.objects.get(audit=car.audit, kind="nc")
    here = make.audit(house.north, house.firm, ends_on=NEXT_YEAR)
    there = make.audit(house.south, house.firm, ends_on=NEXT_YEAR)
    unpublished = make.finding(make.audit(house.north, house.firm, ends_on=dt.date(2026, 9, 9)))
    beside = make.finding(here)
    assert begun(here, "nc", repeats_id=nc.pk) == ""
    for wrong in (car, unpublished, beside):
        assert begun(here, "nc", repeats_id=wrong.pk) == FOUND_AGAIN
    assert begun(here, repeats_id=car.pk) == FOUND_AGAIN
    assert begun(here, "observation", "recorded", repeats_id=nc.pk) == FOUND_AGAIN
    assert begun(there, "nc", repeats_id=nc.pk) == FOUND_AGAIN


def test_nothing_repeats_a_finding_of_its_own_audit(house: House) -> None:
    audit = house.audit()
    first, second = make.finding(audit), make.finding(audit)
    repeat = "UPDATE findings_finding SET repeats_id = %s WHERE id = %s"
    assert said(repeat, first.pk, second.pk) == FOUND_AGAIN
    make.publish(audit)
    assert said(repeat, first.pk, second.pk) == FOUND_AGAIN


# ---------------------------------------------------------------- how a non-compliance ends
@pytest.fixture
def nc(house: House, car: Finding) -> Finding:
    made = make.finding(house.audit(), verification="desktop")
    house.to(made.audit, AuditState.SUBMITTED)
    house.to(made.audit, AuditState.PUBLISHED)
    return made


ASIDE = "UPDATE findings_finding SET state = 'superseded', superseded_by_id = %s WHERE id = %s"
ASIDE_NOT: dict[str, Case] = {
    "another site": lambda house, _nc: later(house, None, site=house.south),
    "an initial audit": lambda house, _nc: later(house, None, kind="initial"),
    "a follow-up": lambda house, nc: later(house, None, kind="follow_up_full", parent_id=nc.audit_id),
    "not published": lambda house, _nc: later(house, None, publish=False),
    "earlier": lambda house, _nc: later(house, None, ends_on=dt.date(2026, 3, 3)),
    "its own": lambda _house, nc: nc.audit,
}


@pytest.mark.parametrize("why", ASIDE_NOT)
def test_non_compliance_is_put_aside_by_no_other_audit(house: House, nc: Finding, why: str) -> None:
    other = ASIDE_NOT[why](house, nc)
    later(house, None, ends_on=dt.date(2028, 3, 4))  # there is one that could
    words = "only a later periodic audit puts a finding aside"
    assert said(ASIDE, other.pk, nc.pk, by=house.firm) == words


@pytest.mark.parametrize("day", [NEXT_YEAR, dt.date(2026, 3, 4)])
def test_non_compliance_is_put_aside_by_a_later_periodic_audit(
    house: House, nc: Finding, day: dt.date
) -> None:
    audit = later(house, None, ends_on=day)
    assert said(ASIDE, audit.pk, nc.pk, by=house.firm) == ""
    action(nc)
    assert said(ASIDE, audit.pk, nc.pk, by=house.firm) == ""


@pytest.mark.parametrize("end", ["closed", "superseded"])
def test_how_a_non_compliance_ended_never_changes(house: House, nc: Finding, end: str) -> None:
    audit = later(house, None)
    if end == "closed":
        verification(action(nc), "closed")
        words = "this side cannot take a finding from verified_closed to superseded"
        assert said(ASIDE, audit.pk, nc.pk, by=house.firm) == words
    else:
        assert said(ASIDE, audit.pk, nc.pk, by=house.firm, keep=True) == ""
    for change in ("closed_at = '2030-01-01'", "superseded_by_id = audit_id"):
        sql = f"UPDATE findings_finding SET {change} WHERE id = %s"  # noqa: S608 - own words
        assert said(sql, nc.pk, by=house.firm) == "how a finding ended never changes"


def test_open_non_compliance_has_no_end(house: House, nc: Finding) -> None:
    for change in ("closed_at = now()", "superseded_by_id = audit_id"):
        sql = f"UPDATE findings_finding SET {change} WHERE id = %s"  # noqa: S608 - own words
        for by in (house.firm, house.supplier):
            assert said(sql, nc.pk, by=by) == "how a finding ended never changes"


ANSWER = """INSERT INTO findings_verification (action_id, method, result, reason, language, verified_at)
            VALUES (%s, 'desktop', %s, 'x', '', now())"""


@pytest.mark.parametrize(
    ("result", "state"), [("closed", "verified_closed"), ("more_needed", "open")], ids=["closed", "open"]
)
def test_site_does_not_act_on_what_the_firm_found(house: House, nc: Finding, result: str, state: str) -> None:
    move = "UPDATE findings_finding SET state = %s, closed_at = CASE WHEN %s = 'closed' THEN now() END WHERE id = %s"
    assert said(ANSWER, action(nc).pk, result, by=house.admins[house.firm.pk], keep=True) == ""
    refused = f"this side cannot take a finding from action_submitted to {state}"
    assert said(move, state, result, nc.pk, by=house.supplier) == refused
    assert said(move, state, result, nc.pk, by=house.firm) == ""


def test_why_it_came_about_is_the_suppliers_to_say(house: House, nc: Finding, car: Finding) -> None:
    sql = "UPDATE findings_finding SET root_cause = 'Boxes' WHERE id = %s"
    words = "the supplier says why a non-compliance came about"
    assert said(sql, nc.pk, by=house.supplier) == ""
    for other in (house.firm, house.buyer):
        assert said(sql, nc.pk, by=other) == words
    assert said(sql, car.pk, by=house.supplier) == words


SUBMIT = "UPDATE findings_finding SET state = 'action_submitted' WHERE id = %s"
WRITER = "only a new corrective action, by its writer, takes a finding from {} to action_submitted"
VERIFIES = "only a verification takes a finding from {} to {}"


def moved(nc: Finding, state: str) -> str:
    """Move a non-compliance as a loader would, whom no side's own rules stop."""
    ended = timezone.now() if state == "verified_closed" else None
    return said("UPDATE findings_finding SET state = %s, closed_at = %s WHERE id = %s", state, ended, nc.pk)


def test_action_is_sent_by_its_writer_and_once(house: House, nc: Finding) -> None:
    assert said(SUBMIT, nc.pk) == WRITER.format("open")
    sent = action(nc)
    assert moved(nc, "open") == VERIFIES.format("action_submitted", "open")
    assert moved(nc, "verified_closed") == VERIFIES.format("action_submitted", "verified_closed")
    verification(sent, "more_needed")
    assert said(SUBMIT, nc.pk) == WRITER.format("open")
    assert copied("findings_correctiveaction", sent.pk, keep=True) == ""
    for by, words in ((house.supplier, ""), (None, ""), (house.firm, WRITER.format("open"))):
        assert said(SUBMIT, nc.pk, by=by) == words


@pytest.mark.parametrize(("result", "state"), [("closed", "verified_closed"), ("more_needed", "open")])
def test_only_the_verification_that_says_so_moves_on(
    house: House, nc: Finding, result: str, state: str
) -> None:
    firm = house.admins[house.firm.pk]
    assert said(ANSWER, action(nc).pk, result, by=firm, keep=True) == ""
    for end in ("verified_closed", "open"):
        words = "" if end == state else VERIFIES.format("action_submitted", end)
        assert moved(nc, end) == words
    assert said(ASIDE, later(house, None).pk, nc.pk, keep=True) == ""
    assert moved(nc, state) == VERIFIES.format("superseded", state)


def test_what_was_put_aside_is_not_sent_again(house: House, nc: Finding) -> None:
    action(nc)
    assert said(ASIDE, later(house, None).pk, nc.pk, keep=True) == ""
    assert said(SUBMIT, nc.pk) == WRITER.format("superseded")


def test_only_an_extension_that_is_granted_moves_the_date(house: House, nc: Finding) -> None:
    date = "UPDATE findings_finding SET due_by = %s WHERE id = %s"
    words = "only an extension that is granted moves a date"
    granted(extension(nc, 30))
    with owner_role():
        nc.refresh_from_db()
    assert nc.due_on is not None
    assert nc.due_by == nc.due_on + dt.timedelta(days=30)
    for day in (nc.due_by + dt.timedelta(days=1), nc.due_on, None):
        assert said(date, day, nc.pk) == words
    assert said(date, nc.due_by, nc.pk) == ""
    other = make.finding(house.audit())
    make.publish(other.audit)
    with owner_role():
        other.refresh_from_db()
    assert other.due_by == other.due_on
    extension(other, 40)  # asked for, and not granted
    assert other.due_on is not None
    assert said(date, other.due_on + dt.timedelta(days=40), other.pk) == words


# ---------------------------------------------------------------- audits
MOVES = {
    ("scheduled", "in_progress"),
    ("in_progress", "submitted"),
    ("submitted", "in_progress"),
    ("submitted", "published"),
}


@pytest.mark.parametrize("start", ["scheduled", "in_progress", "submitted"])
@pytest.mark.parametrize("end", ["scheduled", "in_progress", "submitted", "published", "superseded"])
def test_audit_moves_as_it_may(house: House, start: str, end: str) -> None:
    audit = house.audit(start)
    sql = """UPDATE findings_audit SET state = %s, submitted_at = coalesce(submitted_at, now()),
               published_at = CASE WHEN %s IN ('published', 'superseded') THEN now() END WHERE id = %s"""
    expected = "" if start == end or (start, end) in MOVES else f"an audit cannot go from {start} to {end}"
    assert said(sql, end, end, audit.pk) == expected


def test_audit_begins_unpublished(house: House) -> None:
    like = house.audit().pk
    for state in ("scheduled", "in_progress", "submitted", "published", "superseded"):
        given: dict[str, Any] = {
            "state": state,
            "published_at": AT if state in {"published", "superseded"} else None,
        }
        words = "" if state in {"scheduled", "in_progress"} else "an audit begins unpublished"
        assert copied("findings_audit", like, by=house.firm, **given) == words
        assert copied("findings_audit", like, **given) == ""


def test_audit_names_its_supplier_its_site_and_its_firm(house: House) -> None:
    wrong: dict[str, Any] = {
        "supplier_id": house.buyer.pk,
        "site_name": "x",
        "supplier_name": "x",
        "audit_firm_name": "x",
    }
    assert copied("findings_audit", house.audit().pk, keep=True, code="COPY", **wrong) == ""
    names = "supplier_id, site_name, site_country, supplier_name, audit_firm_name"
    found = row(f"SELECT {names} FROM findings_audit WHERE code = 'COPY'")  # noqa: S608 - own words
    assert found == (house.supplier.pk, "North Mill", "BD", "Meadow Garments", "Fair Look Audits")


@pytest.mark.parametrize("state", [AuditState.IN_PROGRESS, AuditState.PUBLISHED])
def test_audit_keeps_its_place_and_is_its_firms(house: House, state: str) -> None:
    audit = house.audit(state)
    for change in ("site_id = site_id + 1", "audit_firm_id = supplier_id", "supplier_id = audit_firm_id"):
        sql = f"UPDATE findings_audit SET {change} WHERE id = %s"  # noqa: S608 - own words
        assert said(sql, audit.pk, by=house.firm) == "an audit keeps its site and its firm"
    assert said("DELETE FROM findings_audit WHERE id = %s", audit.pk) == "an audit is never deleted"
    words = "UPDATE findings_audit SET summary = 'Other' WHERE id = %s"
    for other in (house.other_firm, house.supplier, house.buyer):
        assert said(words, audit.pk, by=other) == "only its own firm works on an audit"
    is_open = state == AuditState.IN_PROGRESS
    assert said(words, audit.pk, by=house.firm) == ("" if is_open else "a published audit never changes")


SUPERSEDE = "UPDATE findings_audit SET state = 'superseded' WHERE id = %s"
SUPERSEDES_NOT: dict[str, Case] = {
    "none": lambda _house, _car: None,
    "another site": lambda house, _car: later(house, None, site=house.south),
    "an initial audit": lambda house, _car: later(house, None, kind="initial"),
    "not published": lambda house, _car: later(house, None, publish=False),
    "earlier": lambda house, _car: later(house, None, ends_on=dt.date(2026, 3, 3)),
}


@pytest.mark.parametrize("why", SUPERSEDES_NOT)
def test_audit_is_superseded_by_no_other(house: House, car: Finding, why: str) -> None:
    SUPERSEDES_NOT[why](house, car)
    words = "an audit is superseded by a later periodic audit only"
    for by in (house.firm, house.other_firm, None):
        assert said(SUPERSEDE, car.audit_id, by=by) == words


def test_audit_is_superseded_by_a_later_one_of_any_firm(house: House, car: Finding) -> None:
    later(house, None, ends_on=dt.date(2026, 3, 4))
    for by in (house.firm, house.other_firm, None):
        assert said(SUPERSEDE, car.audit_id, by=by) == ""
    with_words = "UPDATE findings_audit SET state = 'superseded', summary = 'Other' WHERE id = %s"
    assert said(with_words, car.audit_id) == "a published audit never changes"
    assert said(SUPERSEDE, car.audit_id, keep=True) == ""
    back = "UPDATE findings_audit SET state = 'published' WHERE id = %s"
    assert said(back, car.audit_id) == "a published audit never changes"
    assert said(SUPERSEDE, car.audit_id) == "a published audit never changes"


# ---------------------------------------------------------------- what hangs on an audit
def test_parts_of_a_published_audit_never_change(house: House, car: Finding) -> None:
    open_audit = house.audit()
    looked = make.reassessment(car, open_audit)
    done = "a published audit never changes"
    with owner_role():
        lead = {one.audit_id: one.pk for one in Auditor.objects.all()}
    for audit, words in ((open_audit.pk, ""), (car.audit_id, done)):
        assert said("UPDATE findings_auditor SET name = 'Other' WHERE id = %s", lead[audit]) == words
        assert said("DELETE FROM findings_auditor WHERE id = %s", lead[audit]) == words
    assert said("UPDATE findings_reassessment SET rationale = 'x' WHERE id = %s", looked.pk) == ""
    away = "DELETE FROM findings_reassessment WHERE id = %s"
    assert said(away, looked.pk) == ""
    assert row("SELECT audit_firm_id FROM findings_reassessment WHERE id = %s", looked.pk) == (house.firm.pk,)
    make.publish(open_audit)
    assert said(away, looked.pk) == done
    assert said("UPDATE findings_reassessment SET result = 'still_short' WHERE id = %s", looked.pk) == done
