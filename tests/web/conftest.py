"""A real Chromium for the browser tests; the machine's own, since a download cannot be counted on."""

import os
import shutil
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.web.browsing import LISTEN, Open

CANDIDATES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
]
PATIENCE_MS = 20_000  # a busy machine is slow, not wrong
_click = Locator.click


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the browser that bin/test found."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CANDIDATES)), None)
    if found is None:
        pytest.fail("No Chromium: install chromium-headless-shell, or name one in CHROMIUM.")
    return browser_type_launch_args | {"executable_path": found, "args": FLAGS}


@pytest.fixture
def open_page(browser: Browser, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Return a function that opens an address in a browser of its own and notes every fault of its scripts."""
    contexts = []
    expect.set_options(timeout=PATIENCE_MS)
    monkeypatch.setattr(Locator, "click", _click_and_arrive)

    def open_at(
        path: str, *, width: int = 1280, theme: Literal["light", "dark"] = "light", **options: Any
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce", **options
        )
        contexts.append(context)
        context.add_init_script(LISTEN)
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "requestfailed", lambda request: faults.append(request.url) if "static" in request.url else None
        )
        page.faults = faults  # type: ignore[attr-defined]
        page.goto(f"{live_server.url}/{path}")
        return page

    yield open_at
    for context in contexts:
        context.close()


def _click_and_arrive(self: Locator, **options: Any) -> None:
    """Click, and wait for the whole of the page it opened; alone, a click is over when its first bytes are there."""
    _click(self, **options)
    self.page.wait_for_load_state()
