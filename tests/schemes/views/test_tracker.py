"""The tracker's pages as everybody, its keeper and a company see them."""

import csv
import io
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from schemes.forms.tracker import SALT
from schemes.models import Contribution, Issue, StepRecord, Tracking
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories import tracker as make

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def test_everybody_reads_what_is_published_and_nothing_else() -> None:
    issue, draft = make.issue(), make.issue(is_public=False)
    company, hidden = make.company(issue, "Acme"), make.company(draft, "Hidden")
    make.step(issue, company, "map", "verified", words="It names every mill")
    client = Client()
    page = _text(client.get(reverse("schemes:tracker")))
    assert issue.title in page
    assert draft.title not in page
    assert "Acme" in _text(client.get(reverse("schemes:issue", args=[issue.code])))
    assert "It names every mill" in _text(client.get(reverse("schemes:company", args=[company.code])))
    for name, code in (
        ("issue", draft.code),
        ("company", hidden.code),
        ("issue", "NOWHERE"),
        ("issue", "A\0"),
    ):
        assert client.get(reverse(f"schemes:{name}", args=[code])).status_code == 404
    for name in ("issue_csv", "issue_json", "contribute"):
        assert client.get(reverse(f"schemes:{name}", args=[draft.code])).status_code == 404


def test_leaders_come_first_and_a_claim_never_passes_proof() -> None:
    issue = make.issue()
    claims, proves, knows = (make.company(issue, name) for name in ("A claims", "B proves", "C verified"))
    for key in issue.steps:
        make.step(issue, claims, key, "claimed", basis="company")
    make.step(issue, proves, "map", "evidenced", basis="document")
    make.step(issue, knows, "map", "verified")
    page = _text(Client().get(reverse("schemes:issue", args=[issue.code])))
    assert page.index("C verified") < page.index("B proves") < page.index("A claims")
    by_name = _text(Client().get(reverse("schemes:issue", args=[issue.code]), {"sort": "name"}))
    assert by_name.index("A claims") < by_name.index("B proves")
    only = _text(
        Client().get(reverse("schemes:issue", args=[issue.code]), {"state": "verified", "step": "map"})
    )
    assert "C verified" in only
    assert "B proves" not in only
    anywhere = _text(Client().get(reverse("schemes:issue", args=[issue.code]), {"state": "evidenced"}))
    assert "B proves" in anywhere
    assert "A claims" not in anywhere


def test_the_files_say_what_the_page_says() -> None:
    issue = make.issue()
    company = make.company(issue, "=Acme", outside_ids=[{"system": "LEI", "value": "123"}])
    make.step(issue, company, "map", "evidenced", words="Old")
    make.step(issue, company, "map", "verified", words="New", source="Visit")
    client = Client()
    answer = client.get(reverse("schemes:issue_csv", args=[issue.code]))
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    data = client.get(reverse("schemes:issue_json", args=[issue.code])).json()
    assert [(one["step"], one["state"]) for one in data["rows"]] == [
        (line["step"], line["state"]) for line in lines
    ]
    assert dict(Tracking.objects.get().states) == {line["step"]: line["state"] for line in lines}
    first = lines[0]
    assert (first["words"], first["source"], first["outside_ids"]) == ("New", "Visit", "LEI: 123")
    assert not first["company"].startswith("=")
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_keeper_opens_follows_records_and_publishes(client_for: ClientFor) -> None:
    client = client_for(people.membership(make.keeper()).person)
    made = client.post(
        reverse("schemes:issue_new"), {"title": "Cotton", "summary": "x", "is_state_imposed": "on"}
    )
    assert made.status_code == 302
    with owner_role():
        issue = Issue.objects.get()
    assert issue.is_state_imposed
    follow = reverse("schemes:issue_follow", args=[issue.code])
    assert client.post(follow, {"name": "Acme", "ids": "no colon"}).status_code == 422
    assert client.post(follow, {"name": "Acme", "organisation": "NOBODY"}).status_code == 422
    there = client.post(follow, {"name": "Acme", "ids": "LEI: 5\n\nDUNS: 6", "country": "SE"})
    assert there.status_code == 302, _text(there)
    company_code = there["Location"].strip("/").split("/")[-1]
    record = reverse("schemes:company_record", args=[issue.code, company_code])
    assert client.get(record, {"step": "exit"}).status_code == 200
    said = {
        "step": "exit",
        "state": "evidenced",
        "basis": "company",
        "source": "Letter",
        "source_on": "2026-01-02",
    }
    refused = client.post(record, said)
    assert refused.status_code == 422
    assert "What a company says of itself is a claim" in _text(refused)
    assert client.post(record, said | {"basis": "document"}).status_code == 302
    edit = reverse("schemes:company_edit", args=[issue.code, company_code])
    assert "DUNS: 6" in _text(client.get(edit))
    assert client.post(edit, {"ids": "LEI: 7", "country": ""}).status_code == 302
    publish = reverse("schemes:issue_publish", args=[issue.code])
    assert Client().get(reverse("schemes:issue", args=[issue.code])).status_code == 404
    assert client.get(publish).status_code == 200
    assert client.post(publish).status_code == 302
    assert Client().get(reverse("schemes:issue", args=[issue.code])).status_code == 200
    renamed = {"title": "Cotton, spun", "summary": "y"}
    assert client.post(reverse("schemes:issue_edit", args=[issue.code]), renamed).status_code == 302
    assert client.post(publish).status_code == 403


def test_a_company_replies_beside_the_record(client_for: ClientFor) -> None:
    issue, mill = make.issue(), people.organisation("Acme Mills")
    company = make.company(issue, organisation=mill)
    client = client_for(people.membership(mill).person)
    address = reverse("schemes:company_reply", args=[issue.code, company.code])
    assert client.get(address).status_code == 200
    assert client.post(address, {"words": ""}).status_code == 422
    assert client.post(address, {"words": "We left in May"}).status_code == 302
    assert "We left in May" in _text(Client().get(reverse("schemes:company", args=[company.code])))
    other = client_for(people.membership(people.organisation()).person)
    assert other.get(address).status_code == 403


def _sent(**said: str) -> dict[str, str]:
    began = signing.dumps(int(time.time()) - 30, salt=SALT)
    return {"company_name": "Acme", "words": "<b>I saw it</b>", "began": began} | said


def test_a_contribution_shows_only_after_a_person_let_it_through(client_for: ClientFor) -> None:
    issue = make.issue()
    company = make.company(issue, "Acme")
    address = reverse("schemes:contribute", args=[issue.code])
    here, public = f"{address}?company={company.code}", reverse("schemes:company", args=[company.code])
    assert "Acme" in _text(Client().get(here))
    assert Client().post(here, {"words": ""}).status_code == 422
    assert Client().post(here, _sent(contact="me@example.org")).status_code == 302
    assert "I saw it" not in _text(Client().get(public))
    keeper = client_for(people.membership(issue.keeper).person)
    assert "1 contribution waits" in _text(keeper.get(reverse("schemes:issue", args=[issue.code])))
    desk = reverse("schemes:contributions", args=[issue.code])
    assert "Acme" in _text(keeper.get(desk, {"state": "held"}))
    with owner_role():
        code = Contribution.objects.get().code
    assert "me@example.org" in _text(keeper.get(reverse("schemes:contribution", args=[code])))
    stranger = client_for(people.membership(make.keeper()).person)
    assert stranger.post(reverse("schemes:contribution_show", args=[code])).status_code == 404
    assert stranger.get(desk).status_code == 403
    assert keeper.post(reverse("schemes:contribution_show", args=[code])).status_code == 302
    shown = _text(Client().get(public))
    assert "&lt;b&gt;I saw it&lt;/b&gt;" in shown
    assert "me@example.org" not in shown
    assert keeper.post(reverse("schemes:contribution_decline", args=[code])).status_code == 403


@pytest.mark.parametrize("said", [{"website": "https://spam.example"}, {"began": ""}, {"began": "forged"}])
def test_a_program_is_thanked_and_leaves_nothing(said: dict[str, str]) -> None:
    issue = make.issue()
    answer = Client().post(reverse("schemes:contribute", args=[issue.code]), _sent(**said))
    assert answer.status_code == 302
    assert Client().get(answer["Location"]).status_code == 200
    with owner_role():
        assert not Contribution.objects.exists()


def test_the_sixth_of_an_hour_is_sent_away() -> None:
    issue = make.issue()
    address = reverse("schemes:contribute", args=[issue.code])
    answers = [Client().post(address, _sent()).status_code for _number in range(6)]
    assert answers == [302] * 5 + [429]


def test_nobody_else_keeps_an_issue(client_for: ClientFor) -> None:
    issue = make.issue()
    company = make.company(issue)
    other = client_for(people.membership(make.keeper()).person)
    for name, codes in (
        ("issue_edit", [issue.code]),
        ("issue_follow", [issue.code]),
        ("issue_publish", [issue.code]),
        ("company_edit", [issue.code, company.code]),
        ("company_record", [issue.code, company.code]),
    ):
        assert other.get(reverse(f"schemes:{name}", args=codes)).status_code == 403
    with owner_role():
        assert StepRecord.objects.count() == len(issue.steps)
    supplier = client_for(people.membership(people.organisation()).person)
    assert supplier.get(reverse("schemes:issue_new")).status_code == 403
