"""Signing in: nobody learns who has an account, guessing is slow, sessions end, factors are asked for."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import get_password_validators
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.accounts import GuessableValidator, end_other_sessions
from config.logs import redact
from organisations.models import Person
from organisations.visibility import Capability, Role
from tests.conftest import owner_role
from tests.factories import organisations as make

ClientFor = Callable[..., Client]
PASSWORD = "long enough to pass"


@pytest.fixture(autouse=True)
def _fresh_limits(settings: Any) -> None:
    """Count tries in a cache of this test's own, apart from tests that run beside it."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(uuid.uuid4())}
    }


def _account(email: str) -> Person:
    person = make.person(email=email)
    with owner_role():
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


def _plain(answer: Any, email: str) -> str:
    return re.sub(r"[A-Za-z0-9]{64}", "", answer.content.decode()).replace(email, "ADDRESS")


def test_member_signs_in_with_e_mail_and_password(client: Client, db: None) -> None:
    _account("mina@example.org")
    answer = client.post(reverse("account_login"), {"login": "Mina@example.org", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize(
    ("route", "fields"),
    [
        ("account_login", {"login": "EMAIL", "password": "wrong words entirely"}),
        ("account_signup", {"email": "EMAIL", "password1": "seven green bicycles"}),
        ("account_reset_password", {"email": "EMAIL"}),
    ],
)
def test_known_and_unknown_addresses_get_the_same_answer(
    db: None, route: str, fields: dict[str, str]
) -> None:
    _account("mina@example.org")
    seen = []
    for email in ("mina@example.org", "nobody@example.org"):
        form = {key: value.replace("EMAIL", email) for key, value in fields.items()}
        client = Client()
        answer = client.post(reverse(route), form)
        after = client.get(answer["Location"]) if answer.status_code == 302 else answer
        seen.append((answer.status_code, answer.get("Location"), after.status_code, _plain(after, email)))
    assert seen[0] == seen[1]


def test_both_kinds_of_sign_up_get_a_letter(db: None) -> None:
    _account("mina@example.org")
    for email in ("mina@example.org", "nobody@example.org"):
        Client().post(reverse("account_signup"), {"email": email, "password1": "seven green bicycles"})
    assert [letter.to for letter in mail.outbox] == [["mina@example.org"], ["nobody@example.org"]]


def test_guessing_is_stopped_whatever_address_is_pretended(db: None) -> None:
    _account("mina@example.org")
    answers = [
        Client().post(
            reverse("account_login"),
            {"login": "mina@example.org", "password": f"guess number {number}"},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )
        for number in range(6)
    ]
    assert "Too many failed login attempts" in answers[-1].content.decode()
    right = Client().post(reverse("account_login"), {"login": "mina@example.org", "password": PASSWORD})
    assert right.status_code == 200  # not even the right one for five minutes


@pytest.mark.parametrize(
    "password",
    [
        "fourteen chars",
        "commonthread rocks",
        "Common-Thread 2026!",
        "aaaaaaaaaaaaaaaaaaaa",
        "121212121212121212",
    ],
)
def test_easy_password_is_refused(settings: Any, password: str) -> None:
    validators = get_password_validators(settings.AUTH_PASSWORD_VALIDATORS)
    refused = 0
    for validator in validators:
        try:
            validator.validate(password, Person(email="mina@example.org", name="Mina"))
        except ValidationError:
            refused += 1
    assert refused


@pytest.mark.parametrize(
    "password", ["seven green bicycles", "ä" * 5 + "öüßñç" * 12, " spaces count too at the end "]
)
def test_long_password_is_accepted_as_it_is(password: str) -> None:
    GuessableValidator().validate(password)
    person = Person(email="mina@example.org")
    person.set_password(password)
    assert person.check_password(password)
    assert not person.check_password(password.strip() + "x")


def test_session_sleeps_half_an_hour_at_most(client_for: ClientFor) -> None:
    member = make.membership(make.organisation())
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        client = client_for(member.person)
        for minutes in (0, 29, 58):
            clock.move_to(start + timedelta(minutes=minutes))
            assert client.get("/organisations/").status_code == 200
        clock.move_to(start + timedelta(minutes=58 + 31))
        assert client.get("/organisations/")["Location"].startswith("/accounts/login/")


def test_session_lasts_twelve_hours_at_most(client_for: ClientFor) -> None:
    member = make.membership(make.organisation())
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        client = client_for(member.person)
        for quarter in range(0, 12 * 4 + 1):
            clock.move_to(start + timedelta(minutes=15 * quarter))
            assert client.get("/organisations/").status_code == 200
        clock.move_to(start + timedelta(hours=12, minutes=10))
        assert client.get("/organisations/").status_code == 302


def test_somebody_who_may_not_sign_in_any_more_is_out_at_once(client_for: ClientFor) -> None:
    member = make.membership(make.organisation())
    client = client_for(member.person)
    assert client.get("/organisations/").status_code == 200
    with owner_role():
        Person.objects.filter(pk=member.person_id).update(is_active=False)
    assert client.get("/organisations/").status_code == 302


def _factor(person: Person) -> None:
    with owner_role():
        Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})


@pytest.mark.parametrize("capability", list(Capability))
def test_members_who_see_others_data_need_a_second_factor(
    client_for: ClientFor, settings: Any, capability: Capability
) -> None:
    settings.REQUIRE_MFA = True
    member = make.membership(make.organisation("", capability), role=Role.VIEWER)
    client = client_for(member.person)
    needs_one = capability != Capability.SUPPLIER
    page, api = client.get("/organisations/"), client.get("/api/v1/me/")
    assert (page.status_code, api.status_code in {401, 403}) == ((302, True) if needs_one else (200, False))
    if needs_one:
        assert page["Location"] == reverse("mfa_index")
        assert client.post(reverse("organisations:new_token")).status_code == 302
    _factor(member.person)
    assert client.get("/organisations/").status_code == 200
    assert client.get("/api/v1/me/").status_code == 200


@pytest.mark.parametrize("route", ["role", "new_token"])
def test_people_with_a_factor_prove_again_who_they_are(client_for: ClientFor, route: str) -> None:
    member = make.membership(make.organisation())
    colleague = make.membership(member.organisation, role=Role.VIEWER)
    path = reverse(f"organisations:{route}", args=[colleague.code] if route == "role" else [])
    client = client_for(member.person)
    assert client.post(path).status_code == 422
    _factor(member.person)
    answer = client.post(path, {"role": "editor"})
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]


def test_change_of_factors_ends_all_other_sessions(client_for: ClientFor) -> None:
    member = make.membership(make.organisation())
    here, elsewhere = client_for(member.person), client_for(member.person)
    for client in (here, elsewhere):
        assert client.get("/organisations/").status_code == 200
        UserSession.objects.create(
            user=member.person, ip="127.0.0.1", session_key=client.session.session_key, user_agent="x"
        )
    request = type("Request", (), {"session": here.session})()
    end_other_sessions(request=request, user=member.person)
    assert here.get("/organisations/").status_code == 200
    assert elsewhere.get("/organisations/").status_code == 302


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Gone: /organisations/invitations/s3cr3t-x/accept/", "Gone: /organisations/invitations/…/accept/"),
        (
            "POST /accounts/login/?next=%2Forganisations%2Finvitations%2Fs3cr3t-x%2Faccept%2F",
            "POST /accounts/login/?next=%2Forganisations%2Finvitations%2F…%2Faccept%2F",
        ),
        ("GET /accounts/confirm-email/Mg:1x:yy/", "GET /accounts/confirm-email/…/"),
        ("GET /accounts/password/reset/key/1-abc-def/", "GET /accounts/password/reset/key/…/"),
        ("Bearer ct_0123456789abcdefghijklmn", "Bearer …"),
        ("GET /organisations/members/ABC/", "GET /organisations/members/ABC/"),
    ],
)
def test_logs_hold_no_keys(line: str, kept: str) -> None:
    assert redact(None, "info", {"event": line, "code": 410}) == {"event": kept, "code": 410}
