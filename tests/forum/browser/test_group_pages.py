"""Groups as their people, the operator and strangers see them, with the words of the demo world."""

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
from config.demo.stage import Stage
from config.demo.trade import open_sites
from forum.models import CompetitionNotice, Participant, Seat
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


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    """Play the forum of the demo world."""
    with owner_role():
        made = Stage(timezone.now())
        gather_cast(made)
        open_sites(made)
        schedule_forum(made)
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


def _places() -> list[tuple[str, str, str]]:
    """Return name, who looks and the address."""
    key = "joint-remediation"
    with owner_role():
        asked = Participant.objects.filter(state="asked", group__key=key).earliest("pk")
        seat = Seat.objects.filter(group__key=key).earliest("pk")
        notice = CompetitionNotice.objects.latest("number")
    return [
        ("groups", "grace", _at("groups")),
        ("door-lead", "grace", _at("group", key)),
        ("people", "grace", _at("group_people", key)),
        ("requests", "grace", _at("group_requests", key)),
        ("decline", "grace", _at("request_decline", asked.code)),
        ("invite", "grace", _at("group_invite", key)),
        ("charters", "grace", _at("charters", key)),
        ("compare", "grace", _at("charter_compare", key, 2)),
        ("charter-edit", "grace", _at("charter_edit", key)),
        ("seats", "grace", _at("seats", key)),
        ("sit", "grace", _at("seat_sit", seat.code)),
        ("leave", "grace", _at("group_leave", key)),
        ("door-invited", "nasrin", _at("group", "forced-labour")),
        ("door-ask", "olu", _at("group", key)),
        ("ask", "olu", _at("group_ask", key)),
        ("door-open", "olu", _at("group", "technology")),
        ("door-notice", "tom", _at("group", "audit-quality")),
        ("notice", "tom", _at("notice", notice.code)),
        ("groups-operator", "yara", _at("groups")),
        ("door-operator", "yara", _at("group", "self-assessment")),
        ("group-new", "yara", _at("group_new")),
        ("publish", "yara", _at("notice_publish")),
    ]


def _enter(page: Page, stage: Stage, who: str, live_server: Any) -> None:
    client = Client()
    client.force_login(stage.people[who])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )


def test_pages_of_groups_are_whole(open_page: Open, live_server: Any, stage: Stage) -> None:
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
    assert wrong == {}


def test_somebody_joins_an_open_group_and_accepts_the_notice(
    open_page: Open, live_server: Any, stage: Stage
) -> None:
    page = open_page("livez", width=390)
    _enter(page, stage, "katja", live_server)
    page.goto(f"{live_server.url}{_at('groups')}")
    page.get_by_role("link", name="Technology").first.click()
    page.get_by_role("button", name="Join the group").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Read this before you enter a group")
    page.get_by_role("button", name="Accept and go on").click()
    expect(page.locator(".errors, [role=alert]").first).to_be_visible()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Accept and go on").click()
    expect(page.get_by_role("heading", name="Who takes part")).to_be_visible()
