"""Meetings and minutes as those who lead, write, visit and read see them, with the words of the demo world."""

import os
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from config.demo.cast import gather_cast
from config.demo.forum import schedule_forum
from config.demo.meetings import schedule_meetings
from config.demo.stage import Stage
from config.demo.trade import open_sites
from documents.models import Rendering
from documents.renderings import work
from documents.storage import open_bytes
from forum.actions.minutes import ask_for_minutes_pdf, correct_minutes
from forum.models import Meeting, Minutes
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
LEAD, WRITER = ("morningshift", "grace"), ("northfield", "hannah")


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    """Play the forum of the demo world, with its meetings; one PDF is made, one correction begun."""
    with owner_role():
        made = Stage(timezone.now())
        gather_cast(made)
        open_sites(made)
        schedule_forum(made)
        schedule_meetings(made)
        made.play()
        agreed = Minutes.objects.select_related("meeting__group", "group").get(state="published")
    at = timezone.now()
    with made.acting(*LEAD) as viewer:
        wanted = ask_for_minutes_pdf(viewer=viewer, minutes=agreed, at=at)
        correct_minutes(viewer=viewer, minutes=agreed, why="The day of the next meeting was wrong.", at=at)
    work(organisation_id=wanted.organisation_id, person_id=wanted.person_id, rendering_id=wanted.pk)
    return made


def _look(page: Page, name: str) -> list[str]:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    wide, violations = overflow(page), page.evaluate("window.violations")
    faults: list[str] = page.faults  # type: ignore[attr-defined]
    return [*complaints(page), *violations, *faults, *([f"{wide} px too wide"] if wide else [])]


def _at(name: str, *args: Any) -> str:
    return reverse(f"forum:{name}", args=[KEY, *args])


def _places() -> list[tuple[str, str, str]]:
    """Return name, who looks and the address."""
    with owner_role():
        ahead = Meeting.objects.get(state="planned").code
        waits = Minutes.objects.get(state="proposed").meeting.code
        agreed = Minutes.objects.get(state="published").meeting.code
    return [
        ("meetings", "grace", _at("group_meetings")),
        ("new", "grace", _at("meeting_new")),
        ("ahead-lead", "grace", _at("meeting", ahead)),
        ("ahead-guest", "greta", _at("meeting", ahead)),
        ("cancel", "grace", _at("meeting_cancel", ahead)),
        ("agenda-edit", "grace", _at("agenda_edit", ahead)),
        ("agenda-print", "hannah", _at("agenda_print", ahead)),
        ("held", "hannah", _at("meeting", agreed)),
        ("attendance", "grace", _at("meeting_attendance", waits)),
        ("minutes-proposed", "hannah", _at("minutes", waits, 1)),
        ("minutes-lead", "grace", _at("minutes", waits, 1)),
        ("reply", "hannah", _at("minutes_reply", waits, 1)),
        ("minutes-agreed", "grace", _at("minutes", agreed, 1)),
        ("minutes-guest", "greta", _at("minutes", agreed, 1)),
        ("minutes-draft", "hannah", _at("minutes", agreed, 2)),
        ("section", "hannah", _at("minutes_section", agreed, 2, 2)),
        ("line", "hannah", _at("minutes_line_add", agreed, 2, 2)),
        ("compare", "hannah", _at("minutes_compare", agreed, 2)),
        ("propose", "grace", _at("minutes_propose", agreed, 2)),
        ("calendar", "hannah", reverse("forum:calendar")),
    ]


def _enter(page: Page, stage: Stage, who: str, live_server: Any) -> None:
    client = Client()
    client.force_login(stage.people[who])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )


def test_pages_of_meetings_are_whole(open_page: Open, live_server: Any, stage: Stage) -> None:
    wrong = {}
    for name, who, path in _places():
        for width, theme in SIZES if SHOTS else SIZES[:2]:
            page = open_page("livez", width=width, theme=theme)
            _enter(page, stage, who, live_server)
            page.goto(f"{live_server.url}{path}")
            page.wait_for_load_state("networkidle")
            if found := _look(page, f"{name}-{width}-{theme}"):
                wrong[f"{name} {width} {theme}"] = found
            page.close()
    if SHOTS:
        with owner_role():
            made = Rendering.objects.select_related("document").get(kind="forum.minutes_pdf").document
            assert made is not None
            Path(SHOTS, "minutes.pdf").write_bytes(open_bytes(made).read())
    assert wrong == {}


def test_a_new_address_for_a_calendar_stands_on_the_page_once(
    open_page: Open, live_server: Any, stage: Stage
) -> None:
    page = open_page("livez", width=390)
    _enter(page, stage, "hannah", live_server)
    page.goto(f"{live_server.url}{reverse('forum:calendar')}")
    page.get_by_role("button", name="Make my address").click()
    expect(page.get_by_role("heading", name="Your address: copy it now")).to_be_visible()
    assert _look(page, "calendar-address-390-light") == []


def test_two_write_at_once_and_the_second_sees_both(open_page: Open, live_server: Any, stage: Stage) -> None:
    with owner_role():
        code = Minutes.objects.get(state="draft").meeting.code
    path = f"{live_server.url}{_at('minutes_section', code, 2, 1)}"
    pages = []
    for who in ("hannah", "marion"):
        page = open_page("livez", width=1280)
        _enter(page, stage, who, live_server)
        page.goto(path)
        pages.append(page)
    for page, words in zip(pages, ("Grace read it aloud.", "Marion read it aloud."), strict=True):
        page.get_by_label("What was said").fill(words)
    pages[0].get_by_role("button", name="Save", exact=True).click()
    expect(pages[0].get_by_text("Grace read it aloud.")).to_be_visible()
    pages[1].get_by_role("button", name="Save", exact=True).click()
    expect(pages[1].get_by_role("heading", name="Somebody else saved this")).to_be_visible()
    expect(pages[1].get_by_text("Grace read it aloud.")).to_be_visible()
    assert _look(pages[1], "merge-1280-light") == []
