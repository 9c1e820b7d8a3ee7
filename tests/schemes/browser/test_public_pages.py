"""Initiatives and the company tracker as everybody sees them, with the words of the demo world."""

import os
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from config.demo.cast import gather_cast
from config.demo.initiatives import schedule_initiatives
from config.demo.stage import Stage
from config.demo.trade import open_sites
from schemes.models import Contribution, Initiative, Issue, Rating, TrackedCompany
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
    """Play the initiatives and the tracker of the demo world."""
    with owner_role():
        made = Stage(timezone.now())
        gather_cast(made)
        open_sites(made)
        schedule_initiatives(made)
        made.play()
    return made


def _look(page: Page, name: str) -> list[str]:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    wide, violations = overflow(page), page.evaluate("window.violations")
    faults: list[str] = page.faults  # type: ignore[attr-defined]
    return [*complaints(page), *violations, *faults, *([f"{wide} px too wide"] if wide else [])]


def _places() -> dict[str, str]:
    """Return the addresses that everybody reads."""
    with owner_role():
        cotton = Issue.objects.get(is_state_imposed=True)
        reversed_one = TrackedCompany.objects.get(name="Sorrel Street")
        looms = Initiative.objects.get(name__startswith="Loom")
        newest = Rating.objects.filter(initiative=looms, state="published").latest("published_at")
        some = Initiative.objects.filter(name__regex="Loom|Riverdelta|Orchard")
        chosen = "&".join(f"of={code}" for code in some.values_list("code", flat=True))
        return {
            "tracker": reverse("schemes:tracker"),
            "issue": reverse("schemes:issue", args=[cotton.code]),
            "company": reverse("schemes:company", args=[reversed_one.code]),
            "contribute": reverse("schemes:contribute", args=[cotton.code]),
            "initiatives": reverse("schemes:initiatives"),
            "initiative": reverse("schemes:initiative", args=[looms.code]),
            "rating": reverse("schemes:rating", args=[newest.code]),
            "compare": f"{reverse('schemes:initiative_compare')}?{chosen}",
        }


def test_everybody_reads_and_nothing_is_wrong(open_page: Open, stage: Stage) -> None:
    wrong = {}
    for name, path in _places().items():
        for width, theme in SIZES if SHOTS else SIZES[:2]:
            page = open_page(path.removeprefix("/"), width=width, theme=theme)
            page.wait_for_load_state("networkidle")
            if found := _look(page, f"{name}-{width}-{theme}"):
                wrong[f"{name} {width} {theme}"] = found
            page.close()
    assert wrong == {}


def test_raters_and_moderators_work_on_a_phone(open_page: Open, live_server: Any, stage: Stage) -> None:
    with owner_role():
        scoring, sent = Rating.objects.get(state="scoring"), Rating.objects.get(state="with_initiative")
        held = Contribution.objects.select_related("issue", "company").get(
            state="held", company__isnull=False
        )
        indicator = scoring.indicators[1]
    client = Client()
    client.force_login(stage.people["shafiq"])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    wrong = {}
    for name, path in {
        "rating-scoring": reverse("schemes:rating", args=[scoring.code]),
        "score": reverse("schemes:rating_score", args=[scoring.code, indicator]),
        "rating-sent": reverse("schemes:rating", args=[sent.code]),
        "contribution": reverse("schemes:contribution", args=[held.code]),
        "contributions": reverse("schemes:contributions", args=[held.issue.code]),
        "issue-kept": reverse("schemes:issue", args=[held.issue.code]),
        "record": reverse("schemes:company_record", args=[held.issue.code, held.company.code]),  # type: ignore[union-attr]
    }.items():
        for width, theme in SIZES[:2]:
            page = open_page("livez", width=width, theme=theme)
            page.context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
            )
            page.goto(f"{live_server.url}{path}")
            page.wait_for_load_state("networkidle")
            if found := _look(page, f"{name}-{width}-{theme}"):
                wrong[f"{name} {width} {theme}"] = found
            page.close()
    assert wrong == {}
