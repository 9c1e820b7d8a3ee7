"""Feedback rounds as those who ask, those who are asked and those who answer see them, with words of the demo world."""

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from config.demo.cast import gather_cast
from config.demo.feedback import schedule_feedback
from config.demo.forum import schedule_forum
from config.demo.stage import Stage
from config.demo.trade import open_sites
from forum.actions.feedback import prepare_round
from forum.models import FeedbackComment, FeedbackProject, FeedbackRound, Group, Project
from forum.models.feedback_facts import RoundSaid
from tests.conftest import owner_role
from tests.web.browsing import Open, complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SHOTS", "")
SIZES: list[tuple[int, Literal["light", "dark"]]] = [(390, "dark"), (1280, "light")]
KEY = "joint-remediation"


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    """Play the forum of the demo world with its rounds; one more is a draft."""
    with owner_role(), transaction.atomic():
        made = Stage(timezone.now())
        gather_cast(made)
        open_sites(made)
        schedule_forum(made)
        schedule_feedback(made)
        made.play()
        group = Group.objects.get(key=KEY)
    said = RoundSaid("A draft", "What do you think?", timezone.now() + timedelta(days=9), for_all=True)
    with made.acting("morningshift", "grace") as viewer:
        prepare_round(viewer=viewer, group=group, said=said, at=timezone.now())
    return made


def _look(page: Page, name: str) -> list[str]:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    wide, violations = overflow(page), page.evaluate("window.violations")
    faults: list[str] = page.faults  # type: ignore[attr-defined]
    return [*complaints(page), *violations, *faults, *([f"{wide} px too wide"] if wide else [])]


def _at(name: str, *args: Any) -> str:
    return reverse(f"forum:{name}", args=args)


def _places() -> list[tuple[str, str, str]]:
    """Return name, who looks and the address."""
    with owner_role():
        draft, done, runs = (
            FeedbackRound.objects.get(state=one).code for one in ("draft", "finished", "open")
        )
        part = FeedbackProject.objects.filter(round__code=runs).first()
        waits = FeedbackComment.objects.waiting().first()
        project = Project.objects.earliest("pk").code
    assert part is not None
    assert waits is not None
    return [
        ("work", "grace", _at("group_work", KEY)),
        ("work-asked", "khue", _at("group_work", "audit-quality")),
        ("rounds", "grace", _at("feedback_rounds", KEY)),
        ("rounds-asked", "khue", _at("feedback_rounds", "audit-quality")),
        ("new", "grace", _at("feedback_new", KEY)),
        ("draft", "grace", _at("feedback_round", KEY, draft)),
        ("present", "grace", _at("feedback_present", KEY, draft, project)),
        ("open-lead", "grace", _at("feedback_round", KEY, runs)),
        ("open-inside", "hannah", _at("feedback_round", KEY, runs)),
        ("answer", "grace", _at("feedback_answer", KEY, waits.code)),
        ("withdraw", "grace", _at("feedback_withdraw", KEY, runs)),
        ("read", "khue", _at("feedback_read", runs)),
        ("comment", "shafiq", f"{_at('feedback_comment', runs, part.code)}?question=1"),
        ("read-done", "khue", _at("feedback_read", done)),
    ]


def _enter(page: Page, stage: Stage, who: str, live_server: Any) -> None:
    client = Client()
    client.force_login(stage.people[who])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )


def test_pages_of_feedback_rounds_are_whole(open_page: Open, live_server: Any, stage: Stage) -> None:
    wrong = {}
    places = _places()
    for width, theme in SIZES:
        page = open_page("livez", width=width, theme=theme)
        for name, who, path in places:
            _enter(page, stage, who, live_server)
            page.goto(f"{live_server.url}{path}")
            page.wait_for_load_state("networkidle")
            if found := _look(page, f"{name}-{width}-{theme}"):
                wrong[f"{name} {width} {theme}"] = found
        page.close()
    assert wrong == {}


def test_a_comment_is_made_and_answered(open_page: Open, live_server: Any, stage: Stage) -> None:
    page = open_page("livez", width=390)
    _enter(page, stage, "khue", live_server)
    page.goto(f"{live_server.url}{_at('group_work', 'audit-quality')}")
    page.get_by_role("link", name="Would you use these two at your site?").click()
    page.get_by_role("link", name=re.compile("^Comment.*What would stop you")).click()
    expect(page.get_by_role("radio", name="What would stop you?")).to_be_checked()
    page.get_by_label("Your comment").fill("Nobody has time in the season.")
    page.get_by_role("button", name="Comment").click()
    expect(page.get_by_text("Nobody has time in the season.")).to_be_visible()
    page.close()
    page = open_page("livez", width=390)
    _enter(page, stage, "grace", live_server)
    page.goto(f"{live_server.url}{_at('feedback_rounds', KEY)}")
    page.get_by_role("link", name="Would you use these two at your site?").click()
    page.get_by_role("link", name="3 wait for an answer").click()
    said = page.get_by_role("article").filter(has_text="Nobody has time in the season.")
    said.get_by_role("link", name="Answer").click()
    page.get_by_role("radio", name="We keep it for later").check()
    page.get_by_label("Answer").fill("We ask again in autumn.")
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("We ask again in autumn.")).to_be_visible()
    expect(page.get_by_text("Kept for later")).to_be_visible()
