"""Audits and lists of findings as they are seen: narrow and wide, light and dark; and entry by the keyboard."""

import datetime as dt
import os
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Page

from findings.actions.audit import open_audit, start_audit, submit_audit
from findings.actions.finding import add_finding, reassess_car
from findings.actions.management import rate_management
from findings.actions.publication import publish_audit
from findings.models import Audit, Finding, MethodologyVersion, WorkplaceRequirement
from findings.models.facts import BREACH, AuditFacts, NamedAuditor, Rated, Said
from findings.queries.management import grid_of
from ledger.acting import acting
from organisations.models import Membership
from organisations.queries import viewer_from
from organisations.visibility import Capability
from sourcing.models import Site
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories import sourcing as places
from tests.web.browsing import Open, complaints, overflow

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("SHOTS", "")
SIZES: list[tuple[int, Literal["light", "dark"]]] = [(390, "light"), (1280, "dark")]
if SHOTS:
    SIZES += [(1280, "light"), (390, "dark")]
RITA = NamedAuditor("Rita Rahman", "CSCA", "21700123", dt.date(2026, 1, 5), is_lead=True)
JUN = NamedAuditor("Jun Park", "ASCA", "21700456")
FIRST = [
    (
        "3.D",
        BREACH,
        Said("Exit on floor 2 is locked", "The guard had the key.", 140, "isolated", "business_critical"),
    ),
    (
        "6.B",
        BREACH,
        Said(
            "Weeks of 72 hours in the peak season",
            "In 14 of 30 records.",
            60,
            "systemic",
            "major",
            "follow_up",
        ),
    ),
    ("3.J", BREACH, Said("Gloves are missing", "Nine people had none.", 9, "isolated", "minor", "desktop")),
    ("1A.C", BREACH, Said("Workers paid agents to get this job", "Forty workers paid 300 to 900 euros.", 40)),
    ("5A.A", BREACH, Said("Pay is below a living wage", "The gap to the benchmark is about a quarter.", 412)),
    (
        "2.F",
        "good_example",
        Said("The works council meets each month", "Minutes hang in three languages.", 412),
    ),
]


@dataclass(frozen=True)
class Scene:
    """A published audit of the spring and one being written in the autumn, with everyone's session."""

    published: Audit
    current: Audit
    car: Finding
    draft: Finding
    cookies: dict[str, str]


def _cookie(of: Membership) -> str:
    client = Client()
    client.force_login(of.person)
    session = client.session
    session["organisation"] = of.organisation_id
    session.save()
    return str(session.session_key)


def _write(viewer: Any, audit: Audit, code: str, nature: str, said: Said) -> Finding:
    requirement = WorkplaceRequirement.objects.get(version_id=audit.version_id, printed_code=code)
    at = dt.datetime.now(dt.UTC)
    return add_finding(viewer=viewer, audit=audit, requirement=requirement, nature=nature, said=said, at=at)


def _grade(viewer: Any, audit: Audit) -> None:
    cells = grid_of(viewer, audit).cells
    ratings = [
        Rated(cell.name, "some", "Seen on the wall." if cell.name == "3.policies" else "", "en")
        for cell in cells
    ]
    rate_management(viewer=viewer, audit=audit, ratings=ratings, at=dt.datetime.now(dt.UTC))


def _open(viewer: Any, site: Site, version: MethodologyVersion, day: dt.date) -> Audit:
    facts = AuditFacts(
        "periodic",
        "semi_announced",
        4,
        day - dt.timedelta(days=2),
        day,
        "ZAA600012345",
        "Two buildings, one shift.",
    )
    at = dt.datetime.now(dt.UTC)
    audit = open_audit(viewer=viewer, site=site, version=version, facts=facts, auditors=[RITA, JUN], at=at)
    return start_audit(viewer=viewer, audit=audit, at=at)


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    with owner_role():
        call_command("load_definitions", stdout=StringIO())
    supplier = people.organisation("Surma Shoes Limited", Capability.SUPPLIER)
    firm = people.organisation("Meridian Assurance", Capability.AUDIT_FIRM, is_listed=True)
    buyer = people.organisation("Northfield Retail", Capability.BUYER)
    site = places.site(supplier, "Surma Shoes, Unit 2")
    places.engagement(site, firm)
    places.link(buyer, supplier)
    members = {one.name: people.membership(one) for one in (supplier, firm, buyer)}
    viewer, at = viewer_from(members[firm.name]), dt.datetime.now(dt.UTC)
    today = at.date()
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        version = MethodologyVersion.objects.get(key="smeta-7.0")
        published = _open(viewer, site, version, today - dt.timedelta(days=400))
        made = [_write(viewer, published, *one) for one in FIRST]
        _grade(viewer, published)
        submit_audit(viewer=viewer, audit=published, at=at - dt.timedelta(days=30))
        publish_audit(viewer=viewer, audit=published, at=at)
        current = _open(viewer, site, version, today)
        draft = _write(viewer, current, *FIRST[1])
        wage = Said("Pay is still below a living wage", "The gap has halved.")
        reassess_car(viewer=viewer, audit=current, car=made[4], result="still_short", said=wage, at=at)
    names = {"supplier": supplier, "firm": firm, "buyer": buyer}
    cookies = {name: _cookie(members[one.name]) for name, one in names.items()}
    return Scene(published, current, made[3], draft, cookies)


def _enter(page: Page, cookie: str, base: str) -> None:
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": base}])


def _look(page: Page, name: str) -> list[str]:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    wide = overflow(page)
    violations: list[str] = page.evaluate("window.violations")
    faults: list[str] = page.faults  # type: ignore[attr-defined]
    return [*complaints(page), *violations, *faults, *([f"{wide} px too wide"] if wide else [])]


def _requirement(code: str) -> int:
    with owner_role():
        return WorkplaceRequirement.objects.get(version__key="smeta-7.0", printed_code=code).pk


def _addresses(scene: Scene) -> dict[str, tuple[str, str]]:
    current, published = f"/audits/{scene.current.code}/", f"/audits/{scene.published.code}/"
    new = f"{current}enter/"
    return {
        "list": ("firm", "/audits/"),
        "new-audit": ("firm", "/audits/new/"),
        "writing": ("firm", current),
        "edit-audit": ("firm", f"{current}edit/"),
        "choose": ("firm", new),
        "search": ("firm", f"{new}?q=wage"),
        "nc-form": ("firm", f"{new}?requirement={_requirement('3.D')}"),
        "car-form": ("firm", f"{new}?requirement={_requirement('4.C')}"),
        "edit-finding": ("firm", f"/findings/{scene.draft.code}/edit/"),
        "delete-finding": ("firm", f"/findings/{scene.draft.code}/delete/"),
        "reassess": ("firm", f"{current}cars/{scene.car.code}/reassess/"),
        "publish": ("firm", f"{current}publish/"),
        "published": ("buyer", published),
        "published-supplier": ("supplier", published),
        "non-compliances": ("buyer", "/findings/"),
        "together": ("buyer", "/working-together/"),
        "none": ("buyer", "/findings/?severity=critical"),
    }


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_pages_are_without_fault(
    open_page: Open, live_server: Any, scene: Scene, width: int, theme: Literal["light", "dark"]
) -> None:
    page = open_page("accounts/login/", width=width, theme=theme)
    wrong = {}
    for name, (who, path) in _addresses(scene).items():
        _enter(page, scene.cookies[who], live_server.url)
        answer = page.goto(f"{live_server.url}{path}")
        assert answer is not None
        assert answer.status == 200, name
        if found := _look(page, f"{name}-{width}-{theme}"):
            wrong[name] = found
    assert wrong == {}
