"""An auditor after a long day: thirty findings by the keyboard alone, a session that ends, two at one finding.

The methodology is the shipped catalogue. Nothing is clicked where the keyboard is meant; what the pages did is read
in the database. SHOTS or JOURNEY_SHOTS names a folder that keeps pictures.
"""

import datetime as dt
import os
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from playwright.sync_api import FilePayload, Page, expect

from config.settings import documents_storage
from findings.lifecycle import AuditState
from findings.models import Audit, Auditor, Finding, FindingDraft, MethodologyVersion, Photo
from organisations.visibility import Capability
from tests.conftest import owner_role
from tests.documents.test_photos import taken
from tests.factories.organisations import membership, organisation, person
from tests.factories.sourcing import engagement, site
from tests.journey.walking import PASSWORD, Walker, requirement_field
from tests.web.browsing import complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("JOURNEY_SHOTS") or os.environ.get("SHOTS", "")

# What is typed to find the requirement, and how severe it is: a digit, or none for what is worked on together.
THIRTY = [
    ("3.d", "2"),
    ("3D", "3"),
    ("5A.A", ""),
    ("5.A.A", ""),
    ("1A.C", ""),
    ("pay slip", "4"),
    ("payslip", "4"),
    ("3.b", "1"),
    ("3.C", "3"),
    ("9.c", "2"),
    *((f"3.{item}", "3") for item in "AEFGHIJ"),
    *((f"6.{item}", "4") for item in "ABCD"),
    *((f"7.{item}", "3") for item in "ABC"),
    *((f"8.{item}", "2") for item in "AB"),
    *((f"2.{item}", "4") for item in "ABCD"),
]


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: LazySettings) -> None:
    """Keep documents under a folder that goes away with the test."""
    settings.STORAGES = settings.STORAGES | {"documents": documents_storage(f"file://{tmp_path}/files")}


@pytest.fixture
def audit(transactional_db: None) -> Audit:
    """Return an audit in progress of a site that has engaged the firm."""
    with owner_role():
        call_command("load_definitions", verbosity=0)
    firm = organisation("Meridian Assurance", Capability.AUDIT_FIRM, is_listed=True)
    unit = site(organisation("Surma Shoes Ltd."), "Surma Shoes, Unit 2")
    engagement(unit, firm)
    today = dt.datetime.now(dt.UTC).date()
    with owner_role():
        made = Audit.objects.create(
            site=unit,
            audit_firm=firm,
            version=MethodologyVersion.objects.get(key="smeta-7.0"),
            state=AuditState.IN_PROGRESS,
            starts_on=today - dt.timedelta(days=2),
            ends_on=today - dt.timedelta(days=1),
        )
        Auditor.objects.create(
            audit=made, name="Rita Rahman", grade="CSCA", apsca_number="21700123", is_lead=True
        )
        made.refresh_from_db()
    return made


@pytest.fixture
def auditor(open_page: Any, live_server: Any, audit: Audit) -> Callable[..., Walker]:
    """Return a function that signs an auditor of the firm in."""

    def make(email: str = "rita@example.org", width: int = 1280) -> Walker:
        from allauth.account.models import EmailAddress

        who = person(name=email.partition("@")[0].title(), email=email)
        membership(audit.audit_firm, who)
        with owner_role():
            EmailAddress.objects.create(user=who, email=email, verified=True, primary=True)
        walker = Walker(open_page("livez"), live_server.url)
        walker.sign_in(email)
        walker.page.set_viewport_size({"width": width, "height": 900})
        return walker

    return make


def _shoot(page: Page, name: str) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def _look(page: Page, name: str) -> None:
    """Expect nothing wrong with the page, and keep a picture when asked."""
    _shoot(page, name)
    assert complaints(page) == []
    assert overflow(page) == 0
    assert page.evaluate("window.violations") == []
    assert page.faults == []  # type: ignore[attr-defined]


def _focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.id"))


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until a field has the focus, as a person would; it lies ahead and is no long way off."""
    for _ in range(12):
        if _focused(page) == name:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{name} is not ahead of {_focused(page)}")


def _type_finding(page: Page, text: str, digit: str, number: int) -> None:
    keys = page.keyboard
    expect(requirement_field(page)).to_be_focused()
    keys.type(text)
    expect(page.get_by_role("listbox")).to_be_visible()
    keys.press("Enter")
    if digit:
        _tab_to(page, "severity")
        keys.press(digit)
    else:
        assert page.locator("form [name=severity]").count() == 0
        expect(page.get_by_text("A breach of this requirement is worked on together.")).to_be_visible()
    _tab_to(page, "title")
    keys.type(f"Finding {number} of the day")
    keys.press("Tab")
    keys.type("Seen on the first day.")


@pytest.mark.parametrize("width", [1280, 390])
def test_thirty_findings_by_the_keyboard(auditor: Callable[..., Walker], audit: Audit, width: int) -> None:
    rita = auditor(width=width)
    rita.go(f"/audits/{audit.code}/enter/")
    page, keys = rita.page, rita.page.keyboard
    assert len(THIRTY) == 30
    for number, (text, digit) in enumerate(THIRTY, start=1):
        _type_finding(page, text, digit, number)
        if number in {2, 3}:
            _look(page, f"auditor-{width}-typing-{number}")
        keys.press("Control+Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text(
            "one so far" if number == 1 else f"{number} so far"
        )
    _look(page, f"auditor-{width}-thirty")
    with owner_role():
        rows = list(Finding.objects.filter(audit=audit).order_by("pk").select_related("requirement"))
        assert [row.title for row in rows] == [f"Finding {n} of the day" for n in range(1, 31)]
        severities = {"1": "business_critical", "2": "critical", "3": "major", "4": "minor", "": None}
        assert [row.severity for row in rows] == [severities[digit] for _text, digit in THIRTY]
        assert Counter(row.kind for row in rows) == {"nc": 27, "car": 3}
        assert [row.requirement.printed_code for row in rows[:6]] == [
            "3.D",
            "3.D",
            "5A.A",
            "5A.A",
            "1A.C",
            "5.D",
        ]
        assert all((row.due_on is None) == (row.kind == "car") for row in rows)
        assert not FindingDraft.objects.exclude(content__typed=None).exists()


def test_list_of_keys_opens_by_a_question_mark_and_nothing_acts_outside(
    auditor: Callable[..., Walker], audit: Audit
) -> None:
    rita = auditor()
    rita.go(f"/audits/{audit.code}/enter/")
    page = rita.page
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_have_attribute("open", "")
    expect(page.locator("#keys summary")).to_be_focused()
    _look(page, "auditor-keys")
    page.locator("h1").click()
    page.keyboard.press("1")
    assert page.locator("[name=severity]:checked").count() == 0
    requirement_field(page).fill("whatever it may be")
    expect(page.get_by_text("No requirement fits.")).to_be_attached()


def test_field_is_found_by_mouse_and_the_form_follows_the_requirement(
    auditor: Callable[..., Walker], audit: Audit
) -> None:
    rita = auditor(width=390)
    rita.go(f"/audits/{audit.code}/enter/")
    page = rita.page
    requirement_field(page).fill("recruitmnt fes")  # two slips
    first = page.get_by_role("option").first
    expect(first).to_contain_text("worked on together")
    _look(page, "auditor-390-list")
    first.click()
    expect(page.locator("form [name=severity]")).to_have_count(0)
    page.get_by_label("Good example").check()
    expect(page.get_by_text("A breach of this requirement is worked on together.")).not_to_be_visible()
    page.get_by_label("Falls short").check()
    requirement_field(page).fill("3.B")
    page.keyboard.press("Tab")
    expect(page.locator("form [name=severity]")).to_have_count(4)


def _end_session() -> None:
    with owner_role():
        Session.objects.all().delete()


def _sign_in_again(page: Page, email: str = "rita@example.org") -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_words_survive_a_session_that_ends_before_saving(
    auditor: Callable[..., Walker], audit: Audit
) -> None:
    rita = auditor()
    rita.go(f"/audits/{audit.code}/enter/")
    page = rita.page
    _end_session()
    _type_finding(page, "3.D", "2", 1)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/accounts/login/**")
    _sign_in_again(page)
    page.wait_for_url(f"**/audits/{audit.code}/enter/")
    expect(page.get_by_text("Here is what you had typed: it had not reached us.")).to_be_visible()
    expect(page.get_by_label("What it is, in one line")).to_have_value("Finding 1 of the day")
    assert requirement_field(page).input_value().startswith("3.D ")
    _look(page, "auditor-words-are-back")
    page.get_by_role("button", name="Save and next").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("one so far")
    expect(page.get_by_label("What it is, in one line")).to_have_value("")
    assert (
        page.evaluate(
            "[...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((k) => k.startsWith('draft:'))"
        )
        == []
    )
    with owner_role():
        row = Finding.objects.get(audit=audit)
    assert (row.title, row.severity, row.description) == (
        "Finding 1 of the day",
        "critical",
        "Seen on the first day.",
    )


def test_words_survive_a_session_that_ends_while_typing(auditor: Callable[..., Walker], audit: Audit) -> None:
    rita = auditor(width=390)
    rita.go(f"/audits/{audit.code}/enter/")
    page = rita.page
    page.get_by_label("What it is, in one line").fill("Exit is blocked")
    expect(page.locator("[data-draft]")).to_contain_text("Saved", timeout=6000)
    _end_session()
    page.get_by_label("What was found").fill("Boxes before the door.")
    expect(page.locator("[data-draft]")).to_contain_text("you are signed out", timeout=6000)
    _look(page, "auditor-390-signed-out")
    page.get_by_role("link", name="Sign in again").click()
    _sign_in_again(page)
    page.wait_for_url(f"**/audits/{audit.code}/enter/")
    expect(page.get_by_label("What was found")).to_have_value("Boxes before the door.")
    expect(page.get_by_label("What it is, in one line")).to_have_value("Exit is blocked")
    expect(page.get_by_text("Here is what you had typed: it had not reached us.")).to_be_visible()


def test_kept_words_go_with_the_reader(auditor: Callable[..., Walker], audit: Audit) -> None:
    rita = auditor()
    rita.go(f"/audits/{audit.code}/enter/")
    page = rita.page
    _end_session()
    page.get_by_label("What it is, in one line").fill("Only for Rita")
    expect(page.locator("[data-draft]")).to_contain_text("you are signed out", timeout=6000)
    kept = "Object.values(localStorage).join()"
    assert "Only for Rita" in page.evaluate(kept)
    other = person(name="Other", email="other@example.org")
    membership(audit.audit_firm, other)
    from allauth.account.models import EmailAddress

    with owner_role():
        EmailAddress.objects.create(user=other, email=other.email, verified=True, primary=True)
    page.get_by_role("link", name="Sign in again").click()
    _sign_in_again(page, "other@example.org")
    page.wait_for_url(f"**/audits/{audit.code}/enter/")
    expect(page.get_by_label("What it is, in one line")).to_have_value("")
    assert "Only for Rita" not in page.evaluate(kept)


def test_signing_out_leaves_nothing_on_the_device(auditor: Callable[..., Walker], audit: Audit) -> None:
    rita = auditor()
    rita.go(f"/audits/{audit.code}/enter/")
    page = rita.page
    page.route("**/enter/draft/", lambda route: route.abort())
    page.get_by_label("What it is, in one line").fill("Typed with the line down")
    expect(page.locator("[data-draft]")).to_contain_text("kept on this device", timeout=6000)
    page.get_by_role("button", name="Sign out").first.click()
    page.wait_for_url(lambda url: "/enter/" not in url)
    assert "Typed with" not in page.evaluate("Object.values(localStorage).join()")


def test_two_auditors_at_one_finding(auditor: Callable[..., Walker], audit: Audit) -> None:
    rita, jun = auditor(), auditor("jun@example.org", width=390)
    rita.go(f"/audits/{audit.code}/enter/")
    _type_finding(rita.page, "3.D", "2", 1)
    rita.page.keyboard.press("Control+Enter")
    expect(rita.page.get_by_role("heading", level=1)).to_contain_text("one so far")
    for one in (rita, jun):
        one.go(f"/audits/{audit.code}/enter/")
        one.page.get_by_role("link", name=re.compile("Edit.*Finding 1 of the day")).click()
    rita.page.get_by_label("What was found").fill("Boxes on floor 2.\nThe guard had the key.")
    jun.page.get_by_label("What was found").fill("Boxes on floor 3, too.")
    jun.page.get_by_label("Workers affected").fill("40")
    rita.press("Save")
    rita.reads("Saved.")
    jun.press("Save")
    jun.reads("Somebody else saved this while you were writing", "Rita saved at", "Boxes on floor 2.")
    _look(jun.page, "auditor-390-merge")
    jun.page.get_by_label("Keep both, one after the other").check()
    jun.press("Save")
    jun.reads("Saved.")
    with owner_role():
        row = Finding.objects.get(audit=audit)
    assert row.workers_affected == 40
    assert (
        row.description.replace("\r", "")
        == "Boxes on floor 2.\nThe guard had the key.\n\nBoxes on floor 3, too."
    )


def test_photos_from_a_phone(auditor: Callable[..., Walker], audit: Audit) -> None:
    rita = auditor(width=390)
    rita.go(f"/audits/{audit.code}/enter/")
    page = rita.page
    _type_finding(page, "3.D", "2", 1)
    page.get_by_role("button", name="Save and add photos").click()
    rita.reads("Protect the people at work.")
    pictures = [taken("one.jpg"), taken("two.jpg", size=(900, 1600))]
    page.set_input_files(
        "input[type=file]",
        [FilePayload(name=one.name, mimeType="image/jpeg", buffer=one.read()) for one in pictures],
    )
    page.get_by_label("What they show").fill("The exit on floor 2")
    rita.press("Add the photos")
    rita.reads("2 photos are added.")
    expect(page.locator(".photos img")).to_have_count(2)
    for number in range(2):
        shown = page.locator(".photos img").nth(number)
        shown.scroll_into_view_if_needed()
        shown.evaluate("(one) => one.decode()")
        assert shown.evaluate("(one) => one.naturalWidth") in {480, 270}
    _look(page, "auditor-390-photos")
    with owner_role():
        assert Photo.objects.filter(finding__audit=audit, caption="The exit on floor 2").count() == 2


def test_any_other_form_keeps_its_words_too(auditor: Callable[..., Walker], audit: Audit) -> None:
    rita = auditor()
    rita.go(f"/audits/{audit.code}/edit/")
    page = rita.page
    page.get_by_label("Summary").fill("Two buildings, one shift.")
    page.get_by_role("button", name="Add another auditor").click()
    page.get_by_label("Name").nth(1).fill("Jun Park")
    page.get_by_label("APSCA number").nth(1).fill("21700999")
    _end_session()
    rita.press("Save")
    page.wait_for_url("**/accounts/login/**")
    _sign_in_again(page)
    page.wait_for_url(f"**/audits/{audit.code}/edit/")
    expect(page.get_by_label("Summary")).to_have_value("Two buildings, one shift.")
    expect(page.get_by_label("Name").nth(1)).to_have_value("Jun Park")
    expect(page.get_by_text("Here is what you had typed: it had not reached us.")).to_be_visible()
    _look(page, "auditor-other-form")
    rita.press("Save")
    rita.reads("Saved.")
    assert page.evaluate("Object.keys(sessionStorage).filter((one) => one.startsWith('draft:'))") == []
    with owner_role():
        audit.refresh_from_db()
        assert audit.summary == "Two buildings, one shift."
        assert audit.auditors.count() == 2


def test_right_to_left(auditor: Callable[..., Walker], audit: Audit) -> None:
    rita = auditor(width=390)
    rita.go(f"/audits/{audit.code}/enter/")
    page = rita.page
    page.evaluate("document.documentElement.dir = 'rtl'")
    requirement_field(page).fill("exit")
    expect(page.get_by_role("option").first).to_be_visible()
    _look(page, "auditor-390-rtl")
