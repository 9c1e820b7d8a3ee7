"""Consultations as everybody, members and co-leads see them, with the words of the demo world."""

import os
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from config.demo.cast import gather_cast
from config.demo.consultations import schedule_consultations
from config.demo.forum import schedule_forum
from config.demo.stage import Stage
from config.demo.trade import open_sites
from forum.models import Consultation, ConsultationComment
from ledger import delivery
from ledger.relay import relay
from tests.conftest import job_role, owner_role
from tests.web.browsing import Open, complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SHOTS", "")
SIZES: list[tuple[int, Literal["light", "dark"]]] = [(390, "dark"), (1280, "light")]
KEY = "joint-remediation"


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    """Play the consultations of the demo world."""
    cache.clear()
    with owner_role(), transaction.atomic():
        made = Stage(timezone.now())
        gather_cast(made)
        open_sites(made)
        schedule_forum(made)
        schedule_consultations(made)
        made.play()
    return made


def _look(page: Page, name: str) -> list[str]:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    wide, violations = overflow(page), page.evaluate("window.violations")
    faults: list[str] = page.faults  # type: ignore[attr-defined]
    return [*complaints(page), *violations, *faults, *([f"{wide} px too wide"] if wide else [])]


def _enter(page: Page, stage: Stage, who: str, live_server: Any) -> None:
    client = Client()
    client.force_login(stage.people[who])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )


def _places() -> list[tuple[str, str, str]]:
    """Return name, who looks ("" for nobody we know) and the address."""
    with owner_role():
        found = Consultation.objects.get(is_public=True)
        draft = Consultation.objects.get(is_public=False).code
        clause = found.rounds.get(number=2).clauses.get(label="2").code
        said = ConsultationComment.objects.filter(round__number=2, from_public=True).earliest("pk").code
    code = found.code
    return [
        ("list", "", reverse("forum:consultations")),
        ("document", "", reverse("forum:consultation", args=[code])),
        ("answered", "", f"{reverse('forum:consultation', args=[code])}?round=1"),
        ("changes", "", reverse("forum:consultation_changes", args=[code, 2])),
        ("clause-public", "", reverse("forum:consultation_clause", args=[code, clause])),
        ("clause-member", "marion", reverse("forum:consultation_clause", args=[code, clause])),
        ("whole", "hannah", reverse("forum:consultation_whole", args=[code, 1])),
        ("group-list", "grace", reverse("forum:group_consultations", args=[KEY])),
        ("desk", "grace", reverse("forum:consultation_desk", args=[KEY, code])),
        ("desk-member", "hannah", reverse("forum:consultation_desk", args=[KEY, code])),
        ("respond", "grace", reverse("forum:consultation_respond", args=[KEY, code, said])),
        ("extend", "grace", reverse("forum:consultation_extend", args=[KEY, code])),
        ("new", "grace", reverse("forum:consultation_new", args=[KEY])),
        ("clauses", "grace", reverse("forum:consultation_clauses", args=[KEY, draft])),
        ("open", "grace", reverse("forum:consultation_open", args=[KEY, draft])),
    ]


def test_pages_of_consultations_are_whole(open_page: Open, live_server: Any, stage: Stage) -> None:
    wrong = {}
    for name, who, path in _places():
        for width, theme in SIZES:
            page = open_page("livez", width=width, theme=theme)
            if who:
                _enter(page, stage, who, live_server)
            page.goto(f"{live_server.url}{path}")
            page.wait_for_load_state("networkidle")
            if found := _look(page, f"{name}-{width}-{theme}"):
                wrong[f"{name} {width} {theme}"] = found
            page.close()
    assert wrong == {}


def test_somebody_without_an_account_is_heard_and_answered(
    open_page: Open, live_server: Any, stage: Stage
) -> None:
    with owner_role():
        found = Consultation.objects.get(is_public=True)
        clause = found.rounds.get(number=2).clauses.get(label="1").code
    address = f"{live_server.url}{reverse('forum:consultation_clause', args=[found.code, clause])}"
    page = open_page("livez", width=390)
    page.goto(address)
    page.get_by_role("textbox", name="Your name").fill("Nadia Rahman")
    page.get_by_role("textbox", name="Your e-mail address").fill("nadia@example.org")
    page.get_by_role("textbox", name="Your comment").fill("Add the **visa**.")
    page.get_by_role("button", name="Send the comment").click()
    expect(page.get_by_text("open the link in the letter")).to_be_visible()
    expect(page.get_by_text("Nadia Rahman")).to_have_count(0)
    with job_role():
        while relay(timezone.now()):
            pass
        delivery.send(timezone.now(), pause_seconds=0)
    letter = next(str(one.body) for one in mail.outbox if one.to == ["nadia@example.org"])
    path = next(word for word in letter.split() if "/consultations/link/" in word)
    page.goto(f"{live_server.url}/consultations/link/{path.split('/consultations/link/')[1]}")
    page.get_by_role("button", name="Yes, this is mine").click()
    expect(page.get_by_role("heading", name="Your comment counts")).to_be_visible()
    page.goto(address)
    expect(page.get_by_text("Nadia Rahman")).to_be_visible()
    expect(page.locator("strong", has_text="visa")).to_be_visible()
    lead = open_page("livez", width=1280)
    _enter(lead, stage, "grace", live_server)
    lead.goto(f"{live_server.url}{reverse('forum:consultation_desk', args=[KEY, found.code])}")
    lead.get_by_role("link", name="Answer : Nadia Rahman").or_(
        lead.get_by_role("link", name="Answer: Nadia Rahman")
    ).click()
    lead.get_by_label("Accepted", exact=True).check()
    lead.get_by_role("textbox", name="Reason").fill("Clause 1 names the visa in the final text.")
    lead.get_by_role("button", name="Save the response").click()
    expect(lead.get_by_text("Others read it once you publish")).to_be_visible()
