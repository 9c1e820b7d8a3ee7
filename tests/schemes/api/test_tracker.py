"""The tracker and initiatives over the API: the same rules as on the pages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from schemes.models import Contribution, StepRecord
from tests.conftest import owner_role
from tests.factories import initiatives
from tests.factories import organisations as people
from tests.factories import tracker as make

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
SAID = {
    "step": "map",
    "state": "evidenced",
    "basis": "document",
    "source": "Report",
    "source_on": "2026-01-02",
}


def _post(client: Client, name: str, *codes: str, **said: Any) -> Any:
    return client.post(reverse(name, args=codes), said, content_type="application/json")


def test_a_keeper_records_and_others_read(client_for: ClientFor) -> None:
    issue = make.issue()
    company = make.company(issue, "Acme")
    keeper = client_for(people.membership(issue.keeper).person)
    refused = _post(keeper, "api-step-records", issue.code, company.code, **(SAID | {"basis": "company"}))
    assert (refused.status_code, refused.json()["code"]) == (422, "own-word")
    assert _post(keeper, "api-step-records", issue.code, company.code, **SAID).status_code == 201
    other = client_for(people.membership(people.organisation()).person)
    assert _post(other, "api-step-records", issue.code, company.code, **SAID).status_code == 403
    listed = other.get(reverse("api-issues")).json()["results"]
    assert [one["code"] for one in listed] == [issue.code]
    (standing,) = other.get(reverse("api-standings", args=[issue.code])).json()["results"]
    assert (standing["company"]["name"], standing["evidenced"], standing["states"]["map"]) == (
        "Acme",
        1,
        "evidenced",
    )
    with owner_role():
        assert StepRecord.objects.filter(step="map").count() == 2


def test_the_company_replies_and_the_keeper_decides(client_for: ClientFor) -> None:
    issue, mill = make.issue(), people.organisation()
    company = make.company(issue, organisation=mill)
    own = client_for(people.membership(mill).person)
    assert _post(own, "api-company-replies", issue.code, company.code, words="Why").status_code == 201
    codes = [make.contribution(issue, company).code for _number in range(2)]
    keeper = client_for(people.membership(issue.keeper).person)
    assert _post(own, "api-contribution-show", codes[0]).status_code == 404
    assert _post(keeper, "api-contribution-show", codes[0]).json()["state"] == "shown"
    assert _post(keeper, "api-contribution-decline", codes[1]).json()["state"] == "declined"
    assert _post(keeper, "api-contribution-decline", codes[0]).status_code == 403
    with owner_role():
        assert Contribution.objects.filter(state="held").count() == 0


def test_published_ratings_are_read(client_for: ClientFor) -> None:
    pair, hidden = initiatives.rating(state="published"), initiatives.initiative(is_public=False)
    client = client_for(people.membership(people.organisation()).person)
    names = [one["name"] for one in client.get(reverse("api-initiatives")).json()["results"]]
    assert names == [pair.rating.initiative.name]
    whole = client.get(reverse("api-initiative", args=[pair.rating.initiative.code])).json()
    assert whole["ratings"][0]["total"] == 6
    assert [one["score"] for one in whole["ratings"][0]["indicators"]] == ["2", "2", "2"]
    assert client.get(reverse("api-initiative", args=[hidden.code])).status_code == 404
