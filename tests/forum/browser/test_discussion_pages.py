"""A discussion as its people see it, with the words of the demo world: phone and desk, light, dark, right to left."""

import os
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from config.demo.cast import gather_cast
from config.demo.discussion import schedule_discussion
from config.demo.forum import schedule_forum
from config.demo.stage import Stage
from config.demo.trade import open_sites
from forum.models import NewsChoice, Post, Thread
from forum.queries.news import stop_path
from tests.conftest import owner_role
from tests.web.browsing import Open, complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SHOTS", "")
SIZES: list[tuple[int, Literal["light", "dark"]]] = [
    (390, "light"),
    (1280, "dark"),
    (1280, "light"),
    (390, "dark"),
]
KEY = "joint-remediation"


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    """Play the groups of the demo world and what is said in them."""
    with owner_role():
        made = Stage(timezone.now())
        gather_cast(made)
        open_sites(made)
        schedule_forum(made)
        schedule_discussion(made)
        made.play()
    return made


def _look(page: Page, name: str) -> list[str]:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    wide, violations = overflow(page), page.evaluate("window.violations")
    faults: list[str] = page.faults  # type: ignore[attr-defined]
    return [*complaints(page), *violations, *faults, *([f"{wide} px too wide"] if wide else [])]


def _at(name: str, *args: Any) -> str:
    return reverse(f"forum:{name}", args=args)


def _places(stage: Stage) -> list[tuple[str, str, str]]:
    """Return name, who looks and the address."""
    with owner_role():
        thread = Thread.objects.get(title__startswith="Paying back")
        edited = Post.objects.exclude(edited_at=None).get()
        own = Post.objects.filter(person=stage.people["grace"]).earliest("pk")
        locked = Thread.objects.get(is_locked=True)
        choice = NewsChoice.objects.get(
            person=stage.people["grace"], organisation=stage.organisations["morningshift"]
        )
    return [
        ("threads", "nasrin", _at("group_discussion", KEY)),
        ("threads-lead", "sam", _at("group_discussion", "audit-quality")),
        ("thread", "inma", _at("thread", KEY, thread.code)),
        ("thread-lead", "grace", _at("thread", KEY, thread.code)),
        ("thread-locked", "lucien", _at("thread", "audit-quality", locked.code)),
        ("thread-new", "nasrin", _at("thread_new", KEY)),
        ("reply", "nasrin", _at("thread_reply", KEY, thread.code)),
        ("search", "nasrin", _at("discussion_search", KEY) + "?q=fees"),
        ("own", "nasrin", _at("discussion")),
        ("found", "nasrin", _at("discussion") + "?q=workers"),
        ("edit", "grace", _at("post_edit", KEY, own.code)),
        ("delete", "grace", _at("post_delete", KEY, own.code)),
        ("report", "nasrin", _at("post_report", KEY, own.code)),
        ("history", "hannah", _at("post_history", KEY, edited.code)),
        ("moderation", "sam", _at("moderation", "audit-quality")),
        ("news", "grace", _at("news")),
        ("stop", "grace", stop_path(choice)),
    ]


def _enter(page: Page, stage: Stage, who: str, live_server: Any) -> None:
    client = Client()
    client.force_login(stage.people[who])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )


def test_pages_of_a_discussion_are_whole(open_page: Open, live_server: Any, stage: Stage) -> None:
    wrong = {}
    for name, who, path in _places(stage):
        for width, theme in SIZES if SHOTS else SIZES[:2]:
            page = open_page("livez", width=width, theme=theme)
            _enter(page, stage, who, live_server)
            page.goto(f"{live_server.url}{path}")
            page.wait_for_load_state("networkidle")
            if found := _look(page, f"{name}-{width}-{theme}"):
                wrong[f"{name} {width} {theme}"] = found
            if name in {"thread", "threads"} and theme == "light":
                page.evaluate("document.documentElement.dir = 'rtl'")
                if found := _look(page, f"{name}-{width}-rtl"):
                    wrong[f"{name} {width} right to left"] = found
            page.close()
    assert wrong == {}


def test_a_post_is_written_and_a_long_one_survives_the_end_of_a_session(
    open_page: Open, live_server: Any, stage: Stage
) -> None:
    page = open_page("livez", width=390)
    _enter(page, stage, "nasrin", live_server)
    with owner_role():
        thread = Thread.objects.get(title__startswith="Template for sharing")
    here = f"{live_server.url}{_at('thread', KEY, thread.code)}"
    page.goto(here)
    page.get_by_role("textbox", name="Your post").fill("We tried **it** again.")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.locator(".post").last.locator("strong")).to_have_text("it")
    long = "A long answer that took an hour to write. " * 40
    page.get_by_role("textbox", name="Your post").fill(long)
    with owner_role():
        Session.objects.all().delete()
    page.get_by_role("button", name="Post", exact=True).click()
    page.wait_for_url("**/accounts/login/**")
    _enter(page, stage, "nasrin", live_server)
    page.goto(here)
    expect(page.get_by_role("textbox", name="Your post")).to_have_value(long)
