"""A token from the command line to a server on a socket, and every way in which it ends."""

import io
import json
import urllib.error
import urllib.request
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from ledger.acting import acting
from organisations.actions.membership import end_membership
from organisations.actions.token import revoke_token
from organisations.models import ApiToken, Membership
from organisations.queries import viewer_from
from organisations.visibility import Role
from tests.api.conftest import Program, new_token
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories import sourcing as places


def _http(url: str, secret: str, body: Any = None) -> tuple[int, str, Any]:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, data, headers)  # noqa: S310 our own live server
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return answer.status, answer.headers["Content-Type"], json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], json.load(error)


@pytest.mark.django_db(transaction=True)
def test_token_of_the_command_works_over_http(live_server: Any) -> None:
    member = people.membership(people.organisation("Surma Shoes"))
    out = io.StringIO()
    call_command(
        "create_api_token",
        email=member.person.email,
        organisation=member.organisation.code,
        name="ERP",
        scopes=["sites:read", "sites:write"],
        stdout=out,
    )
    secret = out.getvalue().strip()
    root = f"{live_server.url}/api/v1"
    status, kind, me = _http(f"{root}/me/", secret)
    assert (status, kind, me["organisation"]["name"]) == (200, "application/json", "Surma Shoes")
    status, _kind, site = _http(f"{root}/sites/", secret, {"name": "East Mill", "country": "BD"})
    assert status == 201
    assert _http(f"{root}/sites/{site['code']}/", secret)[2] == site
    status, kind, refused = _http(f"{root}/audits/", secret)
    assert (status, kind, refused["code"]) == (403, "application/problem+json", "scope-missing")
    status, kind, refused = _http(f"{root}/sites/", secret, {"name": "East Mill", "colour": "red"})
    assert (status, kind) == (400, "application/problem+json")
    assert [one["pointer"] for one in refused["errors"]] == ["/colour"]
    assert _http(f"{root}/sites/", f"{secret}x")[0] == 401


def _revoke(row: ApiToken, member: Membership) -> None:
    with acting(person_id=member.person_id, organisation_id=member.organisation_id):
        revoke_token(viewer=viewer_from(member), token=row, at=timezone.now())


def _expire(row: ApiToken, _member: Membership) -> None:
    with owner_role():
        ApiToken.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def _leave(_row: ApiToken, member: Membership) -> None:
    admin = people.membership(member.organisation)
    with acting(person_id=admin.person_id, organisation_id=admin.organisation_id):
        end_membership(viewer=viewer_from(admin), membership=member, at=timezone.now())


def _suspend(_row: ApiToken, member: Membership) -> None:
    with owner_role():
        member.person.is_active = False
        member.person.save()


@pytest.mark.django_db
@pytest.mark.parametrize("end", [_revoke, _expire, _leave, _suspend])
def test_token_ends_with_the_very_next_request(end: Any) -> None:
    member = people.membership(people.organisation(), role=Role.EDITOR)
    places.site(member.organisation)
    row, secret = new_token(member)
    ask = Program(secret)
    assert ask("get", "/sites/").status_code == 200
    end(row, member)
    answers = [ask("get", path) for path in ("/sites/", "/me/", "/nothing/")]
    answers.append(ask("post", "/sites/", {"name": "East Mill", "country": "BD"}))
    assert [one.status_code for one in answers] == [401, 401, 404, 401]
    assert {one.json()["code"] for one in answers} == {"authentication-failed", "not-found"}


@pytest.mark.django_db
def test_token_goes_no_further_than_its_maker() -> None:
    own = people.organisation()
    onlooker = people.membership(own, role=Role.VIEWER)
    answer = Program(new_token(onlooker)[1])("post", "/sites/", {"name": "East Mill", "country": "BD"})
    assert answer.status_code == 403
    assert answer.json()["code"] != "scope-missing"
