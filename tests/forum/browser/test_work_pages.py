"""The work of a group as those who lead, sit, stand in and visit see it, with the words of the demo world."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from config.demo.cast import gather_cast
from config.demo.forum import schedule_forum
from config.demo.groupwork import schedule_groupwork
from config.demo.meetings import schedule_meetings
from config.demo.stage import Stage
from config.demo.trade import open_sites
from forum.actions.ballot import close_ballot
from forum.models import ActionItem, Ballot, Decision, Issue, Meeting, Project
from tests.conftest import job_role, owner_role
from tests.web.browsing import Open, complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SHOTS", "")
SIZES: list[tuple[int, Literal["light", "dark"]]] = [(390, "dark"), (1280, "light")]
KEY = "joint-remediation"


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    """Play the forum of the demo world, with its meetings and its work."""
    with owner_role(), transaction.atomic():
        made = Stage(timezone.now())
        gather_cast(made)
        open_sites(made)
        for schedule in (schedule_forum, schedule_meetings, schedule_groupwork):
            schedule(made)
        made.play()
    return made


def _look(page: Page, name: str) -> list[str]:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    wide, violations = overflow(page), page.evaluate("window.violations")
    faults: list[str] = page.faults  # type: ignore[attr-defined]
    return [*complaints(page), *violations, *faults, *([f"{wide} px too wide"] if wide else [])]


def _at(name: str, *args: Any) -> str:
    return reverse(f"forum:{name}", args=[KEY, *args])


def _ballots() -> dict[str, str]:
    """Return the codes of the group's ballots: open and running, open and over, secret."""
    rows = Ballot.objects.filter(group__key=KEY)
    return {
        "runs": rows.get(state="called").code,
        "over": rows.get(state="closed", is_secret=False).code,
        "secret": rows.get(state="closed", is_secret=True).code,
    }


def _places() -> list[tuple[str, str, str]]:
    """Return name, who looks and the address; each is looked at in one size, and with pictures in both."""
    with owner_role():
        ballots = _ballots()
        project = Project.objects.get(state="active").code
        late = ActionItem.objects.still_open().get(owner__name="Sam Pryce").code
        item = ActionItem.objects.still_open().get(title__startswith="Send").code
        disputed = Decision.objects.get(state="objected").code
        resolved = Decision.objects.get(state="resolved").code
        issue = Issue.objects.get(state="open").code
        held = Meeting.objects.get(title="How costs of a repair can be shared").code
        ahead = Meeting.objects.get(state="planned").code
    return [
        ("work-lead", "grace", _at("group_work")),
        ("work-guest", "greta", _at("group_work")),
        ("list-ballots", "grace", _at("group_work_list", "ballots")),
        ("list-actions", "nasrin", _at("group_work_list", "actions")),
        ("ballot-lead", "grace", _at("ballot", ballots["runs"])),
        ("ballot-holder", "nasrin", _at("ballot", ballots["runs"])),
        ("ballot-voted", "marion", _at("ballot", ballots["runs"])),
        ("ballot-alternate", "ana", _at("ballot", ballots["runs"])),
        ("ballot-handed", "joseph", _at("ballot", ballots["runs"])),
        ("ballot-guest", "greta", _at("ballot", ballots["runs"])),
        ("ballot-over", "nasrin", _at("ballot", ballots["over"])),
        ("ballot-secret", "nasrin", _at("ballot", ballots["secret"])),
        ("ballot-new", "grace", _at("ballot_new")),
        ("withdraw", "grace", _at("ballot_withdraw", ballots["runs"])),
        ("project-lead", "grace", _at("project", project)),
        ("project-guest", "greta", _at("project", project)),
        ("item-late", "sam", _at("action_item", late)),
        ("item-own", "nasrin", _at("action_item", item)),
        ("item-new", "nasrin", _at("action_item_new")),
        ("decision-lead", "grace", _at("decision", disputed)),
        ("decision-seat", "marion", _at("decision", disputed)),
        ("decision-resolved", "greta", _at("decision", resolved)),
        ("issue", "grace", _at("issue", issue)),
        ("my-items", "nasrin", reverse("forum:my_action_items")),
        ("minutes", "grace", _at("minutes", held, 1)),
        ("meeting", "hannah", _at("meeting", ahead)),
        ("agenda", "grace", _at("agenda_edit", ahead)),
        ("home", "ana", "/"),
    ]


def _enter(page: Page, stage: Stage, who: str, live_server: Any) -> None:
    client = Client()
    client.force_login(stage.people[who])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )


def _opened(open_page: Open, stage: Stage, live_server: Any, who: str, path: str, **how: Any) -> Page:
    page = open_page("livez", **how)
    _enter(page, stage, who, live_server)
    page.goto(f"{live_server.url}{path}")
    page.wait_for_load_state("networkidle")
    return page


def test_pages_of_work_are_whole(open_page: Open, live_server: Any, stage: Stage) -> None:
    wrong = {}
    for name, who, path in _places():
        for width, theme in SIZES if SHOTS else [SIZES[len(name) % 2]]:
            page = _opened(open_page, stage, live_server, who, path, width=width, theme=theme)
            if found := _look(page, f"{name}-{width}-{theme}"):
                wrong[f"{name} {width} {theme}"] = found
            if SHOTS:
                page.evaluate("document.documentElement.dir = 'rtl'")
                if found := _look(page, f"{name}-{width}-rtl"):
                    wrong[f"{name} {width} right to left"] = found
            page.close()
    assert wrong == {}


def test_a_ballot_from_the_home_page_to_its_result(open_page: Open, live_server: Any, stage: Stage) -> None:
    page = _opened(open_page, stage, live_server, "nasrin", "/", width=390)
    line = page.locator(".todo, li, article").filter(has_text="asks for the vote of your seat").last
    line.get_by_role("link", name="Read and vote").click()
    expect(page.get_by_role("heading", name="Which site tries the template next?", level=1)).to_be_visible()
    page.get_by_label("Widening the exits in Gazipur").check()
    page.get_by_role("button", name="Vote", exact=True).click()
    expect(page.get_by_text("Your seat has voted.")).to_be_visible()
    page.get_by_label("Abstain").check()
    page.get_by_role("button", name="Vote", exact=True).click()
    expect(page.get_by_text("this one counts")).to_be_visible()
    expect(page.get_by_role("heading", name="How your seat has voted")).to_be_visible()

    alternate = _opened(open_page, stage, live_server, "ana", _at("group_work"))
    expect(alternate.get_by_text("Your seat has not voted")).to_be_visible()
    alternate.get_by_role("link", name="Which site tries the template next?").click()
    alternate.get_by_label("Widening the exits in Gazipur").check()
    alternate.get_by_role("button", name="Vote", exact=True).click()
    expect(alternate.get_by_text("Voted, by its alternate")).to_be_visible()
    _let_it_close()

    path = page.url.removeprefix(live_server.url)
    guest = _opened(open_page, stage, live_server, "greta", path)
    expect(guest.get_by_role("heading", name="Result")).to_be_visible()
    expect(guest.get_by_text("Not enough seats voted: the ballot decides nothing")).to_be_visible()
    guest.get_by_text("Show as a table").first.click()
    row = guest.get_by_role("table", name="Votes by constituency").get_by_role("row")
    expect(row.filter(has_text="Widening the exits in Gazipur")).to_contain_text("1")
    assert _look(guest, "ballot-counted-1280-light") == []


def _let_it_close() -> None:
    with job_role():
        found = Ballot.objects.get(group__key=KEY, state="called")
        assert close_ballot(ballot_id=found.pk, at=found.closes_at)


def test_an_action_item_from_the_minutes_to_done(open_page: Open, live_server: Any, stage: Stage) -> None:
    with owner_role():
        held = Meeting.objects.get(title="First draft of the template").code
    lead = _opened(open_page, stage, live_server, "grace", _at("minutes", held, 1))
    lead.get_by_role("link", name="New action item").click()
    lead.get_by_label("What is to be done?").fill("Send the draft to the insurers")
    lead.get_by_label("Who does it?").select_option(label="Nasrin Sultana Lipi, Jolrekha Footwear")
    lead.get_by_label("By", exact=True).fill((timezone.localdate() + timedelta(days=5)).isoformat())
    lead.get_by_role("button", name="Write it down").click()
    expect(lead.get_by_text("It is written down, and its owner is told.")).to_be_visible()

    owner = _opened(
        open_page, stage, live_server, "nasrin", reverse("forum:my_action_items"), width=390, theme="dark"
    )
    owner.get_by_role("link", name="Send the draft to the insurers").click()
    expect(owner.get_by_role("link", name="First draft of the template")).to_be_visible()
    owner.get_by_role("button", name="It is done").click()
    expect(owner.get_by_text("Done. Thank you.")).to_be_visible()

    lead.goto(f"{live_server.url}{_at('minutes', held, 1)}")
    kept = lead.get_by_role("listitem").filter(has_text="Send the draft to the insurers")
    expect(kept).to_contain_text("Done")
    assert _look(lead, "minutes-kept-1280-light") == []
