"""A page and the API refuse alike: the same action says no, with the same status, code and sentence."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ledger.refusals import Refusal
from tests.api.conftest import House, Program, new_token

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@dataclass(frozen=True)
class Same:
    """One thing that somebody may not do, in the browser and over the API."""

    who: str
    page: str
    path: str
    of: str
    code: str
    body: Any = None
    method: str = "post"
    place: int = 0


ACKNOWLEDGED = {"kind": "acknowledged", "message": ""}
CASES = [
    Same("firm", "sourcing:link_accept", "/trade-links/{}/accept/", "trade-links", "not-found"),
    Same(
        "supplier", "sourcing:link_withdraw", "/trade-links/{}/withdraw/", "trade-links", "not-your-proposal"
    ),
    Same("supplier", "sourcing:engagement_accept", "/engagements/{}/accept/", "engagements", "not-the-firm"),
    Same("buyer", "sourcing:site_edit", "/sites/{}/", "sites", "not-the-owner", method="patch"),
    Same("buyer", "findings:audit_submit", "/audits/{}/submit/", "audits", "not-your-audit", place=1),
    Same("firm", "findings:audit_submit", "/audits/{}/submit/", "audits", "audit-published", place=1),
    Same("stranger", "findings:audit_publish", "/audits/{}/publish/", "audits", "not-found"),
    Same(
        "firm",
        "findings:plan_respond",
        "/findings/{}/plan/responses/",
        "findings",
        "not-a-customer",
        ACKNOWLEDGED,
    ),
]


@pytest.fixture
def refusals(monkeypatch: pytest.MonkeyPatch) -> list[Refusal]:
    """Return the refusals that are raised, whoever shows them."""
    raised: list[Refusal] = []
    begin = Refusal.__init__

    def noted(self: Refusal, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **kwargs)
        raised.append(self)

    monkeypatch.setattr(Refusal, "__init__", noted)
    return raised


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.who} {case.path}")
def test_page_and_api_refuse_alike(
    house: House, client_for: ClientFor, refusals: list[Refusal], case: Same
) -> None:
    member, code = getattr(house.world, case.who), house.codes[case.of][case.place]
    said = Program(new_token(member)[1])(case.method, case.path.format(code), case.body or {})
    over_api = refusals[-1]
    refusals.clear()
    page = client_for(member.person).post(reverse(case.page, args=[code]), case.body or {})
    assert refusals, page.status_code
    assert (refusals[-1].code, refusals[-1].sentence) == (over_api.code, over_api.sentence)
    assert (said.json()["code"], said.json()["title"]) == (case.code, over_api.sentence)
    assert said.status_code == over_api.status
    if page.status_code == 404:
        assert said.status_code == 404
    else:
        assert over_api.sentence in html.unescape(page.content.decode())
