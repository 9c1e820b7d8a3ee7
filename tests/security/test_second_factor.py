"""Without the second factor that an organisation asks for, no door shows anything of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger.acting import acting
from ledger.entries import record
from ledger.models import Channel, Delivery, Entry
from tests.conftest import owner_role
from tests.factories.organisations import membership, organisation
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db
TITLE = "Surma Shoes has shared an action plan"


@pytest.fixture
def letter() -> Delivery:
    """A letter in the inbox of somebody at a buyer, who also belongs to a supplier."""
    scene: World = world()
    who = scene.buyer
    with acting(person_id=who.person_id, organisation_id=who.organisation_id):
        entry: Entry = record(
            verb="findings.plan_shared",
            by=scene.as_buyer,
            subject=scene.car,
            owner_id=None,
            at=timezone.now(),
        )
    membership(organisation("Another Mill"), who.person)
    with owner_role():
        return Delivery.objects.create(
            entry=entry,
            person=who.person,
            organisation=who.organisation,
            channel=Channel.INBOX,
            state="sent",
            verb=entry.verb,
            title=TITLE,
            happened_at=entry.at,
            next_try_at=entry.at,
            sent_at=entry.at,
        )


@pytest.mark.parametrize("is_asked_for", [True, False])
def test_inbox_waits_for_the_factor(
    letter: Delivery, client_for: Callable[..., Client], settings: Any, is_asked_for: bool
) -> None:
    settings.REQUIRE_MFA = is_asked_for
    client = client_for(letter.person)
    page = client.get(reverse("organisations:inbox"))
    assert (TITLE in page.content.decode()) is not is_asked_for
    answer = client.post(reverse("organisations:open_letter", args=[letter.code]))
    assert answer.status_code == (404 if is_asked_for else 302)


def test_making_an_admin_by_invitation_asks_for_the_factor_again(client_for: Callable[..., Client]) -> None:
    from allauth.mfa.models import Authenticator

    admin = membership(organisation("Alpha Foods"))
    with owner_role():
        Authenticator.objects.create(user=admin.person, type="totp", data={"secret": "x"})
    asked = {"email": "friend@example.org", "role": "admin"}
    answer = client_for(admin.person).post(reverse("organisations:invite"), asked)
    assert "reauthenticate" in answer["Location"]
