"""The pages of a plan at work, as they are seen: versions, a merge, refunds, wages, an issue raised again."""

import datetime as dt
import os
from pathlib import Path
from typing import Any, Literal

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from findings.models import Finding
from organisations.models import Membership
from organisations.visibility import Role
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories import organisations as people
from tests.factories.world import World, world
from tests.findings.views.test_plan_pages import typed
from tests.web.browsing import Open, complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GROUP = {
    "label": "Came in 2024 through two agencies",
    "from_country": "NP",
    "to_country": "BD",
    "workers": "40",
    "fee": "1200",
    "currency": "USD",
    "purposes": ["agency", "visa"],
    "refunder": "together",
}
PAID = {
    "paid_on": "2026-01-20",
    "amount": "9000",
    "workers": "20",
    "workers_settled": "6",
    "payer": "employer",
}
WAGES = {
    "measured_on": "2026-01-31",
    "benchmark": "Living wage for the city",
    "source": "https://example.org/benchmarks",
    "benchmark_on": "2025-12-01",
    "region": "Dhaka",
    "amount": "20000",
    "currency": "BDT",
    "groups-TOTAL_FORMS": "2",
    "groups-INITIAL_FORMS": "0",
    "groups-0-name": "Helpers",
    "groups-0-workers": "30",
    "groups-0-lowest": "12500",
    "groups-0-median": "14000",
    "groups-1-name": "Operators",
    "groups-1-workers": "120",
    "groups-1-lowest": "15000",
    "groups-1-median": "17500",
}


def _signed_in(who: Membership) -> Client:
    client = Client()
    client.force_login(who.person)
    return client


def _do(client: Client, name: str, args: list[Any], sent: dict[str, Any]) -> None:
    answer = client.post(reverse(f"findings:{name}", args=args), sent)
    assert answer.status_code == 302, answer.content.decode()[-3000:]


def _report(word: str) -> dict[str, str]:
    return {
        "summary": "The agency signed.",
        "actions-TOTAL_FORMS": "1",
        "actions-INITIAL_FORMS": "1",
        "actions-0-progress": word,
    }


@pytest.fixture
def scene() -> World:
    """A CAR with two versions, reports, refunds and a wish; raised again; and one on wages."""
    made = world()
    site, customer, code = _signed_in(made.supplier), _signed_in(made.buyer), [made.car.code]
    _do(site, "plan_edit", code, typed())
    _do(site, "plan_update", code, _report("not_started"))
    changed = typed(
        **{"causes-0-why": "Agents charge workers long before they reach us.", "asks": ["inform"]}
    )
    _do(site, "plan_edit", code, changed)
    for word in ("behind", "on_track"):
        _do(site, "plan_update", code, _report(word))
    _do(site, "refund_group_new", code, GROUP)
    _do(
        site, "refund_group_new", code, {**GROUP, "label": "Came in 2022", "currency": "EUR", "workers": "11"}
    )
    for paid in (PAID, {**PAID, "paid_on": "2026-03-02"}):
        _do(site, "refund_pay", [*code, 1], paid)
    named = {**PAID, "payer": "customer", "customer": made.buyer.organisation.pk, "amount": "500"}
    _do(site, "refund_pay", [*code, 2], {**named, "workers": "3", "workers_settled": "1"})
    _do(customer, "rhythm_ask", code, {"rhythm": "1", "reason": "Our board asks each month."})
    with owner_role():
        audit = make.audit(made.site, made.firm.organisation, ends_on=dt.date(2026, 2, 1))
        wages = make.car(audit, requirement=make.requirement("5A.A"), title="Pay is below a living wage")
        make.publish(audit)
    _do(site, "plan_edit", [wages.code], typed())
    _do(site, "wages_new", [wages.code], WAGES)
    _do(site, "wages_new", [wages.code], {**WAGES, "measured_on": "2026-04-30", "groups-0-median": "15500"})
    made.wages = wages  # type: ignore[attr-defined]
    return made


def _raised_again(scene: World) -> Finding:
    with owner_role():
        later = make.audit(scene.site, scene.firm.organisation, kind="periodic", ends_on=dt.date(2026, 6, 1))
        new = make.car(later, title="Workers still paid fees", predecessor=scene.car)
        make.reassessment(scene.car, later, "still_short", successor=new)
        make.publish(later)
        return new


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_pages_are_without_fault(
    scene: World, open_page: Open, live_server: Any, width: int, theme: Literal["light", "dark"]
) -> None:
    code, wages = [scene.car.code], [scene.wages.code]  # type: ignore[attr-defined]
    pages = {
        scene.supplier: [
            ("finding", code),
            ("plan_edit", code),
            ("plan_versions", code),
            ("plan_offline", code),
            ("capr", [scene.car.audit.code]),
            ("site_history", [scene.site.code]),
            ("refunds", code),
            ("refund_group_new", code),
            ("refund_pay", [*code, 1]),
            ("wages", wages),
            ("wages_new", wages),
            ("finding", wages),
        ],
        scene.buyer: [("refunds", code), ("rhythm_ask", code), ("finding", code)],
    }
    for who, walks in pages.items():
        for name, args in walks:  # type: ignore[attr-defined]
            page = _open(open_page, live_server, who, reverse(f"findings:{name}", args=args), width, theme)
            assert complaints(page) == []
            assert overflow(page) == 0
            _keep(page, f"{name}-{width}-{args[0] == wages[0]}-{who == scene.buyer}")


def test_the_second_of_two_writers_sees_both_and_loses_nothing(
    scene: World, open_page: Open, live_server: Any
) -> None:
    with owner_role():
        colleague = people.membership(scene.supplier.organisation, role=Role.EDITOR)
    address = reverse("findings:plan_edit", args=[scene.car.code])
    page = _open(open_page, live_server, scene.supplier, address, 390, "light")
    draft = typed(**{"causes-0-why": "A colleague's cause", "investigation": "We asked twenty workers."})
    _do(_signed_in(colleague), "plan_edit", [scene.car.code], {**draft, "draft": "1"})
    page.fill("[name=causes-0-why]", "My own cause")
    page.wait_for_selector(".saved.failed")
    page.click("button[name=draft]")
    page.wait_for_selector("#merge")
    assert complaints(page) == []
    assert overflow(page) == 0
    _keep(page, "merge-390")
    assert page.input_value("[name=investigation]") == "We asked twenty workers."
    page.check("[name=keep-causes-0][value=both]")
    page.click("button[name=draft]")
    page.wait_for_selector("#merge", state="detached")
    assert page.input_value("[name=causes-0-why]") == "A colleague's cause"
    assert page.input_value("[name=causes-1-why]") == "My own cause"
    _keep(page, "merged-390")


@pytest.mark.parametrize("width", [390, 1280])
def test_an_issue_raised_again_is_carried_on(
    scene: World, open_page: Open, live_server: Any, width: int
) -> None:
    new = _raised_again(scene)
    page = _open(
        open_page, live_server, scene.supplier, reverse("findings:finding", args=[new.code]), width, "light"
    )
    assert complaints(page) == []
    assert overflow(page) == 0
    _keep(page, f"chain-{width}")
    page.click("text=Start from the earlier plan")
    page.wait_for_selector("text=Carried on from plan")
    page.click("button.primary")
    page.wait_for_selector("#refunds")
    assert "Carried on from plan" in page.inner_text("main")
    _keep(page, f"carried-{width}")


def _open(open_page: Open, live_server: Any, who: Membership, path: str, width: int, theme: str) -> Page:
    page = open_page("livez", width=width, theme=theme)
    session = _signed_in(who).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}{path}")
    return page


def _keep(page: Any, name: str) -> None:
    """Keep a picture where somebody wants to look at it."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
