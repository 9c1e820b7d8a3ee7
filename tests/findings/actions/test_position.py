"""Standing positions: who reads them, from when, and which plans they answer."""

import datetime as dt

import pytest

from findings.actions.plan import share_plan
from findings.actions.position import change_position, withdraw_position
from findings.models import PlanContent, Position, PositionVersion
from findings.queries.plan import answers_waiting, story_of
from findings.queries.position import positions_on
from findings.queries.together import customers_at, sides_of
from ledger.refusals import Refusal
from organisations.visibility import Viewer
from tests.factories.world import World
from tests.findings.actions.between import (
    NOW,
    Role,
    car,
    committed,
    eyes,
    only,
    seen,
    stance,
    stated,
    told,
    with_customers,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(as_owner: Role) -> World:
    return with_customers(as_owner)


def on_car(scene: World, viewer: Viewer) -> list[Position]:
    customers = [scene.buyer.organisation_id, scene.other_buyer.organisation_id]
    with eyes(viewer):
        return positions_on(viewer, car(scene), on=NOW.date(), customers=customers)


def test_position_is_read_by_the_buyers_suppliers_alone(scene: World) -> None:
    stated(scene)
    assert seen(scene, Position) == only(1, 1)
    assert seen(scene, PositionVersion) == only(1, 1)
    assert len(on_car(scene, scene.as_supplier)) == 1
    assert on_car(scene, scene.as_other_buyer) == []


def test_position_counts_from_and_until_its_days(scene: World) -> None:
    stated(scene, valid_from=NOW.date() + dt.timedelta(days=1))
    assert on_car(scene, scene.as_supplier) == []
    with eyes(scene.as_buyer):
        position = Position.objects.select_related("requirement").get()
        change_position(
            viewer=scene.as_buyer, position=position, stance=stance(valid_until=NOW.date()), at=NOW
        )
    assert len(on_car(scene, scene.as_supplier)) == 1
    with eyes(scene.as_buyer):
        withdraw_position(viewer=scene.as_buyer, position=position, at=NOW)
        assert position.versions.count() == 2
    assert on_car(scene, scene.as_supplier) == []


def test_position_answers_plans_only_when_its_buyer_says_so(scene: World) -> None:
    with eyes(scene.as_supplier):
        content = PlanContent(root_causes=("Fees",), asks=frozenset({"confirm"}))
        share_plan(
            viewer=scene.as_supplier, finding=scene.car, content=content, completed_by="HR", rhythm=3, at=NOW
        )
    stated(scene)
    with eyes(scene.as_buyer):
        assert answers_waiting(scene.as_buyer).count() == 1
        position = Position.objects.select_related("requirement").get()
        change_position(viewer=scene.as_buyer, position=position, stance=stance(answers_plans=True), at=NOW)
        assert answers_waiting(scene.as_buyer).count() == 0
    with eyes(scene.as_other_buyer):
        assert answers_waiting(scene.as_other_buyer).count() == 1
    with eyes(scene.as_supplier):
        finding = car(scene)
        sides = sides_of(
            scene.as_supplier,
            finding,
            story_of(scene.as_supplier, finding),
            customers=customers_at(scene.as_supplier, finding, scene.supplier.organisation),
            on=NOW.date(),
        )
        waiting = {side.organisation.name: side.waiting_since is not None for side in sides}
    assert waiting == {"Eastgate Stores": True, "Northfield Retail": False}


def test_second_position_on_a_requirement_is_refused(scene: World) -> None:
    stated(scene)
    with pytest.raises(Refusal, match="already-stated"):
        stated(scene)


def test_suppliers_concerned_are_told_of_a_position(scene: World, as_job: Role) -> None:
    stated(scene)
    assert told(as_job) == [("position_stated", scene.supplier.person.email)]


def test_customer_sees_its_own_part_alone(scene: World) -> None:
    committed(scene)
    stated(scene)
    for who, names in (
        ("as_buyer", ["Northfield Retail"]),
        ("as_other_buyer", ["Eastgate Stores"]),
        ("as_firm", []),
    ):
        viewer = getattr(scene, who)
        with eyes(viewer):
            own = getattr(scene, who.removeprefix("as_")).organisation
            finding = car(scene)
            at_it = customers_at(viewer, finding, own)
            sides = sides_of(viewer, finding, None, customers=at_it, on=NOW.date())
            assert [side.organisation.name for side in sides] == names
    assert sides == []
