"""Everything under /api/ that is not done is answered with a problem document."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.test import Client, override_settings
from rest_framework.exceptions import Throttled
from rest_framework.throttling import BaseThrottle

from organisations.models import Membership
from sourcing.api.site import SiteList
from tests.api.conftest import ROOT, Program
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories.world import World

pytestmark = pytest.mark.django_db
Programs = Callable[..., Program]
ClientFor = Callable[..., Client]


def _problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer["Content-Type"] == "application/problem+json", answer.content
    found: dict[str, Any] = answer.json()
    assert (answer.status_code, found["status"], found["code"]) == (status, status, code)
    assert found["type"] == f"urn:common-thread:problem:{code}"
    assert found["title"]
    assert set(found) <= {"type", "title", "status", "code", "errors"}
    return found


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v2/sites/", f"{ROOT}/nothing/", f"{ROOT}/sites", f"{ROOT}/sites/a b/"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_address_that_is_none(path: str, method: str) -> None:
    _problem(getattr(Client(), method)(path), 404, "not-found")


def test_page_that_is_none_stays_a_page() -> None:
    assert Client().get("/nothing/")["Content-Type"].startswith("text/html")


def test_anonymous_is_told_how_to_come_in() -> None:
    for headers in ({}, {"Authorization": "Bearer ct_no"}, {"Authorization": "Bearer "}):
        answer = Client().get(f"{ROOT}/sites/", headers=headers)
        code = "authentication-failed" if headers else "not-authenticated"
        _problem(answer, 401, code)
        assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_person_without_organisation_is_told_so(client_for: ClientFor) -> None:
    _problem(client_for(people.person()).get(f"{ROOT}/me/"), 401, "no-organisation")


@override_settings(REQUIRE_MFA=True)
def test_person_without_the_second_step_is_told_so(scene: World, client_for: ClientFor) -> None:
    _problem(client_for(scene.buyer.person).get(f"{ROOT}/me/"), 401, "second-factor-missing")


def test_method_that_is_none(scene: World, program: Programs) -> None:
    ask = program(scene.supplier)
    for method in ("put", "delete", "options", "trace"):
        answer = ask(method, "/sites/")
        _problem(answer, 405, "method-not-allowed")
        assert "GET" in answer["Allow"]


def test_other_types_are_neither_sent_nor_taken(scene: World, program: Programs) -> None:
    ask = program(scene.supplier)
    _problem(ask("get", "/sites/", headers={"Accept": "text/html"}), 406, "not-acceptable")
    for kind in (
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "nonsense",
        "",
    ):
        answer = ask.client.post(f"{ROOT}/sites/", "<a/>", content_type=kind, headers=ask.headers)
        _problem(answer, 415, "unsupported-media-type")
    _problem(ask("post", "/imports/", {"file": "x"}), 415, "unsupported-media-type")


def test_body_that_is_too_large(scene: World, program: Programs) -> None:
    ask = program(scene.supplier)
    _problem(ask("post", "/sites/", {"name": "x" * 1_000_001}), 413, "too-large")


def test_form_that_is_too_large_or_broken(scene: World, program: Programs) -> None:
    ask = program(scene.buyer)
    path = f"{ROOT}/imports/"
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10):
        answer = ask.client.post(path, {"file": "x" * 100}, headers=ask.headers)
    _problem(answer, 413, "too-large")
    broken = ask.client.post(path, b"--x\r\nno", content_type="multipart/form-data", headers=ask.headers)
    _problem(broken, 400, "parse-error")
    assert (
        _problem(ask.client.post(path, {}, headers=ask.headers), 400, "invalid")["errors"][0]["pointer"]
        == "/file"
    )
    file = SimpleUploadedFile("list.csv", b"name,country\r\nA,BD\r\n")
    more = ask.client.post(path, {"file": file, "owner": "x"}, headers=ask.headers)
    assert [one["pointer"] for one in _problem(more, 400, "invalid")["errors"]] == ["/owner"]


def test_session_cannot_change_anything_without_the_csrf_token(scene: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(scene.supplier.person)
    body = {"name": "East Mill", "country": "BD"}
    path = f"{ROOT}/sites/"
    _problem(client.post(path, body, content_type="application/json"), 403, "csrf-failed")
    secret = "x" * 32
    client.cookies["csrftoken"] = secret
    done = client.post(path, body, content_type="application/json", headers={"X-CSRFToken": secret})
    assert done.status_code == 201
    assert client.get(path).status_code == 200


def test_token_never_rides_on_a_session(scene: World, client_for: ClientFor) -> None:
    answer = client_for(scene.supplier.person).get(f"{ROOT}/me/", headers={"Authorization": "Bearer ct_no"})
    _problem(answer, 401, "authentication-failed")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ValueError("secret detail"), 500, "server-error"),
        (SuspiciousOperation("secret detail"), 400, "parse-error"),
        (RequestDataTooBig("secret detail"), 413, "too-large"),
        (MultiPartParserError("secret detail"), 400, "parse-error"),
        (UnreadablePostError("secret detail"), 400, "parse-error"),
    ],
)
def test_fault_in_a_view_or_before_it_tells_nothing(
    scene: World, program: Programs, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> Any:
        raise error

    ask = program(scene.supplier)
    with monkeypatch.context() as patch:
        patch.setattr(SiteList, "get", fail)
        answer = ask("get", "/sites/")
    _problem(answer, status, code)
    assert b"secret" not in answer.content
    assert b"Traceback" not in answer.content
    if status == 500:
        monkeypatch.setattr("organisations.views.middleware.memberships_of", fail)
        ask.client.force_login(scene.supplier.person)
        _problem(ask("get", "/sites/"), 500, "server-error")


def test_host_that_is_not_ours() -> None:
    _problem(
        Client(raise_request_exception=False).get(f"{ROOT}/me/", headers={"Host": "evil.example"}),
        400,
        "parse-error",
    )


def test_caller_in_a_hurry_is_told_when_to_come_back(
    scene: World, program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(BaseThrottle):
        def allow_request(self, request: Any, view: Any) -> bool:
            raise Throttled(wait=29.5)

    monkeypatch.setattr(SiteList, "throttle_classes", [Full])
    answer = program(scene.supplier)("get", "/sites/")
    _problem(answer, 429, "throttled")
    assert answer["Retry-After"] == "30"


def test_refusal_keeps_its_code_and_points_at_the_field(scene: World, program: Programs) -> None:
    ask = program(scene.buyer)
    answer = ask("post", "/trade-links/", {"supplier_code": "ZZZZZZZZZZ"})
    found = _problem(answer, 422, "unknown-code")
    assert found["errors"][0]["pointer"].startswith("/")


def test_wrong_parameters_are_named_and_wrong_fields_are_pointed_at(scene: World, program: Programs) -> None:
    ask = program(scene.supplier)
    found = _problem(ask("get", "/sites/?limit=x&colour=red"), 400, "invalid")
    assert sorted(one["parameter"] for one in found["errors"]) == ["colour", "limit"]
    found = _problem(ask("post", "/sites/", {"name": "A", "a/b~c": 1}), 400, "invalid")
    assert [one["pointer"] for one in found["errors"]] == ["/a~1b~0c"]
    found = _problem(ask("post", "/sites/", ["x"]), 400, "invalid")
    assert [one["pointer"] for one in found["errors"]] == [""]
    body = {"root_causes": ["x", 3], "actions": [{"what": "x", "who": 1}], "asks": ["inform"]}
    body |= {"completed_by": "x", "rhythm": 3}
    found = _problem(ask("post", f"/findings/{scene.car.code}/plan/versions/", body), 400, "invalid")
    pointers = sorted(one["pointer"] for one in found["errors"])
    assert pointers == ["/root_causes/1"]


def test_foreign_and_missing_look_the_same_to_the_letter(scene: World, program: Programs) -> None:
    ask = program(scene.stranger)
    for path in ("/sites/{}/", "/findings/{}/", "/findings/{}/plan/"):
        code = scene.site.code if "sites" in path else scene.car.code
        answers = [ask("get", path.format(one)) for one in (code, "ZZZZZZZZZZ")]
        _problem(answers[0], 404, "not-found")
        assert answers[0].content == answers[1].content
        assert dict(answers[0].headers) == dict(answers[1].headers)


def test_suspended_person_is_nobody(scene: World, program: Programs) -> None:
    ask = program(scene.supplier)
    assert ask("get", "/me/").status_code == 200
    with owner_role():
        person = Membership.objects.get(pk=scene.supplier.pk).person
        person.is_active = False
        person.save()
    _problem(ask("get", "/me/"), 401, "authentication-failed")


@pytest.mark.parametrize(
    "junk", ['"\\000\\000\\000\\000\\000\\000\\000\\000"', "x" * 4000, '"\\355\\240\\200aaaaaaaa"', "é"]
)
@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "django_language", "messages"])
def test_cookie_that_is_junk_is_nobody(name: str, junk: str) -> None:
    answer = Client(raise_request_exception=False).get(f"{ROOT}/me/", headers={"Cookie": f"{name}={junk}"})
    _problem(answer, 401, "not-authenticated")
