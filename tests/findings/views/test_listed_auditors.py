"""Auditors on an audit, beside what the newest list of the body that is asked says of their numbers."""

import pytest
from django.urls import reverse

from findings.models import Auditor
from tests.conftest import owner_role
from tests.factories import forum_updates as make
from tests.findings.conftest import House
from tests.findings.views.test_corrective_pages import SignIn
from tests.forum.views.test_update import _words

pytestmark = pytest.mark.django_db


def test_numbers_are_compared_with_the_list_that_is_asked(signed_in: SignIn, house: House) -> None:
    audit = house.audit()
    with owner_role():
        Auditor.objects.filter(audit=audit).delete()
        for name, number in (("Rita Rahman", "21700123"), ("Sam Stone", "21700999")):
            Auditor.objects.create(audit=audit, name=name, grade="CSCA", apsca_number=number)
    firm = signed_in(house.firm)
    path = reverse("findings:audit", args=[audit.code])

    def page() -> str:
        return _words(firm.get(path).content.decode())

    make.auditors(make.body(), ("21700123", "Rita Rahman"))
    assert "the list of" not in page(), "nobody asked this body for audits"
    make.auditors(make.body(answers_for_audits=True), ("21700123", "Rita Rahman"))
    shown = page()
    assert "on the list of 15 Jan 2026: valid until 1 Jan 2030" in shown
    assert shown.count("not on the list of 15 Jan 2026") == 1
    assert "Not on the list is no verdict" in shown
