"""What the database holds about the work together, against raw SQL by the role app."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from findings.actions.call import propose_call
from findings.actions.commitment import commit_support
from findings.actions.introduction import agree_to_introduction, propose_introduction
from findings.actions.position import state_position
from findings.models import Finding, IntroductionAsk
from findings.models.said import Stance, Support
from ledger.acting import acting
from organisations.models import Organisation
from organisations.visibility import Capability, Viewer
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
SOON = NOW + dt.timedelta(days=3)


def eyes(viewer: Viewer) -> Any:
    return acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


def car(scene: World) -> Finding:
    return Finding.objects.select_related("audit", "requirement").get(pk=scene.car.pk)


@pytest.fixture
def scene() -> World:
    """A call, a commitment, a position and a round of introduction, of the first buyer."""
    made = world()
    make.plan(made.car)
    with owner_role():
        Organisation.objects.filter(pk=made.buyer.organisation_id).update(capabilities=[Capability.BUYER])
    buyer, supplier = made.as_buyer, made.as_supplier
    with eyes(buyer):
        propose_call(viewer=buyer, finding=car(made), times=[SOON], text="Ours", at=NOW)
        commit_support(viewer=buyer, finding=car(made), support=Support("time", "A year"), at=NOW)
        stance = Stance(text="Pay back", contact="Ada", valid_from=NOW.date())
        state_position(
            viewer=buyer, requirement=car(made).requirement, in_all_versions=True, stance=stance, at=NOW
        )
    with eyes(supplier):
        both = list(Organisation.objects.filter(name__in=["Northfield Retail", "Eastgate Stores"]))
        propose_introduction(viewer=supplier, finding=car(made), customers=both, at=NOW)
    return made


def run(viewer: Viewer, sql: str, *values: Any) -> int:
    """Run a statement as the role app, acting for the viewer's organisation; return how many rows it touched."""
    with eyes(viewer), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def refused(viewer: Viewer, sql: str, *values: Any) -> None:
    """Demand that a statement is refused or touches nothing."""
    try:
        touched = run(viewer, sql, *values)
    except (IntegrityError, ProgrammingError):  # a trigger or a constraint, a policy or a missing grant
        return
    assert touched == 0


def count(table: str) -> int:
    with owner_role(), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of our own tables
        return int(cursor.fetchone()[0])


TABLES = (
    "findings_call",
    "findings_callstep",
    "findings_commitment",
    "findings_commitmentversion",
    "findings_position",
    "findings_positionversion",
    "findings_introductionask",
)


@pytest.mark.parametrize("who", ["as_firm", "as_stranger", "as_other_buyer"])
def test_nobody_else_sees_a_row(scene: World, who: str) -> None:
    viewer = getattr(scene, who)
    seen = {table: run(viewer, f"SELECT 1 FROM {table}") for table in TABLES}  # noqa: S608 - our own tables
    expected = dict.fromkeys(TABLES, 0)
    if who == "as_other_buyer":
        expected["findings_introductionask"] = 1  # its own question
    assert seen == expected


@pytest.mark.parametrize(
    "table", ["findings_callstep", "findings_commitmentversion", "findings_positionversion"]
)
@pytest.mark.parametrize("who", ["as_buyer", "as_supplier"])
def test_words_are_append_only(scene: World, table: str, who: str) -> None:
    refused(getattr(scene, who), f"UPDATE {table} SET text = 'Other'")  # noqa: S608 - our own tables
    refused(getattr(scene, who), f"DELETE FROM {table}")  # noqa: S608 - our own tables


def test_only_the_side_asked_agrees_and_only_to_a_time_proposed(scene: World) -> None:
    agree = "UPDATE findings_call SET state = 'agreed', waits_for_id = NULL, starts_at = %s, sequence = 1"
    refused(scene.as_buyer, agree, SOON)
    refused(scene.as_other_buyer, agree, SOON)
    refused(scene.as_supplier, agree, SOON + dt.timedelta(hours=1))
    assert run(scene.as_supplier, agree, SOON) == 1


def test_each_change_of_a_call_is_counted(scene: World) -> None:
    sql = "UPDATE findings_call SET state = 'declined', waits_for_id = NULL, sequence = %s"
    refused(scene.as_supplier, sql, 0)
    assert run(scene.as_supplier, sql, 1) == 1


def test_call_keeps_its_sides(scene: World) -> None:
    other = scene.other_buyer.organisation_id
    refused(scene.as_supplier, "UPDATE findings_call SET customer_id = %s", other)


CALL = """INSERT INTO findings_call (code, finding_id, customer_id, opened_by_id, state, minutes, sequence,
            supplier_zone, customer_zone, opened_at, changed_at)
          VALUES ('X1', %s, %s, %s, 'proposed', 45, 0, '', '', now(), now())"""
COMMITMENT = """INSERT INTO findings_commitment (code, finding_id, customer_id, state, progress, made_at)
                VALUES ('X1', %s, %s, 'offered', 'not_started', now())"""
POSITION = """INSERT INTO findings_position (code, organisation_id, requirement_id, in_all_versions, state, stated_at)
              VALUES ('X1', %s, %s, true, 'stated', now())"""


def test_nobody_writes_for_another_customer(scene: World) -> None:
    car_id, requirement_id = scene.car.pk, scene.car.requirement_id
    buyer, other = scene.buyer.organisation_id, scene.other_buyer.organisation_id
    stranger = scene.stranger.organisation_id
    refused(scene.as_other_buyer, CALL, car_id, buyer, other)
    refused(scene.as_other_buyer, CALL, car_id, buyer, buyer)
    refused(scene.as_stranger, CALL, car_id, stranger, stranger)
    refused(scene.as_firm, CALL, car_id, scene.firm.organisation_id, scene.firm.organisation_id)
    refused(scene.as_other_buyer, COMMITMENT, car_id, buyer)
    refused(scene.as_supplier, COMMITMENT, car_id, buyer)
    refused(scene.as_supplier, POSITION, buyer, requirement_id)
    assert run(scene.as_other_buyer, CALL, car_id, other, other) == 1
    with pytest.raises(IntegrityError):  # the code is taken: the row itself would be fine
        run(scene.as_other_buyer, CALL, car_id, other, other)


def test_only_its_customer_moves_a_commitment_on_and_only_the_site_confirms(scene: World) -> None:
    refused(scene.as_supplier, "UPDATE findings_commitment SET progress = 'on_track'")
    refused(scene.as_supplier, "UPDATE findings_commitment SET state = 'withdrawn'")
    refused(scene.as_buyer, "UPDATE findings_commitment SET state = 'confirmed'")
    assert run(scene.as_supplier, "UPDATE findings_commitment SET state = 'confirmed'") == 1
    assert run(scene.as_buyer, "UPDATE findings_commitment SET state = 'withdrawn'") == 1
    refused(scene.as_buyer, "UPDATE findings_commitment SET state = 'offered'")


def test_withdrawn_position_stays_withdrawn(scene: World) -> None:
    withdraw = "UPDATE findings_position SET state = 'withdrawn', withdrawn_at = now()"
    refused(scene.as_supplier, withdraw)
    assert run(scene.as_buyer, withdraw) == 1
    refused(scene.as_buyer, "UPDATE findings_position SET state = 'stated', withdrawn_at = NULL")


# ---------------------------------------------------------------- introductions
def yes(viewer: Viewer) -> None:
    with eyes(viewer):
        ask = IntroductionAsk.objects.visible_to(viewer).select_related("finding__audit").get()
        agree_to_introduction(viewer=viewer, ask=ask, contact_name="Ada", has_read_notice=True, at=NOW)


MAKE = "UPDATE findings_introduction SET state = 'made', closed_at = now()"
INTRODUCED = """INSERT INTO findings_introduced (introduction_id, finding_id, audit_id, supplier_id, customer_id,
                  other_name, contact_name, contact_email, at)
                SELECT introduction_id, finding_id, audit_id, supplier_id, customer_id, 'X', 'X', '', now()
                  FROM findings_introductionask LIMIT 1"""


def test_nobody_is_introduced_before_two_have_agreed(scene: World) -> None:
    refused(scene.as_supplier, MAKE)
    yes(scene.as_buyer)
    refused(scene.as_supplier, MAKE)
    refused(scene.as_buyer, MAKE)
    assert count("findings_introduced") == 0
    yes(scene.as_other_buyer)
    assert run(scene.as_supplier, MAKE) == 1
    assert count("findings_introduced") == 2


@pytest.mark.parametrize("who", ["as_supplier", "as_buyer", "as_other_buyer"])
def test_nobody_writes_who_was_introduced(scene: World, who: str) -> None:
    refused(getattr(scene, who), INTRODUCED)
    refused(getattr(scene, who), "UPDATE findings_introductionask SET closed_at = now()")
    assert count("findings_introduced") == 0


def test_nobody_answers_for_another_customer(scene: World) -> None:
    with owner_role():
        theirs = IntroductionAsk.objects.get(customer_id=scene.buyer.organisation_id).pk
    sql = """INSERT INTO findings_introductionanswer (ask_id, kind, contact_name, contact_email, reason, language,
               has_read_notice, at) VALUES (%s, 'agreed', 'X', '', '', '', true, now())"""
    refused(scene.as_other_buyer, sql, theirs)
    refused(scene.as_supplier, sql, theirs)
    assert run(scene.as_buyer, sql, theirs) == 1


def test_made_introduction_takes_no_more_answers_and_no_other_end(scene: World) -> None:
    yes(scene.as_buyer)
    yes(scene.as_other_buyer)
    run(scene.as_supplier, MAKE)
    refused(scene.as_supplier, "UPDATE findings_introduction SET state = 'ended'")
    with owner_role():
        mine = IntroductionAsk.objects.get(customer_id=scene.buyer.organisation_id).pk
    sql = """INSERT INTO findings_introductionanswer (ask_id, kind, contact_name, contact_email, reason, language,
               has_read_notice, at) VALUES (%s, 'taken_back', '', '', '', '', false, now())"""
    refused(scene.as_buyer, sql, mine)


def test_customer_sees_no_other_answer_and_no_round(scene: World) -> None:
    yes(scene.as_buyer)
    assert run(scene.as_other_buyer, "SELECT 1 FROM findings_introductionanswer") == 0
    assert run(scene.as_other_buyer, "SELECT 1 FROM findings_introduction") == 0
    assert run(scene.as_supplier, "SELECT 1 FROM findings_introductionanswer") == 1
