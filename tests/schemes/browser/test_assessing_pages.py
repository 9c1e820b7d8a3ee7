"""Scoring, proposing and deciding as they are seen and done: by the keyboard alone, narrow and wide, light and dark."""

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from documents.pdf import render_pdf
from organisations.models import Person
from organisations.visibility import Capability, Role, Viewer
from schemes.actions.answer import save_answer
from schemes.actions.appeal import appeal
from schemes.actions.assessment import go_on, start_assessing
from schemes.actions.clarification import ask_clarification
from schemes.actions.definition import load_edition
from schemes.actions.evidence import attach
from schemes.actions.people import assign
from schemes.definitions.reading import read_path, shipped
from schemes.models import Assessment, Assignment, Certificate, Score
from schemes.models.facts import AnswerSaid
from sourcing.actions.evidence import add_evidence
from sourcing.models.evidence_facts import EvidenceFacts
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories.assessments import Play, as_viewer
from tests.web.browsing import Open, complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SHOTS", "")
SIZES: list[tuple[int, Literal["light", "dark"]]] = [(390, "light"), (1280, "dark")]
if SHOTS:
    SIZES += [(1280, "light"), (390, "dark")]
PAPER = "<html lang=en><title>Policy</title><h1>Modern slavery policy</h1><p>{}</p></html>".format(
    "Whoever buys signs it each year. " * 60
)


@dataclass(frozen=True)
class Desk:
    """A scheme body that runs BACK2SOURCE, and an applicant that has sent its answers."""

    story: Play
    second: Viewer

    def cookie(self, viewer: Viewer) -> dict[str, str]:
        client = Client()
        with owner_role():
            client.force_login(Person.objects.get(pk=viewer.person_id))
        return {"name": settings.SESSION_COOKIE_NAME, "value": str(client.session.session_key)}


@pytest.fixture
def desk() -> Desk:
    body = people.organisation("Fair Origins", Capability.SCHEME_BODY)
    member = people.organisation("Harrow Foods")
    path = next(one for one in shipped() if one.parent.name == "back2source")
    with owner_role():
        edition = load_edition(read_path(path), body=body, at=timezone.now())
    assert edition is not None
    story = Play(
        scheme=edition.scheme,
        edition=edition,
        body=body,
        organisation=member,
        boss=people.viewer(body),
        assessor=people.viewer(body, Role.EDITOR),
        decider=people.viewer(body, Role.EDITOR),
        reviewer=people.viewer(body, Role.EDITOR),
        member=people.viewer(member),
    )
    story.clock = timezone.now() - dt.timedelta(days=2)
    story.apply()
    _answer(story)
    _show(story)
    story.submit()
    story.staff()
    return Desk(story, _second(story))


def _answer(story: Play) -> None:
    assessment = story.assessment()
    with as_viewer(story.member) as viewer:
        for criterion in story.criteria():
            said = AnswerSaid(
                text=f"{criterion.title}: our board looks at it twice a year, and buyers sign the rules.",
                claimed="gold",
                language="en",
            )
            save_answer(
                viewer=viewer,
                assessment=assessment,
                criterion=criterion,
                said=said,
                version=0,
                at=story.now(),
            )


def _show(story: Play) -> None:
    file = SimpleUploadedFile("policy.pdf", render_pdf(PAPER), content_type="application/pdf")
    with as_viewer(story.member) as viewer:
        piece = add_evidence(
            viewer=viewer,
            facts=EvidenceFacts(kind="policy", title="Modern slavery policy v4"),
            sites=[],
            file=file,
            shows_workers=False,
            at=story.now(),
        )
        keys = [one.key for one in story.criteria()][:3]
        attach(viewer=viewer, assessment=story.assessment(), evidence=piece, criteria=keys, at=story.now())


def _second(story: Play) -> Viewer:
    second = people.viewer(story.body, Role.EDITOR)
    with as_viewer(story.boss) as boss:
        assign(
            viewer=boss,
            assessment=story.assessment(),
            person=Person.objects.get(pk=second.person_id),
            role=Assignment.Role.ASSESSOR,
            at=story.now(),
        )
    story.declare(second)
    return second


def _enter(page: Page, desk: Desk, who: Viewer, base: str) -> None:
    page.context.clear_cookies()
    cookie = desk.cookie(who)
    page.context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": base}])


def _look(page: Page, name: str) -> list[str]:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    wide = overflow(page)
    violations: list[str] = page.evaluate("window.violations")
    faults: list[str] = page.faults  # type: ignore[attr-defined]
    return [*complaints(page), *violations, *faults, *([f"{wide} px too wide"] if wide else [])]


def test_seventeen_criteria_are_scored_and_decided_by_the_keyboard_alone(
    desk: Desk, open_page: Open, live_server: Any
) -> None:
    page, story, base = open_page(""), desk.story, live_server.url
    code = story.assessment().code
    _enter(page, desk, story.assessor, base)
    page.goto(f"{base}/assessments/{code}/")
    page.get_by_role("button", name="Begin to assess").focus()
    page.keyboard.press("Enter")
    criteria = story.criteria()
    for number, criterion in enumerate(criteria, start=1):
        page.wait_for_url(f"**/score/{criterion.key}/")
        expect(page.locator('input[name="choice"]').first).to_be_focused()
        page.keyboard.press("2")
        expect(page.locator('input[value="gold"]')).to_be_checked()
        page.keyboard.press("Tab")
        while page.evaluate("document.activeElement.name") != "rationale":
            page.keyboard.press("Tab")
        page.keyboard.type(f"Seen in paper {number}.")
        page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/assessments/{code}/")
    page.get_by_role("link", name="Propose a result").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("reaches GOLD")
    page.get_by_role("button", name="Propose").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("waits for a decision")

    _enter(page, desk, story.decider, base)
    page.goto(f"{base}/assessments/{code}/")
    page.get_by_role("link", name="Decide", exact=True).focus()
    page.keyboard.press("Enter")
    page.locator('input[value="award"]').focus()
    page.keyboard.press("Space")
    page.get_by_label("Reasons").focus()
    page.keyboard.type("As the scores say.")
    page.get_by_role("button", name="Decide").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Level awarded")
    assert story.membership().level_title == "GOLD"
    with owner_role():
        assert Score.objects.filter(assessment__code=code, value="gold").count() == len(criteria) == 17
        assert Certificate.objects.get().level_title == "GOLD"
    assert page.faults == []  # type: ignore[attr-defined]


def test_two_who_save_at_once_meet_in_the_merge_view(desk: Desk, open_page: Open, live_server: Any) -> None:
    story, base = desk.story, live_server.url
    assessment = _started(story)
    key = story.criteria()[0].key
    one, other = open_page(""), open_page("")
    for page, who in ((one, story.assessor), (other, desk.second)):
        _enter(page, desk, who, base)
        page.goto(f"{base}/assessments/{assessment.code}/score/{key}/")
    for page, digit, words in (
        (one, "2", "Papers of May show it."),
        (other, "3", "Talks in June show more."),
    ):
        page.locator('input[name="choice"]').first.focus()
        page.keyboard.press(digit)
        page.get_by_label("Why this level").fill(words)
    expect(one.locator(".saved")).to_contain_text("Saved")
    expect(one.locator("#score-bar")).to_contain_text("1 of 17 scored")
    expect(other.locator(".saved")).to_contain_text("saved this too")
    other.get_by_role("button", name="Save and next").click()
    merge = other.locator("#merge")
    expect(merge).to_contain_text("Papers of May show it.")
    expect(merge).to_contain_text("Talks in June show more.")
    assert _look(other, "merge") == []
    merge.get_by_role("group", name="Level reached").get_by_label("Keep mine").check()
    merge.get_by_role("group", name="Why this level").get_by_label("Keep what").check()
    other.get_by_role("button", name="Save and next").click()
    other.wait_for_url(f"**/score/{story.criteria()[1].key}/")
    with owner_role():
        found = Score.objects.get(assessment=assessment)
        assert (found.value, found.rationale) == ("platinum", "Papers of May show it.")
        assert found.versions.count() == found.version


def test_going_to_another_criterion_takes_words_along(desk: Desk, open_page: Open, live_server: Any) -> None:
    story, base = desk.story, live_server.url
    assessment = _started(story)
    keys = [one.key for one in story.criteria()]
    page = open_page("")
    _enter(page, desk, story.assessor, base)
    page.goto(f"{base}/assessments/{assessment.code}/score/{keys[1]}/")
    page.keyboard.press("3")
    page.keyboard.press("j")
    page.wait_for_url(f"**/score/{keys[2]}/")
    page.keyboard.press("k")
    page.wait_for_url(f"**/score/{keys[1]}/")
    expect(page.locator('input[value="platinum"]')).to_be_checked()
    expect(page.locator('input[value="platinum"]')).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator('input[value="diamond"]')).to_be_checked()
    page.get_by_label("Why this level").fill("Half a sen")
    page.keyboard.press("Alt+ArrowUp")
    page.wait_for_url(f"**/score/{keys[0]}/")
    page.get_by_role("link", name="Modern slavery policy v4").click()
    expect(page.locator("#sheet img")).to_be_visible()
    with owner_role():
        found = Score.objects.get(assessment=assessment)
        assert (found.value, found.rationale) == ("diamond", "Half a sen")


def _started(story: Play) -> Assessment:
    with as_viewer(story.assessor) as viewer:
        start_assessing(viewer=viewer, assessment=story.assessment(), at=story.now())
    return story.assessment()


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_pages_are_clean(
    desk: Desk, open_page: Open, live_server: Any, width: int, theme: Literal["light", "dark"]
) -> None:
    story, base = desk.story, live_server.url
    assessment = _started(story)
    keys = [one.key for one in story.criteria()]
    values = {key: "platinum" if place % 3 else "gold" for place, key in enumerate(keys)}
    story.score(
        values, is_working_towards=True, towards_plan="Train all buyers", likely_on=dt.date(2027, 9, 1)
    )
    with as_viewer(story.assessor) as viewer:
        ask_clarification(
            viewer=viewer,
            assessment=assessment,
            question="Since when do buyers sign?",
            criterion=story.criteria()[0],
            at=story.now(),
        )
    new = people.viewer(story.body, Role.EDITOR)
    at = f"/assessments/{assessment.code}"
    pages = {
        "work-list": (story.assessor, "/assessments/"),
        "body": (story.assessor, f"{at}/"),
        "score": (story.assessor, f"{at}/score/{keys[0]}/?show={_use(assessment)}"),
        "score-read": (story.decider, f"{at}/score/{keys[1]}/"),
        "declare": (new, f"{at}/declare/"),
        "undeclared": (new, f"{at}/"),
        "assign": (story.boss, f"{at}/assign/"),
        "ask": (story.assessor, f"{at}/ask/?criterion={keys[0]}"),
        "appeals-empty": (story.boss, "/scheme-appeals/"),
    }
    page = open_page("", width=width, theme=theme)
    wrong = _visit(page, desk, base, pages, width, theme)
    with as_viewer(story.assessor) as viewer:
        go_on(viewer=viewer, assessment=assessment, at=story.now())
    wrong |= _visit(page, desk, base, {"propose": (story.assessor, f"{at}/propose/")}, width, theme)
    story.propose(values)
    decision_pages = {
        "decide": (story.decider, f"{at}/decide/"),
        "send-back": (story.decider, f"{at}/send-back/"),
    }
    wrong |= _visit(page, desk, base, decision_pages, width, theme)
    decision = story.decide()
    with as_viewer(story.member) as viewer:
        made = appeal(viewer=viewer, decision=decision, reasons="We see it otherwise.", at=story.now())
    story.declare(story.reviewer)
    last = {
        "appeals": (story.boss, "/scheme-appeals/"),
        "appeal": (story.reviewer, f"/scheme-appeals/{made.code}/"),
        "decided": (story.assessor, f"{at}/"),
    }
    wrong |= _visit(page, desk, base, last, width, theme)
    assert wrong == {}


def _use(assessment: Assessment) -> str:
    with owner_role():
        return str(assessment.evidence_uses.get().code)


def _visit(
    page: Page, desk: Desk, base: str, pages: dict[str, tuple[Viewer, str]], width: int, theme: str
) -> dict[str, list[str]]:
    wrong = {}
    for name, (who, path) in pages.items():
        _enter(page, desk, who, base)
        answer = page.goto(f"{base}{path}")
        assert answer is not None
        assert answer.status == 200, name
        if found := _look(page, f"{name}-{width}-{theme}"):
            wrong[name] = found
    return wrong
