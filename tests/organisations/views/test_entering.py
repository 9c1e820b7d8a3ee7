"""Founding, switching, leaving; what a former member and a member of two organisations see."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger.acting import acting
from organisations.actions.invitation import invite
from organisations.actions.membership import end_membership
from organisations.models import Invitation, Membership, Organisation
from organisations.queries import viewer_from
from organisations.visibility import Role
from tests.conftest import owner_role
from tests.factories import organisations as make

ClientFor = Callable[..., Client]
FOUND = {"name": "Riverside Knitwear", "country": "BD", "capabilities": ["supplier", "buyer"]}


def _without_tokens(answer: Any) -> str:
    """Return the page without the CSRF tokens, which are masked anew each time."""
    return re.sub(r"[A-Za-z0-9]{64}", "", answer.content.decode())


def _name_on(client: Client) -> str:
    answer = client.get(reverse("organisations:detail"))
    return str(answer.context["organisation"].name) if answer.status_code == 200 else ""


def test_founder_becomes_the_first_admin(client_for: ClientFor) -> None:
    founder = make.person()
    client = client_for(founder)
    answer = client.post(reverse("organisations:new"), FOUND)
    assert answer.status_code == 302
    with owner_role():
        member = Membership.objects.select_related("organisation").get(person=founder)
    assert (member.role, member.organisation.capabilities) == (Role.ADMIN, ["buyer", "supplier"])
    assert _name_on(client) == "Riverside Knitwear"


def test_second_organisation_is_the_one_the_founder_goes_on_in(client_for: ClientFor) -> None:
    member = make.membership(make.organisation("Alpha Foods"))
    client = client_for(member.person)
    client.post(reverse("organisations:new"), FOUND)
    assert _name_on(client) == "Riverside Knitwear"


@pytest.mark.parametrize("capability", ["audit_firm", "scheme_body", "operator", "nonsense"])
def test_what_is_not_free_cannot_be_founded(client_for: ClientFor, capability: str) -> None:
    client = client_for(make.person())
    answer = client.post(reverse("organisations:new"), FOUND | {"capabilities": ["supplier", capability]})
    assert answer.status_code == 422
    with owner_role():
        assert not Organisation.objects.filter(name=FOUND["name"]).exists()


@pytest.mark.parametrize(
    "name", ["Win at https://example.org", "www.example.org", "<b>Us</b>", " ", "A\u0007B"]
)
def test_name_that_would_trick_readers_of_letters_is_refused(client_for: ClientFor, name: str) -> None:
    answer = client_for(make.person()).post(reverse("organisations:new"), FOUND | {"name": name})
    assert answer.status_code == 422
    assert answer.context["form"]["name"].errors


def test_switching_goes_on_in_the_chosen_organisation(client_for: ClientFor) -> None:
    first = make.membership(make.organisation("Alpha Foods"))
    second = make.organisation("Beta Foods")
    make.membership(second, first.person)
    client = client_for(first.person)
    assert _name_on(client) == "Alpha Foods"
    answer = client.post(
        reverse("organisations:switch"), {"organisation": second.code, "next": "/organisations/"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/organisations/")
    assert _name_on(client) == "Beta Foods"


def test_switching_to_a_foreign_organisation_answers_like_a_missing_one(client_for: ClientFor) -> None:
    member, foreign = make.membership(make.organisation("Alpha Foods")), make.organisation(is_listed=True)
    client = client_for(member.person)
    answers = [
        client.post(reverse("organisations:switch"), {"organisation": code})
        for code in (foreign.code, "0000000000", "")
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({_without_tokens(answer) for answer in answers}) == 1
    assert _name_on(client) == "Alpha Foods"


def test_organisation_of_a_manipulated_session_is_ignored(client_for: ClientFor) -> None:
    member, foreign = make.membership(make.organisation("Alpha Foods")), make.organisation("Foreign")
    assert _name_on(client_for(member.person, foreign.pk)) == "Alpha Foods"


@pytest.mark.parametrize(
    "way", ["https://evil.example/", "//evil.example", "\\\\evil.example", "javascript:1", "", "https:evil"]
)
def test_next_never_leaves_the_site(client_for: ClientFor, way: str) -> None:
    member = make.membership(make.organisation())
    answer = client_for(member.person).post(
        reverse("organisations:switch"), {"organisation": member.organisation.code, "next": way}
    )
    assert answer["Location"] == "/"


def test_switching_by_get_changes_nothing(client_for: ClientFor) -> None:
    member = make.membership(make.organisation())
    assert client_for(member.person).get(reverse("organisations:switch")).status_code == 405


def test_person_in_two_organisations_never_sees_rows_of_the_other(client_for: ClientFor) -> None:
    here, there = make.organisation("Alpha Foods"), make.organisation("Beta Foods")
    me = make.membership(here)
    make.membership(there, me.person)
    colleague = make.membership(there, make.person("Kestrel of Beta"))
    viewer = viewer_from(colleague)
    with acting(person_id=viewer.person_id, organisation_id=there.pk):
        waiting = invite(viewer=viewer, email="kestrel@example.org", role=Role.VIEWER, at=timezone.now())
    client = client_for(me.person, here.pk)
    for route in ("detail", "members", "activity", "reads", "settings"):
        page = client.get(reverse(f"organisations:{route}")).content.decode()
        assert "Kestrel" not in page
        assert "kestrel" not in page
    assert client.get(reverse("organisations:member", args=[colleague.code])).status_code == 404
    for route in ("resend", "withdraw"):
        assert client.post(reverse(f"organisations:{route}", args=[waiting.code])).status_code == 404
    with acting(person_id=me.person_id, organisation_id=here.pk):
        assert set(Invitation.objects.all()) == set()
        assert {one.organisation_id for one in Membership.objects.exclude(person=me.person)} == set()
    other = client_for(me.person, there.pk)
    assert "Kestrel of Beta" in other.get(reverse("organisations:members")).content.decode()
    assert other.get(reverse("organisations:member", args=[colleague.code])).status_code == 200


def test_former_member_sees_nothing_from_the_next_request_on(client_for: ClientFor) -> None:
    own = make.organisation("Alpha Foods")
    admin, leaving = make.membership(own), make.membership(own, role=Role.EDITOR)
    client = client_for(leaving.person)
    assert client.get(reverse("organisations:members")).status_code == 200
    with acting(person_id=admin.person_id, organisation_id=own.pk):
        end_membership(viewer=viewer_from(admin), membership=leaving, at=timezone.now())
    answer = client.get(reverse("organisations:members"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("organisations:new"))
    assert client.get("/api/v1/me/").status_code in {401, 403}
    assert "Alpha Foods" not in client.get(reverse("organisations:new")).content.decode()
    with acting(person_id=leaving.person_id, organisation_id=None):
        assert not Organisation.objects.filter(pk=own.pk).exists()
    with acting(person_id=admin.person_id, organisation_id=own.pk):
        assert Organisation.objects.filter(pk=own.pk).exists()


def test_member_pages_of_others_and_of_nobody_look_the_same(client_for: ClientFor) -> None:
    me, stranger = make.membership(make.organisation()), make.membership(make.organisation())
    client = client_for(me.person)
    for route in ("member", "role", "end"):
        answers = [
            client.get(reverse(f"organisations:{route}", args=[code]))
            for code in (stranger.code, "0000000000")
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert (
            client.get(
                reverse(f"organisations:{route}", args=[make.membership(me.organisation).code])
            ).status_code
            == 200
        )
