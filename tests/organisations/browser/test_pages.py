"""The pages of people and organisations as they are seen: narrow and wide, light and dark, and without a fault."""

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from ledger import relay
from ledger.acting import acting
from ledger.models import ReadLog
from organisations.actions.invitation import invite
from organisations.actions.membership import change_role
from organisations.actions.token import make_token
from organisations.models import Membership
from organisations.models.secrets import invitation_secret
from organisations.queries import viewer_from
from organisations.visibility import Capability, Role
from tests.conftest import owner_role
from tests.factories import organisations as make
from tests.web.browsing import Open, complaints, overflow

pytestmark = pytest.mark.browser
SIZES: list[tuple[int, Literal["light", "dark"]]] = [
    (390, "light"),
    (1280, "light"),
    (390, "dark"),
    (1280, "dark"),
]
SHOTS = os.environ.get("SHOTS", "")


@dataclass(frozen=True)
class World:
    """An organisation in the middle of its day, its admin's session, and an invitation for somebody else."""

    cookie: str
    admin: Membership
    colleague: Membership
    secret: str
    token: str


@pytest.fixture
def world(transactional_db: None, as_job: Any) -> World:
    own = make.organisation("Riverside Knitwear", Capability.SUPPLIER, Capability.BUYER)
    other = make.organisation("Northfield Retail", Capability.BUYER)
    admin = make.membership(own, make.person("Amina Rahman", "amina@riverside.example"))
    make.membership(other, admin.person)
    colleague = make.membership(own, make.person("Jonas Weber", "jonas@riverside.example"), role=Role.VIEWER)
    limited = make.membership(own, make.person("", "quality@riverside.example"), Role.EDITOR, site_ids=[1, 2])
    viewer = viewer_from(admin)
    with acting(person_id=viewer.person_id, organisation_id=own.pk):
        waiting = invite(viewer=viewer, email="mina@riverside.example", role=Role.EDITOR, at=timezone.now())
        invite(
            viewer=viewer,
            email="old@riverside.example",
            role=Role.VIEWER,
            at=timezone.now() - timedelta(days=9),
        )
        change_role(viewer=viewer, membership=colleague, role=Role.EDITOR, at=timezone.now())
        token, _secret = make_token(
            viewer=viewer, name="Our ERP system", scopes=["sites:read"], days=90, at=timezone.now()
        )
    with acting(person_id=limited.person_id, organisation_id=own.pk):
        made = viewer_from(limited)
        make_token(viewer=made, name="Quality check", scopes=["sites:read"], days=30, at=timezone.now())
    with owner_role():
        common = {"subject_kind": "findings.finding", "subject_id": 1, "subject_label": "Recruitment fees"}
        ReadLog.objects.create(at=timezone.now(), organisation=other, owner=own, slot=1, **common)
    with as_job():
        relay.relay(timezone.now())
    client = Client()
    client.force_login(admin.person)
    session = client.session
    session["organisation"] = own.pk
    session.save()
    return World(str(session.session_key), admin, colleague, invitation_secret(waiting.code), token.code)


def _addresses(world: World) -> dict[str, str]:
    plain = (
        "detail",
        "new",
        "edit",
        "members",
        "invite",
        "activity",
        "reads",
        "inbox",
        "settings",
        "new_token",
    )
    member = [world.colleague.code]
    return {name: reverse(f"organisations:{name}") for name in plain} | {
        "member": reverse("organisations:member", args=member),
        "role": reverse("organisations:role", args=member),
        "end": reverse("organisations:end", args=member),
        "accept": reverse("organisations:accept", args=[world.secret]),
        "revoke_token": reverse("organisations:revoke_token", args=[world.token]),
    }


def _enter(page: Page, world: World, base: str) -> None:
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": world.cookie, "url": base}])


def _look(page: Page, name: str) -> list[str]:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    wide = overflow(page)
    violations: list[str] = page.evaluate("window.violations")
    faults: list[str] = page.faults  # type: ignore[attr-defined]
    return [*complaints(page), *violations, *faults, *([f"{wide} px too wide"] if wide else [])]


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_pages_are_without_fault(
    open_page: Open, live_server: Any, world: World, width: int, theme: Literal["light", "dark"]
) -> None:
    page = open_page("accounts/login/", width=width, theme=theme)
    _enter(page, world, live_server.url)
    wrong = {}
    for name, path in _addresses(world).items():
        answer = page.goto(f"{live_server.url}{path}")
        assert answer is not None
        assert answer.status == 200, name
        if found := _look(page, f"{name}-{width}-{theme}"):
            wrong[name] = found
    assert wrong == {}


def test_token_is_made_and_faulty_input_is_kept(open_page: Open, live_server: Any, world: World) -> None:
    page = open_page("accounts/login/", width=390)
    _enter(page, world, live_server.url)
    page.goto(live_server.url + reverse("organisations:new_token"))
    page.get_by_label("What is it for?").fill("Stock list")
    page.get_by_role("button", name="Make the token").click()
    page.locator("[role=alert]").wait_for()
    assert _look(page, "new_token_faulty-390") == []
    assert page.get_by_label("What is it for?").input_value() == "Stock list"
    page.get_by_label("Sites: read").check()
    page.get_by_role("button", name="Make the token").click()
    page.get_by_role("heading", name="Copy the token now").wait_for()
    assert _look(page, "token_made-390") == []
    assert page.get_by_label("Stock list").input_value().startswith("ct_")


def test_switcher_goes_to_the_other_organisation(open_page: Open, live_server: Any, world: World) -> None:
    page = open_page("accounts/login/")
    _enter(page, world, live_server.url)
    page.goto(f"{live_server.url}/organisations/")
    page.locator(".switcher summary").click()
    page.get_by_role("button", name="Northfield Retail").click()
    page.wait_for_load_state()
    page.goto(f"{live_server.url}/organisations/")
    assert page.locator("h1").inner_text() == "Northfield Retail"
