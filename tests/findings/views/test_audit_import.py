"""Pages for bringing an audit in: look at each row first, apply once, lose nothing that was typed."""

import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from findings.models import Audit, AuditImport, Finding
from ledger.models import ReadLog
from organisations.models import Organisation
from tests.conftest import owner_role
from tests.findings.conftest import House

SignedIn = Callable[[Organisation], Client]
GOOD = "Requirement\tTitle\tWhat was found\tSeverity\n3.B\tExit blocked\tSeen\tMajor\n"
BAD = GOOD + "1A.C\tFees paid\tSeen\tMajor\n"


def _paste(client: Client, audit: Audit, text: str) -> str:
    answer = client.post(reverse("findings:findings_paste", args=[audit.code]), {"rows": text})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_pasted_rows_are_shown_and_then_taken_once(house: House, signed_in: SignedIn) -> None:
    client, audit = signed_in(house.firm), house.audit()
    address = _paste(client, audit, GOOD)
    page = client.get(address).content.decode()
    assert "1 row can be taken" in page
    assert "Exit blocked" in page
    for _ in range(2):  # a double click
        answer = client.post(address + "apply/", follow=True)
        assert "1 finding is in the audit now." in answer.content.decode()
    with owner_role():
        assert Finding.objects.count() == 1
    assert "Applied" in client.get(address).content.decode()


def test_a_bad_row_is_explained_and_can_be_corrected(house: House, signed_in: SignedIn) -> None:
    client, audit = signed_in(house.firm), house.audit()
    address = _paste(client, audit, BAD)
    page = client.get(address).content.decode()
    assert "1 row cannot be taken" in page
    assert "asks for collaborative action" in page
    assert address + "apply/" not in page
    assert "Nothing was written" in client.post(address + "apply/", follow=True).content.decode()
    code = address.rstrip("/").rpartition("/")[2]
    again = client.get(reverse("findings:findings_paste", args=[audit.code]), {"again": code})
    assert "Fees paid" in again.content.decode()


def test_a_paste_that_cannot_be_read_stays_in_the_field(house: House, signed_in: SignedIn) -> None:
    client, audit = signed_in(house.firm), house.audit()
    answer = client.post(
        reverse("findings:findings_paste", args=[audit.code]), {"rows": "Requirement\tTitle\n3.B\tMy words\n"}
    )
    assert answer.status_code == 422
    assert "My words" in answer.content.decode()
    assert "columns are missing" in answer.content.decode()


def test_an_audit_downloaded_makes_another_audit(house: House, signed_in: SignedIn) -> None:
    client, audit = signed_in(house.firm), house.audit(kind="initial")
    client.post(_paste(client, audit, GOOD) + "apply/")
    for form in ("xlsx", "json"):
        file = client.get(reverse("findings:audit_file", args=[audit.code, form]))
        assert file["Content-Disposition"].startswith("attachment")
        upload = SimpleUploadedFile(f"a.{form}", file.content)
        answer = client.post(reverse("findings:audit_import_new"), {"file": upload})
        address = str(answer["Location"])
        client.post(address + "apply/")
        assert client.get(address.rstrip("/") + "/file/").status_code == 200
    with owner_role():
        assert Audit.objects.count() == 3
        assert Finding.objects.filter(title="Exit blocked").count() == 3


@pytest.mark.parametrize("name", ["audit.pdf", "audit.xlsx", "audit.json"])
def test_a_file_that_is_none_is_refused_beside_the_field(
    house: House, signed_in: SignedIn, name: str
) -> None:
    client, audit = signed_in(house.firm), house.audit()
    for address in (
        reverse("findings:audit_import_new"),
        reverse("findings:audit_import", args=[audit.code]),
    ):
        answer = client.post(address, {"file": SimpleUploadedFile(name, b"nothing of the kind")})
        assert answer.status_code == 422
    assert client.post(reverse("findings:audit_import_new"), {}).status_code == 422
    with owner_role():
        assert not AuditImport.objects.exists()


def test_what_was_put_away_is_over(house: House, signed_in: SignedIn) -> None:
    client, audit = signed_in(house.firm), house.audit()
    address = _paste(client, audit, GOOD)
    client.post(address + "discard/")
    assert "Put away" in client.get(address).content.decode()
    client.post(address + "apply/")
    client.post(address + "discard/")
    with owner_role():
        assert not Finding.objects.exists()


def test_nobody_else_finds_the_pages(house: House, signed_in: SignedIn) -> None:
    audit = house.audit()
    address = _paste(signed_in(house.firm), audit, GOOD)
    for who in (house.other_firm, house.supplier, house.buyer):
        client = signed_in(who)
        assert client.get(address).status_code == 404
        assert client.post(address + "apply/").status_code == 404
        assert client.get(reverse("findings:findings_paste", args=[audit.code])).status_code == 404
    assert signed_in(house.buyer).get(reverse("findings:audit_import_new")).status_code == 403
    assert signed_in(house.other_firm).get(reverse("findings:audit_import_new")).status_code == 200


def test_the_template_and_its_unknown_methodology(house: House, signed_in: SignedIn) -> None:
    client = signed_in(house.firm)
    address = reverse("findings:audit_import_template")
    assert client.get(address, {"methodology": "invented-1.0"}).content[:2] == b"PK"
    assert client.get(address, {"methodology": "none"}).status_code == 404


def test_a_customer_downloads_a_published_audit_and_its_owner_learns_of_it(
    house: House, signed_in: SignedIn, car: Finding
) -> None:
    answer = signed_in(house.buyer).get(reverse("findings:audit_file", args=[car.audit.code, "json"]))
    assert json.loads(answer.content)["findings"]
    with owner_role():
        assert ReadLog.objects.filter(organisation=house.buyer).exists()
