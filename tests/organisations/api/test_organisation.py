"""The API: who am I, which organisations, and tokens that stop at once."""

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import URLResolver, reverse
from django.utils import timezone

from config import api as config_api
from ledger.acting import acting
from organisations.actions.membership import change_role, end_membership
from organisations.actions.token import make_token, revoke_token
from organisations.api.authentication import ANY
from organisations.forms.token import LABELS
from organisations.models import ApiToken, Membership
from organisations.models.secrets import hash_secret
from organisations.queries import viewer_from
from organisations.visibility import RESOURCES, SCOPES, Capability, Role
from tests.conftest import owner_role
from tests.factories import organisations as make

READ = ["organisations:read"]


def _token(member: Membership, *scopes: str, days: int = 30) -> tuple[ApiToken, str]:
    viewer = viewer_from(member)
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        return make_token(
            viewer=viewer, name="ERP", scopes=list(scopes) or READ, days=days, at=timezone.now()
        )


def _get(client: Client, path: str, secret: str) -> Any:
    return client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {secret}"})


def test_me_tells_a_token_of_its_own_organisation_alone(client: Client, db: None) -> None:
    member = make.membership(make.organisation("Alpha Foods"))
    make.membership(make.organisation("Beta Foods"), member.person)
    _row, secret = _token(member)
    answer = _get(client, "me/", secret)
    assert answer.status_code == 200
    assert answer.json()["organisation"]["name"] == "Alpha Foods"
    assert [one["organisation"]["name"] for one in answer.json()["memberships"]] == ["Alpha Foods"]
    assert answer.json()["scopes"] == READ


def test_me_answers_a_browser(client_for: Any) -> None:
    member = make.membership(make.organisation("Alpha Foods"))
    make.membership(make.organisation("Beta Foods"), member.person)
    me = client_for(member.person).get("/api/v1/me/").json()
    assert [one["organisation"]["name"] for one in me["memberships"]] == ["Alpha Foods", "Beta Foods"]


def test_organisations_are_those_the_viewer_may_know(client: Client, db: None) -> None:
    member = make.membership(make.organisation("Alpha Foods"))
    listed = make.organisation("Care Audits", Capability.AUDIT_FIRM, is_listed=True)
    foreign = make.organisation("Beta Foods")
    _row, secret = _token(member)
    names = [one["name"] for one in _get(client, "organisations/", secret).json()["results"]]
    assert names == ["Alpha Foods", "Care Audits"]
    assert _get(client, f"organisations/{listed.code}/", secret).status_code == 200
    missing, hidden = (
        _get(client, f"organisations/{code}/", secret) for code in ("0000000000", foreign.code)
    )
    assert (missing.status_code, hidden.status_code) == (404, 404)
    assert missing.content == hidden.content
    assert hidden["Content-Type"] == "application/problem+json"


def test_pages_follow_each_other_without_gaps(client: Client, db: None) -> None:
    member = make.membership(make.organisation("A"))
    for name in "BCDE":
        make.organisation(name, is_listed=True)
    _row, secret = _token(member)
    found, path = [], "organisations/?limit=2"
    while path:
        page = _get(client, path, secret).json()
        found += [one["name"] for one in page["results"]]
        path = (page["next"] or "").partition("/api/v1/")[2]
    assert found == ["A", "B", "C", "D", "E"]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "1000000000", "", "٣"])
def test_limit_is_bounded(client: Client, db: None, limit: str) -> None:
    _row, secret = _token(make.membership(make.organisation()))
    assert _get(client, f"organisations/?limit={limit}", secret).status_code == 400


def test_scope_is_needed(client: Client, db: None) -> None:
    _row, secret = _token(make.membership(make.organisation()), "sites:read")
    assert _get(client, "organisations/", secret).status_code == 403
    assert _get(client, "me/", secret).status_code == 200


def test_revoked_token_is_refused_at_once(client: Client, db: None) -> None:
    member = make.membership(make.organisation())
    row, secret = _token(member)
    assert _get(client, "me/", secret).status_code == 200
    with acting(person_id=member.person_id, organisation_id=member.organisation_id):
        revoke_token(viewer=viewer_from(member), token=row, at=timezone.now())
    assert _get(client, "me/", secret).status_code == 401


def test_expired_and_made_up_tokens_are_refused(client: Client, db: None) -> None:
    row, secret = _token(make.membership(make.organisation()))
    with owner_role():
        ApiToken.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    for bad in (secret, "ct_made-up", "nonsense", "", row.token_hash):
        assert _get(client, "me/", bad).status_code == 401


def test_token_dies_with_its_maker(client: Client, db: None) -> None:
    own = make.organisation()
    admin, leaving = make.membership(own), make.membership(own, role=Role.EDITOR)
    _row, secret = _token(leaving)
    assert _get(client, "me/", secret).json()["role"] == "editor"
    with acting(person_id=admin.person_id, organisation_id=own.pk):
        change_role(viewer=viewer_from(admin), membership=leaving, role=Role.VIEWER, at=timezone.now())
    assert _get(client, "me/", secret).json()["role"] == "viewer"
    with acting(person_id=admin.person_id, organisation_id=own.pk):
        end_membership(viewer=viewer_from(admin), membership=leaving, at=timezone.now())
    assert _get(client, "me/", secret).status_code == 401


def test_token_opens_no_page(client: Client, db: None) -> None:
    _row, secret = _token(make.membership(make.organisation()))
    answer = client.get(reverse("organisations:detail"), headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 302


def test_token_in_the_address_is_ignored(client: Client, db: None) -> None:
    _row, secret = _token(make.membership(make.organisation()))
    assert client.get(f"/api/v1/me/?token={secret}&access_token={secret}").status_code == 401


def test_page_shows_a_new_token_once_and_keeps_its_hash(client_for: Any) -> None:
    member = make.membership(make.organisation())
    client = client_for(member.person)
    made = client.post(reverse("organisations:new_token"), {"name": "ERP", "days": "90", "scopes": READ})
    secret = made.context["secret"]
    assert made.content.decode().count(secret) == 1
    assert secret not in client.get(reverse("organisations:settings")).content.decode()
    with owner_role():
        row = ApiToken.objects.get(person=member.person)
    assert row.token_hash == hash_secret(secret)
    path = reverse("organisations:revoke_token", args=[row.code])
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 302
    assert _get(Client(), "me/", secret).status_code == 401


def test_colleague_cannot_end_a_token_but_an_admin_can(client_for: Any) -> None:
    own = make.organisation()
    admin, maker, other = (make.membership(own, role=role) for role in (Role.ADMIN, Role.EDITOR, Role.EDITOR))
    row, _secret = _token(maker)
    path = reverse("organisations:revoke_token", args=[row.code])
    assert client_for(other.person).post(path).status_code == 403
    assert client_for(admin.person).post(path).status_code == 302
    stranger = make.membership(make.organisation())
    assert client_for(stranger.person).post(path).status_code == 404


def test_command_prints_one_token(client: Client, db: None) -> None:
    member = make.membership(make.organisation("Alpha Foods"))
    out = io.StringIO()
    call_command(
        "create_api_token",
        email=member.person.email,
        organisation=member.organisation.code,
        name="ERP",
        stdout=out,
    )
    secret = out.getvalue().strip()
    assert secret.startswith("ct_")
    assert _get(client, "me/", secret).json()["scopes"] == sorted(SCOPES)


@pytest.mark.parametrize(
    "bad", [{"email": "x@example.org"}, {"organisation": "0" * 10}, {"scopes": ["all"]}, {"days": 366}]
)
def test_command_refuses(db: None, bad: dict[str, Any]) -> None:
    member = make.membership(make.organisation())
    options = {"email": member.person.email, "organisation": member.organisation.code, "name": "ERP"}
    with pytest.raises(CommandError):
        call_command("create_api_token", **(options | bad), stdout=io.StringIO())


def _views(routes: list[Any]) -> Iterator[Any]:
    for one in routes:
        if isinstance(one, URLResolver):
            yield from _views(one.url_patterns)
        else:
            yield getattr(one.callback, "cls", None)


def test_every_resource_of_the_api_has_a_scope_and_a_label() -> None:
    named = {getattr(view, "resource", None) for view in _views(config_api.urlpatterns)} - {ANY}
    assert named <= set(RESOURCES)
    assert set(LABELS) == set(RESOURCES)
