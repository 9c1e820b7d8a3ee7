"""The pages of the register and its lists as they are seen: narrow and wide, light and dark, without a fault."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from organisations.models import Person
from organisations.visibility import Capability, Viewer
from sourcing.actions.imports import begin_applying
from sourcing.actions.reading import read_import
from sourcing.models import RegisterEntry, SiteImport
from tests.factories import organisations
from tests.sourcing.imports.conftest import LISTS, acting_as, apply, lines, read, upload
from tests.web.browsing import Open, complaints, overflow

pytestmark = pytest.mark.browser
SIZES: list[tuple[int, Literal["light", "dark"]]] = [
    (390, "light"),
    (1280, "light"),
    (390, "dark"),
    (1280, "dark"),
]
SHOTS = os.environ.get("SHOTS", "")
BROKEN = lines(
    "Bangladehs,Invented Garments,Road 1,Apparel,1,2",
    "China,,Road 1,Apparel,1,2",
    "China,Half,Road 3,Apparel,30,",
    "China,Half,Road 3,Apparel,30,",
    "China,Wenzhou Jietu Shoes,No. 8 Shuangbao West Road Ouhai Wenzhou,,,",
)


@dataclass(frozen=True)
class World:
    """A buyer with two lists in its register and others in every state, and its admin's session."""

    viewer: Viewer
    cookie: str
    addresses: dict[str, str]


def _session(viewer: Viewer) -> str:
    client = Client()
    client.force_login(Person.objects.get(pk=viewer.person_id))
    return str(client.session.session_key)


@pytest.fixture
def world(transactional_db: None) -> World:
    viewer = organisations.viewer(organisations.organisation("Harbour Street Shops", Capability.BUYER))
    applied = [
        apply(viewer, read(viewer, (LISTS / f"{name}.csv").read_bytes(), f"{name}.csv"))
        for name in ("list-2", "list-4")
    ]
    lists: dict[str, SiteImport] = {
        "applied": applied[0],
        "possible": read(viewer, (LISTS / "list-8.csv").read_bytes(), "list-8.csv"),
        "broken": read(viewer, BROKEN, "spring season.csv"),
        "refused": read(viewer, b"name\nA\n", "no country.csv"),
        "uploaded": upload(viewer, lines("China,A,Road 1,,,"), "waiting.csv"),
        "applying": read(viewer, (LISTS / "list-7.csv").read_bytes(), "list-7.csv"),
    }
    with acting_as(viewer):
        begin_applying(viewer=viewer, site_import=lists["applying"], at=timezone.now())
        SiteImport.objects.filter(pk=lists["applying"].pk).update(rows_done=12)
        entry = RegisterEntry.objects.order_by("name")[3]
    addresses = {name: f"/imports/{one.code}/" for name, one in lists.items()} | {
        "register": "/register/",
        "register_narrowed": "/register/?country=CN&text=shoes",
        "register_nothing": "/register/?text=nothingofthekind",
        "entry": f"/register/{entry.code}/",
        "entry_edit": f"/register/{entry.code}/edit/",
        "imports": "/imports/",
        "new": "/imports/new/",
        "errors_only": f"/imports/{lists['broken'].code}/?verdict=error",
        "decide": f"/imports/{lists['possible'].code}/decide/",
        "decide_all": f"/imports/{lists['possible'].code}/decide/?all=1",
        "decide_none": f"/imports/{lists['broken'].code}/decide/?kind=same-name",
    }
    return World(viewer, _session(viewer), addresses)


def _enter(page: Page, cookie: str, base: str) -> None:
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": base}])


def _look(page: Page, name: str) -> list[str]:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    wide = overflow(page)
    violations: list[str] = page.evaluate("window.violations")
    faults: list[str] = page.faults  # type: ignore[attr-defined]
    return [*complaints(page), *violations, *faults, *([f"{wide} px too wide"] if wide else [])]


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_pages_are_without_fault(
    open_page: Open, live_server: Any, world: World, width: int, theme: Literal["light", "dark"]
) -> None:
    page = open_page("accounts/login/", width=width, theme=theme)
    _enter(page, world.cookie, live_server.url)
    wrong = {}
    for name, path in world.addresses.items():
        answer = page.goto(f"{live_server.url}{path}")
        assert answer is not None
        assert answer.status == 200, name
        if found := _look(page, f"{name}-{width}-{theme}"):
            wrong[name] = found
    assert wrong == {}


def test_an_empty_register_leads_to_the_first_list(
    open_page: Open, live_server: Any, transactional_db: None, tmp_path: Path
) -> None:
    viewer = organisations.viewer(organisations.organisation("Quay Shops", Capability.BUYER))
    page = open_page("accounts/login/", width=390)
    _enter(page, _session(viewer), live_server.url)
    page.goto(f"{live_server.url}/register/")
    assert _look(page, "register_empty-390-light") == []
    page.get_by_role("link", name="Import a list").click()
    page.get_by_role("button", name="Upload and read").click()
    page.locator("[role=alert]").wait_for()
    assert _look(page, "new_faulty-390-light") == []
    kept = tmp_path / "first list.csv"
    kept.write_bytes(lines("China,Alpha Shoes,Rose Road 12,,,", "China,Beta Hats,Hill Road 4,,,"))
    page.get_by_label("Your list").set_input_files(kept)
    page.get_by_role("button", name="Upload and read").click()
    page.get_by_role("heading", name="We are reading your list").wait_for()
    with acting_as(viewer):
        made = SiteImport.objects.get()
    read_import(organisation_id=viewer.organisation_id, person_id=viewer.person_id, import_id=made.pk)
    page.get_by_role(
        "heading", name="2 places are ready to be added"
    ).wait_for()  # the page looks again by itself
    page.get_by_role("button", name="Add to the register").click()
    page.get_by_role("heading", name="Your list is being added").wait_for()


def test_pairs_are_decided_without_scripts(open_page: Open, live_server: Any, world: World) -> None:
    page = open_page("accounts/login/", width=390, java_script_enabled=False)
    _enter(page, world.cookie, live_server.url)
    page.goto(f"{live_server.url}{world.addresses['decide']}")
    while page.get_by_role("button", name="Save these answers").count():
        page.get_by_role("radio", name="The same place", exact=True).first.check()
        page.get_by_role("button", name="Save these answers").click()
    assert "ready to be added" in page.locator("h1").inner_text()
