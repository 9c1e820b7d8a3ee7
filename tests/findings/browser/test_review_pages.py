"""A site answers an audit of many findings on a phone; corrections and follow-ups as they are seen."""

import datetime as dt
import os
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from findings.actions.follow_up import note_result, raise_again
from findings.actions.review import say
from findings.actions.revision import Correction, revise_audit
from findings.lifecycle import AuditState
from findings.models import Audit, Finding, FollowUpItem, SiteReply
from organisations.models import Organisation
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.findings.conftest import AT, House
from tests.web.browsing import Open, complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SHOTS", "")
SIZES: list[tuple[int, Literal["light", "dark"]]] = [(390, "light"), (1280, "dark")]
MANY = 40


@pytest.fixture
def read(house: House) -> Audit:
    """Return an audit of forty findings that the site was sent."""
    audit = house.audit(kind="initial", ends_on=dt.date(2026, 9, 1))
    for number in range(MANY - 1):
        make.finding(audit, title=f"Exit {number + 1} on the packing floor is blocked by boxes")
    make.car(audit, title="Agents charge workers fees")
    house.to(audit, AuditState.SUBMITTED)
    with owner_role():
        ends_at = dt.datetime.now(dt.UTC) + dt.timedelta(days=7)
        Audit.objects.filter(pk=audit.pk).update(review_ends_at=ends_at)
    return audit


def _enter(page: Page, house: House, who: Organisation, base: str) -> None:
    client = Client()
    client.force_login(house.admins[who.pk].person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": base}])


def _look(page: Page, name: str) -> list[str]:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    wide, violations = overflow(page), page.evaluate("window.violations")
    faults: list[str] = page.faults  # type: ignore[attr-defined]
    return [*complaints(page), *violations, *faults, *([f"{wide} px too wide"] if wide else [])]


def test_forty_findings_are_answered_on_a_phone(
    open_page: Open, live_server: Any, house: House, read: Audit
) -> None:
    page = open_page("accounts/login/", width=390)
    _enter(page, house, house.supplier, live_server.url)
    page.goto(f"{live_server.url}/audits/{read.code}/")
    page.get_by_role("link", name="Read and answer").click()
    rows = page.locator("details.review-row")
    expect(rows).to_have_count(MANY)
    first = rows.first
    first.get_by_label("It is not right.").check()
    first.get_by_role("button", name="Save").click()
    first.get_by_text("Write what you want to say.").first.wait_for()
    first.get_by_label("Your words").fill("The boxes were moved at noon.")
    first.get_by_role("button", name="Save").click()
    page.get_by_text(f"1 of {MANY} answered.").wait_for()
    assert _look(page, "review-answered-390") == []
    page.get_by_role("button", name="All the others are right").click()
    page.get_by_text(f"{MANY} of {MANY} answered.").wait_for()
    page.get_by_role("button", name="We have no more comments").click()
    page.get_by_text("you have no more comments").first.wait_for()
    with owner_role():
        kinds = SiteReply.objects.values_list("kind", flat=True)
        assert sorted(set(kinds)) == ["dispute", "fine", "finished"]
        assert len(kinds) == MANY + 1


@pytest.fixture
def addresses(house: House, read: Audit) -> dict[str, tuple[Organisation, str]]:
    """Return every page of the slice, with things on it to look at."""
    before = house.audit(kind="initial")
    nc = make.finding(before, title="Exit on floor 2 is locked", verification="follow_up")
    car = make.car(before, title="Agents charge fees")
    house.to(house.to(before, AuditState.SUBMITTED), AuditState.PUBLISHED)
    visit = house.audit(kind="follow_up_partial", parent=before, ends_on=dt.date(2026, 5, 1))
    periodic = house.audit(ends_on=dt.date(2026, 5, 20))
    with owner_role():
        FollowUpItem.objects.create(audit=visit, finding=nc)
        nc = Finding.objects.select_related("audit__version", "requirement").get(pk=nc.pk)
        sent = Finding.objects.select_related("audit").filter(audit=read).earliest("pk")
    with house.as_(house.supplier) as viewer:
        dispute = say(viewer=viewer, audit=nc.audit, finding=nc, kind="dispute", text="It was open.", at=AT)
        say(
            viewer=viewer,
            audit=nc.audit,
            finding=car,
            kind="comment",
            text="Two agents.",
            language="en",
            at=AT,
        )
        say(viewer=viewer, audit=read, finding=sent, kind="dispute", text="Not ours.", at=AT)
    with house.as_(house.firm) as viewer:
        words = {
            "title": "One exit on floor 2 is locked",
            "description": "Seen on site, at two in the afternoon.",
        }
        revise_audit(
            viewer=viewer,
            audit=nc.audit,
            correction=Correction(findings={nc.code: words}, summary="A large site."),
            reason="The photo shows one exit.",
            at=AT,
        )
        note_result(viewer=viewer, audit=visit, finding=nc, result="closed", note="It is open.", at=AT)
        raise_again(viewer=viewer, audit=periodic, earlier=nc, at=AT)
    firm, supplier, buyer = house.firm, house.supplier, house.buyer
    return {
        "review": (supplier, f"/audits/{read.code}/review/"),
        "sent-supplier": (supplier, f"/audits/{read.code}/"),
        "sent-firm": (firm, f"/audits/{read.code}/"),
        "publish-not-yet": (firm, f"/audits/{read.code}/publish/"),
        "reply": (supplier, f"/findings/{nc.code}/reply/"),
        "reply-audit": (supplier, f"/audits/{before.code}/reply/"),
        "answer": (firm, f"/replies/{dispute.code}/answer/"),
        "nc": (buyer, f"/findings/{nc.code}/"),
        "car": (supplier, f"/findings/{car.code}/"),
        "published": (buyer, f"/audits/{before.code}/"),
        "disputed-list": (buyer, "/findings/"),
        "revise": (firm, f"/findings/{nc.code}/revise/?settles={dispute.code}"),
        "revise-audit": (firm, f"/audits/{before.code}/revise/"),
        "revision": (buyer, f"/audits/{before.code}/revisions/1/"),
        "follow-up": (firm, f"/audits/{visit.code}/follow-up/"),
        "follow-up-note": (firm, f"/audits/{visit.code}/follow-up/{nc.code}/"),
        "follow-up-audit": (firm, f"/audits/{visit.code}/"),
        "periodic": (firm, f"/audits/{periodic.code}/"),
        "new-from-last": (firm, f"/audits/new/?after={before.code}"),
    }


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_pages_are_without_fault(
    open_page: Open,
    live_server: Any,
    house: House,
    addresses: dict[str, tuple[Organisation, str]],
    width: int,
    theme: Literal["light", "dark"],
) -> None:
    page = open_page("accounts/login/", width=width, theme=theme)
    wrong = {}
    for name, (who, path) in addresses.items():
        _enter(page, house, who, live_server.url)
        answer = page.goto(f"{live_server.url}{path}")
        assert answer is not None
        assert answer.status == 200, name
        if found := _look(page, f"{name}-{width}-{theme}"):
            wrong[name] = found
    assert wrong == {}
