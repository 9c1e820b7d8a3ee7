"""Two people write one plan: the second is told, and nothing that either wrote is lost."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from findings.actions.draft import carry_on, save_draft
from findings.actions.plan import share_plan, share_update
from findings.actions.refunds import add_group, record_payment
from findings.forms.plan_typed import merge_typed, settle, typed_from, typed_of_version, values_of
from findings.models import Action, ActionPlan, Finding, PlanContent, PlanVersion, RefundGroup
from findings.models.figures import GroupFacts, PaymentFacts
from findings.queries.draft import also_writing, standing_of, to_carry_on
from findings.queries.plan import story_of
from ledger.acting import acting
from ledger.refusals import Forbidden, Refusal
from organisations.visibility import Role, Viewer
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories import organisations as people
from tests.factories.world import World, world
from web.merging import packed

pytestmark = pytest.mark.django_db
CONTENT = PlanContent(
    root_causes=("Agents charge workers.",),
    actions=(Action(what="New contract"), Action(what="Visit the agency")),
    asks=frozenset({"confirm"}),
)


@pytest.fixture
def scene() -> World:
    return world()


def eyes(viewer: Viewer) -> Any:
    return acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


def car_of(finding: Finding) -> Finding:
    return Finding.objects.select_related("audit", "site", "requirement").get(pk=finding.pk)


def share(viewer: Viewer, finding: Finding, **changes: Any) -> PlanVersion:
    said = {"content": CONTENT, "completed_by": "HR", "rhythm": 3, "at": timezone.now(), **changes}
    return share_plan(viewer=viewer, finding=car_of(finding), **said)


def test_second_to_save_is_refused_and_nothing_is_overwritten(scene: World) -> None:
    first, second = scene.as_supplier, people.viewer(scene.supplier.organisation, Role.EDITOR)
    now = timezone.now()
    with eyes(first):
        seen = standing_of(first, scene.car).stamp
        save_draft(viewer=first, finding=scene.car, typed={"completed_by": ["A"]}, seen=seen, at=now)
    with eyes(second):
        with pytest.raises(Refusal, match="plan-moved-on"):
            save_draft(viewer=second, finding=scene.car, typed={"completed_by": ["B"]}, seen=seen, at=now)
        standing = standing_of(second, scene.car)
        assert standing.draft is not None
        assert standing.draft.content["typed"] == {"completed_by": ["A"]}
        assert also_writing(second, standing, at=now) == str(scene.supplier.person)
        assert also_writing(second, standing, at=now + dt.timedelta(hours=1)) == ""
        save_draft(
            viewer=second, finding=scene.car, typed={"completed_by": ["B"]}, seen=standing.stamp, at=now
        )


def test_share_upon_an_old_draft_is_refused(scene: World) -> None:
    with eyes(scene.as_supplier):
        seen = standing_of(scene.as_supplier, scene.car).stamp
        share(scene.as_supplier, scene.car)
        with pytest.raises(Refusal, match="plan-moved-on"):
            share(scene.as_supplier, scene.car, seen=seen)
        now = standing_of(scene.as_supplier, scene.car).stamp
        assert share(scene.as_supplier, scene.car, seen=now).number == 2


def values(**changes: Any) -> dict[str, Any]:
    return {
        "completed_by": "HR",
        "causes-0": {"why": "Fees"},
        "actions-0": {"what": "Contract", "who": "HR", "by_when": "", "support": "", "measure": ""},
        **changes,
    }


def test_merge_takes_what_one_alone_changed_and_asks_about_the_rest() -> None:
    base = packed(values_of(typed_from(values())))
    mine = typed_from(values(completed_by="Owner", **{"causes-0": {"why": "Fees and loans"}}))
    theirs = typed_from(values(investigation="We asked.", **{"causes-0": {"why": "Agents' fees"}}))
    found = merge_typed(base, mine, theirs)
    assert [one.name for one in found.conflicts] == ["causes-0"]
    assert (found.values["completed_by"], found.values["investigation"]) == ("Owner", "We asked.")
    assert found.taken == ["investigation"]


def test_rows_that_both_added_are_both_kept_without_a_question() -> None:
    base = packed(values_of(typed_from(values())))
    mine = typed_from(values(**{"causes-1": {"why": "Debt"}}))
    theirs = typed_from(values(**{"causes-1": {"why": "No written contract"}}))
    found = merge_typed(base, mine, theirs)
    typed = typed_from(found.values)
    causes = [typed[f"causes-{n}-why"] for n in range(3)]
    assert found.conflicts == []
    assert causes == [["Fees"], ["No written contract"], ["Debt"]]


@pytest.mark.parametrize(
    ("answer", "causes"),
    [("mine", ["Mine", "Last"]), ("theirs", ["Theirs", "Last"]), ("both", ["Theirs", "Last", "Mine"])],
)
def test_answer_says_what_stays_of_a_row(answer: str, causes: list[str]) -> None:
    sent = typed_from(values(**{"causes-0": {"why": "Mine"}, "causes-1": {"why": "Last"}}))
    theirs = values(**{"causes-0": {"why": "Theirs"}, "causes-1": {"why": "Last"}})
    typed = settle(sent, theirs, {"keep-causes-0": answer})
    assert [typed[f"causes-{n}-why"][0] for n in range(len(causes))] == causes


def test_unchanged_actions_keep_their_progress_in_the_next_version(scene: World) -> None:
    with eyes(scene.as_supplier):
        share(scene.as_supplier, scene.car)
        share_update(
            viewer=scene.as_supplier,
            finding=car_of(scene.car),
            summary="Signed",
            actions=[{"progress": "on_track"}, {"progress": "behind"}],
            at=timezone.now(),
        )
        content = PlanContent(
            actions=(Action(what="Something new"), Action(what="Visit the agency")),
            asks=frozenset({"inform"}),
        )
        share(scene.as_supplier, scene.car, content=content)
        story = story_of(scene.as_supplier, car_of(scene.car))
        assert story is not None
        assert story.progress == {1: "behind"}


def successor(scene: World) -> Finding:
    """Raise the CAR again in a later periodic audit, and publish it."""
    with owner_role():
        later = make.audit(scene.site, scene.firm.organisation, kind="periodic", ends_on=dt.date(2026, 6, 1))
        new = make.car(later, title="Fees again", predecessor=scene.car)
        make.reassessment(scene.car, later, "still_short", successor=new)
        make.publish(later)
        return new


def test_plan_is_carried_on_with_its_progress_and_its_refunds(scene: World) -> None:
    viewer = scene.as_supplier
    with eyes(viewer):
        share(viewer, scene.car)
        share_update(
            viewer=viewer,
            finding=car_of(scene.car),
            summary="Signed",
            actions=[{"progress": "outcome_evidenced"}, {"progress": "on_track"}],
            at=timezone.now(),
        )
        car = car_of(scene.car)
        facts = GroupFacts("Came in 2024", "NP", "BD", 10, 100, "USD", ["agency"], "together")  # type: ignore[arg-type]
        add_group(viewer=viewer, finding=car, facts=facts, at=timezone.now())
        paid = PaymentFacts(dt.date(2026, 5, 1), 250, 5, 2, "customer", scene.buyer.organisation)  # type: ignore[arg-type]
        record_payment(viewer=viewer, finding=car, number=1, facts=paid, at=timezone.now())
    new = successor(scene)
    with eyes(viewer):
        earlier = to_carry_on(viewer, car_of(new))
        assert earlier is not None
        carry_on(viewer=viewer, finding=car_of(new), typed=typed_of_version(earlier), at=timezone.now())
        with pytest.raises(Refusal, match="nothing-to-carry-on"):
            carry_on(viewer=viewer, finding=car_of(new), typed={}, at=timezone.now())
        version = share(viewer, new)
        version.refresh_from_db()
        assert (version.carried_plan, version.carried_version) == (earlier.plan.code, 1)
        assert version.begun == {0: "outcome_evidenced", 1: "on_track"}
        group = RefundGroup.objects.get(plan=version.plan)
        assert (group.carried_amount, group.carried_settled) == (250, 2)  # type: ignore[comparison-overlap]
    with eyes(scene.as_other_buyer):
        assert PlanVersion.objects.get(pk=version.pk).carried_plan == earlier.plan.code


@pytest.mark.parametrize("who", ["as_buyer", "as_firm"])
def test_only_the_site_carries_a_plan_on(scene: World, who: str) -> None:
    with eyes(scene.as_supplier):
        share(scene.as_supplier, scene.car)
    new, viewer = successor(scene), getattr(scene, who)
    with eyes(viewer), pytest.raises(Forbidden, match="not-your-site"):
        carry_on(viewer=viewer, finding=car_of(new), typed={}, at=timezone.now())


def test_a_version_of_another_issue_is_not_carried_by_sql(scene: World) -> None:
    with eyes(scene.as_supplier):
        share(scene.as_supplier, scene.car)
        other = PlanVersion.objects.get()
    with owner_role():
        audit = make.audit(scene.site, scene.firm.organisation)
        unrelated = make.car(audit)
        make.publish(audit)
    with eyes(scene.as_supplier):
        share(scene.as_supplier, unrelated)
        plan = ActionPlan.objects.get(finding=unrelated)
        with pytest.raises(Exception, match="earlier CAR"):
            PlanVersion.objects.create(
                plan=plan,
                number=2,
                content={},
                completed_by="x",
                carried_from=other,
                shared_at=timezone.now(),
            )
