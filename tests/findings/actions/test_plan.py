"""The verbs of an action plan keep their promises."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from findings.actions.plan import UPDATE_DUE, UPDATE_SOON, respond, save_draft, share_plan, share_update
from findings.models import Action, ActionPlan, Finding, PlanContent, PlanDraft, PlanResponse, PlanVersion
from findings.queries.plan import answers_waiting, story_of
from ledger.acting import acting
from ledger.models import Entry, Occurrence
from ledger.refusals import Forbidden, Refusal
from organisations.visibility import Viewer
from tests.factories import findings as make
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db
CONTENT = PlanContent(
    root_causes=("Agents charge workers before they reach us.",),
    actions=(Action(what="New contract with the agency", who="HR manager", by_when="2027-03"),),
    asks=frozenset({"confirm"}),
)
AT = dt.datetime(2026, 8, 31, 10, tzinfo=dt.UTC)


@pytest.fixture
def scene() -> World:
    return world()


def share(viewer: Viewer, finding: Finding, **fields: Any) -> PlanVersion:
    fields = {"content": CONTENT, "completed_by": "HR manager", "rhythm": 6, "at": timezone.now(), **fields}
    return share_plan(viewer=viewer, finding=finding, **fields)


def eyes(viewer: Viewer) -> Any:
    return acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


def test_sharing_a_plan_takes_the_car_to_in_progress(scene: World) -> None:
    with eyes(scene.as_supplier):
        version = share(scene.as_supplier, scene.car)
        car = Finding.objects.get(pk=scene.car.pk)
        assert (version.number, car.state, car.has_plan) == (1, "in_progress", True)
        verbs = list(Entry.objects.filter(subject_id=car.pk).order_by("pk").values_list("verb", flat=True))
        assert verbs == ["findings.plan_shared", "findings.car_in_progress"]


def test_second_version_leaves_the_first_as_it_was(scene: World) -> None:
    with eyes(scene.as_supplier):
        share(scene.as_supplier, scene.car)
        share(
            scene.as_supplier,
            scene.car,
            content=PlanContent(root_causes=("Peak orders",), asks=frozenset({"inform"})),
        )
        story = story_of(scene.as_supplier, scene.car)
    assert story is not None
    assert [one.said.root_causes for one in story.versions] == [CONTENT.root_causes, ("Peak orders",)]


def test_customers_see_a_shared_plan_and_strangers_none(scene: World) -> None:
    with eyes(scene.as_supplier):
        share(scene.as_supplier, scene.car)
    for viewer, count in ((scene.as_buyer, 1), (scene.as_firm, 1), (scene.as_stranger, 0)):
        with eyes(viewer):
            assert PlanVersion.objects.count() == count
            assert ActionPlan.objects.visible_to(viewer).count() == count


@pytest.mark.parametrize("who", ["as_firm", "as_buyer"])
def test_only_the_site_shares_a_plan(scene: World, who: str) -> None:
    viewer = getattr(scene, who)
    with eyes(viewer), pytest.raises(Forbidden, match="not-your-site"):
        share(viewer, scene.car)


def test_empty_plan_is_refused(scene: World) -> None:
    with eyes(scene.as_supplier), pytest.raises(Refusal, match="plan-says-nothing"):
        share(scene.as_supplier, scene.car, content=PlanContent(asks=frozenset({"inform"})))


def test_unpublished_car_takes_no_plan() -> None:
    scene = world(publish=False)
    with eyes(scene.as_supplier), pytest.raises((Forbidden, Finding.DoesNotExist)):
        share(scene.as_supplier, scene.car)


def test_next_update_is_counted_from_the_anchor(scene: World) -> None:
    with eyes(scene.as_supplier):
        share(scene.as_supplier, scene.car, at=AT)
        plan = ActionPlan.objects.get()
        assert (plan.anchor_on, plan.next_update_on) == (dt.date(2026, 8, 31), dt.date(2027, 2, 28))
        report(scene, dt.datetime(2027, 2, 27, 10, tzinfo=dt.UTC))
        plan.refresh_from_db()
        assert plan.next_update_on == dt.date(2027, 8, 31)


def test_report_in_between_leaves_the_date(scene: World) -> None:
    with eyes(scene.as_supplier):
        share(scene.as_supplier, scene.car, at=AT)
        report(scene, dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC))
        assert ActionPlan.objects.get().next_update_on == dt.date(2027, 2, 28)


def test_plan_changed_in_the_reminders_week_counts_as_the_report(scene: World) -> None:
    with eyes(scene.as_supplier):
        share(scene.as_supplier, scene.car, at=AT)
        share(scene.as_supplier, scene.car, at=dt.datetime(2027, 2, 23, 10, tzinfo=dt.UTC))
        report(scene, dt.datetime(2027, 2, 25, 10, tzinfo=dt.UTC))
        assert ActionPlan.objects.get().next_update_on == dt.date(2027, 8, 31)


def test_late_report_just_before_the_next_date_counts_for_both(scene: World) -> None:
    with eyes(scene.as_supplier):
        share(scene.as_supplier, scene.car, at=AT, rhythm=1)
        report(scene, dt.datetime(2026, 10, 29, 10, tzinfo=dt.UTC))
        assert ActionPlan.objects.get().next_update_on == dt.date(2026, 11, 30)


def test_reminders_are_scheduled_once(scene: World) -> None:
    with eyes(scene.as_supplier):
        share(scene.as_supplier, scene.car, at=AT)
        report(scene, dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC))
        waiting = Occurrence.objects.filter(done_at=None, cancelled_at=None).order_by("due_at")
        assert [(one.kind, one.due_at.date()) for one in waiting] == [
            (UPDATE_SOON, dt.date(2027, 2, 21)),
            (UPDATE_DUE, dt.date(2027, 2, 28)),
        ]


def report(scene: World, at: dt.datetime) -> None:
    share_update(
        viewer=scene.as_supplier,
        finding=Finding.objects.get(pk=scene.car.pk),
        summary="The agency signed.",
        actions=[{"progress": "on_track", "note": ""}],
        at=at,
    )


def test_report_on_another_number_of_actions_is_refused(scene: World) -> None:
    with eyes(scene.as_supplier):
        share(scene.as_supplier, scene.car)
        car = Finding.objects.get(pk=scene.car.pk)
        with pytest.raises(Refusal, match="actions-do-not-match"):
            share_update(viewer=scene.as_supplier, finding=car, summary="x", actions=[], at=timezone.now())


def test_answer_stays_between_customer_and_supplier(scene: World) -> None:
    with eyes(scene.as_supplier):
        share(scene.as_supplier, scene.car)
    with eyes(scene.as_buyer):
        plan = ActionPlan.objects.get()
        respond(viewer=scene.as_buyer, plan=plan, kind="acknowledged", at=timezone.now())
    seen = {}
    for who in ("as_supplier", "as_buyer", "as_other_buyer", "as_firm", "as_stranger"):
        with eyes(getattr(scene, who)):
            seen[who] = PlanResponse.objects.count()
    assert seen == {"as_supplier": 1, "as_buyer": 1, "as_other_buyer": 0, "as_firm": 0, "as_stranger": 0}


def test_plan_waits_for_an_answer_until_there_is_one(scene: World) -> None:
    with eyes(scene.as_supplier):
        share(scene.as_supplier, scene.car)
    with eyes(scene.as_buyer):
        plan = answers_waiting(scene.as_buyer).get()
        respond(viewer=scene.as_buyer, plan=plan, kind="acknowledged", at=timezone.now())
        assert list(answers_waiting(scene.as_buyer)) == []
    with eyes(scene.as_supplier):
        share(scene.as_supplier, scene.car)
    with eyes(scene.as_buyer):
        assert list(answers_waiting(scene.as_buyer)) == [plan]


def test_auditor_never_answers_a_plan(scene: World) -> None:
    with eyes(scene.as_supplier):
        share(scene.as_supplier, scene.car)
    with eyes(scene.as_firm), pytest.raises(Forbidden, match="not-a-customer"):
        respond(viewer=scene.as_firm, plan=ActionPlan.objects.get(), kind="acknowledged", at=timezone.now())


def test_call_without_a_time_is_refused(scene: World) -> None:
    with eyes(scene.as_supplier):
        share(scene.as_supplier, scene.car)
    with eyes(scene.as_buyer), pytest.raises(Refusal, match="no-time-proposed"):
        respond(viewer=scene.as_buyer, plan=ActionPlan.objects.get(), kind="call", at=timezone.now())


def test_call_in_the_past_is_refused(scene: World) -> None:
    with eyes(scene.as_supplier):
        share(scene.as_supplier, scene.car)
    now = timezone.now()
    with eyes(scene.as_buyer):
        plan = ActionPlan.objects.get()
        with pytest.raises(Refusal, match="time-is-over"):
            respond(
                viewer=scene.as_buyer,
                plan=plan,
                kind="call",
                proposed_times=[now - dt.timedelta(hours=1)],
                at=now,
            )
        respond(
            viewer=scene.as_buyer,
            plan=plan,
            kind="call",
            proposed_times=[now + dt.timedelta(hours=1)],
            at=now,
        )


def test_draft_is_seen_by_the_site_only(scene: World) -> None:
    with eyes(scene.as_supplier):
        save_draft(
            viewer=scene.as_supplier, finding=scene.car, typed={"completed_by": ["HR"]}, at=timezone.now()
        )
        again = save_draft(
            viewer=scene.as_supplier, finding=scene.car, typed={"asks": ["inform"]}, at=timezone.now()
        )
        assert (again.revision, again.content) == (2, {"typed": {"asks": ["inform"]}})
    for who in ("as_firm", "as_buyer"):
        with eyes(getattr(scene, who)):
            assert PlanDraft.objects.count() == 0


def test_closed_car_takes_no_further_plan(scene: World, as_owner: Any) -> None:
    later = make.audit(scene.site, scene.firm.organisation, ends_on=dt.date(2027, 3, 4))
    make.reassessment(scene.car, later)
    make.publish(later)
    with as_owner():
        scene.car.state, scene.car.closed_at, scene.car.superseded_by = "closed", timezone.now(), later
        scene.car.save(update_fields=["state", "closed_at", "superseded_by"])
    with eyes(scene.as_supplier), pytest.raises(Forbidden, match="car-closed"):
        share(scene.as_supplier, scene.car)
