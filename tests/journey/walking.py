"""Walking the product as its people do: signed in by the form, clicking what the page offers."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from documents import renderings
from documents.models import Rendering
from ledger import delivery, occurrences, relay
from sourcing.actions import applying, reading
from sourcing.lifecycle import ImportState
from sourcing.models import SiteImport
from tests.conftest import job_role, owner_role

PASSWORD = "long enough to pass"
SHOTS = os.environ.get("JOURNEY_SHOTS", "")


@dataclass
class Walker:
    """One person in a browser of their own."""

    page: Page
    base: str

    def sign_in(self, email: str) -> None:
        """Sign in by the form."""
        self.page.goto(f"{self.base}/accounts/login/")
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        expect(self.page.get_by_role("navigation", name="Main")).to_be_attached()

    def open(self, *trail: str) -> None:
        """Follow links by their words."""
        for words in trail:
            self.page.get_by_role("link", name=words).first.click()

    def go(self, path: str) -> None:
        """Go to an address of the site."""
        self.page.goto(f"{self.base}{path}")

    def press(self, words: str) -> None:
        """Press a button by its words."""
        self.page.get_by_role("button", name=words, exact=False).first.click()

    def reads(self, *sentences: str) -> None:
        """Expect every sentence on the page."""
        for sentence in sentences:
            expect(self.page.locator("body")).to_contain_text(sentence)

    def never_reads(self, sentence: str) -> None:
        """Expect a sentence nowhere on the page."""
        expect(self.page.locator("body")).not_to_contain_text(sentence)

    def shoot(self, name: str) -> None:
        """Keep a picture of the page, when asked for by JOURNEY_SHOTS."""
        if SHOTS:
            folder = Path(SHOTS)
            folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(folder / f"{name}.png"), full_page=True)


def work_off(at: Any = None) -> None:
    """Do what worker, relay and scheduler would do by now, in their roles."""
    now = at or timezone.now()
    with owner_role():
        imports = list(SiteImport.objects.filter(state__in=[ImportState.UPLOADED, ImportState.APPLYING]))
        papers = list(Rendering.objects.filter(state=Rendering.State.QUEUED))
    for one in imports:
        todo: Callable[..., Any] = (
            reading.read_import if one.state == ImportState.UPLOADED else applying.apply_import
        )
        todo(organisation_id=one.organisation_id, person_id=one.person_id, import_id=one.pk)
    for paper in papers:
        renderings.work(
            organisation_id=paper.organisation_id, person_id=paper.person_id, rendering_id=paper.pk
        )
    with job_role():
        occurrences.tick(now)
        while relay.relay(now):
            pass
        delivery.send(now, pause_seconds=0)


def requirement_field(page: Page) -> Locator:
    """Return the field that finds a requirement; until the script has run a plain list of choices stands there."""
    return page.get_by_role("combobox", name="Requirement").and_(page.locator("input"))
