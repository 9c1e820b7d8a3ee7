"""The API does what the pages do, through the same actions, and shows nobody more."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from findings.lifecycle import AuditState
from findings.models import Audit, Finding
from organisations.models import Organisation
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.findings.conftest import House

SignedIn = Callable[[Organisation], Client]
NEW = {
    "methodology": "invented-1.0",
    "kind": "periodic",
    "starts_on": "2026-05-04",
    "ends_on": "2026-05-06",
    "auditors": [{"name": "Rita", "grade": "CSCA", "apsca_number": "21700123", "is_lead": True}],
}


def _get(client: Client, path: str, status: int = 200) -> Any:
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


def _send(client: Client, path: str, body: Any = None, status: int = 200, method: str = "post") -> Any:
    send: Callable[..., HttpResponse] = getattr(client, method)
    answer = send(f"/api/v1/{path}", json.dumps(body or {}), content_type="application/json")
    assert answer.status_code == status, answer.content
    return json.loads(answer.content) if answer.content else None


def test_whole_life_of_an_audit(house: House, signed_in: SignedIn) -> None:
    firm, buyer = signed_in(house.firm), signed_in(house.buyer)
    audit = _send(firm, "audits/", {**NEW, "site": house.north.code}, 201)
    code = audit["code"]
    assert (audit["state"], audit["site"]["name"], audit["auditors"][0]["name"]) == (
        "scheduled",
        "North Mill",
        "Rita",
    )
    _send(firm, f"audits/{code}/start/")
    nc = {
        "audit": code,
        "requirement": "3.B",
        "title": "Blocked",
        "description": "Boxes.",
        "severity": "major",
    }
    car = {"audit": code, "requirement": "1a.c", "title": "Fees", "description": "Agents."}
    assert _send(firm, "findings/", nc, 201)["due_on"] == "2026-07-05"
    made = _send(firm, "findings/", car, 201)
    assert (made["kind"], made["severity"], made["due_on"], made["verification"], made["is_overdue"]) == (
        "car",
        *[None] * 4,
    )
    _send(firm, f"audits/{code}/submit/")
    _get(buyer, f"audits/{code}/", 404)
    assert _get(buyer, "audits/")["results"] == []
    assert _send(firm, f"audits/{code}/publish/", None, 409)["errors"][0]["pointer"] == "/site-can-comment"
    _send(signed_in(house.supplier), f"audits/{code}/review/finish/")
    assert _send(firm, f"audits/{code}/publish/")["state"] == "published"
    seen = _get(buyer, f"audits/{code}/")
    assert (seen["non_compliances"]["major"], seen["cars"]) == (1, 1)
    assert [one["title"] for one in _get(buyer, "findings/")["results"]] == ["Blocked"]
    assert [one["title"] for one in _get(buyer, "findings/?kind=car")["results"]] == ["Fees"]
    refused = _send(firm, f"findings/{made['code']}/", {"title": "Softer"}, 403, "patch")
    assert refused["code"] == "audit-published"


@pytest.mark.parametrize("field", ["severity", "verification"])
def test_severity_on_a_car_is_refused(house: House, signed_in: SignedIn, field: str) -> None:
    audit, firm = house.audit(), signed_in(house.firm)
    body = {"audit": audit.code, "requirement": "1A.C", "title": "Fees", "description": "Agents."}
    values = {"severity": "major", "verification": "desktop"}
    assert _send(firm, "findings/", body | {field: values[field]}, 422)["code"] == "car-has-none"
    made = _send(firm, "findings/", body, 201)
    assert (
        _send(firm, f"findings/{made['code']}/", {field: values[field]}, 422, "patch")["code"]
        == "car-has-none"
    )


@pytest.mark.parametrize("field", ["due_on", "kind", "state", "has_plan", "closed_at"])
def test_what_nobody_sends_is_not_known(house: House, signed_in: SignedIn, field: str) -> None:
    audit = house.audit()
    body = {
        "audit": audit.code,
        "requirement": "1A.C",
        "title": "Fees",
        "description": "Agents.",
        field: "2026-09-01",
    }
    answer = _send(signed_in(house.firm), "findings/", body, 400)
    assert [one["pointer"] for one in answer["errors"]] == [f"/{field}"]


def test_findings_are_changed_and_deleted_in_progress(house: House, signed_in: SignedIn) -> None:
    audit, firm = house.audit(), signed_in(house.firm)
    found = make.finding(audit)
    changed = _send(firm, f"findings/{found.code}/", {"severity": "minor"}, 200, "patch")
    assert (changed["severity"], changed["due_on"], changed["title"]) == ("minor", "2026-06-02", found.title)
    _send(firm, f"findings/{found.code}/", None, 204, "delete")
    _get(firm, f"findings/{found.code}/", 404)


def test_reassessment_and_publication(house: House, signed_in: SignedIn, car: Finding) -> None:
    firm = signed_in(house.firm)
    audit = _send(firm, "audits/", {**NEW, "site": house.north.code}, 201)
    path = f"audits/{audit['code']}"
    _send(firm, f"{path}/start/")
    assert [one["finding"] for one in _get(firm, f"{path}/open-cars/")] == [car.code]
    _send(firm, f"{path}/submit/")
    _send(signed_in(house.supplier), f"{path}/review/finish/")
    refused = _send(firm, f"{path}/publish/", None, 409)
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("not-ready", "/cars-not-reassessed")
    _send(firm, f"{path}/take-back/")
    _send(firm, f"{path}/open-cars/{car.code}/reassess/", {"result": "still_short"}, 400)
    answer = _send(
        firm, f"{path}/open-cars/{car.code}/reassess/",
        {"result": "still_short", "title": "Fees", "description": "Still."},
    )  # fmt: skip
    assert answer["result"] == "still_short"
    _send(firm, f"{path}/submit/")
    _send(signed_in(house.supplier), f"{path}/review/finish/")
    _send(firm, f"{path}/publish/")
    buyer = signed_in(house.buyer)
    shown = _get(buyer, f"findings/{answer['successor']}/")
    assert (shown["continues"], shown["first_raised_on"]) == (car.code, "2026-03-04")
    assert _get(buyer, f"findings/{car.code}/")["state"] == "closed"


def test_facts_are_changed_and_auditors_stay(house: House, signed_in: SignedIn) -> None:
    audit = house.audit()
    changed = _send(signed_in(house.firm), f"audits/{audit.code}/", {"notice": "unannounced"}, 200, "patch")
    assert (changed["notice"], changed["auditors"][0]["name"]) == ("unannounced", "Rita Rahman")


def test_foreign_and_missing_are_alike(house: House, signed_in: SignedIn) -> None:
    audit = house.audit()
    found = make.finding(audit)
    for who in (house.supplier, house.buyer, house.stranger):
        client = signed_in(who)
        assert _get(client, f"audits/{audit.code}/", 404) == _get(client, "audits/NOSUCHCODE/", 404)
        assert _get(client, f"findings/{found.code}/", 404) == _get(client, "findings/NOSUCHCODE/", 404)
        assert _send(client, f"audits/{audit.code}/submit/", None, 404)["code"] == "not-found"
    assert _get(signed_in(house.firm), f"findings/{found.code}/")["audit"] == audit.code


def test_customer_learns_of_no_other_customer(house: House, signed_in: SignedIn, car: Finding) -> None:
    client = signed_in(house.buyer)
    for path in ("audits/", f"audits/{car.audit.code}/", "findings/?kind=car", f"findings/{car.code}/"):
        assert "Rival" not in json.dumps(_get(client, path))


def test_audit_of_a_firm_out_of_sight_keeps_its_name(house: House, signed_in: SignedIn, car: Finding) -> None:
    shown = _get(signed_in(house.buyer), f"audits/{car.audit.code}/")
    assert shown["audit_firm"] == {"code": None, "name": "Fair Look Audits"}
    assert shown["supplier"] == {"code": house.supplier.code, "name": "Meadow Garments"}


@pytest.mark.parametrize("path", ["audits/", "findings/", "findings/?kind=car"])
def test_lists_cost_the_same_at_1_and_at_30_rows(house: House, signed_in: SignedIn, path: str) -> None:
    client, counts = signed_in(house.buyer), []
    _get(client, "me/")
    for number in (1, 29):
        for _ in range(number):
            audit = house.audit(kind="initial")
            make.finding(audit)
            make.car(audit)
            house.to(house.to(audit, AuditState.SUBMITTED), AuditState.PUBLISHED)
        with CaptureQueriesContext(connection) as seen:
            _get(client, path)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= 14


def test_lists_are_paged(house: House, signed_in: SignedIn) -> None:
    audit = house.audit(kind="initial")
    for _ in range(5):
        make.finding(audit)
    firm, seen = signed_in(house.firm), []
    url = "/api/v1/findings/?limit=2"
    while url:
        page = firm.get(url).json()
        seen += [one["code"] for one in page["results"]]
        url = page["next"]
    with owner_role():
        assert sorted(seen) == sorted(Finding.objects.values_list("code", flat=True))
    assert len(seen) == 5


def test_methodologies_and_requirements(house: House, signed_in: SignedIn) -> None:
    client = signed_in(house.stranger)
    version = _get(client, "methodologies/")["results"][0]
    assert (version["key"], version["closure_days"]["major"]) == ("invented-1.0", 60)
    assert _get(client, "methodologies/invented-1.0/") == version
    _get(client, "methodologies/none/", 404)
    rows = _get(client, "requirements/?methodology=invented-1.0")["results"]
    assert [(one["printed_code"], one["is_car"]) for one in rows] == [
        ("1A.C", True),
        ("3.B", False),
        ("5A.A", True),
    ]
    assert [
        one["printed_code"]
        for one in _get(client, "requirements/?methodology=invented-1.0&q=5.A.A")["results"]
    ] == ["5A.A"]
    assert len(_get(client, "requirements/?methodology=invented-1.0&is_car=true")["results"]) == 2
    _get(client, "requirements/?methodology=none", 400)
    _get(client, "requirements/", 400)


def test_strangers_to_the_api_are_turned_away(client: Client, db: Any) -> None:
    for path in ("audits/", "findings/", "methodologies/", "requirements/?methodology=x"):
        assert client.get(f"/api/v1/{path}").status_code == 401
    assert Audit.objects.count() == 0
