"""Evidence over the API: the same verbs as the pages, the same refusals."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.documents import nasty
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def w() -> World:
    return world()


def at(name: str, *codes: Any) -> str:
    return reverse(f"api-{name}", args=codes)


def post(client: Client, address: str, body: dict[str, Any]) -> Any:
    return client.post(address, body, content_type="application/json")


def file(name: str = "exit.jpg", data: bytes | None = None, **more: Any) -> dict[str, Any]:
    content = nasty.picture() if data is None else data
    said = {"kind": "photo", "title": "Exit", "shows_workers": "false"}
    return {"file": SimpleUploadedFile(name, content), **said, **more}


def test_a_file_is_added_once_changed_attached_read_and_put_away(w: World, client_for: ClientFor) -> None:
    site, buyer = client_for(w.supplier.person), client_for(w.buyer.person)
    added = site.post(at("evidence-files"), file(sites=[w.site.code]))
    assert added.status_code == 201, added.content
    piece = added.json()
    assert (piece["title"], piece["sites"], piece["file_name"]) == ("Exit", [w.site.code], "exit.jpg")
    again = site.post(at("evidence-files"), file(title="Again"))
    assert (again.status_code, again.json()["code"]) == (409, "same-file")
    said = {"expires_on": "2030-01-01", "answers": {"no_faces": "yes"}, "requirements": ["3.b"]}
    changed = site.patch(at("evidence-piece", piece["code"]), said, content_type="application/json")
    assert changed.status_code == 200, changed.content
    assert changed.json()["answers"] == {"no_faces": "yes"}
    assert changed.json()["requirements"] == ["3.B"]
    assert changed.json()["sites"] == [w.site.code]
    attached = post(site, at("finding-evidence", w.car.code), {"evidence": [piece["code"]]})
    assert attached.status_code == 201, attached.content
    use = attached.json()[0]
    assert (use["title"], use["has_file"], use["pages"]) == ("Exit", True, 1)
    assert buyer.get(at("attached", use["code"])).json() == use
    assert [one["code"] for one in buyer.get(at("finding-evidence", w.car.code)).json()] == [use["code"]]
    got = buyer.get(at("attached-file", use["code"]))
    assert got["Content-Disposition"].startswith("attachment")
    assert buyer.get(at("evidence-piece", piece["code"])).status_code == 404
    done = post(site, at("evidence-retire", piece["code"]), {"because": "Old"})
    assert done.json()["state"] == "retired"
    assert buyer.get(at("attached", use["code"])).json()["state"] == "retired"
    assert site.get(at("evidence")).json()["results"] == []
    assert len(site.get(at("evidence") + "?state=retired").json()["results"]) == 1


def test_what_shows_workers_is_not_attached(w: World, client_for: ClientFor) -> None:
    site = client_for(w.supplier.person)
    piece = site.post(at("evidence-files"), file(shows_workers="true")).json()
    refused = post(site, at("finding-evidence", w.car.code), {"evidence": [piece["code"]]})
    assert (refused.status_code, refused.json()["code"]) == (403, "shows-workers")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"shows_workers": None}, 400),
        ({"kind": "horoscope"}, 422),
        ({"sites": ["NOWHERE"]}, 400),
        ({"colour": "red"}, 400),
        ({"url": "javascript:alert(1)"}, 400),
    ],
)
def test_a_link_that_makes_no_sense_is_refused(
    w: World, client_for: ClientFor, change: dict[str, Any], status: int
) -> None:
    body = {"kind": "policy", "title": "Rules", "url": "https://example.org/rules", "shows_workers": False}
    site = client_for(w.supplier.person)
    assert post(site, at("evidence"), body | change).status_code == status
    assert post(site, at("evidence"), body).status_code == 201


def test_a_bad_file_is_refused(w: World, client_for: ClientFor) -> None:
    site = client_for(w.supplier.person)
    refused = site.post(at("evidence-files"), file("exit.svg", b"<svg onload='x()'/>"))
    assert (refused.status_code, refused.json()["code"]) == (415, "file-unknown-type")


def test_asking_and_answering(w: World, client_for: ClientFor) -> None:
    site, buyer = client_for(w.supplier.person), client_for(w.buyer.person)
    assert "payslip_time_record" in {one["key"] for one in buyer.get(at("evidence-kinds")).json()}
    asked = post(buyer, at("evidence-ask", w.car.code), {"kind": "policy", "message": "Your rules"})
    assert asked.status_code == 201, asked.content
    code = asked.json()["code"]
    assert site.get(at("evidence-requests")).json()["results"][0]["is_own"] is False
    link = {"kind": "policy", "title": "Rules", "url": "https://example.org/rules", "shows_workers": False}
    piece = post(site, at("evidence"), link).json()
    wrong = post(site, at("evidence-answer", code), {"evidence": ["NOTHING"]})
    assert wrong.status_code == 400
    done = post(site, at("evidence-answer", code), {"evidence": [piece["code"]], "answer": "Here"})
    assert done.status_code == 200, done.content
    read = buyer.get(at("evidence-request", code)).json()
    assert (read["state"], read["answer"], [one["title"] for one in read["evidence"]]) == (
        "answered",
        "Here",
        ["Rules"],
    )
    use = read["evidence"][0]["code"]
    for other in (w.other_buyer, w.firm):
        client = client_for(other.person)
        assert client.get(at("evidence-request", code)).status_code == 404
        assert client.get(at("attached", use)).status_code == 404
        assert client.get(at("evidence-requests")).json()["results"] == []


def test_declining_and_taking_back(w: World, client_for: ClientFor) -> None:
    site, buyer = client_for(w.supplier.person), client_for(w.buyer.person)
    for name, client, body, state in (
        ("decline", site, {"answer": "None"}, "declined"),
        ("take-back", buyer, {}, "withdrawn"),
    ):
        asked = post(buyer, at("evidence-ask", w.car.code), {"kind": "policy", "message": "Rules"}).json()
        done = post(client, at(f"evidence-{name}", asked["code"]), body)
        assert done.json()["state"] == state
        over = post(client, at(f"evidence-{name}", asked["code"]), body)
        assert over.json()["code"] == "request-answered"
