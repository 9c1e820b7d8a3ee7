"""Every page of the app, in a browser: nothing that axe complains about, nothing wider than the window, no fault.

The pages are those of the policy of the matrices, so a new address is looked at without a line here; each is opened
in the world of the matrices by the first reader who may. What a page looks like to others stands in `AS_WELL`.
JOURNEY_SHOTS names a folder that keeps a picture of each.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from config.settings import documents_storage
from schemes.models import TrackedCompany
from tests.conftest import owner_role
from tests.matrices.cases import Case
from tests.matrices.policy import API, POLICY, STYLE_GUIDE
from tests.matrices.principals import HOMELESS, MEMBERS, PRINCIPALS, VISITORS
from tests.matrices.world import World, build, verify_addresses
from tests.web.browsing import Open, complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("JOURNEY_SHOTS", "")
ORDER = [one.name for group in (MEMBERS, HOMELESS, VISITORS) for one in PRINCIPALS if one.name in group]
# Pages that say something else to somebody else, or about something else: route → the thing, and who reads.
AS_WELL: dict[str, tuple[tuple[str, str], ...]] = {
    "home": (("", "customer"), ("", "firm"), ("", "stakeholder"), ("", "operator"), ("", "far_supplier")),
    "findings:audit": (
        ("audit", "firm"),
        ("audit", "customer"),
        ("draft", "firm"),
        ("scheduled", "firm"),
        ("submitted", "supplier"),
        ("submitted", "firm"),
    ),
    "findings:finding": (
        ("car", "customer"),
        ("car", "firm"),
        ("nc", "supplier"),
        ("nc", "customer"),
        ("nc", "firm"),
        ("draft_nc", "firm"),
        ("example", "supplier"),
    ),
    "findings:management_systems": (("draft", "firm"),),
    "findings:audits": (("", "firm"), ("", "stakeholder")),
    "findings:non_compliances": (("", "customer"), ("", "firm")),
    "findings:working_together": (("", "customer"), ("", "firm")),
}
# What answers with a part of a page only; it is looked at where it stands.
PARTS = {"schemes:score_bar"}


@dataclass(frozen=True)
class Opening:
    """One page, opened by one reader."""

    name: str
    path: str
    reader: str


@pytest.fixture
def world(transactional_db: None, tmp_path: Path, settings: LazySettings) -> World:
    """Return the world of the matrices, for a live server to read."""
    settings.STORAGES = settings.STORAGES | {"documents": documents_storage(f"file://{tmp_path}/files")}
    with transaction.atomic():  # what is loaded whole, is
        made = build()
    with owner_role():  # words of the matrices fill this cell otherwise
        company = TrackedCompany.objects.filter(pk=made["tracked"].pk)
        company.update(outside_ids=[{"system": "LEI", "value": "529900T8BM49AURSDO55"}])
    verify_addresses(made)
    return made


def pages() -> Iterator[tuple[str, Case]]:
    """Yield every route of the app that answers people's GETs, with its line of the policy."""
    for name, cases in POLICY.items():
        if "get" in cases and name not in API and name not in STYLE_GUIDE and not cases["get"].is_json:
            yield name, cases["get"]


def reader_of(case: Case) -> str | None:
    """Return the first who gets the page, members before everyone else."""
    return next((one for one in ORDER if case.outcomes.get(one) == "200"), None)


def openings(world: World) -> Iterator[Opening]:
    """Yield every page that answers to a GET, in the order of its readers."""
    found = []
    for name, case in pages():
        reader = reader_of(case)
        if reader is not None:
            found.append(Opening(name, reverse(name, args=case.arguments(world)), reader))
        for thing, other in AS_WELL.get(name, ()):
            path = reverse(name, args=case.arguments(world, first=thing or None))
            found.append(Opening(f"{name}-{thing}-{other}", path, other))
    return iter(sorted(found, key=lambda one: ORDER.index(one.reader)))


def test_every_page_has_a_reader() -> None:
    """A page that nobody opens here would be looked at by nobody; an address may lead on instead."""
    unread = [name for name, case in pages() if not {"200", "302"} & set(case.outcomes.values())]
    assert unread == []


@pytest.mark.parametrize(
    ("width", "theme"), [(1280, "light"), (390, "dark")], ids=["wide-light", "phone-dark"]
)
def test_every_page_is_sound(
    world: World, open_page: Open, live_server: Any, width: int, theme: Literal["light", "dark"]
) -> None:
    page = open_page("livez", width=width, theme=theme)
    wrong, seen, reader, client = [], 0, "", Client()
    for one in openings(world):
        if one.reader != reader:
            reader, client = one.reader, Client()
            if reader in world.people:
                client.force_login(world.people[reader])
            page.context.clear_cookies()
            page.context.add_cookies(
                [
                    {"name": name, "value": morsel.value, "url": live_server.url}
                    for name, morsel in client.cookies.items()
                ]
            )
        if one.name in PARTS or not _is_page(client, one.path):
            continue
        seen += 1
        wrong += [
            f"{one.name} ({one.reader}, {one.path}): {fault}"
            for fault in _faults(page, one, live_server.url, width)
        ]
    assert seen > 150
    assert wrong == [], "\n".join(wrong)


def _is_page(client: Client, path: str) -> bool:
    """Return whether a page comes, and not a file."""
    answer = client.get(path)
    return "Content-Disposition" not in answer and answer["Content-Type"].startswith("text/html")


def _faults(page: Page, one: Opening, base: str, width: int) -> list[str]:
    page.faults.clear()  # type: ignore[attr-defined]
    answer = page.goto(f"{base}{one.path}")
    if answer is None or answer.status != 200:
        return [f"answers {answer and answer.status}"]
    found = complaints(page)
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{one.name.replace(':', '-')}-{width}.png", full_page=True)
    for size in (width, 1280 + 390 - width):
        page.set_viewport_size({"width": size, "height": 900})
        if (beyond := overflow(page)) > 0:
            found.append(f"is {beyond} px wider than {size} px")
    page.set_viewport_size({"width": width, "height": 900})
    found += [f"violates the policy: {each}" for each in page.evaluate("window.violations")]
    return found + [f"script fault: {each}" for each in page.faults]  # type: ignore[attr-defined]
