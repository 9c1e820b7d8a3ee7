"""The pages of putting a non-compliance right: what each side reads, what is kept, and several at once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from findings.lifecycle import AuditState
from findings.models import CorrectiveAction, CorrectiveActionDraft, Extension, Finding, Verification
from organisations.models import Organisation
from sourcing.definitions.kinds import kinds
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories.corrections import action, extension
from tests.factories.evidence import attached, evidence
from tests.findings.conftest import House

pytestmark = pytest.mark.django_db
SignIn = Callable[[Organisation], Client]
SAID = {
    "why_1": "Boxes stood there",
    "why_3": "Nobody looks",
    "cause": "daily_work",
    "correction": "The exit is free.",
    "prevention": "A guard looks each morning.",
    "responsible": "Safety officer",
    "done_on": "2026-03-20",
    "language": "bn",
}


@pytest.fixture
def ncs(house: House) -> list[Finding]:
    """Three open non-compliances of a published audit: two to be checked from documents, one on a visit."""
    audit = house.audit()
    found = [
        make.finding(audit, title=title, verification=how)
        for title, how in (("Exit", "desktop"), ("Records", "desktop"), ("Wiring", "follow_up"))
    ]
    house.to(audit, AuditState.SUBMITTED)
    house.to(audit, AuditState.PUBLISHED)
    return found


def url(name: str, of: Any) -> str:
    return reverse(f"findings:{name}", args=[of.code])


def states(ncs: list[Finding]) -> list[str]:
    with owner_role():
        return [Finding.objects.get(pk=one.pk).state for one in ncs]


def test_site_sends_and_firm_closes(signed_in: SignIn, house: House, ncs: list[Finding]) -> None:
    site, firm = signed_in(house.supplier), signed_in(house.firm)
    page = site.get(url("finding", ncs[0])).content.decode()
    assert "put it right, then say what you did" in page
    answer = site.post(url("corrective_action", ncs[0]), SAID)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    with owner_role():
        sent = CorrectiveAction.objects.get()
        assert (sent.whys, sent.language) == (["Boxes stood there", "Nobody looks"], "bn")
    assert "Exit" in firm.get(reverse("findings:to_verify")).content.decode()
    page = firm.get(url("corrective_check", ncs[0])).content.decode()
    assert 'lang="bn"' in page
    assert "The exit is free." in page
    assert firm.post(url("corrective_check", ncs[0]), {"result": "more_needed"}).status_code == 422
    assert firm.post(url("corrective_check", ncs[0]), {"result": "closed", "number": "1"}).status_code == 302
    assert states(ncs)[0] == "verified_closed"
    assert "This is closed" in site.get(url("finding", ncs[0])).content.decode()


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    signed_in: SignIn, house: House, ncs: list[Finding]
) -> None:
    site = signed_in(house.supplier)
    answer = site.post(url("corrective_action", ncs[0]), SAID | {"why_1": "", "done_on": "2099-01-01"})
    page = answer.content.decode()
    assert (answer.status_code, "Say at least once why" in page, "Nobody looks" in page) == (422, True, True)
    answer = site.post(url("corrective_action", ncs[0]), SAID | {"done_on": "2099-01-01"})
    assert (answer.status_code, "still to come" in answer.content.decode()) == (422, True)


def test_draft_waits_for_the_site(signed_in: SignIn, house: House, ncs: list[Finding]) -> None:
    site = signed_in(house.supplier)
    assert site.post(url("corrective_draft", ncs[0]), {"why_1": "Half a tho"}).status_code == 204
    assert "Half a tho" in site.get(url("corrective_action", ncs[0])).content.decode()
    assert site.post(url("corrective_action", ncs[0]), {"why_1": "Half", "draft": "1"}).status_code == 302
    with owner_role():
        assert CorrectiveActionDraft.objects.get().content == {"typed": {"why_1": ["Half"]}}


def test_visit_cannot_be_replaced_by_a_desk(signed_in: SignIn, house: House, ncs: list[Finding]) -> None:
    action(ncs[2])
    answer = signed_in(house.firm).get(url("corrective_check", ncs[2]))
    assert (answer.status_code, "follow-up visit" in answer.content.decode()) == (403, True)


def test_car_has_none_of_these_pages(signed_in: SignIn, house: House, car: Finding) -> None:
    site = signed_in(house.supplier)
    for name in ("corrective_action", "extension_ask", "corrective_check"):
        assert site.get(url(name, car)).status_code == 404
        assert site.post(url(name, car), {"wanted_on": "2027-01-01", "reason": "x"}).status_code == 404


def test_more_time_is_asked_and_given(signed_in: SignIn, house: House, ncs: list[Finding]) -> None:
    site, firm = signed_in(house.supplier), signed_in(house.firm)
    asked = {"wanted_on": "2099-07-01", "reason": "The door comes later"}
    assert site.post(url("extension_ask", ncs[0]), asked).status_code == 302
    assert site.post(url("extension_ask", ncs[0]), asked).status_code == 422
    with owner_role():
        extension_ = Extension.objects.get()
    assert "The door comes later" in firm.get(reverse("findings:extensions")).content.decode()
    answered = firm.post(url("extension_answer", extension_), {"answer": "yes"})
    assert answered.status_code == 302
    page = signed_in(house.buyer).get(url("finding", ncs[0])).content.decode()
    assert "Given until" in page
    assert "The audit said" in page


def test_several_are_judged_one_by_one(signed_in: SignIn, house: House, ncs: list[Finding]) -> None:
    for one in (ncs[0], ncs[2]):
        action(one)
    firm, codes = signed_in(house.firm), [*(one.code for one in ncs), "NOSUCHCODE"]
    page = firm.post(reverse("findings:several"), {"verb": "verify", "code": codes}).content.decode()
    assert "Will be done" in page
    assert Verification.objects.count() == 0
    asked = {"verb": "verify", "code": codes, "confirmed": "1", "result": "closed"}
    page = firm.post(reverse("findings:several"), asked).content.decode()
    assert "Done for 1 of 4" in page
    for why in (
        "seen on a follow-up visit",
        "no corrective action that waits",
        "nothing here that you can see",
    ):
        assert why in page
    assert states(ncs) == ["verified_closed", "open", "action_submitted"]


def test_site_sends_and_asks_for_several(signed_in: SignIn, house: House, ncs: list[Finding]) -> None:
    site = signed_in(house.supplier)
    extension(ncs[1])
    codes = [one.code for one in ncs]
    asked = {
        "verb": "extend",
        "code": codes,
        "confirmed": "1",
        "wanted_on": "2099-07-01",
        "reason": "Holiday",
    }
    assert "Done for 2 of 3" in site.post(reverse("findings:several"), asked).content.decode()
    sent = {"verb": "submit", "code": codes, "confirmed": "1", **SAID}
    assert "Done for 3 of 3" in site.post(reverse("findings:several"), sent).content.decode()
    assert states(ncs) == ["action_submitted"] * 3


def test_too_many_or_none_are_refused_whole(signed_in: SignIn, house: House, ncs: list[Finding]) -> None:
    site = signed_in(house.supplier)
    many = {"verb": "extend", "code": [f"C{n}" for n in range(201)]}
    answer = site.post(reverse("findings:several"), many)
    assert (answer.status_code, "at most 200" in answer.content.decode()) == (422, True)
    assert site.post(reverse("findings:several"), {"verb": "extend"}).status_code == 422
    assert site.post(reverse("findings:several"), {"verb": "verify", "code": ncs[0].code}).status_code == 404


def test_list_offers_ticks_to_those_who_can_act(signed_in: SignIn, house: House, ncs: list[Finding]) -> None:
    for who, ticks in ((house.supplier, 3), (house.firm, 3), (house.buyer, 0)):
        page = signed_in(who).get(reverse("findings:non_compliances")).content.decode()
        assert page.count('name="code"') == ticks


def test_whoever_checks_reads_how_far_to_trust_each_kind(
    signed_in: SignIn, house: House, ncs: list[Finding]
) -> None:
    sent = action(ncs[0])
    attached(evidence(house.supplier, kind="photo"), ncs[0], sent)
    page = signed_in(house.firm).get(url("corrective_check", ncs[0])).content.decode()
    photo, policy = kinds()["photo"], kinds()["policy"]
    assert all(check.ask in page for check in photo.checks)
    assert policy.checks[0].ask not in page
