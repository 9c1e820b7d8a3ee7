"""A plan over the API: the same verbs, the same refusals, in problem documents."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.factories.world import World, world
from tests.findings.views.test_plan_pages import PDF

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
CONTENT: dict[str, Any] = {
    "root_causes": ["Agents charge workers before they reach us."],
    "actions": [{"what": "New contract with the agency", "by_when": "2027-03"}],
    "asks": ["confirm"],
    "completed_by": "HR manager",
    "rhythm": 3,
}


@pytest.fixture
def scene() -> World:
    return world()


def url(name: str, scene: World) -> str:
    return reverse(f"api-{name}", args=[scene.car.code])


def post(client: Client, address: str, body: dict[str, Any]) -> Any:
    return client.post(address, body, content_type="application/json")


def test_plan_is_shared_updated_and_answered(scene: World, client_for: ClientFor) -> None:
    site, customer = client_for(scene.supplier.person), client_for(scene.buyer.person)
    assert site.get(url("plan", scene)).status_code == 404
    shared = post(site, url("plan-versions", scene), CONTENT)
    assert shared.status_code == 201, shared.content
    update = {"summary": "The agency signed.", "actions": [{"progress": "on_track"}]}
    assert post(site, url("plan-updates", scene), update).status_code == 201
    answer = {"kind": "call", "proposed_times": ["2099-01-12T10:00:00Z"], "message": "About spring prices"}
    assert post(customer, url("plan-responses", scene), answer).status_code == 201
    read = site.get(url("plan", scene)).json()
    assert [one["number"] for one in read["versions"]] == [1]
    assert [one["actions"] for one in read["updates"]] == [[{"progress": "on_track", "note": ""}]]
    assert [one["customer"] for one in read["responses"]] == ["Northfield Retail"]
    other = client_for(scene.other_buyer.person).get(url("plan", scene)).json()
    assert other["responses"] == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"asks": []}, "/asks"),
        ({"rhythm": 2}, "/rhythm"),
        ({"due_on": "2027-01-01"}, "/due_on"),
        ({"actions": [{"what": "x", "by_when": "soon"}]}, "/actions/0/by_when"),
        ({"document": "ZZZZZZZZZZ"}, "/document"),
    ],
)
def test_bad_input_names_the_field(
    scene: World, client_for: ClientFor, change: dict[str, Any], pointer: str
) -> None:
    answer = post(client_for(scene.supplier.person), url("plan-versions", scene), CONTENT | change)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        ("supplier", 201, None),
        ("firm", 403, "not-your-site"),
        ("buyer", 403, "not-your-site"),
        ("stranger", 404, "not-found"),
    ],
)
def test_only_the_site_shares(
    scene: World, client_for: ClientFor, who: str, status: int, code: str | None
) -> None:
    answer = post(client_for(getattr(scene, who).person), url("plan-versions", scene), CONTENT)
    assert (answer.status_code, answer.json().get("code") if status != 201 else None) == (status, code)


def test_file_goes_with_a_version(scene: World, client_for: ClientFor) -> None:
    site = client_for(scene.supplier.person)
    stored = site.post(
        url("plan-files", scene), {"file": SimpleUploadedFile("plan.pdf", PDF, "application/pdf")}
    )
    assert stored.status_code == 201, stored.content
    shared = post(site, url("plan-versions", scene), CONTENT | {"document": stored.json()["code"]})
    assert shared.json()["versions"][0]["document"] == stored.json()["code"]


def test_list_shows_what_each_side_may_see(scene: World, client_for: ClientFor) -> None:
    post(client_for(scene.supplier.person), url("plan-versions", scene), CONTENT)
    counts = {
        who: len(client_for(getattr(scene, who).person).get(reverse("api-plans")).json()["results"])
        for who in ("supplier", "buyer", "firm", "stranger")
    }
    assert counts == {"supplier": 1, "buyer": 1, "firm": 1, "stranger": 0}


def test_understanding_is_kept(scene: World, client_for: ClientFor) -> None:
    body = {"is_urgent": False, "is_known_issue": True, "known_initiative": "A study", "engagement": "some"}
    for who, status in (("supplier", 200), ("buyer", 403)):
        answer = client_for(getattr(scene, who).person).put(
            url("understanding", scene), body, content_type="application/json"
        )
        assert answer.status_code == status
