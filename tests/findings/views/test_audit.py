"""Pages of audits, as each side meets them."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from findings.lifecycle import AuditState
from findings.models import Audit, Finding
from organisations.models import Organisation, Person
from organisations.visibility import Role
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories import organisations as people
from tests.findings.conftest import House

SignedIn = Callable[[Organisation], Client]
MOST_STATEMENTS = 16  # sessions, savepoints and acting settings among them


def _page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    without_token = re.sub(
        r'"X-CSRFToken": "\w+"|name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode()
    )
    return re.sub(r"\s+", " ", without_token)


def _facts(**more: Any) -> dict[str, Any]:
    return {
        "notice": "announced",
        "pillars": "2",
        "starts_on": "2026-05-04",
        "ends_on": "2026-05-06",
        "reference": "",
        "summary": "",
        "auditors-TOTAL_FORMS": "1",
        "auditors-INITIAL_FORMS": "0",
        "auditors-0-name": "Rita Rahman",
        "auditors-0-grade": "CSCA",
        "auditors-0-apsca_number": "21700123",
        "auditors-0-is_lead": "on",
        **more,
    }


@pytest.mark.parametrize("path", ["/audits/", "/findings/", "/working-together/"])
def test_empty_lists_teach_the_next_step(house: House, signed_in: SignedIn, path: str) -> None:
    assert 'class="empty"' in _page(signed_in(house.stranger), path)


def test_list_counts_non_compliances_and_cars_apart(house: House, signed_in: SignedIn) -> None:
    audit = house.audit()
    for severity in ("major", "major", "minor"):
        make.finding(audit, severity=severity)
    make.car(audit)
    make.car(audit, requirement=make.requirement("5A.A"))
    page = _page(signed_in(house.firm), "/audits/")
    assert re.search(r"Major</span></span> 2</span>", page)
    assert re.search(r"Minor</span></span> 1</span>", page)
    assert re.search(r'<span class="tag car"><span>2</span></span>', page)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("state=published", {"North Mill"}),
        ("state=in_progress", {"South Mill"}),
        ("kind=initial", {"South Mill"}),
        ("year=2025", {"South Mill"}),
        ("site=north", {"North Mill"}),
        ("site=north&state=in_progress", set()),
        ("year=abc&state=nonsense", {"North Mill", "South Mill"}),
    ],
)
def test_filters_stand_in_the_address(house: House, signed_in: SignedIn, query: str, shown: set[str]) -> None:
    house.audit(AuditState.PUBLISHED)
    house.audit(site=house.south, kind="initial", ends_on=dt.date(2025, 11, 3))
    page = _page(signed_in(house.firm), f"/audits/?{query}")
    assert {name for name in ("North Mill", "South Mill") if f"<strong>{name}" in page} == shown


def test_site_filter_takes_a_code(house: House, signed_in: SignedIn) -> None:
    house.audit(AuditState.PUBLISHED)
    page = _page(signed_in(house.supplier), f"/audits/?site={house.south.code}")
    assert "<strong>North Mill" not in page
    assert "<strong>North Mill" in _page(signed_in(house.supplier), f"/audits/?site={house.north.code}")


@pytest.mark.parametrize("path", ["/audits/", "/findings/", "/working-together/"])
def test_lists_cost_the_same_at_1_and_at_30_rows(house: House, signed_in: SignedIn, path: str) -> None:
    def grow(number: int) -> None:
        for _ in range(number):
            audit = house.audit(kind="initial")
            make.finding(audit)
            make.car(audit)
            house.to(house.to(audit, AuditState.SUBMITTED), AuditState.PUBLISHED)

    client, counts = signed_in(house.buyer), []
    client.get("/")  # the first page of a session writes more
    for number in (1, 29):
        grow(number)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(path).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= MOST_STATEMENTS


@pytest.mark.parametrize("suffix", ["", "edit/", "publish/", "enter/"])
def test_foreign_and_missing_audits_look_the_same(house: House, signed_in: SignedIn, suffix: str) -> None:
    audit = house.audit()
    for who in (house.buyer, house.supplier, house.other_firm, house.stranger):
        client = signed_in(who)
        foreign = _page(client, f"/audits/{audit.code}/{suffix}", 404)
        missing = _page(client, f"/audits/NOSUCHCODE/{suffix}", 404)
        assert foreign.replace(audit.code, "") == missing.replace("NOSUCHCODE", "")
    assert _page(signed_in(house.firm), f"/audits/{audit.code}/")


def test_customer_sees_the_audit_once_published_and_no_other_customer(
    house: House, signed_in: SignedIn, car: Finding
) -> None:
    page = _page(signed_in(house.buyer), f"/audits/{car.audit.code}/")
    assert "North Mill: one non-compliance to close, and 1 to work on together" in page
    assert "This is not a failure" in page
    assert "Rival Retail" not in page
    assert "Bright Stores" not in _page(signed_in(house.firm), f"/audits/{car.audit.code}/")
    own = _page(signed_in(house.supplier), f"/audits/{car.audit.code}/")
    assert "Bright Stores, Rival Retail" in own


def test_site_limited_member_sees_the_audits_of_their_sites(
    house: House, client_for: Callable[[Person], Client], car: Finding
) -> None:
    for sites, status in (([house.north.pk], 200), ([house.south.pk], 404)):
        limited = people.membership(house.supplier, role=Role.EDITOR, site_ids=sites)
        client = client_for(limited.person)
        _page(client, f"/audits/{car.audit.code}/", status)
        assert ("<strong>North Mill" in _page(client, "/audits/")) is (status == 200)
        assert ("Agents charge fees" in _page(client, "/working-together/")) is (status == 200)


def test_firm_keeps_its_audit_after_the_engagement(house: House, signed_in: SignedIn, car: Finding) -> None:
    _page(signed_in(house.other_firm), f"/audits/{car.audit.code}/")
    with owner_role():
        for ended in house.north.engagements.all():
            ended.state = "ended"
            ended.save(update_fields=["state"])
    assert "North Mill" in _page(signed_in(house.firm), f"/audits/{car.audit.code}/")
    assert "<strong>North Mill" in _page(signed_in(house.firm), "/audits/")
    _page(signed_in(house.other_firm), f"/audits/{car.audit.code}/", 404)


def test_audit_is_opened_started_sent_and_published_by_buttons(house: House, signed_in: SignedIn) -> None:
    client = signed_in(house.firm)
    answer = client.post(
        "/audits/new/", _facts(site=house.north.code, version=house.version.key, kind="periodic")
    )
    assert answer.status_code == 302
    with owner_role():
        audit = Audit.objects.get()
    for verb, state in (
        ("start", "in_progress"),
        ("submit", "submitted"),
        ("take-back", "in_progress"),
        ("submit", "submitted"),
        ("review/finish", "submitted"),
        ("publish", "published"),
    ):
        client = signed_in(house.supplier if verb == "review/finish" else house.firm)
        assert client.post(f"/audits/{audit.code}/{verb}/").status_code == 302, verb
        with owner_role():
            audit.refresh_from_db()
        assert audit.state == state, verb


def test_wrong_facts_keep_what_was_typed(house: House, signed_in: SignedIn) -> None:
    typed = _facts(
        site=house.north.code,
        version=house.version.key,
        kind="periodic",
        ends_on="2026-05-01",
        summary="Typed long",
    )
    answer = signed_in(house.firm).post("/audits/new/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The last day is before the first." in page
    assert "Typed long" in page
    assert 'value="Rita Rahman"' in page


def test_odd_reference_is_doubted_and_saved(house: House, signed_in: SignedIn) -> None:
    client = signed_in(house.firm)
    typed = _facts(site=house.north.code, version=house.version.key, kind="periodic", reference="12345")
    page = client.post("/audits/new/", typed, follow=True).content.decode()
    assert "does not look like an audit reference" in page
    with owner_role():
        assert Audit.objects.get().reference == "12345"


def test_site_without_an_engagement_is_no_choice(house: House, signed_in: SignedIn) -> None:
    typed = _facts(site=house.south.code, version=house.version.key, kind="periodic")
    assert signed_in(house.firm).post("/audits/new/", typed).status_code == 422
    assert _page(signed_in(house.buyer), "/audits/new/", 403)


def test_another_auditor_is_added_without_scripts(house: House, signed_in: SignedIn) -> None:
    answer = signed_in(house.firm).post("/audits/new/", _facts(add_row="auditors", site=house.north.code))
    assert answer.status_code == 200
    assert "auditors-1-name" in answer.content.decode()


def test_publish_page_says_who_will_see_it_or_what_is_missing(
    house: House, signed_in: SignedIn, car: Finding
) -> None:
    audit = house.audit(AuditState.SUBMITTED, ends_on=dt.date(2026, 5, 20))
    client = signed_in(house.firm)
    page = _page(client, f"/audits/{audit.code}/publish/")
    assert "cannot be published yet" in page
    assert "Look anew at each open CAR of this site. Still to do: 1." in page
    assert client.post(f"/audits/{audit.code}/publish/").status_code == 409
    make.reassessment(car, audit)
    page = _page(client, f"/audits/{audit.code}/publish/")
    assert "Publish now" in page
    assert "customers whose accepted trade link covers this site" in page
    assert "Bright Stores" not in page


def test_moving_by_get_does_nothing(house: House, signed_in: SignedIn) -> None:
    audit = house.audit()
    assert signed_in(house.firm).get(f"/audits/{audit.code}/submit/").status_code == 405


def test_partial_is_only_the_rows(house: House, signed_in: SignedIn) -> None:
    house.audit()
    answer = signed_in(house.firm).get("/audits/", headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "North Mill" in page
    assert "<html" not in page


def test_auditors_are_picked_from_those_named_before_and_from_colleagues(
    house: House, signed_in: SignedIn
) -> None:
    house.audit()
    page = signed_in(house.firm).get("/audits/new/").content.decode()
    assert 'list="known-auditors"' in page
    assert '<option value="Rita Rahman"' in page
    assert 'data-number="21700123"' in page
    assert house.admins[house.firm.pk].person.name in page
    assert "North Mill, Bangladesh" in page


def test_auditors_of_another_firm_are_not_offered(house: House, signed_in: SignedIn) -> None:
    house.audit()
    page = signed_in(house.other_firm).get("/audits/new/").content.decode()
    assert 'list="known-auditors"' in page
    assert "Rita Rahman" not in page
