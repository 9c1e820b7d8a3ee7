"""Sites, trade links and engagements over the API: the same actions, the same refusals."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from organisations.models import Organisation
from sourcing.api.engagement import EngagementSerializer
from sourcing.api.link import LinkSerializer
from sourcing.api.site import SiteSerializer
from sourcing.lifecycle import EngagementState, LinkState
from sourcing.models import RegisterEntry, Site
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories import sourcing as places
from tests.sourcing.conftest import World

SignedIn = Callable[[Organisation], Client]
ROOT = "/api/v1"


def _send(client: Client, path: str, body: Any, status: int, method: str = "post") -> Any:
    answer = getattr(client, method)(f"{ROOT}{path}", body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def _get(client: Client, path: str, status: int = 200) -> Any:
    answer = client.get(path if path.startswith("http") else f"{ROOT}{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_every_resource_sends_what_its_schema_says(world: World, signed_in: SignedIn) -> None:
    places.link(world.buyer, world.supplier)
    places.engagement(world.north, world.firm)
    client = signed_in(world.supplier)
    shapes = {"sites": SiteSerializer, "trade-links": LinkSerializer, "engagements": EngagementSerializer}
    for resource, shape in shapes.items():
        row = _get(client, f"/{resource}/")["results"][0]
        assert set(row) == set(shape().fields), resource
        assert _get(client, f"/{resource}/{row['code']}/") == row


def test_nobody_gets_an_answer_without_signing_in(db: Any) -> None:
    for resource in ("sites", "trade-links", "engagements"):
        assert _get(Client(), f"/{resource}/", 401)["code"] == "not-authenticated"


def test_site_is_added_and_changed(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.supplier)
    made = _send(client, "/sites/", {"name": "East Mill", "country": "BD"}, 201)
    assert (made["timezone"], made["kind"], made["supplier"]["code"]) == (
        "Asia/Dhaka",
        "factory",
        world.supplier.code,
    )
    changed = _send(client, f"/sites/{made['code']}/", {"workers": 40}, 200, "patch")
    assert (changed["workers"], changed["name"]) == (40, "East Mill")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "East", "country": "BD", "owner": 1}, "/owner"),
        ({"name": "East", "country": "XX"}, "/country"),
        ({"name": "East", "country": "ID"}, "/timezone"),
        ({"name": "East", "country": "BD", "timezone": "Mars/North"}, "/timezone"),
        ({"name": "East", "country": "BD", "latitude": 10}, "/longitude"),
        ({"country": "BD"}, "/name"),
    ],
)
def test_bad_site_points_at_the_field(world: World, signed_in: SignedIn, body: Any, pointer: str) -> None:
    problem = _send(signed_in(world.supplier), "/sites/", body, 400)
    assert [one["pointer"] for one in problem["errors"]] == [pointer]


def test_site_of_another_is_not_there_to_change(world: World, signed_in: SignedIn) -> None:
    stranger = _send(signed_in(world.buyer), f"/sites/{world.north.code}/", {"workers": 1}, 404, "patch")
    missing = _send(signed_in(world.buyer), "/sites/ZZZZZ/", {"workers": 1}, 404, "patch")
    assert stranger == missing
    places.link(world.buyer, world.supplier)
    seen = _send(signed_in(world.buyer), f"/sites/{world.north.code}/", {"workers": 1}, 403, "patch")
    assert seen["code"] == "not-the-owner"


def test_list_pages_by_cursor_and_refuses_what_it_does_not_know(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.supplier)
    first = _get(client, "/sites/?limit=1")
    second = _get(client, first["next"])
    assert [first["results"][0]["name"], second["results"][0]["name"]] == ["North Mill", "South Mill"]
    assert (second["next"], first["previous"]) == (None, None)
    for query in ("limit=0", "limit=201", "colour=red", "cursor=junk"):
        assert _get(client, f"/sites/?{query}", 400)["code"] == "invalid"
    named = _get(client, "/sites/?q=south&country=BD")["results"]
    assert [row["name"] for row in named] == ["South Mill"]


def test_link_is_proposed_for_named_places_and_accepted(world: World, signed_in: SignedIn) -> None:
    with owner_role():
        known, strange = (
            RegisterEntry.objects.create(organisation=world.buyer, name=name, country="BD", match_key=name)
            for name in ("N. Mill", "West Mill")
        )
    buyer, supplier = signed_in(world.buyer), signed_in(world.supplier)
    body = {"supplier_code": world.supplier.code, "places": [known.code, strange.code]}
    link = _send(buyer, "/trade-links/", body, 201)
    assert [place["name"] for place in link["named_places"]] == ["N. Mill", "West Mill"]
    path = f"/trade-links/{link['code']}"
    assert _send(buyer, f"{path}/accept/", {}, 403)["code"] == "own-proposal"
    assert _send(supplier, f"{path}/accept/", {"sites": ["ZZZZZ"]}, 400)["errors"][0]["pointer"] == "/sites"
    assert _send(supplier, f"{path}/accept/", {}, 422)["code"] == "no-sites"
    answers = [{"number": 0, "site": world.north.code}, {"number": 1, "site": None}]
    accepted = _send(supplier, f"{path}/accept/", {"places": answers}, 200)
    assert accepted["state"] == "accepted"
    assert {row["name"] for row in _get(buyer, "/sites/")["results"]} == {"North Mill", "West Mill"}
    assert _send(buyer, f"{path}/end/", {}, 200)["state"] == "ended"
    assert _get(buyer, "/sites/")["results"] == []
    assert _send(buyer, f"{path}/end/", {}, 403)["code"] == "not-in-force"


def test_link_with_a_code_nobody_has_is_refused_alike(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.buyer)
    answers = [
        _send(client, "/trade-links/", {"supplier_code": code}, 422)
        for code in ("ZZZZZ", world.rival.code, world.buyer.code)
    ]
    assert answers[0]["code"] == "unknown-code"
    assert answers[0] == answers[1] == answers[2]


def test_second_link_between_the_same_two_is_refused(world: World, signed_in: SignedIn) -> None:
    places.link(world.buyer, world.supplier, state=LinkState.PROPOSED)
    answer = _send(signed_in(world.buyer), "/trade-links/", {"supplier_code": world.supplier.code}, 409)
    assert answer["code"] == "link-exists"


def test_proposal_names_one_end_only(world: World, signed_in: SignedIn) -> None:
    assert _send(signed_in(world.buyer), "/trade-links/", {}, 400)["code"] == "invalid"
    both = {"supplier_code": "AAAAA", "customer_code": "BBBBB"}
    assert _send(signed_in(world.buyer), "/trade-links/", both, 400)["code"] == "invalid"


def test_supplier_offers_and_customer_declines(world: World, signed_in: SignedIn) -> None:
    body = {"customer_code": world.buyer.code, "covers_all_sites": True}
    link = _send(signed_in(world.supplier), "/trade-links/", body, 201)
    declined = _send(
        signed_in(world.buyer), f"/trade-links/{link['code']}/decline/", {"reason": "Not yet"}, 200
    )
    assert (declined["state"], declined["answer"]) == ("declined", "Not yet")


def test_offer_is_accepted_or_taken_back(world: World, signed_in: SignedIn) -> None:
    supplier, buyer = signed_in(world.supplier), signed_in(world.buyer)
    first = _send(
        supplier, "/trade-links/", {"customer_code": world.buyer.code, "covers_all_sites": True}, 201
    )
    assert _send(supplier, f"/trade-links/{first['code']}/withdraw/", {}, 200)["state"] == "withdrawn"
    second = _send(
        supplier, "/trade-links/", {"customer_code": world.buyer.code, "sites": [world.north.code]}, 201
    )
    assert _send(buyer, f"/trade-links/{second['code']}/accept/", {"sites": []}, 400)["code"] == "invalid"
    assert _send(buyer, f"/trade-links/{second['code']}/accept/", {}, 200)["state"] == "accepted"
    assert [row["name"] for row in _get(buyer, "/sites/")["results"]] == ["North Mill"]


def test_engagement_is_asked_accepted_and_ended(world: World, signed_in: SignedIn) -> None:
    supplier, firm = signed_in(world.supplier), signed_in(world.firm)
    body = {"audit_firm": world.firm.code, "sites": [world.north.code, world.south.code]}
    first, second = _send(supplier, "/engagements/", body, 201)
    assert first["place"]["name"] == "North Mill"
    assert _get(firm, "/sites/")["results"] == []
    assert _send(supplier, f"/engagements/{first['code']}/accept/", {}, 403)["code"] == "not-the-firm"
    assert _send(firm, f"/engagements/{first['code']}/accept/", {}, 200)["state"] == "active"
    assert (
        _send(firm, f"/engagements/{second['code']}/decline/", {"reason": "Too far"}, 200)["answer"]
        == "Too far"
    )
    assert [row["name"] for row in _get(firm, "/sites/")["results"]] == ["North Mill"]
    assert _send(supplier, f"/engagements/{first['code']}/end/", {}, 200)["state"] == "ended"
    assert _get(firm, "/sites/")["results"] == []


def test_engagement_needs_a_listed_firm_and_own_sites(world: World, signed_in: SignedIn) -> None:
    supplier = signed_in(world.supplier)
    body = {"audit_firm": world.rival.code, "sites": [world.north.code]}
    assert _send(supplier, "/engagements/", body, 400)["errors"][0]["pointer"] == "/audit_firm"
    strange = places.site(world.other_supplier)
    body = {"audit_firm": world.firm.code, "sites": [strange.code]}
    assert _send(supplier, "/engagements/", body, 400)["errors"][0]["pointer"] == "/sites"


def test_lists_ask_as_many_questions_for_one_row_as_for_thirty(world: World, signed_in: SignedIn) -> None:
    clients = {
        "sites": signed_in(world.supplier),
        "trade-links": signed_in(world.supplier),
        "engagements": signed_in(world.firm),
    }
    counts = []
    for more in (1, 29):
        for _number in range(more):
            places.link(people.organisation(), world.supplier)
            places.engagement(places.site(world.supplier), world.firm, EngagementState.ACTIVE)
        counts.append([_statements(client, resource) for resource, client in clients.items()])
    assert counts[0] == counts[1]
    assert max(counts[1]) <= 11  # three of them are the test's own transaction


def _statements(client: Client, resource: str) -> int:
    _get(client, f"/{resource}/")
    with CaptureQueriesContext(connection) as asked:
        _get(client, f"/{resource}/?limit=100")
    return len(asked)


def test_sites_of_members_limited_to_some(world: World, client_for: Any) -> None:
    membership = people.membership(world.supplier, site_ids=[world.south.pk])
    client = client_for(membership.person)
    assert [row["name"] for row in _get(client, "/sites/")["results"]] == ["South Mill"]
    assert _send(client, "/sites/", {"name": "East", "country": "BD"}, 403)["code"] == "limited-to-sites"
    with owner_role():
        assert Site.objects.filter(name="East").count() == 0
