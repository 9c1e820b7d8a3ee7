"""A real Chromium for the browser tests; the machine's own, since a download cannot be counted on."""

import os
import shutil
from typing import Any

import pytest

CANDIDATES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the browser that bin/test found."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CANDIDATES)), None)
    if found is None:
        pytest.fail("No Chromium: install chromium-headless-shell, or name one in CHROMIUM.")
    return browser_type_launch_args | {"executable_path": found, "args": FLAGS}
