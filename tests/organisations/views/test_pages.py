"""Every page opens for those it is for, and the number of queries does not grow with the rows."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organisations.visibility import Role
from tests.factories import organisations as make

PAGES = ["detail", "edit", "members", "invite", "activity", "reads", "new", "inbox", "settings", "new_token"]
ClientFor = Callable[..., Client]


@pytest.mark.parametrize("route", PAGES)
def test_page_opens_for_an_admin(route: str, client_for: ClientFor) -> None:
    member = make.membership(make.organisation("Riverside Knitwear"))
    answer = client_for(member.person).get(reverse(f"organisations:{route}"))
    assert answer.status_code == 200


@pytest.mark.parametrize(("route", "status"), [(p, 403 if p in {"edit", "invite"} else 200) for p in PAGES])
def test_page_answers_a_plain_member(route: str, status: int, client_for: ClientFor) -> None:
    member = make.membership(make.organisation(), role=Role.VIEWER)
    assert client_for(member.person).get(reverse(f"organisations:{route}")).status_code == status


@pytest.mark.parametrize("route", PAGES)
def test_page_sends_strangers_to_sign_in(route: str, client: Client, db: Any) -> None:
    answer = client.get(reverse(f"organisations:{route}"))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("route", "status"), [(p, 200 if p in {"new", "inbox", "settings"} else 302) for p in PAGES]
)
def test_page_of_a_person_without_an_organisation(route: str, status: int, client_for: ClientFor) -> None:
    answer = client_for(make.person()).get(reverse(f"organisations:{route}"))
    assert answer.status_code == status


def _queries(client: Client, route: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(reverse(f"organisations:{route}")).status_code == 200
    return len(seen)


def test_members_cost_the_same_at_1_and_30_rows(client_for: ClientFor) -> None:
    own = make.organisation()
    client = client_for(make.membership(own).person)
    client.get(reverse("organisations:members"))
    few = _queries(client, "members")
    for _ in range(29):
        make.membership(own, role=Role.VIEWER)
    assert _queries(client, "members") == few
