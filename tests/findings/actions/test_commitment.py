"""Commitments: what each side does, and what stays between the two."""

from decimal import Decimal

import pytest

from findings.actions.commitment import (
    ask_about_commitment,
    change_commitment,
    commit_support,
    confirm_commitment,
    say_progress,
    withdraw_commitment,
)
from findings.models import Commitment, CommitmentStep, CommitmentVersion
from findings.models.said import Support
from ledger.refusals import Forbidden, Refusal
from tests.factories.world import World
from tests.findings.actions.between import MONEY, NOW, Role, car, committed, eyes, only, seen, with_customers

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(as_owner: Role) -> World:
    return with_customers(as_owner)


def test_commitment_stays_between_the_two(scene: World) -> None:
    commitment = committed(scene)
    with eyes(scene.as_supplier):
        confirm_commitment(viewer=scene.as_supplier, commitment=commitment, at=NOW)
        ask_about_commitment(viewer=scene.as_supplier, commitment=commitment, text="When?", at=NOW)
    for model, count in ((Commitment, 1), (CommitmentVersion, 1), (CommitmentStep, 2)):
        assert seen(scene, model) == only(count, count)


def test_changed_commitment_keeps_its_words_and_asks_anew(scene: World) -> None:
    commitment = committed(scene)
    with eyes(scene.as_supplier):
        confirm_commitment(viewer=scene.as_supplier, commitment=commitment, at=NOW)
    with eyes(scene.as_buyer):
        change_commitment(
            viewer=scene.as_buyer, commitment=commitment, support=Support(kind="time", text="A year"), at=NOW
        )
        commitment = Commitment.objects.get()
        assert commitment.state == "offered"
        assert [one.text for one in commitment.versions.all()] == [MONEY.text, "A year"]


def test_customer_says_how_it_goes_and_takes_it_back_with_a_reason(scene: World) -> None:
    commitment = committed(scene)
    with eyes(scene.as_buyer):
        say_progress(viewer=scene.as_buyer, commitment=commitment, progress="behind", at=NOW)
        with pytest.raises(Refusal, match="words-missing"):
            withdraw_commitment(viewer=scene.as_buyer, commitment=commitment, reason="", at=NOW)
        withdraw_commitment(viewer=scene.as_buyer, commitment=commitment, reason="No budget", at=NOW)
        commitment = Commitment.objects.get()
        assert (commitment.state, commitment.progress) == ("withdrawn", "behind")
        with pytest.raises(Forbidden, match="commitment-taken-back"):
            say_progress(viewer=scene.as_buyer, commitment=commitment, progress="on_track", at=NOW)


def test_each_side_does_its_own_part(scene: World) -> None:
    commitment = committed(scene)
    with eyes(scene.as_buyer), pytest.raises(Forbidden, match="not-your-site"):
        confirm_commitment(viewer=scene.as_buyer, commitment=commitment, at=NOW)
    with eyes(scene.as_supplier):
        with pytest.raises(Forbidden, match="not-your-commitment"):
            withdraw_commitment(viewer=scene.as_supplier, commitment=commitment, reason="x", at=NOW)
        with pytest.raises(Forbidden, match="own-actions-in-plan"):
            commit_support(viewer=scene.as_supplier, finding=car(scene), support=MONEY, at=NOW)


def test_amount_without_a_currency_is_refused(scene: World) -> None:
    support = Support(kind="money", text="Half", amount=Decimal(1))
    with eyes(scene.as_buyer), pytest.raises(Refusal, match="currency-missing"):
        commit_support(viewer=scene.as_buyer, finding=car(scene), support=support, at=NOW)
