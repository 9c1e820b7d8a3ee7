"""A factory manager's whole way: from what the audit found to work with customers and a non-compliance put right.

Walked by what the pages offer: at 1280 px, at 390 px in the dark, and once from right to left in a language of which
no word is known here, so links are found by where they lead. JOURNEY_SHOTS names a folder that keeps pictures.
"""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from allauth.account.models import EmailAddress
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect
from pypdf import PdfReader

from config.settings import documents_storage
from findings.models import Audit, Auditor, ClosurePolicy, Finding, Incident
from organisations.models import Organisation, Person
from organisations.visibility import Capability
from tests.conftest import owner_role
from tests.documents.test_photos import taken
from tests.factories import findings as audits
from tests.factories.organisations import membership, organisation, person
from tests.factories.sourcing import engagement, link, site
from tests.journey.walking import Walker, work_off
from tests.web.browsing import complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FEES, WAGES, CHILD = (
    "Workers paid an agent",
    "Pay is below a living wage",
    "Fees taken from a whole dormitory",
)
EXIT = "A fire exit is blocked"
GROUP = {"label": "Came in 2024", "workers": "40", "fee": "1200"}
PAID = {"paid_on": "2026-01-20", "amount": "9000", "workers": "20", "workers_settled": "6"}
LIVING = {
    "measured_on": "2026-01-31",
    "benchmark": "Living wage for the city",
    "source": "https://example.org/benchmarks",
    "benchmark_on": "2025-12-01",
    "region": "Dhaka",
    "amount": "20000",
    "groups-0-name": "Helpers",
    "groups-0-workers": "30",
    "groups-0-lowest": "12500",
    "groups-0-median": "14000",
}
WHYS = (
    "Boxes stood there.",
    "The store was full.",
    "Orders came early.",
    "Nobody plans the store.",
    "No one is in charge.",
)


@dataclass
class Hand(Walker):
    """One person who finds the way by where links lead, whatever the language."""

    label: str = ""

    def follow(self, part: str, *, within: str = "main") -> None:
        """Follow the first link in sight that leads to an address with `part` in it."""
        self.page.locator(f'{within} a[href*="{part}"]:visible').first.click()
        self.sound()

    def menu(self, path: str) -> None:
        """Choose a line of the navigation; on a phone it is opened first."""
        opener = self.page.locator(".topbar button[popovertarget]")
        if opener.is_visible():
            opener.click()
        self.page.locator(f'.side .nav a[href="{path}"]').click()
        self.sound()

    def fill(self, **values: str) -> None:
        """Fill fields by their names; `__` stands for a dash."""
        for name, value in values.items():
            self.page.locator(f'main [name="{name.replace("__", "-")}"]').fill(value)

    def choose(self, name: str, value: str) -> None:
        """Tick a box, choose a circle or a line of a list."""
        field = self.page.locator(f'main [name="{name}"]').first
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            self.page.locator(f'main [name="{name}"][value="{value}"]').check()

    def send(self, part: str = "") -> None:
        """Press the form's one primary button, or the button of the form that goes to `part`."""
        form = f'main form[action*="{part}"] button[type=submit]' if part else "main form button.primary"
        self.page.locator(form).first.click()
        self.page.wait_for_load_state()
        self.sound()

    def add_photo(self) -> None:
        """Add a new file as evidence that shows no workers."""
        photo = taken()
        file = FilePayload(name="exit.jpg", mimeType="image/jpeg", buffer=photo.read())
        self.page.locator("main [name=file]").set_input_files(files=[file])
        self.choose("file_kind", "photo")
        self.choose("file_shows_workers", "no")

    def sound(self) -> None:
        """Expect a page that fits its window and breaks no rule."""
        expect(self.page.locator("h1")).to_be_visible()
        assert overflow(self.page) <= 0, self.page.url
        assert self.page.evaluate("window.violations") == [], self.page.url
        assert self.page.faults == [], self.page.url  # type: ignore[attr-defined]

    def look(self, name: str) -> None:
        """Expect nothing wrong for anybody who reads it otherwise, and keep a picture when asked."""
        assert complaints(self.page) == [], self.page.url
        self.shoot(f"supplier-{self.label}-{name}")


@dataclass
class Cast:
    """Who takes part, and what the audit found."""

    maker: Hand
    colleague: Hand
    auditor: Hand
    buyer: Hand
    rival: Hand
    audit: Audit


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: LazySettings) -> None:
    """Keep documents under a folder that goes away with the test."""
    settings.STORAGES = settings.STORAGES | {"documents": documents_storage(f"file://{tmp_path}/files")}


@pytest.fixture
def cast(transactional_db: None, open_page: Any, live_server: Any) -> Callable[..., Cast]:
    """Return a function that puts everyone in front of a browser."""

    def enter(of: Organisation, name: str, language: str = "en-gb", **window: Any) -> Hand:
        who = person(name, f"{name.lower()}@example.org")
        membership(of, who)
        with owner_role():
            Person.objects.filter(pk=who.pk).update(language=language)
            EmailAddress.objects.create(user=who, email=who.email, verified=True, primary=True)
        page: Page = open_page("livez", **window)
        client = Client()
        client.force_login(who)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.set_default_timeout(15_000)
        hand = Hand(page, live_server.url, f"{window.get('width', 1280)}-{language}")
        hand.go("/")
        return hand

    def make(width: int, theme: Literal["light", "dark"], language: str) -> Cast:
        supplier = organisation("Surma Shoes Ltd.")
        firm = organisation("Meridian Assurance", Capability.AUDIT_FIRM, is_listed=True)
        unit = site(supplier, "Surma Shoes, Unit 2")
        engagement(unit, firm)
        customers = [
            organisation(name, Capability.BUYER) for name in ("Northfield Retail", "Eastgate Stores")
        ]
        for customer in customers:
            link(customer, supplier)
        return Cast(
            enter(supplier, "Maker", language, width=width, theme=theme),
            enter(supplier, "Colleague"),
            enter(firm, "Auditor"),
            enter(customers[0], "Buyer"),
            enter(customers[1], "Rival"),
            _found(unit, firm),
        )

    return make


def _found(unit: Any, firm: Organisation) -> Audit:
    """Return an audit at work with three issues to work on together and one non-compliance."""
    audit = audits.audit(unit, firm, kind="initial", ends_on=timezone.localdate() - dt.timedelta(days=3))
    audits.car(audit, title=FEES)
    audits.car(audit, title=WAGES, requirement=audits.requirement("5A.A"))
    audits.car(audit, title=CHILD)
    audits.finding(audit, title=EXIT, severity="major", verification="desktop")
    with owner_role():
        Auditor.objects.create(audit=audit, name="Rita", grade="RA", apsca_number="21700001", is_lead=True)
        ClosurePolicy.objects.bulk_create(
            ClosurePolicy(version=audit.version, severity=one, days=60) for one in Finding.Severity.values
        )
    return audit


@pytest.mark.parametrize(
    ("width", "theme", "language"),
    [(1280, "light", "en-gb"), (390, "dark", "en-gb"), (390, "light", "ar-xb")],
    ids=["wide", "phone-dark", "right-to-left"],
)
def test_supplier_works_from_the_audit_to_an_answer(
    cast: Callable[..., Cast], tmp_path: Path, width: int, theme: str, language: str
) -> None:
    people = cast(width, theme, language)
    _review_and_publish(people)
    _understand(people.maker)
    _write_with_a_colleague(people)
    _customers_answer(people)
    _answer_what_waits(people)
    _keep_the_ledger(people.maker)
    _report_and_change(people.maker)
    _introduce(people)
    _take_the_pdf(people.maker, tmp_path)
    _measure_wages(people.maker)
    _open_a_case(people.maker)
    _put_it_right(people)


def _review_and_publish(people: Cast) -> None:
    auditor, maker = people.auditor, people.maker
    auditor.menu("/audits/")
    auditor.follow(people.audit.code)
    auditor.send("/submit/")
    work_off()
    maker.menu("/audits/")
    maker.follow(people.audit.code)
    maker.follow("/review/")
    row = maker.page.locator("details.review-row", has_text=EXIT)
    if not row.get_attribute("open"):
        row.locator("summary").first.click()
    row.locator("[name=kind][value=comment]").check()
    row.locator("[name=text]").fill("The boxes were moved on the same day.")
    row.locator("form button").click()
    expect(maker.page.locator("details.review-row", has_text=EXIT).locator("[role=status]")).to_be_attached()
    maker.look("01-review")
    maker.send("/review/rest/")
    maker.send("/review/finish/")
    auditor.page.reload()
    auditor.follow("/publish/")
    auditor.send()
    work_off()


def _to(hand: Hand, title: str) -> None:
    """Open a finding from the lists in the navigation."""
    hand.menu("/findings/" if title == EXIT else "/working-together/")
    hand.page.locator("main a", has_text=title).first.click()
    hand.sound()


def _understand(maker: Hand) -> None:
    maker.menu("/")
    maker.look("02-home")
    _to(maker, FEES)
    maker.look("03-new-car")
    maker.follow("/understand/")
    for name, value in (("is_urgent", "no"), ("is_known_issue", "no"), ("engagement", "all")):
        maker.choose(name, value)
    maker.send()
    maker.look("04-next-step")


def _write_with_a_colleague(people: Cast) -> None:
    """The words save themselves; a colleague who wrote at the same time sees both, and nothing is lost."""
    maker, colleague = people.maker, people.colleague
    maker.follow("/plan/edit/")
    _to(colleague, FEES)
    colleague.follow("/plan/edit/")
    with maker.page.expect_response(lambda answer: "/plan/draft/" in answer.url) as kept:
        maker.fill(causes__0__why="Agents charge workers before they reach us.")
    assert kept.value.ok
    colleague.fill(causes__0__why="We pay per head and do not ask.", investigation="We asked twenty workers.")
    colleague.page.locator("main button[name=draft]").click()
    expect(colleague.page.locator("#merge")).to_be_visible()
    colleague.look("05-merge")
    expect(colleague.page.locator("[name='causes-0-why']")).to_have_value(
        "Agents charge workers before they reach us."
    )
    colleague.page.locator("main button[name=draft]").click()
    expect(colleague.page.locator("#merge")).not_to_be_attached()
    maker.page.reload()
    expect(maker.page.locator("[name=investigation]")).to_have_value("We asked twenty workers.")
    expect(maker.page.locator("[name='causes-0-why']")).to_have_value(
        "Agents charge workers before they reach us."
    )
    expect(maker.page.locator("[name='causes-1-why']")).to_have_value("We pay per head and do not ask.")
    _share_a_plan(maker, asks=("confirm", "call_approach"))
    maker.look("06-shared")
    work_off()


def _share_a_plan(maker: Hand, *, asks: tuple[str, ...]) -> None:
    maker.fill(
        actions__0__what="New contract: no fee to workers",
        actions__0__who="HR manager",
        actions__0__by_when="2027-03",
        completed_by="HR manager",
    )
    for one in asks:
        maker.choose("asks", one)
    maker.send()
    assert "/plan/" not in maker.page.url


def _customers_answer(people: Cast) -> None:
    buyer, rival = people.buyer, people.rival
    _to(buyer, FEES)
    buyer.follow("/plan/respond/")
    buyer.choose("kind", "acknowledged")
    buyer.send()
    buyer.follow("/commitments/new/")
    buyer.choose("kind", "money")
    buyer.fill(text="Half of the fees", amount="5000", currency="USD")
    buyer.send()
    buyer.look("07-buyer")
    _to(rival, FEES)
    rival.follow("/calls/new/")
    soon = timezone.now() + dt.timedelta(days=9)
    rival.fill(time_1=f"{soon:%Y-%m-%d}T10:00", time_2=f"{soon:%Y-%m-%d}T15:00", text="About spring prices.")
    rival.send()
    rival.never_reads("Northfield Retail")
    work_off()


def _answer_what_waits(people: Cast) -> None:
    maker = people.maker
    _to(maker, FEES)
    maker.look("08-waits")
    waits = "main section[aria-labelledby=waits]"
    expect(maker.page.locator(f"{waits} li")).to_have_count(2)
    maker.follow("/calls/", within=waits)
    maker.page.locator("main [name=time]").nth(1).check()
    maker.send()
    maker.look("09-call")
    _to(maker, FEES)
    maker.follow("/commitments/", within=waits)
    maker.send()
    _to(maker, FEES)
    expect(maker.page.locator(waits)).to_have_count(0)


def _keep_the_ledger(maker: Hand) -> None:
    maker.follow("/refunds/new/")
    maker.fill(**GROUP)
    for name, value in (
        ("from_country", "NP"),
        ("to_country", "BD"),
        ("currency", "USD"),
        ("purposes", "agency"),
    ):
        maker.choose(name, value)
    maker.choose("refunder", "together")
    maker.send()
    maker.follow("/pay/")
    maker.fill(**PAID)
    maker.choose("payer", "employer")
    maker.send()
    maker.look("10-refunds")


def _report_and_change(maker: Hand) -> None:
    _to(maker, FEES)
    maker.follow("/plan/update/")
    maker.fill(summary="The agency has signed the new contract.")
    maker.choose("actions-0-progress", "blocked_by_others")
    maker.add_photo()
    maker.send()
    maker.reads("The agency has signed the new contract.")
    expect(maker.page.locator("section[aria-labelledby=updates] a[href*='/attached/']")).to_have_count(1)
    maker.follow("/plan/edit/")
    maker.fill(causes__0__why="Agents charge workers before they reach us, and we knew.")
    maker.send()
    maker.follow("/plan/versions/")
    expect(maker.page.locator("main ins").first).to_be_visible()
    maker.look("11-versions")
    work_off()


def _introduce(people: Cast) -> None:
    maker = people.maker
    _to(maker, FEES)
    maker.follow("/introductions/new/")
    for box in maker.page.locator("main [name=customers]").all():
        box.check()
    maker.send()
    for customer, contact in ((people.buyer, "Bo"), (people.rival, "Ada")):
        _to(customer, FEES)
        customer.follow("/introductions/asked/")
        customer.follow("/agree/")
        customer.fill(contact_name=contact)
        customer.page.locator("main [name=has_read_notice]").check()
        customer.send()
    _to(maker, FEES)
    maker.follow("/introductions/", within="section[aria-labelledby=introductions]")
    maker.send("/complete/")
    maker.look("12-introduced")
    work_off()
    _to(people.rival, FEES)
    people.rival.reads("Northfield Retail", "Bo")


def _take_the_pdf(maker: Hand, tmp_path: Path) -> None:
    _to(maker, FEES)
    maker.look("13-car")
    if maker.page.locator('main form[action*="/pdf/"]').count():
        maker.send("/pdf/")
    work_off()
    maker.page.reload()
    with maker.page.expect_download() as download:
        maker.page.locator('main a[href*="/pdf/download/"]').first.click()
    download.value.save_as(tmp_path / "plan.pdf")
    paper = PdfReader(io.BytesIO((tmp_path / "plan.pdf").read_bytes()))
    text = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    for words in (FEES, "Agents charge workers", "New contract: no fee to workers"):
        assert words in text


def _measure_wages(maker: Hand) -> None:
    _to(maker, WAGES)
    maker.follow("/understand/")
    for name, value in (("is_urgent", "no"), ("is_known_issue", "no"), ("engagement", "some")):
        maker.choose(name, value)
    maker.send()
    maker.follow("/plan/edit/")
    maker.fill(causes__0__why="Prices have stood still for three years.")
    _share_a_plan(maker, asks=("inform",))
    maker.follow("/wages/new/")
    maker.fill(**LIVING)
    maker.choose("currency", "BDT")
    maker.send()
    maker.look("14-wages")


def _open_a_case(maker: Hand) -> None:
    """What cannot wait for a plan leads into a case that only the people named in it see."""
    _to(maker, CHILD)
    maker.follow("/understand/")
    for name, value in (("is_urgent", "yes"), ("is_known_issue", "no"), ("engagement", "none")):
        maker.choose(name, value)
    maker.send()
    maker.look("15-urgent")
    maker.follow("/incidents/new/")
    maker.page.locator("main [name=kind]").first.check()
    maker.fill(what_happened="Forty workers gave their papers and a fee to an agent.")
    maker.send()
    with owner_role():
        case = Incident.objects.get()
    assert case.code in maker.page.url
    maker.look("16-case")


def _put_it_right(people: Cast) -> None:
    maker, auditor = people.maker, people.auditor
    _to(maker, EXIT)
    maker.follow("/extension/ask/")
    wanted = timezone.localdate() + dt.timedelta(days=90)
    maker.fill(wanted_on=wanted.isoformat(), reason="The new store is built in spring.")
    maker.send()
    work_off()
    _to(auditor, EXIT)
    auditor.follow("/extensions/")
    auditor.page.locator("main [name=answer]").first.check()
    auditor.fill(ends_on=wanted.isoformat())
    auditor.send()
    _to(maker, EXIT)
    maker.follow("/action/")
    maker.fill(**{f"why_{number}": words for number, words in enumerate(WHYS, start=1)})
    maker.page.locator("main [name=cause]").select_option(index=1)
    maker.fill(
        correction="We cleared the exit.",
        prevention="The store keeper walks the exits each morning.",
        responsible="Store keeper",
        done_on=timezone.localdate().isoformat(),
    )
    maker.add_photo()
    maker.look("17-five-whys")
    maker.send()
    maker.look("18-sent")
    work_off()
    auditor.menu("/verifications/")
    auditor.page.locator("main a", has_text=EXIT).first.click()
    if auditor.page.locator("main [name=result]").count() == 0:
        auditor.follow("/action/check/")
    auditor.choose("result", "closed")
    auditor.send()
    maker.menu("/audits/")  # the list shows what is open
    maker.follow(people.audit.code)
    maker.page.locator("main a", has_text=EXIT).first.click()
    maker.sound()
    with owner_role():
        assert Finding.objects.get(title=EXIT).state == "verified_closed"
    maker.look("19-closed")
