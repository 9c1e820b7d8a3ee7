"""Schemes and editions over the API: the same answers, the same refusals, in problem documents."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from organisations.models import Organisation, Person
from organisations.visibility import Capability
from schemes.lifecycle import EditionState
from tests.factories import organisations as people
from tests.factories import schemes
from tests.schemes.definitions.test_reading import METALS

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = "/api/v1/schemes/"
WRITE = f"{ROOT}editions/"
Clients = Callable[[Person], Client]


@pytest.fixture
def body() -> Organisation:
    return people.organisation("Body", Capability.SCHEME_BODY, is_listed=True)


@pytest.fixture
def program(body: Organisation, client_for: Clients) -> Client:
    return client_for(people.membership(body).person)


def post(client: Client, url: str, **body: Any) -> Any:
    return client.post(url, body, content_type="application/json")


def test_a_program_reads_what_is_published(body: Organisation, client_for: Clients) -> None:
    made = schemes.scheme(body, "mine")
    schemes.edition(made, version="1", state=EditionState.RETIRED)
    schemes.edition(made, version="2")
    schemes.edition(made, version="3", state=EditionState.DRAFT)
    schemes.edition(schemes.scheme(body, "hidden"), state=EditionState.DRAFT)
    reader = client_for(people.membership(people.organisation()).person)
    assert reader.get(ROOT).json()["results"] == [
        {
            "key": "mine",
            "title": "Mine",
            "subject": "organisation",
            "body": {"code": body.code, "name": "Body"},
            "version_in_force": "2",
        }
    ]
    assert reader.get(f"{ROOT}mine/").json() == reader.get(ROOT).json()["results"][0]
    listed = reader.get(f"{ROOT}mine/editions/").json()["results"]
    assert [(one["version"], one["state"]) for one in listed] == [("2", "published"), ("1", "retired")]
    one = reader.get(f"{ROOT}mine/editions/2/").json()
    assert one["content"]["levels"][0]["key"] == "bronze"
    assert one["text"].startswith("{")
    criteria = reader.get(f"{ROOT}mine/editions/2/criteria/?limit=2").json()
    assert [row["number"] for row in criteria["results"]] == [1, 2]
    assert criteria["next"]
    for path in (
        "mine/editions/3/",
        "mine/editions/3/criteria/",
        "hidden/",
        "hidden/editions/",
        "no/editions/1/",
    ):
        assert (path, reader.get(ROOT + path).status_code) == (path, 404)


def test_a_program_of_the_body_writes_and_publishes(program: Client) -> None:
    looked = post(program, WRITE, text=METALS)
    assert (looked.status_code, looked.json()["applied"]) == (200, False)
    assert program.get(ROOT).json()["results"] == []
    kept = post(program, WRITE, text=METALS, apply=True).json()
    assert (kept["scheme"], kept["version"], kept["applied"]) == ("fair-floors", "3", True)
    url = f"{ROOT}fair-floors/editions/3/"
    stale = post(program, f"{url}publish/", sha256="0" * 64)
    assert (stale.status_code, stale.json()["code"]) == (409, "changed-meanwhile")
    done = post(program, f"{url}publish/", sha256=kept["sha256"])
    assert (done.status_code, done.json()["state"]) == (200, "published")
    again = post(program, WRITE, text=METALS.replace("percent: 75", "percent: 70"), apply=True)
    assert (again.status_code, again.json()["code"]) == (409, "edition-published")
    assert program.delete(url).status_code == 409
    following = METALS.replace('edition: "3"', 'edition: "4"').replace("percent: 75", "percent: 80")
    changes = post(program, WRITE, text=following, apply=True).json()["changes"]
    assert [(one["effect"], one["thing"], one["part"]) for one in changes] == [
        ("changed", "Level “silver”", "What it takes")
    ]
    assert program.delete(f"{ROOT}fair-floors/editions/4/").status_code == 204


def test_faults_come_by_line_and_field(program: Client) -> None:
    answer = post(program, WRITE, text=METALS.replace("key: hours", "key: wages"), apply=True)
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"pointer": "/text", "detail": "text:22: criteria.1.key: “wages” is here already"}
    ]
    assert program.get(ROOT).json()["results"] == []


@pytest.mark.parametrize("text", ["", "x" * 300_000, "\ud800", 7, None])
def test_what_is_no_text_is_refused(program: Client, text: Any) -> None:
    assert post(program, WRITE, text=text).status_code == 400


def test_others_do_not_write(body: Organisation, client: Client, client_for: Clients) -> None:
    draft = schemes.edition(schemes.scheme(body, "mine"), state=EditionState.DRAFT)
    url = f"{ROOT}mine/editions/1/"
    assert post(client, WRITE, text=METALS).status_code == 401
    supplier = client_for(people.membership(people.organisation()).person)
    answer = post(supplier, WRITE, text=METALS, apply=True)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-a-scheme-body")
    assert post(supplier, f"{url}publish/", sha256=draft.sha256).status_code == 404
    assert supplier.delete(url).status_code == 404
    schemes.publish(draft)
    assert supplier.delete(url).status_code == 403
    assert post(supplier, f"{url}publish/", sha256=draft.sha256).status_code == 403
