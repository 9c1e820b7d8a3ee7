"""Letters about one's account speak our words and name no machine."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from tests.conftest import owner_role
from tests.factories.organisations import person

pytestmark = pytest.mark.django_db


def test_a_new_account_gets_a_link_and_no_host_in_the_subject(client: Client) -> None:
    client.post("/accounts/signup/", {"email": "new@surma.example", "password1": "a lengthy secret phrase"})
    [letter] = mail.outbox
    assert letter.subject == "Confirm your e-mail address"
    assert re.search(r"/accounts/confirm-email/\S+/", str(letter.body))


@pytest.mark.parametrize("known", [True, False])
def test_asking_for_a_new_password_answers_alike_whether_or_not_there_is_an_account(
    client: Client, known: bool
) -> None:
    if known:
        one = person(email="rina@surma.example")
        with owner_role():
            EmailAddress.objects.create(user=one, email=one.email, verified=True, primary=True)
    answer: Any = client.post("/accounts/password/reset/", {"email": "rina@surma.example"})
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/password/reset/done/"
    [letter] = mail.outbox
    assert letter.subject == ("Choose a new password" if known else "There is no account for this address")
    assert "testserver" not in letter.subject
