"""The refund ledger: sums are right, currencies stay apart, and who paid stays between two."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from findings.actions.plan import share_plan
from findings.actions.refunds import add_group, correct_group, record_payment, take_back
from findings.models import ActionPlan, Finding, PlanContent, RefundGroup, RefundPayment
from findings.models.figures import GroupFacts, PaymentFacts
from findings.queries.refunds import GroupBalance, RefundLedger, payments_of, refund_ledger
from ledger.acting import acting
from ledger.refusals import Forbidden, NotVisible, Refusal
from organisations.models import Organisation
from organisations.visibility import Viewer
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories.shares import share as outside
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db
PAID_ON = dt.date(2026, 5, 4)
CENT = st.decimals(Decimal("0.01"), Decimal("99999.99"), places=2)


@pytest.fixture
def scene() -> World:
    made = world()
    with eyes(made.as_supplier):
        share_plan(
            viewer=made.as_supplier,
            finding=car_of(made),
            content=PlanContent(root_causes=("Agents charge",), asks=frozenset({"inform"})),
            completed_by="HR",
            rhythm=3,
            at=timezone.now(),
        )
    return made


def eyes(viewer: Viewer) -> Any:
    return acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


def car_of(scene: World) -> Finding:
    return Finding.objects.select_related("audit", "site", "requirement").get(pk=scene.car.pk)


def group(scene: World, **changes: Any) -> RefundGroup:
    said = {
        "label": "Came in 2024",
        "from_country": "NP",
        "to_country": "BD",
        "workers": 40,
        "fee": Decimal("1200.00"),
        "currency": "USD",
        "purposes": ["agency", "visa"],
        "refunder": "together",
        **changes,
    }
    return add_group(
        viewer=scene.as_supplier, finding=car_of(scene), facts=GroupFacts(**said), at=timezone.now()
    )


def pay(scene: World, number: int = 1, *, by: Viewer | None = None, **changes: Any) -> RefundPayment:
    said = {
        "paid_on": PAID_ON,
        "amount": Decimal("600.00"),
        "workers": 10,
        "workers_settled": 0,
        "payer": "employer",
        **changes,
    }
    return record_payment(
        viewer=by or scene.as_supplier,
        finding=car_of(scene),
        number=number,
        facts=PaymentFacts(**said),
        at=timezone.now(),
    )


def test_groups_and_sums_are_for_every_reader_of_the_plan(scene: World) -> None:
    with eyes(scene.as_supplier):
        group(scene)
        pay(scene, workers_settled=4)
        pay(scene, payer="customer", customer=scene.buyer.organisation, amount=Decimal("50.50"))
    for viewer in (scene.as_supplier, scene.as_buyer, scene.as_other_buyer, scene.as_firm):
        with eyes(viewer):
            kept = refund_ledger(ActionPlan.objects.get())
            total = kept.totals[0]
            assert (total.owed, total.refunded) == (Decimal("48000.00"), Decimal("650.50"))
            assert (total.settled, kept.workers) == (4, 40)


def test_a_payment_is_read_by_the_supplier_and_the_customer_that_paid(scene: World) -> None:
    with eyes(scene.as_supplier):
        group(scene)
        pay(scene)
        pay(scene, payer="customer", customer=scene.buyer.organisation)
    seen = {"as_supplier": [1, 2], "as_buyer": [2], "as_other_buyer": [], "as_firm": [], "as_stranger": []}
    for name, numbers in seen.items():
        viewer = getattr(scene, name)
        with eyes(viewer):
            assert list(RefundPayment.objects.values_list("number", flat=True)) == numbers
            plan = ActionPlan.objects.first()
            if plan is not None:
                assert [one.number for one in payments_of(viewer, plan)] == numbers


def test_whoever_sees_no_plan_learns_no_sum(scene: World) -> None:
    with eyes(scene.as_supplier):
        group(scene)
        pay(scene)
        plan = ActionPlan.objects.get()
    with eyes(scene.as_stranger), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app.refund_totals(%s)", [plan.pk])
        assert cursor.fetchall() == []
        assert not RefundGroup.objects.exists()


def test_a_share_of_the_car_shows_groups_and_sums_but_no_payment(scene: World) -> None:
    with eyes(scene.as_supplier):
        group(scene)
        pay(scene)
        plan = ActionPlan.objects.get()
    outside(scene.car, scene.stranger.organisation, granted_by=scene.supplier.person)
    with eyes(scene.as_stranger):
        assert refund_ledger(plan).totals[0].refunded == Decimal("600.00")
        assert not RefundPayment.objects.exists()


def test_a_payment_taken_back_counts_as_if_it_never_was(scene: World) -> None:
    with eyes(scene.as_supplier):
        group(scene)
        pay(scene, workers_settled=10)
        take_back(
            viewer=scene.as_supplier, finding=car_of(scene), number=1, reason="Twice", at=timezone.now()
        )
        kept = refund_ledger(ActionPlan.objects.get())
        assert (kept.totals[0].refunded, kept.settled, kept.balances[0].last_on) == (Decimal(0), 0, None)
        assert kept.months == []
        with pytest.raises(Refusal, match="taken-back"):
            take_back(
                viewer=scene.as_supplier, finding=car_of(scene), number=1, reason="Again", at=timezone.now()
            )


@pytest.mark.parametrize("who", ["as_buyer", "as_firm"])
def test_only_the_site_keeps_the_ledger(scene: World, who: str) -> None:
    with eyes(scene.as_supplier):
        group(scene)
    viewer = getattr(scene, who)
    with eyes(viewer), pytest.raises(Forbidden, match="not-your-site"):
        pay(scene, by=viewer)
    with eyes(scene.as_supplier):
        assert pay(scene).number == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"workers": 41}, "more-workers"),
        ({"workers_settled": 11}, "more-workers"),
        ({"paid_on": dt.date(2099, 1, 1)}, "paid-later"),
        ({"payer": "customer"}, "customer-missing"),
        ({"note": "Call +880 1711 123456"}, "names-a-person"),
    ],
)
def test_a_payment_that_cannot_be_is_refused(scene: World, changes: dict[str, Any], code: str) -> None:
    with eyes(scene.as_supplier):
        group(scene)
        with pytest.raises(Refusal, match=code):
            pay(scene, **changes)
        assert pay(scene, workers=40, workers_settled=40).workers == 40


def test_a_customer_that_does_not_see_the_plan_is_not_named_even_by_sql(scene: World) -> None:
    with eyes(scene.as_supplier):
        group(scene)
        with pytest.raises(DatabaseError, match="names a customer"), transaction.atomic():
            pay(scene, payer="customer", customer=scene.stranger.organisation)
        assert pay(scene, payer="customer", customer=scene.buyer.organisation).currency == "USD"


@pytest.mark.parametrize(
    "label", ["Ram, ram@example.org", "Passport AB1234567", "Phone 017 1112 3456", "A12345 and friends"]
)
def test_a_group_that_plainly_names_somebody_is_refused(scene: World, label: str) -> None:
    with eyes(scene.as_supplier):
        with pytest.raises(Refusal, match="names-a-person"):
            group(scene, label=label)
        assert group(scene, label="Came in 2023–2024, line 12, paid 120,000 to 140,000").number == 1


def test_a_correction_is_the_next_revision_and_keeps_its_currency(scene: World) -> None:
    with eyes(scene.as_supplier):
        group(scene)
        pay(scene, workers_settled=10)
        facts = {
            "label": "Came in 2024, both agencies",
            "from_country": "NP",
            "to_country": "BD",
            "fee": Decimal("1300.00"),
            "purposes": ["agency"],
            "refunder": "employer",
        }

        def correct(**changes: Any) -> RefundGroup:
            said = GroupFacts(**{**facts, "workers": 44, "currency": "USD", **changes})
            return correct_group(
                viewer=scene.as_supplier, finding=car_of(scene), number=1, facts=said, at=timezone.now()
            )

        for changes, code in (({"currency": "EUR"}, "currency-kept"), ({"workers": 9}, "fewer-than-settled")):
            with pytest.raises(Refusal, match=code):
                correct(**changes)
        assert correct().revision == 2
        kept = refund_ledger(ActionPlan.objects.get())
        assert (kept.totals[0].owed, kept.totals[0].refunded) == (Decimal("57200.00"), Decimal("600.00"))
        assert RefundGroup.objects.count() == 2


def test_a_group_of_no_number_is_not_there(scene: World) -> None:
    with eyes(scene.as_supplier), pytest.raises(NotVisible):
        pay(scene, 7)


def test_another_requirement_keeps_no_refunds(scene: World) -> None:
    with owner_role():
        other = make.audit(scene.site, scene.firm.organisation)
        car = make.car(other, requirement=make.requirement("5A.A"))
        make.publish(other)
        make.plan(car)
    with eyes(scene.as_supplier), pytest.raises(Forbidden, match="no-such-figures"):
        add_group(
            viewer=scene.as_supplier,
            finding=Finding.objects.select_related("audit", "requirement").get(pk=car.pk),
            facts=GroupFacts("x", "NP", "BD", 1, Decimal(1), "USD", ["agency"], "open"),
            at=timezone.now(),
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE findings_refundpayment SET amount = 1",
        "DELETE FROM findings_refundpayment",
        "UPDATE findings_refundgroup SET workers = 1",
        "DELETE FROM findings_refundgroup",
    ],
)
def test_the_ledger_is_append_only_for_every_role(scene: World, statement: str) -> None:
    with eyes(scene.as_supplier):
        group(scene)
        pay(scene)
    with owner_role(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    with eyes(scene.as_supplier), pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(statement)


def test_raw_sql_of_a_customer_writes_no_ledger(scene: World) -> None:
    with eyes(scene.as_supplier):
        group(scene)
        plan = ActionPlan.objects.get()
    row = """INSERT INTO findings_refundgroup (plan_id, audit_id, supplier_id, number, revision, label, from_country,
        to_country, workers, fee, currency, purposes, refunder, note, language, is_withdrawn, carried_amount,
        carried_settled, recorded_at) VALUES (%s, 1, %s, 2, 1, 'x', 'NP', 'BD', 5, 10, 'USD', '{}', 'open', '', '',
        false, 999, 9, now())"""
    buyer = scene.buyer.organisation
    with eyes(scene.as_buyer), pytest.raises(DatabaseError, match="row-level"), transaction.atomic():
        connection.cursor().execute(row, [plan.pk, buyer.pk])
    with eyes(scene.as_supplier):
        connection.cursor().execute(row, [plan.pk, buyer.pk])
        made = RefundGroup.objects.get(number=2)
        assert (made.supplier_id, made.carried_amount) == (scene.supplier.organisation.pk, 0)  # type: ignore[comparison-overlap]


@given(
    st.lists(st.tuples(st.sampled_from(["USD", "EUR", "BDT"]), CENT, CENT, st.integers(1, 500)), max_size=12)
)
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_sums_are_exact_and_never_cross_currencies(rows: list[tuple[str, Decimal, Decimal, int]]) -> None:
    balances = [
        GroupBalance(
            RefundGroup(number=n, currency=currency, fee=fee, workers=workers, carried_amount=Decimal(0)),
            refunded,
            0,
        )
        for n, (currency, fee, refunded, workers) in enumerate(rows)
    ]
    totals = {one.currency: one for one in RefundLedger(balances).totals}
    assert set(totals) == {one[0] for one in rows}
    for currency, total in totals.items():
        own = [one for one in rows if one[0] == currency]
        cents = sum(int(fee * 100) * workers for _c, fee, _r, workers in own)
        assert int(total.owed * 100) == cents
        assert int(total.refunded * 100) == sum(int(one[2] * 100) for one in own)
        assert total.open == sum(max(fee * workers - back, Decimal(0)) for _c, fee, back, workers in own)


def test_customers_have_no_name_in_what_others_read(scene: World) -> None:
    """Nothing that another customer can read says who paid, or that anybody else exists."""
    with eyes(scene.as_supplier):
        group(scene)
        pay(scene, payer="customer", customer=scene.buyer.organisation)
    with eyes(scene.as_other_buyer):
        kept = refund_ledger(ActionPlan.objects.get())
        assert scene.buyer.organisation.name not in repr(kept)
        assert not Organisation.objects.filter(pk=scene.buyer.organisation.pk).exists()
