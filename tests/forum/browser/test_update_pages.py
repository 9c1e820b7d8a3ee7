"""Pages of outside bodies in a browser, with the words of the demo world: on a phone and a desk, light and dark."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from config.demo.cast import gather_cast
from config.demo.stage import Stage
from config.demo.trade import open_sites
from config.demo.updates import schedule_updates
from forum.models import Body, BodyUpdate
from tests.conftest import owner_role
from tests.factories import forum_updates as make
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
    """Play what the association does in the demo world."""
    with owner_role():
        made = Stage(timezone.now())
        gather_cast(made)
        open_sites(made)
        schedule_updates(made)
        made.play()
    return made


@pytest.fixture
def look(open_page: Open, live_server: Any, stage: Stage) -> Callable[[str, str, str], dict[str, list[str]]]:
    """Return a function that looks at a page as somebody, in each size, and gives what is wrong."""

    def seen(who: str, name: str, path: str) -> dict[str, list[str]]:
        client = Client()
        client.force_login(stage.people[who])
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        wrong = {}
        for width, theme in SIZES if SHOTS else SIZES[:2]:
            page = open_page("livez", width=width, theme=theme)
            page.context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
            )
            page.goto(f"{live_server.url}{path}")
            page.wait_for_load_state("networkidle")
            if found := _wrong(page, f"{name}-{width}-{theme}"):
                wrong[f"{name} {width} {theme}"] = found
            page.close()
        return wrong

    return seen


def _wrong(page: Page, name: str) -> list[str]:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    wide, violations = overflow(page), page.evaluate("window.violations")
    faults: list[str] = page.faults  # type: ignore[attr-defined]
    return [*complaints(page), *violations, *faults, *([f"{wide} px too wide"] if wide else [])]


def test_nothing_is_wrong_for_a_reader(look: Callable[[str, str, str], dict[str, list[str]]]) -> None:
    with owner_role():
        body = Body.objects.get()
        corrected = BodyUpdate.objects.get(number=2)
        withdrawn = BodyUpdate.objects.get(state="withdrawn")
    check = reverse("forum:body_check", args=[body.code])
    places = {
        "updates": reverse("forum:updates"),
        "update": reverse("forum:update", args=[corrected.code]),
        "update-withdrawn": reverse("forum:update", args=[withdrawn.code]),
        "body": reverse("forum:body", args=[body.code]),
        "check": f"{check}?number=21900417&name=Ana+Beltrame",
        "check-none": f"{check}?number=99",
    }
    wrong: dict[str, list[str]] = {}
    for name, path in places.items():
        wrong |= look("tom", name, path)
    assert wrong == {}


def test_nothing_is_wrong_for_the_body(look: Callable[[str, str, str], dict[str, list[str]]]) -> None:
    with owner_role():
        body = Body.objects.get()
        published = BodyUpdate.objects.filter(state="published").latest("pk")
    places = {
        "own-body": reverse("forum:body", args=[body.code]),
        "own-new": reverse("forum:update_new"),
        "own-correct": reverse("forum:update_edit", args=[published.code]),
        "own-load": reverse("forum:body_list", args=[body.code]),
    }
    wrong: dict[str, list[str]] = {}
    for name, path in places.items():
        wrong |= look("edith", name, path)
    assert wrong == {}


def test_a_bad_list_is_put_right_and_asked_without_scripts(
    open_page: Open, live_server: Any, stage: Stage, tmp_path: Path
) -> None:
    with owner_role():
        code = Body.objects.get().code
    client = Client()
    client.force_login(stage.people["edith"])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page = open_page("livez", width=390, theme="light")
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    path = tmp_path / "list.csv"
    path.write_text(f"{make.HEADER}\n5551,New Name,RA,sleeping,2030-01-01\n")
    page.goto(f"{live_server.url}{reverse('forum:body_list', args=[code])}")
    page.get_by_label("The list, as CSV or Excel").set_input_files(path)
    page.get_by_role("button", name="Load it").click()
    assert page.get_by_text("The status is none of active, suspended, ended.").is_visible()
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / "load-bad-390-light.png"), full_page=True)
    path.write_text(f"{make.HEADER}\n5551,New Name,RA,active,2030-01-01\n")
    page.get_by_label("The list, as CSV or Excel").set_input_files(path)
    page.get_by_role("button", name="Load it").click()
    page.get_by_label("Auditor’s number").fill("5551")
    page.get_by_role("button", name="Check").click()
    assert page.get_by_role("heading", name="On the list of").is_visible()
