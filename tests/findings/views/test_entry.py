"""Entering findings in the browser, without scripts."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from findings.lifecycle import AuditState
from findings.models import Finding, Reassessment
from organisations.models import Organisation
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.findings.conftest import House

SignedIn = Callable[[Organisation], Client]


def _typed(code: str, **more: Any) -> dict[str, Any]:
    return {
        "requirement": make.requirement(code).pk,
        "nature": "breach",
        "title": "Exit is blocked",
        "description": "Boxes before the door.",
        **more,
    }


def _without_templates(page: str) -> str:
    """Return what is in the form, not what waits for another requirement."""
    return re.sub(r"<template.*?</template>", "", page, flags=re.DOTALL)


def test_search_by_code_goes_straight_on(house: House, signed_in: SignedIn) -> None:
    audit, client = house.audit(), signed_in(house.firm)
    answer = client.get(f"/audits/{audit.code}/enter/?q=3.b")
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?requirement={make.requirement('3.B').pk}")


def test_what_fits_stands_first_in_the_list(house: House, signed_in: SignedIn) -> None:
    audit = house.audit()
    page = signed_in(house.firm).get(f"/audits/{audit.code}/enter/?q=requirement").content.decode()
    assert '<optgroup label="What fits">' in page
    assert "What fits stands first" in page


def test_whole_list_is_there_without_scripts(house: House, signed_in: SignedIn) -> None:
    audit = house.audit()
    page = signed_in(house.firm).get(f"/audits/{audit.code}/enter/").content.decode()
    assert page.count("<optgroup") == 3


def test_form_of_a_car_has_no_severity_and_says_why(house: House, signed_in: SignedIn) -> None:
    audit, client = house.audit(), signed_in(house.firm)
    path = f"/audits/{audit.code}/enter/"
    car = client.get(f"{path}?requirement={make.requirement('1A.C').pk}").content.decode()
    nc = client.get(f"{path}?requirement={make.requirement('3.B').pk}").content.decode()
    for name in ('name="severity"', 'name="verification"'):
        assert name not in _without_templates(car)
        assert name in _without_templates(nc)
    assert "The methodology says so, not the auditor." in car
    assert "due 3 May 2026 (60 days after the audit)" in nc


def test_save_and_add_another_leads_to_the_next(house: House, signed_in: SignedIn) -> None:
    audit, client = house.audit(), signed_in(house.firm)
    path = f"/audits/{audit.code}/enter/"
    assert client.post(path, _typed("3.B", severity="major"))["Location"] == path
    assert client.post(path, _typed("1A.C", done="1"))["Location"] == f"/audits/{audit.code}/"
    with owner_role():
        assert sorted(Finding.objects.values_list("kind", "severity")) == [("car", None), ("nc", "major")]


def test_severity_smuggled_into_a_car_is_ignored_by_the_form(house: House, signed_in: SignedIn) -> None:
    audit = house.audit()
    signed_in(house.firm).post(
        f"/audits/{audit.code}/enter/",
        _typed("1A.C", severity="critical", due_on="2026-09-01", verification="desktop", kind="nc"),
    )
    with owner_role():
        found = Finding.objects.get()
    assert (found.kind, found.severity, found.due_on, found.verification) == ("car", None, None, None)


def test_bad_input_keeps_what_was_typed(house: House, signed_in: SignedIn) -> None:
    audit = house.audit()
    answer = signed_in(house.firm).post(f"/audits/{audit.code}/enter/", _typed("3.B", title=""))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Boxes before the door." in page
    assert 'aria-invalid="true"' in page


def test_switch_to_a_good_example_keeps_what_was_typed(house: House, signed_in: SignedIn) -> None:
    audit, client = house.audit(), signed_in(house.firm)
    path = f"/audits/{audit.code}/enter/"
    answer = client.post(path, _typed("3.B", look="1", nature="good_example", title="Everyone drills"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="Everyone drills"' in page
    assert 'name="severity"' not in _without_templates(page)
    client.post(path, _typed("3.B", nature="good_example"))
    with owner_role():
        assert Finding.objects.get().kind == "good_example"


def test_duplicate_begins_with_the_same_words(house: House, signed_in: SignedIn) -> None:
    audit = house.audit()
    found = make.finding(audit, title="Blocked exit on floor 2", workers_affected=40)
    path = f"/audits/{audit.code}/enter/?copy={found.code}"
    page = signed_in(house.firm).get(path).content.decode()
    assert 'value="Blocked exit on floor 2"' in page
    assert 'value="40"' in page
    assert str(found.requirement) in page or found.requirement.title in page


def test_finding_is_edited_and_deleted_before_publication_only(house: House, signed_in: SignedIn) -> None:
    audit, client = house.audit(), signed_in(house.firm)
    found, gone = make.finding(audit), make.finding(audit)
    typed = {"title": "Better words", "description": "Seen.", "severity": "minor"}
    assert client.post(f"/findings/{found.code}/edit/", typed).status_code == 302
    assert client.get(f"/findings/{gone.code}/delete/").status_code == 200
    assert client.post(f"/findings/{gone.code}/delete/").status_code == 302
    with owner_role():
        assert list(Finding.objects.values_list("title", "severity")) == [("Better words", "minor")]
    house.to(house.to(audit, AuditState.SUBMITTED), AuditState.PUBLISHED)
    assert client.post(f"/findings/{found.code}/edit/", typed).status_code == 403
    assert client.post(f"/findings/{found.code}/delete/").status_code == 403


@pytest.mark.parametrize("who", ["supplier", "buyer"])
def test_others_do_not_edit_a_published_finding(
    house: House, signed_in: SignedIn, car: Finding, who: str
) -> None:
    client = signed_in(getattr(house, who))
    assert client.get(f"/findings/{car.code}/edit/").status_code == 403
    assert client.post(f"/findings/{car.code}/delete/").status_code == 403


def test_looking_anew_by_the_form(house: House, signed_in: SignedIn, car: Finding) -> None:
    audit, client = house.audit(ends_on=dt.date(2026, 5, 20)), signed_in(house.firm)
    path = f"/audits/{audit.code}/cars/{car.code}/reassess/"
    assert "To look at anew" in client.get(f"/audits/{audit.code}/").content.decode()
    bad = client.post(path, {"result": "still_short", "title": "", "description": "", "rationale": "Seen"})
    assert bad.status_code == 422
    assert "Write this, since it still falls short." in bad.content.decode()
    assert (
        client.post(path, {"result": "still_short", "title": "Fees", "description": "Still."}).status_code
        == 302
    )
    assert "Fees" in client.get(path).content.decode()
    assert client.post(path, {"result": "met"}).status_code == 302
    with owner_role():
        assert Reassessment.objects.get().result == "met"
    elsewhere = make.car(audit)
    assert client.get(f"/audits/{audit.code}/cars/{elsewhere.code}/reassess/").status_code == 404
