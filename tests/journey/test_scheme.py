"""A member from its application to the certificate that everybody can check, and out again when nothing improves.

BACK2SOURCE as it is shipped. Everybody signs in by the form and clicks what the page offers; worker, relay and
scheduler do their part between; the clock is moved to the days on which something falls due.
"""

import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import LazySettings
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from config.settings import documents_storage
from ledger.models import Delivery
from organisations.models import Organisation
from organisations.queries import viewer_from
from organisations.visibility import Capability, Role, Viewer
from schemes.actions.answer import save_answer
from schemes.actions.definition import load_edition
from schemes.definitions.reading import read_path, shipped
from schemes.lifecycle import Outcome
from schemes.models import Assessment, Certificate, Edition, EvidenceUse, SchemeMembership, Score
from schemes.models.facts import AnswerSaid
from tests.conftest import job_role, owner_role
from tests.factories.assessments import Play, as_viewer
from tests.factories.organisations import membership, organisation, person
from tests.factories.organisations import viewer as viewer_of
from tests.findings.views.test_evidence_pages import pages_pdf
from tests.journey.walking import Walker, work_off
from tests.web.browsing import complaints, overflow
from web.dates import day_text

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MEMBER, BODY = "Surma Shoes Ltd.", "Fair Standards Institute"
PEOPLE = ("member", "boss", "assessor", "decider")
CRITERIA = 17
Signed = Callable[[str], Walker]


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: LazySettings) -> None:
    """Keep documents under a folder that goes away with the test."""
    settings.STORAGES = settings.STORAGES | {"documents": documents_storage(f"file://{tmp_path}/files")}


@pytest.fixture
def body(transactional_db: None) -> Organisation:
    """The organisation that runs BACK2SOURCE."""
    made = organisation(BODY, Capability.SCHEME_BODY, is_listed=True)
    path = next(one for one in shipped() if one.parent.name == "back2source")
    with owner_role():
        load_edition(read_path(path), body=made, at=timezone.now())
    return made


@pytest.fixture
def cast(body: Organisation) -> dict[str, Viewer]:
    """A member's person, and three of the scheme body: who coordinates, who assesses and who decides."""
    maker, found = organisation(MEMBER), {}
    for name in PEOPLE:
        who = person(name=name.title(), email=f"{name}@example.org")
        role = Role.ADMIN if name in {"member", "boss"} else Role.EDITOR
        found[name] = viewer_from(membership(maker if name == "member" else body, who, role))
        with owner_role():
            EmailAddress.objects.create(user=who, email=who.email, verified=True, primary=True)
    return found


@pytest.fixture
def signed(cast: dict[str, Viewer], open_page: Any, live_server: Any) -> Signed:
    """Return a function that signs one of the cast in, in a browser of their own."""

    def make(name: str) -> Walker:
        walker = Walker(open_page("livez"), live_server.url)
        walker.sign_in(f"{name}@example.org")
        return walker

    return make


@contextmanager
def on(day: dt.date, hour: int = 12) -> Iterator[dt.datetime]:
    """Have it be that hour of a day, in UTC, for pages and workers alike."""
    moment = dt.datetime.combine(day, dt.time(hour), tzinfo=dt.UTC)
    with time_machine.travel(moment, tick=True):
        yield moment


def _theirs() -> SchemeMembership:
    with owner_role():
        return SchemeMembership.objects.get()


def _heading(walker: Walker, words: str | re.Pattern[str]) -> None:
    expect(walker.page.get_by_role("heading", level=1)).to_contain_text(words)


def _sound(page: Page) -> None:
    """Expect nothing wrong with the page, in any of the senses that can be measured."""
    assert complaints(page) == []
    assert overflow(page) == 0
    assert page.evaluate("window.violations") == []
    assert page.faults == []  # type: ignore[attr-defined]


def test_from_an_application_to_the_end_of_the_membership(
    signed: Signed, open_page: Any, tmp_path: Path
) -> None:
    member, boss, assessor, decider = (signed(name) for name in PEOPLE)
    _apply(member)
    _answer_everything(member, tmp_path)
    _send(member)
    work_off()
    _assign(boss)
    _declare(assessor)
    assessor.press("Begin to assess")
    _score_everything(assessor)
    _propose(assessor, "reaches GOLD")
    work_off()
    _declare(decider)
    _decide(decider, Outcome.AWARD, "Level awarded")
    work_off()
    certificate = _take_the_certificate(member, tmp_path)
    _checked_by_anybody(open_page, certificate, "This certificate is valid", "Valid until")

    notice_by = _six_months_on_nothing_improved(signed, tmp_path)
    _checked_by_anybody(open_page, certificate, "This certificate is valid", "Valid until")
    day = _the_notice_runs_out(signed, notice_by)
    with on(day):
        _checked_by_anybody(open_page, certificate, "This certificate was withdrawn", "Withdrawn")
        member = signed("member")
        member.go(f"/scheme-memberships/{_theirs().code}/")
        _heading(member, "You are no longer a member of BACK2SOURCE")
        member.shoot("scheme-17-removed")
    assert "Surma Shoes Ltd. is no longer a member of BACK2SOURCE" in {one.subject for one in mail.outbox}


def _apply(member: Walker) -> None:
    member.open("Schemes", re.compile("See what it asks"))  # type: ignore[arg-type]
    member.page.get_by_role("radio", name=re.compile("^Yes")).check()
    member.shoot("scheme-01-apply")
    _sound(member.page)
    member.press("Apply")
    _heading(member, "You have applied to BACK2SOURCE")
    member.open(re.compile("Go on"), "Begin")  # type: ignore[arg-type]


def _answer_everything(member: Walker, tmp_path: Path) -> None:
    """Answer criterion by criterion; one file, added once, shows three of them."""
    page = member.page
    for number in range(1, CRITERIA + 1):
        expect(page.get_by_text(f"Criterion {number} of {CRITERIA}")).to_be_visible()
        page.get_by_label("What do you do, and how do you know").fill(
            f"We look at it monthly, number {number}."
        )
        page.get_by_label("GOLD", exact=True).check()
        if number == 3:
            _sound(page)
            member.shoot("scheme-02-answer")
            _show_one_file(member, tmp_path)
        page.get_by_role("button", name=re.compile("Save and (next|check)")).click()
    _heading(member, "Everything is answered. Send it?")


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


def _send(member: Walker) -> None:
    member.shoot("scheme-04-send")
    member.page.get_by_role("button", name="Send", exact=True).click()
    _heading(member, "Sent: an assessor will look at it")


def _to_the_assessment(walker: Walker) -> None:
    walker.page.get_by_role("navigation", name="Main").get_by_role("link", name="Assessments").click()
    walker.page.locator("main").get_by_role("link", name=MEMBER).first.click()
    walker.page.wait_for_url(re.compile(r"/assessments/\w+/$"))


def _assign(boss: Walker) -> None:
    _to_the_assessment(boss)
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
    _sound(boss.page)


def _declare(walker: Walker) -> None:
    _to_the_assessment(walker)
    walker.open("Declare your interests")
    walker.page.get_by_label("I have no part in this organisation, nor do I support it.").check()
    walker.shoot("scheme-06-declare")
    walker.press("Declare")
    walker.page.wait_for_url(re.compile(r"/assessments/\w+/$"))
    walker.reads("It is open to you now.")


def _score_everything(assessor: Walker) -> None:
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


def _propose(assessor: Walker, result: str, improved: str = "") -> None:
    assessor.open("Propose a result")
    _heading(assessor, result)
    if improved:
        assessor.page.get_by_role("radio", name=improved, exact=True).check()
        assessor.page.get_by_label("What you saw of it").fill("Nothing that was new.")
    assessor.shoot(f"scheme-08-propose{improved}")
    _sound(assessor.page)
    assessor.page.get_by_role("button", name="Propose", exact=True).click()
    _heading(assessor, "waits for a decision")


def _decide(decider: Walker, outcome: Outcome, words: str, *, notice_by: dt.date | None = None) -> None:
    decider.page.get_by_role("link", name="Decide", exact=True).click()
    page = decider.page
    page.locator(f'input[name="outcome"][value="{outcome}"]').check()
    page.get_by_label("Reasons").fill("As the scores say.")
    if notice_by:
        page.locator("[name=words]").fill("Train every buyer, and show what changed.")
        page.locator("[name=answer_by]").fill(notice_by.isoformat())
    decider.shoot(f"scheme-09-decide-{outcome}")
    _sound(page)
    page.get_by_role("button", name="Decide", exact=True).click()
    decider.reads("Decided. The member is told today.", words)


def _paper(member: Walker, kind: str, tmp_path: Path) -> str:
    """Have a paper made, take it away when it is there, and return what it says."""
    page = member.page
    member.go(f"/scheme-memberships/{_theirs().code}/papers/")
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


def _take_the_certificate(member: Walker, tmp_path: Path) -> Certificate:
    with owner_role():
        made = Certificate.objects.get()
        assert Score.objects.filter(value="gold").count() == CRITERIA
    assert made.level_title == "GOLD"
    text = _paper(member, "certificate", tmp_path)
    assert all(words in text for words in ("GOLD", MEMBER, "BACK2SOURCE"))
    assert made.code in text.replace(" ", "")
    member.shoot("scheme-10-papers")
    return made


def _checked_by_anybody(open_page: Any, certificate: Certificate, heading: str, badge: str) -> None:
    """Look as somebody without an account: by the code's page and by the picture on the member's own pages."""
    page = open_page(f"verify/{certificate.code}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.locator("body")).to_contain_text(MEMBER)
    _sound(page)
    picture = page.request.get(f"{page.url}badge.svg")
    assert picture.ok
    assert badge in picture.text()
    page.context.close()


def _six_months_on_nothing_improved(signed: Signed, tmp_path: Path) -> dt.date:
    """Be reminded, send the same again, and get an improvement notice; return by when it wants an answer."""
    due = _theirs().next_due_on
    assert due is not None
    with on(due - dt.timedelta(days=60)):
        work_off()
    assert _letters("Your next assessment by BACK2SOURCE is open") == 1
    with on(due - dt.timedelta(days=30)):
        work_off()
        work_off()
        assert _letters(f"BACK2SOURCE waits for your answers by {day_text(due)}") == 1
    with on(due - dt.timedelta(days=20)):
        _assess_again(signed)
        decider = signed("decider")
        _declare(decider)
        wanted = timezone.now().date() + dt.timedelta(days=100)
        _decide(decider, Outcome.NOTICE, "Improvement notice", notice_by=wanted)
        work_off()
        member = signed("member")
        member.go(f"/scheme-memberships/{_theirs().code}/")
        _heading(member, "You are GOLD, on notice")
        member.reads("Train every buyer, and show what changed.")
        member.shoot("scheme-11-on-notice")
        _sound(member.page)
        text = _paper(member, "notice", tmp_path)
        assert "Train every buyer, and show what changed." in text
    assert _letters("An improvement notice from BACK2SOURCE") == 1
    return wanted


def _the_notice_runs_out(signed: Signed, notice_by: dt.date) -> dt.date:
    """Be assessed anew by the day of the notice, without progress, and be removed; return the day."""
    assert _theirs().level_title == "GOLD"
    with on(notice_by - dt.timedelta(days=60)):
        work_off()
    assert _letters("Your next assessment by BACK2SOURCE is open") == 2
    day = notice_by - dt.timedelta(days=5)
    with on(day):
        _assess_again(signed)
        decider = signed("decider")
        _declare(decider)
        _decide(decider, Outcome.REMOVE, "Removed")
        work_off()
    return day


def _assess_again(signed: Signed) -> None:
    """Send what was said last time, and have every criterion scored as before: nothing got better."""
    member, boss, assessor = signed("member"), signed("boss"), signed("assessor")
    member.go(f"/scheme-memberships/{_theirs().code}/")
    member.page.get_by_role("link", name="Check and send").first.click()
    _send(member)
    work_off()
    _assign(boss)
    _declare(assessor)
    assessor.press("Begin to assess")
    _score_everything(assessor)
    _propose(assessor, "reaches GOLD", improved="No")
    work_off()


def _letters(subject: str) -> int:
    """Return how many letters with this subject have gone to the member's person."""
    with job_role():
        assert not Delivery.objects.filter(channel="email", state="pending", next_try_at__lte=timezone.now())
    return sum(one.subject == subject and one.to == ["member@example.org"] for one in mail.outbox)


class InBack2Source(Play):
    """A story in the scheme that is shipped: its member claims no level."""

    def answer(self) -> Assessment:
        """Let the member answer every criterion that has no answer yet."""
        assessment = self.assessment()
        with as_viewer(self.member) as viewer:
            known = set(assessment.answers.values_list("criterion_id", flat=True))
            for one in self.criteria():
                if one.pk not in known:
                    save_answer(
                        viewer=viewer,
                        assessment=assessment,
                        criterion=one,
                        said=AnswerSaid(text=f"We do {one.title}.", language="en"),
                        version=0,
                        at=self.now(),
                    )
        return self.assessment()


def test_from_above_the_lowest_a_member_moves_one_level_down(
    body: Organisation, cast: dict[str, Viewer], signed: Signed, open_page: Any
) -> None:
    with owner_role():
        edition = Edition.objects.select_related("scheme").get()
        maker = Organisation.objects.get(name=MEMBER)
    people: Any = {name: cast[name] for name in PEOPLE}
    story = InBack2Source(edition.scheme, edition, body, maker, reviewer=viewer_of(body), **people)
    story.apply()
    story.decide(Outcome.AWARD, "platinum")
    story.interim()
    story.decide(Outcome.NOTICE, "platinum", is_improved=False)
    story.interim()
    story.propose("platinum", is_improved=False)
    with owner_role():
        before = Certificate.objects.order_by("pk").last()
    assert before is not None
    assert before.level_title == "PLATINUM"
    with on(story.clock.date() + dt.timedelta(days=1)):
        decider = signed("decider")
        _to_the_assessment(decider)
        _decide(decider, Outcome.DOWN, "Moved one level down")
        work_off()
        with owner_role():
            after = Certificate.objects.order_by("pk").last()
        assert after is not None
        assert (after.level_title, _theirs().level_title) == ("GOLD", "GOLD")
        _checked_by_anybody(
            open_page, before, "This certificate was followed by a newer one", "Followed by a newer one"
        )
        _checked_by_anybody(open_page, after, "This certificate is valid", "GOLD")
        member = signed("member")
        member.go(f"/scheme-memberships/{_theirs().code}/")
        _heading(member, "You are a member of BACK2SOURCE: GOLD")
        _sound(member.page)
    assert _letters(f"{MEMBER} is moved down to GOLD of BACK2SOURCE") == 1
