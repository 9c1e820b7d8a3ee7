"""Pages of sites, suppliers, customers, trade links and engagements, as each side meets them."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from organisations.models import Organisation
from organisations.visibility import Capability
from sourcing.lifecycle import EngagementState, LinkState
from sourcing.models import Engagement, Site, TradeLink
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories import sourcing as places
from tests.sourcing.conftest import World

SignedIn = Callable[[Organisation], Client]
MOST_STATEMENTS = 15  # sessions, savepoints and acting settings among them


def _page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


@pytest.mark.parametrize("path", ["/sites/", "/customers/", "/suppliers/", "/engagements/"])
def test_empty_lists_teach_the_next_step(world: World, signed_in: SignedIn, path: str) -> None:
    who = world.buyer if path == "/suppliers/" else world.other_supplier
    assert 'class="empty"' in _page(signed_in(who), path)


def test_site_is_added_with_the_time_zone_of_its_country(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.supplier)
    answer = client.post("/sites/new/", {"name": "East Mill", "kind": "factory", "country": "BD"})
    with owner_role():
        site = Site.objects.get(name="East Mill")
    assert answer.status_code == 302
    assert (answer["Location"], site.timezone, site.organisation_id) == (
        f"/sites/{site.code}/",
        "Asia/Dhaka",
        world.supplier.pk,
    )


def test_site_asks_for_the_time_zone_where_a_country_has_several(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.supplier)
    typed = {"name": "East Mill", "kind": "factory", "country": "ID", "latitude": "91"}
    answer = client.post("/sites/new/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Indonesia has more than one time zone." in page
    assert 'value="East Mill"' in page
    assert (
        client.post("/sites/new/", {**typed, "timezone": "Asia/Makassar", "latitude": ""}).status_code == 302
    )


def test_site_changes_and_keeps_the_rest(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.supplier)
    page = _page(client, f"/sites/{world.north.code}/edit/")
    assert 'value="North Mill"' in page
    typed = {
        "name": "North Works",
        "kind": "farm",
        "country": "BD",
        "timezone": "Asia/Dhaka",
        "address": "Road 1",
    }
    assert client.post(f"/sites/{world.north.code}/edit/", typed).status_code == 302
    assert "North Works" in _page(client, f"/sites/{world.north.code}/")


def test_filters_narrow_the_list(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.supplier)
    page = _page(client, "/sites/?q=north")
    assert "North Mill" in page
    assert "South Mill" not in page
    part = client.get("/sites/?q=nowhere", headers={"HX-Request": "true"}).content.decode()
    assert "<h1>" not in part
    assert "No site fits this" in part


def test_link_from_proposal_to_end(world: World, signed_in: SignedIn) -> None:
    buyer, supplier = signed_in(world.buyer), signed_in(world.supplier)
    assert buyer.get(f"/sites/{world.north.code}/").status_code == 404
    answer = buyer.post("/links/propose/", {"code": world.supplier.code.lower(), "message": "Good day"})
    assert answer.status_code == 302
    path = answer["Location"]
    assert "Meadow Garments has not answered yet" in _page(buyer, path)
    assert "One customer waits for your answer" in _page(supplier, "/customers/")
    assert "Bright Stores asks to see your sites" in _page(supplier, path)
    assert buyer.get(f"{path}accept/").status_code == 403
    refused = supplier.post(f"{path}accept/", {"coverage": "some"})
    assert refused.status_code == 422
    assert (
        supplier.post(f"{path}accept/", {"coverage": "some", "sites": [world.north.code]}).status_code == 302
    )
    assert "North Mill" in _page(buyer, f"/suppliers/{world.supplier.code}/")
    assert "Your trade link covers it." in _page(buyer, f"/sites/{world.north.code}/")
    assert buyer.get(f"/sites/{world.south.code}/").status_code == 404
    assert "North Mill" in _page(buyer, f"{path}end/")
    assert "no longer sees one site" in _page(supplier, f"{path}end/")
    assert supplier.post(f"{path}end/").status_code == 302
    assert buyer.get(f"/sites/{world.north.code}/").status_code == 404
    assert "shows you nothing now" in _page(buyer, f"/suppliers/{world.supplier.code}/")


def test_unknown_code_and_code_of_another_kind_get_the_same_sentence(
    world: World, signed_in: SignedIn
) -> None:
    buyer = signed_in(world.buyer)
    pages = []
    for code in ("ZZZZZ", world.rival.code, world.buyer.code):
        answer = buyer.post("/links/propose/", {"code": code})
        assert answer.status_code == 422
        pages.append(answer.content.decode().count("No supplier here has this code."))
        assert "Rival" not in answer.content.decode()
    assert pages == [2, 2, 2]  # in the summary and beside the field


def test_supplier_offers_and_customer_accepts(world: World, signed_in: SignedIn) -> None:
    supplier, buyer = signed_in(world.supplier), signed_in(world.buyer)
    answer = supplier.post(
        "/links/propose/?to=customer",
        {"code": world.buyer.code, "coverage": "some", "sites": [world.south.code]},
    )
    path = answer["Location"]
    assert "One supplier waits for your answer" in _page(buyer, "/suppliers/")
    assert "South Mill" not in _page(buyer, path)
    assert buyer.post(f"{path}accept/").status_code == 302
    assert "South Mill" in _page(buyer, path)


def test_decline_tells_the_reason(world: World, signed_in: SignedIn) -> None:
    link = places.link(world.buyer, world.supplier, state=LinkState.PROPOSED)
    answer = signed_in(world.supplier).post(f"/links/{link.code}/decline/", {"reason": "We do not know you"})
    assert answer.status_code == 302
    assert "We do not know you" in _page(signed_in(world.buyer), f"/links/{link.code}/")


def test_proposal_is_taken_back(world: World, signed_in: SignedIn) -> None:
    link = places.link(world.buyer, world.supplier, state=LinkState.PROPOSED)
    assert signed_in(world.supplier).get(f"/links/{link.code}/withdraw/").status_code == 403
    buyer = signed_in(world.buyer)
    _page(buyer, f"/links/{link.code}/withdraw/")
    assert buyer.post(f"/links/{link.code}/withdraw/").status_code == 302
    with owner_role():
        assert TradeLink.objects.get(pk=link.pk).state == LinkState.WITHDRAWN


def test_engagement_from_request_to_end(world: World, signed_in: SignedIn) -> None:
    supplier, firm = signed_in(world.supplier), signed_in(world.firm)
    assert "Fair Look Audits" in _page(supplier, "/engagements/new/")
    typed = {"audit_firm": world.firm.code, "sites": [world.north.code, world.south.code], "note": "In May"}
    assert supplier.post("/engagements/new/", typed).status_code == 302
    again = supplier.post("/engagements/new/", typed)
    assert again.status_code == 422
    assert "asked or engaged for" in again.content.decode()
    with owner_role():
        engagement = Engagement.objects.get(site=world.north)
    path = f"/engagements/{engagement.code}/"
    assert "2 requests wait for your answer" in _page(firm, "/engagements/")
    assert "asks you to audit North Mill" in _page(firm, path)
    assert firm.get(f"/sites/{world.north.code}/").status_code == 404
    assert supplier.get(f"{path}accept/").status_code == 403
    _page(firm, f"{path}accept/")
    assert firm.post(f"{path}accept/").status_code == 302
    assert "You are engaged to audit it." in _page(firm, f"/sites/{world.north.code}/")
    assert firm.get(f"/sites/{world.south.code}/").status_code == 404
    _page(supplier, f"{path}end/")
    assert supplier.post(f"{path}end/").status_code == 302
    assert firm.get(f"/sites/{world.north.code}/").status_code == 404
    assert "This engagement for North Mill is over" in _page(firm, path)


def test_engagement_is_declined_with_a_reason(world: World, signed_in: SignedIn) -> None:
    engagement = places.engagement(world.north, world.firm, EngagementState.PROPOSED)
    firm = signed_in(world.firm)
    _page(firm, f"/engagements/{engagement.code}/decline/")
    assert firm.post(f"/engagements/{engagement.code}/decline/", {"reason": "No one free"}).status_code == 302
    assert "No one free" in _page(signed_in(world.supplier), f"/engagements/{engagement.code}/")


def test_lists_ask_as_many_questions_for_one_row_as_for_thirty(world: World, signed_in: SignedIn) -> None:
    lists = (
        (world.supplier, "/sites/"),
        (world.supplier, "/customers/"),
        (world.buyer, "/suppliers/"),
        (world.firm, "/engagements/"),
    )
    counts = []
    for more in (1, 29):
        for _number in range(more):
            _grow(world)
        counts.append([_statements(signed_in(who), path) for who, path in lists])
    assert counts[0] == counts[1]
    assert max(counts[1]) <= MOST_STATEMENTS


def _grow(world: World) -> None:
    """Give every list of the test one row more."""
    other = people.organisation("", Capability.SUPPLIER, Capability.BUYER)
    places.link(world.buyer, other)
    places.link(other, world.supplier, world.north)
    places.engagement(places.site(other), world.firm)
    places.site(world.supplier)


def _statements(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)
