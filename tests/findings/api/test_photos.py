"""Photos, duplicates and revisions of findings over the API."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from config.settings import documents_storage
from findings.lifecycle import AuditState
from findings.models import Finding, Photo
from organisations.models import Organisation
from tests.conftest import owner_role
from tests.documents.test_photos import taken
from tests.factories import findings as make
from tests.findings.conftest import House

SignedIn = Callable[[Organisation], Client]


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: LazySettings) -> None:
    """Keep documents under a folder that goes away with the test."""
    settings.STORAGES = settings.STORAGES | {"documents": documents_storage(f"file://{tmp_path}/files")}


def _json(client: Client, method: str, path: str, body: Any) -> Any:
    return getattr(client, method)(f"/api/v1/{path}", json.dumps(body), content_type="application/json")


def test_a_photo_hangs_is_described_read_and_taken_down(house: House, signed_in: SignedIn) -> None:
    audit, firm = house.audit(), signed_in(house.firm)
    found = make.finding(audit)
    path = f"findings/{found.code}/photos/"
    made = firm.post(f"/api/v1/{path}", {"file": taken("exit.jpg"), "caption": "The exit"})
    assert made.status_code == 201, made.content
    photo = made.json()
    assert (photo["position"], photo["caption"], photo["name"]) == (1, "The exit", "exit.jpg")
    changed = _json(firm, "patch", f"{path}{photo['code']}/", {"caption": "The exit on floor 2"})
    assert changed.json()["caption"] == "The exit on floor 2"
    assert [one["code"] for one in firm.get(f"/api/v1/{path}").json()] == [photo["code"]]
    picture = firm.get(f"/api/v1/{path}{photo['code']}/")
    assert picture["Content-Type"] == "image/jpeg"
    assert picture["Content-Disposition"].startswith("attachment")
    b"".join(picture.streaming_content)  # type: ignore[attr-defined]
    assert firm.delete(f"/api/v1/{path}{photo['code']}/").status_code == 204
    assert firm.get(f"/api/v1/{path}").json() == []


def test_a_customer_sees_a_photo_once_published_and_changes_none(house: House, signed_in: SignedIn) -> None:
    audit, firm, buyer = house.audit(), signed_in(house.firm), signed_in(house.buyer)
    found = make.finding(audit)
    path = f"/api/v1/findings/{found.code}/photos/"
    code = firm.post(path, {"file": taken()}).json()["code"]
    assert buyer.get(path).status_code == 404
    house.to(house.to(audit, AuditState.SUBMITTED), AuditState.PUBLISHED)
    assert [one["code"] for one in buyer.get(path).json()] == [code]
    for client in (buyer, firm):
        assert client.post(path, {"file": taken()}).status_code == 403
        assert client.delete(f"{path}{code}/").status_code == 403
    with owner_role():
        assert Photo.objects.count() == 1


def test_a_duplicate_has_everything_but_the_code(house: House, signed_in: SignedIn) -> None:
    audit, firm = house.audit(), signed_in(house.firm)
    found = make.finding(
        audit,
        title="Blocked exit",
        objective_evidence="Photos 1 to 3",
        law_reference="Labour Act, section 62",
        language="en-gb",
        workers_affected=40,
        extent="systemic",
        verification="desktop",
    )
    path = f"findings/{found.code}/duplicate/"
    same = _json(firm, "post", path, {"requirement": "3.B"}).json()
    car = _json(firm, "post", path, {"requirement": "1A.C"}).json()
    kept = (
        "title",
        "description",
        "objective_evidence",
        "law_reference",
        "language",
        "workers_affected",
        "extent",
    )
    for one in (same, car):
        assert [one[name] for name in kept] == [getattr(found, name) for name in kept]
        assert one["code"] != found.code
    assert (same["severity"], same["verification"]) == ("major", "desktop")
    assert (car["kind"], car["severity"], car["due_on"], car["verification"]) == ("car", None, None, None)
    back = _json(firm, "post", f"findings/{car['code']}/duplicate/", {"requirement": "3.B"})
    assert (back.status_code, back.json()["code"]) == (422, "severity-missing")
    given = {"requirement": "3.B", "severity": "minor"}
    assert _json(firm, "post", f"findings/{car['code']}/duplicate/", given).json()["severity"] == "minor"


def test_a_correction_of_an_old_revision_is_refused(house: House, signed_in: SignedIn) -> None:
    audit, firm = house.audit(), signed_in(house.firm)
    found = make.finding(audit)
    path = f"findings/{found.code}/"
    first = _json(firm, "patch", path, {"title": "First", "revision": 0})
    assert (first.status_code, first.json()["revision"]) == (200, 1)
    late = _json(firm, "patch", path, {"title": "Second", "revision": 0})
    assert (late.status_code, late.json()["code"]) == (409, "changed-meanwhile")
    assert _json(firm, "patch", path, {"title": "Second", "revision": 1}).status_code == 200
    assert _json(firm, "patch", path, {"title": "Third"}).status_code == 200
    with owner_role():
        assert Finding.objects.get(pk=found.pk).title == "Third"
