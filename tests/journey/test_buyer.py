"""A buyer follows its suppliers: the portfolio, one supplier, a kept view with news, a list as a file.

Walked at 1280 px, at 390 px in the dark, and once from right to left. JOURNEY_SHOTS names a folder that keeps pictures.
"""

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from allauth.account.models import EmailAddress
from django.conf import LazySettings
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from config.settings import documents_storage
from organisations.models import Organisation, Person
from organisations.visibility import Capability
from tests.conftest import owner_role
from tests.factories import findings as audits
from tests.factories.organisations import membership, organisation, person
from tests.factories.sourcing import link, site
from tests.journey.walking import Walker, work_off
from tests.web.browsing import complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WaysToLook = pytest.mark.parametrize(
    ("width", "theme", "language"),
    [(1280, "light", "en-gb"), (390, "dark", "en-gb"), (390, "light", "ar-xb")],
    ids=["wide", "phone-dark", "right-to-left"],
)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: LazySettings) -> None:
    """Keep documents under a folder that goes away with the test."""
    settings.STORAGES = settings.STORAGES | {"documents": documents_storage(f"file://{tmp_path}/files")}


@pytest.fixture
def buyer(transactional_db: None) -> Person:
    """Return the analyst of a buyer with a supplier that has much to do, one at rest, and one never audited."""
    firm = organisation("Meridian Assurance", Capability.AUDIT_FIRM, is_listed=True)
    retailer = organisation("Northfield Retail", Capability.BUYER)
    for name, found in (
        ("Surma Shoes Ltd.", ("business_critical", "critical", "major", "minor")),
        ("Meghna Knit Ltd.", ()),
        ("Teesta Bags Ltd.", None),
    ):
        supplier = organisation(name)
        unit = site(supplier, f"{name.split()[0]} Unit 1")
        link(retailer, supplier)
        if found is not None:
            _audited(unit, firm, found)
    analyst = person("Ana", "analyst@example.org")
    membership(retailer, analyst)
    with owner_role():
        EmailAddress.objects.create(user=analyst, email=analyst.email, verified=True, primary=True)
    return analyst


def _audited(unit: Any, firm: Organisation, severities: tuple[str, ...], days_ago: int = 120) -> None:
    ends_on = timezone.localdate() - dt.timedelta(days=days_ago)
    audit = audits.audit(unit, firm, kind="initial", ends_on=ends_on)
    for place, severity in enumerate(severities):
        due_on = ends_on + dt.timedelta(days=100 + 20 * place)
        audits.finding(audit, severity=severity, due_on=due_on, title=f"What was found, number {place + 1}")
    if severities:
        audits.car(audit, title="Workers paid an agent before they began")
    audits.publish(audit)


@WaysToLook
def test_every_page_of_the_portfolio_is_sound(
    buyer: Person,
    open_page: Any,
    live_server: Any,
    width: int,
    theme: Literal["light", "dark"],
    language: str,
) -> None:
    with owner_role():
        Person.objects.filter(pk=buyer.pk).update(language=language)
    page = open_page("livez", width=width, theme=theme)
    page.context.add_cookies(_session(buyer, live_server.url))
    walker, name = Walker(page, live_server.url), f"{width}-{theme}-{language}"
    for number, path in enumerate(_paths(page, live_server.url)):
        walker.go(path)
        assert complaints(page) == [], path
        assert overflow(page) <= 0, path
        assert page.evaluate("window.violations") == [], path
        walker.shoot(f"portfolio-{name}-{number}")


def test_buyer_follows_up(buyer: Person, open_page: Callable[..., Any], live_server: Any) -> None:
    walker = Walker(open_page("livez"), live_server.url)
    walker.sign_in(buyer.email)
    walker.open("Portfolio")
    walker.reads("One non-compliance at your suppliers is past its date", "1 business critical", "none yet")
    page = walker.page
    page.get_by_label("Supplier", exact=True).fill("surma")
    page.get_by_label("Supplier", exact=True).press("Enter")
    expect(page.locator("#portfolio tbody tr")).to_have_count(1)
    walker.press("Keep this view")
    page.get_by_label("Name of this view").fill("Shoes from Surma")
    walker.press("Keep it")
    page.get_by_label("gets a business-critical non-compliance").check()
    page.get_by_label("Every day, if there is something").check()
    walker.press("Tell me")
    walker.reads("You are told about it")
    walker.shoot("buyer-1-view")

    walker.open("Open the table")
    expect(page.locator("#portfolio tbody tr")).to_have_count(1)
    walker.open("Surma Shoes Ltd.")
    walker.reads(
        "one non-compliance is past its date", "Workers paid an agent before they began", "Acts after"
    )
    walker.shoot("buyer-2-supplier")
    walker.open("What was found, number 1")
    walker.reads("What was found, number 1")

    _news_comes()
    letters = [one for one in mail.outbox if "Shoes from Surma" in one.subject]
    assert [one.to for one in letters] == [[buyer.email]]
    assert "Surma Shoes Ltd.: What was found, number 1" in letters[0].body
    walker.open("Portfolio")
    with page.expect_download() as waiting:
        walker.press("Excel")
        work_off()
        page.get_by_role("link", name="Download the list").click()
    rows = CalamineWorkbook.from_filelike(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    names = [row[0] for row in rows.get_sheet_by_index(0).to_python()]
    assert names == ["Supplier", "Surma Shoes Ltd.", "Meghna Knit Ltd.", "Teesta Bags Ltd."]


def _news_comes() -> None:
    """Publish one more audit of the supplier, and let two mornings come."""
    with owner_role():
        unit = Organisation.objects.get(name="Surma Shoes Ltd.").sites.get()
        firm = Organisation.objects.get(name="Meridian Assurance")
        audit = audits.audit(unit, firm, kind="initial", ends_on=timezone.localdate())
        audits.finding(audit, severity="business_critical", title="What was found, number 1")
        audit.state, audit.submitted_at = "submitted", timezone.now()
        audit.save(update_fields=["state", "submitted_at"])
        audit.state, audit.published_at = "published", timezone.now()
        audit.save(update_fields=["state", "published_at"])
    work_off(timezone.now() + dt.timedelta(days=2))


def _session(who: Person, base: str) -> list[Any]:
    from django.test import Client

    client = Client()
    client.force_login(who)
    return [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base}]


def _paths(page: Any, base: str) -> list[str]:
    """Return the pages of the portfolio, a kept view and a file among them."""
    page.goto(f"{base}/portfolio/")
    supplier = page.locator("#portfolio tbody a").first.get_attribute("href")
    page.goto(f"{base}/portfolio/views/keep/?overdue=on")
    page.locator("#id_name").fill("Late")
    page.locator("main form button.primary").click()
    view = page.evaluate("location.pathname")
    page.goto(f"{base}/portfolio/")
    page.locator("button[value=csv]").click()
    page.wait_for_url("**/lists/**")
    listed = page.evaluate("location.pathname")
    late = "/portfolio/?overdue=on&severity=critical&sort=-overdue"
    return [
        "/portfolio/",
        late,
        "/portfolio/?q=nobody",
        supplier,
        "/portfolio/views/keep/",
        view,
        f"{view}remove/",
        listed,
    ]
