"""The main job, walked once from a factory list to the audit that closes the issue.

Real lists are imported into a register; the audits are of an invented site. Every step is done as its person
would: signed in by the form, clicking what the page offers; worker, relay and scheduler do their part between.
"""

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from findings.models import ActionPlan, Finding
from organisations.models import Organisation
from organisations.visibility import Capability
from tests.conftest import owner_role
from tests.factories.organisations import membership, organisation, person
from tests.factories.sourcing import site
from tests.journey.walking import Walker, requirement_field, work_off

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LISTS = Path("sourcing/definitions/facility_lists")
TITLE = "Workers paid an agent before they began"


@pytest.fixture
def walk(open_page: Any, live_server: Any) -> Callable[[Organisation, str], Walker]:
    """Return a function that signs a new member of an organisation in."""

    def make(of: Organisation, email: str) -> Walker:
        who = person(name=email.partition("@")[0].title(), email=email)
        membership(of, who)
        _verify(who)
        walker = Walker(open_page("livez"), live_server.url)
        walker.sign_in(email)
        return walker

    return make


def _verify(who: Any) -> None:
    from allauth.account.models import EmailAddress

    with owner_role():
        EmailAddress.objects.create(user=who, email=who.email, verified=True, primary=True)


def test_from_a_factory_list_to_the_audit_that_closes_the_issue(
    walk: Callable[[Organisation, str], Walker], tmp_path: Path
) -> None:
    with owner_role():
        call_command("load_definitions", verbosity=0)
    supplier = organisation("Surma Shoes Ltd.")
    firm = organisation("Meridian Assurance", Capability.AUDIT_FIRM, is_listed=True)
    retailer = organisation("Northfield Retail", Capability.BUYER)
    rival = organisation("Eastgate Stores", Capability.BUYER)
    unit = site(supplier, "Surma Shoes, Unit 2")
    buyer, maker, auditor, other = (
        walk(retailer, "buyer@example.org"),
        walk(supplier, "maker@example.org"),
        walk(firm, "auditor@example.org"),
        walk(rival, "rival@example.org"),
    )

    _import_a_list(buyer)
    _link(buyer, maker, supplier)
    _link(other, maker, supplier)
    _engage(maker, auditor)
    _audit(auditor, unit.name)
    _see_nothing_yet(buyer)
    _review(maker)
    _publish(auditor, buyer)
    _share_a_plan(maker, tmp_path)
    _answer(buyer, other)
    _report(maker, buyer)
    _audit_again(auditor, maker, unit.name)
    _see_the_end(maker, buyer)


def _import_a_list(buyer: Walker) -> None:
    buyer.open("Site register")
    buyer.go("/imports/new/")
    buyer.page.set_input_files("input[type=file]", str(LISTS / "list-11.csv"))
    buyer.shoot("01-import-upload")
    buyer.page.locator("main button[type=submit], main button.primary").first.click()
    work_off()
    buyer.page.reload()
    buyer.reads("places")
    buyer.shoot("02-import-preview")
    buyer.press("Add to the register")
    work_off()
    buyer.page.reload()
    buyer.reads("What came of it")
    buyer.shoot("03-import-done")
    buyer.open("Site register")
    expect(buyer.page.locator("tbody tr").first).to_be_visible()
    buyer.shoot("04-register")


def _link(buyer: Walker, maker: Walker, supplier: Organisation) -> None:
    buyer.go("/links/propose/")
    buyer.page.get_by_label("The supplier’s code").fill(supplier.code)
    buyer.press("Ask for a trade link")
    buyer.go("/suppliers/")
    work_off()
    maker.go("/")
    maker.reads("asks to be linked with you as a customer")
    maker.shoot("05-home-proposal")
    maker.open("Read and answer", "Accept")
    maker.page.get_by_label("All", exact=False).first.check()
    maker.shoot("06-link-accept")
    maker.press("Accept")
    work_off()


def _engage(maker: Walker, auditor: Walker) -> None:
    maker.go("/engagements/new/")
    for box in maker.page.locator("main input[type=checkbox]").all():
        box.check()
    firms = maker.page.locator("main select, main input[type=radio]").first
    if firms.evaluate("one => one.tagName") == "SELECT":
        firms.select_option(label="Meridian Assurance")
    else:
        firms.check()
    maker.shoot("07-engage")
    maker.page.locator("main button.primary").first.click()
    auditor.go("/")
    auditor.open("Read and answer", "Accept")
    auditor.page.locator("main button.primary").first.click()
    auditor.shoot("08-engaged")


def _audit(auditor: Walker, place: str) -> None:
    _open_audit(auditor, place, dt.date(2026, 9, 10), dt.date(2026, 9, 12))
    _write(auditor, "3.B", "Two fire exits are blocked by boxes", severity=True)
    _write(auditor, "1A.C", TITLE, severity=False)
    auditor.shoot("10-audit-findings")
    _grade(auditor)
    auditor.press("Send to the site")
    auditor.reads("can read the audit now")
    auditor.shoot("11-audit-sent")


def _grade(auditor: Walker) -> None:
    """Say of every area that it is managed well, at one go."""
    auditor.page.locator("a[href$='/management-systems/']").first.click()
    auditor.page.evaluate(
        "document.querySelectorAll('.rating input[value=robust]').forEach((one) => { one.checked = true; })"
    )
    auditor.press("Save")
    auditor.open("Back to the audit")


def _open_audit(auditor: Walker, place: str, first: dt.date, last: dt.date) -> None:
    auditor.go("/audits/new/")
    auditor.page.locator("[name=site]").select_option(index=1)
    auditor.page.locator("[name=version]").select_option(label="SMETA 7.0")
    auditor.page.locator("[name=starts_on]").fill(first.isoformat())
    auditor.page.locator("[name=ends_on]").fill(last.isoformat())
    auditor.page.get_by_label("Name").first.fill("R. Karim")
    auditor.page.get_by_label("APSCA number").first.fill("21700001")
    auditor.page.get_by_label("Leads this audit").first.check()
    auditor.shoot("09-audit-new")
    auditor.press("Open the audit")
    if auditor.page.get_by_role("button", name="Start the audit").count():
        auditor.press("Start the audit")


def _write(auditor: Walker, code: str, title: str, *, severity: bool) -> None:
    auditor.open("Enter findings")
    field = requirement_field(auditor.page)
    field.fill(code)
    expect(auditor.page.get_by_role("listbox")).to_be_visible()
    field.press("Enter")
    if severity:
        auditor.page.locator("form [name=severity][value=major]").check()
    else:
        expect(auditor.page.locator("form [name=severity]")).to_have_count(0)
        auditor.reads("A breach of this requirement is worked on together.")
    auditor.page.locator("[name=title]").fill(title)
    auditor.page.locator("[name=description]").fill("Seen in 38 of 60 interviews.")
    auditor.press("Save and go to the audit")


def _see_nothing_yet(buyer: Walker) -> None:
    buyer.go("/working-together/")
    buyer.never_reads(TITLE)


def _review(maker: Walker, *, answers: bool = True) -> None:
    """The site reads what was found, adds a word, and has no more comments."""
    maker.go("/audits/")
    maker.page.locator("main tbody a").first.click()
    maker.open("Read and answer")
    if answers:
        row = maker.page.locator("details.review-row").first
        row.get_by_label("I want to add something.").check()
        row.get_by_label("Your words").fill("The boxes were moved on the same day.")
        row.get_by_role("button", name="Save").click()
        maker.reads("You added something", "1 of 2 answered.")
        maker.shoot("11-site-answers")
        maker.press("All the others are right")
        maker.reads("2 of 2 answered.")
    maker.press("We have no more comments")
    maker.reads("You told Meridian Assurance that you have no more comments.")


def _publish(auditor: Walker, buyer: Walker) -> None:
    auditor.open("Publish")
    auditor.shoot("12-publish")
    auditor.press("Publish now")
    work_off()
    buyer.go("/")
    buyer.shoot("13-buyer-home")
    buyer.go("/working-together/")
    buyer.reads(TITLE)


def _share_a_plan(maker: Walker, tmp_path: Path) -> None:
    maker.go("/inbox/")
    maker.shoot("14-inbox")
    maker.go("/working-together/")
    maker.open(TITLE)
    maker.open("Start here")
    for name, value in (("is_urgent", "no"), ("is_known_issue", "no"), ("engagement", "all")):
        maker.page.locator(f"[name={name}][value={value}]").check()
    maker.shoot("15-understand")
    maker.press("See what to do next")
    maker.shoot("16-next-step")
    maker.open("Write the plan")
    maker.page.locator("[name=causes-0-why]").fill("Agents charge workers before they reach us.")
    maker.press("Add another cause")
    maker.page.locator("[name=causes-1-why]").fill("We pay per head and do not ask what workers paid.")
    maker.page.locator("[name=actions-0-what]").fill("New contract: no fee to workers")
    maker.page.locator("[name=actions-0-who]").fill("HR manager, agency")
    maker.page.locator("[name=actions-0-by_when]").fill("2027-03")
    maker.press("Share plan")
    maker.reads("Choose at least one, so that your customers know what to do.")
    maker.shoot("17-plan-error")
    maker.page.locator("[name=asks][value=confirm]").check()
    maker.page.locator("[name=asks][value=call_approach]").check()
    maker.page.get_by_label("Who fills in this plan?").fill("HR manager")
    maker.press("Share plan with 2 customers")
    maker.reads("The status is now “in progress”.")
    work_off()
    maker.page.reload()
    maker.shoot("18-plan-shared")
    with maker.page.expect_download() as download:
        maker.page.get_by_role("link", name="Download").first.click()
    saved = tmp_path / "plan.pdf"
    download.value.save_as(saved)
    paper = PdfReader(io.BytesIO(saved.read_bytes()))
    text = " ".join(page.extract_text() for page in paper.pages)
    assert 1 <= len(paper.pages) <= 2
    for words in (TITLE, "Agents charge workers", "New contract: no fee to workers", "Surma Shoes, Unit 2"):
        assert words in " ".join(text.split())


def _answer(buyer: Walker, other: Walker) -> None:
    subjects = [letter.subject for letter in mail.outbox if letter.to == ["buyer@example.org"]]
    assert "Surma Shoes Ltd. has shared an action plan with you" in subjects
    buyer.go("/")
    buyer.reads("shares an action plan and asks for your answer")
    buyer.shoot("19-buyer-asked")
    buyer.open("Read and answer", "Answer the plan")
    buyer.page.locator("[name=kind][value=call]").check()
    buyer.page.get_by_label("Message to the supplier").fill("Let us talk about spring prices.")
    buyer.press("Send answer")
    buyer.reads("Propose at least one time for the call.", "Let us talk about spring prices.")
    buyer.page.get_by_label("First time you propose").fill(
        f"{timezone.now() + dt.timedelta(days=20):%Y-%m-%d}T10:00"
    )
    buyer.shoot("20-respond")
    buyer.press("Send answer")
    other.go("/working-together/")
    other.open(TITLE)
    other.never_reads("Northfield Retail")
    other.never_reads("spring prices")
    work_off()


def _report(maker: Walker, buyer: Walker) -> None:
    with owner_role():
        due_on = ActionPlan.objects.get().next_update_on
    assert due_on is not None
    morning = dt.datetime.combine(due_on - dt.timedelta(days=7), dt.time(10), tzinfo=dt.UTC)
    work_off(at=morning)
    asked = [letter for letter in mail.outbox if letter.subject.startswith("In a week: say what has changed")]
    assert [letter.to for letter in asked] == [["maker@example.org"]]
    maker.go("/working-together/")
    maker.open(TITLE)
    maker.reads("Northfield Retail", "spring prices")
    maker.open("Report what has changed")
    maker.page.get_by_label("What has changed since last time?").fill(
        "The agency has signed the new contract."
    )
    maker.page.locator("[name=actions-0-progress]").select_option("blocked_by_others")
    maker.shoot("21-report")
    maker.press("Share with 2 customers")
    work_off()
    buyer.go("/working-together/")
    buyer.open(TITLE)
    buyer.reads("The agency has signed the new contract.", "Blocked by others")
    buyer.shoot("22-buyer-sees-update")


def _audit_again(auditor: Walker, maker: Walker, place: str) -> None:
    _open_audit(auditor, place, dt.date(2026, 11, 17), dt.date(2026, 11, 19))
    _grade(auditor)
    auditor.press("Send to the site")
    auditor.reads("can read the audit now")
    auditor.open("Publish")
    auditor.reads("cannot be published yet")
    auditor.shoot("23-not-yet")
    auditor.open("Back to the audit")
    auditor.press("Take back to work")
    auditor.page.locator("a[href$='/reassess/']").first.click()
    auditor.page.locator("[name=result][value=still_short]").check()
    auditor.page.locator("[name=description]").fill("12 of 60 workers still paid a fee.")
    auditor.shoot("24-reassess")
    auditor.page.locator("main button.primary").first.click()
    auditor.press("Send to the site")
    auditor.reads("can read the audit now")
    _review(maker, answers=False)
    auditor.open("Publish")
    auditor.press("Publish now")
    work_off()


def _see_the_end(maker: Walker, buyer: Walker) -> None:
    with owner_role():
        old, new = Finding.objects.cars().order_by("pk")
    assert (old.state, new.state, new.predecessor_id) == ("closed", "open", old.pk)
    assert new.first_raised_on == old.raised_on
    maker.go(f"/findings/{new.code}/")
    maker.reads("This issue has lasted", "Start here")
    maker.shoot("25-successor")
    buyer.go(f"/findings/{old.code}/")
    buyer.reads("Closed by a later audit")
    buyer.shoot("26-closed")
