"""A working group, walked as its people do: from its door to minutes on paper."""

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from forum.models import Constituency, Group
from organisations.models import Membership
from organisations.queries import viewer_from
from organisations.visibility import Capability, Role
from tests.conftest import owner_role
from tests.factories import forum as make
from tests.factories import forum_meetings as held
from tests.factories.organisations import membership, organisation, person
from tests.journey.walking import Walker, work_off

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEY = "joint-repair"
HERE = f"/forum/groups/{KEY}/"


def _member(name: str, email: str, *capabilities: Capability, of: str) -> Membership:
    """Make somebody who signs in by the form."""
    from allauth.account.models import EmailAddress

    who = person(name=name, email=email)
    made = membership(organisation(of, *capabilities), who, role=Role.EDITOR)
    with owner_role():
        EmailAddress.objects.create(user=who, email=who.email, verified=True, primary=True)
    return made


@pytest.fixture
def walk(open_page: Any, live_server: Any) -> Callable[[Membership], Walker]:
    """Return a function that signs somebody in."""

    def enter(of: Membership) -> Walker:
        walker = Walker(open_page("livez"), live_server.url)
        walker.sign_in(of.person.email)
        return walker

    return enter


def test_from_the_door_of_a_group_to_its_minutes_on_paper(walk: Callable[[Membership], Walker]) -> None:
    sam = _member("Sam", "sam@example.org", Capability.OPERATOR, of="The Forum")
    grace = _member("Grace", "grace@example.org", Capability.STAKEHOLDER, of="Morning Shift")
    hannah = _member("Hannah", "hannah@example.org", Capability.BUYER, of="Northfield Retail")
    make.notice(sam.organisation, "We do not talk about prices.")
    group = make.bare_group(sam.organisation, KEY, title="Joint repair", entry="open")
    for one in (sam, grace):
        make.participant(group, viewer_from(one), role="co_lead")
    lead, newcomer = walk(grace), walk(hannah)

    _join(newcomer)
    _talk(newcomer, lead)
    make.seat(group, hannah.organisation_id, Constituency.BUYER, holder=viewer_from(hannah))
    _vote(lead, newcomer)
    _meet(group, grace, lead, newcomer)
    _agree(lead, newcomer)
    _print(newcomer)


def _join(newcomer: Walker) -> None:
    newcomer.go("/forum/")
    newcomer.open("Joint repair")
    newcomer.press("Join the group")
    expect(newcomer.page.get_by_role("heading", level=1)).to_have_text("Read this before you enter a group")
    newcomer.reads("We do not talk about prices.")
    newcomer.page.get_by_role("checkbox").check()
    newcomer.press("Accept and go on")
    expect(newcomer.page.get_by_role("heading", level=1)).to_have_text("Joint repair")


def _talk(newcomer: Walker, lead: Walker) -> None:
    newcomer.go(f"{HERE}discussion/new/")
    newcomer.page.locator("[name=title]").fill("Who pays for wider exits?")
    newcomer.page.locator("[name=body]").fill("We could pay **half**. Grace, what do you think?")
    for closed in newcomer.page.locator("main details:not([open]) > summary").all():
        closed.click()
    newcomer.page.get_by_label("Grace, Morning Shift").check()
    newcomer.page.locator("main form button.primary").last.click()
    expect(newcomer.page.get_by_role("heading", level=1)).to_have_text("Who pays for wider exits?")
    mail.outbox.clear()
    work_off()
    (letter,) = [one for one in mail.outbox if one.to == ["grace@example.org"]]
    assert "Joint repair" in letter.subject + str(letter.body)
    assert "exits" not in letter.subject + str(letter.body)
    link = next(line for line in str(letter.body).split() if "/forum/groups/" in line)
    lead.go("/" + link.partition("://")[2].partition("/")[2])
    lead.reads("Who pays for wider exits?", "half")


def _vote(lead: Walker, newcomer: Walker) -> None:
    closes_at = (timezone.now() + dt.timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    lead.go(f"{HERE}ballots/new/")
    lead.page.locator("[name=question]").fill("Do we try it at one site?")
    lead.page.locator("[name=choices]").fill("Yes\nNo")
    lead.page.locator("[name=closes_at]").fill(closes_at)
    lead.page.locator("main form button.primary").last.click()
    expect(lead.page.get_by_role("heading", level=1)).to_have_text("Do we try it at one site?")
    newcomer.go(f"{HERE}work/")
    newcomer.open("Do we try it at one site?")
    newcomer.page.get_by_label("Yes", exact=True).check()
    newcomer.press("Vote")
    newcomer.reads("this one counts")


def _meet(group: Group, grace: Membership, lead: Walker, newcomer: Walker) -> None:
    """The meeting began an hour ago: nobody waits for one that is planned today."""
    starts_at = timezone.now() - dt.timedelta(hours=1)
    held.point(held.meeting(group, viewer_from(grace), starts_at=starts_at), viewer_from(grace), "Exits")
    lead.go(f"{HERE}meetings/")
    lead.open("Spring meeting")
    lead.press("It was held")
    lead.page.get_by_label("Hannah, Northfield Retail").select_option("there")
    lead.press("Save")
    newcomer.go(f"{HERE}meetings/")
    newcomer.open("Spring meeting")
    newcomer.press("Begin the minutes")
    newcomer.page.locator("a[href$='/sections/1/edit/']").click()
    newcomer.page.get_by_label("What was said").fill("One site tries it first.")
    newcomer.page.get_by_role("button", name="Save", exact=True).click()
    newcomer.reads("One site tries it first.")


def _agree(lead: Walker, newcomer: Walker) -> None:
    lead.go(f"{HERE}meetings/")
    lead.open("Spring meeting", "Version 1", "Put them to the group")
    lead.press("Put them to the group")
    lead.reads("0 of 1 seat has approved.")
    work_off()
    newcomer.go("/")
    newcomer.reads("asks you to read its minutes")
    newcomer.go(f"{HERE}meetings/")
    newcomer.open("Spring meeting", "Version 1")
    newcomer.press("I approve these minutes")
    newcomer.reads("You approve these minutes")
    lead.page.reload()
    lead.press("Record that the group approves")
    lead.reads("Minutes that the group has approved")
    lead.press("Publish inside the group")
    lead.reads("Approved and published")


def _print(newcomer: Walker) -> None:
    newcomer.page.reload()
    newcomer.press("Make the PDF")
    expect(newcomer.page.locator("progress, .rendering").first).to_be_visible()
    work_off()
    newcomer.page.reload()
    with newcomer.page.expect_download() as waiting:
        newcomer.open("Download the minutes")
    data = Path(str(waiting.value.path())).read_bytes()
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    assert "One site tries it first." in text
    assert "Hannah" in text
