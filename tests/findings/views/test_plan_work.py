"""The pages of a plan at work, as each side uses them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from findings.models import PlanDraft, PlanVersion, RefundGroup
from organisations.visibility import Role
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories.world import World, world
from tests.findings.views.test_plan_pages import shared, typed, url

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
GROUP = {
    "label": "Came in 2024",
    "from_country": "NP",
    "to_country": "BD",
    "workers": "40",
    "fee": "1200",
    "currency": "USD",
    "purposes": ["agency"],
    "refunder": "together",
}
PAID = {"paid_on": "2026-01-20", "amount": "90", "workers": "2", "workers_settled": "1"}


@pytest.fixture
def scene() -> World:
    return world()


@pytest.fixture
def colleague(scene: World, client_for: ClientFor) -> Client:
    with owner_role():
        return client_for(people.membership(scene.supplier.organisation, role=Role.EDITOR).person)


def hidden(answer: Any) -> dict[str, str]:
    """Return what a page hands out to be sent back."""
    return {name: answer.context[name] for name in ("seen", "base", "writer")}


def test_second_of_two_writers_is_shown_both_and_then_shares(
    scene: World, client_for: ClientFor, colleague: Client
) -> None:
    own = client_for(scene.supplier.person)
    opened = hidden(own.get(url("plan_edit", scene)))
    other = {**typed(**{"causes-0-why": "Theirs", "investigation": "Asked twenty"}), "draft": "1"}
    assert colleague.post(url("plan_edit", scene), other).status_code == 302
    mine = typed(**{"causes-0-why": "Mine"})
    answer = own.post(url("plan_edit", scene), {**mine, **opened})
    assert answer.status_code == 409
    for words in ("Theirs", "Mine", "Asked twenty"):
        assert words in answer.content.decode()
    assert not PlanVersion.objects.exists()
    sent = {**mine, **hidden(answer), "investigation": "Asked twenty", "keep-causes-0": "both"}
    assert own.post(url("plan_edit", scene), sent).status_code == 302
    with owner_role():
        said = PlanVersion.objects.get().said
    assert said.root_causes == ("Theirs", "Mine")
    assert said.investigation == "Asked twenty"


def test_autosave_says_who_writes_too_and_overwrites_nothing(
    scene: World, client_for: ClientFor, colleague: Client
) -> None:
    own = client_for(scene.supplier.person)
    opened, theirs = hidden(own.get(url("plan_edit", scene))), hidden(colleague.get(url("plan_edit", scene)))
    first = own.post(url("plan_draft", scene), {**typed(), **opened})
    assert first.status_code == 200
    assert first.json()["fields"]["seen"] != opened["seen"]
    second = colleague.post(url("plan_draft", scene), {**typed(completed_by="Other"), **theirs})
    assert second.status_code == 409
    assert str(scene.supplier.person) in second.json()["note"]
    again = own.post(url("plan_draft", scene), {**typed(), **opened})  # its own page, the answer never came
    assert again.status_code == 200
    page = colleague.get(url("plan_edit", scene)).content.decode()
    assert f"{scene.supplier.person} is editing too" in page
    with owner_role():
        assert PlanDraft.objects.get().content["typed"]["completed_by"] == ["HR manager"]


def test_same_words_of_two_writers_need_no_question(
    scene: World, client_for: ClientFor, colleague: Client
) -> None:
    own = client_for(scene.supplier.person)
    opened = hidden(own.get(url("plan_edit", scene)))
    colleague.post(url("plan_edit", scene), {**typed(), "draft": "1"})
    assert own.post(url("plan_edit", scene), {**typed(), **opened}).status_code == 302


def test_versions_are_compared_and_others_are_not_there(scene: World, client_for: ClientFor) -> None:
    shared(scene, client_for)
    site = client_for(scene.supplier.person)
    changed = typed(**{"causes-0-why": "Agents charge workers long before they reach us."})
    assert site.post(url("plan_edit", scene), changed).status_code == 302
    for who in (scene.supplier, scene.buyer, scene.firm):
        answer = client_for(who.person).get(url("plan_versions", scene), {"a": "1", "b": "2"})
        assert "<ins>" in answer.content.decode()
    for wrong in ({"a": "9"}, {"a": "x"}, {"b": "-1"}):
        assert site.get(url("plan_versions", scene), wrong).status_code == 404
    assert client_for(scene.stranger.person).get(url("plan_versions", scene)).status_code == 404


def test_named_dates_are_kept_and_shown(scene: World, client_for: ClientFor) -> None:
    site = client_for(scene.supplier.person)
    assert site.post(url("plan_edit", scene), typed(rhythm="0")).status_code == 422
    dated = typed(rhythm="0", date_1="2099-03-01", date_2="2098-05-02")
    assert site.post(url("plan_edit", scene), dated).status_code == 422  # more than five years ahead
    near = typed(rhythm="0", date_1="2027-06-30", date_2="2027-05-02")
    assert site.post(url("plan_edit", scene), near).status_code == 302
    page = site.get(url("finding", scene)).content.decode()
    assert 0 < page.index(">2 May 2027<") < page.index(">30 Jun 2027<")


def test_ledger_shows_a_payment_to_its_payer_alone(scene: World, client_for: ClientFor) -> None:
    shared(scene, client_for)
    site, buyer = client_for(scene.supplier.person), scene.buyer.organisation
    assert site.post(url("refund_group_new", scene), GROUP).status_code == 302
    paid = {**PAID, "payer": "customer", "customer": buyer.pk}
    assert site.post(url("refund_pay", scene, 1), paid).status_code == 302
    assert "What you paid" in client_for(scene.buyer.person).get(url("refunds", scene)).content.decode()
    for who in (scene.other_buyer, scene.firm):
        page = client_for(who.person).get(url("refunds", scene)).content.decode()
        assert buyer.name not in page
        assert "What you paid" not in page
        assert "90.00" in page  # the sum


def test_what_looks_like_a_name_is_asked_about_once(scene: World, client_for: ClientFor) -> None:
    shared(scene, client_for)
    site = client_for(scene.supplier.person)
    named = {**GROUP, "label": "Friends of Mr Karim"}
    answer = site.post(url("refund_group_new", scene), named)
    assert answer.status_code == 422
    assert "is_no_name" in answer.content.decode()
    assert site.post(url("refund_group_new", scene), {**named, "is_no_name": "on"}).status_code == 302
    plain = site.post(
        url("refund_group_new", scene), {**GROUP, "note": "call 01711 123456", "is_no_name": "on"}
    )
    assert plain.status_code == 422
    with owner_role():
        assert RefundGroup.objects.count() == 1


def test_wishes_for_a_rhythm_stay_between_two(scene: World, client_for: ClientFor) -> None:
    shared(scene, client_for)
    asked = client_for(scene.buyer.person).post(
        url("rhythm_ask", scene), {"rhythm": "1", "reason": "Our board"}
    )
    assert asked.status_code == 302
    assert "Our board" in client_for(scene.supplier.person).get(url("finding", scene)).content.decode()
    assert "Our board" not in client_for(scene.other_buyer.person).get(url("finding", scene)).content.decode()
