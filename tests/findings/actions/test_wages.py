"""The gap to a living wage: computed, kept date by date, and never about fewer than five people."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from findings.actions.wages import record_wages
from findings.models import ActionPlan, Finding, WageGroup, WageReview
from findings.models.figures import BenchmarkFacts, WageFacts
from findings.models.wages import gap, gap_share
from findings.queries.plan import chain_of
from findings.queries.wages import wage_history
from ledger.acting import acting
from ledger.refusals import Forbidden, Refusal
from organisations.visibility import Viewer
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db
FACTS = BenchmarkFacts(
    measured_on=dt.date(2026, 4, 30),
    benchmark="Living wage for the city",
    source="An institute",
    benchmark_on=dt.date(2025, 12, 1),
    region="Dhaka",
    amount=Decimal("20000.00"),
    currency="BDT",
)
GROUPS = [WageFacts("Helpers", 30, Decimal("12500.00"), Decimal("14000.00"))]
MONEY = st.decimals(Decimal("0.01"), Decimal("9999999.99"), places=2)


@pytest.fixture
def scene() -> World:
    made = world()
    with owner_role():
        audit = make.audit(made.site, made.firm.organisation)
        made.car = make.car(audit, requirement=make.requirement("5A.A"))
        make.publish(audit)
        make.plan(made.car)
    return made


def eyes(viewer: Viewer) -> Any:
    return acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


def car_of(scene: World) -> Finding:
    return Finding.objects.select_related("audit", "site", "requirement").get(pk=scene.car.pk)


def measure(scene: World, by: Viewer | None = None, **changes: Any) -> WageReview:
    said = {"facts": FACTS, "groups": GROUPS, **changes}
    return record_wages(viewer=by or scene.as_supplier, finding=car_of(scene), at=timezone.now(), **said)


def test_the_gap_is_computed_and_seen_with_the_plan(scene: World) -> None:
    with eyes(scene.as_supplier):
        measure(scene)
    for viewer in (scene.as_supplier, scene.as_buyer, scene.as_firm):
        with eyes(viewer):
            car = car_of(scene)
            plan = ActionPlan.objects.get(finding=car)
            plan.finding = car
            latest = wage_history(plan, chain_of(viewer, car)).latest
            assert latest is not None
            row = latest.gaps[0]
            assert (row.at_lowest, row.share_at_lowest) == (Decimal("7500.00"), Decimal("37.5"))
            assert (row.at_median, row.share_at_median) == (Decimal("6000.00"), Decimal("30.0"))
    with eyes(scene.as_stranger):
        assert not WageReview.objects.exists()
        assert not WageGroup.objects.exists()


def test_a_correction_replaces_and_both_stay(scene: World) -> None:
    with eyes(scene.as_supplier):
        measure(scene)
        measure(scene, groups=[WageFacts("Helpers", 30, Decimal(13000), Decimal(14000))], corrects=1)
        car = car_of(scene)
        plan = ActionPlan.objects.get(finding=car)
        plan.finding = car
        history = wage_history(plan, [car])
        assert [one.review.number for one in history.measured] == [2]
        assert [one.review.number for one in history.corrected] == [1]
        with pytest.raises(Refusal, match="corrected-already"):
            measure(scene, corrects=1)


@pytest.mark.parametrize(
    ("groups", "code"),
    [
        ([], "no-groups"),
        ([WageFacts("Few", 4, Decimal(1), Decimal(2))], "group-too-small"),
        ([WageFacts("Odd", 5, Decimal(3), Decimal(2))], "wages-not-in-order"),
        ([*GROUPS, WageFacts("helpers ", 5, Decimal(1), Decimal(2))], "group-twice"),
        ([WageFacts("Rita rita@example.org", 5, Decimal(1), Decimal(2))], "names-a-person"),
    ],
)
def test_groups_that_cannot_be_are_refused(scene: World, groups: list[WageFacts], code: str) -> None:
    with eyes(scene.as_supplier):
        with pytest.raises(Refusal, match=code):
            measure(scene, groups=groups)
        assert measure(scene, groups=[WageFacts("Five", 5, Decimal(2), Decimal(2))]).number == 1


@pytest.mark.parametrize("who", ["as_buyer", "as_firm"])
def test_only_the_site_records_wages(scene: World, who: str) -> None:
    viewer = getattr(scene, who)
    with eyes(viewer), pytest.raises(Forbidden, match="not-your-site"):
        measure(scene, viewer)
    with eyes(scene.as_supplier):
        assert measure(scene).number == 1


def test_raw_sql_adds_no_small_group_and_changes_nothing(scene: World) -> None:
    with eyes(scene.as_supplier):
        review = measure(scene)
        with pytest.raises(DatabaseError, match="at_least_five"), transaction.atomic():
            WageGroup.objects.create(
                review=review, position=2, name="Two", workers=2, lowest=Decimal(1), median=Decimal(2)
            )
    for role in (owner_role, lambda: eyes(scene.as_supplier)):
        for statement in ("UPDATE findings_wagegroup SET lowest = 1", "DELETE FROM findings_wagereview"):
            with role(), pytest.raises(DatabaseError), transaction.atomic():
                connection.cursor().execute(statement)


@given(MONEY, MONEY)
def test_gap_is_never_negative_and_its_share_follows(living: Decimal, paid: Decimal) -> None:
    missing, share = gap(living, paid), gap_share(living, paid)
    assert missing == (living - paid if paid < living else 0)
    assert 0 <= share <= 100
    assert abs(share / 100 * living - missing) <= living * Decimal("0.0005")
