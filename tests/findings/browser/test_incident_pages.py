"""Every page of a case, as it is seen: narrow and wide, light and dark, without fault."""

import os
from typing import Any, Literal

import pytest
from django.test import Client
from django.urls import reverse

from findings.models import Incident
from organisations.models import Membership
from tests.conftest import owner_role
from tests.factories import incidents as cases
from tests.factories.world import World, world
from tests.web.browsing import Open, complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _signed_in(who: Membership) -> Client:
    client = Client()
    client.force_login(who.person)
    return client


@pytest.fixture
def scene() -> tuple[World, Incident]:
    """A case with two customers, tasks, requests and a report of an earlier closing."""
    made = world()
    case = cases.incident(
        made.site,
        made.supplier,
        what_happened="Twelve people on the night shift paid an agent in their home country before they came."
        " They still owe money.",
        language="en",
    )
    with owner_role():
        lead = case.members.get()
    buyer, other = cases.named(case, made.buyer), cases.named(case, made.other_buyer)
    cases.called(case, "compliance@northfield.example", made.buyer.organisation_id)
    cases.step(lead, text="We told the agency in writing to stop all fees.")
    cases.step(lead, kind="safety", first_step="safe_now", text="Everybody affected is safe.")
    cases.step(lead, audience="site", text="Payroll has the list; it stays in the safe.")
    cases.step(buyer, kind="word", text="Thank you for telling us. We want to help with the repayment.")
    task = cases.task(lead, what="Pay back what the twelve people paid, with interest")
    cases.task(buyer, what="Say how much of the repayment you carry")
    cases.demand(buyer, text="Please repay within a month.")
    cases.demand(other, text="Send a repayment plan.", task=task, answered_at=task.set_at)
    cases.report(lead)
    return made, case


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_pages_are_without_fault(
    scene: tuple[World, Incident],
    open_page: Open,
    live_server: Any,
    width: int,
    theme: Literal["light", "dark"],
) -> None:
    made, case = scene
    of_case = ("incident", "incident_step", "incident_inform", "incident_colleague", "incident_helper")
    more = ("incident_task", "incident_close")
    lead = [reverse(f"findings:{name}", args=[case.code]) for name in (*of_case, *more)]
    lists = [reverse("findings:incidents"), reverse("findings:incident_new")]
    report = reverse("findings:incident_report_pdf", args=[case.code, 1])
    customer = [reverse(f"findings:{name}", args=[case.code]) for name in ("incident", "incident_demand")]
    walks = {made.supplier: [*lists, *lead, report], made.buyer: customer, made.firm: lists}
    for who, paths in walks.items():
        page = open_page("livez", width=width, theme=theme)
        session = _signed_in(who).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        for path in paths:
            page.goto(f"{live_server.url}{path}")
            if os.environ.get("SHOTS"):
                name = f"{who.organisation.name[:4]}{path.replace('/', '_').replace(case.code, 'X')}"
                page.screenshot(path=f"{os.environ['SHOTS']}/{name}-{width}.png", full_page=True)
            assert (path, complaints(page)) == (path, [])
            assert (path, overflow(page)) == (path, 0)
            assert (path, page.evaluate("window.violations")) == (path, [])
