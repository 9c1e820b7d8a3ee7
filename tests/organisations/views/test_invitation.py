"""The invitation's page and its letter."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger import delivery, relay
from ledger.acting import acting
from ledger.models import Delivery
from organisations.actions.invitation import withdraw
from organisations.models import Membership
from organisations.visibility import Role
from tests.conftest import owner_role
from tests.factories import organisations as make
from tests.organisations.conftest import Invited

ClientFor = Callable[..., Client]


def _tell() -> None:
    relay.relay(timezone.now())
    delivery.send(timezone.now(), pause_seconds=0)


def test_letter_reaches_somebody_without_an_account_and_its_link_works(
    client_for: ClientFor, client: Client, as_job: Any
) -> None:
    admin = make.membership(make.organisation("Alpha Foods"), make.person("Ada"))
    answer = client_for(admin.person).post(
        reverse("organisations:invite"), {"email": "mina@example.org", "role": "editor"}
    )
    assert answer.status_code == 302
    with as_job():
        _tell()
        _tell()
    [letter] = mail.outbox
    assert letter.to == ["mina@example.org"]
    assert letter.subject == "Ada invites you to Alpha Foods on Common Thread"
    [path] = re.findall(r"https?://[^/\s]+(/organisations/invitations/\S+)", str(letter.body))
    assert "Alpha Foods" in client.get(path).content.decode()
    mina = client_for(make.person(email="mina@example.org"))
    assert mina.post(path).status_code == 302
    assert mina.get(reverse("organisations:detail")).context["organisation"].name == "Alpha Foods"


def test_letter_of_a_withdrawn_invitation_is_withheld(invited: Invited, as_job: Any) -> None:
    viewer = make.viewer(make.organisation())
    invitation, _secret = invited(by=viewer)
    with as_job():
        relay.relay(timezone.now())
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        withdraw(viewer=viewer, invitation=invitation, at=timezone.now())
    with as_job():
        delivery.send(timezone.now(), pause_seconds=0)
        [row] = Delivery.objects.filter(address=invitation.email)
    assert (mail.outbox, row.state) == ([], "withheld")


def test_get_shows_and_never_consumes(invited: Invited, client: Client, client_for: ClientFor) -> None:
    invitation, secret = invited()
    path = reverse("organisations:accept", args=[secret])
    mina = client_for(make.person(email="mina@example.org"))
    for reader in (client, mina, client, mina):
        assert reader.get(path).status_code == 200
        assert reader.head(path).status_code == 200
    with owner_role():
        invitation.refresh_from_db()
    assert invitation.accepted_at is None
    assert client.post(path).status_code == 200  # nobody is signed in: the page again, with the ways in
    assert mina.post(path).status_code == 302


def test_somebody_else_is_told_kindly_and_refused(invited: Invited, client_for: ClientFor) -> None:
    own = make.organisation("Alpha Foods")
    _invitation, secret = invited(own)
    path = reverse("organisations:accept", args=[secret])
    eve = make.person(email="eve@example.org")
    client = client_for(eve)
    shown = client.get(path).content.decode()
    assert "You are signed in as eve@example.org, but the invitation is for mina@example.org" in shown
    assert client.post(path).status_code == 403
    with owner_role():
        assert not Membership.objects.filter(person=eve).exists()


def test_dead_links_say_what_to_do(invited: Invited, client: Client) -> None:
    viewer = make.viewer(make.organisation())
    _first, old = invited(by=viewer)
    invited(by=viewer)
    answer = client.get(reverse("organisations:accept", args=[old]))
    assert answer.status_code == 410
    assert "no longer valid" in answer.content.decode()


def test_unknown_link_is_an_ordinary_404(client: Client, db: None) -> None:
    assert client.get(reverse("organisations:accept", args=["x" * 43])).status_code == 404


def test_invited_while_member_elsewhere_goes_on_in_the_new_organisation(
    invited: Invited, client_for: ClientFor
) -> None:
    mina = make.person(email="mina@example.org")
    make.membership(make.organisation("Alpha Foods"), mina)
    _invitation, secret = invited(make.organisation("Beta Foods"), role=Role.VIEWER)
    client = client_for(mina)
    client.get("/organisations/")
    assert client.post(reverse("organisations:accept", args=[secret])).status_code == 302
    assert client.get("/organisations/").context["organisation"].name == "Beta Foods"


@pytest.mark.parametrize("known", [True, False])
def test_inviting_answers_alike_for_known_and_unknown_addresses(client_for: ClientFor, known: bool) -> None:
    if known:
        make.membership(make.organisation(), make.person(email="mina@example.org"))
    admin = make.membership(make.organisation())
    client = client_for(admin.person)
    answer = client.post(
        reverse("organisations:invite"), {"email": "mina@example.org", "role": "viewer"}, follow=True
    )
    page = answer.content.decode()
    assert "The invitation to mina@example.org is on its way." in page
    assert page.count("mina@example.org") == 4


def test_stranger_with_a_letter_makes_an_account_and_gets_in(invited: Invited, client: Client) -> None:
    _invitation, secret = invited(make.organisation("Alpha Foods"))
    path = reverse("organisations:accept", args=[secret])
    signup_url = client.get(path).context["signup_url"]
    page = client.get(signup_url)
    fields = {"email": "mina@example.org", "password1": "seven green bicycles", "next": path}
    assert f'value="{path}"' in page.content.decode()
    assert client.post(signup_url, fields).status_code == 302
    [letter] = mail.outbox
    [confirm] = re.findall(r"https?://[^/\s]+(/accounts/confirm-email/\S+)", str(letter.body))
    answer = client.post(confirm)
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert "Accept the invitation" in client.get(path).content.decode()
    client.post(path)
    assert client.get("/organisations/").context["organisation"].name == "Alpha Foods"
