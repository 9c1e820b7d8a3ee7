"""A full webinar, from the waiting list to the certificate, walked in a browser; and its pages as they are seen."""

import datetime as dt
import io
import os
from pathlib import Path
from typing import Any, Literal

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from forum.models import Event, Registration
from organisations.models import Membership
from organisations.visibility import Capability, Role
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.journey.walking import Walker, work_off
from tests.web.browsing import Open, complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("EVENT_SHOTS", "")
LINK = "https://meet.example.org/who-sews"
TITLE = "Workwear: who sews, who spins, who grows"


def _walker(who: Membership, open_page: Open, live_server: Any) -> Walker:
    page = open_page("livez")
    client = Client()
    client.force_login(who.person)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return Walker(page, live_server.url)


def _member(name: str, house: str, *capabilities: Capability, role: Role = Role.EDITOR) -> Membership:
    return people.membership(
        people.organisation(house, *capabilities), people.person(name, f"{name.lower()}@example.org"), role
    )


def _shots(walker: Walker, name: str) -> None:
    """Keep the page as it is seen on a phone and on a desk, in light and dark."""
    if not SHOTS:
        return
    Path(SHOTS).mkdir(parents=True, exist_ok=True)
    page: Page = walker.page
    themes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for width in (390, 1280):
        for theme in themes:
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=f"{SHOTS}/{name}-{width}-{theme}.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})


def _is_fit(walker: Walker, name: str) -> None:
    """Look at a page: nothing sticks out on a phone, and nobody is shut out."""
    walker.page.set_viewport_size({"width": 390, "height": 900})
    assert overflow(walker.page) <= 0, name
    assert complaints(walker.page) == [], name
    walker.page.set_viewport_size({"width": 1280, "height": 900})
    _shots(walker, name)


def test_from_a_full_webinar_to_a_certificate(open_page: Open, live_server: Any, tmp_path: Path) -> None:
    runs = _walker(_member("Grace", "Fair Works Network", Capability.STAKEHOLDER), open_page, live_server)
    ana = _walker(_member("Ana", "Northfield Council", Capability.BUYER), open_page, live_server)
    bo = _walker(_member("Bo", "Tarn Schools", Capability.BUYER), open_page, live_server)
    event = _announce(runs)
    path = f"/events/{event.code}/"
    _fill(ana, bo, path)
    _pass_on(ana, bo, runs, path)
    _remind(event)
    _afterwards(runs, bo, event, tmp_path)


def _announce(runs: Walker) -> Event:
    day = timezone.now().date() + dt.timedelta(days=12)
    runs.go("/events/")
    runs.open("New event")
    fields = {
        "title": TITLE,
        "summary": "Ninety minutes for people who buy workwear and bed linen.",
        "starts": f"{day}T14:00",
        "ends": f"{day}T13:00",
        "joining_link": LINK,
        "capacity": "1",
    }
    for name, value in fields.items():
        runs.page.locator(f"[name={name}]").fill(value)
    runs.page.locator("[name=zone]").select_option("Europe/London")
    runs.page.locator("[name=tags][value=textiles]").check()
    runs.press("Keep as a draft")
    runs.reads("It ends before it starts.")
    _is_fit(runs, "01-new")
    runs.page.locator("[name=ends]").fill(f"{day}T15:30")
    runs.press("Keep as a draft")
    runs.reads("This is a draft. Only your organisation sees it.")
    runs.press("Publish")
    runs.reads("Published: people can register now.")
    with owner_role():
        return Event.objects.get()


def _fill(ana: Walker, bo: Walker, path: str) -> None:
    ana.go("/events/")
    ana.reads(TITLE, "1 of 1 free")
    _is_fit(ana, "02-calendar")
    ana.open(TITLE)
    ana.never_reads(LINK)
    ana.press("Register")
    ana.reads("You have a place.", LINK)
    _is_fit(ana, "03-place")
    bo.go(path)
    bo.reads("It is full, and there is a waiting list")
    bo.press("Go on the waiting list")
    bo.reads("You are first on the waiting list", "48 hours")
    bo.never_reads(LINK)
    _is_fit(bo, "04-waiting")
    work_off()


def _pass_on(ana: Walker, bo: Walker, runs: Walker, path: str) -> None:
    runs.go(f"{path}people/")
    runs.reads("It is full, and one waits", "Ana", "Bo", "No place is free.")
    _is_fit(runs, "05-people")
    ana.press("I cannot come")
    ana.reads("Cancelled.")
    work_off()
    work_off()
    letter = next(
        one for one in mail.outbox if one.to == ["bo@example.org"] and "is free for you" in one.subject
    )
    link = next(word for word in str(letter.body).split() if "/events/registrations/" in word)
    bo.go(link[link.index("/events/") :])
    bo.reads("A place is kept for you: say yes or no")
    bo.never_reads(LINK)
    _is_fit(bo, "06-offer")
    bo.press("Yes, I take it")
    bo.reads("The place is yours.", LINK)
    work_off()


def _remind(event: Event) -> None:
    work_off(event.starts_at - dt.timedelta(hours=20))
    told = [one.to for one in mail.outbox if one.subject == f"Tomorrow: {TITLE}"]
    assert told == [["bo@example.org"]]


def _afterwards(runs: Walker, bo: Walker, event: Event, tmp_path: Path) -> None:
    """The clock moves on by moving the event back; then attendance, materials and the certificate."""
    back = dt.timedelta(days=13)
    with owner_role():
        Event.objects.update(starts_at=event.starts_at - back, ends_at=event.ends_at - back)
        assert Registration.objects.filter(state="placed").count() == 1
    runs.go(f"/events/{event.code}/people/")
    runs.page.locator("select[name^=place-]").select_option("attended")
    runs.press("Save who was there")
    runs.reads("One person was there")
    runs.open("Add a file")
    note = tmp_path / "note.txt"
    note.write_text("Ask which place, and which day.")
    runs.page.get_by_label("What is it?").fill("Briefing note")
    runs.page.set_input_files("input[type=file]", str(note))
    runs.page.locator("main form button.primary").click()
    runs.reads("Briefing note", "not released yet")
    runs.press("Release to those who came")
    runs.reads("One file is released.")
    runs.press("Give certificates to those who were there")
    runs.reads("Certificates were given on")
    _is_fit(runs, "07-afterwards")
    bo.go(f"/events/{event.code}/")
    bo.reads("Briefing note", "Certificate of attendance")
    _is_fit(bo, "08-over")
    bo.open("Certificate of attendance")
    bo.press("Make the certificate")
    expect(bo.page.locator("progress, [role=status]").first).to_be_attached()
    work_off()
    bo.page.reload()
    with bo.page.expect_download() as download:
        bo.page.get_by_role("link", name="Download").first.click()
    saved = Path(SHOTS or tmp_path) / "certificate.pdf"
    download.value.save_as(saved)
    paper = PdfReader(io.BytesIO(saved.read_bytes()))
    text = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    assert len(paper.pages) == 1
    for words in ("Bo", "Tarn Schools", TITLE, "1 h 30 min", "Fair Works Network"):
        assert words in text, words
    root: Any = paper.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
