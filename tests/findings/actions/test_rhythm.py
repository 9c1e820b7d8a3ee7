"""The rhythm of reports: the site sets it, customers may wish, and dates come from the anchor or by name."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from findings.actions.plan import UPDATE_DUE, share_plan, share_update
from findings.actions.rhythm import answer_rhythm, ask_for_rhythm
from findings.models import Action, ActionPlan, Finding, PlanContent, RhythmRequest
from ledger.acting import acting
from ledger.models import Occurrence
from ledger.refusals import Forbidden, Refusal
from organisations.visibility import Viewer
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 8, 31, 10, tzinfo=dt.UTC)
DATES = [dt.date(2026, 9, 3), dt.date(2026, 12, 1)]


@pytest.fixture
def scene() -> World:
    return world()


def eyes(viewer: Viewer) -> Any:
    return acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


def share(scene: World, **changes: Any) -> ActionPlan:
    said = {"rhythm": 3, "at": AT, **changes}
    share_plan(
        viewer=scene.as_supplier,
        finding=Finding.objects.get(pk=scene.car.pk),
        content=PlanContent(actions=(Action(what="Contract"),), asks=frozenset({"inform"})),
        completed_by="HR",
        **said,
    )
    return ActionPlan.objects.get()


def plan_for(viewer: Viewer) -> ActionPlan:
    return ActionPlan.objects.visible_to(viewer).select_related("finding__audit", "finding__site").get()


def wish(scene: World, viewer: Viewer, **changes: Any) -> RhythmRequest:
    said = {"rhythm": 1, "reason": "Our board asks monthly.", "at": AT, **changes}
    return ask_for_rhythm(viewer=viewer, plan=plan_for(viewer), **said)


def answer(scene: World, asked: RhythmRequest, **changes: Any) -> Any:
    said = {"is_accepted": True, "at": AT, **changes}
    rows = RhythmRequest.objects.select_related("plan__finding__audit")
    return answer_rhythm(viewer=scene.as_supplier, request=rows.get(pk=asked.pk), **said)


def test_named_dates_come_one_after_the_other_and_then_nothing_is_due(scene: World) -> None:
    with eyes(scene.as_supplier):
        plan = share(scene, rhythm=0, named_dates=DATES)
        assert plan.next_update_on == DATES[1]  # what is shared within a week before a date counts for it
        share_update(
            viewer=scene.as_supplier,
            finding=Finding.objects.get(pk=scene.car.pk),
            summary="Done",
            actions=[{"progress": "on_track"}],
            at=dt.datetime(2026, 11, 28, 10, tzinfo=dt.UTC),
        )
        plan.refresh_from_db()
        assert plan.next_update_on is None
        assert not Occurrence.objects.filter(kind=UPDATE_DUE, done_at=None, cancelled_at=None).exists()  # type: ignore[unreachable]


@pytest.mark.parametrize(
    ("dates", "code"),
    [([], "dates-missing"), ([dt.date(2026, 8, 1)], "dates-over"), ([dt.date(2040, 1, 1)], "dates-too-many")],
)
def test_dates_that_do_not_do_are_refused(scene: World, dates: list[dt.date], code: str) -> None:
    with eyes(scene.as_supplier):
        with pytest.raises(Refusal, match=code):
            share(scene, rhythm=0, named_dates=dates)
        assert share(scene, rhythm=0, named_dates=DATES).named_dates == DATES


def test_a_wish_is_read_by_two_and_a_yes_holds_for_the_plan(scene: World) -> None:
    with eyes(scene.as_supplier):
        share(scene)
    with eyes(scene.as_buyer):
        asked = wish(scene, scene.as_buyer)
        with pytest.raises(Refusal, match="rhythm-asked-already"):
            wish(scene, scene.as_buyer)
    for name, count in {"as_supplier": 1, "as_buyer": 1, "as_other_buyer": 0, "as_firm": 0}.items():
        viewer = getattr(scene, name)
        with eyes(viewer):
            assert RhythmRequest.objects.count() == RhythmRequest.objects.visible_to(viewer).count() == count
    with eyes(scene.as_supplier):
        answer(scene, asked)
        plan = ActionPlan.objects.get()
        assert (plan.rhythm, plan.anchor_on, plan.next_update_on) == (1, AT.date(), dt.date(2026, 9, 30))
        with pytest.raises(Refusal, match="rhythm-answered"):
            answer(scene, asked)


def test_a_no_says_why_and_changes_nothing(scene: World) -> None:
    with eyes(scene.as_supplier):
        share(scene)
    with eyes(scene.as_buyer):
        asked = wish(scene, scene.as_buyer)
    with eyes(scene.as_supplier):
        with pytest.raises(Refusal, match="reason-missing"):
            answer(scene, asked, is_accepted=False)
        answer(scene, asked, is_accepted=False, reason="Three people write forty plans.")
        assert ActionPlan.objects.get().rhythm == 3


def test_the_rhythm_in_force_is_not_asked_for(scene: World) -> None:
    with eyes(scene.as_supplier):
        share(scene)
    with eyes(scene.as_buyer), pytest.raises(Refusal, match="rhythm-as-it-is"):
        wish(scene, scene.as_buyer, rhythm=3)


@pytest.mark.parametrize("who", ["as_supplier", "as_firm"])
def test_only_a_customer_wishes(scene: World, who: str) -> None:
    with eyes(scene.as_supplier):
        share(scene)
    viewer = getattr(scene, who)
    with eyes(viewer), pytest.raises(Forbidden, match="not-a-customer"):
        wish(scene, viewer)


def test_a_customer_does_not_answer_itself_not_even_by_sql(scene: World) -> None:
    with eyes(scene.as_supplier):
        share(scene)
    with eyes(scene.as_buyer):
        asked = wish(scene, scene.as_buyer)
        rows = RhythmRequest.objects.select_related("plan__finding__audit")
        with pytest.raises(Forbidden, match="own-request"):
            answer_rhythm(viewer=scene.as_buyer, request=rows.get(pk=asked.pk), is_accepted=True, at=AT)
        insert = """INSERT INTO findings_rhythmanswer (request_id, plan_id, audit_id, supplier_id, organisation_id,
            is_accepted, reason, language, answered_at) VALUES (%s, 1, 1, 1, 1, true, '', '', now())"""
        with pytest.raises(DatabaseError, match="row-level"), transaction.atomic():
            connection.cursor().execute(insert, [asked.pk])
    with eyes(scene.as_supplier), pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute("UPDATE findings_rhythmrequest SET reason = 'x'")
