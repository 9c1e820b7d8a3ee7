"""A buyer's own code stays between that buyer and the supplier, in rows, counts and lists."""

import pytest

from findings.actions.variance import answer_variance, close_variance, question_variance, raise_variance
from findings.models import Variance, VarianceReply
from findings.models.facts import VarianceFacts
from findings.queries.finding import counts_of_non_compliances
from ledger.models import Entry
from ledger.refusals import Forbidden, Refusal
from tests.findings.conftest import AT, House

pytestmark = pytest.mark.django_db
SAID = VarianceFacts(title="No lockers", description="Seen in June", clause="4.2 Dormitories", severity="Red")


@pytest.fixture
def variance(house: House) -> Variance:
    with house.as_(house.buyer) as viewer:
        return raise_variance(viewer=viewer, site=house.north, said=SAID, at=AT)


def test_the_two_talk_until_the_buyer_closes(house: House, variance: Variance) -> None:
    with house.as_(house.supplier) as viewer:
        answer_variance(viewer=viewer, variance=variance, message="Ordered", at=AT)
    with house.as_(house.buyer) as viewer:
        question_variance(viewer=viewer, variance=variance, message="When?", at=AT)
        close_variance(viewer=viewer, variance=variance, at=AT)
        kinds = VarianceReply.objects.order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == ["answer", "question", "closing"]
        variance.refresh_from_db()
        assert variance.state == "closed"
    with house.as_(house.supplier) as viewer, pytest.raises(Forbidden, match="variance-closed"):
        answer_variance(viewer=viewer, variance=variance, message="More", at=AT)


def test_nobody_else_sees_a_word(house: House, variance: Variance) -> None:
    for who, count in ((house.supplier, 1), (house.rival, 0), (house.firm, 0), (house.stranger, 0)):
        with house.as_(who) as viewer:
            assert Variance.objects.count() == count
            assert Variance.objects.visible_to(viewer).count() == count
            assert Entry.objects.filter(verb="findings.variance_raised").count() == count


def test_it_is_counted_nowhere(house: House, variance: Variance) -> None:
    for who in (house.supplier, house.buyer):
        with house.as_(who) as viewer:
            assert sum(counts_of_non_compliances(viewer, on=AT.date()).values()) == 0


def test_only_a_customer_raises_and_names_its_clause(house: House) -> None:
    for who in (house.firm, house.stranger):
        with house.as_(who) as viewer, pytest.raises(Forbidden):
            raise_variance(viewer=viewer, site=house.north, said=SAID, at=AT)
    with house.as_(house.buyer) as viewer, pytest.raises(Refusal, match="clause-missing"):
        raise_variance(viewer=viewer, site=house.north, said=VarianceFacts(title="x", description="x"), at=AT)
