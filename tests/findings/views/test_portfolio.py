"""The portfolio on the screen: each side, each filter, kept views and files."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from findings.models import SavedView, Subscription, TableExport
from organisations.models import Membership
from organisations.visibility import Capability
from tests.conftest import owner_role
from tests.factories import findings as audits
from tests.factories import organisations as people
from tests.factories import sourcing as places

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def buyer(client_for: ClientFor) -> Client:
    """Return the browser of a buyer with one supplier, whose audit found a critical NC and a CAR."""
    member = people.membership(people.organisation("", Capability.BUYER))
    supplier = people.organisation("Loud Mill")
    site = places.site(supplier, "North")
    places.link(member.organisation, supplier)
    audit = audits.audit(site, people.organisation("", Capability.AUDIT_FIRM), kind="initial")
    audits.finding(audit, severity="critical", title="Exit blocked")
    audits.car(audit, title="Fees at home")
    audits.publish(audit)
    return client_for(member.person)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_table_says_first_what_is_the_matter(buyer: Client) -> None:
    page = text(buyer.get(reverse("findings:portfolio")))
    assert "One non-compliance at your suppliers is past its date" in page
    assert "1 critical" in page
    assert "1 without a plan" in page


def test_rows_alone_are_sent_to_a_part_of_the_page(buyer: Client) -> None:
    part = text(
        buyer.get(reverse("findings:portfolio"), {"severity": "minor"}, headers={"HX-Request": "true"})
    )
    assert "<h1" not in part
    assert "Loud Mill" in part


def test_filters_that_fit_nothing_say_so(buyer: Client) -> None:
    page = text(buyer.get(reverse("findings:portfolio"), {"q": "nobody"}))
    assert "No supplier fits these filters" in page


def test_supplier_page_keeps_both_kinds_apart(buyer: Client) -> None:
    listed = text(buyer.get(reverse("findings:portfolio")))
    code = listed.split("/portfolio/suppliers/")[1].split("/")[0]
    page = text(buyer.get(reverse("findings:supplier_status", args=[code])))
    heading, together = page.split("Non-compliances, by date")[1].split("<h2>Working together</h2>")
    assert "Exit blocked" in heading
    assert "Fees at home" not in heading
    assert "Fees at home" in together.split("<h2>Sites</h2>")[0]


def test_view_is_kept_followed_and_removed(buyer: Client) -> None:
    answer = buyer.post(reverse("findings:portfolio_keep"), {"name": "Grave", "severity": "critical"})
    view = _the(SavedView)
    assert (answer.status_code, view.asked) == (302, {"severity": "critical"})
    here = reverse("findings:portfolio_view", args=[view.code])
    assert "Be told about it" in text(buyer.get(here))
    assert buyer.post(here, {"events": ["business_critical"], "rhythm": "weekly"}).status_code == 302
    assert _the(Subscription).rhythm == "weekly"
    assert "You are told about it" in text(buyer.get(here))
    assert buyer.post(reverse("findings:portfolio_unfollow", args=[view.code])).status_code == 302
    assert buyer.post(reverse("findings:portfolio_remove", args=[view.code])).status_code == 302
    with owner_role():
        assert (SavedView.objects.count(), Subscription.objects.count()) == (0, 0)


def test_name_that_is_taken_is_said_beside_the_field_and_nothing_is_lost(buyer: Client) -> None:
    said = {"name": "Grave", "severity": "critical"}
    buyer.post(reverse("findings:portfolio_keep"), said)
    answer = buyer.post(reverse("findings:portfolio_keep"), said)
    assert answer.status_code == 422
    assert "There is a view of this name already" in text(answer)
    assert 'name="severity" value="critical"' in text(answer)


def test_following_nothing_is_refused(buyer: Client) -> None:
    buyer.post(reverse("findings:portfolio_keep"), {"name": "All"})
    here = reverse("findings:portfolio_view", args=[_the(SavedView).code])
    assert buyer.post(here, {"rhythm": "daily"}).status_code == 422


def test_list_is_asked_for_as_it_stands_on_the_screen(buyer: Client) -> None:
    said = {"kind": "portfolio", "format": "xlsx", "severity": "critical", "sort": "-overdue"}
    answer = buyer.post(reverse("findings:list_take"), said)
    wish = _the(TableExport)
    assert answer.headers["Location"] == reverse("findings:list_file", args=[wish.code])
    assert (wish.kind, wish.format, wish.asked) == (
        "portfolio",
        "xlsx",
        {"severity": "critical", "sort": "-overdue"},
    )
    assert "Your list is being written" in text(buyer.get(answer.headers["Location"]))


@pytest.mark.parametrize("said", [{}, {"kind": "people", "format": "csv"}, {"kind": "cars", "format": "exe"}])
def test_list_that_does_not_exist_is_not_found(buyer: Client, said: dict[str, str]) -> None:
    assert buyer.post(reverse("findings:list_take"), said).status_code == 404


def test_colleagues_do_not_see_what_one_took_away(buyer: Client, client_for: ClientFor) -> None:
    buyer.post(reverse("findings:list_take"), {"kind": "cars", "format": "csv"})
    wish = _the(TableExport)
    with owner_role():
        organisation = Membership.objects.get(person=wish.person).organisation
    colleague = client_for(people.membership(organisation).person)
    here = reverse("findings:list_file", args=[wish.code])
    assert (buyer.get(here).status_code, colleague.get(here).status_code) == (200, 404)


def test_supplier_has_no_portfolio(client_for: ClientFor) -> None:
    supplier = client_for(people.membership(people.organisation()).person)
    assert supplier.get(reverse("findings:portfolio")).status_code == 403


def _the(model: Any) -> Any:
    with owner_role():
        return model.objects.get()
