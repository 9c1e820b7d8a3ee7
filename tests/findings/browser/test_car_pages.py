"""The home page and every page of a CAR, as they are seen: narrow and wide, light and dark, without fault."""

from typing import Any, Literal

import pytest
from django.test import Client
from django.urls import reverse

from organisations.models import Membership
from tests.factories.world import World, world
from tests.findings.views.test_plan_pages import typed
from tests.web.browsing import Open, complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SITE = ["understand", "plan_edit", "plan_upload", "plan_update"]


def _signed_in(who: Membership) -> Client:
    client = Client()
    client.force_login(who.person)
    return client


@pytest.fixture
def scene() -> World:
    """A CAR whose plan is shared, reported on and answered."""
    made = world()
    site, customer = _signed_in(made.supplier), _signed_in(made.buyer)
    code = [made.car.code]
    report = {
        "summary": "The agency signed.",
        "actions-TOTAL_FORMS": "1",
        "actions-INITIAL_FORMS": "1",
        "actions-0-progress": "behind",
    }
    answer = {"kind": "call", "time_1": "2099-01-12T10:00", "message": "About spring prices."}
    for client, name, sent in (
        (site, "understand", {"is_urgent": "yes", "is_known_issue": "no", "engagement": "some"}),
        (site, "plan_edit", typed()),
        (site, "plan_edit", typed()),
        (site, "plan_update", report),
        (customer, "plan_respond", answer),
    ):
        assert client.post(reverse(f"findings:{name}", args=code), sent).status_code == 302
    return made


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_pages_are_without_fault(
    scene: World, open_page: Open, live_server: Any, width: int, theme: Literal["light", "dark"]
) -> None:
    code = [scene.car.code]
    walks = {
        scene.supplier: [
            "/",
            *(reverse(f"findings:{name}", args=code) for name in ["finding", "next_step", *SITE]),
        ],
        scene.buyer: ["/", *(reverse(f"findings:{name}", args=code) for name in ["finding", "plan_respond"])],
    }
    for who, paths in walks.items():
        page = open_page("livez", width=width, theme=theme)
        session = _signed_in(who).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        for path in paths:
            page.goto(f"{live_server.url}{path}")
            assert (path, complaints(page)) == (path, [])
            assert (path, overflow(page)) == (path, 0)
            assert (path, page.evaluate("window.violations")) == (path, [])
