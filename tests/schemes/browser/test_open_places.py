"""What is open to everybody: found from the sign-in page and from each other, and taken along without a script."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Page, expect

from organisations.models import Organisation
from organisations.visibility import Capability
from schemes.models import Certificate
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.schemes.browser.test_member_pages import _back2source
from tests.schemes.browser.test_paper_pages import member, signed_in
from tests.web.browsing import Open, complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PLACES = {
    "Schemes and their rules": "schemes:schemes",
    "Registers of members": "schemes:registers",
    "Check a certificate": "schemes:verify_door",
    "Initiatives": "schemes:initiatives",
    "Company tracker": "schemes:tracker",
}


def _body() -> Organisation:
    return _back2source().body  # type: ignore[return-value]


def _foot(page: Page) -> Any:
    return page.get_by_role("navigation", name="Open to everybody")


@pytest.mark.parametrize("width", [390, 1280])
def test_everything_open_is_found_from_the_sign_in_page_and_from_each_other(
    open_page: Open, live_server: Any, width: int
) -> None:
    _body()
    page = open_page("accounts/login/", width=width)
    for words, route in PLACES.items():
        _foot(page).get_by_role("link", name=words).click()
        # With one scheme only, its register opens at once.
        page.wait_for_url(re.compile(re.escape(reverse(route))))
        expect(page.get_by_role("heading", level=1)).not_to_be_empty()
        assert complaints(page) == []
        assert overflow(page) == 0
        assert page.evaluate("window.violations") == []
    _foot(page).get_by_role("link", name="Schemes and their rules").click()
    page.get_by_role("link", name="BACK2SOURCE").first.click()
    page.get_by_role("link", name="Who has a level now").click()
    page.wait_for_url(f"**{reverse('schemes:register', args=['back2source'])}")
    expect(_foot(page).get_by_role("link")).to_have_count(_foot(page).get_by_role("link").count())


def test_registers_are_listed_where_there_are_several(open_page: Open) -> None:
    scheme = _back2source()
    other = people.organisation("Fair Floors", Capability.SCHEME_BODY)
    from tests.factories import schemes as definitions

    second = definitions.scheme(other)
    definitions.edition(second)
    page = open_page("register-of-members/")
    for one in (scheme, second):
        expect(page.locator("main").get_by_role("link", name=one.title)).to_be_visible()
    assert complaints(page) == []


def test_a_badge_is_copied_by_a_button_and_taken_as_a_file_without_scripts(
    open_page: Open, live_server: Any, tmp_path: Path
) -> None:
    cache.clear()
    story = member(_body(), "Harrow Foods", "GB")
    story.decide("award", "gold")
    with owner_role():
        code = Certificate.objects.get().code
    session = signed_in(story).cookies["sessionid"].value
    cookie: Any = {"name": "sessionid", "value": session, "url": live_server.url}
    path = reverse("schemes:papers", args=[story.membership().code])

    page = open_page("livez", permissions=["clipboard-read", "clipboard-write"])
    page.context.add_cookies([cookie])
    page.goto(f"{live_server.url}{path}")
    button = page.locator("button[data-copies]")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"/verify/{code}/badge.svg?newest=1" in copied
    assert copied == page.locator("#snippet").input_value()
    assert page.evaluate("window.violations") == []
    assert page.faults == []  # type: ignore[attr-defined]

    plain = open_page("livez", java_script_enabled=False)
    plain.context.add_cookies([cookie])
    plain.goto(f"{live_server.url}{path}")
    expect(plain.locator("button[data-copies]")).to_be_hidden()
    with plain.expect_download() as download:
        plain.get_by_role("link", name="Take it as a file").click()
    download.value.save_as(tmp_path / "badge.html")
    assert (tmp_path / "badge.html").read_text() == copied
