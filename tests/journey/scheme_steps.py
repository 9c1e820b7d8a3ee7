"""What a member, a coordinator, an assessor and a decider do, one step each, by what the pages offer."""

import datetime as dt
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import time_machine
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from schemes.lifecycle import Outcome
from schemes.models import EvidenceUse, SchemeMembership
from tests.conftest import owner_role
from tests.findings.views.test_evidence_pages import pages_pdf
from tests.journey.walking import Walker, work_off
from tests.web.browsing import complaints, overflow

MEMBER, BODY = "Surma Shoes Ltd.", "Fair Standards Institute"
PEOPLE = ("member", "boss", "assessor", "decider")
CRITERIA = 17


@contextmanager
def on(day: dt.date, hour: int = 12) -> Iterator[dt.datetime]:
    """Have it be that hour of a day, in UTC, for pages and workers alike."""
    moment = dt.datetime.combine(day, dt.time(hour), tzinfo=dt.UTC)
    with time_machine.travel(moment, tick=True):
        yield moment


def theirs() -> SchemeMembership:
    with owner_role():
        return SchemeMembership.objects.get()


def headed(walker: Walker, words: str | re.Pattern[str]) -> None:
    expect(walker.page.get_by_role("heading", level=1)).to_contain_text(words)


def sound(page: Page) -> None:
    """Expect nothing wrong with the page, in any of the senses that can be measured."""
    assert complaints(page) == []
    assert overflow(page) == 0
    assert page.evaluate("window.violations") == []
    assert page.faults == []  # type: ignore[attr-defined]


def apply(member: Walker) -> None:
    member.open("Schemes", re.compile("See what it asks"))  # type: ignore[arg-type]
    member.page.get_by_role("radio", name=re.compile("^Yes")).check()
    member.shoot("scheme-01-apply")
    sound(member.page)
    member.press("Apply")
    headed(member, "You have applied to BACK2SOURCE")
    member.open(re.compile("Go on"), "Begin")  # type: ignore[arg-type]


def answer_everything(member: Walker, tmp_path: Path) -> None:
    """Answer criterion by criterion; one file, added once, shows three of them."""
    page = member.page
    for number in range(1, CRITERIA + 1):
        expect(page.get_by_text(f"Criterion {number} of {CRITERIA}")).to_be_visible()
        page.get_by_label("What do you do, and how do you know").fill(
            f"We look at it monthly, number {number}."
        )
        page.get_by_label("GOLD", exact=True).check()
        if number == 3:
            sound(page)
            member.shoot("scheme-02-answer")
            _show_one_file(member, tmp_path)
        page.get_by_role("button", name=re.compile("Save and (next|check)")).click()
    headed(member, "Everything is answered. Send it?")


def _show_one_file(member: Walker, tmp_path: Path) -> None:
    policy = tmp_path / "policy.pdf"
    policy.write_bytes(pages_pdf())
    page, here = member.page, member.page.url
    page.get_by_role("button", name="Save and show evidence").click()
    page.get_by_label("A new file").set_input_files(str(policy))
    page.get_by_label("What kind of evidence is it?").select_option("policy")
    page.get_by_label("No", exact=True).check()
    for criterion in ("1. Senior-level engagement", "6. Policies"):
        page.get_by_label(criterion).check()
    member.shoot("scheme-03-evidence")
    page.get_by_role("button", name="Show it").click()
    page.wait_for_url(here)
    expect(page.get_by_role("link", name="policy")).to_be_visible()
    with owner_role():
        assert len(EvidenceUse.objects.get().criteria) == 3


def send(member: Walker) -> None:
    member.shoot("scheme-04-send")
    member.page.get_by_role("button", name="Send", exact=True).click()
    headed(member, "Sent: an assessor will look at it")


def to_the_assessment(walker: Walker) -> None:
    walker.page.get_by_role("navigation", name="Main").get_by_role("link", name="Assessments").click()
    walker.page.locator("main").get_by_role("link", name=MEMBER).first.click()
    walker.page.wait_for_url(re.compile(r"/assessments/\w+/$"))


def assign(boss: Walker) -> None:
    to_the_assessment(boss)
    boss.page.locator("main").get_by_role("link", name="Who works on it").first.click()
    for role, name, button in (
        ("assessor", "Assessor", "Let them assess"),
        ("decider", "Decider", "Let them decide"),
    ):
        one = boss.page.locator("form", has=boss.page.locator(f"[name=role][value={role}]"))
        one.get_by_label("Person").select_option(label=f"{name} (declares interests first)")
        one.get_by_role("button", name=button).click()
        expect(boss.page.get_by_role("button", name=f"End the part of {name}")).to_be_visible()
    boss.shoot("scheme-05-assigned")
    sound(boss.page)


def declare(walker: Walker) -> None:
    to_the_assessment(walker)
    walker.open("Declare your interests")
    walker.page.get_by_label("I have no part in this organisation, nor do I support it.").check()
    walker.shoot("scheme-06-declare")
    walker.press("Declare")
    walker.page.wait_for_url(re.compile(r"/assessments/\w+/$"))
    walker.reads("It is open to you now.")


def score_everything(assessor: Walker) -> None:
    page = assessor.page
    for number in range(1, CRITERIA + 1):
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"{number}. ")
        page.locator('input[name="choice"][value="gold"]').check()
        page.get_by_label("Why this level").fill(f"Seen in the papers for criterion {number}.")
        if number == 1:
            assessor.shoot("scheme-07-score")
        page.get_by_role("button", name=re.compile("^Save and")).first.click()
    page.wait_for_url(re.compile(r"/assessments/\w+/$"))
    assessor.reads("Saved. That was the last criterion.")


def propose(assessor: Walker, result: str, improved: str = "") -> None:
    assessor.open("Propose a result")
    headed(assessor, result)
    if improved:
        assessor.page.get_by_role("radio", name=improved, exact=True).check()
        assessor.page.get_by_label("What you saw of it").fill("Nothing that was new.")
    assessor.shoot(f"scheme-08-propose{improved}")
    sound(assessor.page)
    assessor.page.get_by_role("button", name="Propose", exact=True).click()
    headed(assessor, "waits for a decision")


def decide(decider: Walker, outcome: Outcome, words: str, *, notice_by: dt.date | None = None) -> None:
    decider.page.get_by_role("link", name="Decide", exact=True).click()
    page = decider.page
    page.locator(f'input[name="outcome"][value="{outcome}"]').check()
    page.get_by_label("Reasons").fill("As the scores say.")
    if notice_by:
        page.locator("[name=words]").fill("Train every buyer, and show what changed.")
        page.locator("[name=answer_by]").fill(notice_by.isoformat())
    decider.shoot(f"scheme-09-decide-{outcome}")
    sound(page)
    page.get_by_role("button", name="Decide", exact=True).click()
    decider.reads("Decided. The member is told today.", words)


def paper_of(member: Walker, kind: str, tmp_path: Path) -> str:
    """Have a paper made, take it away when it is there, and return what it says."""
    page = member.page
    member.go(f"/scheme-memberships/{theirs().code}/papers/")
    made = page.locator(f'main form[action$="/papers/{kind}/"]').first
    made.get_by_role("button").click()
    expect(page.get_by_role("progressbar").first).to_be_visible()
    work_off()
    link = page.locator(f'main a[href$="/papers/{kind}/file/"]').first
    expect(link).to_be_visible()  # the page renews itself
    with page.expect_download() as download:
        link.click()
    download.value.save_as(tmp_path / f"{kind}.pdf")
    paper = PdfReader(io.BytesIO((tmp_path / f"{kind}.pdf").read_bytes()))
    return " ".join(" ".join(one.extract_text() for one in paper.pages).split())
