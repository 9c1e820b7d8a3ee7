"""The pages of a translation: side by side when it is written and read, closed below the original."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from findings.lifecycle import AuditState
from findings.models import Finding, Translation
from organisations.models import Organisation
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.findings.conftest import House
from web.templatetags.thread import said

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Organisation], Client]


@pytest.fixture
def nc(house: House) -> Finding:
    """A non-compliance of a published audit, written in Bengali."""
    audit = house.audit()
    found = make.finding(audit, title="বন্ধ দরজা", description="দরজা বন্ধ ছিল।", language="bn")
    house.to(audit, AuditState.SUBMITTED)
    house.to(audit, AuditState.PUBLISHED)
    return found


def test_write_it_and_read_it_below_the_original(house: House, nc: Finding, signed_in: SignedIn) -> None:
    client, url = signed_in(house.supplier), reverse("findings:translate", args=[nc.code, "finding"])
    page = client.get(url).content.decode()
    assert said(nc.description, "bn") in page
    typed = {"language": "ar", "audience": "shared", "text-description": "كان الباب مغلقًا."}
    answer = client.post(url, typed)
    assert answer["Location"] == f"{reverse('findings:finding', args=[nc.code])}#translations-finding"
    assert [one.value for name, one in client.cookies.items() if name.startswith("writing-")] == ["ar"]
    found = signed_in(house.buyer).get(reverse("findings:finding", args=[nc.code])).content.decode()
    assert '<span class="said" lang="ar" dir="rtl">كان الباب مغلقًا.</span>' in found
    assert said(nc.description, "bn") in found
    assert "not the original" in found
    with owner_role():
        code = Translation.objects.get().code
    shown = signed_in(house.firm).get(reverse("findings:translation", args=[code])).content.decode()
    assert "كان الباب مغلقًا." in shown
    assert said(nc.description, "bn") in shown


def test_a_fault_keeps_what_was_typed(house: House, nc: Finding, signed_in: SignedIn) -> None:
    url = reverse("findings:translate", args=[nc.code, "finding"])
    answer = signed_in(house.supplier).post(
        url, {"language": "bn", "audience": "own", "text-title": "Blocked exit"}
    )
    assert answer.status_code == 422
    assert "Blocked exit" in answer.content.decode()


def test_what_is_not_there_cannot_be_translated(house: House, nc: Finding, signed_in: SignedIn) -> None:
    for part in ("plan", "action", "nonsense"):
        url = reverse("findings:translate", args=[nc.code, part])
        assert signed_in(house.supplier).get(url).status_code == 404
    url = reverse("findings:translate", args=[nc.code, "finding"])
    assert signed_in(house.stranger).get(url).status_code == 404


def test_a_customer_is_not_asked_to_share(house: House, nc: Finding, signed_in: SignedIn) -> None:
    page = signed_in(house.buyer).get(reverse("findings:translate", args=[nc.code, "finding"]))
    assert 'name="audience"' not in page.content.decode()
