"""The inbox, and the notices of this app that fill it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ledger import delivery, relay
from ledger.acting import acting
from ledger.models import Delivery
from organisations.actions.membership import change_role, end_membership
from organisations.actions.token import make_token
from organisations.models import Membership
from organisations.queries import viewer_from
from organisations.visibility import Role
from tests.conftest import owner_role
from tests.factories import organisations as make

ClientFor = Callable[..., Client]


@pytest.fixture
def tell(as_job: Any) -> Callable[[], None]:
    """Return the function that makes and sends what waits, as the system worker does."""

    def now() -> None:
        with as_job():
            relay.relay(timezone.now())
            delivery.send(timezone.now(), pause_seconds=0)

    return now


def _promote(admin: Membership, colleague: Membership, role: Role = Role.EDITOR) -> None:
    with acting(person_id=admin.person_id, organisation_id=admin.organisation_id):
        change_role(viewer=viewer_from(admin), membership=colleague, role=role, at=timezone.now())


def _titles(client: Client) -> list[str]:
    return [row.title for row in client.get(reverse("organisations:inbox")).context["page"].rows]


def test_role_change_is_told_and_opening_it_leads_to_the_page(
    client_for: ClientFor, tell: Callable[[], None]
) -> None:
    own = make.organisation("Alpha Foods")
    admin, colleague = make.membership(own), make.membership(own, role=Role.VIEWER)
    _promote(admin, colleague)
    tell()
    client = client_for(colleague.person)
    assert _titles(client) == ["Your role at Alpha Foods has changed"]
    assert [letter.to for letter in mail.outbox] == [[colleague.person.email]]
    [row] = client.get(reverse("organisations:inbox")).context["page"].rows
    answer = client.post(reverse("organisations:open_letter", args=[row.code]))
    assert answer["Location"] == reverse("organisations:member", args=[colleague.code])
    assert client.get(answer["Location"]).status_code == 200
    assert client.get(reverse("organisations:inbox")).context["unread"] == 0
    assert _titles(client_for(admin.person)) == []


def test_opening_goes_on_in_the_organisation_that_was_meant(
    client_for: ClientFor, tell: Callable[[], None]
) -> None:
    there = make.organisation("Beta Foods")
    admin, colleague = make.membership(there), make.membership(there, role=Role.VIEWER)
    make.membership(make.organisation("Alpha Foods"), colleague.person)
    _promote(admin, colleague)
    tell()
    client = client_for(colleague.person)
    assert client.get("/organisations/").context["organisation"].name == "Alpha Foods"
    [row] = client.get(reverse("organisations:inbox")).context["page"].rows
    assert client.post(reverse("organisations:open_letter", args=[row.code]), follow=True).status_code == 200
    assert client.get("/organisations/").context["organisation"].name == "Beta Foods"


def test_letters_of_others_answer_like_missing_ones(client_for: ClientFor, tell: Callable[[], None]) -> None:
    own = make.organisation()
    admin, colleague = make.membership(own), make.membership(own, role=Role.VIEWER)
    _promote(admin, colleague)
    tell()
    with owner_role():
        row = Delivery.objects.get(person=colleague.person, channel="inbox")
    client = client_for(admin.person)
    for code in (row.code, "0" * 32):
        assert client.post(reverse("organisations:open_letter", args=[code])).status_code == 404
    assert (
        client_for(colleague.person).post(reverse("organisations:open_letter", args=[row.code])).status_code
        == 302
    )


def test_former_member_keeps_the_news_of_the_end_and_nothing_else(
    client_for: ClientFor, tell: Callable[[], None]
) -> None:
    own = make.organisation("Alpha Foods")
    admin, leaving = make.membership(own), make.membership(own, role=Role.VIEWER)
    _promote(admin, leaving)
    tell()
    client = client_for(leaving.person)
    assert len(_titles(client)) == 1
    with acting(person_id=admin.person_id, organisation_id=own.pk):
        end_membership(viewer=viewer_from(admin), membership=leaving, at=timezone.now())
    tell()
    assert _titles(client) == ["Your membership of Alpha Foods has ended"]


def test_new_token_is_told_to_its_maker_and_the_admins(
    client_for: ClientFor, tell: Callable[[], None]
) -> None:
    own = make.organisation("Alpha Foods")
    admin, maker, other = (make.membership(own, role=role) for role in (Role.ADMIN, Role.EDITOR, Role.EDITOR))
    with acting(person_id=maker.person_id, organisation_id=own.pk):
        make_token(viewer=viewer_from(maker), name="ERP", scopes=["sites:read"], days=30, at=timezone.now())
    tell()
    assert sorted(address for letter in mail.outbox for address in letter.to) == sorted(
        [admin.person.email, maker.person.email]
    )
    assert [len(_titles(client_for(one.person))) for one in (admin, maker, other)] == [1, 1, 0]


def test_unread_come_first_and_all_can_be_marked(client_for: ClientFor, tell: Callable[[], None]) -> None:
    own = make.organisation()
    admin, colleague = make.membership(own), make.membership(own, role=Role.VIEWER)
    for role in (Role.EDITOR, Role.VIEWER, Role.EDITOR):
        _promote(admin, colleague, role)
    tell()
    client = client_for(colleague.person)
    newest, *older = client.get(reverse("organisations:inbox")).context["page"].rows
    client.post(reverse("organisations:open_letter", args=[newest.code]))
    assert [row.code for row in client.get(reverse("organisations:inbox")).context["page"].rows] == [
        *(row.code for row in older),
        newest.code,
    ]
    client.post(reverse("organisations:read_all"))
    assert client.get(reverse("organisations:inbox")).context["unread"] == 0


@pytest.mark.parametrize("route", ["inbox", "activity"])
def test_lists_cost_the_same_at_1_and_30_rows(
    client_for: ClientFor, tell: Callable[[], None], route: str
) -> None:
    own = make.organisation()
    admin, colleague = make.membership(own), make.membership(own, role=Role.VIEWER)
    client = client_for(colleague.person)
    counts = []
    for rows in (1, 29):
        for number in range(rows):
            _promote(admin, colleague, (Role.EDITOR, Role.ADMIN)[number % 2])
        tell()
        client.get(reverse(f"organisations:{route}"))
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse(f"organisations:{route}")).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= 14
