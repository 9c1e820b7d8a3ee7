"""Signing in, and the pages about one's own account, as a person meets them."""

from typing import Literal

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect

from organisations.models import Person
from tests.conftest import owner_role
from tests.factories.organisations import membership, organisation, person
from tests.web.browsing import Open, complaints, overflow

pytestmark = pytest.mark.browser

PASSWORD = "long enough to pass"
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
OWN = (
    "email/",
    "password/change/",
    "2fa/",
    "2fa/totp/activate/",
    "2fa/webauthn/",
    "2fa/webauthn/add/",
    "sessions/",
    "logout/",
)


@pytest.fixture
def who(transactional_db: None) -> Person:
    one = person(email="rina@surma.example")
    membership(organisation("Surma Shoes"), one)
    with owner_role():
        EmailAddress.objects.create(user=one, email=one.email, verified=True, primary=True)
    return one


def sign_in(page: Page, who: Person) -> None:
    page.get_by_label("Email").fill(who.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)


def prove(page: Page) -> None:
    """Answer the question that stands before a change of how one signs in."""
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(lambda url: "/reauthenticate/" not in url)


@pytest.mark.parametrize(
    "path", ["login/", "signup/", "password/reset/", "password/reset/done/", "confirm-email/x/"]
)
@pytest.mark.parametrize(("width", "theme"), [(390, "light"), (1280, "dark")])
def test_an_entrance_page_is_accessible_and_fits(
    open_page: Open, path: str, width: int, theme: Literal["light", "dark"]
) -> None:
    page = open_page(f"accounts/{path}", width=width, theme=theme)
    assert complaints(page) == []
    assert overflow(page) == 0
    assert page.evaluate("window.violations") == []


def test_a_wrong_password_is_told_without_saying_which_part_is_wrong(open_page: Open, who: Person) -> None:
    page = open_page("accounts/login/")
    page.get_by_label("Email").fill(who.email)
    page.get_by_label("Password").fill("not the password at all")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".summary")).to_be_focused()
    expect(page.locator(".summary")).to_contain_text("are not correct")


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_the_pages_about_ones_account_are_accessible_and_fit(
    open_page: Open, who: Person, width: int, theme: Literal["light", "dark"]
) -> None:
    page = open_page("accounts/login/", width=width, theme=theme)
    sign_in(page, who)
    origin = page.evaluate("location.origin")
    page.goto(f"{origin}/accounts/2fa/totp/activate/")
    assert complaints(page) == []
    prove(page)
    for path in OWN:
        page.goto(f"{origin}/accounts/{path}")
        assert page.url.endswith(path)
        assert complaints(page) == [], path
        assert overflow(page) == 0, path
        assert page.evaluate("window.violations") == [], path


def test_a_passkey_is_added_and_signs_in_under_the_strict_policy(open_page: Open, who: Person) -> None:
    page = open_page("accounts/login/")
    origin = page.evaluate("location.origin").replace("127.0.0.1", "localhost")
    page.goto(f"{origin}/accounts/login/")
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    sign_in(page, who)
    page.goto(f"{origin}/accounts/2fa/webauthn/add/")
    prove(page)
    page.get_by_label("Name").fill("Phone")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.goto(f"{origin}/accounts/2fa/webauthn/")
    expect(page.get_by_role("link", name="Rename Phone")).to_be_visible()
    page.goto(f"{origin}/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "/login/" not in url)
    page.goto(f"{origin}/accounts/sessions/")
    expect(page.get_by_role("heading", name="Where you are signed in")).to_be_visible()
    assert page.evaluate("window.violations") == []
