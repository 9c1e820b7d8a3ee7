"""A member from its application to sending, in the browser; and each of its pages as it is seen."""

import datetime as dt
import os
import re
from pathlib import Path
from typing import Any, Literal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from organisations.models import Membership, Organisation
from organisations.visibility import Capability
from schemes.actions.appeal import appeal
from schemes.actions.clarification import ask_clarification
from schemes.actions.definition import load_edition
from schemes.definitions.reading import read_path, shipped
from schemes.lifecycle import Outcome
from schemes.models import Answer, Assessment, EvidenceUse, Scheme
from tests.conftest import owner_role
from tests.factories import evidence as pieces
from tests.factories import organisations as people
from tests.factories.assessments import Play, as_viewer, play
from tests.findings.views.test_evidence_pages import pages_pdf
from tests.web.browsing import Open, complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Theme = Literal["light", "dark"]


def _at(name: str, *codes: Any) -> str:
    return reverse(f"schemes:{name}", args=codes)


def _enter(page: Page, who: Membership, live_server: Any) -> Page:
    client = Client()
    client.force_login(who.person)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return page


def _back2source() -> Scheme:
    body = people.organisation("Fair Standards Institute", Capability.SCHEME_BODY, is_listed=True)
    with owner_role():
        for path in shipped():
            if "back2source" in str(path):
                load_edition(read_path(path), body=body, at=timezone.now())
        return Scheme.objects.get(key="back2source")


@pytest.fixture
def buyer() -> Membership:
    organisation = people.organisation("Bright Stores", Capability.BUYER)
    return people.membership(organisation, people.person("Ada Bright"))


def test_member_applies_answers_shows_one_file_for_two_criteria_and_sends(
    buyer: Membership, open_page: Open, live_server: Any, tmp_path: Path
) -> None:
    _back2source()
    policy = tmp_path / "policy.pdf"
    policy.write_bytes(pages_pdf())
    page = _enter(open_page("livez", width=390), buyer, live_server)
    page.goto(f"{live_server.url}{_at('memberships')}")
    page.get_by_role("link", name=re.compile("See what it asks")).click()
    page.get_by_label("No. Nobody outside reads it in the register.").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have applied to BACK2SOURCE")
    page.get_by_role("link", name=re.compile("Go on")).click()
    page.get_by_role("link", name="Begin").click()
    keys = _answer_three(page)
    page.get_by_role("button", name="Save and show evidence").click()
    page.get_by_label("A new file").set_input_files(str(policy))
    page.get_by_label("What kind of evidence is it?").select_option("policy")
    page.get_by_label("No", exact=True).check()
    page.get_by_label("1. Senior-level engagement").check()
    page.get_by_role("button", name="Show it").click()
    expect(page.get_by_role("link", name="policy")).to_be_visible()
    with owner_role():
        use = EvidenceUse.objects.get()
        assert sorted(use.criteria) == sorted([keys[0], keys[2]])
        _answer_the_rest(Assessment.objects.get(), buyer)
    page.get_by_role("button", name="Save and see all").click()
    page.get_by_role("link", name="Check and send").click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sent: an assessor will look at it")
    assert page.faults == []  # type: ignore[attr-defined]
    assert page.evaluate("window.violations") == []


def _answer_three(page: Page) -> list[str]:
    """Answer three criteria; each is saved while it is typed, the keyboard leads on. Return their keys."""
    keys = []
    for number in (1, 2, 3):
        expect(page.get_by_text(f"Criterion {number} of")).to_be_visible()
        keys.append(page.url.rstrip("/").rpartition("/")[2])
        field = page.get_by_label("What do you do, and how do you know that it works?")
        field.fill(f"We look at it each month, number {number}.")
        expect(page.locator("[data-draft]")).to_contain_text("Saved")
        with owner_role():
            found = Answer.objects.get(criterion__key=keys[-1])
        assert found.text == f"We look at it each month, number {number}."
        page.get_by_label("GOLD", exact=True).check()
        if number < 3:
            field.press("Control+Enter")
    return keys


def _answer_the_rest(assessment: Assessment, who: Membership) -> None:
    known = set(assessment.answers.values_list("criterion_id", flat=True))
    for criterion in assessment.edition.criteria.exclude(pk__in=known):
        Answer.objects.create(
            assessment=assessment,
            criterion=criterion,
            text="We do.",
            language="en",
            person=who.person,
            saved_at=timezone.now(),
        )


def test_words_are_kept_when_the_session_is_over(
    buyer: Membership, open_page: Open, live_server: Any
) -> None:
    story = _story(buyer.organisation)
    page = _enter(open_page("livez"), buyer, live_server)
    url = f"{live_server.url}{_at('answer', story.assessment().code, 'c1')}"
    page.goto(url)
    page.context.clear_cookies()
    page.get_by_label("What do you do, and how do you know that it works?").fill("Not yet sent")
    expect(page.get_by_role("link", name="Sign in again")).to_be_visible()
    _enter(page, buyer, live_server)
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(url)
    expect(page.get_by_label("What do you do, and how do you know that it works?")).to_have_value(
        "Not yet sent"
    )


def _story(organisation: Organisation) -> Play:
    """An application, with one piece that could be shown and one that shows workers."""
    story = play(criteria=6, organisation=organisation)
    story.clock -= dt.timedelta(hours=2)
    story.apply(message="We want to learn.", language="en")
    pieces.evidence(organisation, title="Training records", kind="training_record")
    pieces.evidence(organisation, title="Payroll March", shows_workers=True)
    return story


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_pages_are_without_fault(
    buyer: Membership, open_page: Open, live_server: Any, width: int, theme: Theme
) -> None:
    page = _enter(open_page("livez", width=width, theme=theme), buyer, live_server)
    _back2source()
    story = _story(buyer.organisation)
    own = Client()
    own.force_login(buyer.person)
    code, home = story.assessment().code, story.membership().code
    begun = {"is_relevant": "no", "reason": "We have no agency workers.", "version": "0"}
    own.post(_at("answer", code, "c2"), begun)
    own.post(_at("answer", code, "c1"), {"is_relevant": "yes", "text": "We ask.", "claimed": "bronze"})
    link = {"url": "https://example.org/tisc", "title": "Our statement", "shows_workers": "no"}
    assert own.post(_at("evidence_show", code), link | {"criteria": ["c1", "c3"]}).status_code == 302
    with owner_role():
        use = EvidenceUse.objects.get().code
    walk = _Walk(page, live_server.url, f"{width}-{theme}")
    walk(
        _at("memberships"),
        _at("apply", "back2source"),
        _at("membership", home),
        _at("membership_consent", home),
        _at("membership_withdraw", home),
        _at("assessment", code),
        _at("answer", code, "c1"),
        _at("answer", code, "c2"),
        _at("assessment_evidence", code),
        _at("evidence_show", code) + "?criterion=c1",
        _at("evidence_use", code, use),
        _at("evidence_point", code, use),
        _at("evidence_detach", code, use),
        _at("submit", code),
    )
    _on_to_the_decision(story)
    with owner_role():
        asked = story.assessment().clarifications.get()
    walk(_at("clarifications", code), _at("clarification_answer", code, asked.code), _at("assessment", code))
    own.post(_at("clarification_answer", code, asked.code), {"answer": "Our own team.", "language": "en"})
    story.clock = timezone.now()
    story.decide(Outcome.IMPROVE, {"c1": "silver", "c3": "bronze"})
    walk(_at("decision", code), _at("answer", code, "c1"), _at("appeal", code), _at("membership", home))
    with owner_role():
        decision = Assessment.objects.get(code=code).decisions.get()
    with as_viewer(story.member) as viewer:
        appeal(viewer=viewer, decision=decision, reasons="You did not see it.", at=story.now())
    walk(_at("appeal", code), _at("memberships"), "/")


def _on_to_the_decision(story: Play) -> None:
    story.start()
    with as_viewer(story.assessor) as viewer:
        ask_clarification(
            viewer=viewer,
            assessment=story.assessment(),
            criterion=story.criteria()[0],
            question="Who trains the buyers?",
            language="en",
            at=story.now(),
        )


class _Walk:
    """Looks at pages one after the other; takes their pictures into the folder PICTURES when there is one."""

    def __init__(self, page: Page, base: str, name: str) -> None:
        self.page, self.base, self.name, self.count = page, base, name, 0

    def __call__(self, *paths: str) -> None:
        for path in paths:
            self.page.goto(f"{self.base}{path}")
            self.count += 1
            if os.environ.get("PICTURES"):
                picture = Path(os.environ["PICTURES"]) / f"{self.name}-{self.count:02}.png"
                self.page.screenshot(path=str(picture), full_page=True)
            assert (path, complaints(self.page)) == (path, [])
            assert (path, overflow(self.page)) == (path, 0)
            assert (path, self.page.evaluate("window.violations")) == (path, [])
