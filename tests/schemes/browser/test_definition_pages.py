"""Pages of schemes and editions, as they are seen: narrow and wide, light and dark, without fault."""

import os
from pathlib import Path
from typing import Any, Literal

import pytest
from django.test import Client
from django.utils import timezone

from organisations.models import Membership
from organisations.visibility import Capability
from schemes.actions.definition import load_edition
from schemes.definitions.reading import read_path, shipped
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.schemes.definitions.test_reading import METALS
from tests.web.browsing import Open, complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOAD = "/schemes/load/"
FOURTH = (
    METALS.replace('edition: "3"', 'edition: "4"')
    .replace("title: Fair floors, third edition", "title: Fair floors, fourth edition")
    .replace("percent: 75", "percent: 80")
    .replace("summary: Doors open.", "summary: Every door opens outwards at any hour.")
    .replace("  - {key: homes, title: Homes, summary: Homes are safe., group: home}\n", "")
)
WRONG = METALS.replace("key: hours", "key: wages").replace("share: {at: silver", "share: {at: tin")


@pytest.fixture
def boss() -> Membership:
    """An admin of the body that runs all shipped schemes and one of its own, with a draft that follows."""
    member = people.membership(
        people.organisation("Fair Standards Institute", Capability.SCHEME_BODY, is_listed=True)
    )
    with owner_role():
        for path in shipped():
            load_edition(read_path(path), body=member.organisation, at=timezone.now())
    client = _signed_in(member)
    client.post(LOAD, {"text": METALS, "save": "1"})
    sha = client.get("/schemes/fair-floors/editions/3/publish/").context["edition"].sha256
    client.post("/schemes/fair-floors/editions/3/publish/", {"sha256": sha})
    assert client.post(LOAD, {"text": FOURTH, "save": "1"}).status_code == 302
    return member


def _signed_in(who: Membership) -> Client:
    client = Client()
    client.force_login(who.person)
    return client


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_pages_are_without_fault(
    boss: Membership, open_page: Open, live_server: Any, width: int, theme: Literal["light", "dark"]
) -> None:
    page = open_page("livez", width=width, theme=theme)

    def look(name: str) -> None:
        if os.environ.get("PICTURES"):
            path = Path(os.environ["PICTURES"]) / f"{name}-{width}-{theme}.png"
            page.screenshot(path=str(path), full_page=True)
        assert (name, complaints(page)) == (name, [])
        assert (name, overflow(page)) == (name, 0)
        assert (name, page.evaluate("window.violations")) == (name, [])

    for name, path in {
        "visitor-list": "/schemes/",
        "visitor-ladder": "/schemes/back2source/",
        "visitor-rubric": "/schemes/initiative-rubric/",
        "visitor-checklist": "/schemes/electronics-watch/",
    }.items():
        page.goto(f"{live_server.url}{path}")
        look(name)
    page.goto(f"{live_server.url}/schemes/back2source/")
    page.locator("#recruitment summary").click()
    look("visitor-ladder-open")
    session = _signed_in(boss).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    for name, path in {
        "body-list": "/schemes/",
        "body-scheme": "/schemes/fair-floors/",
        "body-draft": "/schemes/fair-floors/editions/4/",
        "body-publish": "/schemes/fair-floors/editions/4/publish/",
        "body-discard": "/schemes/fair-floors/editions/4/discard/",
        "body-load": LOAD,
    }.items():
        page.goto(f"{live_server.url}{path}")
        look(name)
    for name, text in {"body-faults": WRONG, "body-compared": FOURTH}.items():
        page.goto(f"{live_server.url}{LOAD}")
        page.fill("textarea[name=text]", text)
        page.get_by_role("button", name="Look at it").click()
        page.wait_for_load_state()
        look(name)


def test_a_body_writes_corrects_and_publishes_an_edition_in_the_browser(
    boss: Membership, open_page: Open, live_server: Any
) -> None:
    page = open_page("livez")
    session = _signed_in(boss).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/schemes/fair-floors/")
    page.get_by_role("link", name="Write the next edition").click()
    assert page.input_value("textarea[name=text]") == METALS
    page.fill("textarea[name=text]", WRONG)
    page.get_by_role("button", name="Look at it").click()
    assert "2 things are not right yet" in page.inner_text("h1")
    assert "“wages” is here already" in page.inner_text(".source-lines")
    page.fill("textarea[name=text]", FOURTH.replace('"4"', '"5"'))
    page.get_by_role("button", name="Look at it").click()
    assert "What is different from Fair floors, third edition" in page.inner_text("main")
    page.get_by_role("button", name="Keep as a draft").click()
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish").click()
    assert page.url == f"{live_server.url}/schemes/fair-floors/"
    assert "Fair floors, fourth edition" in page.inner_text("h1")
